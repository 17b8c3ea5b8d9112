"""Who is at a map just now."""

from __future__ import annotations

from django.utils import timezone

from safar.doors.web.audit.actor import Actor
from safar.store.registry import Workspace

from .errors import UnknownMap
from .models import JourneyMap, Presence
from .places import checked_place


def be_present(workspace: Workspace, public_id: str, place: str, *, by: Actor) -> None:
    """Note that a member is at a map, and at which part of it.

    Raises
    ------
    UnknownMap, CommentRefused
    """
    row = JourneyMap.objects.filter(workspace_id=workspace.workspace_id, public_id=public_id).first()
    if row is None:
        raise UnknownMap("There is no such map.", hint="Look at the list of maps.")
    if by.member is None:
        return
    Presence.objects.update_or_create(
        journey_map=row,
        member=by.member,
        defaults={"place": checked_place(place), "seen_at": timezone.now()},
    )
