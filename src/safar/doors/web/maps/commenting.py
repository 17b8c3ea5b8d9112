"""What members say about a map, and whom they ask."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import transaction
from django.utils import timezone

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.members.queries import member_with_address, members_of
from safar.store.registry import Workspace

from .errors import CommentRefused, UnknownMap
from .models import Comment, Mention
from .places import checked_place
from .revisions import document_of, locked

_MOST_SIGNS: Final = 4_000
_MOST_MENTIONS: Final = 20


def comment(
    workspace: Workspace,
    public_id: str,
    text: str,
    *,
    target: str = "",
    answers: int | None = None,
    mentions: Collection[str] = (),
    by: Actor,
) -> int:
    """Say something about a map or a part of it; return the comment's id.

    Parameters
    ----------
    target
        ``stage/…``, ``step/…``, ``lane/…`` or ``card/…``; empty for the whole map.
    answers
        Id of the comment that this one answers: it stands where that one stands, and opens it again.
    mentions
        Addresses of members of the workspace who are asked.

    Raises
    ------
    UnknownMap, CommentRefused
    """
    said = text.replace("\x00", "").strip()
    if not said or len(said) > _MOST_SIGNS or len(mentions) > _MOST_MENTIONS:
        raise CommentRefused(
            f"A comment has 1 to {_MOST_SIGNS} signs and asks at most {_MOST_MENTIONS} members.",
            hint="Say it in a few words.",
        )
    asked = {member.email for member in members_of(workspace.workspace_id)}
    strangers = sorted(set(mentions) - asked)
    if strangers:
        raise CommentRefused(
            f"{strangers[0]} does not work here.", hint="Ask a member of the workspace.", email=strangers[0]
        )
    with transaction.atomic():
        row = locked(workspace, public_id, archived=True)
        first = None
        if answers is not None:
            first = Comment.objects.filter(journey_map=row, pk=answers, answers=None).first()
            if first is None:
                raise UnknownMap("There is no such comment.", hint="Read the comments again.")
            target = first.target
            Comment.objects.filter(pk=first.pk).update(resolved_at=None, resolved_by=None)
        elif checked_place(target):
            kind, _, part_id = target.partition("/")
            parts = getattr(document_of(row.document), f"{kind}s")
            if not any(getattr(each, f"{kind}_id") == part_id for each in parts):
                raise CommentRefused(
                    f"The map has no {kind} {part_id!r}.", hint="It may have been removed.", target=target
                )
        made = Comment.objects.create(
            journey_map=row, target=target, answers=first, text=said, member=by.member
        )
        for email in sorted(set(mentions)):
            Mention.objects.create(comment=made, member=member_with_address(email))
        record(by, "map.commented", workspace_id=workspace.workspace_id, target=row.name)
    return int(made.pk)


def resolve_comment(
    workspace: Workspace, public_id: str, comment_id: int, *, is_resolved: bool = True, by: Actor
) -> None:
    """Say that a comment is dealt with, or that it is not after all.

    Raises
    ------
    UnknownMap
    """
    with transaction.atomic():
        row = locked(workspace, public_id, archived=True)
        found = Comment.objects.filter(journey_map=row, pk=comment_id, answers=None).first()
        if found is None:
            raise UnknownMap("There is no such comment.", hint="Read the comments again.")
        if (found.resolved_at is not None) == is_resolved:
            return
        found.resolved_at = timezone.now() if is_resolved else None
        found.resolved_by = by.member if is_resolved else None
        found.save(update_fields=["resolved_at", "resolved_by"])
        action = "map.comment_resolved" if is_resolved else "map.comment_reopened"
        record(by, action, workspace_id=workspace.workspace_id, target=row.name)


def read_mentions(workspace: Workspace, public_id: str, *, by: Actor) -> int:
    """Note that a member has read where he is asked on a map; return how many there were."""
    unread = Mention.objects.filter(
        comment__journey_map__workspace_id=workspace.workspace_id,
        comment__journey_map__public_id=public_id,
        member=by.member,
        read_at=None,
    )
    return unread.update(read_at=timezone.now())
