"""The desk Journeys: a question in the address, its answer on the page, its numbers as files, who is behind them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.failures import is_part
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.design.parts import EmptyState
from safar.doors.web.maps.queries import maps_of
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.observe.behind import CellRefused
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from . import queries
from .asking import Underway, ask
from .behind_page import behind_page
from .fields import rearranged
from .files import file_of
from .forms import QuestionForm
from .kind import KindPage
from .kinds import BY_KEY
from .page import JourneyPage, address_of, journey_page, no_events, tabs
from .saved_page import saved_head
from .words import refusal_in_words


@require_safe
@desk(Capability.SEE_NUMBERS)
def journeys(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Lead to the map that was changed last; to the list of maps where there is none."""
    newest = next(iter(maps_of(workspace)), None)
    if newest is None:
        return redirect("maps", workspace_id=workspace.workspace_id)
    return redirect("living-map", workspace_id=workspace.workspace_id, map_id=newest.public_id)


@require_safe
@desk(Capability.SEE_NUMBERS)
def explore(
    request: DeskRequest, workspace: Workspace, kind: str, desk: str = "journeys"
) -> HttpResponseBase:
    """Answer a question: the page, the part of it that htmx asks for, or a file."""
    found = _kind(kind, desk)
    form = _form(request, workspace, found)
    act = request.GET.get("do", "")
    if act:
        return _rearranged(request, workspace, found, form, act)
    if form.known.last_at is None:
        context = {
            "tabs": tabs(workspace, found.key),
            "kind": found,
            "empty": no_events(workspace, request.capabilities),
            "desk": desk,
        }
        return render(request, "journeys/no_events.html", context)
    question = question_of(form)
    if request.GET.get("export"):
        return _file(request, workspace, found, form, question)
    page = answered_page(request, workspace, found, form, question)
    page = _with_saved(request, workspace, form, page)
    response = render(
        request,
        "journeys/part.html" if is_part(request) else "journeys/page.html",
        {"page": page, "desk": desk},
        status=422 if form.errors and form.is_asked else 200,
    )
    patch_vary_headers(response, ["HX-Request-Type"])
    if is_part(request):
        header = "HX-Replace-Url" if form.replaces_address else "HX-Push-Url"
        response.headers[header] = f"{request.path}?{page.query}" if page.query else request.path
    return response


@require_safe
@desk(Capability.SEE_CUSTOMERS)
def behind(request: DeskRequest, workspace: Workspace, kind: str, desk: str = "journeys") -> HttpResponse:
    """List the customers behind a number."""
    found = _kind(kind, desk)
    form = _form(request, workspace, found)
    question = question_of(form)
    if question is None:
        return redirect(f"{address_of(workspace, found.key)}?{urlencode(form.state())}")
    cell = _cell(request.GET.get("cell", ""))
    after = read_cursor(request.GET.get("after", ""), int)
    answer = queries.behind(workspace, question, cell, after[0] if after else None)
    if answer is None:
        raise Http404
    locale = request.reader.locale(workspace)
    page = behind_page(
        workspace,
        found,
        form,
        locale,
        answer=answer,
        cell=cell,
        text=request.GET["cell"],
        is_first=after is None,
    )
    return render(request, "journeys/behind.html", {"page": page, "desk": desk})


def answered_page(
    request: DeskRequest,
    workspace: Workspace,
    kind: KindPage,
    form: QuestionForm,
    question: Any,
    *,
    has_links: bool = True,
) -> JourneyPage:
    """Return the page of a question, answered as far as a reader waits for it; a file has no links to other pages."""
    locale = request.reader.locale(workspace)
    found = empty = None
    if question is not None:
        try:
            found = ask(workspace, question, by=Actor.of(request), title=str(kind.name))
        except Refusal as error:
            if error.code in kind.nothing:
                empty = EmptyState(*map(str, kind.nothing[error.code]))
            else:
                form.add_error(None, locale.shape(_in_words(error)))
                question = None
    return journey_page(
        workspace,
        kind,
        form,
        locale,
        question=question,
        kept=None if isinstance(found, Underway) else found,
        work=found.work if isinstance(found, Underway) else None,
        empty=empty,
        sort=request.GET.get("sort", ""),
        sees_customers=has_links and Capability.SEE_CUSTOMERS in request.capabilities,
        can_export=Capability.EXPORT in request.capabilities,
        may_save=has_links and Capability.SAVE_QUESTIONS in request.capabilities,
    )


def _with_saved(
    request: DeskRequest, workspace: Workspace, form: QuestionForm, page: JourneyPage
) -> JourneyPage:
    """Add the saved question that the page belongs to."""
    saved_id = form.cleaned_data.get("saved") if form.is_valid() else None
    saved = queries.saved_question(workspace, saved_id) if saved_id else None
    if saved is None or saved.kind != page.kind.key:
        return page
    head = saved_head(
        workspace,
        page.kind,
        saved,
        queries.open_alerts(workspace),
        request.reader.locale(workspace),
        query=urlencode([pair for pair in form.state() if pair[0] != "saved"]),
    )
    return replace(page, saved=head)


def question_of(form: QuestionForm) -> Any:
    """Return the question of a form; None where it is not valid, which the form then says."""
    if not form.is_valid():
        return None
    try:
        return form.question()
    except Refusal as error:
        form.add_error(None, form.locale.shape(_in_words(error)))
        return None


def _in_words(error: Refusal) -> str:
    """Return the sentence of a refusal, and of which place of a pattern it speaks where it does."""
    return refusal_in_words(error, str(error.context.get("pattern", "")))


def _kind(key: str, desk: str) -> KindPage:
    found = BY_KEY.get(key)
    if found is None or found.desk != desk:
        raise Http404
    return found


def _form(request: DeskRequest, workspace: Workspace, kind: KindPage) -> QuestionForm:
    return kind.form(queries.known(workspace), request.GET, locale=request.reader.locale(workspace))


def _rearranged(
    request: DeskRequest, workspace: Workspace, kind: KindPage, form: QuestionForm, act: str
) -> HttpResponse:
    """Lead to the page with its steps in another order: a button was pressed without JavaScript."""
    verb, _sign, rest = act.partition("-")
    name, _sign, number = rest.rpartition("-")
    texts = rearranged([value for key, value in form.state() if key == name], f"{verb}-{number}")
    others = [pair for pair in form.state() if pair[0] != name]
    return redirect(
        f"{address_of(workspace, kind.key)}?{urlencode(others + [(name, text) for text in texts])}"
    )


def _file(
    request: DeskRequest, workspace: Workspace, kind: KindPage, form: QuestionForm, question: Any
) -> HttpResponseBase:
    if Capability.EXPORT not in request.capabilities:
        raise PermissionDenied
    if question is None:
        return redirect(f"{address_of(workspace, kind.key)}?{urlencode(form.state())}")
    return file_of(request, workspace, kind, form, question)


def _cell(text: str) -> dict[str, str | int | None]:
    """Return the cell that an address names.

    Raises
    ------
    CellRefused
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(each, str | int | None) for each in found.values()):
        raise CellRefused("The address names no number.", hint="Open the number again from its page.")
    return found
