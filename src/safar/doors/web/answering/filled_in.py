"""An answer back in the controls it was given with: what a page shows to who goes back to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.anatomy import Answer
from safar.listen.questionnaire.reading_choices import DONE
from safar.vocabulary.calendar import calendar as calendar_named
from safar.vocabulary.calendar import to_day

Values = dict[str, list[str]]


def values_of(question: kinds.Question, key: str, answer: Answer | None, *, calendar: str) -> Values:
    """Return what stands in the controls of a question, by their names.

    Parameters
    ----------
    calendar
        In which the respondent types days.
    """
    if answer is None:
        return {}
    if answer.does_not_apply:
        return {f"{key}.na": ["1"]}
    if isinstance(question, kinds.Date):
        return _day(key, answer.text, question.calendar or calendar)
    return _FILLED.get(type(question), _plainly)(key, answer)


def _plainly(key: str, answer: Answer) -> Values:
    """Points, choices and tables."""
    if answer.rows:
        return {f"{key}.{row}": _cell(cell) for row, cell in answer.rows.items()}
    if answer.choices:
        return {key: list(answer.choices), f"{key}.other": [answer.text] if answer.text else []}
    return {} if answer.value is None else {key: [_number(answer.value)]}


def _cell(answer: Answer) -> list[str]:
    return list(answer.choices) if answer.value is None else [_number(answer.value)]


def _goal(key: str, answer: Answer) -> Values:
    words: Mapping[float, str] = {value: word for word, value in DONE.items()}
    found: Values = {key: list(answer.choices), f"{key}.why": [answer.text] if answer.text else []}
    if answer.value is not None:
        found[f"{key}.done"] = [words[answer.value]]
    if "other" in answer.rows:
        found[f"{key}.other"] = [answer.rows["other"].text]
    return found


def _tree(key: str, answer: Answer) -> Values:
    *opened, chosen = answer.choices or ("",)
    given_up: Values = {} if chosen else {f"{key}.gave_up": ["1"]}
    return {f"{key}.opened": opened, key: [chosen] if chosen else [], **given_up}


def _click(key: str, answer: Answer) -> Values:
    x, y = answer.point or (0.0, 0.0)
    return {f"{key}.x": [f"{x:.5f}"], f"{key}.y": [f"{y:.5f}"]}


def _day(key: str, iso: str, calendar: str) -> Values:
    year, month, day = calendar_named(calendar).date(to_day(dt.date.fromisoformat(iso)))
    return {f"{key}.year": [str(year)], f"{key}.month": [str(month)], f"{key}.day": [str(day)]}


def _number(value: float) -> str:
    return f"{value:.10g}"


_FILLED: Final[Mapping[type[Any], Callable[[str, Answer], Values]]] = {
    kinds.Goal: _goal,
    kinds.TreeTest: _tree,
    kinds.FirstClick: _click,
    kinds.Consent: lambda key, answer: {key: ["yes" if answer.value else "no"]},
    kinds.File: lambda key, answer: {key: list(answer.files)},
    kinds.Text: lambda key, answer: {key: [answer.text]},
    kinds.Phone: lambda key, answer: {key: [answer.text]},
    kinds.Email: lambda key, answer: {key: [answer.text]},
}
