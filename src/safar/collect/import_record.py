"""What an import did, kept: a folder an import with its report, its mapping and the rows it rejected.

::

    <workspace>/imports/<import id>/upload        the file itself, when it came in through a page
                                    report.json   what was done, and how far
                                    mapping.toml  how
                                    rejects.csv   the rows that became no event, and why
                                    lock          held while it runs
"""

from __future__ import annotations

import csv
import fcntl
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from safar.vocabulary.errors import Fault, Refusal, nearest

from .reasons import RejectedRow

SOURCE_PREFIX: Final = "import:"
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")
_REPORT: Final = "report.json"
_REJECTS: Final = "rejects.csv"
_MAPPING: Final = "mapping.toml"
_LOCK: Final = "lock"
_UPLOAD: Final = "upload"

State = Literal["running", "interrupted", "failed", "finished", "dry_run"]


class UnknownImport(Refusal, LookupError):
    """There is no import of that id."""

    code = "import.unknown"


class ImportIdRefused(Refusal, ValueError):
    """The text cannot be the id of an import."""

    code = "import.id_refused"


class ImportBusy(Refusal, RuntimeError):
    """The import runs already."""

    code = "import.busy"


class RecordUnreadable(Fault, ValueError):
    """A report of an import is damaged."""

    code = "import.record_unreadable"


class Rejected(msgspec.Struct, frozen=True):
    """A rejected row in a report.

    Attributes
    ----------
    row
        Its number in the file, from 1, the header counted.
    reason
        A key of `safar.collect.reasons.REASONS`.
    sentence
        The reason in words.
    cells
        The row.
    column, detail
        Where, if in one column, and what exactly: the places of the sentence.
    """

    row: int
    reason: str
    sentence: str
    cells: list[str]
    column: str = ""
    detail: str = ""


class ShownEvent(msgspec.Struct, frozen=True):
    """One of the first events of an import, to look at before the rest is believed."""

    customer_id: str
    event_name: str
    occurred_at: datetime
    channel: str
    amount: int
    currency: str
    properties: dict[str, Any]


class ColumnFormat(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a column was read.

    Attributes
    ----------
    layout, calendar, time_zone
        Of a column of instants; the zone is empty where the texts say it themselves.
    decimal
        The decimal mark of a column of numbers, empty when it has none.
    decided_by
        ``mapping``, ``file`` or ``nothing``.
    """

    layout: str = ""
    calendar: str = ""
    time_zone: str = ""
    decimal: str = ""
    decided_by: str = ""


class ImportReport(msgspec.Struct, kw_only=True):
    """What an import did, or would do.

    Attributes
    ----------
    import_id, source
        Empty for a dry run. ``source`` stands in every event and undoes the import: ``log.remove_source(source)``.
    state
        ``running``, ``interrupted`` (it can be resumed), ``failed`` (see ``error``), ``finished`` or ``dry_run``.
    file, file_bytes
        Name and size.
    mapping
        The name of the data set.
    shape
        What kind of file it is, as `safar.collect.shape.FileShape`.
    formats
        How columns were read.
    started_at, ended_at
        Instants.
    seconds
        Of work.
    rows
        Of the file, without the header and blank lines.
    rows_imported
        Rows that became events.
    rows_rejected, rejected_by_reason, first_rejected, examples_by_reason
        Rows that became none; how many for each reason; the first twenty; the first five for each reason.
    rows_left_out
        Rows that the mapping leaves out, by its reason.
    events, events_by_name
        Made of the rows.
    repeated
        Events under an id or key that the file had shown before; the first stands.
    customers
        Distinct ids.
    first_at, last_at
        Of the events; None when there are none.
    amounts
        Sums in minor units, by currency.
    amounts_rounded
        Amounts with more decimals than their currency, rounded half to even.
    first_events
        The first ten.
    error
        Why it failed, as the error's JSON.
    """

    import_id: str = ""
    source: str = ""
    state: State = "running"
    file: str
    file_bytes: int
    mapping: str
    shape: dict[str, Any] = {}
    formats: dict[str, ColumnFormat] = {}
    started_at: datetime
    ended_at: datetime | None = None
    seconds: float = 0.0
    rows: int = 0
    rows_imported: int = 0
    rows_rejected: int = 0
    rejected_by_reason: dict[str, int] = {}
    first_rejected: list[Rejected] = []
    examples_by_reason: dict[str, list[Rejected]] = {}
    rows_left_out: dict[str, int] = {}
    events: int = 0
    events_by_name: dict[str, int] = {}
    repeated: int = 0
    customers: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    amounts: dict[str, int] = {}
    amounts_rounded: int = 0
    first_events: list[ShownEvent] = []
    error: dict[str, Any] | None = None


class _Stored(msgspec.Struct):
    """A report on disk, with what resuming needs."""

    fingerprint: str
    rows_durable: int
    report: ImportReport


class ImportFolder:
    """The folder of one import.

    Parameters
    ----------
    folder
        ``<workspace>/imports/<import id>``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def import_id(self) -> str:
        """The id."""
        return self.folder.name

    @property
    def report_path(self) -> Path:
        """What was done; where it is missing the file was not imported yet."""
        return self.folder / _REPORT

    @property
    def upload_path(self) -> Path:
        """The file itself, when it came in through a page; it goes when its import has ended, unless it is kept."""
        return self.folder / _UPLOAD

    @property
    def rejects_path(self) -> Path:
        """The rows that became no event, as CSV."""
        return self.folder / _REJECTS

    @property
    def mapping_path(self) -> Path:
        """The mapping that was used."""
        return self.folder / _MAPPING

    def save(self, report: ImportReport, *, fingerprint: str, rows_durable: int) -> None:
        """Keep the report, whole or not at all."""
        stored = _Stored(fingerprint, rows_durable, report)
        _write_whole(self.report_path, msgspec.json.format(msgspec.json.encode(stored)))

    def load(self) -> _Stored:
        """Return what was kept.

        Raises
        ------
        UnknownImport, RecordUnreadable
        """
        try:
            stored = msgspec.json.decode(self.report_path.read_bytes(), type=_Stored)
        except FileNotFoundError:
            raise _unknown(self.folder) from None
        except msgspec.DecodeError as error:
            raise RecordUnreadable(
                f"The report of import {self.import_id} is damaged: {error}.",
                hint="The events are in the log; only the record of the import is lost.",
                import_id=self.import_id,
            ) from error
        if stored.report.state == "running" and not self.is_running():
            stored.report.state = "interrupted"
        return stored

    def is_running(self) -> bool:
        """Whether a process works on it now."""
        try:
            with self.locked():
                return False
        except ImportBusy:
            return True

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the import; the operating system lets go of it when the process dies.

        Raises
        ------
        ImportBusy
        """
        handle = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ImportBusy(
                    f"Import {self.import_id} is running.",
                    hint="Wait until it has finished.",
                    import_id=self.import_id,
                ) from None
            yield
        finally:
            os.close(handle)


class RejectsFile:
    """The rows that became no event, written as CSV with their number, the reason and the row itself.

    Parameters
    ----------
    path
        Written anew.
    names
        The columns of the file, or ``["line"]``.
    """

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self._file: TextIOWrapper = path.open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file)
        self._csv.writerow(["row", "reason", "sentence", *names])

    def write(self, rows: Sequence[RejectedRow]) -> None:
        """Add rows."""
        self._csv.writerows(
            [row.number, row.rejection.reason, row.rejection.sentence, *row.cells] for row in rows
        )

    def sync(self) -> None:
        """Return when what was written is on disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def new_import_id() -> str:
    """Return an id that sorts by time: ``20261121-153012-9f3a1c``."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def import_folder(folder: Path, import_id: str) -> ImportFolder:
    """Return the folder of an import, whether it exists or not.

    Parameters
    ----------
    folder
        The workspace's folder of imports.
    import_id
        With or without ``import:`` before it.

    Raises
    ------
    ImportIdRefused
    """
    plain = import_id.removeprefix(SOURCE_PREFIX)
    if not _ID.match(plain):
        raise ImportIdRefused(
            f"{import_id!r} cannot be the id of an import.",
            hint="Use letters, digits, dashes, dots and underscores, at most 64.",
            import_id=import_id,
        )
    return ImportFolder(folder / plain)


def imports_in(folder: Path) -> list[ImportReport]:
    """Return the reports of a workspace's imports, newest first."""
    return [each.load().report for each in _folders(folder)]


def import_report(folder: Path, import_id: str) -> ImportReport:
    """Return the report of one import.

    Raises
    ------
    UnknownImport, ImportIdRefused, RecordUnreadable
    """
    return import_folder(folder, import_id).load().report


def interrupted_import(folder: Path, fingerprint: str, source: str = "") -> tuple[ImportFolder, int] | None:
    """Return an import of the same file with the same mapping that did not come to its end, and how far it came.

    With a ``source``, that import or none.
    """
    for each in _folders(folder):
        if source and each.import_id != source.removeprefix(SOURCE_PREFIX):
            continue
        stored = each.load()
        if stored.fingerprint == fingerprint and stored.report.state in ("interrupted", "running"):
            return each, stored.rows_durable
    return None


def _folders(folder: Path) -> list[ImportFolder]:
    found = sorted(folder.glob(f"*/{_REPORT}"), reverse=True) if folder.is_dir() else []
    return [ImportFolder(path.parent) for path in found]


def _unknown(folder: Path) -> UnknownImport:
    known = [each.import_id for each in _folders(folder.parent)]
    return UnknownImport(
        f"There is no import {folder.name!r}.",
        hint=nearest(folder.name, known) or "List the imports to see their ids.",
        import_id=folder.name,
    )


def _write_whole(path: Path, content: bytes) -> None:
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
