"""The desk Today, and the front address that leads to it."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.export import export
from safar.doors.web.journeys.pinned import pinned_panel
from safar.doors.web.members.backend import MemberRequest
from safar.doors.web.members.guard import DeskRequest, desk, signed_in
from safar.doors.web.members.policies import Capability
from safar.doors.web.members.queries import workspace_ids_of
from safar.doors.web.personas.drifting import drift_lines
from safar.store.registry import Workspace

from .files import fact_file
from .listen_links import ListenAddresses
from .page import today_page
from .queries import changes_of_week, end_of_data, today_of_reader
from .services import note_export


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
def today(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Show how customers fare in a period: the page, the part of it that htmx asks for, or the file of a fact."""
    now = timezone.now()
    if request.GET.get("export"):
        return _file(request, workspace, now)
    locale = request.reader.locale(workspace)
    sees_customers = Capability.SEE_CUSTOMERS in request.capabilities
    end = _end_asked_for(request, workspace, now)
    page = today_page(
        workspace,
        today_of_reader(
            workspace,
            request.GET.get("period", ""),
            request.GET.get("by", ""),
            now=end or now,
            locale=locale,
        ),
        changes_of_week(workspace, now=now, locale=locale),
        locale,
        now=now,
        base_url=f"{request.scheme}://{request.get_host()}",
        listen=ListenAddresses.of_reader(workspace, sees_customers=sees_customers),
        events_address=reverse("events", args=[workspace.workspace_id]) if sees_customers else "",
        can_export=Capability.EXPORT in request.capabilities,
        is_at_end=end is not None,
    )
    is_part = request.headers.get("HX-Request-Type") == "partial"
    template = "today/today_part.html" if is_part else "today/today.html"
    context = {
        "page": page,
        "pinned": pinned_panel(workspace, locale),
        "drifting": drift_lines(workspace, locale),
        "desk": "today",
    }
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request-Type"])
    return response


def _end_asked_for(request: DeskRequest, workspace: Workspace, now: datetime) -> datetime | None:
    """Return where the data end when the reader asks for the days before that; None when he asks for today."""
    return end_of_data(workspace, now) if request.GET.get("at") == "end" else None


def _file(request: DeskRequest, workspace: Workspace, now: datetime) -> HttpResponseBase:
    if Capability.EXPORT not in request.capabilities:
        raise PermissionDenied
    form, fact, locale = request.GET["export"], request.GET.get("fact", ""), request.reader.locale(workspace)
    period, grouping = request.GET.get("period", ""), request.GET.get("by", "")
    end = _end_asked_for(request, workspace, now)
    answers = today_of_reader(workspace, period, grouping, now=end or now, locale=locale).answer
    columns, lines = fact_file(fact, answers)
    response = export(
        f"{workspace.workspace_id}-{fact}", columns, lines, form, locale, request.reader.direction
    )
    note_export(workspace, form, fact, answers.chosen.choice.key, by=Actor.of(request))
    return response
