"""Importing a file: its rows become events in a sink, a piece at a time, once and only once.

Memory is bounded by a piece of the file and 8 bytes a distinct row. What is durable is written down after every piece
of work, so that an import that was killed goes on where it stood; and because ids follow from the rows, even one that
starts anew adds nothing twice.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from safar.vocabulary.errors import Fault, Refusal, SafarError
from safar.vocabulary.event import Coded, EventColumns, EventSink
from safar.vocabulary.window import from_microseconds, to_microseconds

from .groups import whole_groups
from .import_job import Job
from .import_record import (
    ImportFolder,
    ImportReport,
    Rejected,
    RejectsFile,
    ShownEvent,
    State,
    import_folder,
    interrupted_import,
    new_import_id,
)
from .mapping import Mapping
from .mapping_file import mapping_toml
from .opening import DEFAULT_LIMITS, Limits
from .reasons import RejectedRow
from .row_ids import Met
from .rows import OpenForeign
from .translate import Translated, Translator

#: What was appended is made durable, and written down as such, at least so often.
_ROWS_PER_CHECKPOINT: Final = 250_000
_SHOWN_REJECTED: Final = 20
_EXAMPLES_OF_REASON: Final = 5
_SHOWN_EVENTS: Final = 10
_FINGERPRINT_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is.

    Attributes
    ----------
    rows, events, rejected
        So far.
    done
        Share of the file that was read, 0 to 1.
    seconds
        Since it started.
    seconds_left
        At the same pace; None at the start.
    """

    rows: int
    events: int
    rejected: int
    done: float
    seconds: float
    seconds_left: float | None


Progress = Callable[[ImportProgress], None]


def silent(progress: ImportProgress) -> None:
    """Say nothing."""


def import_file(
    path: Path,
    mapping: Mapping,
    sink: EventSink,
    *,
    folder: Path,
    source: str = "",
    resume: bool = True,
    file_name: str = "",
    time_zone: str = "UTC",
    currency: str = "",
    progress: Progress = silent,
    foreign: OpenForeign | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> ImportReport:
    """Import a file into a sink and keep a record of it.

    Parameters
    ----------
    path
        The file; format, packing and encoding are told from it where the mapping does not say.
    mapping
        How its columns become events.
    sink
        Takes the events: the writer of a log.
    folder
        The workspace's folder of imports; a folder for this one is made in it.
    source
        ``import:<id>``; by default a new id. It stands in every event and undoes the import.
    resume
        Whether to go on with an interrupted import of the same file with the same mapping, if there is one; with a
        ``source``, only with that one.
    file_name
        What the report calls the file; by default its name on disk.
    time_zone
        IANA name of the clock that wrote the file, where neither mapping nor file say.
    currency
        ISO 4217 code of amounts that have none, where the mapping names no currency of its own; the workspace's.
    progress
        Called after each piece. What it raises stops the import, which can be resumed then.
    foreign
        Opens Parquet files: `safar.store.foreign.parquet`.
    limits
        How much of the file is believed.

    Returns
    -------
    ImportReport
        What was done.

    Raises
    ------
    Refusal
        When file and mapping do not fit, before anything is imported; or when the rest of the file cannot be read: the
        record says so, and what came before stays imported.
    ImportBusy
        When the same import runs already.
    """
    mapping = _with_currency(mapping, currency)
    job = Job.prepared(path, mapping, time_zone=time_zone, foreign=foreign, limits=limits)
    fingerprint = _fingerprint(path, mapping, time_zone)
    found = interrupted_import(folder, fingerprint, source) if resume else None
    own, rows_durable = found or (import_folder(folder, source or new_import_id()), 0)
    own.folder.mkdir(parents=True, exist_ok=True)
    with own.locked():
        own.mapping_path.write_text(mapping_toml(mapping), "utf-8")
        report = job.report(own.import_id, file_name)
        own.save(report, fingerprint=fingerprint, rows_durable=rows_durable)
        run = _Run(
            job,
            report,
            sink,
            own,
            rejects=own.rejects_path,
            fingerprint=fingerprint,
            rows_durable=rows_durable,
        )
        return run.through(progress)


def try_import(
    path: Path,
    mapping: Mapping,
    *,
    sink: EventSink | None = None,
    rejects: Path | None = None,
    file_name: str = "",
    time_zone: str = "UTC",
    currency: str = "",
    progress: Progress = silent,
    foreign: OpenForeign | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> ImportReport:
    """Return what `import_file` would do: a dry run over the whole file that keeps nothing.

    Parameters
    ----------
    path, mapping, file_name, time_zone, currency, progress, foreign, limits
        As in `import_file`.
    sink
        Who looks at the events, and keeps none.
    rejects
        Where to write the rows that would be rejected; nowhere by default.
    """
    mapping = _with_currency(mapping, currency)
    job = Job.prepared(path, mapping, time_zone=time_zone, foreign=foreign, limits=limits)
    report = job.report("", file_name)
    run = _Run(job, report, sink or _Nowhere(), None, rejects=rejects, fingerprint="", rows_durable=0)
    return run.through(progress)


def _with_currency(mapping: Mapping, currency: str) -> Mapping:
    """Return the mapping with the currency that it does not name itself."""
    return (
        msgspec.structs.replace(mapping, currency=currency) if currency and not mapping.currency else mapping
    )


class _Nowhere:
    """The sink of a dry run."""

    def append(self, columns: EventColumns) -> None:
        """Forget the events."""

    def sync(self) -> None:
        """Do nothing."""


class _Run:
    """One pass over a file."""

    def __init__(
        self,
        job: Job,
        report: ImportReport,
        sink: EventSink,
        own: ImportFolder | None,
        *,
        rejects: Path | None,
        fingerprint: str,
        rows_durable: int,
    ) -> None:
        self._job = job
        self._report = report
        self._sink = sink
        self._own = own
        self._fingerprint = fingerprint
        self._rows_durable = rows_durable
        self._rows_checked = rows_durable
        self._rejects_path = rejects
        self._rejects: RejectsFile | None = None
        self._started = time.perf_counter()
        self._customers = Met()
        self._counts = {
            "name": Counter[str](),
            "reason": Counter[str](),
            "left": Counter[str](),
            "money": Counter[str](),
        }
        self._range: tuple[int, int] | None = None

    def through(self, progress: Progress) -> ImportReport:
        """Read the file to its end and return the finished report."""
        job, report = self._job, self._report
        translator = Translator(
            job.mapping,
            job.formats,
            job.own_names(),
            source=report.source,
            received_at=to_microseconds(report.started_at),
        )
        with ExitStack() as stack:
            if self._rejects_path:
                names = ["line"] if job.shape.format in ("jsonl", "xes") else list(job.shape.names)
                self._rejects = RejectsFile(self._rejects_path, names)
                stack.callback(self._rejects.close)
            try:
                for rows in whole_groups(job.pieces(), job.mapping):
                    self._take(translator.translate(rows))
                    progress(self._progress(rows.done))
                self._make_durable(final=True)
            except (Refusal, Fault) as error:
                self._fail(error)
                raise
            except Exception:  # whoever was told of the progress stopped it: it can be resumed
                self._keep("running")
                raise
        return report

    def _take(self, piece: Translated) -> None:
        is_durable = self._report.rows + piece.rows <= self._rows_durable
        if len(piece.events) and not is_durable:
            self._sink.append(piece.events)
        if self._rejects:
            self._rejects.write(piece.rejected)
        self._count(piece)
        if self._own and self._report.rows - self._rows_checked >= _ROWS_PER_CHECKPOINT:
            self._make_durable(final=False)

    def _count(self, piece: Translated) -> None:
        report, events = self._report, piece.events
        report.rows += piece.rows
        report.rows_imported += piece.rows_imported
        report.rows_rejected += len(piece.rejected)
        report.events += len(events)
        report.repeated += piece.repeated
        report.amounts_rounded += piece.rounded
        self._counts["reason"].update(row.rejection.reason for row in piece.rejected)
        self._counts["left"].update(piece.left_out)
        shown = piece.rejected[: _SHOWN_REJECTED - len(report.first_rejected)]
        report.first_rejected += [_rejected(row) for row in shown]
        for row in piece.rejected:
            examples = report.examples_by_reason.setdefault(row.rejection.reason, [])
            if len(examples) < _EXAMPLES_OF_REASON:
                examples.append(_rejected(row))
        if not len(events):
            return
        self._counts["name"].update(_tally(events.event_name))
        self._counts["money"].update(_sums(events))
        self._customers.count(np.fromiter(map(hash, events.customer_id), dtype=np.int64).view(np.uint64))
        first, last = int(events.occurred_at.min()), int(events.occurred_at.max())
        self._range = (
            (min(first, self._range[0]), max(last, self._range[1])) if self._range else (first, last)
        )
        if len(report.first_events) < _SHOWN_EVENTS:
            report.first_events += shown_events(events, _SHOWN_EVENTS - len(report.first_events))

    def _make_durable(self, *, final: bool) -> None:
        """Write down how far the import came, after all of it is on disk."""
        self._sink.sync()
        self._rows_checked = max(self._rows_checked, self._report.rows)
        self._fill_in()
        if final and self._own:
            self._report.state = "finished"
        if self._own and self._rejects:
            self._rejects.sync()
            self._own.save(self._report, fingerprint=self._fingerprint, rows_durable=self._rows_checked)

    def _fail(self, error: SafarError) -> None:
        """Keep what was done before the rest of the file could not be read or the disk was full."""
        self._report.error = error.as_json()
        self._keep("failed" if isinstance(error, Refusal) else "running")

    def _keep(self, state: State) -> None:
        self._fill_in()
        if self._own:
            self._report.state = state
            self._own.save(self._report, fingerprint=self._fingerprint, rows_durable=self._rows_checked)

    def _fill_in(self) -> None:
        report = self._report
        report.events_by_name = dict(self._counts["name"].most_common())
        report.rejected_by_reason = dict(self._counts["reason"].most_common())
        report.rows_left_out = dict(self._counts["left"].most_common())
        report.amounts = dict(self._counts["money"])
        report.customers = len(self._customers)
        if self._range:
            report.first_at, report.last_at = map(from_microseconds, self._range)
        report.ended_at = datetime.now(UTC)
        report.seconds = round(time.perf_counter() - self._started, 3)

    def _progress(self, done: float) -> ImportProgress:
        seconds = time.perf_counter() - self._started
        left = seconds * (1 - done) / done if done > 0 else None
        report = self._report
        return ImportProgress(report.rows, report.events, report.rows_rejected, done, seconds, left)


def _tally(column: object) -> Counter[str]:
    assert isinstance(column, Coded)
    counts = np.bincount(column.codes, minlength=len(column.values)).tolist()
    return Counter({value: count for value, count in zip(column.values, counts, strict=True) if count})


def _sums(events: EventColumns) -> Counter[str]:
    assert isinstance(events.currency, Coded)
    return Counter(
        {
            code: sum(events.amount[events.currency.codes == number].tolist())
            for number, code in enumerate(events.currency.values)
            if code
        }
    )


def shown_events(events: EventColumns, most: int) -> list[ShownEvent]:
    """Return the first events of some, to look at."""
    columns: tuple[list[Any], ...] = (
        list(events.customer_id),
        list(events.event_name),
        [from_microseconds(at) for at in events.occurred_at[:most].tolist()],
        list(events.channel),
        events.amount.tolist(),
        list(events.currency),
        [msgspec.json.decode(str(text)) for text in list(events.properties)[:most]],
    )
    return [ShownEvent(*cells) for cells in zip(*(column[:most] for column in columns), strict=True)]


def _rejected(row: RejectedRow) -> Rejected:
    found = row.rejection
    return Rejected(row.number, found.reason, found.sentence, row.cells, found.column, found.detail)


def _fingerprint(path: Path, mapping: Mapping, time_zone: str) -> str:
    """Return what is the same when the same file is imported in the same way again."""
    digest = hashlib.blake2b(digest_size=16)
    size = path.stat().st_size
    with path.open("rb") as file:
        digest.update(file.read(_FINGERPRINT_BYTES))
        file.seek(max(0, size - _FINGERPRINT_BYTES))
        digest.update(file.read(_FINGERPRINT_BYTES))
    digest.update(f"{size}\0{mapping_toml(mapping)}\0{time_zone}".encode())
    return digest.hexdigest()
