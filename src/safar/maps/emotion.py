"""Emotion at a step, three ways on one scale: believed by the team, said in answers, shown by behaviour."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.listen.answer_counts import is_any, to_question
from safar.listen.surveys import DIRECTION, HIGHER_IS_BETTER, HIGHEST, LOWEST, VALUE
from safar.observe.conformance import StepLived
from safar.vocabulary.interval import Interval, normal_quantile, student_quantile
from safar.vocabulary.interval_by_customer import mean_by_customer

from .anatomy import JourneyMap, LaneKind

if TYPE_CHECKING:
    from safar.store.extracts import Rows

#: The scale of every emotion: dismayed … delighted.
MOST_DISMAYED: Final = -2.0
MOST_DELIGHTED: Final = 2.0
_WIDTH: Final = MOST_DELIGHTED - MOST_DISMAYED

#: Answers apart from the commonest one below which the spread cannot be trusted; see `interval.mean_on_scale`.
_ENOUGH_SPREAD: Final = 30
#: Passages below which behaviour shows nothing.
FEWEST_PASSAGES: Final = 10


@dataclass(frozen=True, slots=True)
class Emotion:
    """How people feel at a step, or are believed to.

    Attributes
    ----------
    value
        From -2, dismayed, to +2, delighted.
    interval
        How sure; None where nothing tells the spread.
    n
        Answers, passages or cards behind it.
    """

    value: float
    interval: Interval | None
    n: int


def beliefs(document: JourneyMap, *, persona: str | None = None) -> dict[str, Emotion]:
    """Return what the team believes people feel at each step: the mean of the cards in lanes of emotion.

    Parameters
    ----------
    document
        The designed map.
    persona
        Public id of a persona: only cards about it, or about all; every card when None.

    Returns
    -------
    dict
        By step id, in the order of reading, steps without such cards left out. A belief is no sample: no interval.
    """
    lanes = {lane.lane_id for lane in document.lanes if lane.kind is LaneKind.EMOTION}
    found: dict[str, list[float]] = {}
    for card in document.cards:
        is_about = persona is None or not card.personas or persona in card.personas
        if card.lane_id in lanes and card.emotion is not None and is_about:
            found.setdefault(card.step_id, []).append(card.emotion)
    return {
        step.step_id: Emotion(math.fsum(values) / len(values), None, len(values))
        for step in document.steps
        if (values := found.get(step.step_id))
    }


def gap(believed: Emotion | None, said: Emotion | None) -> Emotion | None:
    """Return how far the belief lies above what customers say, with the interval of what they say; None without either.

    >>> gap(Emotion(1.0, None, 2), Emotion(-0.5, Interval(-1.0, 0.0), 40))
    Emotion(value=1.5, interval=Interval(low=1.0, high=2.0, level=0.95), n=40)
    """
    if believed is None or said is None:
        return None
    of = said.interval
    interval = None if of is None else Interval(believed.value - of.high, believed.value - of.low, of.level)
    return Emotion(believed.value - said.value, interval, said.n)


def said_in(rows: Rows, question_keys: Sequence[str], level: float) -> Emotion | None:
    """Return what answers to some questions say of how people feel: their mean, each from its own scale.

    An answer :math:`v` on a scale from :math:`a` to :math:`b` is :math:`-2 + 4 (v - a)/(b - a)`; where low is better,
    the other way round. Answers of any metric count, whatever their scale.

    Parameters
    ----------
    rows
        Answers as `safar.listen.answer_counts.answers` gives them.
    question_keys
        Of the step.
    level
        Confidence level.

    Returns
    -------
    Emotion or None
        The interval is Student's, clustered by customer; while fewer than 30 answers differ from the commonest one, it
        reaches at least as far as that of the answers and half an answer more at either end of the scale
        (`safar.vocabulary.interval.mean_on_scale`). Below two customers there is none. None without answers.
    """
    rows = to_question(rows, *question_keys)
    low, high, value = (rows.fields[name].values for name in (LOWEST, HIGHEST, VALUE))
    wanted = (low < high) & (value >= low) & (value <= high)
    if not wanted.any():
        return None
    place = ((value - low)[wanted]) / ((high - low)[wanted])
    upwards = is_any(rows.fields[DIRECTION], HIGHER_IS_BETTER)[wanted]
    felt = MOST_DISMAYED + _WIDTH * np.where(upwards, place, 1 - place)
    return _mean(felt, rows.person[wanted], level)


def _mean(felt: NDArray[np.float64], person: NDArray[np.uint64], level: float) -> Emotion:
    """Return the mean of values that come by customer, its interval inside the scale."""
    _, whose = np.unique(person, return_inverse=True)
    sums, counts = np.bincount(whose, felt), np.bincount(whose).astype(np.float64)
    n = len(felt)
    found = mean_by_customer(
        math.fsum(felt.tolist()),
        n,
        len(sums),
        squares=float((sums * sums).sum()),
        products=float((sums * counts).sum()),
        n_squares=float((counts * counts).sum()),
        level=level,
    )
    if found is None:
        return Emotion(math.fsum(felt.tolist()) / n, None, n)
    low, high = found.interval.low, found.interval.high
    if n - int(np.unique(felt, return_counts=True)[1].max()) < _ENOUGH_SPREAD:
        size = n + 1.0
        centre = float(felt.sum()) / size
        squares = float((felt * felt).sum()) + MOST_DELIGHTED**2
        variance = max(0.0, (squares - size * centre * centre) / (size - 1))
        half = student_quantile(level, size - 1) * math.sqrt(variance / size)
        low, high = min(low, centre - half), max(high, centre + half)
    return Emotion(found.value, Interval(max(low, MOST_DISMAYED), min(high, MOST_DELIGHTED), level), n)


def signs_of(step: StepLived) -> dict[str, tuple[int, int]]:
    """Return what shows that a step is hard: by sign, in how many passages, of how many.

    ``lost`` (ended here though the journey does not; only of steps where it does not), ``retried``, ``went_back``,
    ``contacted``: see `safar.observe.conformance.StepLived`.
    """
    found = {
        "retried": (step.retried, step.passages),
        "went_back": (step.went_back, step.passages),
        "contacted": (step.contacted, step.passages),
    }
    if step.lost is not None:
        over = step.decided
        found["lost"] = round(step.lost.value * over), over
    return found


def references(steps: Sequence[StepLived]) -> dict[str, float]:
    """Return what is usual on this map: for each sign the median over the steps of its log odds."""
    by_sign: dict[str, list[float]] = {}
    for step in steps:
        if step.passages >= FEWEST_PASSAGES:
            for sign, (count, n) in signs_of(step).items():
                by_sign.setdefault(sign, []).append(_log_odds(count, n))
    return {sign: median(found) for sign, found in by_sign.items()}


def behaved(step: StepLived, usual: Mapping[str, float], level: float) -> Emotion | None:
    """Return what behaviour shows: an index of ease beside the map's own median step, no feeling.

    For each sign :math:`k` of `signs_of`, with :math:`o_k` the odds that a passage at the step shows it and
    :math:`m_k` those of the map's median step, Yule's

    .. math:: Q_k = \\frac{m_k - o_k}{m_k + o_k} = \\tanh\\tfrac12(\\ln m_k - \\ln o_k)

    is +1 where nobody shows it, 0 at the median step, -1 where everybody does. The index is twice the mean of these. To
    both counts of the odds ½ is added (Haldane, Anscombe).

    Parameters
    ----------
    step
        As it was lived.
    usual
        As of `references`: of the same map and time, or of the one that is compared with.
    level
        Confidence level.

    Returns
    -------
    Emotion or None
        The interval is by the delta method with as many independent observations as customers, and the median step
        taken as known. None below `FEWEST_PASSAGES` passages.

    Source: G. U. Yule (1900), Phil. Trans. A 194; J. B. S. Haldane (1956), Annals of Human Genetics 20.
    """
    signs = {sign: found for sign, found in signs_of(step).items() if sign in usual}
    if step.passages < FEWEST_PASSAGES or not signs:
        return None
    total = variance = 0.0
    for sign, (count, n) in signs.items():
        index = math.tanh((usual[sign] - _log_odds(count, n)) / 2)
        share = (count + 0.5) / (n + 1)
        spread = 1 / (min(n, step.customers) * share * (1 - share))
        total += index
        variance += ((1 - index * index) / 2) ** 2 * spread
    scale = MOST_DELIGHTED / len(signs)
    value, half = scale * total, normal_quantile(level) * scale * math.sqrt(variance)
    interval = Interval(max(value - half, MOST_DISMAYED), min(value + half, MOST_DELIGHTED), level)
    return Emotion(value, interval, step.passages)


def _log_odds(count: int, n: int) -> float:
    return math.log((count + 0.5) / (n - count + 0.5))
