"""The desk Value: its overview. All other pages are questions, which have pages of one shape."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from safar.doors.web.design.failures import is_part
from safar.doors.web.journeys import asking
from safar.doors.web.journeys.page import OVERVIEW, no_events, tabs
from safar.doors.web.journeys.queries import known as what_is_known
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.store.registry import Workspace

from .overview import Overview, cards_of
from .overview_cards import PARTS

_HEAD: Final = {
    "name": gettext_lazy("What customers are worth, and what changes it"),
    "lead": gettext_lazy(
        "One number of each page of this desk, with how sure it is; each leads to where it is told in full."
    ),
}


@require_safe
@desk(Capability.SEE_NUMBERS)
def value(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Show the overview, or one of its cards once it is there."""
    known = what_is_known(workspace)
    tabs_of = tabs(workspace, OVERVIEW)
    if known.last_at is None:
        context = {
            "tabs": tabs_of,
            "kind": _HEAD,
            "empty": no_events(workspace, request.capabilities),
            "desk": "value",
        }
        return render(request, "journeys/no_events.html", context)
    wanted = request.GET.get("card", "")
    parts = [part for part in PARTS if part.kind.key == wanted] if wanted else list(PARTS)
    if not parts:
        raise Http404
    cards = cards_of(
        workspace,
        parts,
        known,
        request.reader.locale(workspace),
        patience=0.0 if wanted else asking.PATIENCE.total_seconds(),
        sees_customers=Capability.SEE_CUSTOMERS in request.capabilities,
        address=reverse("value", kwargs={"workspace_id": workspace.workspace_id}),
    )
    if wanted and is_part(request):
        response = render(request, "value/overview_card.html", {"card": cards[0]})
    else:
        page = Overview(workspace, tabs_of, cards)
        response = render(request, "value/overview.html", {"page": page, "head": _HEAD, "desk": "value"})
    patch_vary_headers(response, ["HX-Request-Type"])
    return response
