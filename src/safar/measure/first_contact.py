"""First-contact resolution by its four definitions, which disagree: which one is meant must always be said.

Medallia counts contacts, Freshservice tickets without a further message, call centres repeated calls within days, and
surveys ask the customer. Beside each other they differ by tens of points for the same service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.extracts import Extract, Field
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, share
from safar.vocabulary.lifecycle import SURVEY_ANSWERED

from .conversations import RESOLVED, Clocked, Conversations
from .whole_time import whole_time

if TYPE_CHECKING:
    from safar.store.log import Log

_MICROSECOND: Final = timedelta(microseconds=1)
_QUESTION, _VALUE = "question", "value"
_ANSWERS: Final = Extract(
    SURVEY_ANSWERED,
    (
        Field(_QUESTION, "properties->>'question_key'", "text"),
        Field(_VALUE, "TRY_CAST(properties->>'value' AS DOUBLE)", "real"),
    ),
)


class FirstContactRefused(Refusal, ValueError):
    """It makes no sense as a rule of first contact."""

    code = "service.first_contact_refused"


@dataclass(frozen=True, slots=True)
class FirstContactRules:
    """What counts as resolved at first contact.

    Parameters
    ----------
    beyond
        Topics that nobody can resolve at first contact: the *net* rate leaves them out.
    within
        For so long after a resolution the customer must not come back (about the same topic, where both have one).
    question_key
        Of the survey question "Was it resolved at first contact?", 1 for yes and 0 for no; not asked when None.

    Raises
    ------
    FirstContactRefused
    """

    beyond: tuple[str, ...] = ()
    within: timedelta = timedelta(days=7)
    question_key: str | None = None

    def __post_init__(self) -> None:
        if self.within <= timedelta(0):
            raise FirstContactRefused(
                f"Nobody comes back within {self.within}.", hint="Give a duration above zero, such as 7d."
            )


@dataclass(frozen=True, slots=True)
class FirstContact:
    """First-contact resolution, four times; each a share with Wilson's interval, or None where nothing can be said.

    Attributes
    ----------
    gross
        Of resolved conversations, those with no further message of the customer before the resolution, not handed over
        and never opened again.
    net
        The same without topics that cannot be resolved at first contact.
    no_repeat
        Of resolutions that are long enough ago, those after which the customer did not come back within the time:
        neither opened the conversation again nor began another about the same topic.
    asked
        Of customers asked, those who said yes.
    """

    gross: Estimate | None
    net: Estimate | None
    no_repeat: Estimate | None
    asked: Estimate | None


def first_contact(
    found: Conversations,
    clocked: Clocked,
    rules: FirstContactRules,
    *,
    mask: NDArray[np.bool_],
    said: Mapping[int, bool],
    level: float = DEFAULT_LEVEL,
) -> FirstContact:
    """Return first-contact resolution of some conversations by its four definitions.

    Parameters
    ----------
    mask
        Which conversations.
    said
        By customer (as in ``found.customer``), whether he said that it was resolved at first contact.
    """
    messages, resolved, reopened, handed = (clocked.counts[:, place] for place in range(4))
    over = mask & (resolved > 0)
    at_once = over & (messages <= 1) & (reopened == 0) & (handed == 0)
    can_be = ~np.isin(found.topic, rules.beyond)
    back, is_known = _came_back(found, rules.within)
    known = over & is_known
    mine = set(found.customer[mask].tolist()) if said else set()
    of_mine = [yes for customer, yes in said.items() if customer in mine]
    return FirstContact(
        share(int(at_once.sum()), int(over.sum()), level=level),
        share(int((at_once & can_be).sum()), int((over & can_be).sum()), level=level),
        share(int((known & ~back).sum()), int(known.sum()), level=level),
        share(sum(of_mine), len(of_mine), level=level),
    )


def answers_of(log: Log, rules: FirstContactRules) -> Mapping[int, bool]:
    """Return by person what the last answer to the question of first contact was; none where it is not named."""
    if rules.question_key is None:
        return {}
    rows = log.rows(_ANSWERS, whole_time(log))
    column, values = rows.fields[_QUESTION], rows.fields[_VALUE].values
    mine = np.array([text == rules.question_key for text in column.texts] or [False])
    asked = mine[column.values] & np.isfinite(values) if len(rows) else np.zeros(0, np.bool_)
    return dict(zip(rows.person[asked].tolist(), (values[asked] > 0).tolist(), strict=True))


def _came_back(found: Conversations, within: timedelta) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return of each conversation whether its customer came back after the first resolution, and whether it is known.

    Known is who came back, and of whom the time is over.
    """
    span = within // _MICROSECOND
    rows = np.flatnonzero(found.kind == RESOLVED)
    of = np.repeat(np.arange(len(found)), np.diff(found.starts))[rows]
    first = np.full(len(found), np.iinfo(np.int64).max // 2, np.int64)
    np.minimum.at(first, of, found.time[rows])
    back = np.zeros(len(found), np.bool_)
    which, at, turn = found.turns
    again = (turn > 0) & (at > first[which]) & (at <= first[which] + span)
    back[which[again]] = True
    begun = found.begun_at
    # Each conversation with the later ones of its customer: the next few suffice, since those begin in order.
    order = np.lexsort((begun, found.customer))
    for apart in range(1, 21):
        one, other = order[:-apart], order[apart:]
        same = (found.customer[one] == found.customer[other]) & (
            (found.topic[one] == found.topic[other]) | (found.topic[one] == "") | (found.topic[other] == "")
        )
        soon = same & (begun[other] > first[one]) & (begun[other] <= first[one] + span)
        back[one[soon]] = True
        if not (found.customer[one] == found.customer[other]).any():
            break
    return back, back | (first + span <= found.until)
