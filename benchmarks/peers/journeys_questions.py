"""The questions that every engine is asked, the form its answers are compared in, and how one process answers one.

A worker is started as ``python -m peers.journeys_ENGINE EVENTS QUESTION``; it prints one JSON object.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from .journeys_log import CHANNELS, EVENTS, Made, made

FUNNEL = tuple(EVENTS[:5])
FUNNEL_WITHIN = timedelta(days=7)
EVER = timedelta(days=100_000)
LONG_FUNNEL = tuple(EVENTS)
LONG_WITHIN = timedelta(days=365)
PAUSE = timedelta(minutes=30)
COHORTS = WEEKS = 12
TOP = 50
#: Six steps after the first of this event; touches by channel before each of that one; days that are counted.
ANCHOR, DEPTH = EVENTS[3], 6
CONVERSION = EVENTS[9]
DAYS = 364
#: The rule on a property: this event with this plan is a step of its own, in the funnel the third one.
RULED, RULED_PLAN, RULED_NAME = EVENTS[2], "pro", f"{EVENTS[2]} by pro"
#: The segment: who did this at least once with this plan.
SEGMENT, SEGMENT_PLAN = EVENTS[5], "team"
#: From one event on without another one up to a third; positions of the matrix.
PATTERN = (EVENTS[0], EVENTS[9], EVENTS[3])
POSITIONS = 10
#: What is begun and left before the goal `CONVERSION`; a search, its words and its results; what shows that one helped.
BEGUN, SEARCH, TERMS_IN, RESULTS_IN, FINDS = EVENTS[3], EVENTS[1], "plan", "items", EVENTS[2]
#: Of those who end their path with this event, a fifth convert instead.
LEFT = EVENTS[4]

WHAT = {
    "flow": "flow: counts and exact median gaps",
    "variants": f"variants, top {TOP}",
    "funnel": "funnel, 5 steps, 7 days",
    "funnel_ever": "funnel, 5 steps, at any time",
    "long_funnel": "funnel, 30 steps, 365 days",
    "retention": "weekly retention",
    "sessions": "sessions, 30 minutes: bounces, lengths",
    "paths": "paths, 6 steps after one",
    "attribution": "attribution, Markov removal",
    "series": "daily series by channel",
    "patterns": f"path pattern, {PATTERN[0]} > [^{PATTERN[1]}]* > {PATTERN[2]}",
    "step_matrix": f"step matrix, {POSITIONS} positions",
    "goals": "goals and what is left, by session",
    "searches": "searches: terms, zero results, what came next",
    "what_if": "what-if: a move of the absorbing chain edited",
    "compare": "compare: flow of two segments",
    "ruled_flow": "flow, rule on a property and segment",
    "ruled_funnel": "funnel, rule on a property and segment",
    "ruled_variants": "variants, rule on a property and segment",
    "ruled_retention": "retention, rule on a property and segment",
    "ruled_sessions": "sessions, rule on a property and segment",
}

Answer = Any
#: What took so long is not asked a second time.
_DEAR_SECONDS = 30.0
#: A worker ends with it where its engine has no such question.
NOT_ASKED = 3


@dataclass(frozen=True)
class Asked:
    """One question for one engine: what is timed, and how its answer is told in the common form.

    The common forms: flow, sorted [source, target, count, median in microseconds]; variants, [counts of the top, sorted
    [path, count] of those above the last count]; funnel, counts; retention, [size, count after 1…12 weeks] by cohort;
    sessions, [sessions, bounces, median and 90th percentile of the length in microseconds]; paths, sorted [depth,
    source, target, count]; attribution, shares of the channels in their order; series, sorted [day, channel, count];
    patterns, [paths, those that fit, matches]; step_matrix, sorted [position, event, count]; goals, [sessions, times
    the goal was reached, sessions and customers that did]; searches, sorted [term, searches, searchers, those without
    results]. Nobody but Safar is asked what_if and compare.
    """

    ask: Callable[[], Any]
    told: Callable[[Any], Answer] = lambda answer: answer


def variants_told(found: list[tuple[tuple[str, ...], int]]) -> Answer:
    """Return the most frequent variants in the common form."""
    found = sorted(found, key=lambda each: -each[1])[:TOP]
    least = found[-1][1]
    return [[n for _, n in found], sorted([list(path), n] for path, n in found if n > least)]


def flow_told(rows: list[tuple[str, str, int, float]]) -> Answer:
    """Return edges in the common form."""
    return sorted([source, target, int(count), round(median)] for source, target, count, median in rows)


def retention_told(cells: list[tuple[int, int, int]]) -> Answer:
    """Return cohorts from (week of the cohort, weeks after, customers), those of the week itself its size."""
    table = [[0] * (WEEKS + 1) for _ in range(COHORTS)]
    for cohort, after, count in cells:
        if 0 <= cohort < COHORTS and after <= WEEKS:
            table[cohort][after] = int(count)
    return table


def removal_told(rows: list[tuple[str, str | None, bool, int]]) -> Answer:
    """Return each channel's share of the removal effects, one system of equations for each channel left out.

    Parameters
    ----------
    rows
        (channel of a touch, channel of the next one or `CONVERSION` or None, whether a path begins with it, how often).
    """
    places = {name: place for place, name in enumerate(CHANNELS)}
    start, width = len(places), len(places) + 1
    edges, converts = np.zeros((width, width)), np.zeros(width)
    leaving = np.zeros(width)
    for channel, target, begins, count in rows:
        here = places[channel]
        leaving[here] += count
        if target == CONVERSION:
            converts[here] += count
        elif target is not None:
            edges[here, places[target]] += count
        if begins:
            edges[start, here] += count
            leaving[start] += count
    edges, converts = edges / leaving[:, None], converts / leaving

    def rate(without: int | None = None) -> float:
        kept = [place for place in range(width) if place != without]
        inner = np.eye(len(kept)) - edges[np.ix_(kept, kept)]
        return float(np.linalg.solve(inner, converts[kept])[-1])

    effects = [1 - rate(place) / rate() for place in range(start)]
    return [round(effect / sum(effects), 9) for effect in effects]


def serve(load: Callable[[Made, str], Asked | None]) -> None:
    """Answer the question of the command line: once, and again while that is cheap; print the least time."""
    with suppress(OSError):  # where memory runs out this process goes first
        Path("/proc/self/oom_score_adj").write_text("900")
    asked = load(made(int(sys.argv[1])), sys.argv[2])
    if asked is None:
        raise SystemExit(NOT_ASKED)
    runs = []
    spent = 0.0
    first_at = 0.0
    while len(runs) < 2 or (spent < 3 and len(runs) < 9):
        if runs and runs[0][0] > _DEAR_SECONDS:
            break
        cpu, wall = time.process_time(), time.perf_counter()
        answer = asked.ask()
        runs.append((time.perf_counter() - wall, time.process_time() - cpu))
        first_at = first_at or time.time()
        spent += runs[-1][0]
    wall, cpu = min(runs)
    print(
        json.dumps(
            {
                "wall": wall,
                "cpu": cpu,
                "first_wall": runs[0][0],
                "first_at": first_at,
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
                "read": _bytes_read(),
                "answer": asked.told(answer),
            }
        )
    )


def equal(question: str, ours: Answer, theirs: Answer, *, within_us: int) -> bool:
    """Tell whether two answers in the common form are one, medians to so many microseconds.

    Of sessions a peer may tell less than all four numbers.
    """
    if "flow" in question:
        return [edge[:3] for edge in ours] == [edge[:3] for edge in theirs] and all(
            abs(mine[3] - other[3]) <= within_us for mine, other in zip(ours, theirs, strict=True)
        )
    if "sessions" in question:
        return ours[:2][: len(theirs)] == theirs[:2] and all(
            abs(mine - other) <= within_us for mine, other in zip(ours[2:], theirs[2:], strict=False)
        )
    if question == "attribution":
        return bool(np.allclose(ours, theirs, rtol=0, atol=1e-8))
    return bool(ours == theirs)


def _bytes_read() -> int:
    """Return how many bytes this process had fetched from the disk."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("read_bytes"))
