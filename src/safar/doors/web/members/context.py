"""What every template is given about the member."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from safar.doors.web.design.desks import desks_for
from safar.doors.web.homes import current_home
from safar.store.registry import Workspace

from .models import Member
from .queries import workspace_ids_of


def member_context(request: HttpRequest) -> dict[str, object]:
    """Give every template the member's workspaces, read only where they are shown, and the open one's desks."""

    def own_workspaces() -> list[Workspace]:
        member = getattr(request, "user", None)
        if not isinstance(member, Member):
            return []
        ids = set(workspace_ids_of(member))
        return [workspace for workspace in current_home().workspaces() if workspace.workspace_id in ids]

    return {
        "own_workspaces": SimpleLazyObject(own_workspaces),
        "workspace": getattr(request, "workspace", None),
        "desks": desks_for(getattr(request, "capabilities", frozenset())),
    }
