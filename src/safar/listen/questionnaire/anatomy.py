"""The anatomy of a survey: pages of questions, what leads where, what is computed, how it ends, how many are wanted.

A survey is a document: frozen, JSON by `told` and `read`, its schema by `schema`. Answers are no part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Final, Literal

import msgspec

from safar.vocabulary.errors import Refusal
from safar.vocabulary.unfit import unfit

from .conditions import Condition
from .questions import Id, Part, Question, Words

FORMAT: Final = "safar.survey/1"
#: Where a jump or a quota leads that names no page: to the ending whose condition holds.
END: Final = "end"


class SurveyUnreadable(Refusal, ValueError):
    """What was sent is no survey."""

    code = "survey.unreadable"


class Page(Part, frozen=True, kw_only=True):
    """Questions that are seen together.

    Parameters
    ----------
    repeats_for
        Id of a question with choices: the page is asked once for each choice that was chosen there, and ``{{item}}``
        is its words.
    is_shuffled
        The questions come in a random order, the same for one respondent whenever he looks.
    """

    page_id: Id
    name: Words = {}
    questions: tuple[Question, ...] = ()
    show_when: Condition | None = None
    repeats_for: str = ""
    is_shuffled: bool = False


class Variable(Part, frozen=True, kw_only=True):
    """Something computed from answers; begins as this."""

    name: Id
    begins: float | str = 0.0


class Hidden(Part, frozen=True, kw_only=True):
    """A field that the link or the page around brings along, such as ``order_id``; kept with the response."""

    name: Id
    fallback: str = ""


class Calculation(Part, frozen=True, kw_only=True):
    """What happens to a variable when a page is left.

    Parameters
    ----------
    after
        Id of the page.
    value
        A number, a text (for ``set``), or what a condition may look at: ``question.q1``, ``variable.x``, ``hidden.y``.
    """

    after: str
    variable: str
    does: Literal["set", "add", "subtract", "multiply", "divide"] = "set"
    value: float | str = 0.0
    when: Condition | None = None


class Jump(Part, frozen=True, kw_only=True):
    """Where a page leads instead of the next one; the first that holds is taken.

    Parameters
    ----------
    after
        Id of the page that is left.
    to
        Id of a page, of an ending, or `END`.
    """

    after: str
    to: str
    when: Condition | None = None


class Ending(Part, frozen=True, kw_only=True):
    """What is said at the end; the first whose condition holds.

    Parameters
    ----------
    redirect
        An address (https) that a button leads to.
    """

    ending_id: Id
    title: Words = {}
    about: Words = {}
    redirect: str = ""
    when: Condition | None = None


class Quota(Part, frozen=True, kw_only=True):
    """At most so many complete responses for whom this holds; who comes later is led to an ending."""

    quota_id: Id
    name: Words = {}
    limit: Annotated[int, msgspec.Meta(ge=0)]
    when: Condition | None = None
    then: str = END


class Survey(Part, frozen=True, kw_only=True, dict=True):
    """A survey as it is asked.

    Parameters
    ----------
    key
        What events of answers call it: stable over versions.
    languages
        Those it is written in; the first is what a missing text falls back to.
    can_go_back, shows_progress
        What respondents may do and see.
    least_cell
        Results of fewer respondents than this are not shown to anybody (an employee pulse: 5).
    """

    format: Literal["safar.survey/1"] = FORMAT
    key: Id = "survey"
    name: Words = {}
    about: Words = {}
    languages: tuple[str, ...] = ("en",)
    pages: tuple[Page, ...] = ()
    variables: tuple[Variable, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    calculations: tuple[Calculation, ...] = ()
    jumps: tuple[Jump, ...] = ()
    endings: tuple[Ending, ...] = ()
    quotas: tuple[Quota, ...] = ()
    can_go_back: bool = True
    shows_progress: bool = True
    least_cell: Annotated[int, msgspec.Meta(ge=1)] = 1

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """All questions, in the order of the pages."""
        return tuple(question for page in self.pages for question in page.questions)

    def question(self, question_id: str) -> Question | None:
        """Return the question of an id, or None."""
        return self._questions.get(question_id)

    def page(self, page_id: str) -> Page | None:
        """Return the page of an id, or None."""
        return self._pages.get(page_id)

    # Of two with the same id, which no published survey has, the first one counts.
    @cached_property
    def _questions(self) -> dict[str, Question]:
        return {each.question_id: each for each in reversed(self.questions)}

    @cached_property
    def _pages(self) -> dict[str, Page]:
        return {each.page_id: each for each in reversed(self.pages)}


class Answer(Part, frozen=True, kw_only=True):
    """What was answered to one question (or one row of it).

    Parameters
    ----------
    value
        A number: the point of a scale, a rank, a share of a sum. Goal: 1 done, 0.5 partly, 0 not.
    choices
        Ids of what was chosen. Tree test: the places opened in turn, the last one chosen. First click: the areas hit.
    text
        Words: of a text question, of “other”, the reason of a goal; a date in ISO, a phone in E.164, an address.
    rows
        By row of a table, by choice of a ranking or sum; of a dual scale ``<row>.first`` and ``<row>.second``.
    files
        Ids of uploaded files.
    point
        Of a first click: shares of width and height from the top left corner.
    seconds
        How long a task of findability took.
    does_not_apply
        “Not applicable” was chosen.
    """

    value: float | None = None
    choices: tuple[str, ...] = ()
    text: str = ""
    rows: dict[str, Answer] = {}
    files: tuple[str, ...] = ()
    point: tuple[float, float] | None = None
    seconds: float | None = None
    does_not_apply: bool = False


#: Answers by question id; within a repeated page by ``<question_id>@<choice_id>``.
Answers = Mapping[str, Answer]


def told(survey: Survey) -> dict[str, Any]:
    """Return the survey as JSON-able data, which `read` takes."""
    data: dict[str, Any] = msgspec.to_builtins(survey)
    return {"format": survey.format, **data}


def read(data: Any) -> Survey:
    """Return the survey of data as `told` gives it.

    Raises
    ------
    SurveyUnreadable
        A part is missing, unknown, of a wrong type, or named twice; ``context["path"]`` says where. What leads nowhere
        is found by the checks, which a draft need not pass.
    """
    try:
        found = msgspec.convert(data, Survey)
    except msgspec.ValidationError as wrong:
        problem, path = unfit(wrong)
        raise _unreadable(problem, path or "/") from wrong
    for path, twice in _twice(found):
        raise _unreadable(f"{twice!r} is there twice", path)
    return found


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a survey."""
    return msgspec.json.schema(Survey)


def _unreadable(problem: str, path: str) -> SurveyUnreadable:
    return SurveyUnreadable(
        f"This is no survey: {problem} (at {path}).",
        hint="Compare it with the schema: safar survey schema",
        path=path,
    )


def _twice(survey: Survey) -> Iterator[tuple[str, str]]:
    """Yield where an id or a name is given twice."""
    named: dict[str, list[str]] = {
        ".pages": [*(page.page_id for page in survey.pages), *(each.ending_id for each in survey.endings)],
        ".questions": [each.question_id for each in survey.questions],
        ".variables": [each.name for each in survey.variables],
        ".hidden": [each.name for each in survey.hidden],
        ".quotas": [each.quota_id for each in survey.quotas],
        ".languages": list(survey.languages),
    }
    for question in survey.questions:
        for field in ("choices", "rows", "columns"):
            parts = getattr(question, field, ())
            named[f".questions[{question.question_id}].{field}"] = [part.choice_id for part in parts]
    for path, names in named.items():
        seen: set[str] = set()
        for name in names:
            if name in seen:
                yield path, name
            seen.add(name)
