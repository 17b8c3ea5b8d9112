"""The scores of a workspace: all of them, one in whole, and the answers behind a number."""

from __future__ import annotations

from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from safar.doors.web.design.words import filled
from safar.doors.web.journeys.followed_scores import score_watch
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.doors.web.segments.queries import member_keys, segments_of
from safar.doors.web.surveys.queries import AskedNames, asked_names
from safar.listen.groups import By
from safar.listen.score_answers import ScoreAnswersQuestion, score_answers
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal
from safar.vocabulary.window import Window

from . import queries
from .answers_page import ROWS, answers_page
from .asked import SPANS, USUAL_SPAN, Asked, number_typed, read_asked
from .list_page import scope_of, scores_page
from .one_page import score_page
from .reading import read
from .words import METRICS, group_name


@require_safe
@desk(Capability.SEE_NUMBERS)
def scores(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """List every score of the workspace."""
    locale = request.reader.locale(workspace)
    span = request.GET.get("span", "")
    span = span if span in SPANS else USUAL_SPAN
    metric = request.GET.get("metric", "")
    metric = metric if metric in METRICS else ""
    found = queries.key_scores(workspace, span, locale)
    if metric:
        found = tuple(each for each in found if each.key.kind.metric == metric)
    times, names = queries.times_of(workspace, span, locale), asked_names(workspace, locale.language)
    page = scores_page(workspace, span, times, found, locale, names=names, metric=metric)
    return render(request, "scores/scores.html", {"page": page, "desk": "listen"})


@require_safe
@desk(Capability.SEE_NUMBERS)
def score(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Show one score: definition, distribution, trend, groups, what changed, what can be told at all."""
    locale, asked = request.reader.locale(workspace), read_asked(request.GET)
    reading = read(workspace, asked, locale)
    if reading is None:
        raise Http404
    page = score_page(
        workspace,
        reading,
        segments_of(workspace)[: queries.MOST_SEGMENTS],
        queries.steps_of(workspace, asked.key, locale.language),
        locale,
        names=asked_names(workspace, locale.language),
        sees_customers=Capability.SEE_CUSTOMERS in request.capabilities,
    )
    watch = None
    if Capability.SAVE_QUESTIONS in request.capabilities:
        watch = score_watch(workspace, asked.key, reading.asked.kind, asked.span, title=page.name)
    return render(request, "scores/score.html", {"page": page, "watch": watch, "desk": "listen"})


@require_safe
@desk(Capability.SEE_CUSTOMERS)
def answers(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """List the answers behind a number, the newest first."""
    locale, asked = request.reader.locale(workspace), read_asked(request.GET)
    times = queries.times_of(workspace, asked.span, locale)
    if times is None:
        raise Http404
    window, lowest, highest, group = times.now, *_ends(request), request.GET.get("group")
    stretch = _stretch(request)
    if stretch is not None:
        window = stretch
    skip = min(int(number_typed(request.GET.get("skip", "")) or 0), 1_000_000)
    persons = member_keys(workspace, asked.segment) if asked.segment else None
    by = asked.by if group is not None else None
    segments = queries.segments_by_name(workspace) if by is not None and by.kind == "segment" else {}
    log = queries.log_of(workspace)
    question = ScoreAnswersQuestion(asked.which, window, lowest, highest, by, group or "", ROWS, max(skip, 0))
    try:
        found = score_answers(log, question, persons=persons, segments=segments)
    except Refusal as error:
        raise Http404 from error
    customers = queries.names_of(log, [one.person for one in found.answers])
    names = asked_names(workspace, locale.language)
    query = request.GET.copy()
    query.pop("skip", None)
    page = answers_page(
        workspace,
        asked,
        found,
        customers,
        locale,
        names=names,
        narrowed=_narrowed(asked, question, names, locale),
        query=query.urlencode(),
        skip=max(skip, 0),
    )
    return render(request, "scores/answers.html", {"page": page, "desk": "listen"})


def _ends(request: HttpRequest) -> tuple[float | None, float | None]:
    lowest, highest = (number_typed(request.GET.get(name, "")) for name in ("lowest", "highest"))
    return lowest, highest


def _stretch(request: HttpRequest) -> Window | None:
    """Return the period that is asked about, in microseconds; None where none is, or none that can be."""
    with suppress(ValueError, Refusal):
        return Window.from_us(int(request.GET.get("since", "")), int(request.GET.get("until", "")))
    return None


def _narrowed(
    asked: Asked, question: ScoreAnswersQuestion, names: AskedNames, locale: Locale
) -> tuple[str, ...]:
    found = [scope_of(queries.Times(question.window, None), locale)]
    if question.lowest is not None and question.highest is not None:
        low, high = locale.number(question.lowest), locale.number(question.highest)
        found.append(low if low == high else filled(_("%(low)s to %(high)s"), low=low, high=high))
    if question.by is not None:
        found.append(group_name(question.by, question.group, names))
    found += [group_name(By.read(side), value, names) for side, value in asked.only]
    return tuple(found)
