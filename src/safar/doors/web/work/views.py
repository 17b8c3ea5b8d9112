"""Pages of background work: the list, one piece that follows itself, cancel, retry."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.paging import cursor, read_cursor
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.store.registry import Workspace

from . import services
from .page import work_page
from .policies import may_see
from .queries import WorkFacts, work_of, works_of

_A_PAGE: Final = 30


@require_safe
@desk(Capability.SEE_NUMBERS)
def works(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """List the member's own work, or everybody's for who manages it."""
    manages = Capability.MANAGE_WORK in request.capabilities
    key = read_cursor(request.GET.get("after", ""), int)
    found, following = works_of(
        workspace.workspace_id,
        member=None if manages else request.user,
        before=key[0] if key else None,
        limit=_A_PAGE,
    )
    page = work_page(
        tuple(found),
        is_everybodys=manages,
        next_query="" if following is None else f"after={cursor(following)}",
        is_first=key is None,
    )
    response = render(request, "work/works.html", {"page": page})
    services.see(request.user, workspace.workspace_id)
    return response


@require_safe
@desk(Capability.SEE_NUMBERS)
def piece(request: DeskRequest, workspace: Workspace, work_id: UUID) -> HttpResponse:
    """Show one piece of work: a page, or the part that follows itself until it has ended.

    ``then`` names the address below the workspace to go to once it has ended.
    """
    work = _seen(request, workspace, work_id)
    then = request.GET.get("then", "")
    then = then if then.startswith(f"/w/{workspace.workspace_id}/") else ""
    is_part = request.headers.get("HX-Request-Type") == "partial"
    template = "work/progress.html" if is_part else "work/piece.html"
    response = render(request, template, {"work": work, "then": then})
    if is_part and work.has_ended and then:
        response.headers["HX-Redirect"] = then
    patch_vary_headers(response, ["HX-Request-Type"])
    return response


@require_POST
@desk(Capability.SEE_NUMBERS)
def cancel(request: DeskRequest, workspace: Workspace, work_id: UUID) -> HttpResponse:
    """Let a piece of work end."""
    work = _seen(request, workspace, work_id)
    services.cancel(work.work_id, by=Actor.of(request))
    messages.info(request, _("It will end at the next safe moment."))
    return _back(request, workspace)


@require_POST
@desk(Capability.SEE_NUMBERS)
def retry(request: DeskRequest, workspace: Workspace, work_id: UUID) -> HttpResponse:
    """Do a failed or cancelled piece of work again."""
    work = _seen(request, workspace, work_id)
    services.retry(work.work_id, by=Actor.of(request))
    messages.info(request, _("It is being done again."))
    return _back(request, workspace)


def _seen(request: DeskRequest, workspace: Workspace, work_id: UUID) -> WorkFacts:
    work = work_of(work_id, workspace.workspace_id)
    if work is None or not may_see(request.user, request.capabilities, work):
        raise Http404
    return work


def _back(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Return to the page that the button stood on, when it lies in the workspace."""
    wanted = request.POST.get("next", "")
    inside = f"/w/{workspace.workspace_id}/"
    return redirect(wanted) if wanted.startswith(inside) else redirect("works", workspace.workspace_id)
