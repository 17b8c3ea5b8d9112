"""Reads about members, as frozen facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .models import Member, Membership


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """One member as lists show him.

    Attributes
    ----------
    email, name, language
        As stored.
    roles
        Pairs of workspace id and role, by workspace id.
    is_active
        False when he may not sign in any more.
    last_sign_in_at
        Aware UTC instant; None before the first time.
    """

    email: str
    name: str
    language: str
    roles: tuple[tuple[str, str], ...]
    is_active: bool
    last_sign_in_at: datetime | None


def list_members(workspace_id: str | None = None) -> list[MemberFacts]:
    """Return the members of a workspace, or all of them, by address."""
    members = Member.objects.order_by("email").prefetch_related("memberships")
    if workspace_id is not None:
        members = members.filter(memberships__workspace_id=workspace_id)
    return [
        MemberFacts(
            email=member.email,
            name=member.name,
            language=member.language,
            roles=tuple(
                sorted(
                    (each.workspace_id, each.role)
                    for each in member.memberships.all()  # type: ignore[attr-defined]
                )
            ),
            is_active=member.is_active,
            last_sign_in_at=member.last_login,
        )
        for member in members
    ]


def workspace_ids_of(member: Member) -> list[str]:
    """Return the workspaces a member works in, the one he joined first at the front."""
    return list(
        Membership.objects.filter(member=member)
        .order_by("since", "pk")
        .values_list("workspace_id", flat=True)
    )
