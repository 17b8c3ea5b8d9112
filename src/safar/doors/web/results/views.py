"""What a survey found: questions with their drawings, single responses, files."""

from __future__ import annotations

from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from safar.doors.web.answering.queries import quota_counts, response_of, responses_of
from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.design.parts import EmptyState, Tab
from safar.doors.web.design.words import filled
from safar.doors.web.inviting.queries import response_rate
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.doors.web.surveys.frame import frame
from safar.doors.web.surveys.queries import OpenSurvey, published, survey_of
from safar.maps.anatomy import said
from safar.store.registry import Workspace

from . import files, made_files, responses_page
from .cards import question_cards
from .making_views import begun_file, being_counted, check_cell, results_href
from .page import ResultsPage, filters, quota_lines, tiles
from .queries import BeingCounted, Wanted, response_count, results_at_once

_PAGE_ROWS: Final = 50
_FORMS: Final = ("csv", "xlsx", "sav")


@require_safe
@desk(Capability.SEE_NUMBERS)
def survey_results(request: DeskRequest, workspace: Workspace, survey_id: str) -> HttpResponse:
    """Show what a survey found so far."""
    survey, locale = _found(workspace, survey_id), request.reader.locale(workspace)
    wanted = _wanted(request.GET)
    found = results_at_once(workspace, survey_id, wanted)
    if isinstance(found, BeingCounted):
        return being_counted(request, workspace, survey, found)
    named = {"workspace_id": workspace.workspace_id, "survey_id": survey_id}
    sees = Capability.SEE_CUSTOMERS in request.capabilities
    empty = None
    if found is None:
        empty = EmptyState(
            _("Not published yet"),
            _("Answers appear here as they come in, once the survey is published."),
            _("Open the survey"),
            reverse("survey", kwargs=named),
        )
    elif found.found.is_hidden and found.read and found.least_cell > 1:
        empty = EmptyState(
            _("Too few answers to show"),
            filled(
                _(
                    "This survey shows nothing of fewer than %(count)s respondents, so that nobody can be recognised."
                ),
                count=locale.number(found.least_cell),
            ),
        )
    elif not found.found.responses and wanted != Wanted():
        empty = EmptyState(
            _("No response is like this"),
            _("Take out one of the filters."),
            _("All responses"),
            reverse("survey-results", kwargs=named),
        )
    elif not found.found.responses:
        empty = EmptyState(
            _("No answers yet"),
            _("Answers appear here as they come in: make a link, or invite customers."),
            _("Ask customers"),
            reverse("survey-ask", kwargs=named),
        )
    choices = filters(found, wanted, locale) if found and found.least_cell == 1 else {}
    may_take = sees and Capability.EXPORT in request.capabilities
    shows_single = found is not None and empty is None and found.least_cell == 1
    responses_href = reverse("survey-responses", kwargs=named) if sees and shows_single else ""
    cards, unanswered = (
        question_cards(workspace, survey_id, found, locale, shows_texts=bool(responses_href))
        if found and not empty
        else ((), ())
    )
    page = ResultsPage(
        frame=frame(request, workspace, survey, "results"),
        tiles=tiles(
            found,
            locale,
            responses_href=responses_href,
            ask_href=reverse("survey-ask", kwargs=named),
            rate=response_rate(workspace, survey_id),
        )
        if found and not found.found.is_hidden
        else (),
        quotas=quota_lines(found.survey, quota_counts(workspace, survey_id), locale)
        if found and not found.found.is_hidden
        else (),
        cards=cards,
        unanswered=unanswered,
        languages=choices.get("languages", ()),
        channels=choices.get("channels", ()),
        versions=choices.get("versions", ()),
        marks=choices.get("marks", ()),
        has_stopped=bool(found and found.least_cell == 1 and found.states.get("stopped")),
        files=_files(request, named) if may_take and shows_single else (),
        responses_href=responses_href,
        bring_href=reverse("survey-bring", kwargs=named)
        if found and Capability.IMPORT in request.capabilities
        else "",
        empty=empty,
    )
    return render(request, "results/results.html", {"page": page, "desk": "listen", "wanted": wanted})


@require_safe
@desk(Capability.SEE_CUSTOMERS)
def survey_responses(request: DeskRequest, workspace: Workspace, survey_id: str) -> HttpResponse:
    """List single responses, newest first."""
    survey, locale = _found(workspace, survey_id), request.reader.locale(workspace)
    check_cell(workspace, survey_id)
    before = request.GET.get("before", "")
    page = responses_of(
        workspace,
        survey_id,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
        limit=_PAGE_ROWS,
        tests=request.GET.get("tests") == "1",
    )
    shown = {
        "page": responses_page.list_page(workspace, survey_id, page, locale, request.GET),
        "frame": frame(request, workspace, survey, "results"),
        "back": results_href(workspace, survey_id),
        "desk": "listen",
    }
    return render(request, "results/responses.html", shown)


@require_safe
@desk(Capability.SEE_CUSTOMERS)
def survey_response(
    request: DeskRequest, workspace: Workspace, survey_id: str, response_id: str
) -> HttpResponse:
    """Show one response whole, as it was asked and answered."""
    survey, locale = _found(workspace, survey_id), request.reader.locale(workspace)
    check_cell(workspace, survey_id)
    facts = response_of(workspace, response_id)
    if facts is None or facts.survey_id != survey_id:
        raise Http404
    named = {"workspace_id": workspace.workspace_id, "survey_id": survey_id}
    shown = {
        "page": responses_page.one_page(workspace, facts, locale),
        "frame": frame(request, workspace, survey, "results"),
        "back": reverse("survey-responses", kwargs=named),
        "desk": "listen",
    }
    return render(request, "results/response.html", shown)


@require_safe
@desk(Capability.EXPORT)
def survey_file(request: DeskRequest, workspace: Workspace, survey_id: str, form: str) -> HttpResponseBase:
    """Give the responses as a file; who took it is noted."""
    locale = request.reader.locale(workspace)
    if Capability.SEE_CUSTOMERS not in request.capabilities:
        raise PermissionDenied
    if form not in _FORMS:
        raise Http404
    newest = published(workspace, survey_id)
    if newest is None:
        raise Http404
    check_cell(workspace, survey_id)
    wanted, in_words = _wanted(request.GET), request.GET.get("words") == "1"
    record(
        Actor.of(request),
        "survey.responses_taken",
        workspace_id=workspace.workspace_id,
        target=said(newest.survey.name, workspace.language, *newest.survey.languages) or newest.survey.key,
    )
    asked = files.FileAsked(form, wanted, in_words, request.reader.direction)
    if response_count(workspace, survey_id) > made_files.AT_ONCE:
        return begun_file(request, workspace, newest, asked, locale)
    return files.answers_file(workspace, survey_id, newest.survey, asked, locale)


def _wanted(query: QueryDict) -> Wanted:
    version = query.get("version", "")
    return Wanted(
        language=query.get("language", "")[:16],
        channel=query.get("channel", "")[:32],
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 6 else 0,
        is_complete=query.get("all") != "1",
        without=tuple(sorted(set(query.getlist("without"))))[:10],
    )


def _files(request: DeskRequest, named: dict[str, str]) -> tuple[Tab, ...]:
    query = request.GET.urlencode()
    more = f"&{query}" if query else ""

    def of(form: str, name: str, words: str = "") -> Tab:
        address = reverse("survey-file", kwargs={**named, "form": form})
        return Tab(name, f"{address}?words={words}{more}")

    return (
        of("xlsx", _("Excel, in words"), "1"),
        of("csv", _("CSV, in words"), "1"),
        of("csv", _("CSV, with codes")),
        of("sav", _("SPSS, with labels")),
    )


def _found(workspace: Workspace, survey_id: str) -> OpenSurvey:
    found = survey_of(workspace, survey_id)
    if found is None:
        raise Http404
    return found
