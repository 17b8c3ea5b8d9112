"""Who may give which role to whom, and the rule that a workspace keeps an owner."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from safar.doors.web.audit.actor import Actor
from safar.vocabulary.errors import nearest

from .errors import InvalidMemberSetting, LastOwner, RoleOutOfReach
from .models import Membership, Role
from .policies import Capability, may

#: From least to all.
RANK: Final[dict[str, int]] = {role: rank for rank, role in enumerate(reversed(Role.values))}
#: Who comes from the machine itself is asked nothing: he could read the database.
_TRUSTED: Final = ("terminal", "system")


def check_may_manage(by: Actor, workspace_id: str, *roles: str) -> None:
    """Check that somebody may invite, change and remove members of these roles: none above his own.

    So only owners make owners, and a manager never touches one.

    Raises
    ------
    RoleOutOfReach
        He may not.
    """
    if by.kind in _TRUSTED:
        return
    if by.member is None or not may(by.member, workspace_id, Capability.MANAGE_MEMBERS):
        raise RoleOutOfReach(
            "Only owners and managers of a workspace look after its members.",
            hint="Ask an owner of the workspace.",
            workspace_id=workspace_id,
        )
    own = role_in(by.member.pk, workspace_id)
    if any(RANK[role] > RANK[own] for role in roles):
        raise RoleOutOfReach(
            f"A {own} cannot give or change the role {max(roles, key=RANK.__getitem__)}.",
            hint="Ask an owner of the workspace.",
            workspace_id=workspace_id,
        )


def role_in(member_id: int, workspace_id: str) -> str:
    """Return the role of a member who works in the workspace; the least one where he does not."""
    found = Membership.objects.filter(member_id=member_id, workspace_id=workspace_id)
    return found.values_list("role", flat=True).first() or Role.VIEWER


def check_another_owner(leaving: Membership) -> None:
    """Check that a workspace keeps an owner when this membership ends or becomes another; call it in a transaction.

    Raises
    ------
    LastOwner
        It would have none.
    """
    if leaving.role != Role.OWNER:
        return
    # Locked until the transaction ends: two owners who leave at once see each other.
    owners = Membership.objects.select_for_update(of=("self",)).filter(
        workspace_id=leaving.workspace_id, role=Role.OWNER, member__is_active=True
    )
    if not any(owner.pk != leaving.pk for owner in owners.order_by("pk")):
        raise LastOwner(
            f"{leaving.member.email} is the only owner of the workspace {leaving.workspace_id}.",
            hint="Make somebody else owner first: safar members add other@example.com --role owner",
            email=leaving.member.email,
            workspace_id=leaving.workspace_id,
        )


def check_setting(what: str, value: str, known: Iterable[str]) -> None:
    """Check that a value is one of those known.

    Raises
    ------
    InvalidMemberSetting
        It is not; the hint names the nearest.
    """
    allowed = list(known)
    if value not in allowed:
        raise InvalidMemberSetting(
            f"{value!r} is not a {what}.",
            hint=nearest(value, allowed) or f"Use one of {', '.join(filter(None, allowed))}.",
            setting=what,
            value=value,
        )
