"""Verbs of the app of segments: define one, change it, put it away, keep all of them current."""

from __future__ import annotations

import secrets
from typing import Final

from django.db import transaction
from django.utils import timezone

from safar.act.audiences import AudienceChanges
from safar.doors.web.audit.actor import SYSTEM, Actor
from safar.doors.web.audit.services import record
from safar.doors.web.work.services import start
from safar.observe.among import Segment as Definition
from safar.observe.segment_text import segment_of as read_segment
from safar.observe.segment_text import segment_text_of
from safar.store.registry import Workspace

from .errors import SegmentArchived, SegmentNameRefused, TooManySegments, UnknownSegment
from .keeping import bring_up_to_date
from .models import Movement, Segment, SizeOfDay

__all__ = ["MOST_SEGMENTS", "archive", "catch_up", "change", "define", "text_read"]

#: Segments of a workspace that are kept current.
MOST_SEGMENTS: Final = 500
_LONGEST_NAME: Final = 120


def define(workspace: Workspace, name: str, text: str, *, by: Actor) -> str:
    """Define a segment; return its public id. Its size is there a moment later.

    Parameters
    ----------
    text
        Its definition; see `safar.observe.segment_text.segment_of`. A name in the text is left out.

    Raises
    ------
    RuleUnreadable, SegmentRefused
        The text says no segment.
    SegmentNameRefused, TooManySegments
    """
    body, place = text_read(text), workspace.workspace_id
    with transaction.atomic():
        if Segment.objects.filter(workspace_id=place, is_archived=False).count() >= MOST_SEGMENTS:
            raise TooManySegments(
                f"There are {MOST_SEGMENTS} segments already.", hint="Archive one first.", most=MOST_SEGMENTS
            )
        row = Segment.objects.create(
            workspace_id=place,
            public_id=secrets.token_hex(8),
            name=_checked_name(place, name),
            text=body,
            created_by=by.member,
            changed_by=by.member,
        )
        record(by, "segment.defined", workspace_id=place, target=row.name, after={"text": body})
        _look_soon(place)
    return str(row.public_id)


def change(
    workspace: Workspace, public_id: str, *, by: Actor, name: str | None = None, text: str | None = None
) -> None:
    """Give a segment another name or another definition.

    Raises
    ------
    UnknownSegment, SegmentArchived, SegmentNameRefused, RuleUnreadable, SegmentRefused
    """
    body = None if text is None else text_read(text)
    with transaction.atomic():
        row = _locked(workspace, public_id)
        if row.is_archived:
            raise SegmentArchived(
                f"The segment {row.name!r} is archived.", hint="Take it out of the archive."
            )
        given = {
            "name": None if name is None else _checked_name(row.workspace_id, name, of=row),
            "text": body,
        }
        after = {field: value for field, value in given.items() if value not in {None, getattr(row, field)}}
        if not after:
            return
        before = {field: getattr(row, field) for field in after}
        for field, value in after.items():
            setattr(row, field, value)
        if "text" in after:  # its size was that of another segment
            row.size = row.customers = row.value_share = row.size_at = None
            SizeOfDay.objects.filter(segment=row).delete()
            Movement.objects.filter(segment=row).delete()
        row.changed_at, row.changed_by = timezone.now(), by.member
        row.save()
        record(
            by, "segment.changed", workspace_id=row.workspace_id, target=row.name, before=before, after=after
        )
        _look_soon(row.workspace_id)


def archive(workspace: Workspace, public_id: str, *, is_archived: bool = True, by: Actor) -> None:
    """Put a segment away: it is not kept current any more. Or take it out again.

    Raises
    ------
    UnknownSegment, SegmentNameRefused
    """
    with transaction.atomic():
        row = _locked(workspace, public_id)
        if row.is_archived == is_archived:
            return
        if not is_archived:
            _checked_name(row.workspace_id, row.name, of=row)
        row.is_archived = is_archived
        row.changed_at, row.changed_by = timezone.now(), by.member
        row.save(update_fields=["is_archived", "changed_at", "changed_by"])
        action = "segment.archived" if is_archived else "segment.taken_out"
        record(by, action, workspace_id=row.workspace_id, target=row.name)
        _look_soon(row.workspace_id)


def catch_up(workspace: Workspace) -> AudienceChanges | None:
    """Bring all segments up to what the log shows now; None where there are none."""
    return bring_up_to_date(workspace)


def text_read(text: str) -> str:
    """Return a definition as it is kept: without a name, in one spelling.

    Raises
    ------
    RuleUnreadable, SegmentRefused
    """
    found = read_segment(text)
    return segment_text_of(Definition("", found.did, found.also, found.now))


def _checked_name(place: str, name: str, *, of: Segment | None = None) -> str:
    found = " ".join(name.split())
    if not found or len(found) > _LONGEST_NAME:
        raise SegmentNameRefused(
            f"{found[:40]!r} is no name of a segment.", hint=f"Give 1 to {_LONGEST_NAME} characters."
        )
    others = Segment.objects.filter(workspace_id=place, is_archived=False, name=found)
    if of is not None:
        others = others.exclude(pk=of.pk)
    if others.exists():
        raise SegmentNameRefused(
            f"There is a segment called {found!r}.", hint="Choose another name.", name=found
        )
    return found


def _locked(workspace: Workspace, public_id: str) -> Segment:
    row = (
        Segment.objects.select_for_update()
        .filter(workspace_id=workspace.workspace_id, public_id=public_id)
        .first()
    )
    if row is None:
        raise UnknownSegment("There is no such segment here.", hint="Look at the list of segments.")
    return row


def _look_soon(place: str) -> None:
    from .jobs import catch_up_one  # noqa: PLC0415 - the job calls back to this module

    start(catch_up_one, by=SYSTEM, workspace_id=place)
