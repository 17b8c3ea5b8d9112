"""Reading answers to score questions: how often each value was chosen, scales kept apart.

NPS, CSAT and CES differ in what they make of the counts; they read them here, once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from safar.store.windows import INSIDE, INSIDE_ANY, WINDOWS, window_parameters
from safar.vocabulary.answer import Note, checked_windows, notes_with_facts
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, mean_on_scale, normal_quantile
from safar.vocabulary.lifecycle import SURVEY_ANSWERED
from safar.vocabulary.window import Window

if TYPE_CHECKING:
    from safar.store.log import Log

HIGHER_IS_BETTER: Final = "higher_is_better"


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
class ScoreQuestion:
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


_SQL: Final = f"""
WITH {WINDOWS},
answers AS (
    SELECT customer_id, occurred_at, properties->>'metric' AS metric,
        TRY_CAST(properties->>'value' AS DOUBLE) AS value,
        TRY_CAST(properties->>'scale_min' AS INTEGER) AS lowest,
        TRY_CAST(properties->>'scale_max' AS INTEGER) AS highest,
        coalesce(properties->>'direction', '{HIGHER_IS_BETTER}') AS direction
    FROM events
    WHERE event_name IN (SELECT unnest($names::VARCHAR[])) AND {INSIDE_ANY}
        AND properties->>'metric' IN (SELECT unnest($metrics::VARCHAR[]))
        AND ($question_key::VARCHAR IS NULL OR properties->>'question_key' = $question_key)
)
SELECT metric, place, value, lowest, highest, direction, count(*),
    count(*) - count(*) FILTER (WHERE is_first)
FROM (
    SELECT windows.place, answers.*,
        row_number() OVER (PARTITION BY metric, place, customer_id ORDER BY occurred_at) = 1 AS is_first
    FROM answers JOIN windows ON {INSIDE}
)
GROUP BY ALL
"""  # noqa: S608 - only constants of this code are put in; values go as parameters


def count_answers(
    log: Log, question: ScoreQuestion, scales: Mapping[str, Scale]
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

    Returns
    -------
    Mapping[str, AnswerCounts]
        For each metric. Notes say, for the first window alone, how many answers were on another scale
        (``<metric>.other_scale``), had no readable value on the scale (``<metric>.unreadable``), or came
        from someone who had answered before in the window (``<metric>.repeated``: answers of one person
        are not independent, intervals are too narrow).
    """
    rows: dict[str, list[tuple[Any, ...]]] = {metric: [] for metric in scales}
    for metric, *row in log.sql(
        _SQL,
        {
            **window_parameters(question.windows),
            "names": sorted(SURVEY_ANSWERED),
            "metrics": sorted(scales),
            "question_key": question.question_key,
        },
    ).rows():
        rows[metric].append(tuple(row))
    return {
        metric: _counted(rows[metric], len(question.windows), metric, scale)
        for metric, scale in scales.items()
    }


def _counted(rows: Sequence[tuple[Any, ...]], windows: int, metric: str, scale: Scale) -> AnswerCounts:
    by_window = [dict.fromkeys(scale.points, 0) for _ in range(windows)]
    other_scale = unreadable = repeated = rows_read = 0
    for place, value, lowest, highest, direction, count, again in rows:
        if (lowest, highest, direction) != (scale.lowest, scale.highest, scale.direction):
            other_scale += count if place == 0 else 0
        elif value is None or value not in by_window[place]:
            unreadable += count if place == 0 else 0
        else:
            by_window[place][int(value)] += count
            rows_read += count if place == 0 else 0
            repeated += again if place == 0 else 0
    notes = notes_with_facts(
        [
            (f"{metric}.other_scale", other_scale),
            (f"{metric}.unreadable", unreadable),
            (f"{metric}.repeated", repeated),
        ]
    )
    return AnswerCounts(tuple(by_window), rows_read, notes)


def mean_of_values(
    values: Mapping[int, int], scale: Scale, *, level: float = DEFAULT_LEVEL
) -> Estimate | None:
    """Return the mean of answers given as point → count, its interval inside the scale; None below two answers."""
    return mean_on_scale(values, scale.lowest, scale.highest, level=level)
