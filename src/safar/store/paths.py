"""Everybody's lived path, for kernels to walk: each person whole in one shard, whatever files their events lie in.

A person's events may lie in several parts, in the tail that is not compacted yet, and under several ids. Most lie in
one part under one id: they are walked where they are, memory-mapped. The others are gathered into further shards. So an
analysis is `partial(shard)` over `Paths.shards` and a merge of what it returns; no person is in two shards.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from .columns import ColumnShelf, PartRows, TableRows
from .layout import Layout
from .manifest import Part
from .parts import customer_keys, read_rows
from .pathindex import PathIndex, narrow
from .row_column import GatheredRows, NoRows, RowSource
from .tail import View

Keys = NDArray[np.uint64]
Places = NDArray[np.int64]

_NOBODY: Final = np.zeros(0, np.int64)
_NO_KEYS: Final = np.zeros(0, np.uint64)
#: Rows of new parts beside which what is settled is kept: so many, or one in so many of the settled.
_FEW_ROWS: Final = 50_000
_FRESH_PART: Final = 16


@dataclass(frozen=True, slots=True)
class PathShard:
    """Some persons with all their events, as arrays that kernels read.

    Attributes
    ----------
    first, end
        ``uint32`` of shape (persons,): a person owns the rows ``first[i]:end[i]``, by time. Events of one instant keep
        the order of arrival within an id; those of several ids follow the order of the files.
    time
        ``int64`` of shape (rows,): ``occurred_at`` in microseconds UTC. Rows that nobody here owns belong to persons of
        another shard.
    code, channel_code
        ``uint8``, ``uint16`` or ``uint32`` of shape (rows,): places in ``event_names`` and ``channels``.
    person
        ``uint64`` of shape (persons,): the key of the id that each person goes by (`Log.ids_of` tells the id).
    rows
        Where what the arrays do not hold of the rows is read.
    present
        The newest event of everybody, in microseconds UTC: what looks back from now looks back from there. None where
        nobody said; see `present_of`.
    """

    first: NDArray[np.uint32]
    end: NDArray[np.uint32]
    time: NDArray[np.int64]
    code: NDArray[np.unsignedinteger[Any]]
    channel_code: NDArray[np.unsignedinteger[Any]]
    event_names: tuple[str, ...]
    channels: tuple[str, ...]
    person: Keys
    rows: RowSource = field(default_factory=NoRows)
    present: int | None = None

    @property
    def events(self) -> int:
        """How many events its persons have."""
        return int(self.end.sum(dtype=np.int64) - self.first.sum(dtype=np.int64))

    def of(self, places: Places | NDArray[np.bool_] | slice) -> PathShard:
        """Return the persons at these places."""
        return self.with_persons(self.first[places], self.end[places], self.person[places])

    def with_persons(self, first: NDArray[np.uint32], end: NDArray[np.uint32], person: Keys) -> PathShard:
        """Return the same rows with these persons, as arrays beside each other."""
        return replace(self, first=first, end=end, person=person)

    def codes_in(self, names: frozenset[str]) -> NDArray[np.bool_]:
        """Return for each place in ``event_names`` whether its name is among these."""
        return np.fromiter((name in names for name in self.event_names), np.bool_, len(self.event_names))


def present_of(shard: PathShard) -> int:
    """Return the newest event of everybody, in microseconds UTC; that of the shard's persons where nobody said."""
    if shard.present is not None:
        return shard.present
    return int(shard.time[shard.end - 1].max()) if len(shard.end) else 0


_NO_ROWS: Final = np.zeros(0, np.uint32)
_EMPTY: Final = PathShard(_NO_ROWS, _NO_ROWS, _NOBODY, _NO_ROWS, _NO_ROWS, (), (), _NO_KEYS)


@dataclass(frozen=True, slots=True)
class Paths:
    """Everybody's path at one version of the log.

    Attributes
    ----------
    version
        The log's version that they show.
    shards
        Every person is in exactly one. Customers are told apart by 64-bit keys of their ids: that two of ten million
        have the same has a chance of one in 370,000.
    """

    version: str
    shards: tuple[PathShard, ...]

    @property
    def rows(self) -> int:
        """How many events the shards hold."""
        return sum(shard.events for shard in self.shards)

    @property
    def span(self) -> tuple[int, int] | None:
        """The first and the last instant, in microseconds; None without events."""
        there = [_span_of(shard) for shard in self.shards if len(shard.first)]
        return (min(first for first, _ in there), max(last for _, last in there)) if there else None


#: Spans by the array of first rows that they were read at, as long as it lives.
_spans: Final[dict[int, tuple[weakref.ref[Any], tuple[int, int]]]] = {}


def _span_of(shard: PathShard) -> tuple[int, int]:
    """Return the first and the last instant of a shard with persons: read once, all over memory, and kept."""
    of = shard.first
    found = _spans.get(id(of))
    if found is None or found[0]() is not of:
        for key in [key for key, (alive, _) in list(_spans.items()) if alive() is None]:
            _spans.pop(key, None)
        span = int(shard.time[of].min()), int(shard.time[shard.end - 1].max())
        found = _spans[id(of)] = weakref.ref(of), span
    return found[1]


@dataclass(frozen=True, slots=True)
class Aliases:
    """Which ids belong to a person that goes by another id, as keys: ``ids`` ascending, ``persons`` beside it."""

    ids: Keys
    persons: Keys

    @classmethod
    def of(cls, pairs: Sequence[tuple[str, str]]) -> Aliases:
        """Return the aliases of pairs of an id and the id that its person goes by."""
        if not pairs:
            return cls(np.zeros(0, np.uint64), np.zeros(0, np.uint64))
        ids = customer_keys(pa.array([each for each, _ in pairs], pa.string()))
        persons = customer_keys(pa.array([person for _, person in pairs], pa.string()))
        order = np.argsort(ids)
        return cls(ids[order], persons[order])

    def persons_of(self, keys: Keys) -> Keys:
        """Return the key of each id's person: its own, unless it goes by another id."""
        if not len(self.ids) or not len(keys):
            return keys
        places = np.minimum(np.searchsorted(self.ids, keys), len(self.ids) - 1)
        return np.where(self.ids[places] == keys, self.persons[places], keys)


class PartPaths:
    """The paths of one part, and its customers in the order of their keys, sorted when first asked for."""

    def __init__(self, index: PathIndex, part: Part, rows: RowSource) -> None:
        self.part = part
        self.customers: Keys = index.customer_key
        self.shard = _shard_of(index, rows)

    @cached_property
    def by_key(self) -> NDArray[np.uint32]:
        """The customers' places, in the order of their keys."""
        return np.argsort(self.customers).astype(np.uint32)

    @cached_property
    def keys(self) -> Keys:
        """The customers' keys, ascending."""
        return self.customers[self.by_key]

    def places_of(self, keys: Keys) -> Places:
        """Return the place of each customer of these ascending keys that has events here."""
        if not len(keys):  # nothing need be sorted for that
            return _NOBODY
        # In the order of the part: events of one instant under several ids then stand alike, however they are gathered.
        return np.sort(self.by_key[_found(self.keys, keys)].astype(np.int64))


class _Settled:
    """The persons of some parts, those who are in several gathered: stays true while the parts and aliases do."""

    def __init__(self, files: Sequence[PartPaths], aliases: Aliases) -> None:
        self.names = frozenset(file.part.name for file in files)
        self.rows = sum(file.part.rows for file in files)
        self.aliases = aliases
        self.files = files
        scattered = _scattered(files, aliases)
        self.moved = [file.places_of(scattered) for file in files]
        self.staying = [_without(file.shard, places) for file, places in zip(files, self.moved, strict=True)]
        self.gathered, self.persons = _gathered(
            (file.shard.of(places), aliases.persons_of(file.customers[places]))
            for file, places in zip(files, self.moved, strict=True)
        )

    def with_fresh(self, fresh: Sequence[tuple[PathShard, Keys]]) -> tuple[PathShard, ...]:
        """Return the shards of these persons and of fresh events, each beside the keys of the ids it came with."""
        pieces = [(shard, self.aliases.persons_of(customers)) for shard, customers in fresh]
        touched = np.unique(np.concatenate([_NO_KEYS, *(persons for _, persons in pieces)]))
        places = _found(self.persons, touched)
        known = [(self.gathered.of(places), self.persons[places])]
        shards = [_without(self.gathered, places)]
        rest = np.setdiff1d(touched, self.persons[places], assume_unique=True)
        for file, moved, staying in zip(self.files, self.moved, self.staying, strict=True):
            places = file.places_of(rest)
            known.append((file.shard.of(places), file.customers[places]))
            gone = np.concatenate([moved, places])
            shards.append(_without(file.shard, gone) if len(places) else staying)
        shards.append(_gathered([*known, *pieces])[0])
        return tuple(shard for shard in shards if len(shard.first))


class PathShelf:
    """The paths of one log, kept from one question to the next as far as they still hold.

    Most events lie in parts that were there before. Who is who among them is worked out once; a question then only
    gathers the persons of whom there is something fresh, in small new parts or in the tail.
    """

    def __init__(self, layout: Layout, columns: ColumnShelf) -> None:
        self._layout = layout
        self._columns = columns
        self._files: dict[str, PartPaths] = {}
        self._settled: _Settled | None = None
        self._tail: tuple[pa.Table, PathShard, Keys] | None = None

    def paths(self, view: View, aliases: Aliases, version: str) -> Paths:
        """Return everybody's path as of ``view``.

        Raises
        ------
        FileNotFoundError
            A part was merged away meanwhile: take a new view and ask again.
        """
        files = self._open(view)
        settled = self._settled
        if settled is None or not self._still_holds(settled, aliases):
            settled = self._settled = _Settled(list(files.values()), aliases)
        fresh = [(file.shard, file.customers) for name, file in files.items() if name not in settled.names]
        if view.tail.num_rows:
            fresh.append(self._of_tail(view.tail))
        return Paths(version, _at_present(settled.with_fresh(fresh), present_in(view)))

    def paths_of(self, view: View, aliases: Aliases, version: str, persons: Keys) -> Paths:
        """Return the paths of some persons, given by ascending keys, as `paths` does; reads no others' events.

        Raises
        ------
        FileNotFoundError
            As of `paths`.
        """
        ids = np.union1d(persons, aliases.ids[np.isin(aliases.persons, persons)])
        pieces = []
        for file in self._open(view).values():
            places = file.places_of(ids)
            pieces.append((file.shard.of(places), aliases.persons_of(file.customers[places])))
        if view.tail.num_rows:
            shard, customers = self._of_tail(view.tail)
            places = np.flatnonzero(np.isin(customers, ids))
            pieces.append((shard.of(places), aliases.persons_of(customers[places])))
        shard, _ = _gathered(pieces)
        return Paths(version, _at_present((shard,) if len(shard.first) else (), present_in(view)))

    def customers_of(self, view: View, parts: Iterable[str], since: int) -> Keys:
        """Return the keys, ascending, of the ids that have events in parts of a view that came from a sequence on.

        Raises
        ------
        FileNotFoundError
            As of `paths`.
        """
        files = self._open(view)
        return np.unique(np.concatenate([_NO_KEYS, *(self._newcomers(files[part], since) for part in parts)]))

    def customers_of_tail(self, view: View) -> Keys:
        """Return the keys, ascending, of the ids that have events in no part yet."""
        return np.unique(self._of_tail(view.tail)[1]) if view.tail.num_rows else _NO_KEYS

    def _newcomers(self, file: PartPaths, since: int) -> Keys:
        if file.part.first_sequence >= since:
            return file.customers
        sequence = read_rows(self._layout.parquet(file.part.name), columns=["sequence"]).column("sequence")
        rows = np.flatnonzero(sequence.to_numpy() >= since)
        return file.customers[np.searchsorted(file.shard.end, rows, side="right")]

    def _open(self, view: View) -> dict[str, PartPaths]:
        """Return the paths of the parts of a view, oldest first."""
        known = self._files
        parts = sorted(view.snapshot.parts, key=lambda part: part.first_sequence)
        files = {part.name: known.get(part.name) or self._opened(part) for part in parts}
        self._files = files
        self._columns.forget_all_but(frozenset(files))
        return files

    def _of_tail(self, tail: pa.Table) -> tuple[PathShard, Keys]:
        """Return the paths of events that are in no part yet, and whose they are."""
        if self._tail is None or self._tail[0] is not tail:
            index, order = _index_of(tail)
            shard = _shard_of(index, TableRows(self._columns, tail, order))
            self._tail = tail, shard, index.customer_key
        return self._tail[1:]

    def _still_holds(self, settled: _Settled, aliases: Aliases) -> bool:
        if settled.aliases is not aliases or not settled.names <= self._files.keys():
            return False
        fresh = sum(file.part.rows for name, file in self._files.items() if name not in settled.names)
        return fresh <= max(_FEW_ROWS, settled.rows // _FRESH_PART)

    def _opened(self, part: Part) -> PartPaths:
        index = PathIndex.open(self._layout.path_index(part.name))
        return PartPaths(index, part, PartRows(self._columns, part.name))


def present_in(view: View) -> int | None:
    """Return the newest event of a view, in microseconds UTC; None without events."""
    latest = [part.last_at for part in view.snapshot.parts]
    if view.tail.num_rows:
        latest.append(pc.max(view.tail.column("occurred_at").cast(pa.int64())).as_py())
    return max(latest, default=None)


def _at_present(shards: Iterable[PathShard], present: int | None) -> tuple[PathShard, ...]:
    return tuple(replace(shard, present=present) for shard in shards)


def _shard_of(index: PathIndex, rows: RowSource) -> PathShard:
    return PathShard(
        index.starts[:-1],
        index.starts[1:],
        index.time,
        index.code,
        index.channel_code,
        index.event_names,
        index.channels,
        index.customer_key,
        rows,
    )


def _index_of(tail: pa.Table) -> tuple[PathIndex, NDArray[np.int64]]:
    """Return the index of events that are in no part yet, all shards together, and which row each of its rows is."""
    from .kernels import order_rows  # noqa: PLC0415 - compiled code only when needed

    customers = _encoded(tail, "customer_id")
    time = tail.column("occurred_at").combine_chunks().view(pa.int64()).to_numpy()
    sequence = tail.column("sequence").combine_chunks().to_numpy()
    count = len(customers.dictionary)
    rank = customers.indices.to_numpy()
    order = order_rows(rank, count, np.ascontiguousarray(time), np.ascontiguousarray(sequence))
    names, channels = _encoded(tail, "event_name"), _encoded(tail, "channel")
    index = PathIndex(
        starts=_starts(rank, count),
        customer_key=customer_keys(customers.dictionary),
        time=time[order],
        code=narrow(names.indices.to_numpy()[order], len(names.dictionary)),
        channel_code=narrow(channels.indices.to_numpy()[order], len(channels.dictionary)),
        event_names=tuple(names.dictionary.to_pylist()),
        channels=tuple(channels.dictionary.to_pylist()),
    )
    return index, order


def _encoded(table: pa.Table, name: str) -> pa.DictionaryArray:
    encoded = table.column(name).combine_chunks().dictionary_encode()
    return encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded


def _scattered(files: Sequence[PartPaths], aliases: Aliases) -> Keys:
    """Return the keys, ascending, of ids whose person may have events in another file or under another id."""
    shards: dict[int, list[PartPaths]] = {}
    for file in files:
        shards.setdefault(file.part.shard, []).append(file)
    found = [aliases.ids, aliases.persons]
    for here in shards.values():
        if len(here) > 1:
            keys = np.concatenate([file.keys for file in here])
            together = np.sort(keys, kind="stable")  # runs are merged, not sorted anew
            found.append(together[1:][together[1:] == together[:-1]])
    return np.unique(np.concatenate(found))


def _found(keys: Keys, wanted: Keys) -> Places:
    """Return where those of the wanted keys stand that are among ``keys``; both ascend."""
    if not len(keys) or not len(wanted):
        return _NOBODY
    spots: Places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return spots[np.equal(keys[spots], wanted)]


def _without(shard: PathShard, places: Places) -> PathShard:
    if not len(places):
        return shard
    stays = np.ones(len(shard.first), np.bool_)
    stays[places] = False
    return shard.of(stays)


def _gathered(pieces: Iterable[tuple[PathShard, Keys]]) -> tuple[PathShard, Keys]:
    """Return one shard of the persons of all pieces, each with the events of all, and their keys, ascending."""
    from .kernels import order_rows  # noqa: PLC0415 - compiled code only when needed

    there = [(shard, persons) for shard, persons in pieces if len(persons)]
    if not there:
        return _EMPTY, _NO_KEYS
    everybody, ranks = np.unique(np.concatenate([persons for _, persons in there]), return_inverse=True)
    names: dict[str, int] = {}
    channels: dict[str, int] = {}
    rank, time, code, channel_code, piece, origin = [], [], [], [], [], []
    edge = 0
    for place, (shard, persons) in enumerate(there):
        starts = shard.first.astype(np.int64)
        lengths = shard.end.astype(np.int64) - starts
        rows = np.arange(lengths.sum()) + np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
        rank.append(np.repeat(ranks[edge : edge + len(persons)].astype(np.int32), lengths))
        edge += len(persons)
        piece.append(np.full(len(rows), place, np.uint32))
        origin.append(rows.astype(np.uint32))
        time.append(shard.time[rows])
        code.append(_recoded(shard.code[rows], shard.event_names, names))
        channel_code.append(_recoded(shard.channel_code[rows], shard.channels, channels))
    whose, when = np.concatenate(rank), np.concatenate(time)
    order = order_rows(whose, len(everybody), when, np.arange(len(when)))
    edges = _starts(whose, len(everybody))
    shard = PathShard(
        edges[:-1],
        edges[1:],
        when[order],
        narrow(np.concatenate(code), len(names))[order],
        narrow(np.concatenate(channel_code), len(channels))[order],
        tuple(names),
        tuple(channels),
        everybody,
        GatheredRows(
            [shard.rows for shard, _ in there], np.concatenate(piece)[order], np.concatenate(origin)[order]
        ),
    )
    return shard, everybody


def _starts(rank: NDArray[np.int32], count: int) -> NDArray[np.uint32]:
    """Return where the rows of each rank begin once they are sorted by it, and where the last ones end."""
    return np.concatenate([[0], np.cumsum(np.bincount(rank, minlength=count))]).astype(np.uint32)


def _recoded(
    codes: NDArray[np.unsignedinteger[Any]], texts: Sequence[str], known: dict[str, int]
) -> NDArray[np.uint32]:
    """Return codes of one file as those of all files; texts not seen before are added."""
    places = np.array([known.setdefault(text, len(known)) for text in texts], np.uint32)
    recoded: NDArray[np.uint32] = places[codes]
    return recoded
