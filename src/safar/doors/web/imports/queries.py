"""Reads about imports, as frozen facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final, Literal

from safar.collect.import_record import SOURCE_PREFIX, ImportReport, UnknownImport, import_folder
from safar.collect.mapping_file import parse_mapping
from safar.collect.shipped import fits, shipped_mappings
from safar.doors.web.homes import current_home
from safar.doors.web.work.queries import WorkFacts, work_of
from safar.store.log import Log

from .models import FileImport, SavedMapping
from .trial import Trial, trial_in

__all__ = [
    "FileImport",
    "ImportFacts",
    "KnownMapping",
    "State",
    "held_of",
    "import_of",
    "imported_files",
    "imports_of",
    "mappings_for",
    "row_of",
]

State = Literal["waiting", "trying", "tried", "running", "stopped", "failed", "finished", "undoing", "undone"]
_REPORTED: Final[dict[str, State]] = {
    "running": "running",
    "interrupted": "stopped",
    "failed": "failed",
    "finished": "finished",
}


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """One import, from its upload on.

    Attributes
    ----------
    import_id, file_name, size
        Its id, its file.
    started_at
        When it was uploaded, or started at the terminal.
    who
        The member's address; empty for the terminal.
    state
        ``waiting`` (uploaded), ``trying``, ``tried``, ``running``, ``stopped`` (it can go on), ``failed``,
        ``finished``, ``undoing`` or ``undone``.
    row
        Its row; None for one of the terminal.
    report
        What it did; None before it began.
    trial
        What the last dry run found, and whether it was made with what is said now.
    work
        The background work that is about it now or was last.
    has_file
        Whether the uploaded file is still there.
    """

    import_id: str
    file_name: str
    size: int
    started_at: datetime
    who: str
    state: State
    row: FileImport | None
    report: ImportReport | None
    trial: Trial | None
    work: WorkFacts | None
    has_file: bool

    @property
    def is_trial_fresh(self) -> bool:
        """Whether the dry run was made with what is said now."""
        return self.trial is not None and self.row is not None and self.trial.version == self.row.version


@dataclass(frozen=True, slots=True)
class KnownMapping:
    """A mapping that can be chosen for a file.

    Attributes
    ----------
    key
        What the form calls it: ``shipped:orders``, ``saved:12``.
    name
        As people know it.
    description
        What it is for; may be empty.
    toml
        The mapping; empty for a shipped one.
    """

    key: str
    name: str
    description: str
    toml: str


def row_of(workspace_id: str, import_id: str) -> FileImport | None:
    """Return the row of an import that came in through a page."""
    return FileImport.objects.filter(workspace_id=workspace_id, import_id=import_id).first()


def import_of(workspace_id: str, import_id: str) -> ImportFacts | None:
    """Return one import; None where there is none of this id."""
    row = row_of(workspace_id, import_id)
    return _facts(workspace_id, import_id, row)


def imports_of(workspace_id: str, *, before: str = "", limit: int = 25) -> tuple[list[ImportFacts], str]:
    """Return a page of a workspace's imports, newest first, and the id to go on before.

    Those of the terminal are among them: they have a report and no row.
    """
    folder = current_home().imports_folder(workspace_id)
    rows = FileImport.objects.filter(workspace_id=workspace_id).select_related("member")
    known = set(rows.values_list("import_id", flat=True))
    named = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    # Names are compared here, for databases sort text in their own ways; folders are looked into one page far.
    ids = sorted((each for each in known | named if not before or each < before), reverse=True)
    begun = (each for each in ids if each in known or (folder / each / "report.json").exists())
    shown = list(islice(begun, limit + 1))
    following = shown[limit - 1] if len(shown) > limit else ""
    row_by_id = {row.import_id: row for row in rows.filter(import_id__in=shown[:limit])}
    found = [_facts(workspace_id, each, row_by_id.get(each)) for each in shown[:limit]]
    return [each for each in found if each is not None], following


def imported_files(workspace_id: str, *, limit: int = 50) -> dict[str, str]:
    """Return the source of the events of each file that came in through a page, and its name, newest first."""
    rows = FileImport.objects.filter(workspace_id=workspace_id, added__isnull=False, undone_at=None)
    found = rows.order_by("-import_id").values_list("import_id", "file_name")[:limit]
    return {f"{SOURCE_PREFIX}{import_id}": file_name for import_id, file_name in found}


def held_of(log: Log, source: str) -> int:
    """Return how many events of a source the log has now."""
    return int(log.sql("select count(*) from events where source = ?", [source]).one()[0])


def mappings_for(workspace_id: str, names: Sequence[str], format_: str) -> list[KnownMapping]:
    """Return the mappings that fit a file: first those that the workspace kept, then those that come with Safar."""
    found = []
    for saved in SavedMapping.objects.filter(workspace_id=workspace_id).order_by("name"):
        mapping = parse_mapping(saved.toml)
        if fits(mapping, names, format_):
            found.append(KnownMapping(f"saved:{saved.pk}", saved.name, mapping.description, saved.toml))
    found += [
        KnownMapping(f"shipped:{mapping.name}", mapping.name, mapping.description, "")
        for mapping in shipped_mappings()
        if fits(mapping, names, format_)
    ]
    return found


def _facts(workspace_id: str, import_id: str, row: FileImport | None) -> ImportFacts | None:
    folder = import_folder(current_home().imports_folder(workspace_id), import_id)
    try:
        report = folder.load().report
    except UnknownImport:
        report = None
    if row is None and report is None:
        return None
    trial = trial_in(folder.folder) if row else None
    state, work = _state(row, report, trial)
    return ImportFacts(
        import_id=import_id,
        file_name=row.file_name if row else report.file if report else "",
        size=row.size if row else report.file_bytes if report else 0,
        started_at=row.uploaded_at if row else report.started_at,  # type: ignore[union-attr]
        who=(str(row.member) if row.member else row.member_name) if row else "",
        state=state,
        row=row,
        report=report,
        trial=trial,
        work=work,
        has_file=folder.upload_path.is_file(),
    )


def _state(
    row: FileImport | None, report: ImportReport | None, trial: Trial | None
) -> tuple[State, WorkFacts | None]:
    """Return where an import stands: what is under way now counts, then what came last."""
    works = {
        name: work_of(work_id, row.workspace_id)
        for name, work_id in (
            ("undoing", row.undo_work if row else None),
            ("running", row.run_work if row else None),
            ("trying", row.trial_work if row else None),
        )
        if row and work_id
    }
    for name, work in works.items():
        if work and not work.has_ended:
            return name, work  # type: ignore[return-value]
    last = next((work for work in works.values() if work), None)
    if row and row.undone_at:
        return "undone", works.get("undoing")
    if report:
        return _REPORTED[report.state], last
    if works.get("running"):
        return "failed", works["running"]
    if works.get("trying") and not trial:
        return "waiting", works["trying"]
    return ("tried" if trial else "waiting"), works.get("trying")
