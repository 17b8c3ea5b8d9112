"""Checks of question keys: a key has one metric, one scale and one direction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from safar.listen.answer_counts import Scale
from safar.listen.surveys import LOWER_IS_BETTER
from safar.vocabulary.errors import Json

from . import questions as kinds
from .anatomy import Survey
from .findings import Finding
from .paths import asked


@dataclass(frozen=True, slots=True)
class Measure:
    """What answers to a question key are measured on.

    Attributes
    ----------
    scale
        Lowest and highest point; None for what has no scale, such as words.
    direction
        Empty where there is no scale.
    """

    metric: str
    scale: tuple[int, int] | None = None
    direction: str = ""


def measures(question: kinds.Question) -> dict[str, Measure]:
    """Return the measure of every question key that answers of a question are told by; see `events`.

    Examples
    --------
    >>> measures(kinds.Csat(question_id="csat"))
    {'csat': Measure(metric='csat', scale=(1, 5), direction='higher_is_better')}
    """
    found = _MEASURES.get(type(question), _plain)(question)
    return {".".join(filter(None, (question.question_key, part))): measure for part, measure in found.items()}


def _plain(question: kinds.Question) -> dict[str, Measure]:
    return {"": Measure(question.metric)}


def _of_scale(scale: Scale, metric: str) -> Measure:
    return Measure(metric, (scale.lowest, scale.highest), scale.direction)


def _score(question: kinds.Scored) -> dict[str, Measure]:
    return {"": _of_scale(question.scale, question.metric)}


def _rows(question: kinds.Matrix | kinds.Differential) -> dict[str, Measure]:
    is_scale = isinstance(question, kinds.Differential) or question.is_scale
    measure = _of_scale(question.scale, question.metric) if is_scale else Measure("choice")
    return {row.choice_id: measure for row in question.rows}


def _dual(question: kinds.Dual) -> dict[str, Measure]:
    measure = _of_scale(question.scale, question.metric)
    return {f"{row.choice_id}.{side}": measure for row in question.rows for side in ("first", "second")}


def _ranking(question: kinds.Ranking) -> dict[str, Measure]:
    measure = _of_scale(Scale(1, len(question.choices), LOWER_IS_BETTER), question.metric)
    return {each.choice_id: measure for each in question.choices}


def _sum(question: kinds.ConstantSum) -> dict[str, Measure]:
    measure = _of_scale(Scale(0, question.total), question.metric)
    return {each.choice_id: measure for each in question.choices}


def _to(highest: int) -> Callable[[kinds.Question], dict[str, Measure]]:
    """Return the measure of a kind whose answer is a number from 0."""
    return lambda question: {"": _of_scale(Scale(0, highest), question.metric)}


_MEASURES: Final[Mapping[type[kinds.Asked], Callable[[Any], dict[str, Measure]]]] = {
    kinds.Nps: _score,
    kinds.Csat: _score,
    kinds.Ces: _score,
    kinds.Rating: _score,
    kinds.Slider: _score,
    kinds.Matrix: _rows,
    kinds.Differential: _rows,
    kinds.Dual: _dual,
    kinds.Ranking: _ranking,
    kinds.ConstantSum: _sum,
    kinds.Consent: _to(1),
    kinds.TreeTest: _to(1),
    kinds.FirstClick: _to(1),
    kinds.Goal: _to(2),
    kinds.Statement: lambda _question: {},
}


def measures_of(survey: Survey) -> dict[str, Measure]:
    """Return the measure of every question key of a survey: the first where it has several."""
    found: dict[str, Measure] = {}
    for question in survey.questions:
        for key, measure in measures(question).items():
            found.setdefault(key, measure)
    return found


def keys(survey: Survey) -> Iterator[Finding]:
    """Yield question keys that are given twice: as a warning, or as an error where they measure otherwise."""
    first: dict[str, tuple[str, Measure]] = {}
    for path, _, question in asked(survey):
        for key, measure in measures(question).items():
            at, known = first.setdefault(key, (path, measure))
            if at == path:
                continue
            facts: dict[str, Json] = {"key": key, "first": at}
            yield Finding("key.twice" if known == measure else "key.other_scale", f"{path}.key", facts)
            break
