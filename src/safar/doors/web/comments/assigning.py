"""Assigning comments to topics, discovering topics, finding comments that say nearly the same: in the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import transaction
from django.db.models import Min

from safar.listen.text.near_duplicates import groups
from safar.listen.text.topics import discover

from .keeping import WRITTEN_AT_ONCE, reading
from .labels import without_numbers
from .learning import labeller_of
from .models import About, Book, Comment, Topic
from .topic_services import keep_proposal

#: Topics are discovered in so many of the newest comments, each wording once.
DISCOVERED_IN: Final = 20_000
#: So many wordings are compared with each other.
_COMPARED: Final = 50_000

Told = Callable[[int, int | None], None]


def assign(workspace_id: str, told: Told) -> int:
    """Assign the comments that were told topics of an older edition; return how many. What members said stays."""
    done = 0
    total = _behind(workspace_id)
    while True:
        with reading(workspace_id):
            count = _assign_some(workspace_id)
        if not count:
            return done
        done += count
        told(done, max(total, done))


def _assign_some(workspace_id: str) -> int:
    book = Book.objects.get(workspace_id=workspace_id)
    rows = list(
        Comment.objects.filter(book=book, topics_edition__lt=book.topics_edition)
        .order_by("pk")
        .only("pk", "text", "topics_are_said")[:WRITTEN_AT_ONCE]
    )
    if not rows:
        return 0
    numbers = dict(Topic.objects.filter(book=book).values_list("key", "pk"))
    open_to_it = [row for row in rows if not row.topics_are_said]
    found = labeller_of(book).topics_of([row.text for row in open_to_it])
    with transaction.atomic():
        About.objects.filter(comment__in=[row.pk for row in open_to_it]).delete()
        About.objects.bulk_create(
            About(topic_id=numbers[key], comment=row, score=score)
            for row, topics in zip(open_to_it, found, strict=True)
            for key, score in topics
            if key in numbers
        )
        Comment.objects.filter(pk__in=[row.pk for row in rows]).update(topics_edition=book.topics_edition)
    return len(rows)


def _behind(workspace_id: str) -> int:
    edition = Book.objects.filter(workspace_id=workspace_id).values_list("topics_edition", flat=True).first()
    rows = Comment.objects.filter(book__workspace_id=workspace_id, topics_edition__lt=edition or 0)
    return int(rows.count())


def discover_for(workspace_id: str, proposal_id: str, told: Told) -> int:
    """Discover topics in the newest comments and keep them as a proposal; return how many topics.

    Raises
    ------
    TooFewTexts
    """
    rows = Comment.objects.filter(book__workspace_id=workspace_id)
    newest = list(
        rows.order_by("-occurred_at", "-pk").values_list("same_as", "text", "language", "sentiment")[
            : 2 * DISCOVERED_IN
        ]
    )
    # What hundreds wrote in the same words is one voice here: else it would be a topic by itself.
    once = list({same_as: (text, language) for same_as, text, language, _ in newest}.values())[:DISCOVERED_IN]
    told(0, len(once))
    found = discover([text for text, _ in once], [language for _, language in once])
    told(len(once), len(once))
    sizes: dict[str, list[int]] = {each.topic_id: [0, 0] for each in found.topics}
    for (_, _, _, sentiment), topics in zip(
        newest, found.assign([text for _, text, _, _ in newest]), strict=True
    ):
        for each in topics:
            sizes[each.topic_id][0] += 1
            sizes[each.topic_id][1] += int(sentiment < 0)
    keep_proposal(proposal_id, found, sizes, len(newest))
    return len(found.topics)


def join_alike(workspace_id: str) -> int:
    """Give comments that say nearly the same the same number; return how many wordings were joined to another."""
    rows = Comment.objects.filter(book__workspace_id=workspace_id)
    first = list(rows.order_by().values_list("same_as").annotate(pk=Min("pk")).order_by("-pk")[:_COMPARED])
    texts: dict[int, str] = {}
    for place in range(0, len(first), 500):
        numbers = [pk for _, pk in first[place : place + 500]]
        texts.update(rows.filter(pk__in=numbers).values_list("pk", "text"))
    wordings = [(same_as, texts[pk]) for same_as, pk in first if pk in texts]
    joined = 0
    for group in groups([without_numbers(text) for _, text in wordings]):
        numbers = [wordings[place][0] for place in group]
        rows.filter(same_as__in=numbers[:-1]).update(same_as=numbers[-1])  # the oldest wording names them
        joined += len(numbers) - 1
    return joined
