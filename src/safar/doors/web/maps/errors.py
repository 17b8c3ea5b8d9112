"""What the app of maps refuses."""

from __future__ import annotations

from safar.vocabulary.errors import Fault, Refusal


class UnknownMap(Refusal, LookupError):
    """There is no such map, comment, snapshot, file or link in the workspace."""

    code = "maps.unknown"


class MapArchived(Refusal, ValueError):
    """The map is archived: it is read, not changed."""

    code = "maps.archived"


class BaseUnknown(Refusal, ValueError):
    """The edits are based on a revision that the map never had."""

    code = "maps.base_unknown"


class NothingToUndo(Refusal, LookupError):
    """The member has made no edit that could be undone, or undone none that could be made again."""

    code = "maps.nothing_to_undo"


class CommentRefused(Refusal, ValueError):
    """A comment needs a text, and a place on the map."""

    code = "maps.comment_refused"


class SnapshotRefused(Refusal, ValueError):
    """A version needs a name."""

    code = "maps.snapshot_refused"


class AttachmentRefused(Refusal, ValueError):
    """The file is too large, or no picture and no PDF."""

    code = "maps.attachment_refused"


class AttachmentLost(Fault, FileNotFoundError):
    """The file of an attachment is not where it was kept, or not what was kept."""

    code = "maps.attachment_lost"


class ShareRefused(Refusal, ValueError):
    """A link cannot show this, or not for so long."""

    code = "maps.share_refused"


class ShareEnded(Refusal, LookupError):
    """The link has expired, was withdrawn, or never was one."""

    code = "maps.share_ended"
