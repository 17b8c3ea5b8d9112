"""Who works where, in which role: added, changed, removed."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.design.reader import LanguageChoice
from safar.doors.web.homes import current_home
from safar.vocabulary.email import fold_email
from safar.vocabulary.errors import nearest

from .errors import RoleOutOfReach, UnknownMember
from .links import active_member
from .models import ApiToken, Member, Membership, ResetLink, Role, SignInLink
from .policies import administers
from .roles import check_another_owner, check_may_manage, check_setting
from .sessions import end_sessions


@transaction.atomic
def add_member(
    email: str,
    name: str,
    language: str,
    workspace_id: str,
    role: str = Role.VIEWER,
    *,
    is_administrator: bool | None = None,
    by: Actor | None = None,
) -> Member:
    """Add a member to a workspace; a known one gets the new name, language and role, and is active again.

    Only the terminal and administrators add members; owners and managers invite them (`invitations.invite`), so that
    nobody is given an account that somebody else holds the password of.

    Parameters
    ----------
    email
        The address he signs in with; folded, so that capitals and blanks make no second member.
    name
        As colleagues read it, any script; empty is allowed.
    language
        ``fa``, ``ar`` or ``en``; empty reads as his browser asks.
    workspace_id
        Where he works; it must exist.
    role
        ``owner``, ``manager``, ``analyst``, ``agent`` or ``viewer``.
    is_administrator
        Whether he looks after the installation; None leaves it as it is.
    by
        Who asks; the terminal when None.

    Raises
    ------
    EmailUnreadable, InvalidMemberSetting, UnknownWorkspace
        Nothing was changed.
    LastOwner
        The only owner of the workspace would become something else; nothing was changed.
    RoleOutOfReach
        Neither the terminal nor an administrator asks; nothing was changed.
    """
    by = by or Actor.at_terminal()
    if by.member is not None and not administers(by.member):
        raise RoleOutOfReach("Only administrators add members.", hint="Invite the member instead.")
    address = fold_email(email)
    check_setting("language", language, ["", *LanguageChoice.values])
    check_setting("role", role, Role.values)
    workspace = current_home().workspace(workspace_id)
    before = Membership.objects.select_related("member").filter(
        member__email=address, workspace_id=workspace.workspace_id
    )
    role_before = ""
    for membership in before:
        role_before = membership.role
        if role != Role.OWNER and membership.member.is_active:
            check_another_owner(membership)
    was_administrator = Member.objects.filter(email=address, is_administrator=True).exists()
    facts: dict[str, object] = {"name": name.strip(), "language": language, "is_active": True}
    if is_administrator is not None:
        facts["is_administrator"] = is_administrator
    member, is_new = Member.objects.update_or_create(email=address, defaults=facts)
    if is_new:
        member.set_unusable_password()
        member.save(update_fields=["password"])
    Membership.objects.update_or_create(
        member=member, workspace_id=workspace.workspace_id, defaults={"role": role}
    )
    if role_before != role:
        action = "member.role_changed" if role_before else "member.added"
        was = {"role": role_before} if role_before else None
        record(
            by, action, workspace_id=workspace.workspace_id, target=address, before=was, after={"role": role}
        )
    if is_administrator is not None and is_administrator != was_administrator:
        record(
            by,
            "member.administrator_made" if is_administrator else "member.administrator_ended",
            target=address,
        )
    return member


@transaction.atomic
def change_role(email: str, workspace_id: str, role: str, *, by: Actor | None = None) -> Membership:
    """Give a member of a workspace another role; it holds from his next request on.

    Raises
    ------
    EmailUnreadable, InvalidMemberSetting, UnknownWorkspace, UnknownMember
        Nothing was changed.
    RoleOutOfReach
        Who asks is no owner or manager there, or one of the two roles is above his own; nothing was changed.
    LastOwner
        The workspace would be left without an owner; nothing was changed.
    """
    by = by or Actor.at_terminal()
    check_setting("role", role, Role.values)
    membership = _membership(email, workspace_id)
    check_may_manage(by, membership.workspace_id, membership.role, role)
    if role == membership.role:
        return membership
    if role != Role.OWNER:
        check_another_owner(membership)
    before, membership.role = membership.role, role
    membership.save(update_fields=["role"])
    record(
        by,
        "member.role_changed",
        workspace_id=membership.workspace_id,
        target=membership.member.email,
        before={"role": before},
        after={"role": role},
    )
    return membership


@transaction.atomic
def remove_member(email: str, workspace_id: str | None = None, *, by: Actor | None = None) -> Member:
    """Remove a member from a workspace, or from all of them, and end his sessions, links and tokens.

    Who works in no workspace any more may not sign in, unless he looks after the installation; an invitation or
    `add_member` lets him in again. A member may remove himself: he leaves.

    Parameters
    ----------
    email
        Of an active member.
    workspace_id
        Where he works; None for every workspace, and for the care of the installation.
    by
        Who asks; the terminal when None.

    Raises
    ------
    EmailUnreadable, UnknownWorkspace
        Nothing was changed.
    UnknownMember
        No active member has this address, or he does not work in the workspace.
    RoleOutOfReach
        Who asks may not remove a member of that role; nothing was changed.
    LastOwner
        A workspace would be left without an owner; nothing was changed.
    """
    by = by or Actor.at_terminal()
    if workspace_id is None:
        member = active_member(email)
        leaving = list(Membership.objects.select_related("member").filter(member=member))
        member.is_administrator = False
    else:
        leaving = [_membership(email, workspace_id)]
        member = leaving[0].member
    for membership in leaving:
        if by.member != member:
            check_may_manage(by, membership.workspace_id, membership.role)
        check_another_owner(membership)
    for membership in leaving:
        record(
            by,
            "member.left" if by.member == member else "member.removed",
            workspace_id=membership.workspace_id,
            target=member.email,
            before={"role": membership.role},
        )
        ApiToken.objects.filter(member=member, workspace_id=membership.workspace_id, revoked_at=None).update(
            revoked_at=timezone.now()
        )
        membership.delete()
    if not member.is_administrator and not Membership.objects.filter(member=member).exists():
        member.is_active = False
    member.save(update_fields=["is_active", "is_administrator"])
    if by.member != member or not member.is_active:
        SignInLink.objects.filter(member=member).delete()
        ResetLink.objects.filter(member=member).delete()
        end_sessions(member)
    return member


def _membership(email: str, workspace_id: str) -> Membership:
    """Return where a member works, locked until the transaction ends."""
    address = fold_email(email)
    there = Membership.objects.filter(
        member__is_active=True, workspace_id=current_home().workspace(workspace_id).workspace_id
    )
    # All rows of the workspace, in one order: two owners who leave at once wait for each other in turn, never both.
    locked = there.select_for_update(of=("self",)).select_related("member").order_by("pk")
    found = next((each for each in locked if each.member.email == address), None)
    if found is None:
        raise UnknownMember(
            f"No active member in the workspace {workspace_id} has the address {address}.",
            hint=nearest(address, set(there.values_list("member__email", flat=True)))
            or "List the members: safar members list",
            email=address,
        )
    return found
