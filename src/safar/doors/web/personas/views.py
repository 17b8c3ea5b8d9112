"""Personas: the list, one of them, describing and changing one, and the search for groups."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.customers.tabs import tabs
from safar.doors.web.design.confirm import Confirmation, unconfirmed
from safar.doors.web.design.parts import Crumb, EmptyState
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.homes import current_home
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.doors.web.segments.queries import segments_of
from safar.doors.web.segments.services import define
from safar.maps.anatomy import said
from safar.store.registry import Workspace

from . import queries, services
from .drafting import FoundGroup
from .errors import PictureRefused
from .forms import DraftsForm, PersonaForm, QuoteForm, initial_of
from .page import card_of, definition_in_words, persona_page, run_page, untitled
from .queries import PersonaFacts
from .stories import MOST_PICTURE_BYTES

_MOST_GROUPS = 12


@require_safe
@desk(Capability.SEE_NUMBERS)
def personas(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """List the personas."""
    locale = request.reader.locale(workspace)
    may_edit = Capability.EDIT_MAPS in request.capabilities
    empty = EmptyState(
        _("No personas yet"),
        _("A persona is a segment with a face and a story: who they are, what they want, what they say."),
        _("Describe a persona") if may_edit else "",
        _address(workspace, "persona-new") if may_edit else "",
    )
    context = {
        "cards": [card_of(workspace, each, locale) for each in queries.personas_of(workspace)],
        "empty": empty,
        "may_edit": may_edit,
        **_frame(request, workspace),
    }
    return render(request, "personas/personas.html", context)


@require_safe
@desk(Capability.SEE_NUMBERS)
def persona(request: DeskRequest, workspace: Workspace, public_id: str) -> HttpResponse:
    """Show one persona."""
    found = _found(workspace, public_id)
    page = persona_page(workspace, found, request.reader.locale(workspace))
    return _persona(request, workspace, page, QuoteForm())


def _persona(
    request: DeskRequest, workspace: Workspace, page: Any, quotes: QuoteForm, status: int = 200
) -> HttpResponse:
    context = {
        "page": page,
        "quote_form": quotes,
        "may_edit": Capability.EDIT_MAPS in request.capabilities,
        "may_see_customers": Capability.SEE_CUSTOMERS in request.capabilities,
        "crumbs": (Crumb(_("Personas"), _address(workspace, "personas")),),
        **_frame(request, workspace),
    }
    return render(request, "personas/persona.html", context, status=status)


@require_safe
@desk(Capability.SEE_NUMBERS)
def picture(request: DeskRequest, workspace: Workspace, public_id: str) -> HttpResponse:
    """Send the picture of a persona."""
    found = queries.picture_of(workspace, public_id)
    if found is None:
        raise Http404
    data, kind = found
    return HttpResponse(
        data,
        content_type=kind,
        headers={"Content-Disposition": "inline", "Cache-Control": "private, max-age=60"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.EDIT_MAPS)
def describe(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Describe a persona: of a segment, or of a group that was found."""
    group = _group(request, workspace)
    segment = request.GET.get("segment", "")
    form = _form(request, workspace, {"segment": segment}, is_drafted=group is not None)
    if request.method == "POST" and form.is_valid():
        by, picture_data = Actor.of(request), _picture(form)
        if picture_data is not None:
            segment_id = form.cleaned_data.get("segment", "")
            if group is not None:
                name = said(form.name, form.languages[0]) or untitled()
                segment_id = define(workspace, name, group.text, by=by)
            made = services.describe(
                workspace, form.name, segment_id, form.story, by=by, channels=form.cleaned_data["channels"]
            )
            if picture_data:
                services.show_picture(workspace, made, picture_data, by=by)
            toast(request, _("The persona is described."))
            return redirect("persona", workspace_id=workspace.workspace_id, public_id=made)
    title = _("Describe a persona")
    return _form_page(request, workspace, form, title, _address(workspace, "personas"), group=group)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.EDIT_MAPS)
def edit(request: DeskRequest, workspace: Workspace, public_id: str) -> HttpResponse:
    """Change a persona."""
    found = _found(workspace, public_id)
    form = _form(request, workspace, initial_of(found))
    back = reverse("persona", kwargs={"workspace_id": workspace.workspace_id, "public_id": public_id})
    if request.method == "POST" and form.is_valid():
        by, picture_data = Actor.of(request), _picture(form)
        if picture_data is not None:
            services.change(
                workspace,
                public_id,
                by=by,
                name=form.name,
                segment_id=form.cleaned_data["segment"],
                story=form.story,
                channels=form.cleaned_data["channels"],
            )
            if picture_data or form.cleaned_data["no_picture"]:
                services.show_picture(workspace, public_id, picture_data, by=by)
            toast(request, _("It is changed."))
            return redirect(back)
    title = said(found.name, request.reader.locale(workspace).language, "en")
    return _form_page(request, workspace, form, title, back)


@require_POST
@desk(Capability.EDIT_MAPS)
def quote(request: DeskRequest, workspace: Workspace, public_id: str) -> HttpResponse:
    """Let a persona say something that a customer said."""
    found, form = _found(workspace, public_id), QuoteForm(request.POST)
    if not form.is_valid():
        page = persona_page(workspace, found, request.reader.locale(workspace))
        return _persona(request, workspace, page, form, status=422)
    text, place, customer_id = (form.cleaned_data[each] for each in ("text", "event", "customer"))
    services.quote(workspace, public_id, text, place, customer_id, by=Actor.of(request))
    toast(request, _("The quote is added."))
    return redirect("persona", workspace_id=workspace.workspace_id, public_id=public_id)


@require_POST
@desk(Capability.EDIT_MAPS)
def unquote(request: DeskRequest, workspace: Workspace, public_id: str, quote_id: int) -> HttpResponse:
    """Take a quote away."""
    _found(workspace, public_id)
    services.unquote(workspace, public_id, quote_id, by=Actor.of(request))
    toast(request, _("The quote is taken away."))
    return redirect("persona", workspace_id=workspace.workspace_id, public_id=public_id)


@require_POST
@desk(Capability.EDIT_MAPS)
def take_portrait(request: DeskRequest, workspace: Workspace, public_id: str) -> HttpResponse:
    """Take the habits of late for the usual ones."""
    _found(workspace, public_id)
    services.take_portrait(workspace, public_id, by=Actor.of(request))
    toast(request, _("From now on its members are compared with how they live today."))
    return redirect("persona", workspace_id=workspace.workspace_id, public_id=public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.EDIT_MAPS)
def put_away(request: DeskRequest, workspace: Workspace, public_id: str) -> HttpResponse:
    """Ask, then put a persona away."""
    found = _found(workspace, public_id)
    confirmation = Confirmation(
        title=_("Put this persona away?"),
        sentences=(
            filled(
                _("“%(name)s” leaves the list and the maps."),
                name=said(found.name, request.reader.locale(workspace).language, "en"),
            ),
            _("Its segment and its customers stay."),
        ),
        expected="",
        submit=_("Put away"),
        back=reverse("persona", kwargs={"workspace_id": workspace.workspace_id, "public_id": public_id}),
    )
    if (asks := unconfirmed(request, confirmation)) is not None:
        return asks
    services.put_away(workspace, public_id, by=Actor.of(request))
    toast(request, _("The persona is put away."))
    return redirect(_address(workspace, "personas"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.EDIT_MAPS)
def drafts(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Look for groups of customers who live alike."""
    form = DraftsForm(
        request.POST or None,
        initial={"segment": _most_valuable(workspace)},
        segments=_segments(workspace),
        locale=request.reader.locale(workspace),
    )
    if request.method == "POST" and form.is_valid():
        under_way = queries.run_under_way(workspace)
        made = services.look_for_drafts(workspace, form.asked, by=Actor.of(request))
        if under_way is not None and under_way.public_id == made and under_way.asked != form.asked:
            toast(request, _("Another search is under way: this is it. Begin yours when it has ended."))
        return redirect("persona-run", workspace_id=workspace.workspace_id, run_id=made)
    locale = request.reader.locale(workspace)
    context = {
        "form": form,
        "runs": [(each, locale.datetime(each.made_at)) for each in queries.runs_of(workspace)],
        "crumbs": (Crumb(_("Personas"), _address(workspace, "personas")),),
        **_frame(request, workspace),
    }
    return render(request, "personas/drafts.html", context, status=422 if form.errors else 200)


@require_safe
@desk(Capability.EDIT_MAPS)
def run(request: DeskRequest, workspace: Workspace, run_id: str) -> HttpResponse:
    """Show the groups that were found, or how far the search is."""
    found = queries.run_of(workspace, run_id)
    if found is None:
        raise Http404
    context = {
        "run": found,
        "page": run_page(workspace, found, request.reader.locale(workspace)) if found.found else None,
        "crumbs": (
            Crumb(_("Personas"), _address(workspace, "personas")),
            Crumb(_("Groups of customers"), _address(workspace, "persona-drafts")),
        ),
        **_frame(request, workspace),
    }
    return render(request, "personas/run.html", context)


def _frame(request: DeskRequest, workspace: Workspace) -> dict[str, object]:
    return {"tabs": tabs(workspace, request.capabilities, "personas"), "desk": "customers"}


def _form(
    request: DeskRequest, workspace: Workspace, initial: dict[str, Any], *, is_drafted: bool = False
) -> PersonaForm:
    locale = request.reader.locale(workspace)
    form = PersonaForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial=initial,
        segments=_segments(workspace),
        channels=current_home().log(workspace.workspace_id).present().channels,
        first=locale.language,
        locale=locale,
    )
    if is_drafted:
        del form.fields["segment"]
    return form


def _form_page(
    request: DeskRequest,
    workspace: Workspace,
    form: PersonaForm,
    title: str,
    back: str,
    *,
    group: FoundGroup | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "cancel": back,
        "group": group,
        "definition": definition_in_words(workspace, group.text, request.reader.locale(workspace))
        if group is not None
        else "",
        "has_segments": bool(_segments(workspace)),
        "crumbs": (Crumb(_("Personas"), _address(workspace, "personas")),),
        **_frame(request, workspace),
    }
    return render(request, "personas/edit.html", context, status=422 if form.errors else 200)


def _group(request: DeskRequest, workspace: Workspace) -> FoundGroup | None:
    """Return the group that the address names; None where it names none."""
    run_id, place = request.GET.get("run", ""), request.GET.get("group", "")
    if not run_id:
        return None
    found = queries.run_of(workspace, run_id)
    groups = found.found.groups if found is not None and found.found is not None else ()
    if not place.isdecimal() or len(place) > 2 or int(place) >= min(len(groups), _MOST_GROUPS):
        raise Http404
    return groups[int(place)]


def _picture(form: PersonaForm) -> bytes | None:
    """Return the picture that was sent, empty where none was; None, with an error in the form, where it is refused."""
    sent = form.cleaned_data.get("picture")
    if sent is None:
        return b""
    data: bytes = sent.read(MOST_PICTURE_BYTES + 1)
    try:
        services.check_picture(data)
    except PictureRefused as error:
        form.add_error("picture", sentence_of(error.code))
        return None
    return data


def _segments(workspace: Workspace) -> tuple[tuple[str, str], ...]:
    return tuple((each.public_id, each.name) for each in segments_of(workspace))


def _most_valuable(workspace: Workspace) -> str:
    """Return the segment whose members spent the most, which leaves out those who only looked; empty without any."""
    counted = [each for each in segments_of(workspace) if each.value_share]
    return max(counted, key=lambda each: each.value_share or 0.0).public_id if counted else ""


def _found(workspace: Workspace, public_id: str) -> PersonaFacts:
    found = queries.persona_of(workspace, public_id)
    if found is None:
        raise Http404
    return found


def _address(workspace: Workspace, name: str) -> str:
    return reverse(name, kwargs={"workspace_id": workspace.workspace_id})
