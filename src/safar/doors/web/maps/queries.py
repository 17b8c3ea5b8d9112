"""What the app of maps reads, as frozen facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from django.db.models import QuerySet
from django.utils import timezone

from safar.doors.web.homes import current_home
from safar.doors.web.members.backend import Member
from safar.doors.web.members.secrets_kept import digest_of
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from .attaching import file_of
from .errors import AttachmentLost, ShareEnded
from .facts import (
    AttachmentFacts,
    CommentFacts,
    ConflictFacts,
    EditFacts,
    MapFacts,
    MentionFacts,
    OpenMap,
    PresenceFacts,
    SharedMap,
    ShareFacts,
    SnapshotFacts,
)
from .models import Attachment, Comment, JourneyMap, KeptConflict, MapEdit, Mention, Presence, Share, Snapshot
from .revisions import document_at, document_of
from .shown import only_shared
from .telling import attachment_facts, map_facts, name_of, share_facts

__all__ = [
    "AttachmentFacts",
    "CommentFacts",
    "ConflictFacts",
    "EditFacts",
    "MapFacts",
    "MentionFacts",
    "OpenMap",
    "PresenceFacts",
    "ShareFacts",
    "SharedMap",
    "SnapshotFacts",
    "attachment",
    "attachments_of",
    "comments_of",
    "conflicts_of",
    "edits_of",
    "edits_since",
    "map_of",
    "maps_of",
    "open_comment_counts",
    "presence_of",
    "shared_attachment",
    "shared_map",
    "shares_of",
    "snapshot_of",
    "snapshots_of",
    "unread_mentions",
]

#: Rows of a list.
MOST_ROWS: Final = 500
#: So long after he was seen last a member counts as there.
PRESENT_FOR: Final = timedelta(seconds=45)


def maps_of(workspace: Workspace, *, archived: bool = False) -> tuple[MapFacts, ...]:
    """Return the maps of a workspace, or those in its archive: the one changed last first."""
    rows = JourneyMap.objects.filter(workspace_id=workspace.workspace_id, is_archived=archived)
    found = rows.defer("document").select_related("changed_by").order_by("-changed_at", "-id")
    return tuple(map(map_facts, found[:MOST_ROWS]))


def map_of(workspace: Workspace, public_id: str, *, revision: int | None = None) -> OpenMap | None:
    """Return a map, archived or not, as it is or as it was at a revision; None where there is none.

    Raises
    ------
    BaseUnknown
        The map has not had this revision.
    """
    row = _map(workspace, public_id)
    if row is None:
        return None
    at = row.revision if revision is None else revision
    return OpenMap(row.public_id, at, document_at(row, at), map_facts(row))


def edits_of(workspace: Workspace, public_id: str, *, limit: int = 100) -> tuple[EditFacts, ...]:
    """Return what was changed of a map, the newest first."""
    rows = _of(MapEdit, workspace, public_id).select_related("member").order_by("-revision")[:limit]
    return tuple(
        EditFacts(
            revision=row.revision,
            kind=row.kind,
            by=name_of(row.member),
            at=row.at,
            edits=tuple(msgspec.json.decode(row.edits)),
            is_undone=row.is_undone,
        )
        for row in rows
    )


def edits_since(
    workspace: Workspace, public_id: str, revision: int
) -> tuple[int, list[dict[str, Any]]] | None:
    """Return a map's newest revision and what led there from an earlier one, as JSON-able edits; None without a map."""
    row = _map(workspace, public_id)
    if row is None:
        return None
    told = _of(MapEdit, workspace, public_id).filter(revision__gt=revision, revision__lte=row.revision)
    edits = told.order_by("revision").values_list("edits", flat=True)
    return row.revision, [edit for each in edits for edit in msgspec.json.decode(each)]


def snapshots_of(workspace: Workspace, public_id: str) -> tuple[SnapshotFacts, ...]:
    """Return the named versions of a map, the newest first."""
    rows = _of(Snapshot, workspace, public_id).defer("document").select_related("member").order_by("-id")
    return tuple(map(_snapshot_facts, rows[:MOST_ROWS]))


def snapshot_of(workspace: Workspace, public_id: str, snapshot_id: int) -> OpenMap | None:
    """Return a map as a named version kept it; None where there is none."""
    row = _of(Snapshot, workspace, public_id).select_related("journey_map").filter(pk=snapshot_id).first()
    if row is None:
        return None
    facts = map_facts(row.journey_map)
    return OpenMap(facts.public_id, row.revision, document_of(row.document), facts)


def comments_of(
    workspace: Workspace, public_id: str, *, member: Member | None = None
) -> tuple[CommentFacts, ...]:
    """Return the comments of a map in the order they were made, each with its answers.

    Parameters
    ----------
    member
        Who asks, for `CommentFacts.is_mine`.
    """
    rows = _of(Comment, workspace, public_id).select_related("member", "resolved_by")
    found = list(rows.prefetch_related("mentions__member").order_by("id")[: 4 * MOST_ROWS])
    answers: dict[int, list[Comment]] = {}
    for row in found:
        if row.answers_id is not None:
            answers.setdefault(row.answers_id, []).append(row)
    return tuple(
        _comment_facts(row, member, answers.get(row.pk, [])) for row in found if row.answers_id is None
    )


def open_comment_counts(workspace: Workspace, public_id: str) -> Mapping[str, int]:
    """Return how many open comments, answers not counted, stand at each part: ``card/c1``, empty for the whole map."""
    rows = _of(Comment, workspace, public_id).filter(answers=None, resolved_at=None)
    return Counter(rows.values_list("target", flat=True))


def unread_mentions(workspace: Workspace, member: Member) -> tuple[MentionFacts, ...]:
    """Return where a member is asked and has not looked, the newest first."""
    rows = (
        Mention.objects.filter(
            member=member, read_at=None, comment__journey_map__workspace_id=workspace.workspace_id
        )
        .select_related("comment__journey_map", "comment__member")
        .order_by("-id")[:MOST_ROWS]
    )
    return tuple(
        MentionFacts(
            mention_id=row.pk,
            map_id=row.comment.journey_map.public_id,
            map_name=dict(row.comment.journey_map.names),
            target=row.comment.target,
            text=row.comment.text,
            by=name_of(row.comment.member),
            at=row.comment.at,
        )
        for row in rows
    )


def attachments_of(workspace: Workspace, public_id: str) -> tuple[AttachmentFacts, ...]:
    """Return the files of a map in the order they came."""
    rows = _of(Attachment, workspace, public_id).select_related("member").order_by("id")
    return tuple(map(attachment_facts, rows))


def attachment(workspace: Workspace, public_id: str, file_id: str) -> tuple[AttachmentFacts, Path] | None:
    """Return a file of a map and where its bytes are; None where there is none.

    Raises
    ------
    AttachmentLost
        It should be there and is not.
    """
    row = _of(Attachment, workspace, public_id).select_related("member").filter(public_id=file_id).first()
    if row is None:
        return None
    path = file_of(workspace, row.public_id)
    if not path.is_file() or path.stat().st_size != row.size:
        raise AttachmentLost(
            "The file is not where it was kept.", hint="Bring it back from a backup.", file_id=file_id
        )
    return attachment_facts(row), path


def shares_of(workspace: Workspace, public_id: str) -> tuple[ShareFacts, ...]:
    """Return the links of a map, ended ones too, the newest first."""
    rows, now = _of(Share, workspace, public_id).select_related("member").order_by("-id"), timezone.now()
    return tuple(share_facts(row, now) for row in rows[:MOST_ROWS])


def shared_map(token: str) -> SharedMap:
    """Return what a link opens, with nothing in it that is not to be shown.

    Raises
    ------
    ShareEnded
        It never was, was withdrawn or has expired; its map is archived; its persona or language is gone.
    """
    row = (
        Share.objects.select_related("journey_map")
        .filter(
            token_digest=digest_of(token),
            revoked_at=None,
            expires_at__gt=timezone.now(),
            journey_map__is_archived=False,
        )
        .first()
    )
    if row is None:
        raise _ended()
    document = document_of(row.journey_map.document)
    if row.language not in document.languages or (row.persona and row.persona not in document.personas):
        raise _ended()
    try:
        workspace = current_home().workspace(row.journey_map.workspace_id)
    except Refusal as gone:
        raise _ended() from gone
    return SharedMap(
        workspace=workspace,
        public_id=row.journey_map.public_id,
        revision=row.journey_map.revision,
        document=only_shared(
            document, language=row.language, persona=row.persona, shows_lived=row.shows_lived
        ),
        language=row.language,
        persona=row.persona,
        shows_lived=row.shows_lived,
        expires_at=row.expires_at,
    )


def shared_attachment(token: str, file_id: str) -> tuple[AttachmentFacts, Path] | None:
    """Return a file that a card of a shared map shows; None for any other.

    Raises
    ------
    ShareEnded, AttachmentLost
    """
    shared = shared_map(token)
    if not any(file_id in card.attachments for card in shared.document.cards):
        return None
    return attachment(shared.workspace, shared.public_id, file_id)


def presence_of(
    workspace: Workspace, public_id: str, *, member: Member | None = None
) -> tuple[PresenceFacts, ...]:
    """Return who is at a map just now, by name."""
    seen = timezone.now() - PRESENT_FOR
    rows = _of(Presence, workspace, public_id).filter(seen_at__gt=seen).select_related("member")
    found = (PresenceFacts(name_of(row.member), row.place, row.member == member) for row in rows)
    return tuple(sorted(found, key=lambda each: each.name))


def conflicts_of(
    workspace: Workspace, public_id: str, *, member: Member | None = None
) -> tuple[ConflictFacts, ...]:
    """Return the conflicts of a map that wait for somebody, or for one member: the oldest first."""
    rows = _of(KeptConflict, workspace, public_id).filter(settled_at=None).select_related("member")
    if member is not None:
        rows = rows.filter(member=member)
    return tuple(
        ConflictFacts(row.pk, row.revision, name_of(row.member), row.at, msgspec.json.decode(row.conflict))
        for row in rows.order_by("id")[:MOST_ROWS]
    )


def _map(workspace: Workspace, public_id: str) -> JourneyMap | None:
    rows = JourneyMap.objects.filter(workspace_id=workspace.workspace_id, public_id=public_id)
    return rows.select_related("changed_by").first()


def _of(model: Any, workspace: Workspace, public_id: str) -> QuerySet[Any]:
    """Return the rows of one map of the workspace, of any table that belongs to maps."""
    found: QuerySet[Any] = model.objects.filter(
        journey_map__workspace_id=workspace.workspace_id, journey_map__public_id=public_id
    )
    return found


def _snapshot_facts(row: Snapshot) -> SnapshotFacts:
    return SnapshotFacts(row.pk, row.name, row.decided, row.revision, name_of(row.member), row.at)


def _comment_facts(row: Comment, member: Member | None, answers: list[Comment]) -> CommentFacts:
    return CommentFacts(
        comment_id=row.pk,
        target=row.target,
        text=row.text,
        by=name_of(row.member),
        is_mine=member is not None and row.member == member,
        at=row.at,
        mentions=tuple(str(each.member) for each in row.mentions.all()),  # type: ignore[attr-defined]
        resolved_at=row.resolved_at,
        resolved_by=name_of(row.resolved_by),
        replies=tuple(_comment_facts(each, member, []) for each in answers),
    )


def _ended() -> ShareEnded:
    return ShareEnded("This link shows nothing any more.", hint="Ask whoever sent it for a new one.")
