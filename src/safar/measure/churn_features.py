"""What a log tells of customers up to a day: how long ago they ordered, how often, what went wrong for them.

Only what happened before the day is read, so a model learnt from it knows no future.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.extracts import Extract, Field
from safar.vocabulary.lifecycle import (
    CAMPAIGN_OPENED,
    CONVERSATION_STARTED,
    ORDER_DELIVERED,
    ORDER_PLACED,
    ORDER_RETURNED,
    PAYMENT_FAILED,
    PRODUCT_VIEWED,
    SURVEY_ANSWERED,
    VISITED,
)

from .conversations import CONVERSATION_REOPENED
from .whole_time import whole_time

if TYPE_CHECKING:
    from safar.store.extracts import Rows
    from safar.store.log import Log
    from safar.store.paths import PathShard

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
DAY_US: Final = 86_400_000_000

#: Counted events by the name of the feature, with how many days back they are counted.
_COUNTED: Final[Mapping[str, tuple[frozenset[str], int]]] = {
    "orders_recent": (ORDER_PLACED, 90),
    "visits_recent": (VISITED | PRODUCT_VIEWED, 30),
    "visits": (VISITED | PRODUCT_VIEWED, 90),
    "opened": (CAMPAIGN_OPENED, 90),
    "returns": (ORDER_RETURNED, 180),
    "contacts": (CONVERSATION_STARTED, 180),
    "reopened": (CONVERSATION_REOPENED, 180),
    "payment_failures": (PAYMENT_FAILED, 180),
    "late_deliveries": (frozenset(), 180),
    "low_answers": (frozenset(), 180),
}
#: Features of which more is worse; of all others less is.
MORE_IS_WORSE: Final = frozenset(
    {
        "days_since_order",
        "overdue",
        "returns",
        "contacts",
        "reopened",
        "payment_failures",
        "late_deliveries",
        "low_answers",
    }
)
#: In the order in which a model learns them: those of orders, then what is counted.
FEATURES: Final = ("days_since_order", "tenure_days", "orders", "overdue", *_COUNTED)

_LATE, _VALUE, _LOWEST, _HIGHEST, _DIRECTION = "late", "value", "lowest", "highest", "direction"
_DELIVERIES: Final = Extract(
    ORDER_DELIVERED,
    (
        Field(
            _LATE,
            "CASE WHEN TRY_CAST(properties->>'promised_at' AS TIMESTAMPTZ) < occurred_at THEN 1 ELSE 0 END",
            "number",
        ),
    ),
)
_ANSWERS: Final = Extract(
    SURVEY_ANSWERED,
    (
        Field(_VALUE, "TRY_CAST(properties->>'value' AS DOUBLE)", "real"),
        Field(_LOWEST, "TRY_CAST(properties->>'scale_min' AS DOUBLE)", "real"),
        Field(_HIGHEST, "TRY_CAST(properties->>'scale_max' AS DOUBLE)", "real"),
        Field(_DIRECTION, "coalesce(properties->>'direction', '')", "text"),
    ),
)


@dataclass(frozen=True, eq=False)
class Lives:
    """The events of all who ever ordered that features are made of, once for all days that are asked about.

    Attributes
    ----------
    person
        ``uint64``, ascending: keys of persons.
    who, at
        Of each order, its customer's place and when (µs UTC); by customer and time.
    events
        By feature, the same of the events that it counts, in any order.
    until
        The first instant that was not watched, in microseconds UTC.
    begins
        The oldest order.
    version, rows
        The log's version; how many events were read.
    """

    person: NDArray[np.uint64]
    who: Ints
    at: Ints
    events: Mapping[str, tuple[Ints, Ints]]
    until: int
    begins: int
    version: str
    rows: int


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of the customers of a day.

    Attributes
    ----------
    place
        ``int64``: places in `Lives.person`.
    values
        By the name of each of `FEATURES`, as they are: counts, days, ``overdue`` as a multiple of the usual time
        between the customer's orders (not a number below two orders).
    """

    place: Ints
    values: Mapping[str, Floats]

    def of(self, places: Ints) -> Known:
        """Return the same of some of the customers."""
        return Known(self.place[places], {name: values[places] for name, values in self.values.items()})

    @property
    def to_learn(self) -> dict[str, Floats]:
        """The same as a model learns it: logarithms of counts and times, so that the first ones matter most."""
        return {name: np.log1p(values) for name, values in self.values.items()}


def lives(log: Log) -> Lives:
    """Read the events of everybody who ever ordered."""
    paths = log.paths()
    found = [_of_shard(shard) for shard in paths.shards if len(shard.first)]
    person = np.concatenate([each[0] for each in found] or [np.zeros(0, np.uint64)])
    order = np.argsort(person, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    person = person[order]
    offsets = np.cumsum([0, *(len(each[0]) for each in found)])
    together: dict[str, list[tuple[Ints, Ints]]] = {}
    for offset, (_, events) in zip(offsets.tolist(), found, strict=False):
        for name, (who, at) in events.items():
            together.setdefault(name, []).append((rank[who + offset], at))
    events = {
        name: (np.concatenate([who for who, _ in parts]), np.concatenate([at for _, at in parts]))
        for name, parts in together.items()
    }
    who, at = events.pop("", (np.zeros(0, np.int64), np.zeros(0, np.int64)))
    by = np.lexsort((at, who))
    window = whole_time(log)
    deliveries = log.rows(_DELIVERIES, window)
    late = deliveries.where(deliveries.fields[_LATE].values > 0)
    events["late_deliveries"] = _placed(person, late.person, late.time)
    answers = log.rows(_ANSWERS, window)
    low = answers.where(_are_low(answers))
    events["low_answers"] = _placed(person, low.person, low.time)
    nothing = (np.zeros(0, np.int64), np.zeros(0, np.int64))
    return Lives(
        person,
        who[by],
        at[by],
        {name: events.get(name, nothing) for name in _COUNTED},
        window.end_us,
        int(at.min()) if len(at) else window.end_us,
        paths.version,
        paths.rows,
    )


def known_at(lived: Lives, cut: int, *, active_days: int) -> Known:
    """Return what was known of customers just before an instant.

    Parameters
    ----------
    cut
        In microseconds UTC; what happened at or after it is not looked at.
    active_days
        Customers whose last order was within so many days before it.
    """
    size = len(lived.person)
    before = lived.at < cut
    who, at = lived.who[before], lived.at[before]
    orders = np.bincount(who, minlength=size).astype(np.float64)
    last, first = np.full(size, -1, np.int64), np.full(size, -1, np.int64)
    last[who] = at  # by customer and time: the last one stays
    first[who[::-1]] = at[::-1]
    place = np.flatnonzero((orders > 0) & (last >= cut - active_days * DAY_US))
    since = (cut - last[place]) / DAY_US
    times = orders[place]
    with np.errstate(divide="ignore", invalid="ignore"):
        usual = (last[place] - first[place]) / DAY_US / (times - 1)
        overdue = np.where((times > 1) & (usual > 0), since / usual, np.nan)
    values = {
        "days_since_order": since,
        "tenure_days": (cut - first[place]) / DAY_US,
        "orders": times,
        "overdue": overdue,
    }
    for name, (_, days) in _COUNTED.items():
        whose, when = (who, at) if name == "orders_recent" else lived.events[name]
        inside = (when < cut) & (when >= cut - days * DAY_US)
        values[name] = np.bincount(whose[inside], minlength=size)[place].astype(np.float64)
    return Known(place, values)


def stayed_away(lived: Lives, known: Known, cut: int, days: int) -> Flags:
    """Return of customers known at a cut whether they ordered nothing in so many days from it on."""
    inside = (lived.at >= cut) & (lived.at < cut + days * DAY_US)
    came = np.bincount(lived.who[inside], minlength=len(lived.person))[known.place]
    found: Flags = came == 0
    return found


def _of_shard(shard: PathShard) -> tuple[NDArray[np.uint64], dict[str, tuple[Ints, Ints]]]:
    """Return the persons of a shard who ordered, and their events by feature (orders under an empty name)."""
    lengths = shard.end.astype(np.int64) - shard.first
    whose = np.repeat(np.arange(len(lengths)), lengths)
    rows = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    rows += np.repeat(shard.first.astype(np.int64), lengths)
    code = shard.code[rows]

    def of(names: frozenset[str]) -> Flags:
        found: Flags = shard.codes_in(names)[code]
        return found

    ordered = of(ORDER_PLACED)
    buyers = np.zeros(len(lengths), np.bool_)
    buyers[whose[ordered]] = True
    place = np.cumsum(buyers) - 1
    theirs = buyers[whose]
    events = {"": ordered}
    events |= {
        name: theirs & of(names) for name, (names, _) in _COUNTED.items() if names and names != ORDER_PLACED
    }
    return shard.person[buyers], {
        name: (place[whose[mask]].astype(np.int64), shard.time[rows[mask]]) for name, mask in events.items()
    }


def _placed(person: NDArray[np.uint64], whose: NDArray[np.uint64], at: Ints) -> tuple[Ints, Ints]:
    """Return the places of those among the persons, and their times."""
    if not len(person):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    place = np.minimum(np.searchsorted(person, whose), len(person) - 1)
    among = person[place] == whose
    return place[among].astype(np.int64), at[among]


def _are_low(answers: Rows) -> Flags:
    """Return which answers lie in the worse half of their scale."""
    if not len(answers):
        return np.zeros(0, np.bool_)
    value, lowest, highest = (answers.fields[name].values for name in (_VALUE, _LOWEST, _HIGHEST))
    direction = answers.fields[_DIRECTION]
    turned = np.array([text == "lower_is_better" for text in direction.texts] or [False])
    middle = (lowest + highest) / 2
    with np.errstate(invalid="ignore"):
        found: Flags = np.where(turned[direction.values], value >= middle, value <= middle)
    return found
