"""Scores of a step: NPS, CSAT and CES of its questions, defined by `safar.listen`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from safar.listen import ces, csat, nps
from safar.listen.answer_counts import AnswersQuestion, Scale, counts_of_rows, is_any, to_question
from safar.listen.surveys import DIRECTION, HIGHER_IS_BETTER, HIGHEST, LOWEST, METRIC, VALUE
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import Estimate
from safar.vocabulary.window import Window

if TYPE_CHECKING:
    from safar.store.extracts import Rows

Metric = Literal["nps", "csat", "ces"]

#: Which metrics are looked for, on which scales, and which of their points are a low score.
_SOUGHT: Final[tuple[tuple[Metric, Scale, range], ...]] = (
    ("nps", nps.SCALE, nps.DETRACTORS),
    *(("csat", scale, scale.points[: csat.TOP_BOXES]) for scale in csat.SCALES),
    ("ces", ces.SCALE, range(ces.SCALE.lowest, ces.SCALE.lowest + 3)),
)


@dataclass(frozen=True, slots=True)
class StepScore:
    """The score of one question of a step.

    Attributes
    ----------
    question_key
        Of the question.
    metric
        ``nps`` (points, -100…100), ``csat`` (share of the top two boxes, 0…1), ``ces`` (mean agreement, 1…7).
    scale
        The ends of the scale that was answered on, such as ``(1, 5)``.
    estimate
        The score with its interval and the count of answers; None where a mean has fewer than two answers.
    low
        Answers at the bottom: detractors (NPS 0-6), the two lowest boxes (CSAT), disagreeing (CES 1-3).
    n
        Answers that count.
    """

    question_key: str
    metric: Metric
    scale: tuple[int, int]
    estimate: Estimate | None
    low: int
    n: int

    @property
    def highest_low(self) -> int:
        """The highest answer that is still a low score."""
        return low_points(self.metric, self.scale)[-1]


def low_points(metric: Metric, scale: tuple[int, int]) -> range:
    """Return which points of a scale are a low score."""
    return next(low for name, of, low in _SOUGHT if (name, (of.lowest, of.highest)) == (metric, scale))


def people_low(rows: Rows, score: StepScore) -> int:
    """Return how many persons gave the low answers of a score that was made from these answers."""
    given = to_question(rows, score.question_key)
    fields = given.fields
    ours = is_any(fields[METRIC], score.metric) & is_any(fields[DIRECTION], HIGHER_IS_BETTER)
    ours &= (fields[LOWEST].values == score.scale[0]) & (fields[HIGHEST].values == score.scale[1])
    ours &= np.isin(fields[VALUE].values, low_points(score.metric, score.scale))
    return len(np.unique(given.person[ours]))


def scores_of(
    rows: Rows, question_key: str, window: Window, level: float
) -> tuple[tuple[StepScore, ...], Counter[str]]:
    """Return the scores of one question among answers that were read, and what weakens them.

    Parameters
    ----------
    rows
        As `answer_counts.answers` gives them.
    question_key
        Of the question; it has a score for each metric and scale that it was answered on.
    window, level
        As of `AnswersQuestion`.

    Returns
    -------
    tuple
        Scores in the order of `safar.listen`, and codes of notes with their counts, as of `count_answers`: answers on a
        scale that the metric is not defined on, without a readable value, and of persons who had answered before.
    """
    asked = AnswersQuestion((window,), level=level)
    found, notes = [], Counter[str]()
    given = to_question(rows, question_key)
    for metric, scale, low in _SOUGHT:
        counted = counts_of_rows(given, asked, {metric: scale})[metric]
        values, facts = counted.by_window[0], {note.code: _count(note) for note in counted.notes}
        other = facts.pop(f"{metric}.other_scale", 0)
        known = counted.rows_read + facts.get(f"{metric}.unreadable", 0)
        notes.update(facts)
        # Of a metric with two scales, what is on the second is no answer on another one.
        elsewhere = f"{metric}.other_scale"
        notes[elsewhere] = notes[elsewhere] - known if elsewhere in notes else other
        if counted.rows_read:
            found.append(
                StepScore(
                    question_key,
                    metric,
                    (scale.lowest, scale.highest),
                    _estimate(metric, scale, values, level),
                    sum(values[point] for point in low),
                    counted.rows_read,
                )
            )
    return tuple(found), +notes


def _count(note: Note) -> int:
    return int(dict(note.facts)["count"])


def _estimate(metric: Metric, scale: Scale, values: Mapping[int, int], level: float) -> Estimate | None:
    match metric:
        case "nps":
            score = nps.nps_of_values(values, level=level)
            return score.estimate if score else None
        case "csat":
            satisfied = csat.csat_of_values(values, scale, level=level)
            return satisfied.estimate if satisfied else None
        case "ces":
            ease = ces.ces_of_values(values, level=level)
            return ease.mean if ease else None
