"""How a survey is asked: links, rounds of invitations, the budget of contacts; and the wish to be left alone."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safar.doors.web.answering.views import too_many
from safar.doors.web.answering.visitors import guessed_too_often, guesses
from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.customers.queries import present
from safar.doors.web.design.export import export
from safar.doors.web.design.parts import Crumb
from safar.doors.web.design.table import Column, changed
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.events.words import in_words
from safar.doors.web.members.guard import DeskRequest, desk, public
from safar.doors.web.members.policies import Capability
from safar.doors.web.segments.queries import segments_of
from safar.doors.web.surveys.frame import frame
from safar.doors.web.surveys.page import tabs
from safar.doors.web.surveys.queries import OpenSurvey, survey_of
from safar.doors.web.surveys.shown import language_name
from safar.store.registry import Workspace
from safar.vocabulary.digits import parse_number
from safar.vocabulary.errors import Refusal

from . import queries, services
from .codes import CODE_FORMS, MEDIA, qr_code
from .facts import LinkFacts, RoundFacts
from .foreseen import foreseen
from .forms import CHANNELS, BudgetForm, LinkForm, RoundForm
from .letters import sms_count
from .link_files import link_rows
from .models import Invitation, Link
from .page import (
    STATUSES,
    AskPage,
    ForeseenPart,
    RoundPage,
    foreseen_part,
    invitation_table,
    link_line,
    outcome_in_words,
    round_in_words,
    round_line,
    status_tiles,
)
from .sending import address_of_link, can_send

_USUAL_ROUND: Final = {
    "channel": "email",
    "share": 100,
    "open_days": 14,
    "remind_days": 4,
    "delay_hours": 24,
}
_PAGE_ROWS: Final = 100
_TAKES: Final = ("take", "retake")


@require_safe
@desk(Capability.SEE_NUMBERS)
def ask(request: DeskRequest, workspace: Workspace, survey_id: str) -> HttpResponse:
    """Show how a survey is asked: its links and rounds, and how often customers may be asked at all."""
    survey = found_survey(workspace, survey_id)
    form = LinkForm(languages=_languages(survey), locale=request.reader.locale(workspace))
    return _ask_page(request, workspace, survey, form)


def _ask_page(
    request: DeskRequest, workspace: Workspace, survey: OpenSurvey, form: LinkForm, status: int = 200
) -> HttpResponse:
    locale, capabilities = request.reader.locale(workspace), request.capabilities
    survey_id, may_send = survey.public_id, Capability.SEND_SURVEYS in capabilities
    named = {"workspace_id": workspace.workspace_id}
    budget = queries.budget_of(workspace)
    links = queries.links_of(workspace, survey_id)
    is_published = survey.published is not None
    page = AskPage(
        frame(request, workspace, survey, "ask"),
        tuple(link_line(workspace, each, locale, request.build_absolute_uri) for each in links),
        tuple(round_line(workspace, each, locale) for each in queries.rounds_of(workspace, survey_id)),
        filled(
            _(
                "At most %(most)s invitations in %(within)s days, over all surveys; %(rest)s days of rest after an"
                " answer."
            ),
            most=locale.number(budget.most),
            within=locale.number(budget.within.days),
            rest=locale.number(budget.quarantine.days),
        ),
        reverse("contact-budget", kwargs=named) if may_send else "",
        is_published,
        reverse("survey-publish", kwargs={**named, "survey_id": survey_id})
        if not is_published and Capability.EDIT_SURVEYS in capabilities
        else "",
        may_send,
        can_send("email"),
    )
    shown = {"page": page, "form": form, "desk": "listen", "survey_id": survey_id}
    return render(request, "inviting/ask.html", shown, status=status)


@require_POST
@desk(Capability.SEND_SURVEYS)
def new_link(request: DeskRequest, workspace: Workspace, survey_id: str) -> HttpResponse:
    """Make a link."""
    survey = found_survey(workspace, survey_id)
    form = LinkForm(request.POST, languages=_languages(survey), locale=request.reader.locale(workspace))
    if not form.is_valid():
        return _ask_page(request, workspace, survey, form, 422)
    given = form.cleaned_data
    made = services.make_link(
        workspace,
        survey_id,
        given["kind"],
        by=Actor.of(request),
        name=given["name"],
        language=given["language"],
        channel="kiosk" if given["kind"] == Link.Kind.KIOSK else "web",
    )
    if made.kind == Link.Kind.WIDGET:
        return redirect(
            "survey-widget", workspace_id=workspace.workspace_id, survey_id=survey_id, token=made.token
        )
    toast(request, _("The link is made."))
    return _back(workspace, survey_id)


@require_POST
@desk(Capability.SEND_SURVEYS)
def link(request: DeskRequest, workspace: Workspace, survey_id: str, token: str) -> HttpResponse:
    """End a link, or let it work again."""
    found_link(workspace, survey_id, token)
    services.close_link(workspace, token, is_closed=request.POST.get("do") != "open", by=Actor.of(request))
    return _back(workspace, survey_id)


@require_safe
@desk(Capability.SEE_NUMBERS)
def qr(request: DeskRequest, workspace: Workspace, survey_id: str, token: str, form: str) -> HttpResponse:
    """Give a link as a QR code to print: a drawing that stays sharp at any size, or a picture."""
    facts = found_link(workspace, survey_id, token)
    if form not in CODE_FORMS:
        raise Http404
    address = request.build_absolute_uri(address_of_link(facts))
    return HttpResponse(qr_code(address, form), content_type=MEDIA[form])


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.SEND_SURVEYS)
def new_round(request: DeskRequest, workspace: Workspace, survey_id: str) -> HttpResponse:
    """Ask a segment, or whoever something happens to."""
    survey, locale = found_survey(workspace, survey_id), request.reader.locale(workspace)
    segments = tuple((each.public_id, each.name) for each in segments_of(workspace))
    data = request.POST if request.method == "POST" else None
    only_looks = data is not None and data.get("do") == "look"
    asked = (data or {}) if only_looks else {}
    form = RoundForm(
        None if only_looks else data,
        initial={**_USUAL_ROUND, **{name: asked[name] for name in RoundForm.base_fields if name in asked}},
        segments=segments,
        locale=locale,
    )
    if data is not None and not only_looks and form.is_valid():
        try:
            round_id = services.start_round(workspace, survey_id, form.plan(), by=Actor.of(request))
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal.code))
        else:
            toast(request, _("Customers are being asked; who is and who is not appears here."))
            return redirect(
                "survey-round", workspace_id=workspace.workspace_id, survey_id=survey_id, round_id=round_id
            )
    shown: dict[str, Any] = {
        "desk": "listen",
        "frame": frame(request, workspace, survey, "ask"),
        "title": _("Invite customers"),
        "back": reverse("survey-ask", kwargs=_named(workspace, survey_id)),
        "form": form,
        "event_names": [(each, in_words(each)) for each in present(workspace).names],
        "can_mail": can_send("email"),
        "foreseen": _foreseen(request, workspace, survey_id, data or {}),
        "foreseen_href": reverse("survey-round-foreseen", kwargs=_named(workspace, survey_id)),
    }
    status = 200 if data is None or only_looks else 422
    return render(request, "inviting/new_round.html", shown, status=status)


@require_safe
@desk(Capability.SEND_SURVEYS)
def round_foreseen(request: DeskRequest, workspace: Workspace, survey_id: str) -> HttpResponse:
    """Say who would be asked, while the form is filled in."""
    found_survey(workspace, survey_id)
    return render(
        request, "inviting/foreseen.html", {"foreseen": _foreseen(request, workspace, survey_id, request.GET)}
    )


def _share(text: str) -> float:
    """Return the share that somebody types; all where that is no share yet."""
    with suppress(Refusal):
        percent = float(parse_number(text))
        if 0 < percent <= 100:
            return percent / 100
    return 1.0


def _foreseen(
    request: DeskRequest, workspace: Workspace, survey_id: str, given: Mapping[str, str]
) -> ForeseenPart:
    locale = request.reader.locale(workspace)
    segment = given.get("segment", "")
    after_event = bool(given.get("event", "").strip())
    channel = given.get("channel", "")
    found = (
        foreseen(
            workspace,
            survey_id,
            segment,
            channel if channel in CHANNELS else "email",
            _share(given.get("share", "")),
        )
        if segment and not after_event
        else None
    )
    sees = Capability.SEE_CUSTOMERS in request.capabilities
    return foreseen_part(workspace, found, locale, after_event=after_event, sees=sees)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.SEE_NUMBERS)
def one_round(request: DeskRequest, workspace: Workspace, survey_id: str, round_id: str) -> HttpResponseBase:
    """Show a round: how many were asked, why others were not, and everybody of it; stop it."""
    survey, locale = found_survey(workspace, survey_id), request.reader.locale(workspace)
    facts = queries.round_of(workspace, round_id)
    if facts is None or facts.survey_id != survey_id:
        raise Http404
    may_send = Capability.SEND_SURVEYS in request.capabilities
    may_take = may_send and {Capability.EXPORT, Capability.SEE_CUSTOMERS} <= request.capabilities
    if request.method == "POST":
        if not may_send:
            raise PermissionDenied
        if request.POST.get("do") in _TAKES:
            if not may_take:
                raise PermissionDenied
            return _links_file(request, workspace, facts, again=request.POST["do"] == "retake")
        services.stop_round(workspace, round_id, by=Actor.of(request))
        toast(request, _("Nobody further is asked. Invitations that are out can still be answered."))
        return redirect(request.path)
    status, after = request.GET.get("status", ""), request.GET.get("after", "")
    status = status if status in STATUSES else ""
    found, next_after = queries.invitations_of(
        workspace,
        round_id,
        status=status,
        after=int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0,
        limit=_PAGE_ROWS,
    )
    asked, others = status_tiles(facts, locale, status)
    page = RoundPage(
        frame(request, workspace, survey, "ask"),
        facts.name,
        round_in_words(facts, locale),
        outcome_in_words(facts, locale),
        asked,
        others,
        str(STATUSES[status]) if status else "",
        request.path,
        invitation_table(workspace, found, locale, sees=Capability.SEE_CUSTOMERS in request.capabilities),
        request.path if may_send and facts.stopped_at is None else "",
        request.path if may_take and facts.counts.get(Invitation.Status.WAITING, 0) else "",
        may_take and not can_send(facts.channel) and bool(facts.counts.get(Invitation.Status.SENT, 0)),
        facts.stopped_at is not None,
    )
    shown = {
        "page": page,
        "desk": "listen",
        "more": f"?{changed(changed('', status=status), after=str(next_after))}" if next_after else "",
        "back": reverse("survey-ask", kwargs=_named(workspace, survey_id)),
    }
    return render(request, "inviting/round.html", shown)


def _links_file(
    request: DeskRequest, workspace: Workspace, facts: RoundFacts, *, again: bool
) -> HttpResponseBase:
    columns = (
        Column("customer", _("Customer"), "code"),
        Column("address", _("Address"), "code"),
        Column("language", _("Language")),
        Column("link", _("Link"), "code"),
        Column("text", _("Text")),
        Column("messages", _("Short messages"), "number"),
    )
    record(Actor.of(request), "survey.links_taken", workspace_id=workspace.workspace_id, target=facts.name)
    rows = link_rows(workspace, facts.public_id, sms_count, again=again, whole=request.build_absolute_uri)
    locale = request.reader.locale(workspace)
    return export(facts.name, columns, rows, "csv", locale, request.reader.direction)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.SEND_SURVEYS)
def contact_budget(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Say how often customers may be asked, over all surveys."""
    locale = request.reader.locale(workspace)
    data = request.POST if request.method == "POST" else None
    form = BudgetForm(data, initial=BudgetForm.initial_of(queries.budget_of(workspace)), locale=locale)
    if data is not None and form.is_valid():
        services.change_budget(workspace, form.budget(), by=Actor.of(request))
        toast(request, _("Kept. It holds from the next invitation on."))
        return redirect(request.path)
    shown = {
        "desk": "listen",
        "tabs": tabs(workspace, "surveys"),
        "title": _("How often customers are asked"),
        "crumbs": (_surveys_crumb(workspace),),
        "form": form,
    }
    return render(request, "inviting/budget.html", shown, status=200 if data is None else 422)


@csrf_exempt  # mail programs press it for their reader, as RFC 8058 has it; the token alone says for whom
@require_http_methods(["GET", "HEAD", "POST"])
@public
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask the customer of an invitation, or of another mail, no more, once he presses the button."""
    seconds = guessed_too_often(request)
    if seconds:
        return too_many(seconds)
    language, end = translation.get_language(), services.leave
    if not services.leaves(token):
        facts, end = queries.link(token), services.opt_out
        if facts is None or not facts.invitation_id:
            guesses(request)
            raise Http404
        language = facts.language if facts.language in {"fa", "ar", "en"} else language
    is_done = request.method == "POST" and end(token, timezone.now())
    with translation.override(language):
        direction = "ltr" if language == "en" else "rtl"
        return render(
            request,
            "inviting/stop.html",
            {"is_done": is_done, "language": language, "direction": direction},
        )


def found_survey(workspace: Workspace, survey_id: str) -> OpenSurvey:
    """Return a survey of the workspace; 404 without one."""
    found = survey_of(workspace, survey_id)
    if found is None:
        raise Http404
    return found


def found_link(workspace: Workspace, survey_id: str, token: str) -> LinkFacts:
    """Return a link of the survey; 404 without one, and for the token of a customer's invitation."""
    facts = queries.link(token)
    if facts is None or (facts.workspace_id, facts.survey_id) != (workspace.workspace_id, survey_id):
        raise Http404
    if facts.invitation_id:
        raise Http404
    return facts


def _languages(survey: OpenSurvey) -> tuple[tuple[str, str], ...]:
    return tuple((each, language_name(each)) for each in survey.draft.languages)


def _surveys_crumb(workspace: Workspace) -> Crumb:
    return Crumb(_("Surveys"), reverse("surveys", kwargs={"workspace_id": workspace.workspace_id}))


def _named(workspace: Workspace, survey_id: str) -> dict[str, str]:
    return {"workspace_id": workspace.workspace_id, "survey_id": survey_id}


def _back(workspace: Workspace, survey_id: str) -> HttpResponse:
    return redirect("survey-ask", workspace_id=workspace.workspace_id, survey_id=survey_id)
