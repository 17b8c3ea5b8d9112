"""Generated journeys with all that the lanes of a map show: answers with comments, promises and money on each step.

One event in twenty-five is an answer to the question of one of the twelve steps, one in three of these with a comment;
the second event name of each step brings money, and keeps what the first one promises within two days.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

import numpy as np

from safar.vocabulary.event import Coded, EventColumns

from .journeys_generate import PROPERTIES, Chunk, columns_of
from .journeys_log import EVENTS

STEPS: Final = {f"step_{number:02d}": EVENTS[2 * number : 2 * number + 2] for number in range(12)}
#: So many events for one answer, and answers for one comment.
_ANSWERS, _COMMENTS = 25, 3
_MOST: Final = 5
_VERBATIMS: Final = ("دیر رسید و کسی جواب نداد", "وصل الطلب في موعده", "It came late and nobody answered")
_ANSWER: Final = {"metric": "csat", "scale_min": 1, "scale_max": _MOST, "direction": "higher_is_better"}


def question_of(step: str) -> str:
    """Return the key of the question that is asked at a step."""
    return f"csat_{step}"


def dressed(chunk: Chunk) -> EventColumns:
    """Return the events of a chunk, some of them turned into answers, some with an amount."""
    rng = np.random.default_rng(chunk.first)
    count = len(chunk.event)
    is_answer = rng.integers(0, _ANSWERS, count) == 0
    said = _said()
    told = np.where(rng.integers(0, _COMMENTS, count) == 0, 1 + rng.integers(0, len(_VERBATIMS), count), 0)
    step, value = rng.integers(0, len(STEPS), count), rng.integers(0, _MOST, count)
    which = (step * _MOST + value) * (len(_VERBATIMS) + 1) + told
    brings = ~is_answer & (chunk.event % 2 == 1)
    return replace(
        columns_of(chunk),
        event_name=Coded(np.where(is_answer, len(EVENTS), chunk.event), [*EVENTS, "survey_answered"]),
        amount=np.where(brings, 1_000 * rng.integers(1, 1_000, count), 0),
        currency=Coded(brings.astype(np.int32), ["", "IRR"]),
        properties=Coded(
            np.where(is_answer, len(PROPERTIES) + which, chunk.properties).astype(np.int32),
            [*PROPERTIES, *said],
        ),
    )


def _said() -> list[str]:
    """Return every answer there is, as properties: by step, value and comment."""
    return [
        json.dumps(
            {**_ANSWER, "question_key": question_of(step), "value": value}
            | ({"verbatim": words} if words else {}),
            ensure_ascii=False,
        )
        for step in STEPS
        for value in range(1, _MOST + 1)
        for words in ("", *_VERBATIMS)
    ]


def binding_of(step: str) -> Any:
    """Return what a step of the map is bound to, on all lanes."""
    from safar.maps.anatomy import Binding, Promise

    first, second = STEPS[step]
    promise = Promise(
        promise_id=f"of_{step}",
        begins=f"Begins: {first}",
        kept_by=f"Kept: {second}",
        within="2d",
        goal=0.5,
    )
    return Binding(
        events=f"{step}: {first}, {second}",
        question_keys=(question_of(step),),
        promises=(promise,),
        revenue=f"Brings: {second}",
    )


def check_full(lived: Any) -> None:
    """Refuse a map of which a lane is empty at any step: what it takes would say nothing."""
    for step in lived.steps:
        (promise,) = step.promises
        full = step.customers and step.scores and step.voices and step.revenue and promise.decided
        if not full:
            raise SystemExit(f"A lane of {step.step} is empty.")
