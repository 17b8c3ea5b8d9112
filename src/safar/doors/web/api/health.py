"""How the workspace's log stands."""

from __future__ import annotations

from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from safar.doors.web.administration.queries import PACE_DAYS, log_health
from safar.doors.web.members.policies import Capability

from .credentials import ApiRequest, Token

router = Router(tags=["Workspace"])


class Health(Schema):
    """What the log holds, and how fast it grows."""

    events: int
    waiting_events: int = Field(description="Not yet compacted; they are in every answer all the same.")
    first_at: AwareDatetime | None
    last_at: AwareDatetime | None
    last_received_at: AwareDatetime | None
    bytes: int
    received: int = Field(description=f"Events that came in during the last {PACE_DAYS} days.")
    bytes_a_day: float


@router.get("health", auth=Token(Capability.SEE_HEALTH), response=Health)
def health(request: ApiRequest) -> Health:
    """Say how the log of the workspace stands."""
    found = log_health(request.auth.workspace)
    info = found.info
    return Health(
        events=info.events,
        waiting_events=info.waiting_events,
        first_at=info.first_at,
        last_at=info.last_at,
        last_received_at=found.last_received_at,
        bytes=found.bytes,
        received=found.received,
        bytes_a_day=found.bytes_a_day,
    )
