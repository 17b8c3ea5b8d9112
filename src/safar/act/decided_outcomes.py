"""Decisions of a log with what they brought: among what was chosen, with which chances, and what came after.

Only decisions whose time to work is over count: the others would look worse than they are. What was known of a customer
is worked out again, as of each decision, from the orders before it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from safar.observe.consents import EVERYTHING, Consent
from safar.observe.told import ToldQuestion, told
from safar.store.extracts import Extract, Field
from safar.vocabulary.errors import Refusal
from safar.vocabulary.lifecycle import ACTION_DECIDED, ORDER_PLACED
from safar.vocabulary.money import EXPONENTS, exponent
from safar.vocabulary.window import Window, from_microseconds, to_microseconds

from .action_rules import Known
from .decisions import NOTHING, ImpossibleDecision

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from safar.store.extracts import Rows
    from safar.store.log import Log

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

#: What of a customer's events after a decision is counted.
Counted = Literal["any", "how_many", "amount"]
#: What is known of a customer when something is decided: a constant, how often he ordered, how lately.
FEATURES: Final = ("one", "orders", "lately")

#: Actions that are told apart: those of the most decisions. Whoever may send events may name as many as he likes.
MOST_NAMES: Final = 100

_DAY_US: Final = 86_400_000_000
#: A last order says half as much after about so many days.
_LATELY_DAYS: Final = 30.0
_ACTION: Final = "action"
_CHANCES: Final = "chances"
_AMOUNT: Final = "amount"
_CURRENCY: Final = "currency"
_DECODER: Final = msgspec.json.Decoder()
#: Before and behind all events.
_FIRST_US: Final = -62_104_060_800_000_000
_LAST_US: Final = 253_370_764_800_000_000
_ALWAYS: Final = Window.from_us(_FIRST_US, _LAST_US)
_DECISIONS: Final = Extract(
    ACTION_DECIDED,
    (
        Field(_ACTION, "properties->>'action'", "text"),
        Field(_CHANCES, "(properties->'probabilities')::VARCHAR", "text"),
    ),
)
_ORDERS: Final = Extract(ORDER_PLACED, ())
#: Events of one customer that are read for consents: the newest.
_MOST_TOLD: Final = 500


class NothingDecided(Refusal, LookupError):
    """The log holds no decision whose time to work is over."""

    code = "decision.none"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision is to bring.

    Parameters
    ----------
    event_names
        Events that count; orders where none is named.
    within_days
        For so many days after the decision.
    counted
        ``any``: whether there is one. ``how_many``: events. ``amount``: the sum of their amounts, in whole units.
    currency
        Of amounts: ISO 4217 code; that of the most events when None.

    Raises
    ------
    ImpossibleDecision, UnknownCurrency
    """

    event_names: tuple[str, ...] = ()
    within_days: float = 7.0
    counted: Counted = "any"
    currency: str | None = None

    def __post_init__(self) -> None:
        if self.currency is not None:
            exponent(self.currency)
        if not 0 < self.within_days <= 366:
            raise ImpossibleDecision(
                f"Nothing can be counted for {self.within_days} days.", hint="Give days above 0, up to 366."
            )

    @property
    def names(self) -> frozenset[str]:
        """The events that count."""
        return frozenset(self.event_names) or ORDER_PLACED


@dataclass(frozen=True, eq=False)
class Decided:
    """Decisions whose time to work is over, by time.

    Attributes
    ----------
    person
        Keys of persons: ``uint64``.
    time
        Microseconds UTC.
    actions
        All that were ever allowed, `NOTHING` last.
    chosen
        The place of the action in ``actions``.
    chances
        Shape (decisions, actions): 0 for what was not allowed.
    features
        Shape (decisions, features): `FEATURES`, as of the decision.
    outcomes
        What each brought.
    currency
        Of outcomes that are amounts; None for others.
    waiting
        Decisions whose time is not over; they are left out.
    unreadable
        Events that do not tell their chances, or name an action beyond `MOST_NAMES`; they are left out.
    rows_read
        Events.
    version
        The log's, then.
    """

    person: NDArray[np.uint64]
    time: Places
    actions: tuple[str, ...]
    chosen: Places
    chances: Floats
    features: Floats
    outcomes: Floats
    currency: str | None
    waiting: int
    unreadable: int
    rows_read: int
    version: str

    def __len__(self) -> int:
        return len(self.time)


def decided(log: Log, outcome: Outcome, window: Window | None = None) -> Decided:
    """Return the decisions of a log with what they brought.

    Parameters
    ----------
    log
        Where the events are.
    outcome
        What counts, and for how long.
    window
        When it was decided; at any time when None.

    Raises
    ------
    NothingDecided
    """
    rows = log.rows(_DECISIONS, window or _ALWAYS)
    ends = rows.time + round(outcome.within_days * _DAY_US)
    is_over = ends <= (log.sight().present or 0)
    waiting = int((~is_over).sum())
    rows = rows.where(is_over)
    actions, chosen, chances = _choices(rows)
    readable = chosen >= 0
    rows, chosen, chances = rows.where(readable), chosen[readable], chances[readable]
    if not len(rows):
        raise NothingDecided(
            "No decision of the log has had its time to work.",
            hint="Ask for next actions, and wait until the time that an outcome counts is over.",
            waiting=waiting,
        )
    orders = log.rows(_ORDERS, _ALWAYS)
    counted = log.rows(
        Extract(outcome.names, (Field(_AMOUNT, "amount", "number"), Field(_CURRENCY, "currency", "text"))),
        _ALWAYS,
    )
    outcomes, currency = _outcomes(rows, counted, outcome)
    return Decided(
        rows.person,
        rows.time,
        actions,
        chosen,
        chances,
        _features_before(rows, orders),
        outcomes,
        currency,
        waiting,
        int((~readable).sum()),
        len(readable) + waiting + len(orders) + len(counted),
        rows.version,
    )


def _choices(rows: Rows) -> tuple[tuple[str, ...], Places, Floats]:
    """Return all actions, the place of each one chosen (-1 where an event tells no chances), and chances."""
    told = [_chances(text) for text in rows.fields[_CHANCES].texts]
    codes, counts = np.unique(rows.fields[_CHANCES].values, return_counts=True)
    used = codes.tolist()
    often: Counter[str] = Counter()
    for code, count in zip(used, counts.tolist(), strict=True):
        often.update(dict.fromkeys(told[code], count))
    names = {name for name, _ in often.most_common(MOST_NAMES)}
    told = [found if found.keys() <= names else {} for found in told]
    actions = (*sorted(names - {NOTHING}), NOTHING)
    places = {name: place for place, name in enumerate(actions)}
    table = np.zeros((len(told), len(actions)))
    for code in used:
        for name, chance in told[code].items():
            table[code, places[name]] = chance
    chances = table[rows.fields[_CHANCES].values] if len(rows) else np.zeros((0, len(actions)))
    texts = rows.fields[_ACTION]
    by_code = np.array([places.get(text, -1) for text in texts.texts], np.int64)
    chosen = by_code[texts.values] if len(rows) else np.zeros(0, np.int64)
    had_none = chances[np.arange(len(rows)), chosen] <= 0
    return actions, np.where(had_none, -1, chosen), chances


def _chances(text: str) -> Mapping[str, float]:
    """Return the chances that an event tells; none where it tells something else."""
    try:
        found = _DECODER.decode(text) if text else {}
        chances = {str(name): float(chance) for name, chance in found.items()}
    except (msgspec.DecodeError, AttributeError, TypeError, ValueError, OverflowError):
        return {}
    is_whole = abs(sum(chances.values()) - 1) < 1e-6 and all(chance >= 0 for chance in chances.values())
    return chances if is_whole else {}


def _outcomes(rows: Rows, counted: Rows, outcome: Outcome) -> tuple[Floats, str | None]:
    """Return what came after each decision, and the currency of amounts."""
    order = np.lexsort((counted.time, counted.person))
    currency, weight = None, np.ones(len(counted))
    if outcome.counted == "amount":
        currency = outcome.currency or _commonest(counted)
        mine = np.array([text == currency for text in counted.fields[_CURRENCY].texts], np.bool_)
        is_mine = mine[counted.fields[_CURRENCY].values] if len(counted) else np.zeros(0, np.bool_)
        unit = 10.0 ** EXPONENTS.get(currency or "", 2)
        weight = np.where(is_mine, counted.fields[_AMOUNT].values / unit, 0.0)
    sums = np.concatenate([[0.0], np.cumsum(weight[order])])
    after = rows.time + round(outcome.within_days * _DAY_US)
    of = (counted.person[order], counted.time[order])
    first, end = _places(rows.person, rows.time, *of), _places(rows.person, after, *of)
    if outcome.counted == "any":
        return (end > first).astype(np.float64), None
    return sums[end] - sums[first], currency


def _commonest(rows: Rows) -> str | None:
    column = rows.fields[_CURRENCY]
    counts = np.bincount(column.values, minlength=len(column.texts)) if len(rows) else np.zeros(0)
    found = [(int(count), text) for count, text in zip(counts, column.texts, strict=True) if text]
    return max(found)[1] if found else None


def _places(
    person: NDArray[np.uint64], time: Places, of_person: NDArray[np.uint64], of_time: Places
) -> Places:
    """Return how many rows, ordered by person and time, do not lie behind each (person, time)."""
    both = np.concatenate([of_person, person])
    is_row = np.concatenate([np.ones(len(of_person), np.int64), np.zeros(len(person), np.int64)])
    # at one instant rows come first, so that they count as before
    order = np.lexsort((1 - is_row, np.concatenate([of_time, time]), both))
    before = np.empty(len(order), np.int64)
    before[order] = np.cumsum(is_row[order])
    found: Places = before[len(of_person) :]
    return found


def _features_before(rows: Rows, orders: Rows) -> Floats:
    """Return what was known of each decision's customer then."""
    order = np.lexsort((orders.time, orders.person))
    person, time = orders.person[order], orders.time[order]
    end = _places(rows.person, rows.time, person, time)
    count = end - np.searchsorted(person, rows.person)
    since = np.full(len(rows), math.inf)
    has = count > 0
    since[has] = (rows.time[has] - time[end[has] - 1]).astype(np.float64)
    return _features(count, since)


def _features(orders: NDArray[Any], since_us: NDArray[Any]) -> Floats:
    """Return `FEATURES` by row, each between 0 and about 2."""
    lately = 0.5 ** (since_us / _DAY_US / _LATELY_DAYS)
    return np.column_stack([np.ones(len(orders)), np.log1p(orders) / math.log(10), lately])


def features_now(log: Log, customer_id: str, now: datetime) -> Floats:
    """Return what is known of one customer, shape (features,): `FEATURES`."""
    orders = log.rows(_ORDERS, _until(now), ids=log.identity.ids_of(customer_id))
    since = float(to_microseconds(now) - orders.time[-1]) if len(orders) else math.inf
    found: Floats = _features(np.array([len(orders)]), np.array([since]))[0]
    return found


def known_now(
    log: Log, customer_id: str, now: datetime, *, within: timedelta, segments: frozenset[str] = frozenset()
) -> Known:
    """Return what rules must know of a customer: his consents, and what was decided for him lately.

    Parameters
    ----------
    within
        How far back decisions are looked for: as far as the longest limit.
    segments
        In which he is.
    """
    consents = told(log, ToldQuestion(customer_id, most_read=_MOST_TOLD)).consents
    window = Window.from_us(to_microseconds(now - within), to_microseconds(now) + 1)
    rows = log.rows(_DECISIONS, window, ids=log.identity.ids_of(customer_id))
    names = rows.fields[_ACTION]
    done = tuple(
        (names.texts[code], from_microseconds(at))
        for code, at in zip(names.values.tolist(), rows.time.tolist(), strict=True)
    )
    of_all = next((each for each in consents if each.purpose == EVERYTHING), None)
    holds = {each.purpose: _holds(each, of_all) for each in consents}
    given, refused = (frozenset(name for name in holds if holds[name] is each) for each in (True, False))
    return Known(given, done, segments, refused)


def _holds(consent: Consent, of_all: Consent | None) -> bool:
    """Whether a purpose is agreed to: what was said last, about it or about everything, holds."""
    if of_all is None or of_all.confirmed.occurred_at < consent.confirmed.occurred_at:
        return consent.is_given
    if of_all.confirmed.occurred_at == consent.confirmed.occurred_at:
        return consent.is_given and of_all.is_given
    return of_all.is_given


def _until(now: datetime) -> Window:
    return Window.from_us(_FIRST_US, to_microseconds(now) + 1)
