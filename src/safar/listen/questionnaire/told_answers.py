"""Answers read back from events: what `events` tells of points, choices, rows of tables and numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from safar.listen.answer_counts import Scale

from . import questions as kinds
from .anatomy import Answer, Survey
from .controls import MOST_OTHER


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer belongs: a question, and its row where it is a table; empty otherwise."""

    question: kinds.Question
    row: str = ""


def places_of(survey: Survey) -> Mapping[str, Place]:
    """Return where answers belong by the question key that events tell: of kinds whose events say the whole answer."""
    found = {}
    for question in survey.questions:
        if isinstance(question, kinds.Matrix):
            for row in question.rows:
                found[f"{question.question_key}.{row.choice_id}"] = Place(question, row.choice_id)
        elif any(isinstance(question, kind) for kind in _READS):
            found[question.question_key] = Place(question)
    return found


def answer_of(place: Place, told: Mapping[str, Any]) -> Answer | None:
    """Return what an event says to a question, or to a row of it; None where the question does not take that.

    Examples
    --------
    >>> likely = Place(kinds.Nps(question_id="likely"))
    >>> answer_of(likely, {"value": 9}).value, answer_of(likely, {"value": 11})
    (9.0, None)
    """
    read = next(read for kind, read in _READS.items() if isinstance(place.question, kind))
    return read(place.question, told)


def _point(scale: Scale, told: Mapping[str, Any]) -> Answer | None:
    value = _value(told)
    return Answer(value=value) if value in scale.points else None


def _chosen(
    choices: tuple[kinds.Choice, ...], told: Mapping[str, Any], *, most: int | None = None
) -> Answer | None:
    said = told.get("choices")
    named = set(said) if isinstance(said, list) and all(isinstance(each, str) for each in said) else set()
    known = tuple(each.choice_id for each in choices if each.choice_id in named)
    if not named or len(known) < len(named) or (most is not None and len(known) > most):
        return None
    other = told.get("other")
    return Answer(choices=known, text=other[:MOST_OTHER] if isinstance(other, str) else "")


def _cell(question: kinds.Matrix, told: Mapping[str, Any]) -> Answer | None:
    if question.is_scale:
        return _point(question.scale, told)
    return _chosen(question.columns, told, most=None if question.is_multiple else 1)


def _number(question: kinds.Number, told: Mapping[str, Any]) -> Answer | None:
    value = _value(told)
    refused = value is None or (
        (question.lowest is not None and value < question.lowest)
        or (question.highest is not None and value > question.highest)
        or (question.is_whole and not value.is_integer())
    )
    return None if refused else Answer(value=value)


def _value(told: Mapping[str, Any]) -> float | None:
    value = told.get("value")
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


_READS: Final[Mapping[type[kinds.Asked], Callable[[Any, Mapping[str, Any]], Answer | None]]] = {
    kinds.Scored: lambda question, told: _point(question.scale, told),
    kinds.Single: lambda question, told: _chosen(question.choices, told, most=1),
    kinds.Multiple: lambda question, told: _chosen(question.choices, told, most=question.at_most),
    kinds.Matrix: _cell,
    kinds.Number: _number,
}
