"""Reading the log of a workspace for what customers wrote: each verbatim becomes one comment, and goes with it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from safar.doors.web.homes import current_home
from safar.doors.web.hooks.services import announce
from safar.listen.verbatims import Verbatim, keys_of, verbatim_places, verbatims
from safar.store.disk import exclusive
from safar.store.log import Log
from safar.store.registry import Workspace

from .labels import LABELLED_BY, SENTIMENT_NAMES, SENTIMENTS, Labelled, Labeller, band_of, known_of
from .learning import labelled_by, labeller_of
from .models import About, Asked, Book, Comment, Correction, Learned, Mention, Topic

logger: Final = logging.getLogger("safar.comments")

#: Verbatims that are read at a time, and comments of one transaction: each holds the tables for well under a second.
_READ_AT_ONCE: Final = 20_000
WRITTEN_AT_ONCE: Final = 1_000
_LOCK: Final = "comments.lock"
_SIGNED: Final = 1 << 63
_NEWS: Final = timedelta(days=1)
_TEXT: Final = 200

#: What another model says of a comment that is there.
_RELABELLED: Final = (
    "text",
    "folded",
    "same_as",
    "language",
    "emotion",
    "is_actionable",
    "aspects",
    "sentiment",
    "probability",
    "kind",
)
#: Told how many comments were written so far; may raise to stop.
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """How much of a log was read.

    Attributes
    ----------
    lineage
        Of the log's folder: another one after a restore.
    generation, next_sequence, rows
        Of the parts: everything before ``next_sequence`` is in them.
    version
        Of all that is visible.
    """

    lineage: str
    generation: int
    next_sequence: int
    rows: int
    version: str

    @classmethod
    def of(cls, log: Log) -> Seen:
        """Return what a log shows now."""
        view = log.view()
        return cls(
            lineage=str(log.layout.manifest.stat().st_ino),
            generation=view.snapshot.generation,
            next_sequence=view.snapshot.next_sequence,
            rows=sum(part.rows for part in view.snapshot.parts),
            version=view.version,
        )

    def continues(self, book: Book) -> bool:
        """Whether the log has only grown since a book was written: nothing left it, nothing took its place."""
        arrived = self.next_sequence - book.seen_sequence
        return bool(
            book.lineage == self.lineage
            and book.generation <= self.generation
            and arrived >= 0
            and book.rows + arrived == self.rows
        )


@dataclass(frozen=True, slots=True)
class Read:
    """What one reading did: comments that came, that were labelled anew, and that left with their events."""

    added: int = 0
    labelled_anew: int = 0
    removed: int = 0


@contextmanager
def reading(workspace_id: str) -> Iterator[None]:
    """Hold the comments of a workspace: one reads the log, or erases, at a time."""
    with exclusive(current_home().workspace_folder(workspace_id) / _LOCK, wait=True):
        yield


def catch_up(workspace: Workspace, *, told: Told = lambda _: None) -> Read:
    """Bring the comments of a workspace up to what its log shows.

    Each batch is one transaction, and the place that was reached is noted behind it: after a kill the next reading
    begins at the place before, and an event whose comment is there already makes no second one.
    """
    whole, is_done = Read(labelled_anew=_label_anew_where_due(workspace.workspace_id)), False
    while not is_done:
        with reading(workspace.workspace_id):
            step, is_done = _step(workspace)
        whole = Read(
            whole.added + step.added,
            whole.labelled_anew,
            whole.removed + step.removed,
        )
        told(whole.added + whole.labelled_anew)
    return whole


def _step(workspace: Workspace) -> tuple[Read, bool]:
    """Do one piece of the reading; return what it did and whether all is read."""
    log = current_home().log(workspace.workspace_id)
    seen = Seen.of(log)
    book, is_new = Book.objects.get_or_create(
        workspace_id=workspace.workspace_id, defaults={"labelled_by": LABELLED_BY}
    )
    if (book.version, book.lineage) == (seen.version, seen.lineage):
        return Read(), True
    removed = 0
    if not is_new and not seen.continues(book):
        removed, book.next_sequence = _sweep(book, log)
    added, reached, is_done = _Reader(workspace, book, log).read(seen)
    Book.objects.filter(pk=book.pk).update(
        lineage=seen.lineage,
        generation=seen.generation,
        seen_sequence=seen.next_sequence,
        rows=seen.rows,
        next_sequence=reached,
        version=seen.version if is_done else "",
        read_at=timezone.now(),
    )
    return Read(added, 0, removed), is_done


class _Reader:
    """One reading of a log from where its book stands."""

    def __init__(self, workspace: Workspace, book: Book, log: Log) -> None:
        self._workspace, self._book, self._log = workspace, book, log
        self._zone = ZoneInfo(workspace.time_zone)
        self._labeller = labeller_of(book)
        self._asked = {
            (each.question_key, each.survey, each.metric): each for each in Asked.objects.filter(book=book)
        }
        self._topics = dict(Topic.objects.filter(book=book).values_list("key", "pk"))
        self._added = 0

    def read(self, seen: Seen) -> tuple[int, int, bool]:
        """Read on; return how many comments came, behind which event to go on, and whether that is the end.

        Events behind the parts may get another sequence: they are read in one go, and again until they are in parts.
        """
        start, is_done = self._book.next_sequence, False
        while not is_done:
            found = verbatims(self._log, since=start, limit=_READ_AT_ONCE)
            for place in range(0, len(found), WRITTEN_AT_ONCE):
                self._write(found[place : place + WRITTEN_AT_ONCE])
            is_done = len(found) < _READ_AT_ONCE
            if not is_done:
                start = found[-1].sequence + 1
                if start < seen.next_sequence:
                    return self._added, start, False
        return self._added, seen.next_sequence, True

    def _write(self, batch: Sequence[Verbatim]) -> None:
        known = set(
            Comment.objects.filter(
                book=self._book, event_id__in=[each.event_id for each in batch]
            ).values_list("event_id", flat=True)
        )
        fresh = list({each.event_id: each for each in batch if each.event_id not in known}.values())
        labels = self._labeller.labels_of([each.text for each in fresh]) if fresh else []
        keys = keys_of(each.original_id for each in fresh)
        with transaction.atomic():
            rows = Comment.objects.bulk_create(
                self._comment(said, found, keys[said.original_id])
                for said, found in zip(fresh, labels, strict=True)
            )
            About.objects.bulk_create(
                About(comment=row, topic_id=self._topics[key], score=score)
                for row, found in zip(rows, labels, strict=True)
                for key, score in found.topics
                if key in self._topics
            )
            Mention.objects.bulk_create(mentions_of(rows))
            self._announce(fresh, rows)
        self._added += len(rows)

    def _announce(self, said: Sequence[Verbatim], rows: Sequence[Comment]) -> None:
        """Tell webhooks of comments of the last day; older ones, read in bulk, are nothing new to anybody."""
        since = timezone.now() - _NEWS
        for each, row in zip(said, rows, strict=True):
            if each.occurred_at >= since:
                payload = {
                    "comment_id": row.pk,
                    "event_id": str(row.event_id),
                    "language": row.language,
                    "sentiment": SENTIMENT_NAMES[row.sentiment],
                    "probability": round(row.probability, 4),
                    "kind": row.kind,
                    "is_actionable": row.is_actionable,
                    "question_key": each.question_key,
                    "survey": each.survey,
                }
                announce(self._workspace, "comment.labelled", payload, customer_id=each.original_id)

    def _comment(self, said: Verbatim, found: Labelled, key: int) -> Comment:
        band = band_of(said)
        return Comment(
            book=self._book,
            event_id=said.event_id,
            whose=signed(key),
            occurred_at=said.occurred_at,
            on=self._day(said),
            asked=None if said.is_message else self._question(said),
            channel=said.channel[:60],
            value=said.value,
            height=said.height,
            band=None if band is None else int(band),
            topics_edition=self._book.topics_edition,
            **fields_of(found),
        )

    def _day(self, said: Verbatim) -> date:
        return said.occurred_at.astimezone(self._zone).date()

    def _question(self, said: Verbatim) -> Asked:
        key = said.question_key[:_TEXT], said.survey[:_TEXT], said.metric[:40]
        if key not in self._asked:
            self._asked[key] = Asked.objects.get_or_create(
                book=self._book, question_key=key[0], survey=key[1], metric=key[2]
            )[0]
        return self._asked[key]


def fields_of(found: Labelled) -> dict[str, object]:
    """Return labels as the fields of a comment."""
    return {
        "text": found.text,
        "folded": found.folded,
        "language": found.language,
        "sentiment": found.sentiment,
        "probability": found.probability,
        "emotion": found.emotion[:20],
        "kind": found.kind,
        "is_actionable": found.is_actionable,
        "aspects": found.aspects,
        "same_as": found.same_as,
    }


def mentions_of(rows: Iterable[Comment]) -> Iterator[Mention]:
    """Yield what comments speak of as the rows that are counted."""
    for row in rows:
        told = {aspect: SENTIMENTS[sentiment] for aspect, sentiment, _words in row.aspects}
        for aspect, sentiment in told.items():
            yield Mention(
                book_id=row.book_id,  # type: ignore[attr-defined]
                comment_id=row.pk,
                aspect=aspect[:40],
                sentiment=sentiment,
                on=row.on,
            )


def signed(key: int) -> int:
    """Return an unsigned key of 64 bits as the number that the tables keep."""
    return key - (1 << 64) if key >= _SIGNED else key


def unsigned(number: int) -> int:
    """Return the key that `signed` was given."""
    return number + (1 << 64) if number < 0 else number


def _sweep(book: Book, log: Log) -> tuple[int, int]:
    """Remove the comments whose events the log has no more; return how many, and from where on events lack theirs."""
    there = verbatim_places(log)
    removed, last = 0, 0
    while True:
        rows = list(
            Comment.objects.filter(book=book, pk__gt=last)
            .order_by("pk")
            .values_list("pk", "event_id")[:5_000]
        )
        if not rows:
            break
        last = rows[-1][0]
        gone = [pk for pk, event_id in rows if there.pop(event_id, None) is None]
        _remove(gone)
        removed += len(gone)
    reached = log.view().snapshot.next_sequence
    return removed, min(there.values(), default=reached)


def _label_anew_where_due(workspace_id: str) -> int:
    """Label all comments anew where the model or what was learned is another one than they were labelled by."""
    book = Book.objects.filter(workspace_id=workspace_id).first()
    if book is None or book.labelled_by == (by := labelled_by(book)):
        return 0
    done = _label_anew(book)
    Book.objects.filter(pk=book.pk).update(labelled_by=by)
    return done


def _label_anew(book: Book) -> int:
    """Label the comments that are there as today's labels are made; what members said stays."""
    labeller, last, done = labeller_of(book), 0, 0
    while True:
        with reading(book.workspace_id):
            rows = list(Comment.objects.filter(book=book, pk__gt=last).order_by("pk")[:WRITTEN_AT_ONCE])
            if not rows:
                break
            last = rows[-1].pk
            put_labels(book, rows, labeller)
        done += len(rows)
    return done


def put_labels(book: Book, rows: Sequence[Comment], labeller: Labeller) -> None:
    """Label comments that are there as today's labels are made; what members said stays. Who calls holds `reading`."""
    # The words as written are in the log alone; what was taken out of them says nothing of sentiment.
    labels = labeller.labels_of([row.text for row in rows], known_of(book, rows))
    found = {row.pk: each for row, each in zip(rows, labels, strict=True)}
    with transaction.atomic():
        # As they are now: a member may have said something while they were read.
        now = list(Comment.objects.select_for_update().filter(pk__in=found))
        for row in now:
            _relabel(row, found[row.pk])
        Comment.objects.bulk_update(now, _RELABELLED, batch_size=200)
        Mention.objects.filter(comment__in=now).delete()
        Mention.objects.bulk_create(mentions_of(now))


def _relabel(row: Comment, found: Labelled) -> None:
    # What the rules of today take out of a text goes from the rows of before, too.
    row.text, row.folded, row.same_as = found.text, found.folded, found.same_as
    row.language, row.emotion, row.is_actionable = found.language, found.emotion[:20], found.is_actionable
    row.aspects = found.aspects
    if not row.sentiment_is_said:
        row.sentiment, row.probability = found.sentiment, found.probability
    if not row.kind_is_said:
        row.kind = found.kind


def forget(workspace_id: str, ids: Iterable[str]) -> int:
    """Remove the comments of a customer by all ids that he goes by; return how many."""
    keys = [signed(key) for key in keys_of(ids).values()]
    with reading(workspace_id):
        gone = list(
            Comment.objects.filter(book__workspace_id=workspace_id, whose__in=keys).values_list(
                "pk", flat=True
            )
        )
        _remove(gone)
    return len(gone)


def _remove(gone: Sequence[int]) -> None:
    """Remove comments, and what was learned from them: it is learned anew without them."""
    for place in range(0, len(gone), 500):
        some = gone[place : place + 500]
        with transaction.atomic():
            taught = Correction.objects.filter(comment__in=some).values_list("comment__book", flat=True)
            Learned.objects.filter(book__in=list(taught.distinct())).delete()
            Comment.objects.filter(pk__in=some).delete()
