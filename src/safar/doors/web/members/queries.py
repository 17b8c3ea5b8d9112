"""Reads about members, as frozen facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from .models import Invitation, Member, Membership, WorkspaceRule
from .policies import ALLOWED, Capability


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


def member_with_address(email: str) -> Member:
    """Return the member whose address is known from a list of members."""
    return Member.objects.get(email=email)


def member_with_key(member_id: int) -> Member | None:
    """Return a member by the key that work and changes keep; None where he is gone."""
    return Member.objects.filter(pk=member_id).first()


def workspace_ids_of(member: Member) -> list[str]:
    """Return the workspaces a member works in, the one he joined first at the front."""
    return list(
        Membership.objects.filter(member=member)
        .order_by("since", "pk")
        .values_list("workspace_id", flat=True)
    )


@dataclass(frozen=True, slots=True)
class WorkspaceMember:
    """One member as the page of a workspace's members shows him.

    Attributes
    ----------
    email, name, role
        As stored; the name may be empty.
    since
        When he began to work there.
    last_sign_in_at
        Aware UTC instant; None before the first time.
    has_two_factor
        Whether he signs in with a second factor.
    """

    email: str
    name: str
    role: str
    since: datetime
    last_sign_in_at: datetime | None
    has_two_factor: bool


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """One invitation that was neither accepted nor withdrawn.

    Attributes
    ----------
    invitation_id
        What `services.withdraw_invitation` and `services.resend_invitation` take.
    email, role
        Who is invited, as what.
    invited_by
        The inviting member's name or address; empty for the terminal.
    created_at, expires_at
        Aware UTC instants.
    is_expired
        Whether its link is too old.
    """

    invitation_id: int
    email: str
    role: str
    invited_by: str
    created_at: datetime
    expires_at: datetime
    is_expired: bool


def members_of(workspace_id: str) -> list[WorkspaceMember]:
    """Return the active members of a workspace, by address."""
    found = list(
        Membership.objects.select_related("member")
        .filter(workspace_id=workspace_id, member__is_active=True)
        .order_by("member__email")
    )
    ids = [each.member.pk for each in found]
    with_device = set(
        TOTPDevice.objects.filter(user__in=ids, confirmed=True).values_list("user_id", flat=True)
    )
    return [
        WorkspaceMember(
            email=each.member.email,
            name=each.member.name,
            role=each.role,
            since=each.since,
            last_sign_in_at=each.member.last_login,
            has_two_factor=each.member.pk in with_device,
        )
        for each in found
    ]


def members_who_may(workspace_id: str, capability: Capability) -> list[Member]:
    """Return the active members of a workspace whom their role allows something, those first who came first."""
    roles = [role for role, allowed in ALLOWED.items() if capability in allowed]
    found = Membership.objects.select_related("member").filter(
        workspace_id=workspace_id, member__is_active=True, role__in=roles
    )
    return [each.member for each in found.order_by("since", "pk")]


def members_in_role(workspace_id: str, role: str) -> list[Member]:
    """Return the active members of a workspace in a role, those first who came first."""
    found = Membership.objects.select_related("member").filter(
        workspace_id=workspace_id, member__is_active=True, role=role
    )
    return [each.member for each in found.order_by("since", "pk")]


def invitations_of(workspace_id: str) -> list[OpenInvitation]:
    """Return the open invitations of a workspace, newest first; those too old among them, to be sent again."""
    now = timezone.now()
    found = (
        Invitation.objects.select_related("invited_by")
        .filter(workspace_id=workspace_id, accepted_at=None, withdrawn_at=None)
        .order_by("-pk")
    )
    return [
        OpenInvitation(
            invitation_id=each.pk,
            email=each.email,
            role=each.role,
            invited_by=str(each.invited_by or ""),
            created_at=each.created_at,
            expires_at=each.expires_at,
            is_expired=each.expires_at <= now,
        )
        for each in found
    ]


def needs_two_factor(workspace_id: str) -> bool:
    """Whether the workspace opens only to members with a second factor."""
    return WorkspaceRule.objects.filter(workspace_id=workspace_id, needs_two_factor=True).exists()
