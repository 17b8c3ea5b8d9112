"""Invitations: a link that lets somebody into a workspace, in a role, once, within a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.design.reader import LanguageChoice
from safar.doors.web.homes import current_home
from safar.vocabulary.email import fold_email
from safar.vocabulary.errors import Refusal

from .account import change_name
from .errors import AlreadyMember, InvitationForAnother, InvitationRefused, UnknownInvitation
from .letters import send_invitation
from .links import address_of
from .models import Invitation, Member, Membership, Role
from .passwords import checked_password
from .roles import RANK, check_may_manage, check_setting
from .secrets_kept import digest_of, fresh_secret

INVITATION_LIVES: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invited:
    """What came of inviting somebody.

    Attributes
    ----------
    invitation
        As it is kept.
    link
        The address that lets him in; it is shown now and kept nowhere.
    was_mailed
        Whether it was sent to him. Otherwise whoever invites hands it over.
    """

    invitation: Invitation
    link: str
    was_mailed: bool


def invite(
    email: str, workspace_id: str, role: str = Role.VIEWER, *, by: Actor | None = None, base_url: str
) -> Invited:
    """Invite an address to work in a workspace; once more makes a new link, and the one before opens nothing.

    Parameters
    ----------
    email
        Of anybody: a member of another workspace keeps his account and gets this workspace too.
    workspace_id
        Where he shall work.
    role
        Not above the role of who asks.
    by
        Who asks; the terminal when None.
    base_url
        Where the pages are, such as ``https://cx.example``.

    Raises
    ------
    EmailUnreadable, InvalidMemberSetting, UnknownWorkspace
        Nothing was changed.
    RoleOutOfReach
        Who asks is no owner or manager there, or would give more than he has; nothing was changed.
    AlreadyMember
        The address works there already; nothing was changed.
    """
    by = by or Actor.at_terminal()
    invitation, link = _invite(fold_email(email), workspace_id, role, by, base_url)
    workspace = current_home().workspace(workspace_id)
    return Invited(invitation, link, send_invitation(invitation, workspace, link))


@transaction.atomic
def _invite(address: str, workspace_id: str, role: str, by: Actor, base_url: str) -> tuple[Invitation, str]:
    check_setting("role", role, Role.values)
    workspace = current_home().workspace(workspace_id)
    check_may_manage(by, workspace.workspace_id, role)
    if Membership.objects.filter(
        member__email=address, member__is_active=True, workspace_id=workspace.workspace_id
    ).exists():
        raise AlreadyMember(
            f"{address} works in {workspace.workspace_id} already.",
            hint="Change the role instead.",
            email=address,
        )
    now = timezone.now()
    token, digest = fresh_secret()
    before = _open_ones(workspace.workspace_id).select_for_update().filter(email=address).first()
    if before is not None:
        check_may_manage(by, workspace.workspace_id, before.role)
        before.withdrawn_at = now
        before.save(update_fields=["withdrawn_at"])
    invitation = Invitation.objects.create(
        workspace_id=workspace.workspace_id,
        email=address,
        role=role,
        token_digest=digest,
        invited_by=by.member,
        created_at=now,
        expires_at=now + INVITATION_LIVES,
    )
    record(by, "member.invited", workspace_id=workspace.workspace_id, target=address, after={"role": role})
    return invitation, address_of(base_url, "invitation", token)


def resend_invitation(
    invitation_id: int, workspace_id: str, *, by: Actor | None = None, base_url: str
) -> Invited:
    """Invite the same address to the same role again, with a new link and a new week.

    Raises
    ------
    UnknownInvitation, RoleOutOfReach
        Nothing was changed.
    """
    found = _open_ones(workspace_id).filter(pk=invitation_id).first()
    if found is None:
        raise _unknown(invitation_id)
    return invite(found.email, workspace_id, found.role, by=by, base_url=base_url)


@transaction.atomic
def withdraw_invitation(invitation_id: int, workspace_id: str, *, by: Actor | None = None) -> Invitation:
    """Take an invitation back: its link opens nothing any more.

    Raises
    ------
    UnknownInvitation
        The workspace has no open invitation of this number.
    RoleOutOfReach
        Who asks may not invite to that role; nothing was changed.
    """
    by = by or Actor.at_terminal()
    found: Invitation | None = _open_ones(workspace_id).select_for_update().filter(pk=invitation_id).first()
    if found is None:
        raise _unknown(invitation_id)
    check_may_manage(by, workspace_id, found.role)
    found.withdrawn_at = timezone.now()
    found.save(update_fields=["withdrawn_at"])
    record(
        by,
        "member.invitation_withdrawn",
        workspace_id=workspace_id,
        target=found.email,
        before={"role": found.role},
    )
    return found


def invitation_of(token: str) -> Invitation:
    """Return the invitation that a link opens.

    Raises
    ------
    InvitationRefused
        Unknown, used, withdrawn, expired, or whoever invited may not invite to that role any more.
    """
    found = (
        Invitation.objects.select_related("invited_by")
        .filter(token_digest=digest_of(token), accepted_at=None, withdrawn_at=None)
        .filter(expires_at__gt=timezone.now())
        .first()
    )
    if found is None or not _is_still_meant(found):
        raise InvitationRefused(
            "This invitation is not valid: it was used or withdrawn, or it is too old.",
            hint="Ask whoever invited you for a new one.",
        )
    return found


def known_member(invitation: Invitation) -> Member | None:
    """Return the active member that the invited address belongs to; None where it has no account in use."""
    return Member.objects.filter(email=invitation.email, is_active=True).first()


@transaction.atomic
def accept_invitation(
    token: str,
    *,
    by: Actor,
    name: str = "",
    password: str = "",
    language: str = "",
) -> Member:
    """Let the invited one into the workspace. Of two requests with one link exactly one succeeds.

    Parameters
    ----------
    token
        Of the link.
    by
        Who follows it: the member himself where the address has an account, else a stranger.
    name, password, language
        Of a new member; a member with an account keeps his own.

    Raises
    ------
    InvitationRefused
        The link is not valid.
    InvitationForAnother
        The address has an account, and it is not the one that is signed in: a link alone opens nobody's account.
    InvalidMemberSetting, PasswordTooShort, PasswordTooLong, PasswordCommon, PasswordPersonal, PasswordRepeated
        Nothing was changed, and the link is still good.
    """
    invitation = invitation_of(token)
    usable = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    if usable.update(accepted_at=timezone.now()) != 1:
        raise InvitationRefused("This invitation was used already.", hint="Ask for a new one.")
    member = known_member(invitation)
    if member is None:
        member = _new_member(invitation.email, name, password, language, by)
    elif by.member != member:
        raise InvitationForAnother(
            f"The invitation is for {invitation.email}, who has an account.",
            hint="Sign in as that member, then open the link again.",
            email=invitation.email,
        )
    membership, is_new = Membership.objects.get_or_create(
        member=member, workspace_id=invitation.workspace_id, defaults={"role": invitation.role}
    )
    if not is_new and RANK[membership.role] < RANK[invitation.role]:
        membership.role = invitation.role
        membership.save(update_fields=["role"])
    record(
        Actor("member", member, by.address),
        "member.joined",
        workspace_id=invitation.workspace_id,
        target=invitation.email,
        after={"role": membership.role},
    )
    return member


def _new_member(email: str, name: str, password: str, language: str, by: Actor) -> Member:
    """Return the account of an address that has none in use; one that was left is begun anew."""
    check_setting("language", language, ["", *LanguageChoice.values])
    kept = checked_password(password, email=email, name=name)
    try:
        with transaction.atomic():
            member, _ = Member.objects.select_for_update().get_or_create(email=email)
    except IntegrityError:  # somebody else accepted another invitation of the address at this very moment
        member = Member.objects.get(email=email)
    member.is_active, member.is_administrator, member.language = True, False, language
    member.set_password(kept)
    member.save()
    return change_name(member, name, by=Actor("member", member, by.address))


def _open_ones(workspace_id: str):  # type: ignore[no-untyped-def] # a query set
    return Invitation.objects.filter(workspace_id=workspace_id, accepted_at=None, withdrawn_at=None)


def _is_still_meant(invitation: Invitation) -> bool:
    inviter = invitation.invited_by
    try:
        current_home().workspace(invitation.workspace_id)
        if inviter is not None:
            check_may_manage(Actor("member", inviter), invitation.workspace_id, invitation.role)
    except Refusal:
        return False
    return True


def _unknown(invitation_id: int) -> UnknownInvitation:
    return UnknownInvitation(
        "There is no such open invitation.",
        hint="It may have been accepted or withdrawn.",
        invitation_id=invitation_id,
    )
