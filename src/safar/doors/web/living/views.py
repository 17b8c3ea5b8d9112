"""The living map: the sheet, what is opened beside it, customers behind its numbers, what is brought onto the map."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.failures import is_part
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.design.table import changed
from safar.doors.web.design.toasts import toast
from safar.doors.web.maps import services as maps
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.store.registry import Workspace

from . import queries
from .adding import added
from .behind_page import behind_page
from .panel import panel as number
from .panel_parts import PanelScene
from .reading import Reading, read_sheet
from .sheet import sheet_address
from .thread_page import search_page
from .whole import whole_page


@require_safe
@desk(Capability.SEE_NUMBERS)
def sheet(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """Show a map as it is lived: the page, or the part of it that a change of period, persona or lane asks for."""
    reading = _reading(request, workspace, map_id)
    page = whole_page(reading, about=request.GET.get("about", ""))
    template = "living/part.html" if is_part(request) else "living/sheet.html"
    status = 422 if reading.form.errors and reading.form.is_asked else 200
    response = render(request, template, {"page": page, "desk": "journeys"}, status=status)
    patch_vary_headers(response, ["HX-Request-Type"])
    return response


@require_safe
@desk(Capability.SEE_NUMBERS)
def panel(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """Show what is opened beside a sheet, by itself; without JavaScript the sheet itself shows it."""
    reading = _reading(request, workspace, map_id)
    about = request.GET.get("about", "")
    if not is_part(request):
        query = reading.state.query()
        own = sheet_address(workspace, map_id)
        return redirect(f"{own}?{query}{'&' if query else ''}{urlencode({'about': about})}#panel")
    page = whole_page(reading, about=about, panel_only=True)
    return render(request, "living/panel.html", {"page": page, "panel": page.panel})


@require_safe
@desk(Capability.SEE_CUSTOMERS)
def behind(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """List the customers behind a number of a sheet."""
    reading = _reading(request, workspace, map_id)
    key = request.GET.get("about", "")
    if reading.kept is None:  # its page says why, or how far it is
        return redirect(f"{sheet_address(workspace, map_id)}?{changed(reading.state.query(), about=key)}")
    after = read_cursor(request.GET.get("after", ""), int)
    shown = number(key, PanelScene(reading.scene(), can_edit=False))
    answer = None if shown is None else queries.behind(reading, key, after[0] if after else None)
    if shown is None or answer is None:
        raise Http404
    page = behind_page(reading, shown, answer, is_first=after is None)
    return render(request, "living/behind.html", {"page": page, "desk": "journeys"})


@require_safe
@desk(Capability.SEE_CUSTOMERS)
def thread(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """Choose the customer whose walk lights up on the sheet."""
    reading = _reading(request, workspace, map_id)
    own = sheet_address(workspace, map_id)
    if reading.state.customer:
        return redirect(f"{own}?{reading.state.query(mode='lived')}")
    page = search_page(reading, request.GET.get("q", "")[:300].strip(), own)
    return render(request, "living/thread_search.html", {"page": page, "own": own, "desk": "journeys"})


@require_POST
@desk(Capability.EDIT_MAPS)
def add(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """Bring a way or an event that is lived beside the map onto it."""
    opened = queries.opened(workspace, map_id)
    if opened is None:
        raise Http404
    words = added(
        workspace,
        opened,
        request.POST.get("about", ""),
        by=Actor.of(request),
        locale=_locale(request, workspace),
    )
    if words is None:
        raise Http404
    toast(request, words, undo_href=sheet_address(workspace, map_id, "living-undo"))
    return redirect(_back(request, workspace, map_id))


@require_POST
@desk(Capability.EDIT_MAPS)
def undo(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """Take back what the member changed last on the map."""
    if queries.opened(workspace, map_id) is None:
        raise Http404
    maps.undo(workspace, map_id, by=Actor.of(request))
    toast(request, _("Undone: the map is as it was before."), "info")
    return redirect(sheet_address(workspace, map_id))


def _reading(request: DeskRequest, workspace: Workspace, map_id: str) -> Reading:
    found = read_sheet(
        workspace,
        map_id,
        request.GET,
        _locale(request, workspace),
        capabilities=request.capabilities,
        by=Actor.of(request),
    )
    if found is None:
        raise Http404
    return found


def _locale(request: DeskRequest, workspace: Workspace) -> Any:
    return request.reader.locale(workspace)


def _back(request: DeskRequest, workspace: Workspace, map_id: str) -> str:
    """Return the sheet with the state that the form came from."""
    query = request.POST.get("state", "")
    own = sheet_address(workspace, map_id)
    return f"{own}?{query}" if query else own
