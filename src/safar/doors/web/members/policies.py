"""Who may see a workspace."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from .models import Member, Membership


def can_see(member: Member | AnonymousUser, workspace_id: str) -> bool:
    """Whether the member works in the workspace, in any role."""
    return (
        isinstance(member, Member)
        and member.is_active
        and Membership.objects.filter(member=member, workspace_id=workspace_id).exists()
    )
