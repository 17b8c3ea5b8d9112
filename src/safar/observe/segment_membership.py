"""Who of a shard is in a segment at an instant, and until when that stays so without another event.

Every part becomes one walk over the persons' rows by a compiled loop; no row is looked at in Python. A part that
several segments share is walked once. The instant at which time alone may change something is told beside, so that a
live audience looks again at a person exactly then (`safar.act.audiences`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.paths import PathShard, present_of
from safar.vocabulary.event import IDENTIFY
from safar.vocabulary.lifecycle import SURVEY_ANSWERED
from safar.vocabulary.window import Window, to_microseconds

from .conditions import Comparison, Condition
from .segment_kernels import (
    LONG_AGO,
    NEVER,
    did_in_order,
    did_lately,
    ends_at,
    keep_those_who_did,
    newest_marked,
    ordered_times,
    sums_held,
)
from .segment_orders import Orders, orders_of
from .segment_parts import AllOf, Answered, AnyOf, AtStep, Did, DidInOrder, Has, NoneOf, Ordered, Part, Spent
from .steps import StepRule, Steps, marked

_HELD: Final = {
    Comparison.ABOVE: (1,),
    Comparison.AT_LEAST: (0, 1),
    Comparison.BELOW: (-1,),
    Comparison.AT_MOST: (-1, 0),
}
#: Parts whose persons are kept, for other segments that say the same.
_MOST_KNOWN: Final = 64
#: Marks of a newest event: there is a value; it is as wanted.
_THERE, _HOLDS = 1, 3


@dataclass(frozen=True, slots=True)
class Standing:
    """Of whom something is true, and how long.

    Attributes
    ----------
    holds
        ``bool`` of shape (persons,).
    due
        ``int64`` of shape (persons,): microseconds UTC of the first instant at which it may change without an event;
        `segment_kernels.NEVER` where it never does. It may be early, never late.
    """

    holds: NDArray[np.bool_]
    due: NDArray[np.int64]


class Membership:
    """Asks of which persons of a shard parts are true, at one instant.

    Parameters
    ----------
    shard
        Each person whole.
    now
        Later events do not count: who has no others is in no segment. The log's present when None.
    """

    def __init__(self, shard: PathShard, now: datetime | int | None = None) -> None:
        present = present_of(shard)
        given = to_microseconds(now) if isinstance(now, datetime) else now
        self.now: int = present if given is None else given
        self._shard = shard
        self._first, self._end = shard.first, shard.end
        self._seen: NDArray[np.bool_] | None = None
        self._next: NDArray[np.int64] | None = None
        if self.now < present:
            self._cut()
        self._known: dict[Part, Standing] = {}
        self._orders: Orders | None = None

    def of(self, parts: Sequence[Part]) -> Standing:
        """Return of whom all parts are true."""
        found = self._all(parts)
        if self._seen is None or self._next is None:
            return found
        return Standing(found.holds & self._seen, np.minimum(found.due, self._next))

    def _cut(self) -> None:
        """Let later events out of sight; each person's next one is when all may change."""
        first, end, time = self._shard.first, self._shard.end, self._shard.time
        self._end = np.empty(len(first), np.uint32)
        ends_at(first, end, time, self.now, self._end)
        self._seen = self._end > first
        self._next = np.full(len(first), NEVER, np.int64)
        later = self._end < end
        self._next[later] = time[self._end[later]]

    def _part(self, part: Part) -> Standing:
        found = self._known.get(part)
        if found is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            found = self._known[part] = _WAYS[type(part)](self, part)
        return found

    def _all(self, parts: Sequence[Part]) -> Standing:
        found = [self._part(part) for part in parts]
        return Standing(np.logical_and.reduce([each.holds for each in found]), _soonest(found))

    def _any(self, parts: Sequence[Part]) -> Standing:
        found = [self._part(part) for part in parts]
        return Standing(np.logical_or.reduce([each.holds for each in found]), _soonest(found))

    def _none(self, parts: Sequence[Part]) -> Standing:
        found = self._any(parts)
        return Standing(~found.holds, found.due)

    def _did(self, part: Did) -> Standing:
        return self._counted([(part.what, 1)], part.at_least, part.at_most, part.window, part.last)

    def _counted(
        self,
        rules: Sequence[tuple[StepRule, int]],
        at_least: int,
        at_most: int | None,
        window: Window | None,
        last: timedelta | None,
    ) -> Standing:
        codes, marks = marked(self._shard, rules)
        return self._count(codes, marks, at_least, at_most, window, last)

    def _count(  # noqa: PLR0917 - what every part that counts says, in its order
        self,
        codes: NDArray[Any],
        marks: NDArray[np.int64],
        at_least: int,
        at_most: int | None,
        window: Window | None,
        last: timedelta | None,
    ) -> Standing:
        most = -1 if at_most is None else at_most
        shard, people = self._shard, len(self._shard.first)
        if last is None:
            since, until = _bounds(window)
            kept = np.ones(people, np.bool_)
            keep_those_who_did(
                self._first, self._end, shard.time, codes, marks, since, until, at_least, most, kept
            )
            return Standing(kept, _never(people))
        holds, due, length = np.empty(people, np.bool_), np.empty(people, np.int64), _microseconds(last)
        did_lately(
            self._first,
            self._end,
            shard.time,
            codes,
            marks,
            self.now - length,
            length,
            at_least,
            most,
            holds,
            due,
        )
        return Standing(holds, due)

    def _in_order(self, part: DidInOrder) -> Standing:
        codes, marks = marked(self._shard, [(rule, 1 << place) for place, rule in enumerate(part.steps)])
        since, until = self._stretch(part.window, part.last)
        within = -1 if part.within is None else _microseconds(part.within)
        begun = np.empty(len(self._first), np.int64)
        did_in_order(
            self._first, self._end, self._shard.time, codes, marks, len(part.steps), since, until, within,
            part.last is not None, begun,
        )  # fmt: skip
        return Standing(begun > LONG_AGO, _due(np.where(begun > LONG_AGO, begun, NEVER), part.last))

    def _has(self, part: Has) -> Standing:
        there = StepRule("told", (IDENTIFY,), where=(Condition(part.trait.of, Comparison.IS_THERE),))
        as_wanted = StepRule("as wanted", (IDENTIFY,), where=(*there.where, part.trait))
        return self._newest(
            *marked(self._shard, [(there, _THERE), (as_wanted, _HOLDS)]), part.trait, None, None
        )

    def _answered(self, part: Answered) -> Standing:
        names, value = tuple(sorted(SURVEY_ANSWERED)), part.value
        asked = [Condition(of, Comparison.IS, (value.of,)) for of in ("metric", "question_key")]
        there = Condition("value", Comparison.IS_THERE)
        wanted = Condition("value", value.comparison, value.values)
        of_it = [StepRule("answered", names, where=(each, there)) for each in asked]
        as_wanted = [StepRule("as wanted", names, where=(each, there, wanted)) for each in asked]
        if not part.newest:
            return self._counted([(rule, 1) for rule in as_wanted], 1, None, part.window, part.last)
        codes, marks = marked(
            self._shard, [*((rule, _THERE) for rule in of_it), *((rule, _HOLDS) for rule in as_wanted)]
        )
        return self._newest(codes, marks, value, part.window, part.last)

    def _newest(
        self,
        codes: NDArray[Any],
        marks: NDArray[np.int64],
        condition: Condition,
        window: Window | None,
        last: timedelta | None,
    ) -> Standing:
        """Return whose newest marked event is as wanted; who has none is as a missing value is."""
        found, at = self._newest_mark(codes, marks, window, last)
        return Standing(np.where(found == 0, condition.holds(""), found == _HOLDS), _due(at, last))

    def _newest_mark(
        self, codes: NDArray[Any], marks: NDArray[np.int64], window: Window | None, last: timedelta | None
    ) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
        since, until = self._stretch(window, last)
        found, at = np.empty(len(self._first), np.int8), np.empty(len(self._first), np.int64)
        newest_marked(self._first, self._end, self._shard.time, codes, marks, since, until, found, at)
        return found, at

    def _at_step(self, part: AtStep) -> Standing:
        codes, table = Steps.of([self._shard], part.steps).codes(self._shard)
        place = [rule.name for rule in part.steps].index(part.step)
        if part.reached:
            return self._count(codes, (table == place).astype(np.int64), 1, None, None, None)
        marks = np.where(table == place, _HOLDS, np.where(table >= 0, _THERE, 0)).astype(np.int64)
        found, _ = self._newest_mark(codes, marks, None, None)
        return Standing(found == _HOLDS, _never(len(found)))

    def _spent(self, part: Spent) -> Standing:
        orders = self._order_rows().in_currency(part.amount.currency)
        first, end = orders.of_persons(self._first, self._end)
        since, until = self._stretch(part.window, part.last)
        order, earliest = np.empty(len(first), np.int8), np.empty(len(first), np.int64)
        limit = part.amount.minor
        sums_held(
            first,
            end,
            orders.time,
            orders.amount,
            since,
            until,
            limit >> 32,
            limit & 0xFFFFFFFF,
            order,
            earliest,
        )
        return Standing(np.isin(order, _HELD[part.comparison]), _due(earliest, part.last))

    def _ordered(self, part: Ordered) -> Standing:
        orders = self._order_rows().placed()
        first, end = orders.of_persons(self._first, self._end)
        since, until = self._stretch(part.window, part.last)
        holds, earliest = np.empty(len(first), np.bool_), np.empty(len(first), np.int64)
        most = -1 if part.at_most is None else part.at_most
        ordered_times(first, end, orders.time, orders.key, since, until, part.at_least, most, holds, earliest)
        return Standing(holds, _due(earliest, part.last))

    def _order_rows(self) -> Orders:
        if self._orders is None:
            self._orders = orders_of(self._shard)
        return self._orders

    def _stretch(self, window: Window | None, last: timedelta | None) -> tuple[int, int]:
        """Return the first instant, and the one behind the last, at which events count."""
        return _bounds(window) if last is None else (self.now - _microseconds(last) + 1, self.now + 1)


_WAYS: Final[dict[type[Any], Callable[[Membership, Any], Standing]]] = {
    Did: Membership._did,
    DidInOrder: Membership._in_order,
    Has: Membership._has,
    Answered: Membership._answered,
    Spent: Membership._spent,
    Ordered: Membership._ordered,
    AtStep: Membership._at_step,
    AllOf: lambda membership, part: membership._all(part.parts),
    AnyOf: lambda membership, part: membership._any(part.parts),
    NoneOf: lambda membership, part: membership._none(part.parts),
}


def _soonest(found: Sequence[Standing]) -> NDArray[np.int64]:
    soonest: NDArray[np.int64] = np.minimum.reduce([each.due for each in found])
    return soonest


def _bounds(window: Window | None) -> tuple[int, int]:
    return (-NEVER, NEVER) if window is None else (window.start_us, window.end_us)


def _microseconds(length: timedelta) -> int:
    return length // timedelta(microseconds=1)


def _never(people: int) -> NDArray[np.int64]:
    return np.full(people, NEVER, np.int64)


def _due(at: NDArray[np.int64], last: timedelta | None) -> NDArray[np.int64]:
    """Return when events of these instants stop to count."""
    return _never(len(at)) if last is None else np.where(at == NEVER, NEVER, at + _microseconds(last))
