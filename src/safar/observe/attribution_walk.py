"""One walk over touches and conversions, from which every model of attribution is made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.lifecycle import COST_RECORDED
from safar.vocabulary.text import fold

from .attribution_question import AttributionQuestion, Model
from .jackknife import GROUPS
from .steps import StepRule, marked
from .touch_costs import Costs, added, costs_of_shard
from .touches import name_of, named, narrowed, numbers_of, places_of
from .walk import Walk

if TYPE_CHECKING:
    from safar.store.paths import Paths, PathShard

#: What an event is.
CONVERTS, TOUCHES, COSTS = 1, 2, 4
#: Places of the models whose credit the walk itself gives.
FIRST, LAST, LAST_NON_DIRECT, LINEAR, POSITION, DECAY, SHAPLEY = range(7)
GIVEN: Final = 7
#: Places in ``tallies``.
CONVERSIONS, UNTOUCHED, CONVERTERS, UNTOUCHED_CUSTOMERS, TOUCHED_CUSTOMERS, LOST, OPEN, WORTHLESS = range(8)
TALLIES: Final = 8
PLACES: Final = {
    Model.FIRST: FIRST,
    Model.LAST: LAST,
    Model.LAST_NON_DIRECT: LAST_NON_DIRECT,
    Model.LINEAR: LINEAR,
    Model.POSITION: POSITION,
    Model.DECAY: DECAY,
    Model.SHAPLEY: SHAPLEY,
}
#: More names than this do not fit into the bits of a set.
MOST_IN_SET: Final = 62
_RECORDED: Final = StepRule("costs", tuple(sorted(COST_RECORDED)))
_NO_BYTES: Final = np.zeros(0, np.uint8)
_MICROSECOND: Final = timedelta(microseconds=1)
_FOREVER: Final = 1 << 60
#: Where fewer persons follow each other on average, walking them one by one is quicker.
_PERSONS_A_RUN: Final = 16


@dataclass(frozen=True, slots=True)
class TouchWalk:
    """The walk of one question, alike for all shards.

    Attributes
    ----------
    names
        Of touches, by their place; None, the last one, for all rarer ones together.
    rarer
        How many names these are.
    units
        Currencies of what conversions are worth and touches cost; None for a bare number.
    open_since
        Microseconds: who was last touched from then on may still convert.
    is_bounded
        Whether a touch can be too old for a conversion at all.
    """

    question: AttributionQuestion
    names: tuple[str | None, ...]
    rarer: int
    units: tuple[str | None, ...]
    since: int
    until: int
    open_since: int
    is_bounded: bool

    @classmethod
    def of(cls, paths: Paths, question: AttributionQuestion) -> TouchWalk:
        """Return the walk of a question.

        Raises
        ------
        StepsRefused
        """
        since, until, _ = Walk.bounds(question.window, None)
        known = _known(paths, question)
        rarer = max(len(known) - question.most, 0)
        names: tuple[str | None, ...] = known[: question.most]
        began, last = paths.span or (-_FOREVER, until)
        last, lookback = min(until, last), _microseconds(question.lookback)
        return cls(
            question,
            (*names, None) if rarer else names,
            rarer,
            _units(paths, question),
            since,
            until,
            last - lookback,
            last - began > lookback,
        )

    @property
    def places(self) -> dict[str, int]:
        """The place of each name that has one of its own."""
        return {name: place for place, name in enumerate(self.names) if name is not None}

    @property
    def rest(self) -> int:
        """The place of all other names; -1 where there are none."""
        return len(self.names) - 1 if self.rarer else -1


@dataclass(frozen=True, slots=True)
class Credits:
    """What some shards add; see `attribution_kernels.walk_touches` for the arrays."""

    edges: NDArray[np.int64]
    credit: NDArray[np.float64]
    worth: NDArray[np.float64]
    untouched_worth: NDArray[np.float64]
    sets: NDArray[np.int64]
    customers: NDArray[np.int64]
    tallies: NDArray[np.int64]
    costs: Costs

    def merged(self, other: Credits) -> Credits:
        """Return the credits of both: no person is in two shards."""
        return Credits(
            self.edges + other.edges,
            self.credit + other.credit,
            self.worth + other.worth,
            self.untouched_worth + other.untouched_worth,
            self.sets + other.sets,
            self.customers + other.customers,
            self.tallies + other.tallies,
            added([self.costs, other.costs]),
        )

    def settled(self) -> Credits:
        """Return the same, to ten decimals of a conversion and six of a unit of worth.

        Thirds and sevenths are summed in the order in which paths lie; the last bits of the sums would tell it.
        """
        return replace(self, credit=self.credit.round(10), worth=self.worth.round(6))

    @property
    def touches(self) -> NDArray[np.int64]:
        """How often each name touched."""
        counted: NDArray[np.int64] = self.edges[:, :-1].sum(axis=(0, 2))
        return counted

    def has_worth(self, unit: int) -> bool:
        """Tell whether any conversion is worth anything in a unit."""
        return bool(self.worth[unit].any() or self.untouched_worth[unit])


def none_of(walk: TouchWalk) -> Credits:
    """Return what no shard adds."""
    names, units = len(walk.names), len(walk.units)
    sets = 1 << names if Model.SHAPLEY_RATE in walk.question.models else 0
    return Credits(
        np.zeros((GROUPS, names + 1, names + 2), np.int64),
        np.zeros((GROUPS, GIVEN, names)),
        np.zeros((units, GIVEN, names)),
        np.zeros(units),
        np.zeros((sets, 2), np.int64),
        np.zeros(names, np.int64),
        np.zeros(TALLIES, np.int64),
        {},
    )


def credits_of_shard(shard: PathShard, walk: TouchWalk) -> Credits:
    """Walk the touches of one shard."""
    from .group_kernels import raw_codes  # noqa: PLC0415 - compiled code only when needed

    question, found = walk.question, none_of(walk)
    costs = costs_of_shard(shard, question.by, walk.since, walk.until)
    shard = question.among.of(shard)
    codes, marks = _marks(shard, question)
    names = named(shard, question.by, question.touches, question.among.seen)
    direct = {fold(each) for each in question.direct}
    is_direct = np.array([name is not None and fold(name) in direct for name in walk.names], np.bool_)
    amount, unit = (_NO_BYTES, 1), (_NO_BYTES, 1)
    amounts, units = np.zeros(0), np.zeros(0, np.int32)
    if question.value is not None and (marks & CONVERTS).any():
        column = shard.rows.column(question.value)
        amount, amounts = raw_codes(column.codes), numbers_of(column)
        if question.value == "@amount":
            column = shard.rows.column("@currency")
            unit = raw_codes(column.codes)
            known = {currency: place for place, currency in enumerate(walk.units) if currency is not None}
            units = places_of((name_of(value) for value in column.values), known, -1)
    worths: tuple[Any, ...] = *amount, amounts, *unit, units
    touches: tuple[Any, ...] = *narrowed(names, walk.places, walk.rest), is_direct
    models: tuple[Any, ...] = (
        any(model in PLACES for model in question.models),
        float(question.half_life // _MICROSECOND) if Model.DECAY in question.models else 0.0,
        question.to_first,
        question.to_last,
    )
    edges, seed, lookback = (
        found.edges.reshape(-1),
        np.uint64(question.seed),
        _microseconds(question.lookback),
    )
    if _is_usual(shard, walk):
        from .attribution_flat_kernels import walk_flat_touches  # noqa: PLC0415 - compiled code only when needed

        walk_flat_touches(  # type: ignore[call-arg]
            shard.first, shard.end, shard.time, codes, marks, shard.person, seed, lookback,
            walk.is_bounded, walk.open_since, *touches, *models, *worths, edges, found.credit, found.worth,
            found.untouched_worth, found.customers, found.tallies,
        )  # fmt: skip
    else:
        from .attribution_kernels import walk_touches  # noqa: PLC0415 - compiled code only when needed

        joined = -1 if question.joined is None else _microseconds(question.joined)
        walk_touches(  # type: ignore[call-arg]
            shard.first, shard.end, shard.time, codes, marks, walk.since, walk.until, shard.person, seed, lookback,
            joined, walk.open_since, *touches, *models, *worths, edges, found.credit, found.worth,
            found.untouched_worth, found.sets, found.customers, found.tallies,
        )  # fmt: skip
    found.costs.update(costs)
    return found


def _is_usual(shard: PathShard, walk: TouchWalk) -> bool:
    """Return whether the flat walk can answer: at any time, nothing joined, no sets, most persons one after another."""
    question = walk.question
    return bool(
        len(shard.first) > 0
        and question.window is None
        and question.joined is None
        and Model.SHAPLEY_RATE not in question.models
        and len(walk.names) <= MOST_IN_SET
        and np.count_nonzero(shard.first[1:] != shard.end[:-1]) * _PERSONS_A_RUN <= len(shard.first)
    )


def _marks(
    shard: PathShard, question: AttributionQuestion
) -> tuple[NDArray[np.unsignedinteger], NDArray[np.int64]]:
    """Return what each row is: whether it converts, or may be a touch."""
    rules: list[tuple[StepRule | None, int]] = [(question.conversion, CONVERTS), (_RECORDED, COSTS)]
    rules += [(rule, TOUCHES) for rule in question.touches] or [(None, TOUCHES)]
    codes, marks = marked(shard, rules, question.among.seen)
    marks[(marks & COSTS) > 0] &= CONVERTS
    return codes, marks


def _known(paths: Paths, question: AttributionQuestion) -> tuple[str, ...]:
    """Return the names of touches: by the alphabet, or most touches first where there are too many."""
    tables = [named(shard, question.by, question.touches, question.among.seen) for shard in paths.shards]
    everything = sorted({name for table in tables for name in table.names if name is not None})
    if len(everything) <= question.most:
        return tuple(everything)
    counts: Counter[str] = Counter(dict.fromkeys(everything, 0))
    for shard, table in zip(paths.shards, tables, strict=True):
        for name, count in _counted(shard, question, table.codes, table.names):
            counts[name] += count
    there = [name for name in everything if counts[name]]
    return tuple(sorted(there, key=lambda name: (-counts[name], name)))


def _counted(
    shard: PathShard,
    question: AttributionQuestion,
    codes: NDArray[np.unsignedinteger],
    names: Iterable[str | None],
) -> Iterable[tuple[str, int]]:
    """Yield how often each name is on rows that may be touches, whoever they belong to."""
    events, marks = _marks(shard, question)
    kept = codes[marks[events] == TOUCHES]
    for name, count in zip(names, np.bincount(kept, minlength=1).tolist(), strict=False):
        if name is not None and count:
            yield name, count


def _units(paths: Paths, question: AttributionQuestion) -> tuple[str | None, ...]:
    """Return in what conversions are worth something and touches cost something."""
    if question.value not in {None, "@amount"}:
        return (None,)
    if question.value is None and not any(shard.codes_in(COST_RECORDED).any() for shard in paths.shards):
        return ()
    values = {value for shard in paths.shards for value in shard.rows.column("@currency").values}
    return tuple(sorted({name for name in map(name_of, values) if name}))


def _microseconds(span: timedelta) -> int:
    """Return a length of time as the walk takes it: longer ones than it can count are forever."""
    return min(span // _MICROSECOND, _FOREVER)
