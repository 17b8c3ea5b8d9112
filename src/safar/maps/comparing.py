"""Compare: how two times or two personas live one map, every number with its difference, corrected for many looks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from safar.observe.conformance import StepLived
from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import (
    FEWEST_FOR_VERDICT,
    Estimate,
    Interval,
    difference,
    normal_quantile,
    share,
)
from safar.vocabulary.many_looks import checked_rate, standing_out

from .emotion import Emotion
from .lived import LivedMap, StepReading
from .lived_question import LivedQuestion

#: The false discovery rate where nobody asks for another.
USUAL_RATE: Final = 0.05


class MapsApart(Refusal, ValueError):
    """Two lived maps that are not of one design."""

    code = "map.apart"


@dataclass(frozen=True, slots=True)
class LivedDifference:
    """How one number differs.

    Attributes
    ----------
    step
        Of which step; empty for the whole map.
    number
        Which: ``fitness``, ``coverage``; ``reach`` (share of the map's customers who were at the step), ``lost``,
        ``retried``, ``went_back``, ``contacted`` (shares of passages), ``score``, ``said``, ``kept``.
    of
        What a score or a promise is of: ``question key · metric · scale``, the promise's id; else empty.
    one, other
        The number on either side.
    difference
        ``other - one`` with an interval.
    p_value
        Of no difference, from the intervals.
    stands_out
        Whether Benjamini and Hochberg's rule keeps it among all numbers that are compared, and neither side is tiny.
    """

    step: str
    number: str
    of: str
    one: Estimate
    other: Estimate
    difference: Estimate
    p_value: float
    stands_out: bool


@dataclass(frozen=True, slots=True)
class LivedComparison:
    """How two lived maps differ.

    Attributes
    ----------
    differences
        In the order of the map: the whole first, then step by step.
    rate
        The false discovery rate.
    notes
        ``map.overlap``: customers may be on both sides, of whom nothing is known to be independent; intervals are those
        of two samples that share nobody.
    """

    differences: tuple[LivedDifference, ...]
    rate: float
    notes: tuple[Note, ...]

    def of(self, step: str, number: str, of: str = "") -> LivedDifference | None:
        """Return one difference, or None."""
        wanted = step, number, of
        return next((each for each in self.differences if (each.step, each.number, each.of) == wanted), None)

    @property
    def table(self) -> Table:
        """One row a number: both sides and the difference, each with the ends of its interval."""
        rows = self.differences
        plain = ("step", "number", "of")
        return Table.of(
            {
                **{name: [getattr(row, name) for row in rows] for name in plain},
                **estimates("one", [row.one for row in rows]),
                **estimates("other", [row.other for row in rows]),
                **estimates("difference", [row.difference for row in rows]),
                "p_value": [row.p_value for row in rows],
                "stands_out": [row.stands_out for row in rows],
            }
        )


def compare_lived(one: LivedMap, other: LivedMap, *, rate: float = USUAL_RATE) -> LivedComparison:
    """Return how two times, or two personas, differ on one map.

    Parameters
    ----------
    one, other
        The same map, lived at another time or by others. What is `behaved` is an index beside the map's own median
        step, so its signs are compared in its place.
    rate
        The false discovery rate.

    Returns
    -------
    LivedComparison
        Numbers that only one side has are left out.

    Raises
    ------
    MapsApart
        They are not of one design.
    ImpossibleRate

    Notes
    -----
    Differences by the MOVER rule (`safar.vocabulary.interval.difference`), for independent samples. The p-value takes
    the half of the difference's interval that points to 0 for the normal quantile times its standard error.

    Source: Y. Benjamini, Y. Hochberg (1995), JRSS B 57.
    """
    checked_rate(rate)
    _check_alike(one, other)
    ones, others = dict(_numbers(one)), dict(_numbers(other))
    found = [
        (key, ones[key], others[key], difference(others[key], ones[key])) for key in ones if key in others
    ]
    p_values = [_p_value(change) for *_, change in found]
    kept = standing_out(p_values, rate=rate)
    return LivedComparison(
        tuple(
            LivedDifference(*key, a, b, change, p, stands and change.n >= FEWEST_FOR_VERDICT)
            for (key, a, b, change), p, stands in zip(found, p_values, kept, strict=True)
        ),
        rate,
        (Note.of("map.overlap"),),
    )


_Key = tuple[str, str, str]


def _numbers(lived: LivedMap) -> Iterator[tuple[_Key, Estimate]]:
    """Yield every number of a lived map that has an interval."""
    level = _question(lived).level
    flow = lived.conformance
    if flow is not None:
        for name, ratio in (("fitness", flow.fitness), ("coverage", flow.coverage)):
            if ratio is not None:
                yield ("", name, ""), ratio
    at = {} if flow is None else {step.step: step for step in flow.steps}
    for reading in lived.steps:
        if flow is not None and reading.step in at:
            yield from _of_flow(at[reading.step], flow.customers, level)
        yield from _of_words(reading)


def _of_flow(step: StepLived, customers: int, level: float) -> Iterator[tuple[_Key, Estimate]]:
    reach = share(step.customers, customers, level=level)
    if reach is not None:
        yield (step.step, "reach", ""), reach
    if step.lost is not None:
        yield (step.step, "lost", ""), step.lost
    for name in ("retried", "went_back", "contacted"):
        # A customer's passages are one another's like: as many independent ones as customers.
        effective = min(step.passages, step.customers)
        if effective:
            value = getattr(step, name) / step.passages
            found = share(round(value * effective), effective, level=level)
            if found is not None:
                yield (step.step, name, ""), Estimate(value, _around(value, found), found.n)


def _around(value: float, found: Estimate) -> Interval:
    """Return the interval of a rounded count, reaching to the value itself."""
    of = found.interval
    return Interval(min(of.low, value), max(of.high, value), of.level)


def _of_words(reading: StepReading) -> Iterator[tuple[_Key, Estimate]]:
    for score in reading.scores:
        if score.estimate is not None:
            of = f"{score.question_key} · {score.metric} · {score.scale[0]}-{score.scale[1]}"
            yield (reading.step, "score", of), score.estimate
    if (said := _estimate(reading.said)) is not None:
        yield (reading.step, "said", ""), said
    for promise in reading.promises:
        if promise.kept is not None:
            yield (reading.step, "kept", promise.promise_id), promise.kept


def _estimate(emotion: Emotion | None) -> Estimate | None:
    if emotion is None or emotion.interval is None:
        return None
    return Estimate(emotion.value, emotion.interval, emotion.n)


def _p_value(change: Estimate) -> float:
    """Return the chance of a difference at least as large where there is none."""
    half = change.value - change.interval.low if change.value > 0 else change.interval.high - change.value
    if change.value == 0 or half <= 0:
        return 1.0 if change.value == 0 else 0.0
    z = abs(change.value) / half * normal_quantile(change.interval.level)
    return math.erfc(z / math.sqrt(2))


def _question(lived: LivedMap) -> LivedQuestion:
    question = lived.provenance.question
    assert isinstance(question, LivedQuestion)
    return question


def _check_alike(one: LivedMap, other: LivedMap) -> None:
    first, second = _question(one), _question(other)
    same = ("steps", "moves", "starts", "ends", "pause", "level")
    apart = [name for name in same if getattr(first, name) != getattr(second, name)]
    if apart:
        raise MapsApart(
            f"The two maps differ in their {' and '.join(apart)}.",
            hint="Compare two times, or two personas, of one map.",
            parts=", ".join(apart),
        )
