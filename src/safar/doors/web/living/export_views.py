"""Files of a map, and the page that a link shows to whoever has it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from safar.doors.web.audit.actor import SYSTEM, Actor
from safar.doors.web.audit.services import record
from safar.doors.web.design.export import export as rows_file
from safar.doors.web.design.reader import Reader
from safar.doors.web.journeys.asking import Underway
from safar.doors.web.maps.errors import ShareEnded
from safar.doors.web.maps.queries import SharedMap, map_of, shared_map
from safar.doors.web.members.guard import DeskRequest, desk, public
from safar.doors.web.members.policies import Capability
from safar.doors.web.members.throttle import Limit, network_of, take
from safar.store.registry import Workspace

from . import export
from .export_room import RETRY_SECONDS, RoomTaken, come_again, drawn
from .export_rows import lived_lines
from .page_file import page_file, rendered
from .reading import Reading, read_sheet
from .scene import Scene
from .sheet import sheet_address
from .whom import PERSONA

#: Lanes that a link never shows: who answers for what, and what single customers wrote, stay within.
_WITHIN: Final = ("owner", "quote")
#: Links that open nothing, tried from one network address.
_LINKS: Final = Limit("shared link", 30, timedelta(seconds=15), timedelta(hours=1))


@require_safe
@desk(Capability.SEE_NUMBERS)
def export_map(request: DeskRequest, workspace: Workspace, map_id: str, form: str) -> HttpResponseBase:
    """Give a map as a file, as the address says to look at it; who took it is noted."""
    if form not in export.FORMS:
        raise Http404
    locale = export.in_language(request.reader.locale(workspace), request.GET.get("language", ""))
    with export.speaking(locale.language):
        reading = read_sheet(
            workspace, map_id, request.GET, locale, capabilities=request.capabilities, by=Actor.of(request)
        )
        if reading is None:
            raise Http404
        is_lived = reading.state.mode != "designed" and form != "json"
        if is_lived and export.FORMS[form].is_of_rows and Capability.EXPORT not in request.capabilities:
            raise PermissionDenied
        if is_lived and reading.kept is None:  # its page says why, or how far it is
            query = reading.state.query()
            address = sheet_address(workspace, map_id)
            return redirect(f"{address}?{query}" if query else address)
        scene = reading.scene(is_lived=is_lived)
        try:
            response = _file(request.GET, reading, scene, form)
        except RoomTaken:
            return come_again(request)
        name = export.name_of(scene, form)
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    record(
        Actor.of(request),
        "map.exported",
        workspace_id=workspace.workspace_id,
        target=name.rsplit(".", 1)[0],
        after={"form": form, "lived": is_lived},
    )
    return response


def _file(data: QueryDict, reading: Reading, scene: Scene, form: str) -> HttpResponseBase:
    now = timezone.now()
    content_type = export.FORMS[form].content_type
    if form == "json":
        return HttpResponse(export.document_file(reading), content_type=content_type)
    if form == "csv" and scene.lived is None:
        return HttpResponse(export.sheet_file(reading), content_type=content_type)
    if form == "csv" and scene.lived is not None:
        columns, rows = lived_lines(scene, scene.lived)
        return rows_file(export.name_of(scene, form), columns, rows, "csv", reading.locale, "ltr")

    def draw() -> bytes:
        poster = export.poster_from(reading, scene, made_at=now, most_cards=export.MOST_CARDS)
        if form == "pdf":
            return export.on_paper(poster, data, reading.locale, made_at=now)
        return export.page(poster).encode() if form == "html" else export.picture(poster, form)

    paper = (data.get("size", ""), data.get("paper", "")) if form == "pdf" else ()
    key = (form, paper, reading.sees_customers, *_followed_from(reading, scene))
    return HttpResponse(drawn(key, draw), content_type=content_type)


def _followed_from(reading: Reading, scene: Scene) -> tuple[Hashable, ...]:
    """Return all that a drawing of a sheet follows from."""
    lived = scene.lived
    return (
        reading.workspace.workspace_id,
        reading.opened.public_id,
        reading.opened.revision,
        reading.question if lived is not None else None,
        lived.provenance.log_version if lived is not None else "",
        reading.state,
        reading.whom,
        reading.whoms,
        reading.locale,
        reading.locale.date(timezone.now()),
    )


@require_safe
@public
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a link opens, to whoever has it: one page that leads nowhere, and needs no cookie.

    Wrong links are counted as wrong passwords are: nobody finds one by trying.
    """
    try:
        found = shared_map(token)
    except ShareEnded:
        # Only what opens nothing is counted: no guesser shuts a right link for all who share his network.
        take((_LINKS, network_of(str(request.META.get("REMOTE_ADDR", "")))))
        return _ended(request)
    try:
        reading = _shared_reading(found, request.reader)  # type: ignore[attr-defined]
    except ShareEnded:
        return _ended(request)
    with export.speaking(reading.locale.language):
        if found.shows_lived and isinstance(reading.answer, Underway):
            response = render(request, "living/share_underway.html")
            response.headers["Refresh"] = "5"
            return _alone(response)
        scene = reading.scene(is_lived=found.shows_lived)
        # What cards rest on is not shared, so nothing is said about it.
        scene = replace(scene, evidence={}, whole_evidence=None)

        def draw() -> bytes:
            page = page_file(export.poster_from(reading, scene, made_at=timezone.now(), is_shared=True))
            return f"{page.policy}\n{rendered(page)}".encode()

        shown = ("shared", found.persona, found.shows_lived, found.revision)
        try:
            policy, _line, text = drawn((*shown, *_followed_from(reading, scene)), draw).partition(b"\n")
        except RoomTaken:
            response = come_again(request)
            response.headers["Refresh"] = str(RETRY_SECONDS)
            return _alone(response)
        response = HttpResponse(text)
        response.headers["Content-Security-Policy"] = f"{policy.decode()}; frame-ancestors 'none'"
        response.headers["Content-Language"] = reading.locale.language
    return _alone(response)


def _ended(request: HttpRequest) -> HttpResponse:
    return _alone(render(request, "living/share_ended.html", status=404))


def _shared_reading(found: SharedMap, reader: Reader) -> Reading:
    """Return what a link asks: what it was made to show, and nothing that its address could change."""
    opened = map_of(found.workspace, found.public_id)
    if opened is None:
        raise ShareEnded("The map is gone.", hint="Ask for another link.")
    locale = export.in_language(Reader(reader.language).locale(found.workspace), found.language)
    data = QueryDict(mutable=True)
    data.setlist("hide", list(_WITHIN))
    if found.persona:
        data["of"] = f"{PERSONA}{found.persona}"
    # Whom it is about is said in the language of the link, not in that of whoever opens it.
    with export.speaking(locale.language):
        reading = read_sheet(
            found.workspace, found.public_id, data, locale, capabilities=frozenset(), by=SYSTEM
        )
    if reading is None or (found.persona and reading.whom.persona != found.persona):
        raise ShareEnded("The persona is gone.", hint="Ask for another link.")
    return replace(reading, opened=replace(opened, document=found.document))


def _alone(response: HttpResponse) -> HttpResponse:
    """Return a page that no search engine keeps, and that tells nobody where its reader came from."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
