"""`safar import`: a file becomes events. `safar imports`: what was imported, and undoing it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from safar.vocabulary.errors import Refusal

from .asked import Asked, pass_asked, place_options
from .import_summary import summary_lines
from .output import Form, form_options, say, write_record, write_rows
from .progress import progress
from .reading import Reading, pass_reading, reading_options

if TYPE_CHECKING:
    from safar.collect.import_record import ImportReport
    from safar.collect.importing import ImportProgress
    from safar.collect.mapping import Mapping
    from safar.store.home import Home
    from safar.store.log import Log
    from safar.store.registry import Workspace

_SHOWN_REJECTED: Final = 5
#: What a report says first; JSON says all of it.
_SUMMARY: Final = (
    "import_id", "state", "file", "mapping", "rows", "rows_imported", "rows_rejected", "rejected_by_reason",
    "rows_left_out", "events", "events_by_name", "repeated", "customers", "first_at", "last_at", "amounts",
    "amounts_rounded", "seconds",
)  # fmt: skip
_EXISTING: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


class DraftNotAgreed(Refusal, ValueError):
    """A mapping was drafted, and nobody agreed to import by it."""

    code = "cli.draft_not_agreed"


@click.command("import", short_help="Import a file of orders or events.")
@click.argument("file", type=_EXISTING)
@click.option(
    "--mapping", type=_EXISTING, help="A TOML file that says how columns become events. Default: a draft."
)
@click.option(
    "--propose", is_flag=True, help="Print the draft of a mapping, to be looked at and saved, and stop."
)
@click.option("--yes", is_flag=True, help="Import by the draft without asking.")
@click.option("--dry-run", is_flag=True, help="Read all of it, say what would be done, keep nothing.")
@click.option("--anew", is_flag=True, help="Do not resume an interrupted import of the same file.")
@reading_options
@place_options
@form_options
@pass_reading
@pass_asked
@click.pass_context
def import_(
    ctx: click.Context,
    asked: Asked,
    reading: Reading,
    *,
    file: Path,
    mapping: Path | None,
    propose: bool,
    yes: bool,
    dry_run: bool,
    anew: bool,
    form: Form,
) -> None:
    """Import FILE – CSV, TSV, Excel, JSON lines, Parquet or XES, packed or not – as its mapping says.

    Without a mapping one is drafted from the file, said, and used once you agree. The same file imported again adds
    nothing. An interrupted import goes on where it stood.
    """
    from safar.collect.mapping_file import load_mapping, mapping_toml

    with asked.open_home() as home:
        workspace_id = asked.workspace_of(home)
        workspace = home.workspace(workspace_id)
        zone = reading.time_zone or workspace.time_zone
        rules, doubts = (load_mapping(mapping), []) if mapping else _draft(file, reading, workspace.currency)
        rules = reading.over(rules)
        if propose:
            click.echo(mapping_toml(rules), nl=False)
            return
        if not (mapping or yes or dry_run):
            _agree(file)
        added, rejects = None, None
        if dry_run:
            report = _try(file, rules, zone, workspace.currency)
        else:
            report = _import(file, rules, zone, home, workspace, resume=not anew)
            added = _held(home.log(workspace_id), report)
            rejects = home.imports_folder(workspace_id) / report.import_id / "rejects.csv"
            if report.rows_rejected and form is not Form.TABLE:
                say(f"All rejected rows, with their reasons: {rejects}")
    _say_rejected(report)
    if form is Form.TABLE:
        for line in summary_lines(report, added=added, zone=zone, rejects=rejects, doubts=doubts):
            click.echo(line)
    else:
        for doubt in doubts:
            say(f"Look at this before the numbers are believed: {doubt}")
        _write_report(form, report, events_added=added)
    if report.rows and not report.events:
        say("No row became an event.")
        ctx.exit(1)


def _draft(file: Path, reading: Reading, currency: str) -> tuple[Mapping, list[str]]:
    """Return a mapping drafted from the file and what in it is in doubt, and say why it is so."""
    from safar.collect.look import look_at
    from safar.collect.proposing import propose_mapping
    from safar.store.foreign import parquet

    proposal = propose_mapping(look_at(file, reading.file_options(), foreign=parquet), currency=currency)
    say(f"A mapping drafted from {file.name}:")
    for choice in proposal.choices:
        say(f"  {choice.place} ← {choice.column or '–'}: {choice.sentence}")
    return proposal.mapping, proposal.doubts


def _agree(file: Path) -> None:
    """Return once a person agreed to the draft.

    Raises
    ------
    DraftNotAgreed
        They did not, or nobody is there to ask.
    """
    if sys.stdin.isatty() and click.confirm("Import by this draft?", err=True):
        return
    raise DraftNotAgreed(
        f"{file.name} was not imported: nobody agreed to the drafted mapping.",
        hint=f"Say --yes; or `safar import {file.name} --propose > mapping.toml`, and import with --mapping.",
    )


def _try(file: Path, rules: Mapping, zone: str, currency: str) -> ImportReport:
    from safar.collect.importing import try_import
    from safar.store.foreign import parquet

    with progress(f"Reading {file.name}") as tell:

        def told(at: ImportProgress) -> None:
            tell(at.done, f"{at.rows:,} rows")

        return try_import(file, rules, time_zone=zone, currency=currency, foreign=parquet, progress=told)


def _import(
    file: Path, rules: Mapping, zone: str, home: Home, workspace: Workspace, *, resume: bool
) -> ImportReport:
    from safar.collect.importing import import_file
    from safar.store.foreign import parquet

    log = home.log(workspace.workspace_id)
    with log.writer() as writer, progress(f"Importing {file.name}") as tell:

        def told(at: ImportProgress) -> None:
            tell(at.done, f"{at.rows:,} rows, {at.rejected:,} rejected")

        report = import_file(
            file,
            rules,
            writer,
            folder=home.imports_folder(workspace.workspace_id),
            resume=resume,
            time_zone=zone,
            currency=workspace.currency,
            foreign=parquet,
            progress=told,
        )
    _compact(log)
    return report


def _compact(log: Log) -> None:
    """Compact what came in, unless a serving process is at it already."""
    from safar.store.disk import LogBusy

    try:
        log.compact()
    except LogBusy:
        return


def _say_rejected(report: ImportReport) -> None:
    for row in report.first_rejected[:_SHOWN_REJECTED]:
        say(f"Row {row.row}: {row.sentence} [{row.reason}]")
    if report.rows_rejected > _SHOWN_REJECTED:
        say(f"… and {report.rows_rejected - _SHOWN_REJECTED:,} rejected rows more.")


def _held(log: Log, report: ImportReport) -> int:
    """Return how many of an import's events the log has from it; the others it had before."""
    count = log.sql("select count(*) from events where source = ?", [report.source]).one()[0]
    assert isinstance(count, int)
    return count


def _write_report(form: Form, report: ImportReport, **more: int | None) -> None:
    record: dict[str, Any] = msgspec.structs.asdict(report)
    if form is not Form.JSON:
        record = {name: record[name] for name in _SUMMARY}
    write_record(form, record | more)


@click.group(short_help="What was imported, and undoing it.")
@place_options
def imports() -> None:
    """What was imported into a workspace, and undoing it."""


@imports.command("list", short_help="List the imports, newest first.")
@place_options
@form_options
@pass_asked
def list_(asked: Asked, form: Form) -> None:
    """List the imports, newest first, with how many of their events the log holds now."""
    from safar.collect.import_record import imports_in

    query = "select source, count(*) from events where source like 'import:%' group by all"
    with asked.open_home() as home:
        workspace_id = asked.workspace_of(home)
        held = dict(home.log(workspace_id).sql(query).rows())
        reports = imports_in(home.imports_folder(workspace_id))
    names = ("import_id", "state", "file", "mapping", "started_at", "rows", "rows_rejected", "events")
    rows = [[*(getattr(report, name) for name in names), held.get(report.source, 0)] for report in reports]
    write_rows(form, (*names, "events_in_log"), rows)


@imports.command(short_help="Show the report of an import.")
@click.argument("import_id")
@place_options
@form_options
@pass_asked
def show(asked: Asked, *, import_id: str, form: Form) -> None:
    """Show what an import did. JSON has all of it, with the first events and the first rejected rows."""
    from safar.collect.import_record import import_report

    with asked.open_home() as home:
        workspace_id = asked.workspace_of(home)
        report = import_report(home.imports_folder(workspace_id), import_id)
        held = _held(home.log(workspace_id), report)
        zone = home.workspace(workspace_id).time_zone
        rejects = home.imports_folder(workspace_id) / report.import_id / "rejects.csv"
    _say_rejected(report)
    if form is Form.TABLE:
        for line in summary_lines(report, added=None, zone=zone, rejects=rejects):
            click.echo(line)
        click.echo(f"  In the log {held:,} of them now")
    else:
        _write_report(form, report, events_in_log=held)


@imports.command(short_help="Take out all that an import brought.")
@click.argument("import_id")
@place_options
@form_options
@pass_asked
def undo(asked: Asked, *, import_id: str, form: Form) -> None:
    """Take every event of an import out of the log. The file can be imported again.

    Customers whom only this import had joined come apart.
    """
    from safar.collect.import_record import import_report

    with asked.open_home() as home:
        workspace_id = asked.workspace_of(home)
        report = import_report(home.imports_folder(workspace_id), import_id)
        removed = home.log(workspace_id).remove_source(report.source)
    write_record(
        form,
        {
            "source": report.source,
            "events_removed": removed.events,
            "ids_parted": removed.ids_parted,
            "bytes_freed": removed.bytes_freed,
        },
    )
