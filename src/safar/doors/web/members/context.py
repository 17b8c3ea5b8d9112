"""What every template is given about the member."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from safar.doors.web.design.desks import Desk, desks_for
from safar.doors.web.homes import current_home
from safar.store.registry import Workspace

from .models import Member
from .policies import capabilities_in
from .queries import workspace_ids_of
from .sessions import last_workspace

#: Pages of no workspace from which a member goes back to his desks.
_BESIDE_DESKS: Final = ("/me", "/installation")


def member_context(request: HttpRequest) -> dict[str, object]:
    """Give every template the member's workspaces, read only where they are shown, and the desks to go to.

    ``workspace`` is the open one. ``desks_at`` is the one that the navigation leads into: the open one, else where the
    member was last.
    """
    member = getattr(request, "user", None)
    workspace: Workspace | None = getattr(request, "workspace", None)

    def own_workspaces() -> list[Workspace]:
        if not isinstance(member, Member):
            return []
        ids = set(workspace_ids_of(member))
        return [each for each in current_home().workspaces() if each.workspace_id in ids]

    own = SimpleLazyObject(own_workspaces)

    def left_last() -> Workspace | None:
        last = last_workspace(request)
        return next((each for each in own if each.workspace_id == last), own[0] if own else None)

    def desks_there() -> list[Desk]:
        at = left_last()
        may = capabilities_in(member, at.workspace_id) if at and isinstance(member, Member) else None
        return desks_for(may or frozenset())

    found: dict[str, object] = {"own_workspaces": own, "workspace": workspace}
    if workspace is None and isinstance(member, Member) and request.path.startswith(_BESIDE_DESKS):
        return found | {"desks_at": SimpleLazyObject(left_last), "desks": SimpleLazyObject(desks_there)}
    return found | {"desks_at": workspace, "desks": desks_for(getattr(request, "capabilities", frozenset()))}
