"""A lived map as tables: a row a step, a score, a promise, a pain, a voice; moves are those of its conformance."""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from safar.store.table import Table, estimates
from safar.vocabulary.interval import Estimate

from .anatomy import JourneyMap, said
from .emotion import Emotion, beliefs, gap
from .lived import LivedMap, StepReading
from .voices import Voice

_PAIN: Final = ("step", "kind", "people", "severity", "weight")
_VOICE: Final = tuple(each.name for each in fields(Voice))


def steps_table(document: JourneyMap, lived: LivedMap, *, language: str = "") -> Table:
    """Return one row a step, in the order of reading.

    Parameters
    ----------
    document
        The map that was asked about.
    lived
        How it is lived.
    language
        In which names are wanted; the map's own where they are not written in it.

    Returns
    -------
    Table
        ``step``, ``stage`` and ``name``; ``customers``; ``lost`` with the ends of its interval; ``said`` with the ends
        of its interval and its ``n``, ``behaved`` with the ends of its interval, ``believed``, and ``gap``, how far the
        belief lies above what is said, all from -2 to +2; ``kept``, the share of the least kept promise; ``pains``,
        their weight together. Null where nothing is known.
    """
    believed = beliefs(document)
    places = [(stage, step) for stage in document.stages for step in stage.steps]
    readings = {each.step: each for each in lived.steps}
    steps = [readings[step.step_id] for _, step in places]
    beliefs_at = [believed.get(each.step) for each in steps]
    gaps = [gap(belief, each.said) for belief, each in zip(beliefs_at, steps, strict=True)]
    return Table.of(
        {
            "step": [each.step for each in steps],
            "stage": [
                said(stage.name, language, *document.languages) or stage.stage_id for stage, _ in places
            ],
            "name": [said(step.name, language, *document.languages) or step.step_id for _, step in places],
            "customers": [each.customers for each in steps],
            **estimates("lost", [each.lost for each in steps]),
            **_emotions("said", [each.said for each in steps]),
            "said_n": [each.said.n if each.said else 0 for each in steps],
            **_emotions("behaved", [each.behaved for each in steps]),
            "believed": [belief.value if belief else None for belief in beliefs_at],
            "gap": [each.value if each else None for each in gaps],
            "kept": [_least_kept(each) for each in steps],
            "pains": [sum(pain.weight for pain in each.pains) for each in steps],
        }
    )


def scores_table(lived: LivedMap) -> Table:
    """Return one row a score: step, question key, metric, ``score`` with the ends of its interval, answers."""
    found = [(each.step, score) for each in lived.steps for score in each.scores]
    return Table.of(
        {
            "step": [step for step, _ in found],
            "question_key": [score.question_key for _, score in found],
            "metric": [score.metric for _, score in found],
            **estimates("score", [score.estimate for _, score in found]),
            "n": [score.n for _, score in found],
        }
    )


def promises_table(lived: LivedMap) -> Table:
    """Return one row a promise: ``kept`` with the ends of its interval, counts, the goal, the median time it took."""
    found = [(each.step, promise) for each in lived.steps for promise in each.promises]
    names = ("decided", "broken", "broken_customers", "open", "goal", "median")
    return Table.of(
        {
            "step": [step for step, _ in found],
            "promise": [promise.promise_id for _, promise in found],
            **estimates("kept", [promise.kept for _, promise in found]),
            **{name: [getattr(promise, name) for _, promise in found] for name in names},
        }
    )


def pains_table(lived: LivedMap) -> Table:
    """Return one row a pain, the heaviest first; what it is about is in ``about``, such as a promise or a step."""
    return Table.of(
        {
            **{name: [str(getattr(pain, name)) for pain in lived.pains] for name in _PAIN[:2]},
            **{name: [getattr(pain, name) for pain in lived.pains] for name in _PAIN[2:]},
            "about": [_about(dict(pain.facts)) for pain in lived.pains],
        }
    )


def voices_table(lived: LivedMap) -> Table:
    """Return one row a voice, without personal data: step, customer, words, the answer that they go with, when."""
    found = [(each.step, voice) for each in lived.steps for voice in each.voices]
    columns = {name: [getattr(voice, name) for _, voice in found] for name in _VOICE}
    return Table.of({"step": [step for step, _ in found], **columns})


def _about(facts: dict[str, str | int | float]) -> str:
    return next((str(facts[name]) for name in ("promise", "question", "target", "tags") if name in facts), "")


def _emotions(name: str, found: list[Emotion | None]) -> dict[str, list[float | None]]:
    ends = [each.interval if each else None for each in found]
    return {
        name: [each.value if each else None for each in found],
        f"{name}_low": [each.low if each else None for each in ends],
        f"{name}_high": [each.high if each else None for each in ends],
    }


def _least_kept(reading: StepReading) -> float | None:
    kept: list[Estimate] = [each.kept for each in reading.promises if each.kept is not None]
    return min((each.value for each in kept), default=None)
