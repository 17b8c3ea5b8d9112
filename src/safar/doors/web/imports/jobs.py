"""Long work on imports: the dry run, the import, the undoing, and clearing away what was left lying."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from safar.collect.import_record import import_folder
from safar.collect.importing import ImportProgress, import_file, try_import
from safar.doors.web.design.words import filled
from safar.doors.web.homes import current_home
from safar.doors.web.members.policies import Capability
from safar.doors.web.work.jobs import Progress, every, job
from safar.store.disk import LogBusy
from safar.store.foreign import parquet
from safar.store.log import Log
from safar.vocabulary.window import to_microseconds

from . import services
from .models import FileImport
from .queries import held_of
from .trial import Trial, Watching, known_of, save_trial, trial_rejects
from .understanding import mapping_of, upload_path, zone_of

#: Into how many steps progress is divided: the file is measured in shares, work in whole numbers.
_STEPS: Final = 1000


@job("imports.try", name=_("Dry run of a file"), needs=Capability.IMPORT, resumable=True, lane="heavy")
def try_out(progress: Progress, *, workspace_id: str, import_id: str) -> dict[str, object]:
    """Read all of a file, say what would be done, keep nothing."""
    home = current_home()
    row = FileImport.objects.get(workspace_id=workspace_id, import_id=import_id)
    workspace = home.workspace(workspace_id)
    folder = import_folder(home.imports_folder(workspace_id), import_id).folder
    watching = Watching(to_microseconds(timezone.now()))
    report = try_import(
        upload_path(row),
        mapping_of(row, workspace),
        sink=watching,
        rejects=trial_rejects(folder),
        file_name=row.file_name,
        time_zone=zone_of(row, workspace),
        currency=workspace.currency,
        foreign=parquet,
        progress=_telling(progress),
    )
    trial = Trial(
        version=row.version,
        report=report,
        in_future=watching.in_future,
        is_dates_only=watching.is_dates_only,
        looked_for=len(watching.sample),
        known=known_of(home.log(workspace_id), watching.sample),
    )
    save_trial(folder, trial)
    return {"rows": report.rows, "rejected": report.rows_rejected, "events": report.events}


@job("imports.run", name=_("Import of a file"), needs=Capability.IMPORT, resumable=True, lane="heavy")
def run_import(progress: Progress, *, workspace_id: str, import_id: str) -> dict[str, object]:
    """Bring the file in; an import that was interrupted goes on where the log has it safely."""
    home = current_home()
    row = FileImport.objects.get(workspace_id=workspace_id, import_id=import_id)
    workspace, log = home.workspace(workspace_id), home.log(workspace_id)
    with log.writer() as writer:
        report = import_file(
            upload_path(row),
            mapping_of(row, workspace),
            writer,
            folder=home.imports_folder(workspace_id),
            source=import_id,
            file_name=row.file_name,
            time_zone=zone_of(row, workspace),
            currency=workspace.currency,
            foreign=parquet,
            progress=_telling(progress),
        )
    _compact(log)
    added = held_of(log, report.source)
    services.note_imported(row, added=added)
    return {"rows": report.rows, "rejected": report.rows_rejected, "events": report.events, "added": added}


@job("imports.undo", name=_("Undoing an import"), needs=Capability.IMPORT, resumable=True, lane="heavy")
def undo(*, workspace_id: str, import_id: str) -> dict[str, object]:
    """Take every event of an import out of the log."""
    row = FileImport.objects.get(workspace_id=workspace_id, import_id=import_id)
    log = current_home().log(workspace_id)
    removed = log.remove_source(services.source_of(row))
    services.note_undone(row, events=removed.events, parted=removed.ids_parted)
    return {"events": removed.events, "parted": removed.ids_parted}


@every(timedelta(hours=6), "imports.clear", name=_("Removing uploads that nobody used"))
def clear() -> dict[str, object]:
    """Remove files that were uploaded and not imported for a week, and pieces of files that never came whole."""
    return {"removed": services.clear_abandoned(timezone.now())}


def _telling(progress: Progress) -> Callable[[ImportProgress], None]:
    def tell(at: ImportProgress) -> None:
        words = filled(ngettext("%(rows)s row read", "%(rows)s rows read", at.rows), rows=f"{at.rows:,}")
        progress.report(round(at.done * _STEPS), _STEPS, words)

    return tell


def _compact(log: Log) -> None:
    """Compact what came in, unless it is being done already."""
    try:
        log.compact()
    except LogBusy:
        return
