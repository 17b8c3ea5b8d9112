"""`safar survey bring|brought|take-back|widget|qr`: answers that come from files, and what a link looks like."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from . import survey_answers  # noqa: F401 - its commands belong to the same group
from .asked import Asked, pass_asked, place_options
from .kept_surveys import SurveyMissing
from .output import Form, form_options, say, write_record, write_rows
from .surveys import survey

if TYPE_CHECKING:
    from safar.doors.web.inviting.queries import LinkFacts
    from safar.store.registry import Workspace

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


def _pairs(_ctx: click.Context, _parameter: click.Parameter, said: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for each in said:
        head, sign, to = each.rpartition("=")
        if not sign:
            raise click.BadParameter(f"{each!r} is no HEAD=WHAT.")
        pairs[head] = to
    return pairs


@survey.command(short_help="Bring in answers that were collected elsewhere.")
@click.argument("survey_id", metavar="SURVEY")
@click.argument("file", type=_FILE)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="HEAD=WHAT",
    callback=_pairs,
    help="What a column is: a question, @id, @finished, @customer, …; empty leaves it out.",
)
@click.option(
    "--try", "is_trial", is_flag=True, help="Only say what the columns are and what the first lines say."
)
@place_options
@form_options
@pass_asked
def bring(
    asked: Asked, *, survey_id: str, file: Path, columns: Mapping[str, str], is_trial: bool, form: Form
) -> None:
    """Bring the answers of FILE into SURVEY: CSV or Excel as LimeSurvey, Formbricks and Google Forms export it, or any
    table with a line a response. Columns are found by their heads. A line comes in once, however often it is sent."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.results import bring_services, bringing

        published = bring_services.asked_survey(workspace, survey_id)
        with file.open("rb") as source:
            waiting = bringing.keep_file(workspace, published, file.name, source)
        try:
            waiting = bring_services.plan_file(workspace, waiting, columns)
            if is_trial:
                _tell(bring_services.look_into(workspace, waiting), waiting, form)
                return
            counts = bring_services.bring_now(workspace, waiting, by=Actor.at_terminal())
        finally:
            bring_services.put_file_away(workspace, waiting)
    write_record(form, {"file_id": waiting.file_id, **counts})


@survey.command(short_help="List what files brought to a survey.")
@click.argument("survey_id", metavar="SURVEY")
@place_options
@form_options
@pass_asked
def brought(asked: Asked, *, survey_id: str, form: Form) -> None:
    """List the files whose answers are in SURVEY, and those that wait on its page."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.results import bring_services

        bring_services.asked_survey(workspace, survey_id)
        found = [
            (each.file_id, "brought" if each.waiting is None else "waiting", each.responses)
            for each in bring_services.answers_files(workspace, survey_id)
        ]
    write_rows(form, ("file_id", "state", "responses"), found)


@survey.command("take-back", short_help="Take back what a file brought.")
@click.argument("survey_id", metavar="SURVEY")
@click.argument("file_id", metavar="FILE_ID")
@place_options
@form_options
@pass_asked
def take_back(asked: Asked, *, survey_id: str, file_id: str, form: Form) -> None:
    """Remove the responses that a file brought to SURVEY, and their events from the log."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.results import bring_services

        gone = bring_services.take_back_now(workspace, survey_id, file_id, by=Actor.at_terminal())
    write_record(form, {"file_id": file_id, "responses": gone})


@survey.command(short_help="Say when a survey appears on pages of a site.")
@click.argument("survey_id", metavar="SURVEY")
@click.argument("token", metavar="TOKEN")
@click.option(
    "--origin", "origins", multiple=True, help="A site that may show it, such as https://shop.example."
)
@click.option(
    "--rules", metavar="JSON", help="When it appears: pages, trigger, event_name, delay_seconds, share, …"
)
@place_options
@form_options
@pass_asked
def widget(
    asked: Asked, *, survey_id: str, token: str, origins: tuple[str, ...], rules: str | None, form: Form
) -> None:
    """Print when the widget TOKEN of SURVEY appears; with options say it anew. What is not said stays."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.inviting.services import change_widget

        link = _link(workspace, survey_id, token)
        if origins or rules is not None:
            change_widget(
                workspace,
                token,
                origins=origins or link.origins,
                appears=dict(link.appears) if rules is None else _rules(rules),
                by=Actor.at_terminal(),
            )
            link = _link(workspace, survey_id, token)
    write_record(form, {"token": link.token, "origins": list(link.origins), "appears": dict(link.appears)})


@survey.command(short_help="Draw a link as a QR code.")
@click.argument("survey_id", metavar="SURVEY")
@click.argument("token", metavar="TOKEN")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--url", default="", metavar="URL", help="How the installation is called, where no setting says so."
)
@place_options
@pass_asked
def qr(asked: Asked, *, survey_id: str, token: str, file: Path, url: str) -> None:
    """Write the link TOKEN of SURVEY as a QR code to FILE: .svg to print at any size, or .png."""
    form = file.suffix.lower().removeprefix(".")
    with asked.open_workspace() as workspace:
        from safar.doors.web.inviting.codes import CODE_FORMS, qr_code
        from safar.doors.web.inviting.sending import address_of_link

        address = address_of_link(_link(workspace, survey_id, token))
        if form not in CODE_FORMS:
            raise click.BadParameter(f"{file.name} ends in neither .svg nor .png.")
        if not address.startswith("http") and not url:
            raise click.UsageError("The installation does not know its own address: say it with --url.")
        whole = address if address.startswith("http") else f"{url.rstrip('/')}{address}"
        file.write_bytes(qr_code(whole, form))
    say(f"Wrote {file}: {whole}")


def _tell(look: Any, waiting: Any, form: Form) -> None:
    rows = [
        (
            each.head,
            each.to,
            look.tried.answers.get(each.to.partition(".")[0]),
            " | ".join(look.examples.get(each.head, ())),
        )
        for each in waiting.plan.columns
    ]
    write_rows(form, ("head", "to", "answers", "examples"), rows)
    say(f"{look.tried.lines} lines were tried; a column may be: {', '.join(look.targets)}")
    for head, code, count, example in look.tried.problems:
        say(f"{count} × in {head!r}: {code}, such as {example!r}")


def _link(workspace: Workspace, survey_id: str, token: str) -> LinkFacts:
    from safar.doors.web.inviting.errors import UnknownLink
    from safar.doors.web.inviting.queries import links_of
    from safar.doors.web.surveys.queries import survey_of

    if survey_of(workspace, survey_id) is None:
        raise SurveyMissing(
            f"There is no survey {survey_id!r}.",
            hint="safar survey list shows the surveys.",
            survey_id=survey_id,
        )
    for each in links_of(workspace, survey_id):
        if each.token == token:
            return each
    raise UnknownLink("There is no such link here.", hint="safar survey links shows them.")


def _rules(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise click.BadParameter('--rules takes a JSON object, such as \'{"trigger": "exit"}\'.')
    return found
