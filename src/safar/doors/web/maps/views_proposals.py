"""What the log proposes for a map, to be accepted one by one or all at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.answers import answer
from safar.doors.web.design.asked_number import number_in
from safar.doors.web.design.toasts import toast
from safar.doors.web.homes import current_home
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.maps.anatomy import JourneyMap
from safar.maps.proposing import Proposal, StepProposal, propose, propose_steps
from safar.maps.reach import reach
from safar.observe.rule_text import rule_of
from safar.show.locale import Locale
from safar.store.log import Log
from safar.store.registry import Workspace

from . import services
from .edit_forms import edits_sent
from .page import href_of
from .proposals_page import ProposalView, binding_view, step_view
from .rules import reach_in_words
from .views_edit import language_of, opened_map
from .views_more import MapHead, head_of


@dataclass(frozen=True, slots=True)
class ProposalsPage:
    """What the template of the proposals is given."""

    head: MapHead
    bindings: tuple[ProposalView, ...]
    steps: tuple[ProposalView, ...]
    all_edits: tuple[str, ...]
    revision: int
    is_empty_log: bool
    edit_href: str


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.EDIT_MAPS)
def proposals(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """Show what the log proposes for the map; accept one, or all of it."""
    opened = opened_map(workspace, map_id)
    locale = request.reader.locale(workspace)
    if request.method == "POST":
        accepted = edits_sent(request.POST)
        base = number_in(request.POST.get("base", ""))
        services.apply(
            workspace,
            map_id,
            accepted,
            base=opened.revision if base is None else base,
            by=Actor.of(request),
        )
        sentence = ngettext("%(count)s proposal accepted.", "%(count)s proposals accepted.", len(accepted))
        undo = href_of(workspace, map_id, "map-undo")
        toast(request, sentence % {"count": locale.number(len(accepted))}, undo_href=undo)
        return redirect(href_of(workspace, map_id, "map-proposals"))
    document, language = opened.document, language_of(request, opened.document)
    log = current_home().log(workspace.workspace_id)
    found, lacking = answer(workspace.workspace_id, log, _proposed, _Asked(document))
    bindings = tuple(
        binding_view(each, document, locale, language=language, reach=_reach_of(workspace, log, locale))
        for each in found
    )
    page = ProposalsPage(
        head=head_of(request, workspace, opened, _("Proposals")),
        bindings=bindings,
        steps=tuple(
            step_view(each, document, language=language, reach=_reach_of(workspace, log, locale))
            for each in lacking
        ),
        all_edits=tuple(edit for each in bindings for edit in each.edits),
        revision=opened.revision,
        is_empty_log=log.info().last_at is None,
        edit_href=href_of(workspace, map_id, "map-edit"),
    )
    return render(request, "maps/proposals.html", {"page": page, "head": page.head, "desk": "journeys"})


class _Asked:
    """A document as a question: two that tell the same are the same."""

    def __init__(self, document: JourneyMap) -> None:
        self.document = document
        steps = [(each.step_id, each.name, each.about, each.binding) for each in document.steps]
        self._key = json.dumps(steps, default=repr, sort_keys=True)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and other._key == self._key

    def __hash__(self) -> int:
        return hash(self._key)


def _proposed(log: Log, asked: _Asked) -> tuple[tuple[Proposal, ...], tuple[StepProposal, ...]]:
    return propose(log, asked.document), propose_steps(log, asked.document)


def _reach_of(workspace: Workspace, log: Log, locale: Locale) -> Callable[[str], str]:
    def said(rule: str) -> str:
        return reach_in_words(answer(workspace.workspace_id, log, reach, rule_of(rule)), locale)

    return said
