"""What a workspace's corrections teach: a classifier for each label, measured, used where it is clearly better."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Max
from django.utils import timezone

from safar.listen.text.custom_labels import CustomLabels, train
from safar.vocabulary.interval import Estimate, share

from .labels import KINDS, LABELLED_BY, LARGER_EDITION, Labeller
from .models import Book, Correction, Learned, Topic

#: Below so many of them nothing is trained, and nothing is said of how well labels are.
FEWEST: Final = 20
_TOPIC: Final = "topic:"


@dataclass(frozen=True, slots=True)
class Lesson:
    """What members said of one label, comment by comment, the oldest first.

    Attributes
    ----------
    field
        ``sentiment``, ``kind``, or ``topic:`` with the key of a topic.
    texts, languages, said, by_rule
        Of each comment: its words without personal data, its language, what a member said, what the machine had said.
    """

    field: str
    texts: tuple[str, ...]
    languages: tuple[str, ...]
    said: tuple[str, ...]
    by_rule: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """How well the labels of one field are.

    Attributes
    ----------
    field
        As of `Lesson`.
    n
        Comments that members judged.
    by_rule
        Share of them that the shipped model, or the words of the topic, had right; None without any.
    learned
        Share that what was learned gets right without having seen them; None before it is trained.
    takes_over
        Whether what was learned is used.
    missing
        How many more of each label members must judge before anything is trained.
    by_language
        For each language the share that the machine had right.
    confusion
        For each language, how often which label of the machine's (first) was which one of the members' (second).
    """

    field: str
    n: int
    by_rule: Estimate | None
    learned: Estimate | None
    takes_over: bool
    missing: Mapping[str, int]
    by_language: Mapping[str, Estimate]
    confusion: Mapping[str, Mapping[tuple[str, str], int]]


def labeller_of(book: Book) -> Labeller:
    """Return who labels the comments of a workspace."""
    if book.pk is None or not book.learns:
        return Labeller(book)
    rows = Learned.objects.filter(book=book, takes_over=True)
    return Labeller(book, {row.field: CustomLabels.from_bytes(bytes(row.content)) for row in rows})


def labelled_by(book: Book) -> str:
    """Return a text that names what labels the sentiments and kinds of a workspace."""
    model = f"{LABELLED_BY}.larger-{LARGER_EDITION}" if book.reads_twice else LABELLED_BY
    if not book.learns:
        return model
    rows = Learned.objects.filter(book=book, takes_over=True, field__in=("sentiment", "kind")).order_by(
        "field"
    )
    digest = hashlib.blake2b(b"".join(bytes(row.content) for row in rows), digest_size=8)
    return f"{model}.{digest.hexdigest()}" if rows else model


def lessons(book: Book) -> Iterator[Lesson]:
    """Yield what members said of each label, the last word of each comment."""
    rows = Correction.objects.filter(comment__book=book, undone_at=None).order_by("pk")
    last: dict[tuple[str, int], Correction] = {}
    for row in rows.select_related("comment"):
        key = row.field, row.comment.pk
        last.pop(key, None)
        last[key] = row
    for field in ("sentiment", "kind"):
        own = [row for (of, _), row in last.items() if of == field]
        yield _lesson(field, own, [str(row.after) for row in own], [str(row.by_rule) for row in own])
    about = [row for (of, _), row in last.items() if of == "topics"]
    for topic in Topic.objects.filter(book=book, is_archived=False).order_by("pk"):
        said, by_rule = (
            ["yes" if topic.pk in getattr(row, name) else "no" for row in about]
            for name in ("after", "by_rule")
        )
        yield _lesson(f"{_TOPIC}{topic.key}", about, said, by_rule)


def _lesson(field: str, rows: Sequence[Correction], said: Sequence[str], by_rule: Sequence[str]) -> Lesson:
    return Lesson(
        field,
        tuple(row.comment.text for row in rows),
        tuple(row.comment.language for row in rows),
        tuple(said),
        tuple(by_rule),
    )


def is_due(book: Book) -> bool:
    """Whether members have said something since it was learned from."""
    newest = Correction.objects.filter(comment__book=book).aggregate(at=Max("at"), undone=Max("undone_at"))
    said_at = max(filter(None, newest.values()), default=None)
    learned_at = Learned.objects.filter(book=book).aggregate(at=Max("made_at"))["at"]
    return said_at is not None and (learned_at is None or learned_at < said_at)


def learn(book: Book) -> int:
    """Learn from what members said; return in how many fields what was learned takes over."""
    taking = 0
    there = []
    for lesson in lessons(book):
        there.append(lesson.field)
        found = train(lesson.texts, lesson.said, lesson.by_rule, fewest=FEWEST)
        Learned.objects.update_or_create(
            book=book,
            field=lesson.field,
            defaults={
                "content": found.as_bytes(),
                "corrections": len(lesson.said),
                "takes_over": found.takes_over,
                "made_at": timezone.now(),
            },
        )
        taking += int(found.takes_over)
    Learned.objects.filter(book=book).exclude(field__in=there).delete()
    return taking


def judged(book: Book) -> tuple[Judged, ...]:
    """Return how well the labels of a workspace are, by what its members said."""
    learned = {
        row.field: CustomLabels.from_bytes(bytes(row.content)) for row in Learned.objects.filter(book=book)
    }
    return tuple(_judged(lesson, learned.get(lesson.field)) for lesson in lessons(book))


def _judged(lesson: Lesson, learned: CustomLabels | None) -> Judged:
    pairs = list(zip(lesson.languages, lesson.by_rule, lesson.said, strict=True))
    confusion: dict[str, Counter[tuple[str, str]]] = {}
    for language, by_rule, said in pairs:
        confusion.setdefault(language, Counter())[by_rule, said] += 1
    by_language = {
        language: estimate
        for language, cells in sorted(confusion.items())
        if (estimate := share(sum(n for (one, other), n in cells.items() if one == other), cells.total()))
    }
    counts = Counter(lesson.said)
    expected: Sequence[Any] = (
        ("-1", "0", "1")
        if lesson.field == "sentiment"
        else KINDS
        if lesson.field == "kind"
        else ("yes", "no")
    )
    # Of labels that nobody gave yet nothing can be learned, and nothing need be.
    missing = {label: FEWEST - counts[label] for label in expected if 0 < counts[label] < FEWEST}
    return Judged(
        field=lesson.field,
        n=len(pairs),
        by_rule=share(sum(by_rule == said for _, by_rule, said in pairs), len(pairs)),
        learned=None if learned is None else learned.accuracy,
        takes_over=learned is not None and learned.takes_over,
        missing=missing,
        by_language=by_language,
        confusion=confusion,
    )
