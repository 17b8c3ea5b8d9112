"""Any answer about journeys or value as its drawing, in English words and in the digits and the direction of a reader.

Pages say it in three languages: they call the drawing of each kind with words of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from safar.observe.attribution import AttributionAnswer
from safar.observe.compare import CompareAnswer
from safar.observe.conformance import ConformanceAnswer
from safar.observe.flow import FlowAnswer
from safar.observe.funnel import FunnelAnswer
from safar.observe.goals import GoalsAnswer
from safar.observe.paths_around import PathsAnswer
from safar.observe.patterns import PatternsAnswer
from safar.observe.promises import PromiseAnswer
from safar.observe.retention import Cohort, RetentionAnswer
from safar.observe.searches import SearchesAnswer
from safar.observe.series import SeriesAnswer
from safar.observe.sessions import SessionsAnswer
from safar.observe.step_matrix import StepMatrixAnswer
from safar.observe.variants import VariantsAnswer
from safar.observe.web_pages import PagesAnswer
from safar.observe.what_if import WhatIfAnswer
from safar.show.locale import Locale
from safar.show.value.drawings import DRAWINGS as OF_VALUE
from safar.vocabulary.errors import Refusal
from safar.vocabulary.time_zone import local_days
from safar.vocabulary.window import Window

from .attribution import attribution_drawing
from .flow import FlowWords, cut_flow, flow_drawing
from .funnel import funnel_drawing
from .paths import paths_drawing
from .ranked import (
    compare_drawing,
    conformance_drawing,
    patterns_drawing,
    promise_drawing,
    reached_drawing,
    what_if_drawing,
)
from .retention import RetentionWords, retention_drawing
from .series import SeriesWords, series_drawing
from .sessions import sessions_drawing
from .step_matrix import step_matrix_drawing
from .variants import variants_drawing
from .web import goals_drawing, pages_drawing, searches_drawing

Draw = Callable[[Any, Locale], str]


class NoDrawing(Refusal, TypeError):
    """An answer of this kind is not drawn."""

    code = "drawing.none"


def drawing(answer: object, locale: Locale) -> str:
    """Return the drawing of an answer as an SVG element.

    Raises
    ------
    NoDrawing
    EmptyDrawing
        There is nothing to draw.
    """
    draw = _drawings().get(type(answer))
    if draw is None:
        raise NoDrawing(f"There is no drawing of {type(answer).__name__}.", hint="Look at its table.")
    return draw(answer, locale)


@cache
def _drawings() -> dict[type[Any], Draw]:
    return {
        AttributionAnswer: attribution_drawing,
        CompareAnswer: compare_drawing,
        ConformanceAnswer: conformance_drawing,
        PromiseAnswer: promise_drawing,
        FlowAnswer: _flow,
        FunnelAnswer: funnel_drawing,
        GoalsAnswer: _goals,
        PagesAnswer: pages_drawing,
        PathsAnswer: paths_drawing,
        PatternsAnswer: patterns_drawing,
        RetentionAnswer: _retention,
        SearchesAnswer: searches_drawing,
        SeriesAnswer: _series,
        SessionsAnswer: sessions_drawing,
        StepMatrixAnswer: step_matrix_drawing,
        VariantsAnswer: variants_drawing,
        WhatIfAnswer: what_if_drawing,
        **OF_VALUE,
    }


_FLOW: Final = FlowWords("Which step follows which, and how often.", "Start", "End")


def _flow(answer: FlowAnswer, locale: Locale) -> str:
    return flow_drawing(answer, cut_flow(answer), locale, _FLOW)


def _goals(answer: GoalsAnswer, locale: Locale) -> str:
    has_begun = any(left.begun for left in answer.left)
    return goals_drawing(answer, locale) if has_begun else reached_drawing(answer, locale)


def _retention(answer: RetentionAnswer, locale: Locale) -> str:
    question: Any = answer.provenance.question

    def cohort(each: Cohort) -> str:
        day = int(local_days([each.window.start_us], question.time_zone)[0])
        return locale.period(day, question.period)

    return retention_drawing(answer, locale, RetentionWords(cohort))


def _series(answer: SeriesAnswer, locale: Locale) -> str:
    question: Any = answer.provenance.question
    periodic = question.periodic

    def stretch(window: Window) -> str:
        if periodic.period == "hour":
            return locale.datetime(window.start, "short")
        day = int(local_days([window.start_us], periodic.time_zone)[0])
        return locale.period(day, periodic.period, short=True)

    def line(name: Any) -> str:
        return " ".join(
            filter(None, ("All" if name.is_total else "Others" if name.is_rest else name.name, name.currency))
        )

    return series_drawing(answer, locale, SeriesWords(line, stretch, locale.number))
