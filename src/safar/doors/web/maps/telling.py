"""Rows of the app's tables as frozen facts."""

from __future__ import annotations

from datetime import datetime

from .facts import AttachmentFacts, MapFacts, ShareFacts
from .models import Attachment, JourneyMap, Share


def map_facts(row: JourneyMap) -> MapFacts:
    """Return a map as lists show it."""
    return MapFacts(
        public_id=row.public_id,
        name=dict(row.names),
        state=row.state,
        stages=row.stages,
        steps=row.steps,
        languages=tuple(row.languages),
        revision=row.revision,
        changed_at=row.changed_at,
        changed_by=name_of(row.changed_by),
        is_archived=row.is_archived,
    )


def share_facts(row: Share, now: datetime) -> ShareFacts:
    """Return a link without its token."""
    return ShareFacts(
        public_id=row.public_id,
        language=row.language,
        persona=row.persona,
        shows_lived=row.shows_lived,
        by=name_of(row.member),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        is_open=row.revoked_at is None and row.expires_at > now,
    )


def attachment_facts(row: Attachment) -> AttachmentFacts:
    """Return a file without its bytes."""
    return AttachmentFacts(
        public_id=row.public_id,
        name=row.name,
        content_type=row.content_type,
        size=row.size,
        sha256=row.sha256,
        by=name_of(row.member),
        at=row.at,
    )


def name_of(member: object) -> str:
    """Return a member's name or address; empty for who is gone."""
    return "" if member is None else str(member)
