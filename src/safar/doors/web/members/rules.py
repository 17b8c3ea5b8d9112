"""What a workspace asks of its members: a second factor."""

from __future__ import annotations

from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.homes import current_home

from .errors import RoleOutOfReach
from .models import Member, WorkspaceRule
from .policies import Capability, may
from .queries import needs_two_factor


def has_two_factor(member: Member) -> bool:
    """Whether the member signs in with a second factor."""
    return bool(TOTPDevice.objects.filter(user=member, confirmed=True).exists())


def lacks_two_factor(member: Member, workspace_id: str) -> bool:
    """Whether the workspace stays closed to the member until he sets a second factor up."""
    return needs_two_factor(workspace_id) and not has_two_factor(member)


@transaction.atomic
def require_two_factor(workspace_id: str, *, needed: bool, by: Actor | None = None) -> WorkspaceRule:
    """Open a workspace only to members with a second factor, or to all of its members again.

    Raises
    ------
    UnknownWorkspace
        Nothing was changed.
    RoleOutOfReach
        Only who may change the workspace decides that; nothing was changed.
    """
    by = by or Actor.at_terminal()
    workspace = current_home().workspace(workspace_id)
    if by.member is not None and not may(by.member, workspace_id, Capability.CHANGE_WORKSPACE):
        raise RoleOutOfReach("Only owners decide what a workspace asks of its members.", hint="Ask an owner.")
    rule, _ = WorkspaceRule.objects.select_for_update().get_or_create(workspace_id=workspace.workspace_id)
    if rule.needs_two_factor != needed:
        rule.needs_two_factor = needed
        rule.save(update_fields=["needs_two_factor"])
        record(
            by,
            "workspace.two_factor_rule_changed",
            workspace_id=workspace_id,
            target=workspace.name,
            before={"needs_two_factor": not needed},
            after={"needs_two_factor": needed},
        )
    return rule
