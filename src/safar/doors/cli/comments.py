"""`safar comments`: what customers wrote, with its labels."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from .asked import Asked, pass_asked, place_options
from .output import Form, form_options, write_record, write_rows

if TYPE_CHECKING:
    from safar.doors.web.comments.queries import Filters

SENTIMENTS = {"negative": -1, "neutral": 0, "positive": 1}
_NAMES = {number: name for name, number in SENTIMENTS.items()}
_COLUMNS = (
    "comment_id",
    "occurred_at",
    "text",
    "language",
    "sentiment",
    "probability",
    "read_by",
    "emotion",
    "kind",
    "is_actionable",
    "topics",
    "survey",
    "question_key",
    "value",
    "channel",
    "event_id",
)
_MOST = 1_000_000


@click.group(short_help="What customers wrote, with its labels.")
@place_options
def comments() -> None:
    """Comments of a workspace: what customers wrote in answers and messages, labelled, personal data taken out."""


def filter_options(command: Any) -> Any:
    """Give a command the options that say which comments."""
    for option in reversed(
        (
            click.option("--search", default="", help="Words that all stand in a comment."),
            click.option("--language", type=click.Choice(["fa", "ar", "en", "mixed", "und"]), default=None),
            click.option("--sentiment", type=click.Choice(list(SENTIMENTS)), default=None),
            click.option(
                "--kind", type=click.Choice(["complaint", "request", "praise", "other"]), default=None
            ),
            click.option("--topic", default="", help="A topic's id."),
            click.option("--aspect", default="", help="What it speaks of, such as delivery."),
            click.option(
                "--feels", type=click.Choice(list(SENTIMENTS)), default=None, help="About that aspect."
            ),
            click.option("--question", default="", help="A question key; - for messages to support."),
            click.option("--survey", default="", help="A survey's name."),
            click.option("--since", type=click.DateTime(["%Y-%m-%d"]), default=None, help="First day."),
            click.option("--until", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Last day."),
        )
    ):
        command = option(command)
    return command


@comments.command("list", short_help="List the newest comments.")
@filter_options
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@place_options
@form_options
@pass_asked
def list_(asked: Asked, /, *, limit: int, form: Form, **filters: Any) -> None:
    """List the newest comments of the workspace with their labels."""
    write_rows(form, _COLUMNS, _rows(asked, filters, limit))


@comments.command(short_help="Write all comments, as CSV or JSON.")
@filter_options
@place_options
@form_options
@pass_asked
def export(asked: Asked, /, *, form: Form, **filters: Any) -> None:
    """Write every comment that fits, newest first, on standard output: at most a million."""
    write_rows(form, _COLUMNS, _rows(asked, filters, _MOST, is_taken_away=True))


@comments.command("topics", short_help="List the topics.")
@place_options
@form_options
@pass_asked
def topics(asked: Asked, *, form: Form) -> None:
    """List the topics of the workspace, the largest first, with how their comments sound."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.comments.topic_queries import board

        found = board(workspace)
    names = ("topic_id", "name", "comments", "negative", "mean_height", "is_archived", "words")
    write_rows(
        form,
        names,
        [
            [
                each.name.public_id,
                " / ".join(name for _language, name in sorted(each.name.names.items())) or each.name.key,
                each.tally.n,
                each.tally.negative,
                each.mean_height,
                each.is_archived,
                " ".join(each.words[:8]),
            ]
            for each in found
        ],
    )


@comments.command("catch-up", short_help="Read and label what is new.")
@place_options
@form_options
@pass_asked
def catch_up(asked: Asked, *, form: Form) -> None:
    """Label what customers wrote since the last look; a serving process does so each minute."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.comments.services import catch_up as read_on

        found = read_on(workspace)
    write_record(form, {"added": found.added, "labelled_anew": found.labelled_anew, "removed": found.removed})


@comments.command("second-reading", short_help="Have the larger model read comments too.")
@click.option("--on/--off", "is_on", default=None, help="Switch it; left out, it is only told.")
@place_options
@form_options
@pass_asked
def second_reading(asked: Asked, /, *, is_on: bool | None, form: Form) -> None:
    """Tell how far the larger model is with its second reading of comments, or switch that on or off."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.comments.rereading import second_reading as told
        from safar.doors.web.comments.rereading import switch_second_reading

        if is_on is not None:
            switch_second_reading(workspace, is_on=is_on, by=Actor.at_terminal())
        found = told(workspace)
    write_record(form, asdict(found))


def _rows(
    asked: Asked, given: dict[str, Any], limit: int, *, is_taken_away: bool = False
) -> list[list[object]]:
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.comments.queries import comments_to_take_away
        from safar.doors.web.comments.services import note_export

        filters = filters_of(given)
        rows = [_row(each, workspace.language) for each in comments_to_take_away(workspace, filters, limit)]
        if is_taken_away:
            note_export(workspace, "cli", "", by=Actor.at_terminal())
    return rows


def filters_of(given: dict[str, Any]) -> Filters:
    """Return which comments the options of `filter_options` ask for; Django must be configured."""
    from safar.doors.web.comments.queries import Filters

    return Filters(
        text=given["search"],
        language=given["language"] or "",
        sentiment=SENTIMENTS.get(given["sentiment"] or ""),
        kind=given["kind"] or "",
        topic=given["topic"],
        aspect=given["aspect"],
        feels=SENTIMENTS.get(given["feels"] or ""),
        asked=given["question"],
        survey=given["survey"],
        since=_day(given["since"]),
        until=_day(given["until"]),
    )


def _row(facts: Any, language: str) -> list[object]:
    values = {
        "sentiment": _NAMES[facts.sentiment],
        "topics": ", ".join(each.said(language) for each in facts.topics),
        "event_id": str(facts.event_id),
    }
    return [values.get(name, getattr(facts, name, None)) for name in _COLUMNS]


def _day(instant: datetime | None) -> Any:
    return None if instant is None else instant.date()
