"""Verbs of the app of maps: make a map, edit it with others, keep versions of it, put it away."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.maps import anatomy
from safar.maps.difference import edits_between
from safar.maps.editing import checked
from safar.maps.edits import AnyEdit
from safar.maps.merging import merge
from safar.store.registry import Workspace

from .attaching import attach, detach
from .commenting import comment, read_mentions, resolve_comment
from .errors import NothingToUndo, SnapshotRefused, UnknownMap
from .forgetting import forget_customer
from .models import EditKind, JourneyMap, MapEdit, Snapshot
from .presence import be_present
from .revisions import (
    Applied,
    cards_gone,
    check_revision,
    document_at,
    document_of,
    edits_in,
    inverse_of,
    keep,
    locked,
    new_id,
    rows_since,
    write_document,
)
from .sharing import share, unshare

__all__ = [
    "Applied",
    "apply",
    "archive",
    "attach",
    "be_present",
    "comment",
    "create",
    "detach",
    "forget_customer",
    "read_mentions",
    "redo",
    "replace",
    "resolve_comment",
    "restore",
    "settle",
    "share",
    "snapshot",
    "undo",
    "unshare",
]


def create(workspace: Workspace, document: anatomy.JourneyMap, *, by: Actor) -> str:
    """Make a map of a document; return its public id.

    Raises
    ------
    EditRefused, RuleUnreadable, DurationUnreadable
        Something in it would not be taken as an edit; nothing was made.
    """
    document = checked(document)
    with transaction.atomic():
        row = JourneyMap(
            workspace_id=workspace.workspace_id,
            public_id=new_id(),
            created_by=by.member,
            changed_by=by.member,
        )
        write_document(row, document)
        row.save()
        record(by, "map.created", workspace_id=workspace.workspace_id, target=row.name)
    return str(row.public_id)


def apply(workspace: Workspace, public_id: str, edits: Sequence[AnyEdit], *, base: int, by: Actor) -> Applied:
    """Do edits that were made on a revision of the map; what others have changed since stays.

    Parameters
    ----------
    base
        The revision that the member saw when he made them. Send one list at a time, and base the next one on the
        revision that comes back.

    Raises
    ------
    UnknownMap, MapArchived, BaseUnknown
    UnknownPart, PartTaken, EditRefused, RuleUnreadable, DurationUnreadable
        One of the edits is no good: none was done.
    """
    with transaction.atomic():
        row = locked(workspace, public_id)
        check_revision(row, base)
        since = rows_since(row, base)
        merged = merge(
            document_of(row.document), edits, since=edits_in(since), gone=cards_gone(since), new_id=new_id
        )
        return keep(row, merged, EditKind.EDIT, by=by)


def replace(
    workspace: Workspace, public_id: str, document: anatomy.JourneyMap, *, base: int, by: Actor
) -> Applied:
    """Bring a map to another document, as edits on a revision of it; see `apply`."""
    document = checked(document)
    with transaction.atomic():
        row = locked(workspace, public_id)
        edits = edits_between(document_at(row, base), document)
        return apply(workspace, public_id, edits, base=base, by=by)


def undo(workspace: Workspace, public_id: str, *, by: Actor) -> Applied:
    """Take back what the member changed last; what others have changed of it since stays, as a conflict.

    Raises
    ------
    UnknownMap, MapArchived, NothingToUndo
    """
    with transaction.atomic():
        row = locked(workspace, public_id)
        mine = row.edits.filter(member=by.member, is_undone=False).exclude(kind=EditKind.UNDO)  # type: ignore[attr-defined]
        return _revert(row, mine.order_by("-revision").first(), EditKind.UNDO, by=by)


def redo(workspace: Workspace, public_id: str, *, by: Actor) -> Applied:
    """Do again what the member undid last, unless he has changed something else since.

    Raises
    ------
    UnknownMap, MapArchived, NothingToUndo
    """
    with transaction.atomic():
        row = locked(workspace, public_id)
        mine = row.edits.filter(member=by.member)  # type: ignore[attr-defined]
        newest = mine.filter(kind__in=(EditKind.EDIT, EditKind.RESTORE)).order_by("-revision").first()
        undone = mine.filter(kind=EditKind.UNDO, is_undone=False).order_by("-revision").first()
        if undone is not None and newest is not None and newest.revision > undone.revision:
            undone = None
        return _revert(row, undone, EditKind.REDO, by=by)


def snapshot(workspace: Workspace, public_id: str, name: str, *, decided: str = "", by: Actor) -> int:
    """Keep the map as it is now under a name, with what was decided; return the version's id.

    Raises
    ------
    UnknownMap, SnapshotRefused
    """
    called = " ".join(name.split())
    if not called or len(called) > 160 or len(decided) > 4_000:
        raise SnapshotRefused(
            "A version needs a name of 1 to 160 signs, and a note of at most 4000.",
            hint="Say in a few words what this version is.",
        )
    with transaction.atomic():
        row = locked(workspace, public_id, archived=True)
        kept = Snapshot.objects.create(
            journey_map=row,
            name=called,
            decided=decided.strip(),
            revision=row.revision,
            document=row.document,
            member=by.member,
        )
        record(
            by,
            "map.snapshot_kept",
            workspace_id=workspace.workspace_id,
            target=row.name,
            after={"name": called, "revision": row.revision},
        )
    return int(kept.pk)


def restore(workspace: Workspace, public_id: str, snapshot_id: int, *, by: Actor) -> Applied:
    """Bring the map back to a named version, as one change that can be undone.

    Raises
    ------
    UnknownMap, MapArchived
    """
    with transaction.atomic():
        row = locked(workspace, public_id)
        kept = row.snapshots.filter(pk=snapshot_id).first()  # type: ignore[attr-defined]
        if kept is None:
            raise UnknownMap("There is no such version.", hint="Look at the list of versions.")
        edits = edits_between(document_of(row.document), document_of(kept.document))
        merged = merge(document_of(row.document), edits, since=(), new_id=new_id)
        return keep(row, merged, EditKind.RESTORE, by=by, action="map.restored")


def archive(workspace: Workspace, public_id: str, *, is_archived: bool = True, by: Actor) -> None:
    """Put a map out of the list, or back into it. What is archived is read and not changed.

    Raises
    ------
    UnknownMap
    """
    with transaction.atomic():
        row = locked(workspace, public_id, archived=True)
        if row.is_archived == is_archived:
            return
        row.is_archived = is_archived
        row.save(update_fields=["is_archived"])
        action = "map.archived" if is_archived else "map.unarchived"
        record(by, action, workspace_id=workspace.workspace_id, target=row.name)


def settle(workspace: Workspace, public_id: str, conflict_id: int, *, by: Actor) -> None:
    """Note that a member has dealt with a conflict of his.

    Raises
    ------
    UnknownMap
    """
    with transaction.atomic():
        row = locked(workspace, public_id, archived=True)
        open_ones = row.conflicts.filter(pk=conflict_id, member=by.member, settled_at=None)  # type: ignore[attr-defined]
        if open_ones.update(settled_at=timezone.now()) != 1:
            raise UnknownMap("There is no such conflict.", hint="Read the map again.")


def _revert(row: JourneyMap, made: MapEdit | None, kind: EditKind, *, by: Actor) -> Applied:
    if made is None:
        raise NothingToUndo(
            "There is nothing of yours to undo, or to do again.", hint="Others undo what they have done."
        )
    since = rows_since(row, made.revision)
    merged = merge(
        document_of(row.document), inverse_of(made), since=edits_in(since), new_id=new_id, keeps_texts=False
    )
    MapEdit.objects.filter(pk=made.pk).update(is_undone=True)
    return keep(row, merged, kind, by=by, reverts=made.revision)
