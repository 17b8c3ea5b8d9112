"""The lines of a time series: by channel, event name, property or segment; the largest ones and the others together."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from enum import Enum
from functools import partial, reduce
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Refusal

from .among import Among, Segment
from .labels import (
    CHANNEL,
    EVENT,
    NO_LABEL,
    Counted,
    Keys,
    Labelled,
    Shape,
    Spellings,
    labelled,
    number_of_value,
    shown,
    spellings,
)
from .shelf import Shelf
from .steps import EVERY_EVENT, StepRule, marked
from .walk import mapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from safar.store.paths import PathShard

#: More lines than these nobody tells apart.
MOST_LINES: Final = 50
#: Property of amounts, in whole units of their currency.
AMOUNT: Final = "@amount"
_CURRENCY: Final = ("@currency",)
#: Amounts are added up in ten-thousandths: as fine as any currency's minor unit, and whole, so that sums are exact.
AMOUNT_UNITS: Final = 10_000
_MATTERS, _ALSO = 1, 2


#: Codes of rows; of each code its line, below 0 for none; and whether it is the other thing.
Coded = tuple[NDArray[np.unsignedinteger[Any]], NDArray[np.int32], NDArray[np.bool_]]

#: What is made of rows and kept for the next question.
_MOST_BYTES: Final = 1 << 28


class BreakdownRefused(Refusal, ValueError):
    """A series cannot be broken down like this."""

    code = "series.breakdown_refused"


class By(Enum):
    """What lines stand for."""

    CHANNEL = "channel"
    EVENT = "event"
    PROPERTY = "property"
    SEGMENT = "segment"


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One line each for channels, event names, values of a property, or segments.

    Parameters
    ----------
    by
        See `By`.
    of
        The property, as of `Condition`; only with `By.PROPERTY`.
    segments
        Only with `By.SEGMENT`; they may overlap.
    most
        So many lines, those with the most events in the window; all others together are one more line.

    Raises
    ------
    BreakdownRefused
    """

    by: By
    of: str = ""
    segments: tuple[Segment, ...] = ()
    most: int = 6

    def __post_init__(self) -> None:
        if bool(self.of.strip()) != (self.by is By.PROPERTY):
            raise BreakdownRefused(
                f"A breakdown by {self.by.value} of the property {self.of!r} makes no sense.",
                hint="Name a property with a breakdown by property, and only there.",
            )
        if bool(self.segments) != (self.by is By.SEGMENT):
            raise BreakdownRefused(
                f"A breakdown by {self.by.value} with {len(self.segments)} segments makes no sense.",
                hint="Name segments with a breakdown by segment, and only there.",
            )
        names = [segment.name for segment in self.segments]
        if len(set(names)) < len(names):
            raise BreakdownRefused("Two segments have one name.", hint="Give each its own.")
        if not 1 <= self.most <= MOST_LINES or len(names) > MOST_LINES:
            raise BreakdownRefused(
                f"{max(self.most, len(names))} lines were asked for.", hint=f"Ask for 1 to {MOST_LINES}."
            )

    @property
    def column(self) -> str:
        """What `labelled` reads."""
        return {By.CHANNEL: CHANNEL, By.EVENT: EVENT}.get(self.by, self.of)


@dataclass(frozen=True, slots=True)
class LineName:
    """What one line stands for.

    Attributes
    ----------
    name
        The channel, event name, value or segment; empty for "no value", for the others and for the total.
    is_rest, is_total
        All others together; everything together.
    currency
        Of amounts; else empty.
    """

    name: str = ""
    is_rest: bool = False
    is_total: bool = False
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted, and on which lines: the same for all shards.

    Attributes
    ----------
    rule, also
        Which events; the other thing that customers are asked for.
    value
        The property that is added up; None where none is.
    among
        Among whom and what.
    breakdown
        None for one line.
    keys
        Of the labels that have a line of their own, in the order of lines.
    names
        Of all lines: label by label, in each the currencies; the totals at last.
    has_rest
        Whether the others have a line.
    currencies
        Keys of currencies; none where no amounts are added up.
    """

    rule: StepRule | None
    also: StepRule | None
    value: str | None
    among: Among
    breakdown: Breakdown | None
    keys: tuple[int, ...]
    names: tuple[LineName, ...]
    has_rest: bool
    currencies: tuple[int, ...]

    @classmethod
    def of(
        cls,
        shards: Sequence[PathShard],
        *,
        rule: StepRule | None,
        also: StepRule | None,
        value: str | None,
        among: Among,
        breakdown: Breakdown | None,
        bounds: tuple[int, int],
        executor: Executor | None = None,
    ) -> Counts:
        """Return the lines of a question: which labels have one follows from the events in ``bounds``."""
        currencies: tuple[int, ...] = ()
        codes = {NO_LABEL: ""}
        if value == AMOUNT:
            codes |= _known_texts(shards, _CURRENCY)
            currencies = tuple(key for key in codes if key != NO_LABEL)
        heads: list[LineName] = []
        keys: tuple[int, ...] = ()
        has_rest = False
        if breakdown is not None and breakdown.by is By.SEGMENT:
            heads = [LineName(segment.name) for segment in breakdown.segments]
        elif breakdown is not None:
            column = (breakdown.column,)
            known = _known_keys(shards, column)
            if len(known) - (NO_LABEL in known) > breakdown.most:
                counted = LabelCount(column, Shape.PLAIN, rule, among, bounds).of(shards, executor)
                known = counted.top(breakdown.most).keys
                has_rest = len(counted.keys) > len(known)
            keys = tuple(known.tolist())
            texts = _known_texts(shards, column, known)
            heads = [LineName(texts[key]) for key in keys]
            if has_rest:
                heads.append(LineName(is_rest=True))
        heads.append(LineName(is_total=True))
        names = tuple(
            LineName(head.name, head.is_rest, head.is_total, codes[key])
            for head in heads
            for key in currencies or (NO_LABEL,)
        )
        return cls(rule, also, value, among, breakdown, keys, names, has_rest, currencies)

    @property
    def total_of(self) -> NDArray[np.int32]:
        """For each line the one of the total that counts it too; -1 for totals, and for all of segments."""
        units = max(len(self.currencies), 1)
        lines = np.arange(len(self.names), dtype=np.int32)
        totals = len(lines) - units + lines % units
        is_alone = self.breakdown is not None and self.breakdown.by is By.SEGMENT
        return np.where((lines >= len(lines) - units) | is_alone, -1, totals).astype(np.int32)

    def parts(self, shard: PathShard) -> list[tuple[PathShard, int]]:
        """Return the persons that are walked, each time with the first line that they are counted on."""
        everybody = self.among.of(shard)
        units = max(len(self.currencies), 1)
        if self.breakdown is not None and self.breakdown.by is By.SEGMENT:
            segments = self.breakdown.segments
            found = [(segment.of(everybody), place * units) for place, segment in enumerate(segments)]
            return [*found, (everybody, len(segments) * units)]
        return [(everybody, 0)]

    def coded(self, shard: PathShard) -> Coded:
        """Return codes of the rows; of each code its line, below 0 for none; and whether it is the other thing."""
        return _codes.get(shard.code, self, lambda: self._coded(shard))

    def _coded(self, shard: PathShard) -> Coded:
        from .series_kernels import add_looked_up  # noqa: PLC0415 - compiled code only when needed

        is_split = self.breakdown is not None and self.breakdown.by is not By.SEGMENT
        is_plain = self.rule is None and self.also is None and self.among.seen == EVERY_EVENT
        if is_plain and not self.currencies:
            if not is_split:
                size = len(shard.event_names)
                return shard.code, np.zeros(size, np.int32), np.zeros(size, np.bool_)
            found = self._split(shard)
            lines = found.places(np.array(self.keys, np.uint64), len(self.keys) if self.has_rest else -1)
            return found.codes, lines, np.zeros(len(lines), np.bool_)
        codes, bits = self._marked(shard)
        if not is_split and not self.currencies:
            return codes, np.where(bits & _MATTERS, 0, -1).astype(np.int32), (bits & _ALSO) != 0
        packed = np.zeros(len(shard.time), np.uint16)
        add_looked_up(codes, bits.astype(np.int32), packed)
        units, groups, width = max(len(self.currencies), 1), 1, 4
        if self.currencies:
            found = labelled(shard, _CURRENCY, Shape.PLAIN)
            places = found.places(np.array(self.currencies, np.uint64), units)
            add_looked_up(found.codes, places * np.int32(width), packed)
            width *= units + 1
        if is_split:
            found = self._split(shard)
            groups = len(self.keys) + self.has_rest
            places = found.places(np.array(self.keys, np.uint64), len(self.keys))
            add_looked_up(found.codes, places * np.int32(width), packed)
        every = np.arange(width * (groups + 1))
        unit = every // 4 % (units + 1) if self.currencies else np.zeros_like(every)
        group = every // width
        is_counted = (every & _MATTERS).astype(np.bool_) & (unit < units) & (group < groups)
        return packed, np.where(is_counted, group * units + unit, -1).astype(np.int32), (every & _ALSO) != 0

    def values(self, shard: PathShard) -> NDArray[np.float64]:
        """Return the value of every row, NaN where there is none; empty where none are asked for."""
        value = self.value
        if value is None:
            return np.zeros(0, np.float64)
        return _values.get(shard.code, value, lambda: self._valued(shard, value))

    @staticmethod
    def _valued(shard: PathShard, name: str) -> NDArray[np.float64]:
        from .series_kernels import look_up  # noqa: PLC0415 - compiled code only when needed

        column = shard.rows.column(name)
        numbers = np.fromiter((number_of_value(text) for text in column.values), np.float64)
        if name == AMOUNT:
            numbers = np.round(numbers * AMOUNT_UNITS)
        found = np.empty(len(column.codes), np.float64)
        look_up(column.codes, numbers, found)
        return found

    def _split(self, shard: PathShard) -> Labelled:
        assert self.breakdown is not None
        return labelled(shard, (self.breakdown.column,), Shape.PLAIN)

    def _marked(self, shard: PathShard) -> tuple[NDArray[np.unsignedinteger[Any]], NDArray[np.int64]]:
        rules = [(self.rule, _MATTERS), *([] if self.also is None else [(self.also, _ALSO)])]
        return marked(shard, rules, self.among.seen)


_codes: Shelf[Coded] = Shelf(_MOST_BYTES, lambda made: made[0].nbytes)
_values: Shelf[NDArray[np.float64]] = Shelf(_MOST_BYTES, lambda made: made.nbytes)


def _known_keys(shards: Sequence[PathShard], names: tuple[str, ...]) -> Keys:
    found = [labelled(shard, names, Shape.PLAIN) for shard in shards]
    return np.unique(np.concatenate([np.zeros(0, np.uint64), *(each.keys for each in found)]))


def _known_texts(
    shards: Sequence[PathShard], names: tuple[str, ...], wanted: Keys | None = None
) -> dict[int, str]:
    """Return the texts of labels, those of "no value" being empty."""
    told = Spellings({})
    for shard in shards:
        found = labelled(shard, names, Shape.PLAIN)
        keys = found.keys if wanted is None else wanted
        told = told.merged(spellings(found, keys, np.ones(len(found.group), np.int64)))
    keys = np.array(sorted(told.of), np.uint64) if wanted is None else wanted
    return {int(key): told.usual(int(key)) for key in keys}


def _taken_rows(shard: PathShard, rule: StepRule | None, among: Among) -> NDArray[np.uint8]:
    """Return which rows a rule takes, of those that are seen."""
    codes, bits = marked(shard, [(rule, 1)], among.seen)
    found: NDArray[np.uint8] = bits.astype(np.uint8)[codes]
    return found


_labels: Shelf[Labelled] = Shelf(_MOST_BYTES, lambda made: made.codes.nbytes)


def labels_of(
    shard: PathShard, names: tuple[str, ...], shape: Shape, rule: StepRule | None, among: Among
) -> Labelled:
    """Return what the first of some properties that has a value says of the events of a rule, at least."""
    return _labels.get(
        shard.code,
        (names, shape, rule, among.seen),
        lambda: labelled(shard, names, shape, taken=_taken_rows(shard, rule, among)),
    )


@dataclass(frozen=True, slots=True)
class LabelCount:
    """Which labels of which events are counted.

    Attributes
    ----------
    names, shape
        See `labelled`.
    rule, among
        The events that count; all of them when the rule is None.
    bounds
        From the one instant up to the other, in microseconds.
    """

    names: tuple[str, ...]
    shape: Shape
    rule: StepRule | None
    among: Among
    bounds: tuple[int, int]

    def of_shard(self, shard: PathShard) -> Counted:
        """Count the events of each label in one shard."""
        found, counts = self._counted(shard)
        rows = np.bincount(found.group, counts, len(found.keys)).astype(np.int64)
        there = np.flatnonzero(rows)
        return Counted(found.keys[there], rows[there])

    def of(self, shards: Sequence[PathShard], executor: Executor | None) -> Counted:
        """Count the events of each label."""
        none = Counted(np.zeros(0, np.uint64), np.zeros(0, np.int64))
        return reduce(Counted.merged, mapped(executor, self.of_shard, shards), none)

    def texts(self, shards: Sequence[PathShard], keys: Keys, executor: Executor | None) -> dict[int, str]:
        """Return how each of some labels is shown: as it is most often sent."""
        told = reduce(
            Spellings.merged, mapped(executor, partial(self._spelled, keys=keys), shards), Spellings({})
        )
        return {int(key): shown(told.usual(int(key)), self.shape) for key in keys}

    def _spelled(self, shard: PathShard, keys: Keys) -> Spellings:
        found, counts = self._counted(shard)
        return spellings(found, keys, counts)

    def _counted(self, shard: PathShard) -> tuple[Labelled, NDArray[np.int64]]:
        """Return what the rows of a shard say, and how many of them each code has."""
        from .series_kernels import count_values  # noqa: PLC0415 - compiled code only when needed

        shard = self.among.of(shard)
        taken = _taken_rows(shard, self.rule, self.among)
        found = labels_of(shard, self.names, self.shape, self.rule, self.among)
        counts = np.zeros(len(found.group), np.int64)
        count_values(shard.first, shard.end, shard.time, found.codes, *self.bounds, taken, counts)
        return found, counts
