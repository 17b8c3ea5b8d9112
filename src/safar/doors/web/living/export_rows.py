"""The numbers of a lived map as rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from safar.doors.web.design.table import Column
from safar.maps.lived import LivedMap, StepReading

from .scene import Scene

Line = list[object]
Lines = tuple[list[Column], Iterator[Line]]


def lived_lines(scene: Scene, lived: LivedMap) -> Lines:
    """Return the numbers of a lived map as rows: one for each step and number, raw.

    ``number`` says what it is: ``customers``, ``lost_share``, ``nps``, ``csat`` (a share), ``ces``, ``emotion_said``,
    ``emotion_behaved``, ``promise_kept_share``, ``events``, ``revenue_minor``, ``cost_minor``; of the whole journey
    ``fitness``, ``coverage``, and ``move_designed``, ``move_skip``, ``move_off_map``, whose ``n`` is customers.
    """
    heads = ("step_id", "step", "number", "of", "value", "low", "high", "n")
    return [Column(head, head) for head in heads], _numbers(scene, lived)


def _numbers(scene: Scene, lived: LivedMap) -> Iterator[Line]:
    for reading in lived.steps:
        for number in (*_walked(reading), *_told(reading), *_counted(reading)):
            yield [reading.step, scene.step_name(reading.step), *number]
    for number in _of_journey(lived):
        yield ["", "", *number]


def _walked(reading: StepReading) -> Iterator[Line]:
    if reading.customers is not None:
        yield ["customers", "", reading.customers, None, None, None]
    if reading.lost is not None:
        yield ["lost_share", "", *_estimate(reading.lost)]


def _told(reading: StepReading) -> Iterator[Line]:
    for score in reading.scores:
        if score.estimate is not None:
            yield [score.metric, score.question_key, *_estimate(score.estimate)]
    for name, emotion in (("emotion_said", reading.said), ("emotion_behaved", reading.behaved)):
        if emotion is not None:
            yield [name, "", *_estimate(emotion)]
    for promise in reading.promises:
        if promise.kept is not None:
            yield ["promise_kept_share", promise.promise_id, *_estimate(promise.kept)]


def _counted(reading: StepReading) -> Iterator[Line]:
    for channel, count in reading.channels:
        yield ["events", channel, count, None, None, None]
    for name, amounts in (("revenue_minor", reading.revenue), ("cost_minor", reading.cost)):
        for money in amounts:
            yield [name, money.currency, money.minor, None, None, None]


def _of_journey(lived: LivedMap) -> Iterator[Line]:
    found = lived.conformance
    if found is None:
        return
    for name, estimate in (("fitness", found.fitness), ("coverage", found.coverage)):
        if estimate is not None:
            yield [name, "", *_estimate(estimate)]
    for move in found.moves:
        yield [f"move_{move.kind}", f"{move.source} > {move.target}", move.count, None, None, move.customers]


def _estimate(found: Any) -> Line:
    ends = found.interval
    return [found.value, None if ends is None else ends.low, None if ends is None else ends.high, found.n]
