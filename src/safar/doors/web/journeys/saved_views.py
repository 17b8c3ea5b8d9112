"""Saved questions: the list, one of them at its stable address, and what is done with them."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.confirm import Confirmation, unconfirmed
from safar.doors.web.design.forms import NameField, PageForm
from safar.doors.web.design.parts import Crumb
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.homes import current_home
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.store.registry import Workspace

from . import queries, services
from .errors import UnknownSaved
from .followed_scores import followed_kind, kind_of_score, score_href, score_query
from .kinds import BY_KEY
from .page import address_of, desk_of, saved_list_of
from .queries import SavedFacts
from .reading import read_soon
from .saved_page import saved_href, saved_page

#: What may be done with a saved question by pressing a button.
_ACTS: Final = ("pin", "unpin", "watch", "unwatch", "replace")


class SaveForm(PageForm):
    """What a question is called, and what should be known of it."""

    title = NameField(label=gettext_lazy("Title"), max_length=160)
    notes = forms.CharField(
        label=gettext_lazy("Notes"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )


class NewForm(SaveForm):
    """A question to save: the page it stands on, and its state."""

    kind = forms.ChoiceField(choices=[], widget=forms.HiddenInput)
    query = forms.CharField(required=False, max_length=8000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(key, key) for key in BY_KEY]  # type: ignore[attr-defined]


class ScoreForm(PageForm):
    """A score to watch."""

    key = forms.CharField(max_length=200)
    kind = forms.CharField(max_length=200, required=False)
    span = forms.CharField(max_length=10, required=False)
    title = NameField(max_length=160, required=False)


@require_safe
@desk(Capability.SEE_NUMBERS)
def saved(request: DeskRequest, workspace: Workspace, desk: str = "journeys") -> HttpResponse:
    """List the saved questions, and the alerts that nobody has acknowledged: all of them, or those of one desk."""
    found, alerts = queries.saved_questions(workspace), queries.open_alerts(workspace)
    if desk != "journeys":
        found = tuple(each for each in found if desk_of(each.kind) == desk)
        alerts = tuple(each for each in alerts if desk_of(each.saved.kind) == desk)
    page = saved_page(
        workspace,
        found,
        alerts,
        request.reader.locale(workspace),
        desk=desk,
        may_save=Capability.SAVE_QUESTIONS in request.capabilities,
    )
    return render(request, "journeys/saved.html", {"page": page, "desk": desk})


@require_safe
@desk(Capability.SEE_NUMBERS)
def saved_one(request: DeskRequest, workspace: Workspace, saved_id: int) -> HttpResponse:
    """Lead to the page that a saved question asks."""
    found = _found(workspace, saved_id)
    kind = followed_kind(found.kind)
    if kind is not None and kind.is_score:
        return redirect(score_href(workspace, found.query))
    if found.kind not in BY_KEY:
        raise Http404
    state = [*QueryDict(found.query).lists(), ("saved", [str(saved_id)])]
    return redirect(f"{address_of(workspace, found.kind)}?{urlencode(state, doseq=True)}")


@require_POST
@desk(Capability.SAVE_QUESTIONS)
def save(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Keep a question."""
    form = NewForm(request.POST, auto_id="save-%s")
    if not form.is_valid():
        if "kind" in form.errors or "query" in form.errors:
            raise Http404
        return render(request, "journeys/save.html", {"form": form, "desk": "journeys"}, status=422)
    found = form.cleaned_data
    made = services.save(
        workspace,
        found["kind"],
        _without_saved(found["query"]),
        found["title"],
        found["notes"],
        by=Actor.of(request),
    )
    toast(request, _("The question is saved."))
    return redirect(saved_href(workspace, made.pk))


@require_POST
@desk(Capability.SAVE_QUESTIONS)
def watch_score(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Put a score on Today and tell when it leaves its interval, or not any more."""
    form = ScoreForm(request.POST)
    if not form.is_valid():
        raise Http404
    given, by = form.cleaned_data, Actor.of(request)
    query = score_query(given["key"], given["kind"], given["span"])
    watched = queries.saved_as(workspace, query)
    if watched is not None:
        services.delete(workspace, watched.saved_id, by=by)
        toast(request, _("The score is not watched any more."))
        return redirect(score_href(workspace, query))
    kind = kind_of_score(current_home().log(workspace.workspace_id), query)
    if kind is None:
        toast(request, _("Nobody has answered on one scale in this time: there is nothing to watch yet."))
        return redirect(score_href(workspace, query))
    made = services.save(workspace, kind.key, query, given["title"] or given["key"], "", by=by)
    services.pin(workspace, made.pk, is_pinned=True, by=by)
    services.watch(workspace, made.pk, is_watched=True, by=by)
    read_soon(workspace, made.pk)
    toast(request, _("The score stands on Today. You are told when it leaves its interval."))
    return redirect(score_href(workspace, query))


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.SAVE_QUESTIONS)
def edit(request: DeskRequest, workspace: Workspace, saved_id: int) -> HttpResponse:
    """Change title and notes."""
    found = _found(workspace, saved_id)
    form = SaveForm(request.POST or None, initial={"title": found.title, "notes": found.notes})
    if request.method == "POST" and form.is_valid():
        services.change(
            workspace,
            saved_id,
            by=Actor.of(request),
            title=form.cleaned_data["title"],
            notes=form.cleaned_data["notes"],
        )
        toast(request, _("It is changed."))
        return redirect(saved_href(workspace, saved_id))
    context = {
        "form": form,
        "title": found.title,
        "crumbs": (Crumb(_("Saved questions"), saved_list_of(workspace, desk_of(found.kind))),),
        "cancel": saved_href(workspace, saved_id),
        "desk": desk_of(found.kind),
    }
    return render(request, "journeys/edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.SAVE_QUESTIONS)
def delete(request: DeskRequest, workspace: Workspace, saved_id: int) -> HttpResponse:
    """Ask, then delete."""
    found = _found(workspace, saved_id)
    confirmation = Confirmation(
        title=_("Delete this saved question?"),
        sentences=(
            filled(
                _(
                    "“%(title)s” goes for everybody in this workspace, with its notes and how its number went."
                ),
                title=found.title,
            ),
            _("The events stay, and the question can be asked and saved again."),
        ),
        expected="",
        submit=_("Delete"),
        back=saved_href(workspace, saved_id),
    )
    if (asks := unconfirmed(request, confirmation)) is not None:
        return asks
    services.delete(workspace, saved_id, by=Actor.of(request))
    toast(request, _("The saved question is deleted."))
    return redirect(saved_list_of(workspace, desk_of(found.kind)))


@require_POST
@desk(Capability.SAVE_QUESTIONS)
def act(request: DeskRequest, workspace: Workspace, saved_id: int, act: str) -> HttpResponse:
    """Pin, unpin, watch, unwatch a saved question, or let it ask what its page asks now."""
    if act not in _ACTS:
        raise Http404
    found, by = _found(workspace, saved_id), Actor.of(request)
    if act in {"pin", "unpin"}:
        services.pin(workspace, saved_id, is_pinned=act == "pin", by=by)
        said = _("The question stands on Today now.") if act == "pin" else _("The question is off Today.")
    elif act in {"watch", "unwatch"}:
        services.watch(workspace, saved_id, is_watched=act == "watch", by=by)
        said = (
            _("You are told when its number leaves its interval.")
            if act == "watch"
            else _("The question is not watched any more.")
        )
    else:
        services.change(
            workspace, found.saved_id, by=by, query=_without_saved(request.POST.get("query", "")[:8000])
        )
        said = _("It asks what this page asks from now on.")
    read_soon(workspace, saved_id)
    toast(request, said)
    return redirect(saved_href(workspace, saved_id))


@require_POST
@desk(Capability.SAVE_QUESTIONS)
def acknowledge(request: DeskRequest, workspace: Workspace, alert_id: int) -> HttpResponse:
    """Note that an alert was seen."""
    kinds = (each.saved.kind for each in queries.open_alerts(workspace) if each.alert_id == alert_id)
    back = saved_list_of(workspace, desk_of(next(kinds, "")))
    try:
        services.acknowledge(workspace, alert_id, by=Actor.of(request))
    except UnknownSaved as error:
        raise Http404 from error
    toast(request, _("From now on the number is compared with what it is now."))
    return redirect(back)


def _found(workspace: Workspace, saved_id: int) -> SavedFacts:
    found = queries.saved_question(workspace, saved_id)
    if found is None:
        raise Http404
    return found


def _without_saved(query: str) -> str:
    pairs = [
        (name, value) for name, values in QueryDict(query).lists() for value in values if name != "saved"
    ]
    return urlencode(pairs)
