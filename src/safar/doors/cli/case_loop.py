"""`safar case causes|thank|tell|tellings|working-time`: what is behind cases, telling customers, when people work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click

from .asked import Asked, pass_asked, place_options
from .cases import case
from .output import Form, form_options, say, write_record, write_rows

_LANGUAGES: Final = ("fa", "ar", "en")
_WEEKENDS: Final = ("thursday-friday", "friday", "friday-saturday", "saturday-sunday", "none")


def _texts(_ctx: click.Context, _parameter: click.Parameter, said: tuple[str, ...]) -> dict[str, str]:
    texts = {}
    for each in said:
        language, sign, text = each.partition("=")
        if not sign or language not in _LANGUAGES:
            raise click.BadParameter(f"{each!r} is no LANGUAGE=TEXT; languages are {', '.join(_LANGUAGES)}.")
        texts[language] = text
    return texts


@case.command(short_help="List the root causes, or name one.")
@click.option("--name", "names", multiple=True, metavar="LANGUAGE=TEXT", callback=_texts, help="Name one.")
@click.option("--id", "cause_id", default="", help="The one that is named anew, or put away.")
@click.option("--archive/--offer", "archived", default=None, help="Offer it no more, or again.")
@place_options
@form_options
@pass_asked
def causes(
    asked: Asked, *, names: Mapping[str, str], cause_id: str, archived: bool | None, form: Form
) -> None:
    """List what may be behind cases; with --name put something on the list, or call the one of --id something else."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.cases.queries import causes_of
        from safar.doors.web.cases.services import archive_cause, name_cause

        by = Actor.at_terminal()
        if names:
            cause_id = name_cause(workspace, names, public_id=cause_id, by=by)
        if archived is not None:
            archive_cause(workspace, cause_id, is_archived=archived, by=by)
        found = causes_of(workspace, archived=None)
    write_rows(
        form,
        ("cause_id", "name", "cases", "is_archived"),
        [(each.public_id, " / ".join(each.names.values()), each.cases, each.is_archived) for each in found],
    )


@case.command(short_help="Thank the customer of a case by mail.")
@click.argument("case_id")
@click.option(
    "--text", default="", help="What is said, in the customer's language; the usual words when left out."
)
@place_options
@form_options
@pass_asked
def thank(asked: Asked, case_id: str, *, text: str, form: Form) -> None:
    """Thank the customer of the case CASE_ID by mail: once while it is open, once when it is closed.

    What became of it is said: `waiting` until `safar serve` has sent it, else why he is not mailed.
    """
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.cases import thanking

        status = thanking.thank(workspace, case_id, text, by=Actor.at_terminal())
    write_record(form, {"case_id": case_id, "status": str(status)})


@case.command(short_help="Tell customers what was done.")
@click.argument("title")
@click.option(
    "--text",
    "texts",
    multiple=True,
    metavar="LANGUAGE=TEXT",
    callback=_texts,
    help="What it says; repeatable.",
)
@click.option("--cause", default="", help="Only whose cases had this root cause.")
@click.option("--topic", default="", help="Only whose cases are about this topic.")
@click.option("--step", default="", help="Only whose cases belong to this step.")
@click.option(
    "--days", type=click.IntRange(1, 3_660), default=90, show_default=True, help="Cases of so many days."
)
@click.option("--count", "only_counts", is_flag=True, help="Only say how many it is for.")
@place_options
@form_options
@pass_asked
def tell(
    asked: Asked, /, *, title: str, texts: Mapping[str, str], only_counts: bool, form: Form, **about: Any
) -> None:
    """Tell customers whose cases are closed what was done about what they said ("you said, we did").

    It goes into their timelines. Mails go out while `safar serve` runs, where it can mail; else `safar case tellings
    ID` is the list for another channel.
    """
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.cases import tellings as messages

        audience = messages.Audience(about["cause"], about["topic"], about["step"], about["days"])
        found = messages.audience_of(workspace, audience)
        if only_counts:
            counts = messages.languages_of(found, workspace) + messages.unreached(workspace, found)
            write_record(form, {"customers": len(found), **counts})
            return
        made = messages.tell(workspace, title, texts, audience, by=Actor.at_terminal())
    write_record(form, {"telling_id": made, "customers": len(found)})


@case.command(short_help="List what customers were told.")
@click.argument("telling_id", required=False)
@place_options
@form_options
@pass_asked
def tellings(asked: Asked, *, telling_id: str | None, form: Form) -> None:
    """List the messages, the newest first; with TELLING_ID the customers of one, each with the text for him."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.cases import tellings as messages
        from safar.doors.web.cases.errors import UnknownTelling

        if telling_id is None:
            found = messages.tellings_of(workspace)
            rows: list[tuple[object, ...]] = [
                (each.public_id, each.title, each.count, each.made_at, each.made_by) for each in found
            ]
            write_rows(form, ("telling_id", "title", "customers", "made_at", "made_by"), rows)
            return
        if messages.telling_of(workspace, telling_id) is None:
            raise UnknownTelling(
                f"There is no message {telling_id!r}.", hint="safar case tellings lists them."
            )
        told, _more = messages.told_page(workspace, telling_id, limit=messages.MOST_TOLD)
    write_rows(form, ("customer_id", "language", "text", "mail"), told)


@case.command("working-time", short_help="Show or say when people are at work.")
@click.option("--weekend", type=click.Choice(_WEEKENDS), help="The same hours on all days but these.")
@click.option("--hours", metavar="FROM-TO", help="Of working days, such as 09:00-17:00; with --weekend.")
@click.option(
    "--holidays", "country", type=click.Choice(("IR", "SA", "AE")), help="Add the holidays of a country."
)
@place_options
@form_options
@pass_asked
def working_time(
    asked: Asked, *, weekend: str | None, hours: str | None, country: str | None, form: Form
) -> None:
    """Show the working hours and days off of the workspace; with options say them anew.

    Cases that are open stay due as they are.
    """
    from safar.vocabulary.calendar import WEEKDAYS
    from safar.vocabulary.holidays import HOLIDAYS
    from safar.vocabulary.working_time import WorkingTime, time_of

    if (weekend is None) != (hours is None):
        raise click.UsageError("Give --weekend and --hours together.")
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.cases.services import keep_working_time
        from safar.doors.web.cases.working import working_time_of

        now = working_time_of(workspace)
        if weekend is not None and hours is not None:
            begins, _sign, ends = hours.partition("-")
            said = WorkingTime.usual(begins, ends, weekend=weekend, time_zone=workspace.time_zone)
            keep_working_time(workspace, said.hours, now.holidays, by=Actor.at_terminal())
        if country is not None:
            now = working_time_of(workspace)
            fresh = [each for each in HOLIDAYS[country] if each not in now.holidays]
            keep_working_time(workspace, now.hours, [*now.holidays, *fresh], by=Actor.at_terminal())
        now = working_time_of(workspace)
    rows: list[tuple[str, str]] = [
        (day, ", ".join(f"{time_of(begins)}-{time_of(ends)}" for begins, ends in spans) or "closed")
        for day, spans in zip(WEEKDAYS, now.hours, strict=True)
    ]
    rows += [
        (
            f"{each.calendar} {'' if each.year is None else f'{each.year}-'}{each.month:02}-{each.day:02}",
            each.key,
        )
        for each in now.holidays
    ]
    write_rows(form, ("day", "hours"), rows)
    say(f"Time zone: {workspace.time_zone}.")
