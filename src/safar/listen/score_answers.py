"""The single answers behind a score: of a value, a period, a group; and what sides they can be told apart by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.window import Window

from .answer_counts import is_any
from .answer_rows import (
    CHANNEL,
    LANGUAGE,
    MARKS,
    SIDES,
    WEIGHT,
    Which,
    all_answers,
    count_marks,
    given,
    marks_of,
)
from .groups import By, Segments, groups_of
from .surveys import METRIC, QUESTION, SURVEY

if TYPE_CHECKING:
    from safar.store.log import Log


@dataclass(frozen=True, slots=True)
class ScoreAnswersQuestion:
    """Which answers are behind a score, the newest first?

    Parameters
    ----------
    which, window
        As of `safar.listen.score.ScoreQuestion`.
    lowest, highest
        Only values between these, both inside; None for no end.
    by, group
        Only answers of this group; of all when ``by`` is None.
    most, skip
        At most so many, after so many newer ones.
    """

    which: Which
    window: Window
    lowest: float | None = None
    highest: float | None = None
    by: By | None = None
    group: str = ""
    most: int = 50
    skip: int = 0


@dataclass(frozen=True, slots=True)
class OneAnswer:
    """One answer.

    Attributes
    ----------
    person
        Key of who gave it; see `safar.store.log.Log.ids_of`.
    at_us
        When, in microseconds UTC.
    value
        What was answered.
    channel, language, survey
        Empty where the event names none.
    marks
        Quality marks.
    """

    person: int
    at_us: int
    value: float
    channel: str
    language: str
    survey: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScoreAnswersAnswer:
    """The answers of one page, and how many there are in all."""

    answers: tuple[OneAnswer, ...]
    count: int


def score_answers(
    log: Log,
    question: ScoreAnswersQuestion,
    *,
    persons: NDArray[np.uint64] | None = None,
    segments: Segments | None = None,
) -> ScoreAnswersAnswer:
    """Return the answers behind a score.

    Parameters
    ----------
    log, persons, segments
        As of `safar.listen.breakdown.breakdown`.
    question
        Which ones.

    Raises
    ------
    MixedScales, NoSuchScore, GroupingRefused
    """
    everything = all_answers(log, question.window, persons=persons)
    found = given(everything, question.which)
    wanted = np.ones(len(found.values), np.bool_)
    if question.lowest is not None:
        wanted &= found.values >= question.lowest
    if question.highest is not None:
        wanted &= found.values <= question.highest
    if question.by is not None:
        if question.by.kind == "segment" and question.group in (segments or {}):
            wanted &= np.isin(found.rows.person, (segments or {})[question.group])
        else:
            of = groups_of(found.rows, question.by, everything=everything, segments=segments)
            wanted &= of.codes == (of.names.index(question.group) if question.group in of.names else -1)
    found = found.where(wanted)
    rows, count = found.rows, len(found.values)
    fields = rows.fields

    def text(column: str, place: int) -> str:
        return fields[column].texts[int(fields[column].values[place])]

    places = range(count - 1 - question.skip, max(-1, count - 1 - question.skip - question.most), -1)
    return ScoreAnswersAnswer(
        tuple(
            OneAnswer(
                int(rows.person[place]),
                int(rows.time[place]),
                float(found.values[place]),
                text(CHANNEL, place),
                text(LANGUAGE, place),
                text(SURVEY, place),
                marks_of(text(MARKS, place)),
            )
            for place in places
        ),
        count,
    )


@dataclass(frozen=True, slots=True)
class ScoreSidesQuestion:
    """By what can the answers to a question key be told apart?"""

    which: Which
    window: Window


@dataclass(frozen=True, slots=True)
class ScoreSides:
    """What there is to choose from.

    Attributes
    ----------
    values
        Of each side its values with their counts, the commonest first; sides that no answer names are left out.
    choices
        Keys of questions with choices that were asked in the same surveys.
    marks
        Quality marks with their counts.
    has_weights
        Whether answers came with design weights.
    """

    values: Mapping[str, tuple[tuple[str, int], ...]]
    choices: tuple[str, ...]
    marks: tuple[tuple[str, int], ...]
    has_weights: bool


def score_sides(log: Log, question: ScoreSidesQuestion) -> ScoreSides:
    """Return by what answers can be narrowed, grouped and weighted.

    Raises
    ------
    MixedScales, NoSuchScore
    """
    everything = all_answers(log, question.window)
    rows = given(everything, Which(question.which.question_key, question.which.kind)).rows
    values = {}
    for side in SIDES:
        column = rows.fields[side]
        counts = np.bincount(column.values, minlength=len(column.texts)).tolist() if column.texts else []
        named = [(text, count) for text, count in zip(column.texts, counts, strict=True) if text and count]
        if named:
            values[side] = tuple(sorted(named, key=lambda each: (-each[1], each[0])))
    surveys = [name for name, _ in values.get(SURVEY, ())]
    asked = everything.where(is_any(everything.fields[METRIC], "choice"))
    asked = asked.where(is_any(asked.fields[SURVEY], *surveys)) if surveys else asked
    column = asked.fields[QUESTION]
    keys = sorted({column.texts[code] for code in np.unique(column.values).tolist() if column.texts[code]})
    weights = rows.fields[WEIGHT].values
    return ScoreSides(
        values,
        tuple(keys),
        tuple(count_marks(rows.fields[MARKS]).items()),
        bool((np.isfinite(weights) & (weights > 0)).any()),
    )
