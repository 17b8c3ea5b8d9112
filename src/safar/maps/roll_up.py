"""Roll-up: what a nested map says of the step that it shows in detail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from safar.vocabulary.interval import Estimate

from .emotion import Emotion
from .lived import LivedMap, PromiseKept
from .pains import Pain
from .scores import StepScore

_MOST_PAINS: Final = 3


@dataclass(frozen=True, slots=True)
class RolledUp:
    """A nested map in a few numbers.

    Attributes
    ----------
    customers
        Who were at any of its steps, each counted once; None where none is bound to events.
    fitness, coverage
        As of conformance.
    worst_scores
        For each metric and scale the step with the lowest score, with that score; in the order of `safar.listen`.
    worst_said
        The step where what is said is saddest, and what is said there; None where nothing is.
    promises
        Every promise with its step, the least kept first; those of which nothing is decided are left out.
    pains
        The three heaviest.
    """

    customers: int | None
    fitness: Estimate | None
    coverage: Estimate | None
    worst_scores: tuple[tuple[str, StepScore], ...]
    worst_said: tuple[str, Emotion] | None
    promises: tuple[tuple[str, PromiseKept], ...]
    pains: tuple[Pain, ...]


def roll_up(lived: LivedMap) -> RolledUp:
    """Return what a nested map, as it is lived, says of the step that it shows in detail.

    Scores of different metrics are not compared with each other, so there is a worst one of each.
    """
    flow = lived.conformance
    worst: dict[tuple[str, tuple[int, int]], tuple[str, StepScore]] = {}
    for reading in lived.steps:
        for score in reading.scores:
            known = worst.get((score.metric, score.scale))
            if score.estimate is not None and (known is None or _value(score) < _value(known[1])):
                worst[score.metric, score.scale] = reading.step, score
    said = [(each.step, each.said) for each in lived.steps if each.said is not None]
    promises = [
        (each.step, promise) for each in lived.steps for promise in each.promises if promise.kept is not None
    ]
    return RolledUp(
        None if flow is None else flow.customers,
        None if flow is None else flow.fitness,
        None if flow is None else flow.coverage,
        tuple(
            worst[key]
            for key in sorted(worst, key=lambda key: (("nps", "csat", "ces").index(key[0]), key[1]))
        ),
        min(said, key=lambda each: each[1].value) if said else None,
        tuple(sorted(promises, key=lambda each: each[1].kept.value if each[1].kept else 1.0)),
        lived.pains[:_MOST_PAINS],
    )


def _value(score: StepScore) -> float:
    return score.estimate.value if score.estimate is not None else float("inf")
