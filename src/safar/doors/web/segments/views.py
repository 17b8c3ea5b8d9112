"""Segments: the list, one of them, and the form in which one is defined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.customers.list_order import ORDERS, place_text, ranking_question
from safar.doors.web.customers.queries import ranking
from safar.doors.web.design.confirm import Confirmation, unconfirmed
from safar.doors.web.design.table import Table
from safar.doors.web.design.toasts import toast
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.events.words import visible
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.observe.among import Among
from safar.store.registry import Workspace

from . import queries, services
from .building import Builder
from .choices import choices_of
from .errors import SegmentNameRefused, TooManySegments
from .forms import Editing, begun, named, sent
from .page import Pages
from .queries import SegmentFacts
from .used import used_in

#: Customers of a page of members, and movements that are told.
_MEMBERS: Final = 25
_MOVEMENTS: Final = 12
#: Days that the drawings of the list show.
_SPARK_DAYS: Final = 60


@require_safe
@desk(Capability.SEE_NUMBERS)
def segments(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Show the segments of the workspace, or those of its archive."""
    are_archived = request.GET.get("archived") == "1"
    found = queries.segments_of(workspace, archived=are_archived)
    with_sizes = [
        (facts, queries.history_of(workspace, facts.public_id, days=_SPARK_DAYS)) for facts in found
    ]
    has_other = are_archived or bool(queries.segments_of(workspace, archived=True))
    page = _pages(request, workspace).list(with_sizes, are_archived=are_archived, has_other=has_other)
    return render(request, "segments/segments.html", {"page": page, "desk": "customers"})


@require_safe
@desk(Capability.SEE_NUMBERS)
def segment(request: DeskRequest, workspace: Workspace, public_id: str) -> HttpResponse:
    """Show one segment; its customers only to those who may see single ones."""
    facts, pages = _counted(workspace, _found(workspace, public_id)), _pages(request, workspace)
    sees = Capability.SEE_CUSTOMERS in request.capabilities
    moves = queries.movements_of(workspace, public_id, limit=_MOVEMENTS) if sees else ()
    page = pages.one(
        facts,
        queries.history_of(workspace, public_id),
        moves,
        _members(request, workspace, facts, pages) if sees else None,
        used_in(workspace, facts),
    )
    return render(request, "segments/segment.html", {"page": page, "desk": "customers"})


def _members(request: DeskRequest, workspace: Workspace, facts: SegmentFacts, pages: Pages) -> Table:
    after = request.GET.get("after", "")
    among = Among(segment=facts.segment)
    found = ranking(workspace, ranking_question(ORDERS[0], among, workspace.currency, after, limit=_MEMBERS))
    following = f"after={place_text(found.next_after)}" if found.next_after else ""
    return pages.members(found.customers, next_query=following, is_first=not after)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.EDIT_MAPS)
def new(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Define a segment: from nothing, or from a definition that the address names."""

    def save(editing: Editing) -> str:
        return services.define(workspace, editing.name, editing.body, by=Actor.of(request))

    return _editor(request, workspace, None, save)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.EDIT_MAPS)
def edit(request: DeskRequest, workspace: Workspace, public_id: str) -> HttpResponse:
    """Change the name or the definition of a segment."""
    facts = _found(workspace, public_id)

    def save(editing: Editing) -> str:
        services.change(workspace, public_id, name=editing.name, text=editing.body, by=Actor.of(request))
        return public_id

    return _editor(request, workspace, facts, save)


@require_POST
@desk(Capability.EDIT_MAPS)
def preview(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Say who a definition takes while it is being written, how many they are and what share of value they have."""
    pages = _pages(request, workspace)
    fields = {**request.POST.dict(), "do": "count"}
    editing = sent(_builder(pages), fields)
    counted = None if editing.segment is None else queries.preview(workspace, editing.body)
    return render(request, "segments/live.html", {"page": pages.edit(editing, None, counted)})


def _editor(
    request: DeskRequest,
    workspace: Workspace,
    facts: SegmentFacts | None,
    save: Callable[[Editing], str],
) -> HttpResponse:
    pages = _pages(request, workspace)
    builder = _builder(pages)
    if request.method != "POST":
        name, text = (
            (facts.name, facts.text) if facts else (request.GET.get("name", ""), request.GET.get("text", ""))
        )
        return _form(request, pages, begun(builder, name[:120], text[:8_000]), facts)
    editing = sent(builder, request.POST.dict())
    if request.POST.get("do") == "save":
        editing = named(editing)
        if editing.segment is None or editing.name_error:
            return _form(request, pages, editing, facts, status=422)
        try:
            public_id = save(editing)
        except (SegmentNameRefused, TooManySegments) as refusal:
            editing = replace(editing, name_error=sentence_of(refusal.code))
            return _form(request, pages, editing, facts, status=422)
        toast(request, _("The segment is saved."))
        return redirect("segment", workspace_id=workspace.workspace_id, public_id=public_id)
    if request.headers.get("X-Part"):
        return render(request, "segments/editor.html", {"page": pages.edit(editing, facts, None)})
    return _form(request, pages, editing, facts)


def _form(
    request: DeskRequest, pages: Pages, editing: Editing, facts: SegmentFacts | None, *, status: int = 200
) -> HttpResponse:
    """Show the whole form; it counts only where its button asks for that, and says what is wrong."""
    counted = None
    if editing.segment is not None and request.POST.get("do") == "count":
        counted = queries.preview(pages.workspace, editing.body)
    context = {"page": pages.edit(editing, facts, counted), "desk": "customers"}
    return render(request, "segments/edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.EDIT_MAPS)
def archive(request: DeskRequest, workspace: Workspace, public_id: str) -> HttpResponse:
    """Ask, then put a segment into the archive, or take it out."""
    facts = _found(workspace, public_id)
    own = reverse("segment", kwargs={"workspace_id": workspace.workspace_id, "public_id": public_id})
    stays = _(
        "It is offered nowhere any more. What was asked about it keeps its answers, and it can come back."
    )
    returns = _("It is counted and offered again.")
    confirmation = Confirmation(
        title=_("Take this segment out of the archive?") if facts.is_archived else _("Archive this segment?"),
        sentences=(visible(facts.name), returns if facts.is_archived else stays),
        expected="",
        submit=_("Take out of the archive") if facts.is_archived else _("Archive"),
        back=own,
    )
    if (asks := unconfirmed(request, confirmation)) is not None:
        return asks
    services.archive(workspace, public_id, is_archived=not facts.is_archived, by=Actor.of(request))
    toast(
        request,
        _("The segment is out of the archive.") if facts.is_archived else _("The segment is in the archive."),
    )
    return redirect(own)


def _found(workspace: Workspace, public_id: str) -> SegmentFacts:
    found = queries.segment_of(workspace, public_id)
    if found is None:
        raise Http404
    return found


def _counted(workspace: Workspace, facts: SegmentFacts) -> SegmentFacts:
    """Return a segment with its size; one that was not looked at yet, or is archived, is counted now."""
    if facts.size is not None and not facts.is_archived:
        return facts
    now = queries.sized(workspace, facts.segment)
    return replace(
        facts, size=now.size, customers=now.customers, value_share=now.value_share, size_at=timezone.now()
    )


def _pages(request: DeskRequest, workspace: Workspace) -> Pages:
    locale = request.reader.locale(workspace)
    choices = choices_of(workspace, locale.language)
    return Pages(workspace, locale, frozenset(request.capabilities), choices)


def _builder(pages: Pages) -> Builder:
    return Builder(pages.choices, pages.locale)
