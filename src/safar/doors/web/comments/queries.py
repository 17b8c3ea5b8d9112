"""What pages and programs read of comments."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Avg, Count, Exists, F, Max, Min, OuterRef, Q, QuerySet

from safar.doors.web.homes import current_home
from safar.listen.text.aspects import DEFAULT
from safar.listen.verbatims import Place, Verbatim, verbatims_at
from safar.store.registry import Workspace

from .facts import (
    After,
    CommentFacts,
    CommentsPage,
    CorrectionFacts,
    LabelQuality,
    Offered,
    Tally,
    TopicName,
    TopicTally,
)
from .filters import Filters, rows_of
from .keeping import unsigned
from .labels import is_read_twice
from .learning import judged
from .models import About, Asked, Book, Comment, Correction, Mention, Topic

__all__ = [
    "MOST_COUNTED",
    "CommentFacts",
    "CommentsPage",
    "CorrectionFacts",
    "Filters",
    "LabelQuality",
    "Offered",
    "Tally",
    "TopicName",
    "TopicTally",
    "any_unjudged",
    "comment_of",
    "comments_to_take_away",
    "corrections_of",
    "count_of",
    "label_quality",
    "labels_of_events",
    "offered",
    "page_of_comments",
    "read_at",
    "tallies_by_day",
    "tallies_by_topic",
    "tally_of",
    "topics_of",
]

#: Comments are counted one by one up to so many.
MOST_COUNTED: Final = 10_000
NEGATIVE, NEUTRAL, POSITIVE = -1, 0, 1


def page_of_comments(
    workspace: Workspace,
    filters: Filters,
    *,
    after: After | None = None,
    limit: int = 25,
    with_words: bool = True,
    fold_alike: bool = True,
) -> CommentsPage:
    """Return comments, newest first.

    Parameters
    ----------
    after
        Where the last one seen stands.
    with_words
        Whether the words as written, and whose they are, are read from the log.
    fold_alike
        Whether those that say the same are one, the newest of them.
    """
    wanted = rows_of(workspace, filters)
    rows = _newest_of_alike(wanted) if fold_alike and filters.same_as is None else wanted
    if after is not None:
        behind = Q(occurred_at__lt=after[0]) | Q(occurred_at=after[0], pk__lt=after[1])
        rows = rows.filter(behind, occurred_at__lte=after[0])  # the latter is what an index can use
    found = list(rows.select_related("asked").order_by("-occurred_at", "-pk")[: limit + 1])
    shown = found[:limit]
    following = (shown[-1].occurred_at, shown[-1].pk) if len(found) > limit else None
    alike = _alike(wanted, shown) if fold_alike else {}
    return CommentsPage(_facts(workspace, shown, alike, with_words=with_words), following)


def comment_of(workspace: Workspace, comment_id: int) -> CommentFacts | None:
    """Return one comment with its words; None where the workspace has none such."""
    rows = Comment.objects.filter(book__workspace_id=workspace.workspace_id)
    found = list(rows.filter(pk=comment_id).select_related("asked"))
    return next(iter(_facts(workspace, found, _alike(rows, found), with_words=True)), None)


def comments_to_take_away(workspace: Workspace, filters: Filters, most: int) -> Iterator[CommentFacts]:
    """Yield comments, newest first, page by page, each with its words."""
    after, left = None, most
    while left > 0:
        page = page_of_comments(
            workspace, filters, after=after, limit=min(500, left), fold_alike=False, with_words=False
        )
        yield from page.comments
        left -= len(page.comments)
        if page.next_after is None:
            return
        after = page.next_after


def count_of(workspace: Workspace, filters: Filters) -> int:
    """Return how many comments there are, counted up to `MOST_COUNTED` and one more."""
    return rows_of(workspace, filters).order_by()[: MOST_COUNTED + 1].count()


def tallies_by_day(workspace: Workspace, filters: Filters) -> dict[date, Tally]:
    """Return how many comments there were of each sentiment on each civil day that has any."""
    counted = rows_of(workspace, filters).order_by().values_list("on", "sentiment").annotate(n=Count("pk"))
    days: dict[date, dict[int, int]] = {}
    for day, sentiment, n in counted:
        days.setdefault(day, {})[sentiment] = n
    return {
        day: Tally(found.get(NEGATIVE, 0), found.get(NEUTRAL, 0), found.get(POSITIVE, 0))
        for day, found in sorted(days.items())
    }


def tally_of(workspace: Workspace, filters: Filters) -> Tally:
    """Return how many comments there are of each sentiment."""
    counted = dict(rows_of(workspace, filters).order_by().values_list("sentiment").annotate(n=Count("pk")))
    return Tally(counted.get(NEGATIVE, 0), counted.get(NEUTRAL, 0), counted.get(POSITIVE, 0))


def labels_of_events(workspace: Workspace, event_ids: Sequence[UUID]) -> dict[UUID, CommentFacts]:
    """Return the labels of the comments in some events, without their words; of those that have one."""
    rows = Comment.objects.filter(
        book__workspace_id=workspace.workspace_id, event_id__in=event_ids
    ).select_related("asked")
    found = _facts(workspace, list(rows), {}, with_words=False)
    return {each.event_id: each for each in found}


def tallies_by_topic(workspace: Workspace, filters: Filters) -> tuple[TopicTally, ...]:
    """Return how many comments are about each topic, the largest first; without those that are archived."""
    names = {each.pk: _name(each) for each in _topics(workspace).filter(is_archived=False)}
    about = About.objects.filter(topic__in=list(names))
    if filters.are_any:
        about = about.filter(comment__in=rows_of(workspace, filters))
    counts: dict[int, dict[int, tuple[int, int, float]]] = {}
    counted = (
        about.order_by()
        .values_list("topic", "comment__sentiment")
        .annotate(n=Count("pk"), answers=Count("comment__height"), mean=Avg("comment__height"))
    )
    for topic, sentiment, n, answers, mean in counted:
        counts.setdefault(topic, {})[sentiment] = (n, answers, mean or 0.0)
    found = []
    for topic, name in names.items():
        by_sentiment = counts.get(topic, {})
        answers = sum(each[1] for each in by_sentiment.values())
        total = sum(each[1] * each[2] for each in by_sentiment.values())
        tally = Tally(*(by_sentiment.get(each, (0, 0, 0.0))[0] for each in (NEGATIVE, NEUTRAL, POSITIVE)))
        found.append(TopicTally(name, tally, total / answers if answers else None, answers))
    return tuple(sorted(found, key=lambda each: (-each.tally.n, each.topic.key)))


def offered(workspace: Workspace) -> Offered:
    """Return what filters can choose from."""
    asked = list(Asked.objects.filter(book__workspace_id=workspace.workspace_id))
    rows = Comment.objects.filter(book__workspace_id=workspace.workspace_id)
    return Offered(
        questions=tuple(sorted({each.question_key for each in asked if each.question_key})),
        surveys=tuple(sorted({each.survey for each in asked if each.survey})),
        metrics=tuple(sorted({each.metric for each in asked if each.metric})),
        channels=(),
        has_messages=rows.filter(asked=None).exists(),
        topics=tuple(map(_name, _topics(workspace).filter(is_archived=False))),
        aspects=_aspects_spoken_of(workspace),
    )


def topics_of(workspace: Workspace) -> tuple[TopicName, ...]:
    """Return every topic of a workspace, those of the archive too: what is told of them needs their names."""
    return tuple(map(_name, _topics(workspace)))


def read_at(workspace: Workspace) -> datetime | None:
    """Return when the log was read for comments last; None before the first time."""
    return Book.objects.filter(workspace_id=workspace.workspace_id).values_list("read_at", flat=True).first()


def _newest_of_alike(rows: QuerySet[Comment]) -> QuerySet[Comment]:
    newer = rows.filter(same_as=OuterRef("same_as")).filter(
        Q(occurred_at__gt=OuterRef("occurred_at"))
        | Q(occurred_at=OuterRef("occurred_at"), pk__gt=OuterRef("pk"))
    )
    return rows.filter(~Exists(newer))


def _alike(rows: QuerySet[Comment], shown: Sequence[Comment]) -> dict[int, int]:
    """Return how many comments say the same as each of these, itself among them."""
    numbers = {each.same_as for each in shown}
    counted = rows.filter(same_as__in=numbers).order_by().values_list("same_as").annotate(n=Count("pk"))
    return dict(counted)


def _facts(
    workspace: Workspace, rows: Sequence[Comment], alike: Mapping[int, int], *, with_words: bool
) -> tuple[CommentFacts, ...]:
    if not rows:
        return ()
    log = current_home().log(workspace.workspace_id)
    book = Book.objects.only("reads_twice").get(workspace_id=workspace.workspace_id)
    places = [Place(row.event_id, unsigned(row.whose), row.occurred_at) for row in rows]
    said = verbatims_at(log, places) if with_words else {}
    topics: dict[int, list[TopicName]] = {}
    about = About.objects.filter(comment__in=rows, topic__is_archived=False).select_related(
        "topic", "comment"
    )
    for each in about.order_by("-score", "pk"):
        topics.setdefault(each.comment.pk, []).append(_name(each.topic))
    return tuple(_fact(row, said.get(row.event_id), topics.get(row.pk, []), alike, book=book) for row in rows)


def _fact(
    row: Comment,
    said: tuple[str, Verbatim] | None,
    topics: Sequence[TopicName],
    alike: Mapping[int, int],
    *,
    book: Book,
) -> CommentFacts:
    asked = row.asked
    return CommentFacts(
        comment_id=row.pk,
        event_id=row.event_id,
        text=row.text,
        verbatim=None if said is None else said[1],
        customer_id="" if said is None else said[0],
        occurred_at=row.occurred_at,
        channel=row.channel,
        value=row.value,
        band=row.band,
        question_key="" if asked is None else asked.question_key,
        survey="" if asked is None else asked.survey,
        metric="" if asked is None else asked.metric,
        is_message=asked is None,
        language=row.language,
        sentiment=row.sentiment,
        probability=row.probability,
        emotion=row.emotion,
        kind=row.kind,
        is_actionable=row.is_actionable,
        aspects=tuple((aspect, sentiment, tuple(words)) for aspect, sentiment, words in row.aspects),
        topics=tuple(topics),
        alike=max(0, alike.get(row.same_as, 1) - 1),
        same_as=row.same_as,
        said=frozenset(
            name
            for name, is_said in (
                ("sentiment", row.sentiment_is_said),
                ("kind", row.kind_is_said),
                ("topics", row.topics_are_said),
            )
            if is_said
        ),
        read_by="larger" if is_read_twice(book, row) else "small",
    )


def _topics(workspace: Workspace) -> QuerySet[Topic]:
    return Topic.objects.filter(book__workspace_id=workspace.workspace_id).order_by("pk")


def _aspects_spoken_of(workspace: Workspace) -> tuple[str, ...]:
    """Return the aspects that comments speak of, as the lists of words have them in order; one look an aspect."""
    rows = Mention.objects.filter(book__workspace_id=workspace.workspace_id)
    return tuple(each.aspect_id for each in DEFAULT.aspects if rows.filter(aspect=each.aspect_id).exists())


def _name(row: Topic) -> TopicName:
    return TopicName(row.public_id, row.key, row.names)


def corrections_of(workspace: Workspace, comment_id: int) -> tuple[CorrectionFacts, ...]:
    """Return the corrections of a comment that were not taken back, the last first."""
    rows = Correction.objects.filter(
        comment__book__workspace_id=workspace.workspace_id, comment=comment_id, undone_at=None
    )
    topics = {each.pk: _name(each) for each in _topics(workspace)}
    seen: set[str] = set()
    found = []
    for row in rows.exclude(before=F("after")).select_related("member").order_by("-pk"):
        by = "" if row.member is None else row.member.email
        is_last = row.field not in seen
        seen.add(row.field)
        found.append(CorrectionFacts(row.pk, row.field, row.before, row.after, topics, by, row.at, is_last))
    return tuple(found)


def label_quality(workspace: Workspace) -> LabelQuality:
    """Return how well the labels of a workspace are, by what its members said."""
    book = Book.objects.filter(workspace_id=workspace.workspace_id).first()
    return LabelQuality(() if book is None else judged(book), book is None or book.learns)


def any_unjudged(workspace: Workspace) -> int | None:
    """Return a comment at random that nobody has judged; None where there is none."""
    rows = Comment.objects.filter(book__workspace_id=workspace.workspace_id, sentiment_is_said=False)
    ends = rows.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return None
    at = secrets.randbelow(ends["last"] - ends["first"] + 1) + ends["first"]
    return int(rows.filter(pk__gte=at).order_by("pk").values_list("pk", flat=True)[0])
