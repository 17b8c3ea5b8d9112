"""The log of one workspace: everything that happened to its customers, kept on disk, asked with SQL."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from safar.collect.identity import IdentityRules
from safar.vocabulary.errors import Refusal
from safar.vocabulary.event import ALIAS, IDENTIFY
from safar.vocabulary.window import Window

from .compaction import CompactionReport, Compactor
from .disk import exclusive, said_when_full, sync_folder
from .erasure import ErasureProof, erase
from .extracts import Extract, Rows
from .heads import Heads
from .id_search import IdSearch
from .identity import Identity
from .ids_of_keys import ids_of_keys
from .layout import Layout
from .manifest import Manifest
from .newest import EventPlace, Extent, Newest, Selection
from .paths import Paths
from .presence import Presence, Present
from .removal import RemovalReport, remove_source
from .retention import RetentionReport, forget_before
from .schema import PART_SCHEMA, columns_of
from .segment import ROLL_REQUEST, LogWriter
from .shelf import ReadersOverrun, Shelf, Sight
from .sql import Engine
from .table import Table
from .tail import Tail, View
from .timeline import TimelineEvent, Timelines

Answer = TypeVar("Answer")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class LogMissing(Refusal, FileNotFoundError):
    """The folder holds no log."""

    code = "log.missing"


class ShardCountRefused(Refusal, ValueError):
    """The number of shards is not a power of two from 1 to 4096."""

    code = "log.shard_count_refused"


@dataclass(frozen=True, slots=True)
class LogInfo:
    """What the log holds. Sizes in bytes, instants UTC; no instants when there are no events."""

    events: int
    waiting_events: int
    first_at: datetime | None
    last_at: datetime | None
    shards: int
    parts: int
    parquet_bytes: int
    index_bytes: int
    segment_bytes: int
    generation: int


class Log:
    """An open log. Safe for many threads; other processes may write, compact and read at the same time.

    Examples
    --------
    >>> import tempfile
    >>> from safar.store.log import Log
    >>> with tempfile.TemporaryDirectory() as folder, Log.create(folder) as log:
    ...     log.sql("select count(*) from events").one()
    (0,)
    """

    def __init__(self, folder: Path, *, region: str = "IR") -> None:
        self.layout = Layout(folder)
        self.manifest = Manifest(self.layout.manifest)
        self.identity = Identity.open(folder, rules=IdentityRules(region=region))
        self.tail = Tail(self.layout, self.manifest)
        self._engine = Engine(self.layout)
        heads = Heads(self.layout)
        self._timelines = Timelines(self.manifest.shard_count, heads)
        self._heads = heads
        self._newest = Newest(self.manifest.shard_count, heads)
        self._presence = Presence(heads)
        self._id_search = IdSearch(heads)
        self._shelf = Shelf(self.layout, self.identity, self._engine, self.tail.view)
        self._compacting = threading.Lock()

    @classmethod
    def create(cls, folder: str | os.PathLike[str], *, shard_count: int = 8, region: str = "IR") -> Self:
        """Make a log in ``folder`` and open it; open the one that is there already.

        Parameters
        ----------
        shard_count
            Into how many shards customers are split: a power of two. 8 suits up to some 100 M events on one machine;
            plan about 10 M events a shard.
        region
            ISO 3166 code of the country in which telephone numbers without a country code are read; ``ZZ`` for none.
        """
        if shard_count < 1 or shard_count > 4096 or shard_count & (shard_count - 1):
            raise ShardCountRefused(
                f"A log cannot have {shard_count} shards.", hint="Choose a power of two from 1 to 4096."
            )
        layout = Layout(Path(folder))
        for path in (layout.segments, layout.parts, layout.scratch):
            path.mkdir(parents=True, exist_ok=True)
        with exclusive(layout.lock, wait=True):
            Manifest(layout.manifest, shard_count=shard_count).close()
        sync_folder(layout.folder)
        return cls(layout.folder, region=region)

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> Self:
        """Open the log in ``folder``.

        Raises
        ------
        LogMissing
            There is none.
        """
        path = Path(folder)
        if not Layout(path).manifest.is_file():
            raise LogMissing(f"There is no log in {path}.", hint="Name the folder of a log, or make one.")
        return cls(path)

    def writer(self) -> LogWriter:
        """Return a new writer with segments of its own. Close it when done."""
        return LogWriter(self.layout.segments)

    def view(self) -> View:
        """Return what is visible now: parts and tail."""
        return self.tail.view()

    @property
    def version(self) -> str:
        """A text that changes whenever a visible event, or whose event it is, changes: a key for caches."""
        return f"{self.view().version}.{self.identity.version}"

    @property
    def withdrawals(self) -> str:
        """A text that changes whenever something said before no longer stands: events were taken out, ids parted.

        Whoever remembers what the log said, and adds what comes, looks here whether that may still be known.
        """
        return f"{self.manifest.withdrawals}.{self.identity.partings}"

    def sql(
        self,
        query: str,
        parameters: Sequence[object] | Mapping[str, object] | None = None,
        *,
        within: timedelta | None = None,
        limit: int | None = None,
    ) -> Table:
        """Answer one SELECT over the view ``events``.

        Parameters
        ----------
        query
            DuckDB's SQL. Columns of ``events``: ``event_id`` UUID, ``customer_id`` (the person), ``original_id`` (the
            id it came with), ``event_name``, ``occurred_at``, ``received_at`` (TIMESTAMPTZ), ``channel``, ``source``,
            ``amount`` (minor units), ``currency``, ``properties`` (JSON text), ``sequence`` (order of arrival).
        parameters
            Values for ``?`` or ``$name``.
        within
            How long it may take; as long as it takes when None.
        limit
            At most so many rows of the answer, its first ones; all when None.

        Raises
        ------
        QueryRefused
            Not a single SELECT, or DuckDB cannot read it; the message is DuckDB's.
        QueryTooLong
            It took longer than ``within``.
        """
        for _ in range(5):
            view = self.view()
            answer = self._engine.answer(view, self.identity, query, parameters, within=within, limit=limit)
            if answer is not None:
                return Table(answer)
        raise ReadersOverrun("The files of the log changed under the query five times.", hint="Try again.")

    def paths(self) -> Paths:
        """Return everybody's path: what journey kernels walk, each person whole in one shard."""
        return self._shelf.paths()

    def sight(self) -> Sight:
        """Return what the log shows now, to ask several things of one and the same instant."""
        return self._shelf.sight()

    def paths_at(self, sight: Sight, persons: NDArray[np.uint64] | None = None) -> Paths:
        """Return the paths of everybody, or of some persons by ascending keys, as a sight shows them.

        Raises
        ------
        FileNotFoundError
            A part was merged away meanwhile: take a new sight.
        """
        return self._shelf.paths_at(sight, persons)

    def customers_in(self, sight: Sight, parts: Iterable[str], *, since: int = 0) -> NDArray[np.uint64]:
        """Return the keys, ascending, of the ids (not the persons) that have events in these parts of a sight.

        Parameters
        ----------
        since
            Only events that came from this ``sequence`` on.

        Raises
        ------
        FileNotFoundError
            A part was merged away meanwhile: take a new sight.
        """
        return self._shelf.customers_in(sight, parts, since=since)

    def customers_in_tail(self, sight: Sight) -> NDArray[np.uint64]:
        """Return the keys, ascending, of the ids that have events in no part yet."""
        return self._shelf.customers_in_tail(sight)

    def rows(self, extract: Extract, window: Window, *, ids: Sequence[str] | None = None) -> Rows:
        """Return what an extract takes out of rare events inside a window, by time; read once, then kept.

        Parameters
        ----------
        ids
            Customer ids as events came with them; everybody when None.
        """
        return self._shelf.rows(extract, window, ids)

    def ids_of(self, persons: NDArray[np.uint64]) -> list[str]:
        """Return the ids that persons of `paths` go by, in the order given; without those erased meanwhile."""
        aliases = self.identity.aliases()
        known = self._steadily(lambda view: ids_of_keys(persons, self._heads, view, aliases))
        return [known[person] for person in persons.tolist() if person in known]

    def timeline(
        self, customer_id: str, *, before: tuple[datetime, int] | None = None, limit: int = 100
    ) -> list[TimelineEvent]:
        """Return a person's events, newest first.

        Parameters
        ----------
        before
            ``(occurred_at, sequence)`` of the last event seen: the next page starts behind it.
        """
        ids = self.identity.ids_of(self.identity.person_of(customer_id))
        return self._steadily(lambda view: self._timelines.of(view, ids, before=before, limit=limit))

    def newest(
        self,
        selection: Selection,
        *,
        before: EventPlace | None = None,
        limit: int = 50,
        columns: Sequence[str] = PART_SCHEMA.names,
    ) -> Table:
        """Return the newest events of everybody, or of a selection, newest first; see `Newest.page`.

        Parameters
        ----------
        before
            Where the last event seen stands: the next page starts behind it.
        columns
            What is wanted of each event. ``properties`` are most of the bytes.
        """
        return Table(
            self._steadily(
                lambda view: self._newest.page(view, selection, before=before, limit=limit, columns=columns)
            )
        )

    def extents(self, ids: Sequence[str], names: Sequence[str] = ()) -> dict[int, Extent]:
        """Return how many events each customer id has and from when to when; see `Newest.extents`."""
        return self._steadily(lambda view: self._newest.extents(view, ids, names))

    def present(self) -> Present:
        """Return which event names, channels and properties the log has; reads next to nothing."""
        return self._steadily(self._presence.of)

    def ids_beginning_with(self, texts: Sequence[str], *, limit: int = 20) -> list[str]:
        """Return customer ids that begin with one of the texts, at most ``limit``; see `id_search.IdSearch`."""
        return self._steadily(lambda view: self._id_search.beginning_with(view, texts, limit=limit))

    def _steadily(self, read: Callable[[View], Answer]) -> Answer:
        """Return what is read from a view, from a later one when its files were merged away meanwhile."""
        for _ in range(5):
            try:
                return read(self.view())
            except FileNotFoundError:
                continue
        raise ReadersOverrun("The files of the log changed under the query five times.", hint="Try again.")

    def compact(self, *, settle: bool = False, merges: int | None = None) -> CompactionReport:
        """Turn sealed segments into parts and merge small parts.

        Parameters
        ----------
        settle
            Merge until each shard is one part: the fastest to read, for a log that rests.
        merges
            Merge at most so many times a batch of segments, so that new segments do not wait behind large merges;
            what is left is for the next call. All that is due when None.

        Raises
        ------
        LogBusy
            Another process is compacting or erasing.
        """
        with self._compacting, exclusive(self.layout.lock, wait=False), said_when_full(self.layout.folder):
            report = self.compactor().compact(settle=settle, merges=merges)
        pa.default_memory_pool().release_unused()  # a server keeps little of what a compaction needed
        return report

    def erase(self, customer_id: str, *, seal_seconds: float = 30.0) -> ErasureProof:
        """Erase a person: every event of every id of theirs, what identity knows of them, every byte that is left.

        An id nobody knows is searched for all the same: the proof then says that there was nothing. What imports kept
        beside the log is erased by `erasure.erase_customer`. Events that arrive later are new events.

        Parameters
        ----------
        customer_id
            Any id of the person.
        seal_seconds
            How long to wait for writers to seal what they have written so far.

        Returns
        -------
        ErasureProof
            What was removed, and how much was searched afterwards without a trace.

        Raises
        ------
        WriterStillWriting
            A living writer did not seal in time; nothing was erased.
        DiskFull
            There is no room for the rewritten files, and nothing was erased; or, when the person's events are gone
            already, for the rest of the work: erase again to finish it and get the proof.
        ErasureIncomplete
            The person's events are gone, but a trace is left in files that the error names.
        """
        return erase(self, customer_id, seal_seconds=seal_seconds)

    def remove_source(self, source: str, *, seal_seconds: float = 30.0) -> RemovalReport:
        """Take out every event whose ``source`` is this one, such as ``import:2026-03-21-orders``; it can come again.

        What they said about who is who is taken back, unless events that stay say it too: ids come apart. A crash or
        a full disk leaves all the events; ids may have come apart already. Remove the source again to finish it.

        Parameters
        ----------
        seal_seconds
            How long to wait for writers to seal what they have written so far.

        Raises
        ------
        WriterStillWriting
            A living writer did not seal in time; nothing was changed.
        DiskFull
            There is no room for the rewritten files; no event was taken out.
        """
        return remove_source(self, source, seal_seconds=seal_seconds)

    def forget_before(self, instant: datetime) -> RetentionReport:
        """Forget every event that occurred before an aware instant.

        Parts that are older as a whole are dropped unread; those that straddle it are rewritten. Events that wait in a
        segment still being written are left for the next time.

        Raises
        ------
        InstantRefused
            No time zone, or in the future.
        DiskFull
            There is no room for the rewritten files; nothing was changed.
        """
        return forget_before(self, instant)

    @contextmanager
    def alone(self) -> Iterator[Compactor]:
        """Wait until nobody compacts or erases, keep it so, and lend the compactor."""
        with self._compacting, exclusive(self.layout.lock, wait=True), said_when_full(self.layout.folder):
            yield self.compactor()

    def compactor(self) -> Compactor:
        """Return the worker that changes parts; its caller holds the lock ``layout.lock``."""
        return Compactor(self.layout, self.manifest, self._observe)

    def _observe(self, table: pa.Table) -> None:
        links = table.filter(pc.is_in(table.column("event_name"), pa.array([IDENTIFY, ALIAS])))
        if links.num_rows:
            self.identity.observe(columns_of(links))

    def ask_to_seal(self) -> None:
        """Ask every writer, in any process, to seal its segment at its next `LogWriter.roll_if_due`."""
        (self.layout.segments / ROLL_REQUEST).touch()

    def info(self) -> LogInfo:
        """Return what the log holds."""
        view = self.view()
        parts = view.snapshot.parts
        bounds = [(part.first_at, part.last_at) for part in parts]
        if view.tail.num_rows:
            span = pc.min_max(view.tail.column("occurred_at").cast(pa.int64())).as_py()
            bounds.append((span["min"], span["max"]))
        return LogInfo(
            events=sum(part.rows for part in parts) + view.tail.num_rows,
            waiting_events=view.tail.num_rows,
            first_at=instant(min(first for first, _ in bounds)) if bounds else None,
            last_at=instant(max(last for _, last in bounds)) if bounds else None,
            shards=self.manifest.shard_count,
            parts=len(parts),
            parquet_bytes=sum(part.bytes for part in parts),
            index_bytes=sum(_size(self.layout.path_index(part.name)) for part in parts)
            + sum(_size(self.layout.run(name)) for name in view.snapshot.runs),
            segment_bytes=view.tail_bytes,
            generation=view.snapshot.generation,
        )

    def close(self) -> None:
        """Let go of every file."""
        self._engine.close()
        self.identity.close()
        self.manifest.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def instant(microseconds: Any) -> datetime:
    """Return the aware UTC instant of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=int(microseconds))
