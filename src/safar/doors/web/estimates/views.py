"""Estimates: the list, keeping one, one of them, scoring it, deleting it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.confirm import Confirmation, unconfirmed
from safar.doors.web.design.parts import Crumb
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.doors.web.value.words import money_with_interval
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal
from safar.vocabulary.names import visible_line
from safar.vocabulary.time_zone import time_zone

from . import queries, services
from .forms import KeepForm, ScoreForm
from .page import address, estimate_page, estimates_page, frame, measuring
from .queries import EstimateFacts
from .sources import WHAT_IF, Number, as_the_sliders_say, halved, measured, measures

#: Names of the address that say which number of a page is kept; all else of it is the page's own state.
_EXPERIENCE = "experience"
_OF = "of"
_LONGEST_NAME = 160


@require_safe
@desk(Capability.SEE_NUMBERS)
def estimates(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """List the estimates, and say how good they have been."""
    locale = request.reader.locale(workspace)
    found = queries.estimates_of(workspace)
    may_keep = Capability.SAVE_QUESTIONS in request.capabilities
    page = estimates_page(
        workspace,
        found,
        queries.calibration_of(found),
        locale,
        today=timezone.now().astimezone(time_zone(locale.time_zone)).date(),
        may_keep=may_keep,
    )
    context = {"page": page, "may_keep": may_keep, **frame(workspace), "desk": "value"}
    return render(request, "estimates/estimates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.SAVE_QUESTIONS)
def keep(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Keep an estimate: of a number of another page, or as somebody says it."""
    locale = request.reader.locale(workspace)
    number = _number(request, workspace)
    initial = {} if number is None else _initial(number, locale)
    is_sent = request.method == "POST"
    form = KeepForm(
        request.POST if is_sent else None, initial=initial, has_number=number is not None, locale=locale
    )
    if is_sent and form.is_valid():
        found = form.cleaned_data
        try:
            made = services.keep(
                workspace,
                found["name"],
                found["metric"],
                form.estimate if number is None else number.estimate,
                by=Actor.of(request),
                currency=found["currency"] if number is None else number.currency,
                due_on=found["due_on"],
                notes=found["notes"],
                behind=services.SAID if number is None else number.behind,
            )
        except Refusal as error:
            form.add_error(None, sentence_of(error.code))
        else:
            toast(request, _("The estimate is kept."))
            return redirect(address(workspace, made))
    said = "" if number is None else money_with_interval(number.estimate, number.currency or None, locale)
    context = {
        "form": form,
        "said": said,
        "meaning": () if number is None else number.meaning,
        "title": _("Keep an estimate"),
        "crumbs": (Crumb(_("Estimates"), address(workspace)),),
        "cancel": address(workspace),
        **frame(workspace),
        "desk": "value",
    }
    return render(request, "estimates/keep.html", context, status=422 if is_sent else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.SEE_NUMBERS)
def estimate(request: DeskRequest, workspace: Workspace, public_id: str) -> HttpResponse:
    """Show one estimate; score it."""
    found = _found(workspace, public_id)
    locale = request.reader.locale(workspace)
    may_score = Capability.SAVE_QUESTIONS in request.capabilities and found.score is None
    is_sent = request.method == "POST"
    if is_sent and not may_score:
        raise Http404
    form = ScoreForm(
        request.POST if is_sent else None,
        measures=measures(workspace, found.currency) if may_score else (),
        locale=locale,
    )
    if is_sent and form.is_valid():
        try:
            _score(request, workspace, found, form)
        except Refusal as error:
            form.add_error(None, sentence_of(error.code))
        else:
            toast(request, _("The estimate is scored."))
            return redirect(address(workspace, public_id))
    context = {
        "page": estimate_page(found, locale),
        "form": form if may_score else None,
        "measuring": measuring(workspace),
        "title": found.name,
        "crumbs": (Crumb(_("Estimates"), address(workspace)),),
        **frame(workspace),
        "desk": "value",
    }
    return render(request, "estimates/estimate.html", context, status=422 if is_sent else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.SAVE_QUESTIONS)
def delete(request: DeskRequest, workspace: Workspace, public_id: str) -> HttpResponse:
    """Ask, then delete an estimate that was not scored."""
    found = _found(workspace, public_id)
    if found.score is not None:
        raise Http404
    confirmation = Confirmation(
        title=_("Delete this estimate?"),
        sentences=(filled(_("“%(name)s” is not scored yet and will not count."), name=found.name),),
        expected="",
        submit=_("Delete"),
        back=address(workspace, public_id),
    )
    if (asks := unconfirmed(request, confirmation)) is not None:
        return asks
    services.delete(workspace, public_id, by=Actor.of(request))
    toast(request, _("The estimate is deleted."))
    return redirect(address(workspace))


def _score(request: DeskRequest, workspace: Workspace, found: EstimateFacts, form: ScoreForm) -> None:
    """Score an estimate by what a form says.

    Raises
    ------
    Refusal
    """
    by, key = Actor.of(request), form.cleaned_data["measure"]
    if not key:
        services.score(
            workspace,
            found.public_id,
            form.estimate,
            by=by,
            measured_by=form.cleaned_data["measured_by"],
            currency=found.currency,
        )
        return
    outcome = measured(workspace, key, request.reader.locale(workspace))
    services.score(
        workspace,
        found.public_id,
        outcome.estimate,
        by=by,
        measured_by=outcome.name,
        currency=outcome.currency,
        behind=outcome.behind,
    )


def _number(request: DeskRequest, workspace: Workspace) -> Number | None:
    """Return the number of the page that an address names; None where it names none."""
    experience, page = request.GET.get(_EXPERIENCE, ""), request.GET.get(_OF, "")
    if not experience and not page:
        return None
    state, locale = request.GET.copy(), request.reader.locale(workspace)
    for name in (_EXPERIENCE, _OF):
        state.pop(name, None)
    try:
        if experience:
            return halved(workspace, state.urlencode(), experience, locale)
        if page == WHAT_IF:
            return as_the_sliders_say(workspace, state.urlencode(), locale)
    except Refusal as error:
        raise Http404 from error
    raise Http404


def _initial(number: Number, locale: Locale) -> dict[str, Any]:
    """Return what the form says before anybody has typed."""
    today = timezone.now().astimezone(time_zone(locale.time_zone)).date()
    due = {"due_on": today + timedelta(days=number.horizon_days)} if number.horizon_days else {}
    name = visible_line(number.name)[:_LONGEST_NAME]  # what stands in a field is typed: without isolates
    return {"name": name, "metric": number.metric, **due}


def _found(workspace: Workspace, public_id: str) -> EstimateFacts:
    found = queries.estimate_of(workspace, public_id)
    if found is None:
        raise Http404
    return found
