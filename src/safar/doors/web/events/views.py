"""The desk Events: what comes in, as it comes in, and what came before."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.export import export
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.design.table import changed
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.store.newest import EventPlace
from safar.store.registry import Workspace

from . import queries
from .forms import EventsForm
from .page import MOST_IN_FILE, event_page, events_page, file_columns, file_row, first_steps
from .queries import Filters
from .services import note_export
from .words import visible


@require_safe
@desk(Capability.SEE_CUSTOMERS)
def events(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Show events, newest first: the page, the rows that the live part asks for, or a file."""
    locale = request.reader.locale(workspace)
    version = queries.log_version(workspace)
    is_part = request.headers.get("HX-Request-Type") == "partial"
    if is_part and request.GET.get("version") == version:
        return HttpResponse(status=204)
    present = queries.present(workspace)
    form = EventsForm(present, queries.sources(workspace), request.GET, locale=locale)
    filters = _filters(form)
    query = changed(request.GET.urlencode(), before="", version="", top="", export="")
    if request.GET.get("export"):
        return _file(request, workspace, filters)
    before = _place(request.GET.get("before", ""))
    question = filters.question(locale.time_zone, before=before)
    answer = queries.page_of_events(workspace, question)
    nothing = not answer.events and answer.stopped_at is None and before is None and filters.are_any
    page = events_page(
        workspace,
        answer,
        filters,
        locale,
        query=query,
        version=version,
        is_first=before is None,
        now=timezone.now(),
        last_at=queries.last_event_at(workspace),
        loosen=queries.filters_to_loosen(workspace, filters, locale.time_zone) if nothing else [],
        seen=_place(request.GET.get("top", "")),
        can_export=Capability.EXPORT in request.capabilities,
        properties=tuple(name for name in present.properties if visible(name) == name),
        first_steps=first_steps(workspace, frozenset(request.capabilities)),
    )
    template = "events/rows.html" if is_part else "events/events.html"
    response = render(request, template, {"page": page, "form": form, "desk": "events"})
    patch_vary_headers(response, ["HX-Request-Type"])
    return response


@require_safe
@desk(Capability.SEE_CUSTOMERS)
def event(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Show all of one event: as a page, or in a dialog."""
    named = read_cursor(request.GET.get("of", ""), str, datetime, str)
    if named is None:
        raise Http404
    original_id, occurred_at, event_id = named
    found = queries.event_of(workspace, original_id, occurred_at, _uuid(event_id))
    if found is None:
        raise Http404
    page = event_page(workspace, found, request.reader.locale(workspace))
    is_part = request.headers.get("HX-Request-Type") == "partial"
    template = "events/event_part.html" if is_part else "events/event.html"
    response = render(request, template, {"page": page, "desk": "events"})
    patch_vary_headers(response, ["HX-Request-Type"])
    return response


def _file(request: DeskRequest, workspace: Workspace, filters: Filters) -> HttpResponseBase:
    if Capability.EXPORT not in request.capabilities:
        raise PermissionDenied
    form, locale = request.GET["export"], request.reader.locale(workspace)
    question = filters.question(locale.time_zone, limit=MOST_IN_FILE.get(form, 1))
    rows = (file_row(each) for each in queries.events_to_take_away(workspace, question))
    file = export(_("Events"), file_columns(), rows, form, locale, request.reader.direction)
    note_export(workspace, form, filters, by=Actor.of(request))
    return file


def _filters(form: EventsForm) -> Filters:
    """Return what was asked for; what cannot be read asks for nothing, and the form says so."""
    form.is_valid()
    read: dict[str, Any] = form.cleaned_data
    is_dated = not {"since", "until"} & set(form.errors)
    return Filters(
        name=read.get("name", ""),
        channel=read.get("channel", ""),
        source=read.get("source", ""),
        customer=read.get("customer", ""),
        property_name=read.get("property", ""),
        property_value=read.get("value", "") if read.get("property") else "",
        since=read.get("since") if is_dated else None,
        until=read.get("until") if is_dated else None,
    )


def _place(text: str) -> EventPlace | None:
    values = read_cursor(text, int, int, int, str)
    return None if values is None else EventPlace(*values)


def _uuid(text: str) -> UUID:
    try:
        return UUID(hex=text)
    except ValueError:
        raise Http404 from None
