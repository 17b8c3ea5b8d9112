"""What can go wrong with background work itself."""

from __future__ import annotations

from safar.vocabulary.errors import Fault, Refusal


class UnknownWork(Refusal, LookupError):
    """There is no such work, or it is not this member's to see."""

    code = "work.unknown"


class WorkNotAllowed(Refusal, PermissionError):
    """Who started the work may not do such work, or may not any more."""

    code = "work.not_allowed"


class WorkEnded(Refusal, ValueError):
    """What has ended cannot be cancelled."""

    code = "work.has_ended"


class WorkGoesOn(Refusal, ValueError):
    """What waits, runs or succeeded is not retried."""

    code = "work.goes_on"


class ProcessEnded(Fault, RuntimeError):
    """The process that did the work ended before it, and doing it again unasked might harm."""

    code = "work.process_ended"


class WorkDefect(Fault, RuntimeError):
    """The work met a defect of Safar."""

    code = "work.defect"
