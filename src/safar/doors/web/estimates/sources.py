"""Where numbers come from: estimates out of value at risk and what if, outcomes out of saved releases and experiments.

What is kept is asked again of the log, never taken from what a browser sends.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.act.questions import kind_of
from safar.doors.web.design.answers import kept_answer
from safar.doors.web.design.asked_number import number_in
from safar.doors.web.design.words import filled
from safar.doors.web.homes import current_home
from safar.doors.web.journeys import queries as questions
from safar.doors.web.journeys.asking import compute
from safar.doors.web.journeys.kinds import BY_KEY
from safar.doors.web.journeys.queries import SavedFacts, saved_questions
from safar.doors.web.journeys.views import question_of
from safar.doors.web.value.experience_names import EXPERIENCE_NAMES
from safar.explain.experiments.logged import ExperimentAnswer
from safar.explain.experiments.release import ReleaseAnswer
from safar.explain.value_at_risk import ValueAtRiskAnswer
from safar.explain.value_what_if import ValueWhatIfAnswer
from safar.measure.purchases import YEAR_DAYS
from safar.observe.question_json import told
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.interval import Estimate, Interval

from .errors import EstimateRefused
from .services import Behind

#: Pages whose numbers are estimates, and those that measure outcomes.
AT_RISK: Final = "value_at_risk"
WHAT_IF: Final = "value_what_if"
MEASURING: Final = ("release", "experiment")
IN_A_YEAR: Final = "year"
EACH: Final = "each"


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a page.

    Attributes
    ----------
    name, metric
        What is or will be done, and what it moves.
    estimate, currency
        In whole units; the currency is empty where it is no money.
    behind
        What it comes from.
    meaning
        What it says and within which time, in sentences.
    horizon_days
        So many days after it was done the first customers have been followed as long as it says; 0 where nothing says.
    """

    name: str
    metric: str
    estimate: Estimate
    currency: str
    behind: Behind
    meaning: tuple[str, ...] = ()
    horizon_days: int = 0


@dataclass(frozen=True, slots=True)
class Measure:
    """What an outcome can be measured by: how forms name it, and what it is called."""

    key: str
    name: str


def halved(workspace: Workspace, query: str, experience: str, locale: Locale) -> Number:
    """Return what it would bring in a year to spare half of them an experience, as the page with this query says it.

    Raises
    ------
    EstimateRefused
        The page says no such number.
    Refusal
        The library does not answer it.
    """
    question, answer = _answered(workspace, AT_RISK, query, locale)
    if not isinstance(answer, ValueAtRiskAnswer) or not answer.span_days:
        raise EstimateRefused(
            "The page says no such number.", hint="Open value at risk, and keep one of its numbers."
        )
    risk, found = answer[experience], answer.halved_in_a_year(experience)
    value, low, high = (float(each.decimal) for each in (found.value, found.low, found.high))
    days = _days(question.at.horizon)
    return Number(
        filled(_("Halve: %(experience)s"), experience=_called(experience)),
        _metric(question.at.margin_share),
        Estimate(value, Interval(low, high, found.level), found.n),
        risk.currency,
        Behind(told(question), answer.provenance.log_version),
        (
            _(
                "So much it would bring in a year to spare half of the customers this experience. The number is asked"
                " of the data once more when it is kept."
            ),
            _within(days, locale),
        ),
        days,
    )


def as_the_sliders_say(workspace: Workspace, query: str, locale: Locale) -> Number:
    """Return what it would bring in a year if experiences were as frequent as the sliders of a page say.

    Raises
    ------
    EstimateRefused
        No slider was moved, or no order has an amount.
    Refusal
        The library does not answer it.
    """
    question, answer = _answered(workspace, WHAT_IF, query, locale)
    if not isinstance(answer, ValueWhatIfAnswer) or not question.left or answer.currency is None:
        raise EstimateRefused("The page says no such number.", hint="Open what if, and move a slider.")
    moved = [
        filled(
            _("%(experience)s: %(share)s as often"),
            experience=_called(each.experience),
            share=locale.percent(each.part),
        )
        for each in question.left
    ]
    days = _days(question.at.horizon)
    return Number(
        " · ".join(moved),
        _metric(question.at.margin_share),
        answer.value_a_year,
        answer.currency,
        Behind(told(question), answer.provenance.log_version),
        (
            _(
                "So much more customers would bring over a year if it happened as often as the sliders say: an"
                " association. The number is asked of the data once more when it is kept."
            ),
            _within(days, locale),
        ),
        days,
    )


def _called(experience: str) -> str:
    return str(EXPERIENCE_NAMES.get(experience, experience))


def _metric(margin_share: float) -> str:
    return _("Revenue a year") if margin_share == 1 else _("Margin a year")


def _days(horizon: timedelta) -> int:
    return math.ceil(horizon / timedelta(days=1))


def _within(days: int, locale: Locale) -> str:
    return filled(
        ngettext(
            "Orders within %(count)s day after each time count.",
            "Orders within %(count)s days after each time count.",
            days,
        ),
        count=locale.number(days),
    )


def measures(workspace: Workspace, estimate_currency: str) -> Iterator[Measure]:
    """Yield what of the saved releases and experiments could measure an outcome."""
    for saved in saved_questions(workspace):
        if saved.kind in MEASURING:
            if saved.kind == "release":
                yield Measure(
                    f"{saved.saved_id}:{IN_A_YEAR}", filled(_("%(title)s: in all, a year"), title=saved.title)
                )
            if saved.kind == "experiment" or not estimate_currency:
                yield Measure(
                    f"{saved.saved_id}:{EACH}", filled(_("%(title)s: the difference"), title=saved.title)
                )


def measured(workspace: Workspace, key: str, locale: Locale) -> Number:
    """Return the outcome that a saved release or experiment measures.

    Raises
    ------
    EstimateRefused
        There is no such saved question, or it has no such number.
    Refusal
        The library does not answer it.
    """
    number, _colon, basis = key.partition(":")
    saved_id = number_in(number)
    saved = None if saved_id is None else questions.saved_question(workspace, saved_id)
    if saved is None or saved.kind not in MEASURING:
        raise EstimateRefused(
            "There is no such saved question.", hint="Save a release or an experiment first."
        )
    question, answer = _answered(workspace, saved.kind, saved.query, locale)
    behind = Behind(told(question), answer.provenance.log_version)
    if isinstance(answer, ReleaseAnswer):
        return _of_release(saved, question, answer, behind, basis)
    assert isinstance(answer, ExperimentAnswer)
    first = answer.result.results[-1] if answer.currency else answer.result.results[0]
    return Number(saved.title, first.metric, first.best.absolute, answer.currency or "", behind)


def _of_release(
    saved: SavedFacts, question: Any, answer: ReleaseAnswer, behind: Behind, basis: str
) -> Number:
    if basis == EACH:
        return Number(saved.title, "", answer.effect, answer.currency or "", behind)
    if answer.total is None:
        raise EstimateRefused(
            "A score or a share has no sum in a year.",
            hint="Take the difference, or a release judged by revenue.",
        )
    days = question.period_days * sum(each.distance >= 0 for each in answer.periods)
    ends, times = answer.total.interval, YEAR_DAYS / days
    total = Estimate(
        answer.total.value * times,
        Interval(ends.low * times, ends.high * times, ends.level),
        answer.total.n,
    )
    return Number(saved.title, "", total, answer.currency or "", behind)


def _answered(workspace: Workspace, kind: str, query: str, locale: Locale) -> tuple[Any, Any]:
    form = BY_KEY[kind].form(questions.known(workspace), QueryDict(query), locale=locale)
    question = question_of(form)
    if question is None:
        raise EstimateRefused("The page cannot be asked as it is.", hint="Open it, and ask again.")
    log = current_home().log(workspace.workspace_id)
    kind_of(question)
    return question, kept_answer(workspace.workspace_id, log, compute, question).answer
