"""What pages and programs read of topics: their words, sizes, sentiment and scores, what was discovered anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count

from safar.doors.web.work.queries import WorkFacts, work_of
from safar.listen.text.topic_document import Topics
from safar.store.registry import Workspace

from .labels import topics_in
from .models import About, Book, Comment, Proposal, Topic
from .queries import Filters, Tally, TopicName, tallies_by_topic

#: So far back a topic's trend goes, from the newest comment.
TREND_DAYS: Final = 366


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """A topic of a workspace.

    Attributes
    ----------
    name
        How it is called.
    words
        What tells of it, the strongest first.
    is_archived
        Whether it was put away.
    tally
        Its comments by sentiment.
    mean_height
        Where the answers of those who mention it stand on their scales on average, 0 the worst … 1 the best; None
        without any.
    answers
        How many answers that is.
    """

    name: TopicName
    words: tuple[str, ...]
    is_archived: bool
    tally: Tally
    mean_height: float | None
    answers: int


@dataclass(frozen=True, slots=True)
class ProposedTopic:
    """A topic that was discovered: its name and words, how many comments it would have, how many of them negative."""

    key: str
    name: str
    words: tuple[str, ...]
    comments: int
    negative: int


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """What was discovered anew.

    Attributes
    ----------
    public_id
        For addresses.
    topics
        The largest first; none while it is being discovered.
    comments
        In so many newest comments.
    asked_at
        When.
    work
        What discovers; None once that is forgotten.
    is_ready
        Whether it can be looked at.
    """

    public_id: str
    topics: tuple[ProposedTopic, ...]
    comments: int
    asked_at: datetime
    work: WorkFacts | None
    is_ready: bool


def board(workspace: Workspace) -> tuple[TopicFacts, ...]:
    """Return the topics of a workspace, the largest first, those of the archive last."""
    book = Book.objects.filter(workspace_id=workspace.workspace_id).first()
    if book is None:
        return ()
    words = {each.topic_id: tuple(word.word for word in each.words) for each in topics_in(book).topics}
    found = [
        TopicFacts(
            each.topic, words.get(each.topic.key, ()), False, each.tally, each.mean_height, each.answers
        )
        for each in tallies_by_topic(workspace, Filters())
    ]
    archived = Topic.objects.filter(book=book, is_archived=True).order_by("pk")
    found += [
        TopicFacts(
            TopicName(row.public_id, row.key, row.names), words.get(row.key, ()), True, Tally(), None, 0
        )
        for row in archived
    ]
    return tuple(found)


def trends(workspace: Workspace) -> Mapping[str, Mapping[date, Tally]]:
    """Return the comments of each topic by civil day and sentiment, of the last `TREND_DAYS` days with comments."""
    rows = Comment.objects.filter(book__workspace_id=workspace.workspace_id)
    last = rows.order_by("-on").values_list("on", flat=True).first()
    if last is None:
        return {}
    about = About.objects.filter(
        comment__book__workspace_id=workspace.workspace_id,
        comment__on__gt=last - timedelta(days=TREND_DAYS),
        topic__is_archived=False,
    )
    counted = (
        about.order_by()
        .values_list("topic__public_id", "comment__on", "comment__sentiment")
        .annotate(n=Count("pk"))
    )
    found: dict[str, dict[date, Tally]] = {}
    for public_id, on, sentiment, n in counted:
        days = found.setdefault(public_id, {})
        days[on] = days.get(on, Tally()).with_those_of(
            Tally(n if sentiment < 0 else 0, n if not sentiment else 0, n if sentiment > 0 else 0)
        )
    return found


def proposal_of(workspace: Workspace, public_id: str = "") -> ProposalFacts | None:
    """Return what was discovered last, or a certain one; None without one."""
    rows = Proposal.objects.filter(book__workspace_id=workspace.workspace_id)
    row = (rows.filter(public_id=public_id) if public_id else rows.order_by("-pk")).first()
    if row is None:
        return None
    topics = Topics.from_json(row.topics).topics if row.topics else ()
    proposed = tuple(
        ProposedTopic(
            each.topic_id,
            each.name,
            tuple(word.word for word in each.words),
            *row.sizes.get(each.topic_id, (0, 0)),
        )
        for each in topics
    )
    work = work_of(row.work_id, workspace.workspace_id) if row.work_id else None
    return ProposalFacts(row.public_id, proposed, row.comments, row.asked_at, work, is_ready=bool(row.topics))
