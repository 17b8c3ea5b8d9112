"""Comments read a second time by the larger model, an extra: chosen by a workspace, a turn at a time, the newest first.

What it found is kept beside the comment, so whatever labels comments anew – another model, what members taught – has it
at hand, and a workspace that does without it for a while does not wait for it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.listen.text.labels import label
from safar.listen.text.larger import ModelMissing, is_installed
from safar.store.registry import Workspace

from .keeping import put_labels, reading
from .labels import LARGER_EDITION, cut_of
from .learning import labeller_of
from .models import Book, Comment

#: Comments that are read at a time, some seconds of a core; and those of one turn, after which other work has its own.
AT_ONCE: Final = 64
A_TURN: Final = 1_600

Told = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class SecondReading:
    """How far the larger model is with the comments of a workspace.

    Attributes
    ----------
    is_installed
        Whether it can read here at all.
    is_on
        Whether the workspace chose it.
    comments, read
        All comments, and those that it has read.
    """

    is_installed: bool
    is_on: bool
    comments: int
    read: int


def second_reading(workspace: Workspace) -> SecondReading:
    """Return whether the larger model reads the comments of a workspace, and how many of them it has read."""
    book = Book.objects.filter(workspace_id=workspace.workspace_id).first()
    rows = Comment.objects.filter(book__workspace_id=workspace.workspace_id).order_by()
    return SecondReading(
        is_installed=is_installed(),
        is_on=book is not None and book.reads_twice,
        comments=rows.count(),
        read=rows.filter(larger_edition=LARGER_EDITION).count(),
    )


def switch_second_reading(workspace: Workspace, *, is_on: bool, by: Actor) -> None:
    """Say whether the larger model reads comments a second time; without it, the small one's labels come back.

    Raises
    ------
    ModelMissing
        It is not installed, so it cannot be chosen.
    """
    if is_on and not is_installed():
        raise ModelMissing(
            "The larger model of comments is not installed.",
            hint="Install it: pip install 'safar[larger-text]'.",
            model="larger",
        )
    with transaction.atomic():
        book, _ = Book.objects.select_for_update().get_or_create(workspace_id=workspace.workspace_id)
        if book.reads_twice == is_on:
            return
        book.reads_twice = is_on
        book.save(update_fields=["reads_twice"])
        record(
            by,
            "comments.second_reading_changed",
            workspace_id=workspace.workspace_id,
            before={"reads_twice": not is_on},
            after={"reads_twice": is_on},
        )


def read_again(told: Told) -> int:
    """Read comments a second time, in every workspace that chose it, in turn; return how many.

    It ends after `A_TURN` comments: who asks again goes on where it ended, so other work comes in between. Each batch
    is one transaction; what a kill left unread is still due.
    """
    done, busy = 0, list(Book.objects.filter(reads_twice=True).order_by("pk")) if is_installed() else []
    while busy and done < A_TURN:
        counts = [(book, _read_some(book)) for book in busy]
        done += sum(count for _book, count in counts)
        busy = [book for book, count in counts if count == AT_ONCE]
        told(done, None)
    return done


def _read_some(book: Book) -> int:
    """Read a batch of the newest comments that are due. Only writing holds them: the encoder takes seconds."""
    due = Comment.objects.filter(book=book, larger_edition__lt=LARGER_EDITION).order_by("-pk")
    texts = dict(due.values_list("pk", "text")[:AT_ONCE])
    labels = label(cut_of(list(texts.values())), model="larger")
    found = {pk: each.probabilities for pk, each in zip(texts, labels, strict=True)}
    with reading(book.workspace_id), transaction.atomic():
        # What was switched, taught, corrected or erased in the meantime is as it is now.
        book.refresh_from_db()
        rows = list(Comment.objects.select_for_update().filter(pk__in=found))
        for row in rows:
            row.read_again, row.larger_edition = found[row.pk], LARGER_EDITION
        Comment.objects.bulk_update(rows, ["read_again", "larger_edition"])
        put_labels(book, rows, labeller_of(book))
    return len(texts)
