"""`safar map`: journey maps as files, and how they are lived."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from safar.maps import anatomy
from safar.maps.edits import edits_schema
from safar.maps.sheet_file import read_file, write_sheet
from safar.maps.templates import TEMPLATES, template
from safar.vocabulary.errors import Refusal

from .asked import Asked, pass_asked, place_options
from .output import Form, form_options, say, write_record, write_rows

_STEP_COLUMNS: Final = (
    "step",
    "name",
    "customers",
    "lost",
    "lost_low",
    "lost_high",
    "said",
    "behaved",
    "kept",
)


class MapMissing(Refusal, LookupError):
    """The workspace has no such map."""

    code = "cli.map_unknown"


@click.group("map", short_help="Journey maps as files, and how they are lived.")
@place_options
def map_() -> None:
    """Journey maps: list them, make them of templates and files, take them away, see how they are lived."""


@map_.command("list", short_help="List the maps.")
@click.option("--archived", is_flag=True, help="Those in the archive instead.")
@place_options
@form_options
@pass_asked
def list_(asked: Asked, *, archived: bool, form: Form) -> None:
    """List the maps of the workspace, the one changed last first."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.maps.queries import maps_of

        found = maps_of(workspace, archived=archived)
    names = (
        "map_id",
        "name",
        "state",
        "stages",
        "steps",
        "languages",
        "revision",
        "changed_at",
        "changed_by",
    )
    rows = [
        (
            each.public_id,
            anatomy.said(each.name, *each.languages),
            each.state,
            each.stages,
            each.steps,
            " ".join(each.languages),
            each.revision,
            each.changed_at,
            each.changed_by,
        )
        for each in found
    ]
    write_rows(form, names, rows)


@map_.command(short_help="Show the steps of a map.")
@click.argument("map_id", metavar="MAP")
@place_options
@form_options
@pass_asked
def show(asked: Asked, *, map_id: str, form: Form) -> None:
    """Show the steps of MAP, each with what it is bound to."""
    document = _document(asked, map_id)
    names = ("stage", "step", "name", "events", "question_keys", "owner", "cards")
    rows = [
        (
            anatomy.said(stage.name, *document.languages),
            step.step_id,
            anatomy.said(step.name, *document.languages),
            step.binding.events,
            " ".join(step.binding.question_keys),
            step.owner,
            sum(card.step_id == step.step_id for card in document.cards),
        )
        for stage in document.stages
        for step in stage.steps
    ]
    write_rows(form, names, rows)


@map_.command(short_help="Make a map of a template.")
@click.option(
    "--template",
    "key",
    type=click.Choice(TEMPLATES),
    required=True,
    help="Which journey to begin with, written in Persian, Arabic and English.",
)
@place_options
@form_options
@pass_asked
def new(asked: Asked, *, key: str, form: Form) -> None:
    """Make a map of a template."""
    _create(asked, template(key), form, is_template=True)


@map_.command("import", short_help="Make a map of a file.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@place_options
@form_options
@pass_asked
def import_(asked: Asked, *, file: Path, form: Form) -> None:
    """Make a map of FILE: JSON as `safar map export` writes it, or CSV with a row for each step and each card."""
    _create(asked, read_file(file.read_bytes()), form)


@map_.command(short_help="Write a map to a file.")
@click.argument("map_id", metavar="MAP")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@place_options
@pass_asked
def export(asked: Asked, *, map_id: str, file: Path) -> None:
    """Write MAP to FILE, whose ending says how: .json or .csv."""
    if file.suffix.lower() not in {".json", ".csv"}:
        raise click.BadParameter("A map is written as .json or .csv.", param_hint="FILE")
    document = _document(asked, map_id)
    if file.suffix.lower() == ".csv":
        file.write_bytes(write_sheet(document))
    else:
        text = json.dumps(anatomy.told(document), ensure_ascii=False, indent=1)
        file.write_text(f"{text}\n", encoding="utf-8")
    say(f"Wrote {file}.")


@map_.command(short_help="Show how a map is lived.")
@click.argument("map_id", metavar="MAP")
@click.option(
    "--window", metavar="TIME", help="Only what happened in 2026-01-01..2026-03-01. Default: all time."
)
@click.option("--segment", default="", help="Only these customers, such as 'did pay >= 2; did not refund'.")
@place_options
@form_options
@pass_asked
def lived(asked: Asked, *, map_id: str, window: str | None, segment: str, form: Form) -> None:
    """Show how MAP is lived: for each step who came, the share that was lost with its interval, how it felt by answers
    and by behaviour (-2…+2), and the share of promises kept. Fitness and coverage are said on standard error."""
    from safar.maps.lived import lived_map  # brings the engines in
    from safar.maps.lived_question import lived_question
    from safar.maps.lived_tables import steps_table
    from safar.observe.among import EVERYBODY, Among
    from safar.observe.executors import shared_executor
    from safar.observe.segment_text import segment_of
    from safar.observe.time_text import window_of

    among = Among(segment=segment_of(segment)) if segment else EVERYBODY
    stretch = window_of(window) if window else None
    document = _document(asked, map_id)
    with asked.open_home() as home:
        log = home.log(asked.workspace_of(home))
        found = lived_map(
            log, lived_question(document, window=stretch, among=among), executor=shared_executor()
        )
    walked = found.conformance
    if walked is not None:
        for name, share in (("fitness", walked.fitness), ("coverage", walked.coverage)):
            if share is not None:
                low, high = share.interval.low, share.interval.high
                say(f"{name} {share.value:.3f} ({low:.3f} to {high:.3f})")
    table = steps_table(document, found)
    rows = list(zip(*(table.column(name) for name in _STEP_COLUMNS), strict=True))
    write_rows(form, _STEP_COLUMNS, rows)


@map_.command(short_help="Print the JSON Schema of a map.")
@click.option("--edits", "is_edits", is_flag=True, help="The schema of edits instead.")
def schema(*, is_edits: bool) -> None:
    """Print the JSON Schema of a map, as files and the API take it."""
    click.echo(json.dumps(edits_schema() if is_edits else anatomy.schema(), ensure_ascii=False, indent=1))


def _create(asked: Asked, document: anatomy.JourneyMap, form: Form, *, is_template: bool = False) -> None:
    with asked.open_tables() as home:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.maps.services import create

        workspace = home.workspace(asked.workspace_of(home))
        if is_template:
            from safar.maps.fitting import fitted  # brings the engines in

            document = fitted(document, home.log(workspace.workspace_id))
        made = create(workspace, document, by=Actor.at_terminal())
    name = anatomy.said(document.name, *document.languages)
    write_record(
        form, {"map_id": made, "name": name, "stages": len(document.stages), "steps": len(document.steps)}
    )


def _document(asked: Asked, map_id: str) -> anatomy.JourneyMap:
    with asked.open_workspace() as workspace:
        from safar.doors.web.maps.queries import map_of

        opened = map_of(workspace, map_id)
    if opened is None:
        raise MapMissing(f"There is no map {map_id!r}.", hint="safar map list shows the maps.", map_id=map_id)
    return opened.document
