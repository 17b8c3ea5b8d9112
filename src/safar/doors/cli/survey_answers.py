"""`safar survey results|responses|ask|links`: what a survey found, its responses, and how it is asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from .asked import Asked, pass_asked, place_options
from .kept_surveys import SurveyMissing
from .output import Form, form_options, say, write_record, write_rows
from .surveys import survey


@survey.command(short_help="Show what a survey found.")
@click.argument("survey_id", metavar="SURVEY")
@click.option("--language", default="", metavar="LANGUAGE", help="Only responses in this language.")
@click.option("--channel", default="", metavar="CHANNEL", help="Only responses by this channel.")
@click.option(
    "--without", multiple=True, metavar="MARK", help="Leave responses with this mark out: speeder, …"
)
@place_options
@form_options
@pass_asked
def results(
    asked: Asked, *, survey_id: str, language: str, channel: str, without: tuple[str, ...], form: Form
) -> None:
    """Print each choice, mean and score of SURVEY with its interval: a line each."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.results.queries import Wanted, results as found_of  # noqa: I001

        wanted = Wanted(language=language, channel=channel, without=tuple(sorted(without)))
        found = found_of(workspace, survey_id, wanted)
    if found is None:
        raise _missing(survey_id)
    write_rows(form, ("question", "row", "choice", "n", "value", "low", "high"), list(_lines(found.found)))


@survey.command(short_help="Print the responses of a survey as CSV, or write them to a file.")
@click.argument("survey_id", metavar="SURVEY")
@click.option(
    "--to",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead: .csv, .xlsx or .sav, SPSS with labels.",
)
@click.option("--words", is_flag=True, help="Choices as they read, instead of their ids.")
@click.option("--language", default="en", metavar="LANGUAGE", help="Of questions and choices, with --words.")
@place_options
@pass_asked
def responses(asked: Asked, *, survey_id: str, file: Path | None, words: bool, language: str) -> None:
    """Print a line for every complete response of SURVEY, oldest first, as CSV that spreadsheets open; or write them to
    a file.

    A survey that shows single responses to nobody shows none here.
    """
    with asked.open_workspace() as workspace:
        from safar.doors.web.results.files import csv_of

        if file is not None and file.suffix.lower() != ".csv":
            _write_file(workspace, survey_id, file, words=words, language=language)
            return
        lines = csv_of(workspace, survey_id, language, in_words=words)
        if lines is None:
            raise _missing(survey_id)
        if file is not None:
            with file.open("wb") as written:
                written.writelines(lines)
            say(f"Wrote {file}.")
            return
        for line in lines:
            sys.stdout.buffer.write(line)
        sys.stdout.flush()


@survey.command(short_help="List the links of a survey, or make one.")
@click.argument("survey_id", metavar="SURVEY")
@click.option(
    "--new", "kind", type=click.Choice(("open", "widget", "kiosk", "test")), help="Make a link of this kind."
)
@click.option("--name", default="", help="What the new link is called.")
@place_options
@form_options
@pass_asked
def links(asked: Asked, *, survey_id: str, kind: str | None, name: str, form: Form) -> None:
    """List the links of SURVEY, or make one and print it."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.inviting.queries import links_of
        from safar.doors.web.inviting.sending import address_of_link
        from safar.doors.web.inviting.services import make_link
        from safar.doors.web.surveys.queries import survey_of

        if survey_of(workspace, survey_id) is None:
            raise _missing(survey_id)
        if kind is not None:
            channel = "kiosk" if kind == "kiosk" else "web"
            made = make_link(workspace, survey_id, kind, by=Actor.at_terminal(), name=name, channel=channel)
            write_record(form, {"token": made.token, "kind": kind, "address": address_of_link(made)})
            return
        found = [
            (each.token, each.kind, each.name, address_of_link(each), each.why or "open")
            for each in links_of(workspace, survey_id)
        ]
    write_rows(form, ("token", "kind", "name", "address", "state"), found)


@survey.command(short_help="Invite customers to a survey.")
@click.argument("survey_id", metavar="SURVEY")
@click.argument("customers", nargs=-1, required=True, metavar="CUSTOMER…")
@click.option(
    "--channel", type=click.Choice(("email", "sms")), help="Mail where the installation has a server."
)
@click.option("--name", default="", help="What the round is called.")
@click.option("--look", "only_looks", is_flag=True, help="Only say who would be asked, or why not.")
@place_options
@form_options
@pass_asked
def ask(
    asked: Asked,
    *,
    survey_id: str,
    customers: tuple[str, ...],
    channel: str | None,
    name: str,
    only_looks: bool,
    form: Form,
) -> None:
    """Invite customers to SURVEY within the budget of contacts; print who is asked, or why not.

    Mails go out while `safar serve` runs; personal links of texts are taken away as a file on the round's page.
    """
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.inviting.queries import invitations_of
        from safar.doors.web.inviting.services import foreseen_of, invite, usual_channel
        from safar.doors.web.surveys.queries import survey_of

        if only_looks:
            if survey_of(workspace, survey_id) is None:
                raise _missing(survey_id)
            seen = foreseen_of(workspace, survey_id, customers, channel or usual_channel())
            write_rows(
                form, ("customer_id", "status"), [(each, str(why)) for each, why in seen.verdicts.items()]
            )
            return
        round_id = invite(
            workspace, survey_id, *customers, by=Actor.at_terminal(), channel=channel or "", name=name
        )
        found, _more = invitations_of(workspace, round_id, limit=len(customers))
    write_rows(form, ("customer_id", "status"), [(each.customer_id, each.status) for each in found])


def _write_file(workspace: Any, survey_id: str, file: Path, *, words: bool, language: str) -> None:
    """Write the responses as a workbook or for SPSS."""
    from safar.doors.web.answering.places import check_shows_single
    from safar.doors.web.results.files import FileAsked, answers_file
    from safar.doors.web.results.queries import Wanted
    from safar.doors.web.surveys.queries import published
    from safar.show.locale import LANGUAGES, Locale
    from safar.vocabulary.time_names import Language

    form, newest = file.suffix.lower().removeprefix("."), published(workspace, survey_id)
    if newest is None:
        raise _missing(survey_id)
    if form not in {"xlsx", "sav"}:
        raise click.BadParameter(f"{file.name} ends in neither .csv, .xlsx nor .sav.")
    check_shows_single(workspace, survey_id)
    spoken: Language = next((each for each in LANGUAGES if each == language), "en")
    locale = Locale(spoken, time_zone=workspace.time_zone)
    asked = FileAsked(form, Wanted(), words, locale.direction)
    made = answers_file(workspace, survey_id, newest.survey, asked, locale)
    with file.open("wb") as written:
        written.writelines(made)
    say(f"Wrote {file}.")


def _lines(tally: Any) -> Iterator[tuple[object, ...]]:
    for question in tally.questions:
        key = question.question.question_key
        for each in question.counts:
            part = each.estimate
            shown = (
                (None, None, None) if part is None else (part.value, part.interval.low, part.interval.high)
            )
            yield key, each.row, each.choice, each.count, *shown
        for each in question.means:
            mean = each.estimate
            shown = (
                (None, None, None) if mean is None else (mean.value, mean.interval.low, mean.interval.high)
            )
            yield key, each.row, "mean", each.n, *shown


def _missing(survey_id: str) -> SurveyMissing:
    return SurveyMissing(
        f"There is no published survey {survey_id!r}.",
        hint="safar survey list shows the surveys.",
        survey_id=survey_id,
    )
