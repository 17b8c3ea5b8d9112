"""What the desk Customers asks of segments: which there are, who is in one, in which ones customers are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from safar.doors.web.segments.queries import MembershipFacts, memberships_of, segment_of, segments_of
from safar.observe.among import Segment
from safar.store.registry import Workspace


def to_choose(workspace: Workspace) -> tuple[tuple[str, str], ...]:
    """Return the ids and names of the workspace's segments."""
    return tuple((each.public_id, each.name) for each in segments_of(workspace))


def segment_called(workspace: Workspace, public_id: str) -> Segment | None:
    """Return the segment of an id; None where the workspace has none such."""
    found = segment_of(workspace, public_id)
    return (
        None
        if found is None
        else Segment(found.name, found.segment.did, found.segment.also, found.segment.now)
    )


def of_customers(workspace: Workspace, ids: Sequence[str]) -> Mapping[str, Sequence[MembershipFacts]]:
    """Return in which segments customers are, by the id each goes by."""
    return memberships_of(workspace, ids)
