"""What `doctor` can find: each kind with its code, how bad it is and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple


class Severity(StrEnum):
    """How bad a finding is."""

    #: Something that was kept is lost, wrong or out of reach.
    ERROR = "error"
    #: Nothing is wrong yet.
    WARNING = "warning"
    #: Worth knowing; what Safar puts right by itself.
    NOTE = "note"


class Kind(NamedTuple):
    """One kind of finding."""

    severity: Severity
    hint: str


_RESTORE: Final = "Restore the last backup into a new folder and compare; keep this one until you have."

#: Every kind by its code. Codes are stable; pages translate them.
KINDS: Final[Mapping[str, Kind]] = {
    "doctor.home_missing": Kind(Severity.ERROR, "Name the folder of a home with --home or SAFAR_HOME."),
    "doctor.restore_unfinished": Kind(
        Severity.ERROR, "Run the same restore again: it finishes what was begun."
    ),
    "doctor.no_access": Kind(Severity.ERROR, "Give the files to the account that Safar runs as."),
    "doctor.open_to_others": Kind(Severity.WARNING, "Close the folder to others: chmod 700."),
    "doctor.disk_full": Kind(Severity.ERROR, "Free space now: new events will be refused."),
    "doctor.disk_nearly_full": Kind(Severity.WARNING, "Free space, or forget old events."),
    "doctor.database_missing": Kind(Severity.ERROR, _RESTORE),
    "doctor.database_damaged": Kind(Severity.ERROR, _RESTORE),
    "doctor.database_too_new": Kind(
        Severity.ERROR, "Use the version of Safar that wrote it, or a later one."
    ),
    "doctor.server_unreachable": Kind(
        Severity.ERROR, "Check that the database server runs and what SAFAR_DATABASE_URL says."
    ),
    "doctor.workspace_setting_unknown": Kind(Severity.WARNING, "Set it to a value that Safar knows."),
    "doctor.folder_without_workspace": Kind(
        Severity.WARNING, "No workspace owns it: move it away, or restore the registry that names it."
    ),
    "doctor.identity_disagrees": Kind(Severity.ERROR, _RESTORE),
    "doctor.manifest_disagrees": Kind(Severity.ERROR, _RESTORE),
    "doctor.segment_damaged": Kind(
        Severity.ERROR, "Look at the disk; the next compaction keeps every event that can be read."
    ),
    "doctor.segment_set_aside": Kind(
        Severity.ERROR,
        "Look at the disk; ask the senders to send the time around it again, then delete the file.",
    ),
    "doctor.segment_torn": Kind(
        Severity.NOTE, "A writer died while writing; nothing of this was acknowledged."
    ),
    "doctor.part_missing": Kind(Severity.ERROR, _RESTORE),
    "doctor.part_damaged": Kind(Severity.ERROR, _RESTORE),
    "doctor.part_disagrees": Kind(Severity.ERROR, _RESTORE),
    "doctor.index_missing": Kind(Severity.ERROR, _RESTORE),
    "doctor.index_damaged": Kind(Severity.ERROR, _RESTORE),
    "doctor.index_disagrees": Kind(Severity.ERROR, _RESTORE),
    "doctor.column_damaged": Kind(
        Severity.WARNING, "Delete the file: Safar makes it anew from the events when it is next asked for."
    ),
    "doctor.ids_missing": Kind(Severity.ERROR, _RESTORE),
    "doctor.ids_damaged": Kind(Severity.ERROR, _RESTORE),
    "doctor.ids_incomplete": Kind(Severity.ERROR, _RESTORE),
    "doctor.event_twice": Kind(Severity.ERROR, _RESTORE),
    "doctor.leftover": Kind(
        Severity.NOTE, "Being written now, or left by an interruption; the next compaction removes it then."
    ),
    "doctor.unknown_file": Kind(Severity.NOTE, "Safar did not put it there and does not touch it."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `doctor` found.

    Attributes
    ----------
    code
        One of `KINDS`.
    path
        The file or folder it is about.
    message
        One sentence: what is so.
    """

    code: str
    path: Path
    message: str

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return KINDS[self.code].severity

    @property
    def hint(self) -> str:
        """What to do."""
        return KINDS[self.code].hint
