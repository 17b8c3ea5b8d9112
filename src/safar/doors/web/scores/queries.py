"""What the pages of scores ask the library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.doors.web.design.answers import answer
from safar.doors.web.homes import current_home
from safar.doors.web.maps.queries import map_of, maps_of
from safar.doors.web.segments.queries import member_keys, segments_of
from safar.listen.answer_rows import Which
from safar.listen.gaps import Gap, gap, together
from safar.listen.response import Response, ResponseQuestion, response
from safar.listen.score import ScoreQuestion, score
from safar.listen.score_keys import ScoreKey, ScoreKeysQuestion, score_keys
from safar.listen.scoring import Score
from safar.listen.trend import TrendPoint, TrendQuestion, trend
from safar.maps.anatomy import said
from safar.show.locale import Locale
from safar.store.log import Log
from safar.store.newest import key_of_id
from safar.store.registry import Workspace
from safar.vocabulary.civil import Period
from safar.vocabulary.periods import Periodic
from safar.vocabulary.time_zone import day_starts, local_days
from safar.vocabulary.window import Window

from .asked import SPANS, USUAL_EVERY

#: So many segments at most break a score down.
MOST_SEGMENTS: Final = 12
#: Keys of one page of the list.
MOST_KEYS: Final = 60


@dataclass(frozen=True, slots=True)
class Times:
    """The stretch of time that is looked at, in whole days.

    Attributes
    ----------
    now
        It ends with the day of the last event of the log.
    before
        As long a time right before it; None where all there is is looked at.
    """

    now: Window
    before: Window | None


@dataclass(frozen=True, slots=True)
class KeyScore:
    """A row of the list.

    Attributes
    ----------
    key
        The question key on one scale.
    now, before
        Its score in the stretch of time and right before it.
    change
        The difference, judged together with those of all other keys.
    response
        Of the surveys that ask it.
    points
        Its trend.
    """

    key: ScoreKey
    now: Score | None
    before: Score | None
    change: Gap | None
    response: Response | None
    points: tuple[TrendPoint, ...]


@dataclass(frozen=True, slots=True)
class ListQuestion:
    """Every score of a stretch of time."""

    times: Times
    periodic: Periodic


def log_of(workspace: Workspace) -> Log:
    """Return the log of a workspace."""
    return current_home().log(workspace.workspace_id)


def times_of(workspace: Workspace, span: str, locale: Locale) -> Times | None:
    """Return the stretch of time that a span means; None while the log is empty."""
    info = log_of(workspace).info()
    if info.last_at is None or info.first_at is None:
        return None
    zone = locale.time_zone
    ends = np.array([int(info.first_at.timestamp() * 1e6), int(info.last_at.timestamp() * 1e6)], np.int64)
    first, last = local_days(ends, zone).tolist()
    length = SPANS[span]
    days = [last + 1 - 2 * length, last + 1 - length, last + 1] if length else [first, first, last + 1]
    before, start, end = day_starts(np.array(days, np.int64), zone).tolist()
    return Times(Window.from_us(start, end), Window.from_us(before, start) if length else None)


def periodic_of(locale: Locale, every: Period) -> Periodic:
    """Return periods as the reader cuts time."""
    return Periodic(every, locale.calendar, locale.week_starts, locale.time_zone)


def whole_periods(window: Window, periodic: Periodic) -> Window:
    """Return a window that begins with the period in which this one begins: no trend begins with a part of one."""
    return Window.from_us(int(periodic.touching(window).starts[0]), window.end_us)


def key_scores(workspace: Workspace, span: str, locale: Locale) -> tuple[KeyScore, ...]:
    """Return every score of the workspace; none while the log is empty."""
    times = times_of(workspace, span, locale)
    if times is None:
        return ()
    question = ListQuestion(times, periodic_of(locale, USUAL_EVERY[span]))
    return answer(workspace.workspace_id, log_of(workspace), _key_scores, question)


def _key_scores(log: Log, question: ListQuestion) -> tuple[KeyScore, ...]:
    times = question.times
    windows = (times.now,) if times.before is None else (times.now, times.before)
    shown = whole_periods(times.now, question.periodic)
    rows = []
    responses: dict[tuple[str, ...], Response] = {}
    for key in score_keys(log, ScoreKeysQuestion(times.now)).keys[:MOST_KEYS]:
        which = Which(key.question_key, key.kind.text)
        scores = score(log, ScoreQuestion(which, windows)).scores
        if key.surveys and key.surveys not in responses:
            asked = ResponseQuestion((times.now,), surveys=key.surveys)
            responses[key.surveys] = response(log, asked).responses[0]
        points = trend(log, TrendQuestion(which, shown, question.periodic, beside="nothing")).points
        rows.append((key, scores[0], scores[1] if len(scores) > 1 else None, points))
    # Who looks at forty scores sees two that moved by chance: they are judged together.
    gaps = together([gap(now, before) for _, now, before, _ in rows], method="bh")
    return tuple(
        KeyScore(key, now, before, change, responses.get(key.surveys), points)
        for (key, now, before, points), change in zip(rows, gaps, strict=True)
    )


def segments_by_name(workspace: Workspace) -> Mapping[str, NDArray[np.uint64]]:
    """Return the members of the workspace's segments, by name."""
    return {
        each.name: member_keys(workspace, each.public_id) for each in segments_of(workspace)[:MOST_SEGMENTS]
    }


@dataclass(frozen=True, slots=True)
class BoundStep:
    """A step of a map that a question key speaks of."""

    map_id: str
    map_name: str
    step_id: str
    step_name: str


def steps_of(workspace: Workspace, question_key: str, language: str) -> tuple[BoundStep, ...]:
    """Return the steps of the workspace's maps that a question key is bound to."""
    return tuple(bound_steps(workspace, language).get(question_key, ()))


def bound_steps(workspace: Workspace, language: str) -> Mapping[str, Sequence[BoundStep]]:
    """Return the steps of the workspace's maps by each question key that is bound to them."""
    found: dict[str, list[BoundStep]] = {}
    for facts in maps_of(workspace):
        opened = map_of(workspace, facts.public_id)
        if opened is None:
            continue
        document = opened.document
        languages = (language, *document.languages)
        for step in document.steps:
            bound = BoundStep(
                facts.public_id, said(document.name, *languages), step.step_id, said(step.name, *languages)
            )
            for key in step.binding.question_keys:
                found.setdefault(key, []).append(bound)
    return found


def names_of(log: Log, persons: list[int]) -> dict[int, str]:
    """Return the id that each person of these keys goes by; without those the log has no more."""
    names = log.ids_of(np.array(sorted(set(persons)), np.uint64)) if persons else []
    return {key_of_id(name): name for name in names}
