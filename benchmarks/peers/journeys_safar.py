"""The questions of `journeys_questions`, asked of Safar.

A process loads what its question needs, so imports stand where they are used.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.window import Window

from . import journeys_questions as q
from .journeys_log import CHANNELS, EVENTS, START_AT, Made

_MICROSECOND = timedelta(microseconds=1)
_PLAIN = {name: StepRule(name, (name,)) for name in EVENTS}
#: What is asked, the question, and how its answer is told.
_Ready = tuple[Callable[..., Any], Any, Callable[[Any], q.Answer]]


def load(found: Made, question: str) -> q.Asked | None:
    """Open the log; nothing is read before the question."""
    log = Log.open(found.log)
    pool = ThreadPoolExecutor(os.cpu_count())
    work, asked, told = _QUESTIONS[question]()
    return q.Asked(lambda: work(log, asked, executor=pool), told)


def _ruled() -> tuple[StepRule, Any]:
    from safar.observe.among import Among, Did, Segment
    from safar.observe.conditions import Condition

    did = StepRule("done", (q.SEGMENT,), where=(Condition("plan", values=(q.SEGMENT_PLAN,)),))
    rule = StepRule(q.RULED_NAME, (q.RULED,), where=(Condition("plan", values=(q.RULED_PLAN,)),))
    return rule, Among(segment=Segment("team", (Did(did),)))


def _flow(*, ruled: bool = False) -> _Ready:
    from safar.observe.flow import FlowAnswer, FlowQuestion, flow

    def told(answer: FlowAnswer) -> q.Answer:
        return q.flow_told(
            [
                (edge.source, edge.target, edge.count, (edge.median_gap or timedelta()) / _MICROSECOND)
                for edge in answer.edges
                if edge.source is not None and edge.target is not None
            ]
        )

    if not ruled:
        return flow, FlowQuestion(), told
    rule, among = _ruled()
    return flow, FlowQuestion((rule, *_PLAIN.values()), among=among), told


def _variants(*, ruled: bool = False) -> _Ready:
    from safar.observe.variants import VariantsAnswer, VariantsQuestion, variants

    def told(answer: VariantsAnswer) -> q.Answer:
        return q.variants_told([(variant.steps, variant.count) for variant in answer.variants])

    if not ruled:
        return variants, VariantsQuestion(q.TOP), told
    rule, among = _ruled()
    return variants, VariantsQuestion(q.TOP, (rule, *_PLAIN.values()), among=among), told


def _funnel(names: tuple[str, ...], within: timedelta, *, ruled: bool = False) -> _Ready:
    from safar.observe.funnel import FunnelAnswer, FunnelQuestion, funnel

    def told(answer: FunnelAnswer) -> q.Answer:
        return [step.count for step in answer.steps]

    if not ruled:
        return funnel, FunnelQuestion(tuple(_PLAIN[name] for name in names), within), told
    rule, among = _ruled()
    steps = tuple(rule if name == q.RULED else _PLAIN[name] for name in names)
    return funnel, FunnelQuestion(steps, within, among=among), told


def _retention(*, ruled: bool = False) -> _Ready:
    from safar.observe.retention import RetentionAnswer, RetentionQuestion, retention

    def told(answer: RetentionAnswer) -> q.Answer:
        return [[cohort.size, *(cell.count for cell in cohort.cells)] for cohort in answer.cohorts]

    weeks = Window(START_AT, START_AT + timedelta(weeks=q.COHORTS))
    if not ruled:
        return retention, RetentionQuestion(weeks, "week", most=q.WEEKS), told
    rule, among = _ruled()
    return retention, RetentionQuestion(weeks, "week", returns=rule, most=q.WEEKS, among=among), told


def _sessions(*, ruled: bool = False) -> _Ready:
    from safar.observe.sessions import SessionsAnswer, SessionsQuestion, sessions

    def told(answer: SessionsAnswer) -> q.Answer:
        bounces = sum(step.bounces for step in answer.steps)
        lengths = (answer.median_length, answer.p90_length)
        return [answer.sessions, bounces, *(round((each or timedelta()) / _MICROSECOND) for each in lengths)]

    if not ruled:
        return sessions, SessionsQuestion(q.PAUSE), told
    rule, among = _ruled()
    return sessions, SessionsQuestion(q.PAUSE, (rule, *_PLAIN.values()), among=among), told


def _paths() -> _Ready:
    from safar.observe.paths_around import PathsAnswer, PathsQuestion, paths_around

    def told(answer: PathsAnswer) -> q.Answer:
        return sorted([link.depth, link.source, link.target, link.count] for link in answer.links)

    return paths_around, PathsQuestion(_PLAIN[q.ANCHOR], depth=q.DEPTH, most=100), told


def _attribution() -> _Ready:
    from safar.observe.attribution import AttributionAnswer, attribution
    from safar.observe.attribution_question import AttributionQuestion, Model

    def told(answer: AttributionAnswer) -> q.Answer:
        by_name = answer.of(Model.MARKOV)
        return [share.value if (share := by_name[name].share) else 0.0 for name in CHANNELS]

    asked = AttributionQuestion(_PLAIN[q.CONVERSION], value=None, models=(Model.MARKOV,), lookback=q.EVER)
    return attribution, asked, told


def _series() -> _Ready:
    from safar.observe.lines import Breakdown, By
    from safar.observe.series import SeriesAnswer, SeriesQuestion, series

    def told(answer: SeriesAnswer) -> q.Answer:
        return sorted(
            [(point.window.start - START_AT).days, line.name.name, int(point.value.value)]
            for line in answer.lines
            for point in line.points
            if not line.name.is_total and point.value is not None and point.value.value
        )

    days = Window(START_AT, START_AT + timedelta(days=q.DAYS))
    return series, SeriesQuestion(days, breakdown=Breakdown(By.CHANNEL)), told


def _patterns() -> _Ready:
    from safar.observe.patterns import PatternsAnswer, PatternsQuestion, patterns

    def told(answer: PatternsAnswer) -> q.Answer:
        return [answer.paths, answer.fitting_paths, answer.occurrences]

    first, never, last = q.PATTERN
    return patterns, PatternsQuestion(f"{first} > [^{never}]* > {last}"), told


def _step_matrix() -> _Ready:
    from safar.observe.step_matrix import StepMatrixAnswer, StepMatrixQuestion, step_matrix

    def told(answer: StepMatrixAnswer) -> q.Answer:
        return sorted(
            [cell.position, cell.step, cell.count] for cell in answer.cells if cell.step and cell.count
        )

    return step_matrix, StepMatrixQuestion(q.POSITIONS), told


def _goals() -> _Ready:
    from safar.observe.goals import Abandonment, GoalsAnswer, GoalsQuestion, goals

    def told(answer: GoalsAnswer) -> q.Answer:
        goal = answer.goals[0]
        return [answer.sessions, goal.completions, goal.sessions, goal.customers]

    left = Abandonment("begun", _PLAIN[q.BEGUN], _PLAIN[q.CONVERSION])
    return goals, GoalsQuestion((_PLAIN[q.CONVERSION],), (left,), pause=q.PAUSE), told


def _searches() -> _Ready:
    from safar.observe.searches import SearchesAnswer, SearchesQuestion, searches

    def told(answer: SearchesAnswer) -> q.Answer:
        return sorted(
            [
                term.term,
                term.searches,
                term.searchers,
                round(term.zero_result_rate.value * term.known) if term.zero_result_rate else 0,
            ]
            for term in answer.terms
        )

    asked = SearchesQuestion(
        searches=_PLAIN[q.SEARCH],
        finds=_PLAIN[q.FINDS],
        terms_in=(q.TERMS_IN,),
        results_in=(q.RESULTS_IN,),
        pause=q.PAUSE,
    )
    return searches, asked, told


def _what_if() -> _Ready:
    from safar.observe.chain_edits import Edit, EditKind
    from safar.observe.what_if import WhatIfAnswer, WhatIfQuestion, what_if

    def told(answer: WhatIfAnswer) -> q.Answer:
        return [[each.name, each.before, each.after] for each in answer.measures]

    edit = Edit(q.LEFT, None, EditKind.MOVE, 0.2, q.CONVERSION)
    return what_if, WhatIfQuestion(_PLAIN[q.CONVERSION], edits=(edit,)), told


def _compare() -> _Ready:
    from safar.observe.among import Did, Segment
    from safar.observe.compare import (
        CompareAnswer,
        between_segments,
        compare,
        those_not_in,
    )
    from safar.observe.flow import FlowQuestion

    def told(answer: CompareAnswer) -> q.Answer:
        return [[each.one_count, each.other_count] for each in answer.differences]

    segment = Segment("did", (Did(_PLAIN[q.SEGMENT]),))
    return compare, between_segments(FlowQuestion(), segment, those_not_in(segment, "others")), told


_QUESTIONS: dict[str, Callable[[], _Ready]] = {
    "flow": _flow,
    "variants": _variants,
    "funnel": lambda: _funnel(q.FUNNEL, q.FUNNEL_WITHIN),
    "funnel_ever": lambda: _funnel(q.FUNNEL, q.EVER),
    "long_funnel": lambda: _funnel(q.LONG_FUNNEL, q.LONG_WITHIN),
    "retention": _retention,
    "sessions": _sessions,
    "paths": _paths,
    "attribution": _attribution,
    "series": _series,
    "patterns": _patterns,
    "step_matrix": _step_matrix,
    "goals": _goals,
    "searches": _searches,
    "what_if": _what_if,
    "compare": _compare,
    "ruled_flow": lambda: _flow(ruled=True),
    "ruled_funnel": lambda: _funnel(q.FUNNEL, q.FUNNEL_WITHIN, ruled=True),
    "ruled_variants": lambda: _variants(ruled=True),
    "ruled_retention": lambda: _retention(ruled=True),
    "ruled_sessions": lambda: _sessions(ruled=True),
}

if __name__ == "__main__":
    q.serve(load)
