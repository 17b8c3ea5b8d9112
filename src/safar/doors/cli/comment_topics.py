"""`safar comments aspects`, and verbs that change: topics are found, made, named, changed; labels are corrected."""

from __future__ import annotations

from typing import Any

import click

from .asked import Asked, pass_asked, place_options
from .comments import SENTIMENTS, comments, filter_options, filters_of
from .output import Form, form_options, say, write_record, write_rows


@comments.command(short_help="Count what comments speak of.")
@filter_options
@click.option(
    "--days", type=click.IntRange(1, 3_660), default=90, show_default=True, help="To the newest comment."
)
@place_options
@form_options
@pass_asked
def aspects(asked: Asked, /, *, days: int, form: Form, **filters: Any) -> None:
    """Count the aspects that comments speak of, how they feel about each, and what changed since the days before.

    --since and --until are not looked at.
    """
    with asked.open_workspace() as workspace:
        from safar.doors.web.comments.aspect_queries import aspect_board

        board = aspect_board(workspace, filters_of(filters), days)
    rows = []
    for each in board.aspects:
        share, change = each.now.negative_share, each.change
        rows.append(
            (
                each.aspect,
                each.now.n,
                each.now.negative,
                None if share is None else share.value,
                None if share is None else share.interval.low,
                None if share is None else share.interval.high,
                None if change is None else change.value,
                each.is_clear,
            )
        )
    write_rows(
        form, ("aspect", "comments", "negative", "negative_share", "low", "high", "change", "is_clear"), rows
    )
    say(f"{board.comments} comments from {board.since} to {board.until}.")


@comments.command(short_help="Discover topics anew.")
@place_options
@form_options
@pass_asked
def discover(asked: Asked, *, form: Form) -> None:
    """Discover topics in the newest comments and print them; nothing is replaced before `safar comments take`."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.comments.topic_queries import proposal_of
        from safar.doors.web.comments.topic_services import discover_now

        proposal_id = discover_now(workspace, by=Actor.at_terminal())
        found = proposal_of(workspace, proposal_id)
    topics = () if found is None else found.topics
    write_rows(
        form,
        ("key", "name", "comments", "negative", "words"),
        [(each.key, each.name, each.comments, each.negative, " ".join(each.words[:8])) for each in topics],
    )


@comments.command(short_help="Take over topics that were discovered.")
@click.argument("keys", nargs=-1, metavar="[KEY]…")
@click.option("--replace", "replaces", is_flag=True, help="Put today's topics into the archive.")
@place_options
@form_options
@pass_asked
def take(asked: Asked, *, keys: tuple[str, ...], replaces: bool, form: Form) -> None:
    """Take over what was discovered last: the topics of these KEYs, or all. Comments are assigned while serving."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.comments.errors import TopicNotHere
        from safar.doors.web.comments.topic_queries import proposal_of
        from safar.doors.web.comments.topic_services import take as take_over

        found = proposal_of(workspace)
        if found is None or not found.is_ready:
            raise TopicNotHere("Nothing was discovered.", hint="safar comments discover does so.")
        wanted = keys or tuple(each.key for each in found.topics)
        taken = take_over(workspace, found.public_id, wanted, replaces=replaces, by=Actor.at_terminal())
    write_record(form, {"taken": taken})


def name_options(command: Any) -> Any:
    """Give a command the options that name a topic."""
    for option in (
        click.option("--en", help="In English."),
        click.option("--ar", help="In Arabic."),
        click.option("--fa", help="What it is called in Persian."),
    ):
        command = option(command)
    return command


@comments.command("new-topic", short_help="Add a topic by hand.")
@click.argument("words", nargs=-1, required=True, metavar="WORD…")
@name_options
@place_options
@form_options
@pass_asked
def new_topic(asked: Asked, /, *, words: tuple[str, ...], form: Form, **given: str | None) -> None:
    """Add a topic that WORDs tell of, in any language; pack* stands for any ending. Comments are assigned while
    serving.
    """
    names = _names(given)
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.comments.topic_services import add

        topic_id = add(workspace, names, words, by=Actor.at_terminal())
    write_record(form, {"topic_id": topic_id, **names})


@comments.command("name-topic", short_help="Name a topic in each language.")
@click.argument("topic_id")
@name_options
@place_options
@form_options
@pass_asked
def name_topic(asked: Asked, /, *, topic_id: str, form: Form, **given: str | None) -> None:
    """Name the topic TOPIC_ID of `safar comments topics`. Names that are left out stay; "" takes one away."""
    names = _names(given)
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.comments.topic_queries import board
        from safar.doors.web.comments.topic_services import rename

        rename(workspace, topic_id, names, by=Actor.at_terminal())
        found = next(each.name for each in board(workspace) if each.name.public_id == topic_id)
    write_record(form, {"topic_id": topic_id, **found.names})


@comments.command("change-topic", short_help="Change the words of a topic, put it away.")
@click.argument("topic_id")
@click.option("--add", "added", multiple=True, metavar="WORD", help="A word that tells of it. Repeatable.")
@click.option("--remove", "removed", multiple=True, metavar="WORD", help="A word less. Repeatable.")
@click.option(
    "--into", "merged", multiple=True, metavar="TOPIC_ID", help="Take in another topic. Repeatable."
)
@click.option("--archive", "is_archived", flag_value=True, default=None, type=bool, help="Put it away.")
@click.option("--restore", "is_archived", flag_value=False, type=bool, help="Bring it back.")
@place_options
@form_options
@pass_asked
def change_topic(
    asked: Asked,
    *,
    topic_id: str,
    added: tuple[str, ...],
    removed: tuple[str, ...],
    merged: tuple[str, ...],
    is_archived: bool | None,
    form: Form,
) -> None:
    """Change the topic TOPIC_ID. Comments are assigned anew while serving."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.comments import topic_services as topics
        from safar.doors.web.comments.topic_queries import board

        by = Actor.at_terminal()
        if merged:
            topics.merge(workspace, (topic_id, *merged), by=by)
        if added:
            topics.with_words(workspace, topic_id, added, by=by)
        if removed:
            topics.without_words(workspace, topic_id, removed, by=by)
        if is_archived is not None:
            (topics.archive if is_archived else topics.restore)(workspace, topic_id, by=by)
        found = next((each for each in board(workspace) if each.name.public_id == topic_id), None)
    if found is None:
        raise click.UsageError(f"There is no topic {topic_id}: `safar comments topics` lists them.")
    write_record(
        form,
        {"topic_id": topic_id, "words": list(found.words), "is_archived": found.is_archived},
    )


@comments.command("split-topic", short_help="Make two topics of one.")
@click.argument("topic_id")
@click.argument("words", nargs=-1, required=True, metavar="WORD…")
@name_options
@place_options
@form_options
@pass_asked
def split_topic(
    asked: Asked, /, *, topic_id: str, words: tuple[str, ...], form: Form, **given: str | None
) -> None:
    """Give WORDs of the topic TOPIC_ID to a topic of their own; some must stay. Comments are assigned while serving."""
    names = _names(given)
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.comments.topic_services import split

        made = split(workspace, topic_id, words, names, by=Actor.at_terminal())
    write_record(form, {"topic_id": made, **names})


@comments.command(short_help="Say what a comment says.")
@click.argument("comment_id", type=int)
@click.option("--sentiment", type=click.Choice(list(SENTIMENTS)), default=None)
@click.option("--kind", type=click.Choice(["complaint", "request", "praise", "other"]), default=None)
@click.option("--topic", "topics", multiple=True, metavar="TOPIC_ID", help="All its topics. Repeatable.")
@click.option("--no-topic", is_flag=True, help="It is about no topic.")
@place_options
@form_options
@pass_asked
def correct(
    asked: Asked,
    *,
    comment_id: int,
    sentiment: str | None,
    kind: str | None,
    topics: tuple[str, ...],
    no_topic: bool,
    form: Form,
) -> None:
    """Correct or confirm the labels of COMMENT_ID of `safar comments list`: it is learned from, and measured."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.comments.services import correct as say_it

        made = say_it(
            workspace,
            comment_id,
            by=Actor.at_terminal(),
            sentiment=None if sentiment is None else SENTIMENTS[sentiment],
            kind=kind,
            topics=topics if topics or no_topic else None,
        )
    write_record(form, {"comment_id": comment_id, "corrected": len(made)})


def _names(given: dict[str, str | None]) -> dict[str, str]:
    names = {language: text for language, text in given.items() if text is not None}
    if not names:
        raise click.UsageError("Say a name: --fa, --ar or --en.")
    return names
