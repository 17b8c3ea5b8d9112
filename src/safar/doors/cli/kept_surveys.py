"""`safar survey list|export|import|publish`: the surveys of a workspace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from safar.vocabulary.errors import Refusal

from .asked import Asked, pass_asked, place_options
from .output import Form, form_options, say, write_record, write_rows
from .surveys import survey, survey_in

_COLUMNS: Final = (
    "survey_id",
    "name",
    "key",
    "state",
    "version",
    "questions",
    "languages",
    "changed_at",
    "changed_by",
)


class SurveyMissing(Refusal, LookupError):
    """The workspace has no such survey, or no such version of it."""

    code = "cli.survey_unknown"


@survey.command("list", short_help="List the surveys of a workspace.")
@click.option("--archived", is_flag=True, help="Those in the archive instead.")
@place_options
@form_options
@pass_asked
def list_(asked: Asked, *, archived: bool, form: Form) -> None:
    """List the surveys of the workspace, the one changed last first."""
    from safar.maps.anatomy import said

    with asked.open_workspace() as workspace:
        from safar.doors.web.surveys.queries import surveys_of

        found = surveys_of(workspace, archived=archived)
    rows = [
        (
            each.public_id,
            said(each.name, *each.languages),
            each.key,
            each.state,
            each.version,
            each.question_count,
            " ".join(each.languages),
            each.changed_at,
            each.changed_by,
        )
        for each in found
    ]
    write_rows(form, _COLUMNS, rows)


@survey.command("export", short_help="Write a survey to a file.")
@click.argument("survey_id", metavar="SURVEY")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--version", "number", type=click.IntRange(min=1), help="A published version, not the draft.")
@place_options
@pass_asked
def export(asked: Asked, *, survey_id: str, file: Path, number: int | None) -> None:
    """Write the draft of SURVEY, or a version of it, to FILE as JSON."""
    from safar.listen.questionnaire.anatomy import told

    with asked.open_workspace() as workspace:
        from safar.doors.web.surveys import queries

        opened = queries.survey_of(workspace, survey_id)
        version = None if number is None else queries.published(workspace, survey_id, number)
    if opened is None or (number is not None and version is None):
        raise SurveyMissing(
            f"There is no survey {survey_id!r}, or no such version of it.",
            hint="safar survey list shows the surveys.",
            survey_id=survey_id,
        )
    document = opened.draft if version is None else version.survey
    file.write_text(f"{json.dumps(told(document), ensure_ascii=False, indent=1)}\n", encoding="utf-8")
    say(f"Wrote {file}.")


@survey.command("import", short_help="Begin a survey with a file.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@place_options
@form_options
@pass_asked
def import_(asked: Asked, *, file: Path, form: Form) -> None:
    """Begin a survey with FILE, JSON as `safar survey export` writes it. It is a draft."""
    document = survey_in(file)
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.surveys import queries, services

        made = services.create(workspace, document, by=Actor.at_terminal())
        opened = queries.survey_of(workspace, made)
    key = document.key if opened is None else opened.facts.key
    write_record(form, {"survey_id": made, "key": key, "questions": len(document.questions)})


@survey.command("publish", short_help="Publish the draft of a survey.")
@click.argument("survey_id", metavar="SURVEY")
@click.option("--note", default="", help="What is new in this version.")
@place_options
@form_options
@pass_asked
def publish(asked: Asked, *, survey_id: str, note: str, form: Form) -> None:
    """Publish the draft of SURVEY: it becomes the next version, and collects answers from now on."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.surveys import services

        number = services.publish(workspace, survey_id, note=note, by=Actor.at_terminal())
    write_record(form, {"survey_id": survey_id, "version": number})
