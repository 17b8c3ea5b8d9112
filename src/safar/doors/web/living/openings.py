"""What opens the rows behind a number of a sheet: its key in addresses, and the question and cell it stands for.

A key is a word and the ids of parts of the map, with dots between: ``lost.s1``, ``move.s1.s2``, ``promise.p1.open``,
``promises.kept``, ``unmapped.cart_viewed``. The last part may hold dots itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from safar.doors.web.design.asked_number import number_in
from safar.maps.lived import LivedMap
from safar.maps.lived_question import LivedQuestion
from safar.maps.pains import Opening, of_answers
from safar.observe.conditions import Condition
from safar.observe.conformance import ConformanceQuestion
from safar.observe.journey import Journey
from safar.observe.steps import StepRule
from safar.vocabulary.lifecycle import SURVEY_ANSWERED

#: Counts of a step that are opened by the same name.
OF_STEP: Final = frozenset(
    {"began", "ended", "open", "again", "skipped", "lost", "retried", "went_back", "contacted"}
)
#: Counts of the whole journey: what the key is called, and the number of its cell.
_OF_JOURNEY: Final = {"fitness": "off_map", "coverage": "skipped", "customers": "customers"}
#: Counts of a promise, and of all promises of a map: the trouble first, which is opened where none is named.
OF_PROMISE: Final = ("broken", "kept", "open")
_LONGEST: Final = 600

Asked = tuple[LivedQuestion, LivedMap]


def parts_of(key: str) -> tuple[str, list[str]]:
    """Return the word of a key, and its other parts."""
    word, _dot, rest = key[:_LONGEST].partition(".")
    if word == "unmapped":
        return word, [rest]
    return word, rest.split(".", 1) if rest else []


def openings(key: str, question: LivedQuestion, lived: LivedMap) -> tuple[Opening, ...]:
    """Return what opens the rows behind a number: who is behind any of these; none where there is no such number."""
    word, rest = parts_of(key)
    if word == "promises":
        ids = [each.promise_id for step in lived.steps for each in step.promises]
        found = [_promise((question, lived), [each, *rest]) for each in ids]
    else:
        found = [_opening(word, rest, question, lived)]
    return tuple(each for each in found if each is not None)


def _opening(word: str, rest: list[str], question: LivedQuestion, lived: LivedMap) -> Opening | None:
    if word in OF_STEP and len(rest) == 1:
        return _of_paths(question, step=rest[0], number=word)
    if word in _OF_JOURNEY and not rest:
        return _of_paths(question, number=_OF_JOURNEY[word])
    maker = _MAKERS.get(word)
    return maker((question, lived), rest) if maker is not None and rest else None


def _of_paths(question: LivedQuestion, **cell: str) -> Opening | None:
    asked = question.conformance
    return None if asked is None else Opening(asked, tuple(cell.items()))


def _step(asked: Asked, rest: list[str]) -> Opening | None:
    return _of_paths(asked[0], step=rest[0])


def _move(asked: Asked, rest: list[str]) -> Opening | None:
    return _of_paths(asked[0], source=rest[0], target=rest[1]) if len(rest) == 2 else None


def _unmapped(asked: Asked, rest: list[str]) -> Opening | None:
    return _of_paths(asked[0], unmapped=rest[0])


def _score(asked: Asked, rest: list[str]) -> Opening | None:
    """Return those who answered a question."""
    if len(rest) != 2 or not rest[1].strip():
        return None
    rule = StepRule(
        "answers", tuple(sorted(SURVEY_ANSWERED)), where=(Condition("question_key", values=(rest[1],)),)
    )
    return _of_rule(asked[0], rule)


def _unhappy(asked: Asked, rest: list[str]) -> Opening | None:
    """Return those who gave low answers to a question of a step."""
    step = next((each for each in asked[0].steps if each.step_id == rest[0]), None)
    reading = asked[1].step(rest[0])
    for score in reading.scores if reading is not None else ():
        if step is not None and rest[1:] == [score.question_key]:
            return next((pain.opening for pain in of_answers(asked[0], step, score, score.low)), None)
    return None


def _emotion(asked: Asked, rest: list[str]) -> Opening | None:
    """Return those who answered any question of a step, or were at it."""
    step = next((each for each in asked[0].steps if each.step_id == rest[0]), None)
    if step is None or rest[1:] == ["believed"]:
        return None
    if rest[1:] == ["said"]:
        if not step.question_keys:
            return None
        rule = StepRule(
            "answers",
            tuple(sorted(SURVEY_ANSWERED)),
            where=(Condition("question_key", values=step.question_keys),),
        )
        return _of_rule(asked[0], rule)
    return _of_paths(asked[0], step=rest[0])


def _voices(asked: Asked, rest: list[str]) -> Opening | None:
    return _emotion(asked, [rest[0], "said"])


def _pain(asked: Asked, rest: list[str]) -> Opening | None:
    reading = asked[1].step(rest[0])
    place = number_in(rest[1]) if len(rest) == 2 else None
    if reading is None or place is None or place >= len(reading.pains):
        return None
    return reading.pains[place].opening


def _promise(asked: Asked, rest: list[str]) -> Opening | None:
    kept = next(
        (each for step in asked[1].steps for each in step.promises if each.promise_id == rest[0]), None
    )
    if kept is None:
        return None
    number = rest[1] if len(rest) == 2 else OF_PROMISE[0]
    if number not in OF_PROMISE:
        return None
    return Opening(
        kept.opening.question, (*((n, v) for n, v in kept.opening.cell if n != "number"), ("number", number))
    )


def _money(which: str) -> Callable[[Asked, list[str]], Opening | None]:
    def opened(asked: Asked, rest: list[str]) -> Opening | None:
        step = next((each for each in asked[0].steps if each.step_id == rest[0]), None)
        rule = getattr(step, which) if step is not None else None
        return None if rule is None else _of_rule(asked[0], rule)

    return opened


def _of_rule(question: LivedQuestion, rule: StepRule) -> Opening:
    """Return those who did what a rule says: a journey of this one step."""
    alone = ConformanceQuestion(Journey((rule,), ()), question.window, among=question.among)
    return Opening(alone, (("step", rule.name),))


_MAKERS: Final[dict[str, Callable[[Asked, list[str]], Opening | None]]] = {
    "step": _step,
    "time": _step,
    "move": _move,
    "unmapped": _unmapped,
    "score": _score,
    "unhappy": _unhappy,
    "emotion": _emotion,
    "voices": _voices,
    "pain": _pain,
    "promise": _promise,
    "revenue": _money("revenue"),
    "cost": _money("cost"),
}
