"""What a survey found: how often each thing was answered to each question.

One pass over the responses; each question is counted in its own way, and every share and mean says how sure it is. What
is gathered of parts of the responses adds up to what is gathered of all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, mean, mean_on_scale, share

from .anatomy import Answer, Answers, Survey
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
    Statement,
    TreeNode,
    TreeTest,
)

#: Longest list of texts that a tally keeps of a question: the newest.
TEXTS: Final = 50
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


class QuestionCounts(msgspec.Struct):
    """What is gathered of one question while responses pass: counts alone, so those of parts of the responses add up.

    Attributes
    ----------
    answered, not_applicable
        Responses that answered it, and that said it does not apply.
    chosen
        By row (empty for the question itself) and choice: how often it was chosen.
    rows
        By row: responses that answered it.
    values
        By row and value: how often.
    texts
        Number and words of the newest `TEXTS` responses that wrote something; in any order.
    """

    answered: int = 0
    not_applicable: int = 0
    chosen: dict[str, dict[str, int]] = {}
    rows: dict[str, int] = {}
    values: dict[str, dict[float, int]] = {}
    texts: list[tuple[int, str]] = []

    def add(self, other: QuestionCounts) -> None:
        """Take in what was gathered of other responses."""
        self.answered += other.answered
        self.not_applicable += other.not_applicable
        for row, chosen in other.chosen.items():
            _add(self.chosen.setdefault(row, {}), chosen)
        for row, values in other.values.items():
            _add(self.values.setdefault(row, {}), values)
        _add(self.rows, other.rows)
        if other.texts:
            self.texts = _newest([*self.texts, *other.texts])


class SurveyCounts(msgspec.Struct):
    """What is gathered of a survey: see `QuestionCounts`, by question id.

    Attributes
    ----------
    responses
        That were counted.
    """

    responses: int = 0
    questions: dict[str, QuestionCounts] = {}

    def add(self, other: SurveyCounts) -> None:
        """Take in what was gathered of other responses: in whichever order, the sum is the same."""
        self.responses += other.responses
        for question_id, counts in other.questions.items():
            own = self.questions.get(question_id)
            if own is None:
                own = self.questions[question_id] = QuestionCounts()
            own.add(counts)


class Counter:
    """Counts what was answered to the questions of a survey, response by response.

    Parameters
    ----------
    survey
        Whose questions; answers to questions it no longer asks are left out.
    """

    def __init__(self, survey: Survey) -> None:
        self._taking = {question.question_id: _Taking.of(question) for question in _asking(survey)}

    @property
    def shape(self) -> str:
        """What counting depends on: counts under surveys of the same shape add up, whatever their words are."""
        return repr(sorted((question_id, *taking.shape) for question_id, taking in self._taking.items()))

    def take(self, counts: SurveyCounts, number: int, answers: Answers) -> None:
        """Count one response in.

        Parameters
        ----------
        number
            Of the response; the newer, the greater.
        answers
            Those of a repeated page count each by itself.
        """
        counts.responses += 1
        for key, answer in answers.items():
            question_id = key.partition("@")[0] if "@" in key else key
            taking = self._taking.get(question_id)
            if taking is not None:
                own = counts.questions.get(question_id)
                if own is None:
                    own = counts.questions[question_id] = QuestionCounts()
                taking.take(own, answer, number)


def counts_in_steps(survey: Survey, responses: Iterable[tuple[int, Answers]]) -> SurveyCounts:
    """Count what was answered so that what is told now less what was told before is never of few.

    Of each question, and of each row of one, answers are counted in the order of their responses, and only once
    `least_cell` respondents have given one since the last were counted: the others are held back.

    Parameters
    ----------
    responses
        The number of each response and its answers, in an order that later ones do not change.
    """
    takings = {question.question_id: _Taking.of(question) for question in _asking(survey)}
    counts = SurveyCounts()
    waiting: dict[tuple[str, str], list[tuple[int, Answer]]] = {}
    for number, answers in responses:
        counts.responses += 1
        for key, answer in answers.items():
            question_id = key.partition("@")[0]
            if question_id not in takings:
                continue
            whole = msgspec.structs.replace(answer, rows={})
            parts = {row: Answer(rows={row: part}) for row, part in answer.rows.items()}
            for row, part in {"": whole, **parts}.items():
                held = waiting.setdefault((question_id, row), [])
                held.append((number, part))
                if len({respondent for respondent, _ in held}) >= survey.least_cell:
                    own = counts.questions.setdefault(question_id, QuestionCounts())
                    for respondent, told in held:
                        takings[question_id].take_of(own, told, respondent, is_row=bool(row))
                    held.clear()
    return counts


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
        (question, counts.questions.get(question.question_id, nothing)) for question in _asking(survey)
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


def _asking(survey: Survey) -> list[Question]:
    return [question for question in survey.questions if not isinstance(question, Statement)]


@dataclass(frozen=True, slots=True)
class _Taking:
    """How the answers to a question are counted: looked up once, for it is asked with every answer."""

    is_goal: bool
    #: What counts as chosen: nothing where points are counted by their values; of a tree test the place where one ended
    #: alone, not those on the way.
    has_choices: bool
    ends_at_one: bool

    @classmethod
    def of(cls, question: Question) -> _Taking:
        is_table = isinstance(question, Matrix) and not question.is_scale
        return cls(
            isinstance(question, Goal),
            is_table or isinstance(question, Single | Multiple | Goal | TreeTest | FirstClick),
            isinstance(question, TreeTest),
        )

    @property
    def shape(self) -> tuple[bool, bool, bool]:
        return self.is_goal, self.has_choices, self.ends_at_one

    def take(self, counts: QuestionCounts, answer: Answer, number: int) -> None:
        if answer.does_not_apply:
            counts.not_applicable += 1
            return
        counts.answered += 1
        if answer.rows:
            rows = counts.rows
            for row, part in answer.rows.items():
                rows[row] = rows.get(row, 0) + 1
                self._take_part(counts, row, part)
        else:
            self._take_part(counts, "", answer)
        if answer.text:
            counts.texts.append((number, answer.text))
            if len(counts.texts) > 4 * TEXTS:
                counts.texts = _newest(counts.texts)

    def take_of(self, counts: QuestionCounts, answer: Answer, number: int, *, is_row: bool) -> None:
        """Count an answer without its rows, or one row of it."""
        answered = counts.answered
        self.take(counts, answer, number)
        if is_row:  # who answered the row was counted with the question
            counts.answered = answered

    def _take_part(self, counts: QuestionCounts, row: str, answer: Answer) -> None:
        value = answer.value
        if value is not None:
            if self.is_goal:
                done = {1.0: "yes", 0.5: "partly"}.get(value, "no")
                _add(counts.chosen.setdefault("done", {}), {done: 1})
                _add(counts.rows, {"done": 1})
            else:
                values = counts.values.get(row)
                if values is None:
                    values = counts.values[row] = {}
                values[value] = values.get(value, 0) + 1
        if self.has_choices and answer.choices:
            chosen = counts.chosen.get(row)
            if chosen is None:
                chosen = counts.chosen[row] = {}
            for choice in answer.choices[-1:] if self.ends_at_one else dict.fromkeys(answer.choices):
                chosen[choice] = chosen.get(choice, 0) + 1


Counted = TypeVar("Counted", str, float)


def _add(own: dict[Counted, int], other: Mapping[Counted, int]) -> None:
    for name, count in other.items():
        own[name] = own.get(name, 0) + count


def _newest(texts: list[tuple[int, str]]) -> list[tuple[int, str]]:
    return sorted(texts, reverse=True)[:TEXTS]


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
        tuple(_newest(counts.texts)),
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
            _add_point(points, int(value), count)
        return mean_on_scale(points, scale.lowest, scale.highest, level=level)
    return mean(
        math.fsum(value * count for value, count in values.items()),
        math.fsum(value * value * count for value, count in values.items()),
        sum(values.values()),
        level=level,
    )


def _add_point(points: dict[int, int], point: int, count: int) -> None:
    points[point] = points.get(point, 0) + count
