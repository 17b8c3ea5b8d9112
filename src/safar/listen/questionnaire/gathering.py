"""What is gathered of a survey while responses pass: counts alone, which add up over parts of the responses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from .anatomy import Answer, Answers, Survey
from .questions import FirstClick, Goal, Matrix, Multiple, Question, Single, Statement, TreeTest

#: Longest list of texts that a tally keeps of a question: the newest.
TEXTS: Final = 50


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
            self.texts = newest([*self.texts, *other.texts])


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
        self._taking = {question.question_id: _Taking.of(question) for question in asking(survey)}

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
    takings = {question.question_id: _Taking.of(question) for question in asking(survey)}
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


def asking(survey: Survey) -> list[Question]:
    """Return the questions of a survey that ask something."""
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
                counts.texts = newest(counts.texts)

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


def newest(texts: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the newest `TEXTS` texts, newest first."""
    return sorted(texts, reverse=True)[:TEXTS]
