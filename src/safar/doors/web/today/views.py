"""The desk Today, and the front address that leads to it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from safar.doors.web.members.backend import MemberRequest
from safar.doors.web.members.guard import DeskRequest, desk, signed_in
from safar.doors.web.members.policies import Capability
from safar.doors.web.members.queries import workspace_ids_of
from safar.store.registry import Workspace

from .page import today_page
from .periods import chosen
from .queries import last_event_at, today_answers


@require_safe
@signed_in
def front(request: MemberRequest) -> HttpResponse:
    """Lead to the member's first workspace."""
    ids = workspace_ids_of(request.user)
    if not ids:
        return render(request, "members/no_workspace.html", status=403)
    return redirect("today", workspace_id=ids[0])


@require_safe
@desk(Capability.SEE_NUMBERS)
def today(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Show how customers fare in a period: the page, or the part of it that htmx asks for."""
    locale = request.reader.locale(workspace)
    now = timezone.now()
    period = chosen(
        request.GET.get("period", ""),
        request.GET.get("by", ""),
        now=now,
        locale=locale,
        last_event_at=last_event_at(workspace),
    )
    page = today_page(
        workspace,
        today_answers(workspace, period),
        locale,
        now=now,
        base_url=f"{request.scheme}://{request.get_host()}",
    )
    is_part = request.headers.get("HX-Request-Type") == "partial"
    template = "today/today_part.html" if is_part else "today/today.html"
    response = render(request, template, {"page": page, "desk": "today"})
    patch_vary_headers(response, ["HX-Request-Type"])
    return response
