"""Checks of each question by itself: has it something to choose, do its bounds leave room."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from safar.vocabulary.errors import Json
from safar.vocabulary.phone import has_telephone_plan

from . import questions as kinds
from .anatomy import Survey
from .events import EXPLAINED
from .findings import Finding
from .paths import asked
from .reading_tasks import places

#: A code, a field of the question, and facts.
_Wrong = Iterator[tuple[str, str, dict[str, Json]]]


def questions(survey: Survey) -> Iterator[Finding]:
    """Yield what is wrong with questions by themselves."""
    for path, _, question in asked(survey):
        for look in (_parts, _choices, _reserved, *_LOOKS.get(type(question), ())):
            for code, field, facts in look(question):
                yield Finding(code, f"{path}{field}", facts)
        if isinstance(question, kinds.Text) and question.comments_on:
            yield from _explains(survey, path, question)


def _explains(survey: Survey, path: str, question: kinds.Text) -> Iterator[Finding]:
    about = survey.question(question.comments_on)
    facts: dict[str, Json] = {"question": question.comments_on}
    if about is None:
        yield Finding("comments.on_nothing", f"{path}.comments_on", facts)
    elif not isinstance(about, EXPLAINED):
        yield Finding("comments.on_many", f"{path}.comments_on", facts)


#: What a kind must have of, and how many at least.
_NEEDS: Final[Mapping[type[kinds.Asked], Mapping[str, int]]] = {
    kinds.Single: {"choices": 1},
    kinds.Multiple: {"choices": 1},
    kinds.Matrix: {"rows": 1, "columns": 1},
    kinds.Dual: {"rows": 1},
    kinds.Differential: {"rows": 1},
    kinds.Ranking: {"choices": 1},
    kinds.ConstantSum: {"choices": 1},
    kinds.TreeTest: {"nodes": 1},
    kinds.FirstClick: {"areas": 1},
    kinds.Goal: {"choices": 1},
    kinds.File: {"takes": 1},
}


def _parts(question: kinds.Question) -> _Wrong:
    for field, least in _NEEDS.get(type(question), {}).items():
        if len(getattr(question, field)) < least:
            yield "question.no_parts", f".{field}", {"part": field}


def _choices(question: kinds.Question) -> _Wrong:
    for field in ("choices", "rows", "columns"):
        parts: tuple[kinds.Choice, ...] = getattr(question, field, ())
        for part in parts:
            if not any(part.words.values()) and not part.picture:
                yield "choice.empty", f".{field}[{part.choice_id}]", {"choice": part.choice_id}
        if sum(part.is_other for part in parts) > 1:
            yield "question.two_others", f".{field}", {}


def _reserved(question: kinds.Question) -> _Wrong:
    names = [each.choice_id for each in getattr(question, "rows", ())]
    if isinstance(question, kinds.Ranking | kinds.ConstantSum):
        names = [each.choice_id for each in question.choices]
    if question.can_not_apply and "na" in names:
        yield "choice.reserved", "", {"choice": "na"}


def _slider(question: kinds.Slider) -> _Wrong:
    if question.lowest >= question.highest:
        yield _crossed("", question.lowest, question.highest)
    elif question.lowest + question.step > question.highest:
        yield "scale.too_few", ".step", {}


def _multiple(question: kinds.Multiple) -> _Wrong:
    room = sum(not each.is_exclusive for each in question.choices)
    most = room if question.at_most is None else min(question.at_most, room)
    if question.choices and question.at_least > most:
        yield _crossed(".at_least", question.at_least, most)


def _matrix(question: kinds.Matrix) -> _Wrong:
    if question.is_scale and len(question.columns) == 1:
        yield "scale.too_few", ".columns", {}
    if question.is_scale and question.is_multiple:
        yield "scale.of_many", ".is_multiple", {}


def _text(question: kinds.Text) -> _Wrong:
    if question.at_least > question.at_most:
        yield _crossed(".at_least", question.at_least, question.at_most)


def _number(question: kinds.Number) -> _Wrong:
    if question.lowest is not None and question.highest is not None and question.lowest > question.highest:
        yield _crossed(".lowest", question.lowest, question.highest)


def _date(question: kinds.Date) -> _Wrong:
    days = {"earliest": question.earliest, "latest": question.latest}
    for field, text in days.items():
        try:
            is_day = not text or dt.date.fromisoformat(text).isoformat() == text
        except ValueError:
            is_day = False
        if not is_day:
            yield "date.unreadable", f".{field}", {"text": text}
            return
    if all(days.values()) and question.earliest > question.latest:
        yield "question.bounds_crossed", ".earliest", {"least": question.earliest, "most": question.latest}


def _phone(question: kinds.Phone) -> _Wrong:
    if question.region and not has_telephone_plan(question.region.upper()):
        yield "phone.region", ".region", {"region": question.region}


def _consent(question: kinds.Consent) -> _Wrong:
    if not question.purpose:
        yield "consent.no_purpose", ".purpose", {}


def _tree(question: kinds.TreeTest) -> _Wrong:
    found = Counter(node.node_id for _, node in places(question.nodes))
    for name, count in found.items():
        if count > 1:
            yield "tree.twice", ".nodes", {"place": name}
    unknown = [each for each in question.right if each not in found]
    if unknown or not question.right:
        yield "tree.no_right", ".right", {"places": list[Json](unknown)}


def _click(question: kinds.FirstClick) -> _Wrong:
    if not question.picture:
        yield "click.no_picture", ".picture", {}
    if question.areas and not any(area.is_right for area in question.areas):
        yield "click.no_right", ".areas", {}
    for area in question.areas:
        if area.x + area.width > 1 or area.y + area.height > 1 or not area.width or not area.height:
            yield "click.outside", f".areas[{area.area_id}]", {"area": area.area_id}


def _crossed(field: str, least: float, most: float) -> tuple[str, str, dict[str, Json]]:
    return "question.bounds_crossed", field, {"least": least, "most": most}


_LOOKS: Final[Mapping[type[kinds.Asked], tuple[Callable[[Any], _Wrong], ...]]] = {
    kinds.Slider: (_slider,),
    kinds.Multiple: (_multiple,),
    kinds.Matrix: (_matrix,),
    kinds.Text: (_text,),
    kinds.Number: (_number,),
    kinds.Date: (_date,),
    kinds.Phone: (_phone,),
    kinds.Consent: (_consent,),
    kinds.TreeTest: (_tree,),
    kinds.FirstClick: (_click,),
}
