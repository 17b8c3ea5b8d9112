"""What the app of segments refuses."""

from __future__ import annotations

from safar.vocabulary.errors import Refusal


class UnknownSegment(Refusal, LookupError):
    """There is no such segment in the workspace."""

    code = "segments.unknown"


class SegmentNameRefused(Refusal, ValueError):
    """A segment needs a name that no other segment of the workspace has."""

    code = "segments.name_refused"


class TooManySegments(Refusal, ValueError):
    """The workspace has as many segments as are kept current."""

    code = "segments.too_many"


class SegmentArchived(Refusal, ValueError):
    """The segment is archived: it is read, not changed."""

    code = "segments.archived"
