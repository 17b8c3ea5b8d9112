"""Responses as a table: a line each, columns that any tool can read; what they are called and what their codes mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from .anatomy import Answer, Answers, Survey
from .questions import (
    ConstantSum,
    Date,
    Differential,
    Dual,
    File,
    FirstClick,
    Goal,
    Matrix,
    Multiple,
    Question,
    Ranking,
    Scored,
    Single,
    Slider,
    Statement,
    TreeTest,
    Words,
)

#: A number; a choice, kept as its id; a day, as ISO writes it; words.
Kind = Literal["number", "choice", "day", "text"]
#: What stands for “not applicable” in a column of numbers; files with labels give it one.
NOT_APPLICABLE: Final = "not_applicable"
_DONE: Final = {1.0: "yes", 0.5: "partly", 0.0: "no"}
#: What stands behind the words of a question that takes several columns, and what its own codes mean.
_OWN_WORDS: Final[Mapping[str, Words]] = {
    "no": {"fa": "خیر", "ar": "لا", "en": "No"},
    "yes": {"fa": "بله", "ar": "نعم", "en": "Yes"},
    "partly": {"fa": "تا اندازه‌ای", "ar": "جزئيًا", "en": "Partly"},
    "done": {"fa": "انجام شد؟", "ar": "هل تم؟", "en": "done?"},
    "why": {"fa": "چرا نشد؟", "ar": "لماذا لم يتم؟", "en": "why not?"},
    "other": {"fa": "به زبان خودشان", "ar": "بكلماتهم", "en": "in their own words"},
    "found": {"fa": "پیدا شد؟", "ar": "هل وُجد؟", "en": "found?"},
    "seconds": {"fa": "ثانیه", "ar": "بالثواني", "en": "seconds"},
    NOT_APPLICABLE: {"fa": "مصداق ندارد", "ar": "لا ينطبق", "en": "Not applicable"},
}
#: Values are names; they have an order; they can be reckoned with.
Measure = Literal["nominal", "ordinal", "scale"]
Value = float | str | None


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of the table.

    Attributes
    ----------
    name
        Latin letters, digits, ``_``: what a file calls it; unique in the table.
    label
        The question (and row) in words.
    kind
        See `Kind`.
    codes
        What the values of a choice mean, in words.
    read
        Takes the value out of an answer.
    key
        Of the answer: the question's id.
    meanings
        What numbers mean, in words: the ends of a scale, its points where each has words, 0 and 1 of yes and no.
    measure
        Of its values.
    highest
        The highest point of the scale that a number stands on; None where it is no scale's.
    """

    name: str
    label: str
    kind: Kind
    key: str
    read: Callable[[Answer], Value] = field(repr=False)
    codes: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[float, str] = field(default_factory=dict)
    measure: Measure = "nominal"
    highest: float | None = None


def table_columns(survey: Survey, language: str) -> tuple[TableColumn, ...]:
    """Return the columns that the answers to a survey take.

    A choice of one is a column of ids; of several a column each, 1 or 0; a table a column a row; a repeated page has
    the columns of its questions once for each choice that it may be asked for.

    Parameters
    ----------
    language
        Of labels and codes; where a text is missing, the survey's first language.
    """
    said = _Sayer(language, survey.languages)
    found: list[TableColumn] = []
    for page in survey.pages:
        over = survey.question(page.repeats_for) if page.repeats_for else None
        items = getattr(over, "choices", ()) if over is not None else ()
        for question in page.questions:
            if isinstance(question, Statement):
                continue
            if not page.repeats_for:
                found += _of(question, question.question_id, question.question_id, "", said)
            for item in items:
                key = f"{question.question_id}@{item.choice_id}"
                name = f"{question.question_id}_{item.choice_id}"
                found += _of(question, key, name, said(item.words, item.choice_id), said)
    return tuple(_with_own_names(found))


def values(columns: Sequence[TableColumn], answers: Answers) -> tuple[Value, ...]:
    """Return the line of one response; None where nothing was answered."""
    return tuple(
        None if (answer := answers.get(column.key)) is None else column.read(answer) for column in columns
    )


class _Sayer:
    """Says words in a language, else in the survey's first one."""

    def __init__(self, language: str, languages: Sequence[str]) -> None:
        self._languages = (language, *languages)

    def __call__(self, words: Words, otherwise: str) -> str:
        """Return the words without what is filled in while one answers."""
        there = (words[each] for each in self._languages if words.get(each))
        return re.sub(r"\{\{\s*[^{}]*\}\}", "…", next(there, otherwise))

    def no_yes(self) -> dict[float, str]:
        """Return what 0 and 1 mean."""
        return {0.0: self.own("no"), 1.0: self.own("yes")}

    def own(self, name: str) -> str:
        """Return one of `_OWN_WORDS`; in English where it is in none of the languages."""
        return self(_OWN_WORDS[name], _OWN_WORDS[name]["en"])

    def ends(self, lowest: float, low: Words, highest: float, high: Words) -> dict[float, str]:
        """Return what the ends of a scale mean, where words stand at them."""
        said = {float(lowest): self(low, ""), float(highest): self(high, "")}
        return {value: words for value, words in said.items() if words}


def _of(question: Question, key: str, name: str, item: str, said: _Sayer) -> Iterator[TableColumn]:
    title = said(question.title, question.question_id)
    label = f"{title} – {item}" if item else title
    kinds: dict[type, Callable[..., Iterator[TableColumn]]] = {
        Single: _of_single,
        Multiple: _of_multiple,
        Matrix: _of_matrix,
        Dual: _of_dual,
        Differential: _of_rows,
        Ranking: _of_choices,
        ConstantSum: _of_choices,
        Goal: _of_goal,
        TreeTest: _of_findability,
        FirstClick: _of_findability,
    }
    make = kinds.get(type(question), _of_one)
    yield from make(question, key, name, label, said)


def _of_one(question: Question, key: str, name: str, label: str, said: _Sayer) -> Iterator[TableColumn]:
    if isinstance(question, File):
        yield TableColumn(
            name, label, "number", key, lambda answer: float(len(answer.files)), measure="scale"
        )
    elif isinstance(question, Scored) or question.metric in {"number", "consent"}:
        yield _of_number(question, key, name, label, said)
        if question.can_not_apply:
            yield TableColumn(
                f"{name}_na",
                f"{label} – {said.own(NOT_APPLICABLE)}",
                "number",
                key,
                lambda each: float(each.does_not_apply),
                meanings=said.no_yes(),
            )
    else:
        kind: Kind = "day" if isinstance(question, Date) else "text"
        measure: Measure = "scale" if kind == "day" else "nominal"
        yield TableColumn(name, label, kind, key, lambda answer: answer.text or None, measure=measure)


def _of_number(question: Question, key: str, name: str, label: str, said: _Sayer) -> TableColumn:
    if not isinstance(question, Scored):
        is_consent = question.metric == "consent"
        meanings = said.no_yes() if is_consent else {}
        measure: Measure = "nominal" if is_consent else "scale"
        return TableColumn(name, label, "number", key, _number, meanings=meanings, measure=measure)
    scale = question.scale
    ends = said.ends(scale.lowest, question.low_words, scale.highest, question.high_words)
    return TableColumn(
        name,
        label,
        "number",
        key,
        _number,
        meanings=ends,
        measure="scale" if isinstance(question, Slider) else "ordinal",
        highest=float(scale.highest),
    )


def _of_single(question: Single, key: str, name: str, label: str, said: _Sayer) -> Iterator[TableColumn]:
    yield TableColumn(name, label, "choice", key, _first, _codes(question, said))
    if any(choice.is_other for choice in question.choices):
        yield TableColumn(
            f"{name}_other", f"{label} – {said.own('other')}", "text", key, lambda answer: answer.text or None
        )


def _of_multiple(question: Multiple, key: str, name: str, label: str, said: _Sayer) -> Iterator[TableColumn]:
    for choice in question.choices:

        def chose(answer: Answer, chosen: str = choice.choice_id) -> Value:
            return None if answer.does_not_apply else float(chosen in answer.choices)

        words = said(choice.words, choice.choice_id)
        yield TableColumn(
            f"{name}_{choice.choice_id}", f"{label} – {words}", "number", key, chose, meanings=said.no_yes()
        )
    if any(choice.is_other for choice in question.choices):
        yield TableColumn(
            f"{name}_other", f"{label} – {said.own('other')}", "text", key, lambda answer: answer.text or None
        )


def _of_matrix(question: Matrix, key: str, name: str, label: str, said: _Sayer) -> Iterator[TableColumn]:
    codes = {column.choice_id: said(column.words, column.choice_id) for column in question.columns}
    for row in question.rows:
        words = f"{label} – {said(row.words, row.choice_id)}"
        if question.is_scale:
            yield TableColumn(
                f"{name}_{row.choice_id}",
                words,
                "number",
                key,
                _row(row.choice_id, _number),
                meanings={float(place): called for place, called in enumerate(codes.values(), 1)},
                measure="ordinal",
                highest=float(len(codes)),
            )
        elif not question.is_multiple:
            yield TableColumn(
                f"{name}_{row.choice_id}", words, "choice", key, _row(row.choice_id, _first), codes
            )
        else:
            for column, called in codes.items():

                def chose(answer: Answer, chosen: str = column) -> Value:
                    return float(chosen in answer.choices)

                yield TableColumn(
                    f"{name}_{row.choice_id}_{column}",
                    f"{words} – {called}",
                    "number",
                    key,
                    _row(row.choice_id, chose),
                    meanings=said.no_yes(),
                )


def _of_dual(question: Dual, key: str, name: str, label: str, said: _Sayer) -> Iterator[TableColumn]:
    for row in question.rows:
        for side, side_words in (("first", question.first_words), ("second", question.second_words)):
            words = f"{label} – {said(row.words, row.choice_id)} – {said(side_words, side)}"
            read = _row(f"{row.choice_id}.{side}", _number)
            yield TableColumn(
                f"{name}_{row.choice_id}_{side}",
                words,
                "number",
                key,
                read,
                meanings=said.ends(1, question.low_words, question.points, question.high_words),
                measure="ordinal",
                highest=float(question.points),
            )


def _of_rows(question: Differential, key: str, name: str, label: str, said: _Sayer) -> Iterator[TableColumn]:
    for row in question.rows:
        ends = f"{said(row.words, row.choice_id)} … {said(row.opposite, '')}"
        yield TableColumn(
            f"{name}_{row.choice_id}",
            f"{label} – {ends}",
            "number",
            key,
            _row(row.choice_id, _number),
            meanings=said.ends(1, row.words, question.points, row.opposite),
            measure="ordinal",
            highest=float(question.points),
        )


def _of_choices(
    question: Ranking | ConstantSum, key: str, name: str, label: str, said: _Sayer
) -> Iterator[TableColumn]:
    for choice in question.choices:
        words = f"{label} – {said(choice.words, choice.choice_id)}"
        yield TableColumn(
            f"{name}_{choice.choice_id}",
            words,
            "number",
            key,
            _row(choice.choice_id, _number),
            measure="ordinal" if isinstance(question, Ranking) else "scale",
        )


def _of_goal(question: Goal, key: str, name: str, label: str, said: _Sayer) -> Iterator[TableColumn]:
    yield TableColumn(name, label, "choice", key, _first, _codes(question, said))
    done = {each: said.own(each) for each in _DONE.values()}
    yield TableColumn(
        f"{name}_done",
        f"{label} – {said.own('done')}",
        "choice",
        key,
        lambda each: None if each.value is None else _DONE.get(each.value),
        done,
    )
    if question.asks_why:
        yield TableColumn(
            f"{name}_why", f"{label} – {said.own('why')}", "text", key, lambda answer: answer.text or None
        )


def _of_findability(
    _: TreeTest | FirstClick, key: str, name: str, label: str, said: _Sayer
) -> Iterator[TableColumn]:
    yield TableColumn(name, label, "text", key, lambda each: each.choices[-1] if each.choices else None)
    found, seconds = (f"{label} – {said.own(each)}" for each in ("found", "seconds"))
    yield TableColumn(f"{name}_found", found, "number", key, _number, meanings=said.no_yes())
    yield TableColumn(
        f"{name}_seconds", seconds, "number", key, lambda answer: answer.seconds, measure="scale"
    )


def _codes(question: Single | Goal, said: _Sayer) -> dict[str, str]:
    codes = {choice.choice_id: said(choice.words, choice.choice_id) for choice in question.choices}
    return {**codes, NOT_APPLICABLE: said.own(NOT_APPLICABLE)} if question.can_not_apply else codes


def _number(answer: Answer) -> Value:
    return answer.value


def _first(answer: Answer) -> Value:
    return NOT_APPLICABLE if answer.does_not_apply else next(iter(answer.choices), None)


def _row(row: str, read: Callable[[Answer], Value]) -> Callable[[Answer], Value]:
    def of_row(answer: Answer) -> Value:
        found = answer.rows.get(row)
        return None if found is None else read(found)

    return of_row


def _with_own_names(columns: Sequence[TableColumn]) -> Iterator[TableColumn]:
    """Yield the columns with names that a tool takes: letters first, no two alike without regard to capitals."""
    taken: set[str] = set()
    for column in columns:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", column.name)
        base = plain if plain[:1].isalpha() else f"q_{plain}"
        name, turn = base[:60], 2
        while name.lower() in taken:
            name, turn = f"{base[:56]}_{turn}", turn + 1
        taken.add(name.lower())
        yield replace(column, name=name)
