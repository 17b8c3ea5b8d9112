"""Actions: the list, describing and changing one, turning it on or off, and how is chosen."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.customers.queries import present
from safar.doors.web.design.parts import Crumb, EmptyState
from safar.doors.web.design.toasts import toast
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.events.words import channel_in_words, in_words
from safar.doors.web.journeys.kinds import BY_KEY
from safar.doors.web.journeys.page import parts, tabs
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.doors.web.segments.queries import segments_of
from safar.maps.anatomy import said
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from . import queries, services
from .forms import ActionForm, ChoosingForm
from .models import OfferedAction
from .page import card_of, choosing_in_words
from .queries import ActionFacts

_KIND = "next_best_action"


@require_safe
@desk(Capability.SEE_NUMBERS)
def actions(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """List the actions, and how is chosen among them."""
    locale = request.reader.locale(workspace)
    may_edit = Capability.CHANGE_RULES in request.capabilities
    archived = "archived" in request.GET
    segments = {each.public_id: each.name for each in segments_of(workspace)}
    found = queries.actions_of(workspace, archived=archived)
    empty = (
        EmptyState(_("Nothing is put away"))
        if archived
        else EmptyState(
            _("No actions yet"),
            _(
                "An action is what can be done for a customer: a message, an offer, a call. Safar says which, and"
                " learns from what it brings."
            ),
            _("Describe an action") if may_edit else "",
            _address(workspace, "action-new") if may_edit else "",
        )
    )
    context = {
        "cards": [card_of(workspace, each, locale, segments) for each in found],
        "choosing": choosing_in_words(queries.choosing_of(workspace), locale),
        "archived": archived,
        "parts": parts(workspace, BY_KEY[_KIND], "", beside="actions"),
        "group": BY_KEY[_KIND].group,
        "has_archived": bool(queries.actions_of(workspace, archived=True)),
        "empty": empty,
        "may_edit": may_edit,
        **_frame(workspace),
    }
    return render(request, "offering/actions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.CHANGE_RULES)
def describe(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Describe an action."""
    form = _form(request, workspace, None)
    if form.is_bound and form.is_valid():
        try:
            services.define(workspace, form.cleaned_data["key"], form.words, by=Actor.of(request))
        except Refusal as refusal:
            form.add_error("key", sentence_of(refusal.code))
        else:
            toast(request, _("The action is described, and paused. Turn it on when it may be chosen."))
            return redirect(_address(workspace, "actions"))
    return _form_page(request, workspace, form, _("Describe an action"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.CHANGE_RULES)
def edit(request: DeskRequest, workspace: Workspace, public_id: str) -> HttpResponse:
    """Change an action."""
    facts = _found(workspace, public_id)
    form = _form(request, workspace, facts)
    if form.is_bound and form.is_valid():
        try:
            services.change(workspace, public_id, form.words, by=Actor.of(request))
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal.code))
        else:
            toast(request, _("The action is changed."))
            return redirect(_address(workspace, "actions"))
    title = said(facts.name, request.reader.locale(workspace).language, "en") or facts.key
    return _form_page(request, workspace, form, title)


@require_POST
@desk(Capability.CHANGE_RULES)
def turn(request: DeskRequest, workspace: Workspace, public_id: str) -> HttpResponse:
    """Turn an action on, pause it, put it away."""
    _found(workspace, public_id)
    state = request.POST.get("state", "")
    if state not in OfferedAction.State.values:
        raise Http404
    services.turn(workspace, public_id, state, by=Actor.of(request))
    said_of = {
        "on": _("The action is on: it may be chosen from now on."),
        "paused": _("The action is paused: it is not chosen."),
        "archived": _("The action is put away. What it brought stays counted."),
    }
    toast(request, said_of[state])
    return redirect(_address(workspace, "actions"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.CHANGE_RULES)
def choosing(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Say what counts as having worked, and how much is left to trying."""
    form = ChoosingForm(
        request.POST if request.method == "POST" else None,
        initial=ChoosingForm.initial_of(queries.choosing_of(workspace)),
        locale=request.reader.locale(workspace),
    )
    if form.is_bound and form.is_valid():
        found = form.cleaned_data
        services.choose_by(
            workspace,
            event_names=form.event_names,
            within_days=found["within_days"],
            counted=form.counted_as,
            epsilon=float(found["trying"]) / 100,
            at_most_in_all=found["at_most_in_all"],
            in_all_days=found["in_all_days"],
            by=Actor.of(request),
        )
        toast(request, _("Kept. What was learnt of another outcome is learnt anew within minutes."))
        return redirect(_address(workspace, "actions"))
    return _form_page(request, workspace, form, _("How is chosen"))


def _form(request: DeskRequest, workspace: Workspace, facts: ActionFacts | None) -> ActionForm:
    return ActionForm(
        request.POST if request.method == "POST" else None,
        initial=ActionForm.initial_of(facts, workspace.time_zone),
        segments=tuple((each.public_id, each.name) for each in segments_of(workspace)),
        zone=workspace.time_zone,
        is_new=facts is None,
        locale=request.reader.locale(workspace),
    )


def _form_page(
    request: DeskRequest, workspace: Workspace, form: ActionForm | ChoosingForm, title: str
) -> HttpResponse:
    known = present(workspace)
    context = {
        "form": form,
        "title": title,
        "event_names": [(each, in_words(each)) for each in known.names],
        "channels": [(each, channel_in_words(each)) for each in known.channels if each],
        "back": _address(workspace, "actions"),
        "crumbs": (Crumb(_("Actions"), _address(workspace, "actions")),),
        **_frame(workspace),
    }
    return render(request, "offering/form.html", context, status=422 if form.errors else 200)


def _found(workspace: Workspace, public_id: str) -> ActionFacts:
    found = queries.action_of(workspace, public_id)
    if found is None:
        raise Http404
    return found


def _address(workspace: Workspace, name: str) -> str:
    return reverse(name, kwargs={"workspace_id": workspace.workspace_id})


def _frame(workspace: Workspace) -> dict[str, object]:
    return {"tabs": tabs(workspace, _KIND), "desk": "value"}
