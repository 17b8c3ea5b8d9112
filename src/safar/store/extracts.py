"""Extracts: what a question needs of rare events, taken out of their properties once and kept in memory.

Orders and answers are few among events, but what they say is in their properties, text that is slow to read. A part
never changes, so what was taken out of it stays true as long as it exists; only new parts and the tail are read again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from safar.vocabulary.window import Window

from .parts import customer_keys
from .paths import Aliases
from .sql import Engine
from .tail import View

#: Beyond so many bytes the parts not asked for longest are let go; some 30 M orders fit.
_MOST_BYTES: Final = 1 << 30

Kind = Literal["number", "real", "text", "key"]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to take out of each row.

    Attributes
    ----------
    name
        Of the field.
    sql
        An expression of our own over the columns of ``events`` (but who is who), such as ``properties->>'metric'``.
    kind
        ``number``: ``int64``, 0 where there is none. ``real``: ``float64``, NaN where there is none. ``text``: a code
        and its text, for few distinct ones; empty where there is none. ``key``: a 64-bit key of a text, 0 where there
        is none.
    """

    name: str
    sql: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Extract:
    """What to take out of which events. Its value is the key under which it is kept."""

    names: frozenset[str]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One field of many rows; ``texts`` names the codes of a ``text``."""

    values: NDArray[Any]
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of an extract, by time; of one instant in the order of files and arrival.

    Attributes
    ----------
    version
        The log's version that they are of.
    person
        ``uint64``: the key of the person's id.
    time
        ``int64``: ``occurred_at`` in microseconds UTC.
    event_name
        Codes with their texts.
    fields
        By the field's name.
    """

    version: str
    person: NDArray[np.uint64]
    time: NDArray[np.int64]
    event_name: Column
    fields: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.time)

    def are(self, names: frozenset[str]) -> NDArray[np.bool_]:
        """Return for each row whether it is an event of one of these names."""
        among = np.fromiter((text in names for text in self.event_name.texts), np.bool_)
        return among[self.event_name.values] if len(among) else np.zeros(len(self), np.bool_)

    def where(self, mask: NDArray[np.bool_]) -> Rows:
        """Return the rows of the mask."""
        return self if mask.all() else self._at(np.flatnonzero(mask))

    def by_text(self, column: Column) -> dict[str, Rows]:
        """Return the rows of each text of a column of texts that any row has, each in the order they stand in.

        Sorts once: asking `where` for one text after another reads all rows for each.
        """
        # Codes of two bytes are sorted by radix, several times as fast.
        is_narrow = len(column.texts) <= np.iinfo(np.uint16).max
        codes = column.values.astype(np.uint16) if is_narrow else column.values
        order = np.argsort(codes, kind="stable")
        ends = np.cumsum(np.bincount(column.values, minlength=len(column.texts))).tolist()
        runs = zip(column.texts, [0, *ends], ends, strict=False)
        sorted_rows = self._at(order)
        return {text: sorted_rows._at(slice(start, end)) for text, start, end in runs if start < end}

    def _at(self, places: NDArray[np.int64] | slice) -> Rows:
        return Rows(
            self.version,
            self.person[places],
            self.time[places],
            Column(self.event_name.values[places], self.event_name.texts),
            {name: Column(column.values[places], column.texts) for name, column in self.fields.items()},
        )


@dataclass(frozen=True, slots=True)
class _Taken:
    """What was taken out of one part; ids as they came."""

    customer: NDArray[np.uint64]
    time: NDArray[np.int64]
    event_name: Column
    fields: tuple[Column, ...]

    def inside(self, window: Window, customers: NDArray[np.uint64] | None) -> _Taken:
        """Return the rows inside a window, which are by time, of everybody or of these customers' keys."""
        first, end = np.searchsorted(self.time, [window.start_us, window.end_us])
        rows: slice | NDArray[np.int64] = slice(int(first), int(end))
        if customers is not None:
            rows = int(first) + np.flatnonzero(np.isin(self.customer[first:end], customers))
        return _Taken(
            self.customer[rows],
            self.time[rows],
            Column(self.event_name.values[rows], self.event_name.texts),
            tuple(Column(column.values[rows], column.texts) for column in self.fields),
        )

    @property
    def size(self) -> int:
        return sum(
            array.nbytes
            for array in (
                self.customer,
                self.time,
                self.event_name.values,
                *(each.values for each in self.fields),
            )
        )


class ExtractShelf:
    """The extracts of one log. Its caller guards it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: OrderedDict[tuple[Extract, str], _Taken] = OrderedDict()
        self._tails: dict[Extract, tuple[str, _Taken | None]] = {}
        self._bytes = 0

    def rows(
        self,
        extract: Extract,
        window: Window,
        view: View,
        aliases: Aliases,
        version: str,
        *,
        ids: Sequence[str] | None = None,
    ) -> Rows:
        """Return the rows of an extract inside a window, as of ``view``: everybody's, or those of customer ids.

        Raises
        ------
        FileNotFoundError
            A part was merged away meanwhile: take a new view and ask again.
        """
        parts = [part.name for part in sorted(view.snapshot.parts, key=lambda part: part.first_sequence)]
        self._forget_all_but(frozenset(parts))
        missing = [part for part in parts if (extract, part) not in self._kept]
        found: dict[str, _Taken] = {}
        version_of_tail, of_tail = self._tails.get(extract, ("", None))
        is_new = bool(view.tail.num_rows) and version_of_tail != view.version
        if missing or is_new:
            table = self._engine.extracted(missing, view.tail if is_new else None, _query(extract))
            found = _by_part(table, extract, [*missing, *([""] if is_new else [])])
        if is_new:
            of_tail = found[""]
            self._tails[extract] = view.version, of_tail
        taken = []
        for part in parts:
            one = found[part] if part in found else self._kept[extract, part]
            self._keep((extract, part), one)
            taken.append(one)
        if view.tail.num_rows and of_tail is not None:
            taken.append(of_tail)
        customers = None if ids is None else customer_keys(pa.array(ids, pa.string()))
        return _together([one.inside(window, customers) for one in taken], extract, aliases, version)

    def _keep(self, key: tuple[Extract, str], taken: _Taken) -> None:
        before = self._kept.pop(key, None)
        self._bytes += taken.size - (before.size if before else 0)
        self._kept[key] = taken

    def _forget_all_but(self, parts: frozenset[str]) -> None:
        gone = [key for key in self._kept if key[1] not in parts]
        for key in gone:
            self._bytes -= self._kept.pop(key).size
        while self._bytes > _MOST_BYTES:
            self._bytes -= self._kept.popitem(last=False)[1].size


def _query(extract: Extract) -> str:
    names = ", ".join("'" + name.replace("'", "''") + "'" for name in sorted(extract.names))
    fields = "".join(f", {field.sql} AS field_{place}" for place, field in enumerate(extract.fields))
    return (
        f"SELECT part, customer_id, occurred_at, event_name{fields} FROM rows"
        f" WHERE event_name IN ({names}) ORDER BY part, occurred_at, sequence"
    )


def _by_part(table: pa.Table, extract: Extract, parts: Sequence[str]) -> dict[str, _Taken]:
    """Return what belongs to each part; a part without such rows has empty arrays."""
    table = table.combine_chunks()
    customers = customer_keys(_array(table, "customer_id"))
    time = _array(table, "occurred_at").cast(pa.timestamp("us", "UTC")).view(pa.int64()).to_numpy()
    name = _column(_array(table, "event_name"), "text")
    fields = [
        _column(_array(table, f"field_{place}"), field.kind) for place, field in enumerate(extract.fields)
    ]
    whose = _array(table, "part").dictionary_encode()
    places = {part: code for code, part in enumerate(whose.dictionary.to_pylist())}
    codes = whose.indices.to_numpy()
    found = {}
    for part in parts:
        rows = slice(0, 0)
        if part in places:  # sorted by part: one run
            spots = np.flatnonzero(codes == places[part])
            rows = slice(int(spots[0]), int(spots[-1]) + 1)
        found[part] = _Taken(
            customers[rows].copy(),
            time[rows].copy(),
            Column(name.values[rows].copy(), name.texts),
            tuple(Column(column.values[rows].copy(), column.texts) for column in fields),
        )
    return found


def _array(table: pa.Table, name: str) -> pa.Array:
    column = table.column(name)
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def _column(values: pa.Array, kind: Kind) -> Column:
    if kind == "number":
        return Column(pc.fill_null(values.cast(pa.int64()), 0).to_numpy(zero_copy_only=False))
    if kind == "real":
        return Column(pc.fill_null(values.cast(pa.float64()), float("nan")).to_numpy(zero_copy_only=False))
    if kind == "key":
        keys = customer_keys(pc.fill_null(values.cast(pa.string()), ""))
        return Column(np.where(values.is_valid().to_numpy(zero_copy_only=False), keys, np.uint64(0)))
    encoded = pc.fill_null(values.cast(pa.string()), "").dictionary_encode()
    return Column(encoded.indices.to_numpy().astype(np.int32), tuple(encoded.dictionary.to_pylist()))


def _together(taken: Sequence[_Taken], extract: Extract, aliases: Aliases, version: str) -> Rows:
    time = np.concatenate([each.time for each in taken]) if taken else np.zeros(0, np.int64)
    order = np.argsort(time, kind="stable")
    customers = np.concatenate([each.customer for each in taken]) if taken else np.zeros(0, np.uint64)
    return Rows(
        version,
        aliases.persons_of(customers[order]),
        time[order],
        _one([each.event_name for each in taken], order),
        {
            field.name: _one([each.fields[place] for each in taken], order)
            for place, field in enumerate(extract.fields)
        },
    )


def _one(columns: Sequence[Column], order: NDArray[np.int64]) -> Column:
    """Return the columns of several parts as one, in the order given."""
    if not columns:
        return Column(np.zeros(0, np.int64))
    if not any(column.texts for column in columns):
        return Column(np.concatenate([column.values for column in columns])[order])
    known: dict[str, int] = {}
    codes = []
    for column in columns:
        places = np.array([known.setdefault(text, len(known)) for text in column.texts], np.int32)
        codes.append(places[column.values] if len(places) else np.zeros(0, np.int32))
    return Column(np.concatenate(codes)[order], tuple(known))
