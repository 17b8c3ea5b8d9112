"""What a survey found: how often each thing was answered to each question.

What was gathered of the responses (`safar.listen.questionnaire.gathering`) is told question by question, each in its
own way, and every share and mean says how sure it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, mean, mean_on_scale, share

from .anatomy import Answers, Survey
from .gathering import Counter, QuestionCounts, SurveyCounts, asking, counts_in_steps, newest
from .questions import (
    Asked,
    ConstantSum,
    Differential,
    Dual,
    FirstClick,
    Goal,
    Matrix,
    Multiple,
    Question,
    Ranking,
    Scored,
    Single,
    TreeNode,
    TreeTest,
)

_GOAL: Final = ("yes", "partly", "no")


@dataclass(frozen=True, slots=True)
class ChoiceCount:
    """How often one thing was chosen.

    Attributes
    ----------
    choice
        Its id, or the point of a scale as text.
    row
        The row of a table it was chosen in, else empty. Of a dual scale ``<row>.first`` or ``<row>.second``.
    count
        Respondents who chose it.
    estimate
        Their share of those who answered the question (the row), 0…1, by Wilson.
    """

    choice: str
    row: str
    count: int
    estimate: Estimate | None


@dataclass(frozen=True, slots=True)
class RowMean:
    """The mean of a row, a rank or a part of a sum; on the question itself the row is empty.

    Attributes
    ----------
    n
        Answers that it is of.
    estimate
        The mean with its interval; None below two answers.
    """

    row: str
    n: int
    estimate: Estimate | None


@dataclass(frozen=True, slots=True)
class QuestionTally:
    """What was answered to one question.

    Attributes
    ----------
    question
        As it was asked in the newest version.
    asked
        Responses whose way led past it.
    answered
        Responses that hold an answer to it, “not applicable” apart.
    not_applicable
        Responses that said so.
    counts
        Choices and points in the order of the question, those never chosen too.
    means
        Of scales, ranks, sums, numbers, sliders; of tables by row.
    texts
        The newest words, newest first, with the number of the response.
    """

    question: Question
    asked: int
    answered: int
    not_applicable: int
    counts: tuple[ChoiceCount, ...] = ()
    means: tuple[RowMean, ...] = ()
    texts: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SurveyTally:
    """What a survey found.

    Attributes
    ----------
    responses
        Responses that were counted.
    questions
        In the order of the survey, those that ask nothing left out.
    is_hidden
        Fewer responses than the survey's `least_cell`: nothing is told of them.
    """

    responses: int
    questions: tuple[QuestionTally, ...]
    is_hidden: bool = False


def tally(
    survey: Survey, responses: Iterable[tuple[int, Answers]], *, level: float = DEFAULT_LEVEL
) -> SurveyTally:
    """Count what was answered, and say what was found.

    Parameters
    ----------
    survey
        Whose questions; answers to questions it no longer asks are left out.
    responses
        The number of each response, greater for a newer one, and its answers.
    level
        Of the intervals.
    """
    if survey.least_cell > 1:
        return found(survey, counts_in_steps(survey, responses), level=level)
    counter, counts = Counter(survey), SurveyCounts()
    for number, answers in responses:
        counter.take(counts, number, answers)
    return found(survey, counts, level=level)


def found(survey: Survey, counts: SurveyCounts, *, level: float = DEFAULT_LEVEL) -> SurveyTally:
    """Say what was found, from what was gathered of all responses."""
    if counts.responses < survey.least_cell:
        return SurveyTally(counts.responses, (), is_hidden=True)
    nothing = QuestionCounts()
    gathered = [
        (question, counts.questions.get(question.question_id, nothing)) for question in asking(survey)
    ]
    # of a question, or a row of one, that too few answered nothing is told either
    kept = ((question, _of_enough(question, own, survey.least_cell)) for question, own in gathered)
    told = tuple(
        _told(question, own, level)
        for question, own in kept
        if survey.least_cell == 1 or own.answered >= survey.least_cell
    )
    return SurveyTally(counts.responses, told)


def _of_enough(question: Question, counts: QuestionCounts, least: int) -> QuestionCounts:
    """Return what was gathered without the rows that fewer answered.

    Where that leaves no row, the question is as if nobody had answered it. Rows are answered each by itself and nothing
    is summed over them, so none that is left out follows from the others.
    """
    if least == 1:
        return counts
    rows = {row: count for row, count in counts.rows.items() if count >= least}
    if not rows and _rows(question):
        return QuestionCounts()
    return msgspec.structs.replace(
        counts,
        rows=rows,
        chosen={row: chosen for row, chosen in counts.chosen.items() if not row or row in rows},
        values={row: values for row, values in counts.values.items() if not row or row in rows},
    )


def _told(question: Question, counts: QuestionCounts, level: float) -> QuestionTally:
    by_value = isinstance(question, Scored | Dual | Differential) or (
        isinstance(question, Matrix) and question.is_scale
    )
    told = []
    for row, choice in _order(question):
        if by_value:
            count = counts.values.get(row, {}).get(float(choice), 0)
        else:
            count = counts.chosen.get(row, {}).get(choice, 0)
        of = counts.rows.get(row, 0) if row else counts.answered
        told.append(ChoiceCount(choice, row, count, share(count, of, level=level)))
    means = [
        RowMean(row, sum(values.values()), _mean(question, values, level))
        for row in (*_rows(question), "")
        if (values := counts.values.get(row))
    ]
    return QuestionTally(
        question,
        counts.answered + counts.not_applicable,
        counts.answered,
        counts.not_applicable,
        tuple(told),
        tuple(means),
        tuple(newest(counts.texts)),
    )


def _order(question: Question) -> Iterator[tuple[str, str]]:
    """Yield every row and choice there is, in the order in which they are asked."""
    is_table = isinstance(question, Dual | Differential | Matrix)
    for row in _rows(question) if is_table else ("",):
        for choice in _choices_of(question):
            yield row, choice
    if isinstance(question, Goal):
        for done in _GOAL:
            yield "done", done


def _choices_of(question: Question) -> Iterable[str]:
    """Return what one may choose from, in a row or at all: points of a scale, choices, places, areas."""
    if isinstance(question, Matrix) and not question.is_scale:
        return [column.choice_id for column in question.columns]
    if isinstance(question, Scored | Dual | Differential | Matrix):
        return [str(point) for point in question.scale.points]
    if isinstance(question, TreeTest):
        return _places(question.nodes)
    if isinstance(question, FirstClick):
        return [area.area_id for area in question.areas]
    return (
        [each.choice_id for each in question.choices]
        if isinstance(question, Single | Multiple | Goal)
        else ()
    )


def _rows(question: Asked) -> tuple[str, ...]:
    if isinstance(question, Dual):
        return tuple(f"{row.choice_id}.{side}" for row in question.rows for side in ("first", "second"))
    if isinstance(question, Matrix | Differential):
        return tuple(row.choice_id for row in question.rows)
    if isinstance(question, Ranking | ConstantSum):
        return tuple(choice.choice_id for choice in question.choices)
    return ()


def _places(nodes: Iterable[TreeNode]) -> Iterator[str]:
    for node in nodes:
        yield node.node_id
        yield from _places(node.nodes)


def _mean(question: Question, values: Mapping[float, int], level: float) -> Estimate | None:
    """Return the mean: on a scale as scores have it, of numbers, ranks and parts by Student's interval."""
    if isinstance(question, Scored | Matrix | Dual | Differential):
        scale = question.scale
        points: dict[int, int] = {}
        for value, count in values.items():
            points[int(value)] = points.get(int(value), 0) + count
        return mean_on_scale(points, scale.lowest, scale.highest, level=level)
    return mean(
        math.fsum(value * count for value, count in values.items()),
        math.fsum(value * value * count for value, count in values.items()),
        sum(values.values()),
        level=level,
    )
