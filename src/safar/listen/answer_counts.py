"""Reading answers to score questions: how often each value was chosen, scales kept apart.

NPS, CSAT and CES differ in what they make of the counts; they read them here, once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safar.store.windows import Spans, hull, previous_at
from safar.vocabulary.answer import Note, checked_windows, notes_with_facts
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, mean_on_scale, normal_quantile
from safar.vocabulary.lifecycle import SURVEY_ANSWERED
from safar.vocabulary.window import Window

from .surveys import DIRECTION, HIGHER_IS_BETTER, HIGHEST, LOWEST, METRIC, QUESTION, SURVEYS, VALUE

if TYPE_CHECKING:
    from safar.store.extracts import Column, Rows
    from safar.store.log import Log


class UnknownScale(Refusal, ValueError):
    """The score is not defined on that scale."""

    code = "score.unknown_scale"


@dataclass(frozen=True, slots=True)
class Scale:
    """The points a respondent could choose from: whole numbers from ``lowest`` to ``highest``."""

    lowest: int
    highest: int
    direction: str = HIGHER_IS_BETTER

    @property
    def points(self) -> range:
        """Every choice, lowest first."""
        return range(self.lowest, self.highest + 1)


@dataclass(frozen=True, slots=True)
class AnswersQuestion:
    """Which answers, in which windows.

    Parameters
    ----------
    windows
        Stretches of time, each answered by itself; an answer belongs to the window it was given in.
    question_key
        Only answers to this question; None takes every question of the metric, whatever the survey.
    level
        Confidence level of the intervals.

    Raises
    ------
    NoWindows, ImpossibleLevel
    """

    windows: tuple[Window, ...]
    question_key: str | None = None
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        checked_windows(self.windows)
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """How often each point of one scale was chosen in each window.

    Attributes
    ----------
    by_window
        For each window a mapping of the points of the scale to counts; every point is there.
    rows_read
        Answers of the first window that count.
    notes
        What was left out, or weakens the intervals.
    """

    by_window: tuple[Mapping[int, int], ...]
    rows_read: int
    notes: tuple[Note, ...]


def count_answers(
    log: Log,
    question: AnswersQuestion,
    scales: Mapping[str, Scale],
    *,
    persons: NDArray[np.uint64] | None = None,
) -> Mapping[str, AnswerCounts]:
    """Count the answers of one or more metrics, each on one scale, in one reading of the log.

    Parameters
    ----------
    log
        Where the ``survey_answered`` events are.
    question
        Windows and question key.
    scales
        The ``metric`` property (``nps``, ``csat``, ``ces``) → its scale. Answers on any other scale or direction are
        left out and noted: scales are never mixed silently.
    persons
        Only answers of persons of these keys, as `paths.PathShard.person` has them; of everybody when None.

    Returns
    -------
    Mapping[str, AnswerCounts]
        For each metric. Notes say, for the first window alone, how many answers were on another scale
        (``<metric>.other_scale``), had no readable value on the scale (``<metric>.unreadable``), or came
        from someone who had answered before in the window (``<metric>.repeated``: answers of one person
        are not independent, intervals are too narrow).
    """
    return counts_of_rows(answers(log, hull(question.windows), persons=persons), question, scales)


def answers(log: Log, window: Window, *, persons: NDArray[np.uint64] | None = None) -> Rows:
    """Return all answers of a window as rows of `surveys.SURVEYS`: of everybody, or of persons of these keys."""
    rows = log.rows(SURVEYS, window)
    wanted = rows.are(SURVEY_ANSWERED)
    return rows.where(wanted if persons is None else wanted & np.isin(rows.person, persons))


def counts_of_rows(
    rows: Rows, question: AnswersQuestion, scales: Mapping[str, Scale]
) -> Mapping[str, AnswerCounts]:
    """Count answers that were read already, as `answers` gives them; see `count_answers`."""
    if question.question_key is not None:
        rows = to_question(rows, question.question_key)
    return {
        metric: _counted(rows.where(_is(rows.fields[METRIC], metric)), question.windows, metric, scale)
        for metric, scale in scales.items()
    }


def to_question(rows: Rows, *question_keys: str) -> Rows:
    """Return those of the answers that were given to any of these questions."""
    return rows.where(is_any(rows.fields[QUESTION], *question_keys))


def is_any(column: Column, *texts: str) -> NDArray[np.bool_]:
    """Return for each row whether a column of texts holds one of these."""
    wanted = np.fromiter((text in texts for text in column.texts), np.bool_, len(column.texts))
    found: NDArray[np.bool_] = (
        wanted[column.values] if len(wanted) else np.zeros(len(column.values), np.bool_)
    )
    return found


def _is(column: Column, text: str) -> NDArray[np.bool_]:
    code = column.texts.index(text) if text in column.texts else -1
    found: NDArray[np.bool_] = column.values == code
    return found


def _counted(rows: Rows, windows: Sequence[Window], metric: str, scale: Scale) -> AnswerCounts:
    """Count the answers of one metric."""
    fields, spans = rows.fields, Spans.of(windows, rows.time)
    ours = (fields[LOWEST].values == scale.lowest) & (fields[HIGHEST].values == scale.highest)
    ours &= _is(fields[DIRECTION], scale.direction)
    readable = ours & np.isin(fields[VALUE].values, scale.points)
    by_window = []
    for inside in spans.slices:
        values = fields[VALUE].values[inside][readable[inside]].astype(np.int64)
        counts = np.bincount(values - scale.lowest, minlength=len(scale.points))
        by_window.append(dict(zip(scale.points, counts.tolist(), strict=True)))
    first, start = spans.slices[0], spans.starts[0]
    again = previous_at(rows.time, rows.person)[first] >= start
    notes = notes_with_facts(
        [
            (f"{metric}.other_scale", int((~ours)[first].sum())),
            (f"{metric}.unreadable", int((ours & ~readable)[first].sum())),
            (f"{metric}.repeated", int((readable[first] & again).sum())),
        ]
    )
    return AnswerCounts(tuple(by_window), int(readable[first].sum()), notes)


def mean_of_values(
    values: Mapping[int, int], scale: Scale, *, level: float = DEFAULT_LEVEL
) -> Estimate | None:
    """Return the mean of answers given as point → count, its interval inside the scale; None below two answers."""
    return mean_on_scale(values, scale.lowest, scale.highest, level=level)
