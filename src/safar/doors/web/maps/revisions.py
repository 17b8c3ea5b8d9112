"""Revisions of a map: its document at any time, what was done since, and the next one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final

import msgspec
from django.utils import timezone

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.maps import anatomy
from safar.maps.editing import apply_all
from safar.maps.edits import AddCard, AnyEdit
from safar.maps.merging import Conflict, Merged, told_conflict
from safar.store.registry import Workspace

from .errors import BaseUnknown, MapArchived, UnknownMap
from .models import EditKind, JourneyMap, KeptConflict, MapEdit

#: Edits of one member that follow each other so soon are one change in the log of changes.
_ONE_CHANGE: Final = timedelta(minutes=10)


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """What came of edits.

    Parameters
    ----------
    revision
        The newest; base the next edits on it.
    document
        The map at it.
    edits
        What was done, texts that were kept as second cards among them; empty where nothing changed.
    conflicts
        What was not done, because somebody else had changed the same.
    """

    revision: int
    document: anatomy.JourneyMap
    edits: tuple[AnyEdit, ...]
    conflicts: tuple[Conflict, ...]


def new_id() -> str:
    """Return a new id that nobody guesses and everybody can read out: of a map, a file, a card."""
    return secrets.token_hex(8)


def locked(workspace: Workspace, public_id: str, *, archived: bool = False) -> JourneyMap:
    """Return a map's row, locked until the transaction ends.

    Raises
    ------
    UnknownMap, MapArchived
    """
    rows = JourneyMap.objects.select_for_update(of=("self",))
    row = rows.filter(workspace_id=workspace.workspace_id, public_id=public_id).first()
    if row is None:
        raise UnknownMap("There is no such map.", hint="Look at the list of maps.")
    if row.is_archived and not archived:
        raise MapArchived("The map is archived.", hint="Take it out of the archive first.")
    return row


def document_of(told: str) -> anatomy.JourneyMap:
    """Return the document of a column."""
    return anatomy.read(msgspec.json.decode(told))


def write_document(row: JourneyMap, document: anatomy.JourneyMap) -> None:
    """Put a document into a row, with what lists show of it."""
    row.document = msgspec.json.encode(anatomy.told(document)).decode()
    row.name = anatomy.said(document.name, *document.languages)[:400]
    row.names = dict(document.name)
    row.state = document.state.value
    row.languages = list(document.languages)
    row.stages, row.steps = len(document.stages), len(document.steps)


def document_at(row: JourneyMap, revision: int) -> anatomy.JourneyMap:
    """Return a map's document at one of its revisions: the newest with what came later taken back.

    Raises
    ------
    BaseUnknown
    """
    check_revision(row, revision)
    document = document_of(row.document)
    # Up to the row as it was read: somebody may have edited the map since then.
    later = MapEdit.objects.filter(journey_map=row, revision__gt=revision, revision__lte=row.revision)
    for inverse in later.order_by("-revision").values_list("inverse", flat=True):
        document, _ = apply_all(document, _edits(inverse))
    return document


def check_revision(row: JourneyMap, revision: int) -> None:
    """Check that a map has had a revision.

    Raises
    ------
    BaseUnknown
    """
    if not 0 < revision <= row.revision:
        raise BaseUnknown(
            f"The map is at revision {row.revision}; there is no revision {revision}.",
            hint="Read the map again.",
            base=revision,
            revision=row.revision,
        )


def rows_since(row: JourneyMap, revision: int) -> list[MapEdit]:
    """Return what was done since a revision and stands: what was done and undone since then is left out."""
    rows = list(MapEdit.objects.filter(journey_map=row, revision__gt=revision).order_by("revision"))
    standing = {each.revision: each for each in rows}
    for each in rows:
        if each.reverts in standing and each.revision in standing:
            del standing[each.reverts], standing[each.revision]
    return list(standing.values())


def edits_in(rows: Iterable[MapEdit]) -> list[AnyEdit]:
    """Return the edits of rows, in order."""
    return [edit for row in rows for edit in _edits(row.edits)]


def cards_gone(rows: Iterable[MapEdit]) -> list[anatomy.Card]:
    """Return the cards that rows took away."""
    return [edit.card for row in rows for edit in _edits(row.inverse) if isinstance(edit, AddCard)]


def inverse_of(row: MapEdit) -> Sequence[AnyEdit]:
    """Return what takes a row back."""
    return _edits(row.inverse)


def keep(
    row: JourneyMap,
    merged: Merged,
    kind: EditKind,
    *,
    by: Actor,
    reverts: int = 0,
    action: str = "map.edited",
) -> Applied:
    """Keep what came of edits as the next revision, and what was not done for the member who wanted it."""
    if merged.edits:
        row.revision += 1
        write_document(row, merged.document)
        row.changed_at, row.changed_by = timezone.now(), by.member
        is_new = not _was_just_noted(row, by)
        row.save()
        MapEdit.objects.create(
            journey_map=row,
            revision=row.revision,
            kind=kind,
            member=by.member,
            at=row.changed_at,
            edits=msgspec.json.encode(merged.edits).decode(),
            inverse=msgspec.json.encode(merged.inverse).decode(),
            reverts=0 if merged.conflicts else reverts,
        )
        if action != "map.edited" or is_new:
            record(
                by, action, workspace_id=row.workspace_id, target=row.name, after={"revision": row.revision}
            )
    if kind is EditKind.EDIT:
        kept = [
            KeptConflict(
                journey_map=row,
                revision=row.revision,
                member=by.member,
                conflict=msgspec.json.encode(told_conflict(each)).decode(),
            )
            for each in merged.conflicts
        ]
        KeptConflict.objects.bulk_create(kept)
    return Applied(
        revision=row.revision, document=merged.document, edits=merged.edits, conflicts=merged.conflicts
    )


def _was_just_noted(row: JourneyMap, by: Actor) -> bool:
    """Whether the edit goes on what the same member has just been doing: autosave is no change a second."""
    latest = MapEdit.objects.filter(journey_map=row).order_by("-revision").first()
    if latest is None or latest.member_id != (by.member.pk if by.member else None):  # type: ignore[attr-defined]
        return False
    return bool(timezone.now() - latest.at < _ONE_CHANGE)


def _edits(told: str) -> tuple[AnyEdit, ...]:
    return msgspec.json.decode(told, type=tuple[AnyEdit, ...])
