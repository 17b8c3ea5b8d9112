"""What the doctor's findings mean, for people."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_RESTORE: Final = _("Restore the last backup into a new folder and compare; keep this one until you have.")

#: For each code of `store.findings.KINDS`: what is so, and what to do.
FINDINGS: Final[dict[str, tuple[Promise | str, Promise | str]]] = {
    "doctor.home_missing": (_("The folder is no home of Safar."), _("Name the right folder.")),
    "doctor.restore_unfinished": (
        _("A restore into this folder was interrupted."),
        _("Run the same restore again: it finishes what was begun."),
    ),
    "doctor.no_access": (
        _("A file cannot be read and written by the account that Safar runs as, or is a link to elsewhere."),
        _("Give the files to the account that Safar runs as."),
    ),
    "doctor.open_to_others": (
        _("Other accounts of this machine may look into the home."),
        _("Close the folder to others: chmod 700."),
    ),
    "doctor.disk_full": (_("The disk is full."), _("Free space now: new events will be refused.")),
    "doctor.disk_nearly_full": (_("The disk is nearly full."), _("Free space, or forget old events.")),
    "doctor.database_missing": (_("A database is missing."), _RESTORE),
    "doctor.database_damaged": (_("A database is damaged."), _RESTORE),
    "doctor.database_too_new": (
        _("A later version of Safar wrote a database."),
        _("Use the version of Safar that wrote it, or a later one."),
    ),
    "doctor.server_unreachable": (
        _("The database server of members and settings does not answer."),
        _("Start it, or mend the address in SAFAR_DATABASE_URL."),
    ),
    "doctor.workspace_setting_unknown": (
        _("A workspace has a setting that Safar does not know."),
        _("Set it to a value that Safar knows."),
    ),
    "doctor.folder_without_workspace": (
        _("A folder belongs to no workspace."),
        _("Move it away, or restore the registry that names it."),
    ),
    "doctor.identity_disagrees": (
        _("What is known about ids of one person disagrees with itself."),
        _RESTORE,
    ),
    "doctor.manifest_disagrees": (_("The list of the log's files disagrees with itself."), _RESTORE),
    "doctor.segment_damaged": (
        _("A file of newly arrived events is damaged."),
        _("Look at the disk; the next compaction keeps every event that can be read."),
    ),
    "doctor.segment_set_aside": (
        _("A damaged file of newly arrived events was set aside: some of its events could not be read."),
        _("Look at the disk; ask the senders to send the time around it again, then delete the file."),
    ),
    "doctor.segment_torn": (
        _("A process died while it was writing. Nothing that was acknowledged is lost."),
        _("Nothing needs to be done."),
    ),
    "doctor.part_missing": (_("A file of events is missing."), _RESTORE),
    "doctor.part_damaged": (_("A file of events is damaged."), _RESTORE),
    "doctor.part_disagrees": (_("A file of events is not what the log says of it."), _RESTORE),
    "doctor.index_missing": (_("An index of events is missing."), _RESTORE),
    "doctor.index_damaged": (_("An index of events is damaged."), _RESTORE),
    "doctor.index_disagrees": (_("An index does not fit its events."), _RESTORE),
    "doctor.column_damaged": (
        _("A file that makes questions about a property faster is damaged."),
        _("Delete the file: it is made anew from the events when it is next needed."),
    ),
    "doctor.ids_missing": (_("A file of the ids of events is missing."), _RESTORE),
    "doctor.ids_damaged": (_("A file of the ids of events is damaged."), _RESTORE),
    "doctor.ids_incomplete": (
        _("Ids of events are missing: an event sent again could be counted twice."),
        _RESTORE,
    ),
    "doctor.event_twice": (_("An event is kept twice."), _RESTORE),
    "doctor.leftover": (
        _("A file is being written now, or was left by an interruption."),
        _("Nothing needs to be done: the next compaction removes it."),
    ),
    "doctor.unknown_file": (
        _("There is a file that Safar did not put there."),
        _("Safar does not touch it."),
    ),
}
#: How bad a finding is: the badge, and its tone.
SEVERITIES: Final[dict[str, tuple[Promise | str, str]]] = {
    "error": (_("error"), "bad"),
    "warning": (_("warning"), "warn"),
    "note": (_("note"), "soft"),
}
