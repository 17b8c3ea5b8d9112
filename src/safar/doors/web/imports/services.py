"""Verbs about imports: take a file in, say how it is read, try it, import it, take it back, throw it away."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from safar.collect.import_record import (
    SOURCE_PREFIX,
    ImportFolder,
    ImportReport,
    UnknownImport,
    import_folder,
    import_report,
    new_import_id,
)
from safar.collect.mapping_file import mapping_toml, parse_mapping
from safar.collect.roles import PROPERTY, ROLES, SINGLE
from safar.collect.shape import detect_shape
from safar.doors.web.audit.actor import SYSTEM, Actor
from safar.doors.web.audit.services import record
from safar.doors.web.homes import current_home
from safar.doors.web.work import services as work
from safar.doors.web.work.queries import work_of
from safar.store.foreign import parquet
from safar.store.registry import Workspace

from .errors import ChangedMeanwhile, ChoiceUnknown, ImportGoesOn, TooManyColumns, UploadMissing
from .models import FileImport, SavedMapping
from .reading import Reading
from .understanding import mapping_of

#: A file that nobody imports is removed after so long, and a piece of a file that never came whole.
ABANDONED_AFTER: Final = timedelta(days=7)
_CUT_OFF_AFTER: Final = timedelta(days=1)
_MOST_COLUMNS: Final = 2_000


def new_place(workspace_id: str) -> tuple[str, Path]:
    """Return an id for an import and where its file is to arrive."""
    import_id = new_import_id()
    folder = import_folder(current_home().imports_folder(workspace_id), import_id)
    return import_id, folder.upload_path.with_suffix(".part")


def receive(workspace: Workspace, import_id: str, arrived: Path, *, file_name: str, by: Actor) -> FileImport:
    """Take in a file that has arrived, when it is one that can be imported at all.

    Parameters
    ----------
    workspace
        Whose.
    import_id, arrived
        As from `new_place`.
    file_name
        As pages show it.

    Raises
    ------
    Refusal
        The file is empty, no table, damaged, unpacks too far or has too many columns. It is the caller's to remove.
    """
    size = arrived.stat().st_size
    if not size:
        raise UploadMissing("The file is empty.", hint="Check that the right file was chosen.")
    shape = detect_shape(arrived, foreign=parquet)
    if len(shape.names) > _MOST_COLUMNS:
        raise TooManyColumns(
            f"The file has {len(shape.names):,} columns; {_MOST_COLUMNS:,} are taken.",
            hint="Keep the columns that matter, or import it at the terminal.",
            columns=len(shape.names),
        )
    arrived.rename(ImportFolder(arrived.parent).upload_path)
    with transaction.atomic():
        row = FileImport.objects.create(
            workspace_id=workspace.workspace_id,
            import_id=import_id,
            file_name=file_name,
            size=size,
            member=by.member,
            member_name=by.member.email if by.member else by.detail,
        )
        _note(by, "import.uploaded", row, after={"size": size})
    return row


def throw_away(arrived: Path) -> None:
    """Remove what has arrived of a file, and the folder that was made for it; nothing where it was taken in."""
    arrived.unlink(missing_ok=True)
    with suppress(OSError):  # not empty: it was taken in
        arrived.parent.rmdir()


def choose(
    row: FileImport,
    *,
    version: int,
    reading: Reading,
    roles: dict[str, str],
    shown_roles: dict[str, str],
    unit: str,
    event_name: str,
    by: Actor,
) -> FileImport:
    """Keep what a person says about a file and its columns.

    Parameters
    ----------
    version
        Of the row as the page showed it.
    roles, shown_roles
        What each column stands for now, and what the page had shown: only what differs is a person's choice. What
        only one column may stand for, the column that was changed takes from the other.

    Raises
    ------
    ChangedMeanwhile, ImportGoesOn, ChoiceUnknown
        Nothing was kept.
    """
    changes = {name: role for name, role in roles.items() if shown_roles.get(name) not in (None, role)}
    if unknown := set(changes.values()) - set(ROLES):
        raise ChoiceUnknown(f"Columns do not stand for {sorted(unknown)}.")
    moved = {role for role in changes.values() if role in SINGLE}
    left = {name: PROPERTY for name, role in shown_roles.items() if role in moved and name not in changes}
    said = {**row.roles, **left, **changes} if changes else row.roles
    return _change(
        row,
        version,
        by,
        reading=reading.as_json(),
        roles=said,
        unit=unit,
        event_name=event_name,
    )


def write_mapping(row: FileImport, toml: str, *, version: int, by: Actor) -> FileImport:
    """Read the file by a whole mapping, from now on; an empty text drafts one again.

    Raises
    ------
    MappingUnreadable, MappingWrong, ChangedMeanwhile, ImportGoesOn
        Nothing was kept.
    """
    if toml.strip():
        parse_mapping(toml)
    return _change(row, version, by, written=toml if toml.strip() else "")


def start_over(row: FileImport, *, version: int, by: Actor) -> FileImport:
    """Forget all that was said about the file; it is understood as when it came."""
    return _change(row, version, by, reading={}, roles={}, unit="", event_name="", written="")


def _change(row: FileImport, version: int, by: Actor, **fields: Any) -> FileImport:
    """Change a row that nobody else has changed since, and that is not under way."""
    with transaction.atomic():
        _check_open(row)
        changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
        now = timezone.now()
        if changed or version != row.version:
            fits = FileImport.objects.filter(pk=row.pk, version=version)
            if not fits.update(**changed, version=version + 1, touched_at=now):
                raise ChangedMeanwhile(
                    "Somebody else has changed this import since the page was shown.",
                    hint="Look at it as it is now, and change it again.",
                    import_id=row.import_id,
                )
        row.refresh_from_db()
    return row


def save_mapping(row: FileImport, workspace: Workspace, name: str, *, by: Actor) -> SavedMapping:
    """Keep how the file is read, under a name for the next of its kind; a name that is there is replaced.

    Raises
    ------
    Refusal
        There is no mapping that fits; nothing was kept.
    """
    toml = mapping_toml(mapping_of(row, workspace))
    with transaction.atomic():
        saved, _is_new = SavedMapping.objects.update_or_create(
            workspace_id=row.workspace_id, name=name, defaults={"toml": toml, "saved_at": timezone.now()}
        )
        record(by, "mapping.saved", workspace_id=row.workspace_id, target=name)
    return saved


def start_trial(row: FileImport, workspace: Workspace, *, by: Actor) -> FileImport:
    """Start a dry run with what is said now.

    Raises
    ------
    Refusal
        Nothing can be tried so: no mapping fits, the file is gone, or the import is under way.
    """
    from . import jobs  # noqa: PLC0415 - jobs call these services

    _check_open(row)
    mapping_of(row, workspace)
    with transaction.atomic():
        row = FileImport.objects.select_for_update().get(pk=row.pk)
        _check_open(row)
        if _is_live(row.workspace_id, row.trial_work):
            work.cancel(row.trial_work, by=SYSTEM)
        started = work.start(
            jobs.try_out, by=by, workspace_id=row.workspace_id, title=row.file_name, import_id=row.import_id
        )
        row.trial_work, row.touched_at = started.work_id, timezone.now()
        row.save(update_fields=["trial_work", "touched_at"])
    return row


def start_import(row: FileImport, workspace: Workspace, *, keeps_file: bool, by: Actor) -> FileImport:
    """Start the import, or let an interrupted one go on; pressing twice starts it once.

    Raises
    ------
    Refusal
        No mapping fits, or the file is gone.
    """
    from . import jobs  # noqa: PLC0415 - jobs call these services

    if not _is_live(row.workspace_id, row.run_work):
        _check_not_imported(row)
        mapping_of(row, workspace)
    with transaction.atomic():
        row = FileImport.objects.select_for_update().get(pk=row.pk)
        if _is_live(row.workspace_id, row.run_work):
            return row
        _check_not_imported(row)
        started = work.start(
            jobs.run_import,
            by=by,
            workspace_id=row.workspace_id,
            title=row.file_name,
            import_id=row.import_id,
        )
        row.run_work, row.keeps_file, row.touched_at = started.work_id, keeps_file, timezone.now()
        row.save(update_fields=["run_work", "keeps_file", "touched_at"])
        _note(by, "import.started", row)
    return row


def start_undo(workspace: Workspace, import_id: str, *, by: Actor) -> FileImport:
    """Start taking an import back, also one that came in at the terminal; pressing twice starts it once.

    Raises
    ------
    UnknownImport
        There is no import of that id.
    ImportGoesOn
        It is under way; cancel it first.
    """
    from . import jobs  # noqa: PLC0415 - jobs call these services

    report = import_report(current_home().imports_folder(workspace.workspace_id), import_id)
    with transaction.atomic():
        row = _adopted(workspace.workspace_id, report)
        if _is_live(row.workspace_id, row.undo_work):
            return row
        if report.state == "running" or _is_live(row.workspace_id, row.run_work):
            raise _goes_on(row)
        started = work.start(
            jobs.undo, by=by, workspace_id=row.workspace_id, title=row.file_name, import_id=row.import_id
        )
        row.undo_work, row.touched_at = started.work_id, timezone.now()
        row.save(update_fields=["undo_work", "touched_at"])
        _note(by, "import.undone", row, before={"events": report.events})
    return row


def discard(row: FileImport, *, by: Actor) -> None:
    """Throw a file away that was not imported.

    Raises
    ------
    ImportGoesOn
        It was, or is being imported.
    """
    with transaction.atomic():
        row = FileImport.objects.select_for_update().get(pk=row.pk)
        _check_open(row)
        if _is_live(row.workspace_id, row.trial_work):
            work.cancel(row.trial_work, by=SYSTEM)
        _note(by, "import.discarded", row)
        folder = _folder(row).folder
        row.delete()
    shutil.rmtree(folder, ignore_errors=True)


def remove_file(row: FileImport, *, by: Actor) -> None:
    """Remove the file of an import that is over; what it brought stays."""
    if _is_live(row.workspace_id, row.run_work):
        raise _goes_on(row)
    with transaction.atomic():
        _note(by, "import.file_removed", row)
    _folder(row).upload_path.unlink(missing_ok=True)


def note_imported(row: FileImport, *, added: int) -> None:
    """Note that a file was imported, and remove it unless it is to stay: undoing needs only its events' source."""
    FileImport.objects.filter(pk=row.pk).update(added=added, touched_at=timezone.now(), undone_at=None)
    if not row.keeps_file:
        _folder(row).upload_path.unlink(missing_ok=True)


def note_undone(row: FileImport, *, events: int, parted: int) -> None:
    """Note what an undoing took out."""
    FileImport.objects.filter(pk=row.pk).update(
        undone_at=timezone.now(), undone_events=events, undone_parted=parted
    )


def clear_abandoned(now: datetime) -> int:
    """Remove what was uploaded and not touched for a week, and pieces of files that never came whole."""
    removed = 0
    for row in FileImport.objects.filter(touched_at__lt=now - ABANDONED_AFTER, run_work__isnull=True):
        folder = _folder(row)
        if folder.report_path.exists():  # it was imported at the terminal
            continue
        row.delete()
        shutil.rmtree(folder.folder, ignore_errors=True)
        removed += 1
    home = current_home()
    for workspace in home.workspaces():
        for part in home.imports_folder(workspace.workspace_id).glob("*/*.part"):
            if part.stat().st_mtime < (now - _CUT_OFF_AFTER).timestamp():
                throw_away(part)
                removed += 1
    return removed


def source_of(row: FileImport) -> str:
    """Return what stands in every event of an import."""
    return f"{SOURCE_PREFIX}{row.import_id}"


def _adopted(workspace_id: str, report: ImportReport) -> FileImport:
    """Return the row of an import, made for one that came in at the terminal."""
    try:
        with transaction.atomic():
            row, _is_new = FileImport.objects.select_for_update().get_or_create(
                workspace_id=workspace_id,
                import_id=report.import_id,
                defaults={
                    "file_name": report.file[:255],
                    "size": report.file_bytes,
                    "uploaded_at": report.started_at,
                },
            )
    except IntegrityError:
        row = FileImport.objects.get(workspace_id=workspace_id, import_id=report.import_id)
    return row


def _check_open(row: FileImport) -> None:
    """Raise when choices do not count any more."""
    is_imported = _folder(row).report_path.exists() and row.undone_at is None
    if is_imported or _is_live(row.workspace_id, row.run_work):
        raise _goes_on(row)


def _check_not_imported(row: FileImport) -> None:
    try:
        report = _folder(row).load().report
    except UnknownImport:
        return
    if report.state == "finished" and row.undone_at is None:
        raise _goes_on(row)


def _goes_on(row: FileImport) -> ImportGoesOn:
    return ImportGoesOn(
        f"The import of {row.file_name!r} is under way or over.",
        hint="Look at its report.",
        import_id=row.import_id,
    )


def _is_live(workspace_id: str, work_id: object) -> bool:
    found = work_of(work_id, workspace_id) if work_id else None
    return found is not None and not found.has_ended


def _folder(row: FileImport) -> ImportFolder:
    return import_folder(current_home().imports_folder(row.workspace_id), row.import_id)


def _note(by: Actor, action: str, row: FileImport, **values: Any) -> None:
    record(by, action, workspace_id=row.workspace_id, target=row.file_name, **values)
