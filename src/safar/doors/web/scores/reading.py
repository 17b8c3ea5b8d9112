"""Everything that the page of one score asks the library, and which parts of it were refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.segments.queries import member_keys, segment_of
from safar.listen.answer_rows import Which, all_answers, given
from safar.listen.breakdown import BreakdownAnswer, BreakdownQuestion, breakdown
from safar.listen.completion import Completion, CompletionQuestion, completion
from safar.listen.findability import Findability, FindabilityQuestion, findability
from safar.listen.gaps import Gap, gap
from safar.listen.goal_completion import GoalCompletionAnswer, GoalCompletionQuestion, goal_completion
from safar.listen.groups import Segments, groups_of
from safar.listen.mix import MixAnswer, MixQuestion, mix
from safar.listen.response import Response, ResponseQuestion, response
from safar.listen.score import ScoreAnswer, ScoreQuestion, score
from safar.listen.score_answers import ScoreSides, ScoreSidesQuestion, score_sides
from safar.listen.score_keys import ScoreKey, ScoreKeysQuestion, score_keys
from safar.listen.scoring import FINDABILITY, GOAL, Score
from safar.listen.trend import TrendAnswer, TrendQuestion, trend
from safar.show.locale import Locale
from safar.store.log import Log
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from .asked import Asked
from .queries import Times, log_of, periodic_of, segments_by_name, times_of, whole_periods

Found = TypeVar("Found")

#: More groups than these have no field of their own for their share.
MOST_SHARES: Final = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found.

    Attributes
    ----------
    asked, times
        The question, with the kind that was taken where the key was answered on several scales.
    key
        The score among those of the workspace.
    kinds
        All scales of the key, the one with most answers first.
    sides
        By what its answers can be told apart.
    score, change
        Now and before, and the difference; None where it was refused.
    groups
        Of each grouping that is ticked for weights: its groups with their share of the answers, 0…1.
    is_weighted
        Whether the numbers are weighted.
    trend, breakdown, mix, completion, response, goals, findability
        The further parts; None where there is nothing to show.
    problems
        Sentences of what was refused, by part of the page.
    """

    asked: Asked
    times: Times
    key: ScoreKey
    kinds: tuple[ScoreKey, ...]
    sides: ScoreSides
    score: ScoreAnswer | None
    change: Gap | None
    groups: Mapping[str, tuple[tuple[str, float], ...]]
    is_weighted: bool
    trend: TrendAnswer | None = None
    breakdown: BreakdownAnswer | None = None
    mix: MixAnswer | None = None
    completion: Completion | None = None
    response: Response | None = None
    goals: GoalCompletionAnswer | None = None
    findability: Findability | None = None
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def first_score(self) -> Score | None:
        """The score itself; None where it was refused."""
        return self.score.scores[0] if self.score else None


def read(workspace: Workspace, asked: Asked, locale: Locale) -> Reading | None:
    """Return what the log says of a score; None where the workspace has no such question key at all."""
    log, times = log_of(workspace), times_of(workspace, asked.span, locale)
    whole = times_of(workspace, "all", locale)
    if times is None or whole is None:
        return None
    # a key without answers in this time keeps its page: it is looked for in all there is
    kinds = _kinds(log, times, asked.key) or _kinds(log, whole, asked.key)
    if not kinds:
        return None
    key = next((each for each in kinds if each.kind.text == asked.kind), kinds[0])
    asked = replace(asked, kind=key.kind.text)
    persons = _persons(workspace, asked)
    segments = segments_by_name(workspace) if _needs_segments(asked) else {}
    return _Reader(log, asked, times, persons=persons, segments=segments, locale=locale).read(
        key, kinds, whole
    )


def _kinds(log: Log, times: Times, question_key: str) -> tuple[ScoreKey, ...]:
    found = score_keys(log, ScoreKeysQuestion(times.now)).keys
    return tuple(each for each in found if each.question_key == question_key)


def _persons(workspace: Workspace, asked: Asked) -> NDArray[np.uint64] | None:
    """Return who is in the segment asked about; nobody where the workspace has none such."""
    if not asked.segment:
        return None
    if segment_of(workspace, asked.segment) is None:
        return np.zeros(0, np.uint64)
    return member_keys(workspace, asked.segment)


def _needs_segments(asked: Asked) -> bool:
    return "segment" in asked.weigh or (asked.by is not None and asked.by.kind == "segment")


class _Reader:
    """Asks one thing after another; what is refused is noted for its part of the page."""

    def __init__(
        self,
        log: Log,
        asked: Asked,
        times: Times,
        *,
        persons: NDArray[np.uint64] | None,
        segments: Segments,
        locale: Locale,
    ) -> None:
        self._log, self._asked, self._times, self._locale = log, asked, times, locale
        self._persons, self._segments = persons, segments
        self._problems: dict[str, str] = {}

    def read(self, key: ScoreKey, kinds: tuple[ScoreKey, ...], whole: Times) -> Reading:
        """Return all parts."""
        log, asked, times, persons = self._log, self._asked, self._times, self._persons
        which, now = asked.which, times.now
        sides = score_sides(log, ScoreSidesQuestion(Which(asked.key, asked.kind), whole.now))
        groups = self._try("weights", self._groups) or {}
        weighting = self._try(
            "weights",
            lambda: asked.weighting({by: tuple(name for name, _ in of) for by, of in groups.items()}),
        )
        windows = (now,) if times.before is None else (now, times.before)

        def scored(is_weighted: bool) -> ScoreAnswer:
            question = ScoreQuestion(which, windows, weighting=weighting if is_weighted else None)
            return score(log, question, persons=persons, segments=self._segments)

        found = self._try("weights", lambda: scored(True)) if weighting is not None else None
        if found is None:
            weighting = None
            found = self._try("score", lambda: scored(False))
        change = None
        if found is not None and len(found.scores) > 1:
            change = gap(found.scores[0], found.scores[1])
        surveys = key.surveys
        periodic = periodic_of(self._locale, asked.periods)
        return Reading(
            asked,
            times,
            key,
            kinds,
            sides,
            found,
            change,
            groups,
            weighting is not None,
            trend=self._try(
                "trend",
                lambda: trend(
                    log,
                    TrendQuestion(
                        which,
                        whole_periods(now, periodic),
                        periodic,
                        beside=asked.beside,
                        season=asked.season or None,
                        weighting=weighting,
                    ),
                    persons=persons,
                    segments=self._segments,
                ),
            ),
            breakdown=self._breakdown(which, weighting is not None and weighting.margins == ()),
            mix=self._mix(which),
            completion=completion(log, CompletionQuestion((now,), surveys)).completions[0]
            if surveys
            else None,
            response=response(log, ResponseQuestion((now,), surveys=surveys)).responses[0]
            if surveys
            else None,
            goals=self._try(
                "goals", lambda: goal_completion(log, GoalCompletionQuestion(which, now), persons=persons)
            )
            if key.kind.metric == GOAL
            else None,
            findability=findability(
                log, FindabilityQuestion(asked.key, now, asked.leave_out), persons=persons
            ).findability
            if key.kind.metric == FINDABILITY
            else None,
            problems=self._problems,
        )

    def _breakdown(self, which: Which, uses_design: bool) -> BreakdownAnswer | None:
        by = self._asked.by
        if by is None or (by.kind == "segment" and not self._segments):
            return None
        weighting = self._asked.weighting({}) if uses_design else None
        question = BreakdownQuestion(which, self._times.now, by, weighting=weighting)
        return self._try(
            "breakdown",
            lambda: breakdown(self._log, question, persons=self._persons, segments=self._segments),
        )

    def _mix(self, which: Which) -> MixAnswer | None:
        by, before = self._asked.by, self._times.before
        if by is None or before is None or (by.kind == "segment" and not self._segments):
            return None
        question = MixQuestion(which, self._times.now, before, by)
        return self._try(
            "mix", lambda: mix(self._log, question, persons=self._persons, segments=self._segments)
        )

    def _groups(self) -> Mapping[str, tuple[tuple[str, float], ...]]:
        """Return the groups of each grouping that is ticked, with their share of the answers."""
        found = {}
        everything = all_answers(self._log, self._times.now, persons=self._persons)
        rows = given(everything, self._asked.which).rows
        for by in self._asked.groupings:
            if by.kind == "segment" and not self._segments:
                continue
            of = groups_of(rows, by, everything=everything, segments=self._segments)
            counts = np.bincount(of.codes, minlength=len(of.names)).tolist()
            there = [(name, count / len(rows)) for name, count in zip(of.names, counts, strict=True) if count]
            found[by.text] = tuple(sorted(there, key=lambda each: (-each[1], each[0]))[:MOST_SHARES])
        return found

    def _try(self, part: str, ask: Callable[[], Found]) -> Found | None:
        try:
            return ask()
        except Refusal as error:
            self._problems.setdefault(part, self._locale.shape(str(sentence_of(error.code))))
            return None
