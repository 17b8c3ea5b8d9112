"""Answers that were collected elsewhere: which column of a file answers which question, and each line as a response.

Files of LimeSurvey, Formbricks and Google Forms are known by their heads; any other table is read alike. Nothing is
guessed silently: the plan is a document that people look at and change before anything is brought in, and whatever a
line holds that its question cannot take is told with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import msgspec

from safar.vocabulary.text import fold

from .anatomy import Answer, Survey
from .questions import (
    Asked,
    ConstantSum,
    Differential,
    Dual,
    Goal,
    Matrix,
    Multiple,
    Question,
    Ranking,
    Single,
    Statement,
    Words,
)
from .reading_answers import read_answer
from .refusals import AnswerRefused

Origin = Literal["limesurvey", "formbricks", "google_forms", "table"]
#: What a column may say of the response itself.
OWN_ID: Final = "@id"
STARTED: Final = "@started"
FINISHED: Final = "@finished"
LANGUAGE: Final = "@language"
CUSTOMER: Final = "@customer"
COMPLETE: Final = "@complete"
HIDDEN: Final = "@hidden."
#: Of the response, in the order in which a person is offered them.
FACTS: Final = (OWN_ID, STARTED, FINISHED, LANGUAGE, CUSTOMER, COMPLETE)

#: Heads, folded, that say which tool wrote a file: all of a tool's must be there.
_MARKS: Final[dict[Origin, frozenset[str]]] = {
    "limesurvey": frozenset({"submitdate", "startlanguage"}),
    "formbricks": frozenset({"response id", "finished", "survey id"}),
    "google_forms": frozenset({"timestamp"}),
}
#: Heads of the response's own facts, folded, in files of any tool.
_HEADS: Final[dict[str, str]] = {
    "id": OWN_ID,
    "response id": OWN_ID,
    "responseid": OWN_ID,
    "response_id": OWN_ID,
    "شناسه": OWN_ID,
    "timestamp": FINISHED,
    "submitdate": FINISHED,
    "date submitted": FINISHED,
    "finished_at": FINISHED,
    "طابع زمني": FINISHED,
    "مهر زمان": FINISHED,
    "startdate": STARTED,
    "date started": STARTED,
    "started_at": STARTED,
    "startlanguage": LANGUAGE,
    "start language": LANGUAGE,
    "language": LANGUAGE,
    "user id": CUSTOMER,
    "userid": CUSTOMER,
    "customer_id": CUSTOMER,
    "finished": COMPLETE,
}
#: Heads of tools that nobody asked a question with.
_NOBODYS: Final = frozenset(
    {
        "no.",
        "survey id",
        "formbricks id (internal)",
        "tags",
        "notes",
        "lastpage",
        "seed",
        "ipaddr",
        "refurl",
        "datestamp",
    }
)
_NUMBERED: Final = re.compile(r"^\d+\.\s+")
#: ``Question [Row]`` of Google Forms and LimeSurvey, ``Q2[SQ001]`` of LimeSurvey's codes.
_BRACKET: Final = re.compile(r"^([^\[\]]*)\[([^\[\]]*)\]\s*$")
_PARTS: Final = re.compile(r"[;|\n]")
_YES: Final = frozenset({"y", "yes", "true", "1", "checked", "بله", "بلی", "نعم", "completed"})
_NOT_ASKED: Final = frozenset({"", "n/a", "skipped", "-"})
_TEXT: Final = "other"


class ColumnPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one column of a file is.

    Attributes
    ----------
    head
        As the file calls it.
    to
        The control it answers (``q1``, ``q2.speed``, ``q3.other``; see `reading_answers`), a fact of the response
        (`FACTS`, ``@hidden.<name>``), or empty: it is left out.
    """

    head: str
    to: str = ""


class FilePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each column of a file is.

    Attributes
    ----------
    origin
        Which tool wrote it.
    columns
        In the order of the file.
    """

    origin: Origin
    columns: tuple[ColumnPlan, ...]

    def column_of(self, to: str) -> str | None:
        """Return the head of the column that is this, or None."""
        return next((column.head for column in self.columns if column.to == to), None)


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What a line holds that its question cannot take.

    Attributes
    ----------
    head
        The column.
    code
        Of the refusal, such as ``answer.no_such_choice``.
    text
        What stood there, cut.
    """

    head: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class LineRead:
    """One line as a response.

    Attributes
    ----------
    facts
        By the names of `FACTS` and hidden fields, as they stood in the file.
    is_complete
        False only where the file says so.
    """

    facts: Mapping[str, str]
    answers: Mapping[str, Answer]
    problems: tuple[LineProblem, ...] = ()
    is_complete: bool = True
    hidden: Mapping[str, str] = field(default_factory=dict)


def origin_of(heads: Sequence[str]) -> Origin:
    """Return which tool wrote a file with these heads.

    Examples
    --------
    >>> origin_of(["id", "submitdate", "lastpage", "startlanguage", "Q1"])
    'limesurvey'
    """
    folded = {fold(head) for head in heads}
    return next((origin for origin, marks in _MARKS.items() if marks <= folded), "table")


def proposed(survey: Survey, heads: Sequence[str]) -> FilePlan:
    """Return which column answers which question, by ids, keys, and the questions' words in any language.

    What is not found is left out; no control is answered by two columns.
    """
    found, taken = [], set[str]()
    for head in heads:
        to = _to(survey, head)
        if to in taken:
            to = ""
        taken.add(to)
        found.append(ColumnPlan(head, to))
    return FilePlan(origin_of(heads), tuple(found))


def targets(survey: Survey) -> tuple[str, ...]:
    """Return every control that a column may answer, in the order of the survey."""
    return tuple(control for question in survey.questions for control in _controls(question))


def read_line(
    survey: Survey,
    plan: FilePlan,
    cells: Mapping[str, str],
    *,
    calendar: str = "gregorian",
    region: str = "ZZ",
) -> LineRead:
    """Read a line of a file as a response.

    Parameters
    ----------
    cells
        By head.
    calendar, region
        Of dates and telephone numbers without a prefix; see `read_answer`.
    """
    facts: dict[str, str] = {}
    hidden: dict[str, str] = {}
    raw: dict[str, list[str]] = {}
    head_of: dict[str, str] = {}
    by_id = {question.question_id: question for question in survey.questions}
    for column in plan.columns:
        text = cells.get(column.head, "").strip()
        if not column.to or fold(text) in _NOT_ASKED:
            continue
        if column.to.startswith(HIDDEN):
            hidden[column.to.removeprefix(HIDDEN)] = text
        elif column.to.startswith("@"):
            facts[column.to] = text
        else:
            question = by_id.get(column.to.partition(".")[0])
            if question is not None:
                for control, texts in _as_sent(question, column.to, text, plan.origin):
                    raw.setdefault(control, []).extend(texts)
                head_of.setdefault(question.question_id, column.head)
    answers: dict[str, Answer] = {}
    problems: list[LineProblem] = []
    for question in survey.questions:
        try:
            answer = read_answer(question, raw, calendar=calendar, region=region)
        except AnswerRefused as refused:
            head = head_of.get(question.question_id, "")
            problems.append(LineProblem(head, refused.code, cells.get(head, "")[:80]))
            continue
        if answer is not None:
            answers[question.question_id] = answer
    is_complete = COMPLETE not in facts or fold(facts[COMPLETE]) in _YES
    if plan.origin == "limesurvey":  # a response that was never sent has no day of sending
        is_complete = bool(facts.get(FINISHED))
    return LineRead(facts, answers, tuple(problems), is_complete, hidden)


def _to(survey: Survey, head: str) -> str:
    plain = fold(_NUMBERED.sub("", head))
    if fold(head) in _NOBODYS:
        return ""
    exact = _question(survey, plain)
    if exact is not None:
        return exact.question_id
    for hidden in survey.hidden:
        if fold(hidden.name) == plain:
            return f"{HIDDEN}{hidden.name}"
    bracket = _BRACKET.match(_NUMBERED.sub("", head))
    if bracket is not None:
        question = _question(survey, fold(bracket[1]))
        if question is not None:
            part = _part(question, bracket[2])
            return f"{question.question_id}.{part}" if part else ""
    dotted = next((control for control in targets(survey) if fold(control.replace(".", "_")) == plain), "")
    return dotted or _HEADS.get(fold(head), "")


def _question(survey: Survey, plain: str) -> Question | None:
    for question in survey.questions:
        names = {fold(question.question_id), fold(question.key), *map(fold, question.title.values())}
        if plain and plain in names and not isinstance(question, Statement):
            return question
    return None


def _part(question: Asked, text: str) -> str:
    """Return the row, choice or side that stands in brackets, as its control's name."""
    plain = fold(text)
    if plain in {"other", "comment"}:
        return _TEXT
    for name in ("rows", "choices"):
        for part in getattr(question, name, ()):
            if plain in {fold(part.choice_id), *map(fold, part.words.values())}:
                return str(part.choice_id)
    return plain if isinstance(question, Ranking) and plain.isdigit() else ""


def _controls(question: Question) -> Iterator[str]:
    base = question.question_id
    if isinstance(question, Statement):
        return
    if isinstance(question, Dual):
        for row in question.rows:
            yield from (f"{base}.{row.choice_id}.first", f"{base}.{row.choice_id}.second")
        return
    if isinstance(question, Matrix | Differential):
        yield from (f"{base}.{row.choice_id}" for row in question.rows)
        return
    yield base
    if isinstance(question, Ranking | ConstantSum | Multiple):
        yield from (f"{base}.{choice.choice_id}" for choice in question.choices)
    if any(choice.is_other for choice in getattr(question, "choices", ())):
        yield f"{base}.{_TEXT}"
    if isinstance(question, Goal):
        yield f"{base}.done"
        if question.asks_why:
            yield f"{base}.why"


def _as_sent(question: Question, to: str, text: str, origin: Origin) -> Iterator[tuple[str, list[str]]]:
    """Yield what a form would have sent for a cell: words of choices become their ids."""
    base, _, part = to.partition(".")
    if isinstance(question, Multiple):
        if part == _TEXT:
            yield to, [text]
        elif part:  # a column a choice, ticked or not
            if fold(text) in _YES or fold(text) == fold(part):
                yield base, [part]
        else:
            yield from _several(question, base, text)
    elif isinstance(question, Ranking):
        yield from _ranked(question, base, part, text)
    elif isinstance(question, Single | Goal) and not part:
        yield from _one_of(question, base, text)
    elif isinstance(question, Matrix):
        ids = _ids(question.columns)
        pieces = [text] if fold(text) in ids or not question.is_multiple else _parted(text)
        yield to, [ids.get(fold(piece), piece) for piece in pieces]
    else:
        yield to, [text]


def _one_of(question: Single | Goal, base: str, text: str) -> Iterator[tuple[str, list[str]]]:
    chosen = _ids(question.choices).get(fold(text))
    other = next((choice for choice in question.choices if choice.is_other), None)
    if chosen is None and other is not None:  # words of one's own
        yield base, [other.choice_id]
        yield f"{base}.{_TEXT}", [text]
    else:
        yield base, [chosen or text]


def _several(question: Multiple, base: str, text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the choices of a cell: parted by semicolons, bars or lines, else by commas that stand between choices."""
    ids = _ids(question.choices)
    pieces = _parted(text)
    if len(pieces) == 1 and fold(text) not in ids:
        pieces = _parted_by_commas(text, ids)
    other = next((choice for choice in question.choices if choice.is_other), None)
    for piece in pieces:
        chosen = ids.get(fold(piece))
        if chosen is None and other is not None:
            yield base, [other.choice_id]
            yield f"{base}.{_TEXT}", [piece]
        else:
            yield base, [chosen or piece]


def _parted(text: str) -> list[str]:
    """Return the pieces of a cell between semicolons, bars and ends of lines, none of them empty."""
    return [piece for each in _PARTS.split(text) if (piece := each.strip())]


def _parted_by_commas(text: str, ids: Mapping[str, str]) -> list[str]:
    """Return the pieces of a text whose choices may hold commas themselves: the longest choice wins."""
    words = [word.strip() for word in re.split(r"[,،]", text)]
    pieces: list[str] = []
    while words:
        for count in range(len(words), 0, -1):
            candidate = ", ".join(words[:count])
            if count == 1 or fold(candidate) in ids:
                pieces.append(candidate)
                words = words[count:]
                break
    return [piece for piece in pieces if piece]


def _ranked(question: Ranking, base: str, part: str, text: str) -> Iterator[tuple[str, list[str]]]:
    ids = _ids(question.choices)
    if part.isdigit() and part not in ids.values():  # a column a place, as LimeSurvey has it
        yield f"{base}.{ids.get(fold(text), text)}", [part]
    elif part:
        yield f"{base}.{part}", [text]
    else:
        pieces = _parted(text)
        if len(pieces) == 1:
            pieces = _parted_by_commas(text, ids)
        yield base, [ids.get(fold(piece), piece) for piece in pieces]


def _ids(parts: Sequence[Any]) -> dict[str, str]:
    """Return the ids of choices by what they may be called: the id, and the words in any language."""
    found: dict[str, str] = {}
    for part in parts:
        words: Words = part.words
        for name in (part.choice_id, *words.values()):
            found.setdefault(fold(name), part.choice_id)
    return found
