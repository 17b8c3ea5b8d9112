"""What every template is given about the member's work."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from safar.doors.web.members.backend import Member

from .queries import OwnWork, own_work


def work_context(request: HttpRequest) -> dict[str, object]:
    """Give every template how much of the member's work is under way here; read only where it is shown."""

    def counted() -> OwnWork:
        member, workspace = getattr(request, "user", None), getattr(request, "workspace", None)
        if not isinstance(member, Member) or workspace is None:
            return OwnWork(0, 0)
        return own_work(member, workspace.workspace_id)

    return {"own_work": SimpleLazyObject(counted)}
