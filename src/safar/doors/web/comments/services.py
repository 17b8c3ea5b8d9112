"""Verbs of the app of comments: correct a label, take that back, note what was taken away, forget a customer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.store.registry import Workspace

from .errors import LabelRefused, UnknownComment
from .keeping import catch_up, forget
from .labels import KINDS, SENTIMENT_NAMES, Labelled, Labeller, known_of
from .learning import labeller_of
from .models import About, Book, Comment, Correction, Topic

__all__ = [
    "FIELDS",
    "Labelled",
    "catch_up",
    "correct",
    "forget",
    "labels_for",
    "note_export",
    "switch_learning",
    "undo",
]

#: What members may correct.
FIELDS: Final = ("sentiment", "kind", "topics")
#: Where it is kept that a member said a label.
_SAID: Final = {"sentiment": "sentiment_is_said", "kind": "kind_is_said", "topics": "topics_are_said"}


def correct(
    workspace: Workspace,
    comment_id: int,
    *,
    by: Actor,
    sentiment: int | None = None,
    kind: str | None = None,
    topics: Sequence[str] | None = None,
) -> tuple[int, ...]:
    """Say what a comment says; return the numbers of the corrections, by which they are taken back.

    A label that was right is confirmed: that is kept too, for how well labels are is measured by both.

    Parameters
    ----------
    sentiment
        -1, 0 or 1.
    kind
        One of `labels.KINDS`.
    topics
        Public ids of all its topics.

    Raises
    ------
    UnknownComment, LabelRefused
    """
    if sentiment not in {None, *SENTIMENT_NAMES} or kind not in {None, *KINDS}:
        raise LabelRefused("There is no such label.", hint="Use a sentiment of -1, 0 or 1 and a known kind.")
    with transaction.atomic():
        row = _locked(workspace, comment_id)
        wanted: dict[str, Any] = {"sentiment": sentiment, "kind": kind}
        if topics is not None:
            wanted["topics"] = sorted(_topics(row, topics))
        given = {field: value for field, value in wanted.items() if value is not None}
        before = {field: _label(row, field) for field in given}
        by_rule = _by_rule(row)
        made = []
        for field, value in given.items():
            if value == before[field] and _is_said(row, field):
                continue
            correction = Correction.objects.create(
                comment=row,
                field=field,
                by_rule=by_rule[field],
                before=before[field],
                after=value,
                member=by.member,
            )
            _put(row, field, value, is_said=True)
            if value != before[field]:
                made.append(correction.pk)
        changed = {field: value for field, value in given.items() if value != before[field]}
        if given:
            record(
                by,
                "comment.corrected" if changed else "comment.confirmed",
                workspace_id=workspace.workspace_id,
                target=str(row.pk),
                before={field: before[field] for field in changed},
                after=changed,
            )
    return tuple(made)


def undo(workspace: Workspace, comment_id: int, correction_id: int, *, by: Actor) -> bool:
    """Take a correction back; return whether there was one to take back. Only the last one of a label can be.

    Raises
    ------
    UnknownComment
    """
    with transaction.atomic():
        row = _locked(workspace, comment_id)
        found = Correction.objects.filter(comment=row, pk=correction_id, undone_at=None).first()
        if found is None:
            return False
        own = Correction.objects.filter(comment=row, field=found.field, undone_at=None)
        if own.filter(pk__gt=found.pk).exists():
            return False
        found.undone_at = timezone.now()
        found.save(update_fields=["undone_at"])
        was = _label(row, found.field)
        if not (is_said := own.exclude(pk=found.pk).exists()):
            row.larger_edition = 0  # it may have been read again since: what stood there before is older
        _put(row, found.field, found.before, is_said=is_said)
        record(
            by,
            "comment.correction_undone",
            workspace_id=workspace.workspace_id,
            target=str(row.pk),
            before={found.field: was},
            after={found.field: found.before},
        )
    return True


def labels_for(workspace: Workspace, texts: Sequence[str]) -> list[Labelled]:
    """Return the labels that texts would have in a workspace: its topics, and what its members taught."""
    book = Book.objects.filter(workspace_id=workspace.workspace_id).first()
    return labeller_of(book or Book(workspace_id=workspace.workspace_id)).labels_of(texts)


def switch_learning(workspace: Workspace, *, learns: bool, by: Actor) -> None:
    """Say whether what was learned from corrections may label comments; it is trained and measured either way."""
    with transaction.atomic():
        book, _ = Book.objects.select_for_update().get_or_create(workspace_id=workspace.workspace_id)
        if book.learns == learns:
            return
        book.learns = learns
        book.topics_edition += 1  # topics are assigned anew
        book.save(update_fields=["learns", "topics_edition"])
        record(
            by,
            "comments.learning_changed",
            workspace_id=workspace.workspace_id,
            before={"learns": not learns},
            after={"learns": learns},
        )


def note_export(workspace: Workspace, form: str, filters: str, *, by: Actor) -> None:
    """Note that comments were taken away as a file."""
    record(
        by,
        "comments.exported",
        workspace_id=workspace.workspace_id,
        after={"form": form, "filters": filters},
    )


def _locked(workspace: Workspace, comment_id: int) -> Comment:
    rows = Comment.objects.select_for_update(of=("self",)).filter(book__workspace_id=workspace.workspace_id)
    found = rows.filter(pk=comment_id).first()
    if found is None:
        raise UnknownComment(f"There is no comment {comment_id}.", hint="Look at the list of comments.")
    return found


def _topics(row: Comment, public_ids: Iterable[str]) -> list[int]:
    """Return the numbers of topics of the comment's workspace."""
    wanted = set(public_ids)
    found = Topic.objects.filter(book=row.book, public_id__in=wanted).values_list("pk", flat=True)
    if len(found) != len(wanted):
        raise LabelRefused("There is no such topic.", hint="Use public ids of topics of this workspace.")
    return list(found)


def _label(row: Comment, field: str) -> Any:
    if field == "topics":
        return sorted(About.objects.filter(comment=row).values_list("topic", flat=True))
    return getattr(row, field)


def _is_said(row: Comment, field: str) -> bool:
    return bool(getattr(row, _SAID[field]))


def _by_rule(row: Comment) -> dict[str, Any]:
    """Return what the model and the words of topics say of a comment, whatever members taught since."""
    (found,) = Labeller(row.book).labels_of([row.text], known_of(row.book, [row]))
    keys = [key for key, _ in found.topics]
    topics = Topic.objects.filter(book=row.book, key__in=keys).order_by("pk").values_list("pk", flat=True)
    return {"sentiment": found.sentiment, "kind": found.kind, "topics": list(topics)}


def _put(row: Comment, field: str, value: Any, *, is_said: bool) -> None:
    if field == "topics":
        About.objects.filter(comment=row).exclude(topic__in=value).delete()
        there = set(About.objects.filter(comment=row).values_list("topic", flat=True))
        known = Topic.objects.filter(pk__in=set(value) - there)
        About.objects.bulk_create(About(topic=topic, comment=row) for topic in known)
    else:
        setattr(row, field, value)
    setattr(row, _SAID[field], is_said)
    row.save()
