"""What is told of links, rounds and invitations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFacts:
    """Where a token of ``/s/<token>`` leads.

    Attributes
    ----------
    kind
        ``open``, ``widget``, ``kiosk``, ``test``, or ``personal``: an invitation, answered once by one customer.
    hidden
        Values of hidden fields that the address cannot change.
    origins
        Origins of pages that may show it in a frame.
    why
        Why it cannot be answered any more: ``""`` it can, ``closed``, ``over`` (its time), ``answered``.
    """

    workspace_id: str
    survey_id: str
    token: str
    kind: str
    name: str = ""
    channel: str = "web"
    language: str = ""
    customer_id: str = ""
    invitation_id: str = ""
    hidden: Mapping[str, str] = field(default_factory=dict)
    origins: tuple[str, ...] = ()
    appears: Mapping[str, object] = field(default_factory=dict)
    closes_at: datetime | None = None
    created_at: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFacts:
    """A round of invitations and how it stands.

    Attributes
    ----------
    counts
        Invitations by status, those that were not made by the reason.
    """

    public_id: str
    survey_id: str
    name: str
    channel: str
    trigger: str
    segment_id: str
    event_names: tuple[str, ...]
    delay: timedelta | None
    rate: float
    remind_after: timedelta | None
    open_for: timedelta
    created_at: datetime
    created_by: str
    stopped_at: datetime | None
    is_drawn: bool
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationFacts:
    """Who was asked, or why not."""

    public_id: str
    customer_id: str
    status: str
    token: str
    language: str
    judged_at: datetime
    sent_at: datetime | None
    reminded_at: datetime | None
    opened_at: datetime | None
    answered_at: datetime | None
