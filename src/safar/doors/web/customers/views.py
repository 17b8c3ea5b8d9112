"""The desk Customers: who they are, what happened to them, and what may be done about it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.confirm import Confirmation, unconfirmed
from safar.doors.web.design.export import export
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.design.table import changed
from safar.doors.web.design.toasts import toast
from safar.doors.web.events.page import customer_href, file_columns, file_row
from safar.doors.web.events.words import visible
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.observe.among import Among, Segment
from safar.observe.customer_ranking import CustomerRankingQuestion
from safar.observe.customers import CustomerFacts
from safar.observe.events import LoggedEvent
from safar.store.newest import EventPlace
from safar.store.registry import Workspace

from . import in_segments, queries, services
from .erasure_page import erasure_page, erasure_sentences, typed_to_confirm
from .forms import JoinForm, ListForm, SearchForm, TimelineForm
from .list_order import ORDERS, order_of, ranking_question
from .list_page import (
    CustomersPage,
    Listing,
    list_columns,
    list_rows,
    ranked_page,
    recent_page,
    search_page,
)
from .page import customer_page, event_as_json
from .tabs import tabs
from .timeline import names_of_kind


@require_safe
@desk(Capability.SEE_CUSTOMERS)
def customers(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Show customers in an order, all or those of a segment, or whom a text means; or any of it as a file."""
    form = ListForm(in_segments.to_choose(workspace), request.GET)
    form.full_clean()
    text, order = form.cleaned_data.get("q", ""), order_of(request.GET.get("sort", ""))
    among = Among(segment=_segment(request, workspace))
    after = request.GET.get("after", "")
    question = ranking_question(order, among, workspace.currency, after)
    if request.GET.get("export"):
        return _list_file(request, workspace, text, question)
    listing = Listing(
        workspace,
        request.reader.locale(workspace),
        frozenset(request.capabilities),
        changed(request.GET.urlencode(), before="", after="", export=""),
        order,
        among.segment.name if among.segment else "",
    )
    page: CustomersPage
    if text:
        found = queries.search(workspace, text, among)
        page = search_page(_with_segments(listing, found.customers), found, text)
    elif order is ORDERS[0] and among.segment is None:
        before = read_cursor(request.GET.get("before", ""), int, int)
        recent = queries.recent(workspace, (before[0], before[1]) if before else None)
        listing = _with_segments(listing, [facts for facts, _at in recent.customers])
        page = recent_page(listing, recent, is_first=before is None)
    else:
        ranking = queries.ranking(workspace, question)
        listing = _with_segments(listing, [each.facts for each in ranking.customers])
        page = ranked_page(listing, ranking, is_first=not after)
    context = {
        "page": page,
        "form": form,
        "desk": "customers",
        "tabs": tabs(workspace, request.capabilities, "customers"),
    }
    return render(request, "customers/customers.html", context)


def _segment(request: DeskRequest, workspace: Workspace) -> Segment | None:
    """Return the segment that the address names."""
    public_id = request.GET.get("segment", "")
    if not public_id:
        return None
    found = in_segments.segment_called(workspace, public_id)
    if found is None:
        raise Http404
    return found


def _with_segments(listing: Listing, customers: Sequence[CustomerFacts]) -> Listing:
    """Return the listing with the names of the segments that the customers are in."""
    if not in_segments.to_choose(listing.workspace):
        return listing
    found = in_segments.of_customers(listing.workspace, [facts.customer_id for facts in customers])
    return replace(listing, segments={customer: [each.name for each in of] for customer, of in found.items()})


@require_safe
@desk(Capability.SEE_CUSTOMERS)
def customer(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Show one customer, by any id: facts, traits, ids and the timeline; or everything as a file."""
    customer_id = request.GET.get("id", "")
    profile = queries.profile(workspace, customer_id, request.reader.locale(workspace).language)
    if profile is None:
        return _unknown(request, customer_id)
    person = profile.facts.customer_id
    if request.GET.get("export"):
        return _file(request, workspace, person)
    locale = request.reader.locale(workspace)
    present = queries.present(workspace)
    name, channel, kind = (request.GET.get(each, "") for each in ("name", "channel", "kind"))
    names = (name,) if name else names_of_kind(kind, present.names)
    place = read_cursor(request.GET.get("before", ""), int, int, int, str)
    page = customer_page(
        workspace,
        profile,
        queries.timeline(
            workspace, person, names=names, channel=channel, before=EventPlace(*place) if place else None
        ),
        locale,
        now=timezone.now(),
        query=changed(request.GET.urlencode(), before=""),
        kind="" if name else kind,
        is_first=place is None,
        is_filtered=bool(name or channel or names),
    )
    context = {
        "page": page,
        "form": TimelineForm(present.names, present.channels, {**request.GET.dict(), "id": person}),
        "join_form": JoinForm(auto_id="join-%s"),
        "may_change": Capability.CHANGE_CUSTOMERS in request.capabilities,
        "may_export": Capability.EXPORT in request.capabilities,
        "tabs": tabs(workspace, request.capabilities, "customers"),
        "desk": "customers",
    }
    return render(request, "customers/customer.html", context)


@require_POST
@desk(Capability.CHANGE_CUSTOMERS)
def customer_part(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Take an id out of a person; what is left can be joined again from the toast."""
    # Ids stand in the address: a hidden field cannot carry every character.
    person, out = request.GET.get("id", ""), request.GET.get("out", "")
    split = services.part(workspace, person, out, by=Actor.of(request))
    join = reverse("customer-join", kwargs={"workspace_id": workspace.workspace_id})
    again = urlencode({"id": split.person, "other": split.split_person})
    toast(request, _("The id is a customer of its own now."), undo_href=f"{join}?{again}")
    return redirect(customer_href(workspace, split.person))


@require_POST
@desk(Capability.CHANGE_CUSTOMERS)
def customer_join(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Make one person of two ids: from the form, or to undo a parting."""
    customer_id = request.GET.get("id", "")
    form = JoinForm(request.GET if "other" in request.GET else request.POST)
    if not form.is_valid():
        toast(request, _("Write the other id first."), "warn")
        return redirect(customer_href(workspace, customer_id))
    person = services.join(
        workspace,
        customer_id,
        form.cleaned_data["other"],
        form.cleaned_data["reason"],
        by=Actor.of(request),
    )
    toast(request, _("Both ids are one customer now."))
    return redirect(customer_href(workspace, person))


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.CHANGE_CUSTOMERS)
def customer_erase(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Ask by the id, then erase in the background."""
    customer_id = request.GET.get("id", "")
    profile = queries.profile(workspace, customer_id)
    if profile is None:
        return _unknown(request, customer_id)
    person = profile.facts.customer_id
    confirmation = Confirmation(
        title=_("Erase this customer?"),
        sentences=erasure_sentences(profile, request.reader.locale(workspace)),
        expected=typed_to_confirm(person),
        submit=_("Erase for good"),
        back=customer_href(workspace, person),
    )
    if (asks := unconfirmed(request, confirmation)) is not None:
        return asks
    found = services.ask_to_erase(workspace, person, by=Actor.of(request))
    return redirect("erasure", workspace_id=workspace.workspace_id, erasure_id=found.erasure_id)


@require_safe
@desk(Capability.CHANGE_CUSTOMERS)
def erasure(request: DeskRequest, workspace: Workspace, erasure_id: UUID) -> HttpResponse:
    """Show how far an erasure is, then its proof: as a page, or as a file."""
    found = queries.erasure_of(workspace, erasure_id)
    if found is None:
        raise Http404
    if request.GET.get("export") == "json" and found.proof:
        file = JsonResponse(dict(found.proof), json_dumps_params={"indent": 2})
        file.headers["Content-Disposition"] = f'attachment; filename="erasure-{found.digest}.json"'
        return file
    locale = request.reader.locale(workspace)
    page = erasure_page(found.digest, found.asked_at, dict(found.proof), locale)
    context = {"page": page, "work": found.work, "desk": "customers", "then": request.path}
    return render(request, "customers/erasure.html", context)


def _list_file(
    request: DeskRequest, workspace: Workspace, text: str, question: CustomerRankingQuestion
) -> HttpResponseBase:
    """Send the customers that a text means; without one those of a ranking, as many as a file holds."""
    if Capability.EXPORT not in request.capabilities:
        raise PermissionDenied
    form, locale = request.GET["export"], request.reader.locale(workspace)
    rows = (
        row
        for facts, last_at in queries.to_take_away(workspace, text, question)
        for row in list_rows(facts, last_at)
    )
    file = export(_("Customers"), list_columns(), rows, form, locale, request.reader.direction)
    services.note_list_export(workspace, form, by=Actor.of(request))
    return file


def _file(request: DeskRequest, workspace: Workspace, person: str) -> HttpResponseBase:
    """Send every event of a person."""
    if Capability.EXPORT not in request.capabilities:
        raise PermissionDenied
    form, locale = request.GET["export"], request.reader.locale(workspace)
    events = queries.every_event_of(workspace, person)
    if form == "json":
        file: HttpResponseBase = _json_file(events)
    else:
        rows = map(file_row, events)
        file = export(_("Customer"), file_columns(), rows, form, locale, request.reader.direction)
    services.note_export(workspace, person, form, by=Actor.of(request))
    return file


def _json_file(events: Iterable[LoggedEvent]) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        yield "[\n"
        for place, event in enumerate(events):
            yield ",\n" if place else ""
            yield json.dumps(event_as_json(event), ensure_ascii=False)
        yield "\n]\n"

    file = StreamingHttpResponse(lines(), content_type="application/json")
    file.headers["Content-Disposition"] = 'attachment; filename="customer.json"'
    return file


def _unknown(request: DeskRequest, customer_id: str) -> HttpResponse:
    """Say that nobody goes by this id here, and where to look."""
    context = {
        "customer_id": visible(customer_id),
        "form": SearchForm(initial={"q": visible(customer_id[:300])}),
        "desk": "customers",
    }
    return render(request, "customers/unknown.html", context, status=404)
