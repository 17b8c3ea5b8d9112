"""Members of the workspace, and who is invited."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from ninja import Path, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from safar.doors.web.members import services
from safar.doors.web.members.policies import Capability, Role
from safar.doors.web.members.queries import OpenInvitation, invitations_of, members_of

from .credentials import ApiRequest, Token
from .once import IdempotencyKey, once
from .shapes import Body, Page

router = Router(tags=["Members"])
_GUARD = Token(Capability.MANAGE_MEMBERS)
Email = Annotated[str, Field(min_length=3, max_length=254)]
EmailInAddress = Annotated[str, Path(min_length=3, max_length=254, description="The member's address.")]


class MemberShape(Schema):
    """A member of the workspace."""

    email: str
    name: str
    role: str
    since: AwareDatetime
    last_sign_in_at: AwareDatetime | None
    has_two_factor: bool


class InvitationShape(Schema):
    """An invitation that was neither accepted nor withdrawn."""

    invitation_id: int
    email: str
    role: str
    invited_by: str
    created_at: AwareDatetime
    expires_at: AwareDatetime
    is_expired: bool


class SentInvitation(InvitationShape):
    """A new invitation with its link, which is shown this once."""

    link: str = Field(description="Empty where the answer is given again for an `Idempotency-Key`.")
    was_mailed: bool = Field(description="Whether Safar sent it by mail; otherwise hand the link over.")


class RoleChange(Body):
    """A role to give."""

    role: Role


class NewInvitation(RoleChange):
    """Whom to invite, as what."""

    email: Email


@router.get("members", auth=_GUARD, response=Page[MemberShape])
def list_members(request: ApiRequest) -> Page[MemberShape]:
    """List who works in the workspace, by address: all on one page."""
    found = members_of(request.auth.workspace.workspace_id)
    return Page(items=[MemberShape(**asdict(each)) for each in found], next=None)


@router.patch("members/{email}", auth=_GUARD, response=MemberShape)
def change_role(request: ApiRequest, email: EmailInAddress, change: RoleChange) -> MemberShape:
    """Give a member another role: none above the caller's own, and the last owner stays one."""
    caller = request.auth
    place = caller.workspace.workspace_id
    changed = services.change_role(email, place, change.role.value, by=caller.actor).member.email
    (found,) = (each for each in members_of(place) if each.email == changed)
    return MemberShape(**asdict(found))


@router.delete("members/{email}", auth=_GUARD, response={204: None})
def remove_member(request: ApiRequest, email: EmailInAddress) -> Status[None]:
    """Remove a member from the workspace and end his sessions. An invitation lets him in again."""
    caller = request.auth
    services.remove_member(email, caller.workspace.workspace_id, by=caller.actor)
    return Status(204, None)


@router.get("invitations", auth=_GUARD, response=Page[InvitationShape])
def list_invitations(request: ApiRequest) -> Page[InvitationShape]:
    """List the open invitations, newest first: all on one page."""
    found = invitations_of(request.auth.workspace.workspace_id)
    return Page(items=[InvitationShape(**asdict(each)) for each in found], next=None)


@router.post("invitations", auth=_GUARD, response={201: SentInvitation})
def invite(
    request: ApiRequest, new: NewInvitation, idempotency_key: IdempotencyKey = ""
) -> Status[SentInvitation]:
    """Invite an address; once more makes a new link, and the one before opens nothing."""
    caller = request.auth
    place = caller.workspace.workspace_id

    def make() -> SentInvitation:
        base_url = f"{request.scheme}://{request.get_host()}"
        invited = services.invite(new.email, place, new.role.value, by=caller.actor, base_url=base_url)
        found = _open(place, invited.invitation.pk)
        return SentInvitation(link=invited.link, was_mailed=invited.was_mailed, **asdict(found))

    return Status(201, once(request, idempotency_key, make, shape=SentInvitation, shown_once="link"))


@router.delete("invitations/{invitation_id}", auth=_GUARD, response={204: None})
def withdraw_invitation(
    request: ApiRequest, invitation_id: Annotated[int, Path(ge=1, le=2**53)]
) -> Status[None]:
    """Take an invitation back: its link opens nothing any more."""
    caller = request.auth
    services.withdraw_invitation(invitation_id, caller.workspace.workspace_id, by=caller.actor)
    return Status(204, None)


def _open(workspace_id: str, invitation_id: int) -> OpenInvitation:
    (found,) = (each for each in invitations_of(workspace_id) if each.invitation_id == invitation_id)
    return found
