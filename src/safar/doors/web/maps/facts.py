"""What the app of maps tells others, as frozen facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from safar.maps import anatomy
from safar.store.registry import Workspace


@dataclass(frozen=True, slots=True)
class MapFacts:
    """A map as lists show it.

    Attributes
    ----------
    public_id
        What addresses name it by.
    name
        By language.
    state
        ``as_is`` or ``to_be``.
    stages, steps
        How many.
    languages
        It is written in; the first falls in for the others.
    revision
        The newest.
    changed_at, changed_by
        When and by whom; a name or an address, empty for who is gone.
    is_archived
        Whether it is out of the list.
    """

    public_id: str
    name: anatomy.Words
    state: str
    stages: int
    steps: int
    languages: tuple[str, ...]
    revision: int
    changed_at: datetime
    changed_by: str
    is_archived: bool


@dataclass(frozen=True, slots=True)
class OpenMap:
    """A map with its document, at a revision.

    Attributes
    ----------
    revision
        Of the document; `facts.revision` is the newest.
    """

    public_id: str
    revision: int
    document: anatomy.JourneyMap
    facts: MapFacts


@dataclass(frozen=True, slots=True)
class EditFacts:
    """One change of a map: what made a revision.

    Attributes
    ----------
    kind
        ``edit``, ``undo``, ``redo`` or ``restore``.
    edits
        As JSON-able data, see `safar.maps.edits.read_edits`.
    """

    revision: int
    kind: str
    by: str
    at: datetime
    edits: tuple[dict[str, Any], ...]
    is_undone: bool


@dataclass(frozen=True, slots=True)
class SnapshotFacts:
    """A named version."""

    snapshot_id: int
    name: str
    decided: str
    revision: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CommentFacts:
    """A comment, with those that answer it.

    Attributes
    ----------
    target
        ``card/c1``, ``step/s1``, ``lane/l1``; empty for the whole map.
    by
        A name or an address; empty for who is gone.
    is_mine
        Whether whoever asked wrote it.
    mentions
        Names of the members it asks.
    resolved_at, resolved_by
        None and empty while it is open.
    """

    comment_id: int
    target: str
    text: str
    by: str
    is_mine: bool
    at: datetime
    mentions: tuple[str, ...]
    resolved_at: datetime | None
    resolved_by: str
    replies: tuple[CommentFacts, ...]


@dataclass(frozen=True, slots=True)
class MentionFacts:
    """That a comment asks a member, who has not read it."""

    mention_id: int
    map_id: str
    map_name: anatomy.Words
    target: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AttachmentFacts:
    """A file of a map.

    Attributes
    ----------
    content_type
        One of ``image/png``, ``image/jpeg``, ``image/webp``, ``image/gif``, ``application/pdf``.
    size
        Bytes.
    """

    public_id: str
    name: str
    content_type: str
    size: int
    sha256: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShareFacts:
    """A link that shows a map to whoever has it. Its token was shown once, and is kept nowhere."""

    public_id: str
    language: str
    persona: str
    shows_lived: bool
    by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class SharedMap:
    """What a link opens: this map, in this language, for this persona, and nothing else."""

    workspace: Workspace
    public_id: str
    revision: int
    document: anatomy.JourneyMap
    language: str
    persona: str
    shows_lived: bool
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PresenceFacts:
    """A member who is at a map just now, and at which part of it."""

    name: str
    place: str
    is_me: bool


@dataclass(frozen=True, slots=True)
class ConflictFacts:
    """An edit that waits for its member: somebody else had changed the same.

    Attributes
    ----------
    conflict
        As JSON-able data, see `safar.maps.merging.Conflict`.
    """

    conflict_id: int
    revision: int
    by: str
    at: datetime
    conflict: dict[str, Any]
