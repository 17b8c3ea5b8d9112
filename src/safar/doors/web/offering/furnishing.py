"""Actions of a demo, with decisions whose truth is planted: what each brings to whom is known beforehand.

No order is made up: decisions are laid on customers and instants of the log so that orders follow them as often as the
truth says.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.act.decisions import NOTHING, Decision, events_of
from safar.doors.web.audit.actor import SYSTEM
from safar.doors.web.homes import current_home
from safar.store.extracts import Extract
from safar.store.registry import Workspace
from safar.vocabulary.lifecycle import ORDER_PLACED
from safar.vocabulary.window import Window, from_microseconds

from .models import OfferedAction
from .queries import actions_of
from .services import ActionWords, define, learn

_DAY_US: Final = 86_400_000_000
_WITHIN_DAYS: Final = 7
_DECISIONS: Final = 900
_TRIES: Final = 20_000
#: By key: how often an order follows within a week, for who ordered in the last thirty days and for others.
TRUTH: Final = {"news": (0.5, 0.08), "voucher": (0.3, 0.3), "call": (0.22, 0.14), NOTHING: (0.16, 0.08)}
#: What was allowed, with its chances: with consent to e-mail, and without.
_CHANCES: Final = (
    {"news": 0.3, "voucher": 0.3, "call": 0.15, NOTHING: 0.25},
    {"voucher": 0.4, "call": 0.2, NOTHING: 0.4},
)
_ACTIONS: Final = (
    (
        "news",
        ActionWords(
            name={"fa": "خبر کالاهای تازه", "ar": "أخبار المنتجات الجديدة", "en": "News of what is new"},
            kind=OfferedAction.Kind.MESSAGE,
            channel="email",
            consent="email",
            at_most=1,
        ),
    ),
    (
        "voucher",
        ActionWords(
            name={"fa": "بن تخفیف ارسال", "ar": "قسيمة شحن", "en": "Voucher for delivery"},
            kind=OfferedAction.Kind.OFFER,
            channel="app",
            at_most=1,
            within_days=30,
        ),
    ),
    (
        "call",
        ActionWords(
            name={"fa": "تماس تلفنی", "ar": "مكالمة هاتفية", "en": "A call"},
            kind=OfferedAction.Kind.CALL,
            channel="phone",
            at_most=1,
            within_days=90,
        ),
    ),
)
_ALWAYS: Final = Window.from_us(-62_104_060_800_000_000, 253_370_764_800_000_000)


def furnish(workspace: Workspace, *, seed: int = 7) -> int:
    """Give a demo its actions and the decisions of some months, once; return how many decisions."""
    if actions_of(workspace) or actions_of(workspace, archived=True):
        return 0
    for key, words in _ACTIONS:
        define(workspace, key, words, by=SYSTEM, state=OfferedAction.State.ON)
    made = _decisions(workspace, np.random.default_rng(seed))
    with current_home().log(workspace.workspace_id).writer() as writer:
        writer.append(events_of(made))
        writer.sync()
    learn(workspace)
    return len(made)


def _decisions(workspace: Workspace, rng: np.random.Generator) -> list[Decision]:
    """Return decisions, each for another customer, that orders follow as often as the truth says."""
    log = current_home().log(workspace.workspace_id)
    orders = log.rows(Extract(ORDER_PLACED, ()), _ALWAYS)
    if not len(orders):
        return []
    last = int(orders.time.max())
    pools = _pools(orders.person, orders.time, last, rng)
    taken: set[int] = set()
    made: list[tuple[int, int, str, dict[str, float]]] = []
    for _ in range(_DECISIONS):
        chances = _CHANCES[int(rng.random() < 0.35)]
        action = str(rng.choice(list(chances), p=list(chances.values())))
        lately = int(rng.random() < 0.5)
        follows = int(rng.random() < TRUTH[action][1 - lately])
        pool = pools[lately, follows]
        place = next((each for each in pool if each[0] not in taken), None)
        if place is not None:
            taken.add(place[0])
            pool.remove(place)
            made.append((*place, action, chances))
    persons = [person for person, *_ in made]
    ids = dict(
        zip(sorted(persons), log.ids_of(np.array(sorted(persons), np.uint64)), strict=True) if made else ()
    )
    return [
        Decision(ids[person], from_microseconds(at), action, tuple(chances.items()), policy="thompson 0")
        for person, at, action, chances in made
    ]


def _pools(
    person: NDArray[np.uint64], time: NDArray[np.int64], last: int, rng: np.random.Generator
) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """Return customers and instants by whether they ordered lately, and whether an order follows."""
    order = np.lexsort((time, person))
    times: dict[int, list[int]] = {}
    for who, at in zip(person[order].tolist(), time[order].tolist(), strict=True):
        times.setdefault(who, []).append(at)
    persons = list(times)
    pools: dict[tuple[int, int], list[tuple[int, int]]] = {
        (lately, follows): [] for lately in (0, 1) for follows in (0, 1)
    }
    for _ in range(_TRIES):
        who = persons[int(rng.integers(len(persons)))]
        at = last - int(rng.integers(_WITHIN_DAYS * _DAY_US, 180 * _DAY_US))
        own = times[who]
        lately = any(at - 30 * _DAY_US <= each <= at for each in own)
        follows = any(at < each <= at + _WITHIN_DAYS * _DAY_US for each in own)
        pools[int(lately), int(follows)].append((who, at))
    return pools
