"""Is a change real, is a gap real? Differences between scores, with interval and p-value; many of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from safar.vocabulary.interval import FEWEST_FOR_VERDICT, Estimate, difference, p_value_of
from safar.vocabulary.many_looks import Method, adjusted

from .scoring import Score


@dataclass(frozen=True, slots=True)
class Gap:
    """How far one score lies above another.

    Attributes
    ----------
    change
        The difference in the scores' unit, with its interval; ``n`` is the smaller count.
    p_value
        The chance of a difference at least as large where there is none.
    adjusted
        The same, made larger for all gaps that were looked at together; equal where it was one alone.
    is_clear
        More than chance: ``adjusted`` is below 1 - level, and neither side has fewer than ten answers.
    """

    change: Estimate
    p_value: float
    adjusted: float
    is_clear: bool


def gap(one: Score | None, other: Score | None) -> Gap | None:
    """Return how far one score lies above another; None where either has no interval.

    The interval is made of both scores' own (the MOVER rule); for two shares it is Newcombe's method 10. The p-value is
    below 1 - level exactly where the interval leaves 0 out.

    Parameters
    ----------
    one, other
        Scores of the same kind from different answers.

    Notes
    -----
    The two are taken as independent. Where the same people answered both times the true interval is narrower: what is
    called clear is so.

    Source: G. Y. Zou, A. Donner (2008), Statistics in Medicine 27; R. G. Newcombe (1998), Statistics in Medicine 17.
    """
    if one is None or other is None or one.estimate is None or other.estimate is None:
        return None
    change = difference(one.estimate, other.estimate)
    p_value = p_value_of(change)
    return Gap(change, p_value, p_value, _is_clear(change, p_value))


def together(gaps: Sequence[Gap | None], *, method: Method = "holm") -> tuple[Gap | None, ...]:
    """Return gaps that were looked at together, judged so: with Holm's rule (or ``bh``, Benjamini and Hochberg's).

    Whoever compares twenty branches finds one that differs "significantly" when none does. Holm's rule keeps the chance
    of any such mistake at 1 - level; Benjamini and Hochberg's keeps the share of mistakes among what is told there.
    """
    found = [each for each in gaps if each is not None]
    larger = iter(adjusted([each.p_value for each in found], method=method))
    return tuple(None if each is None else _judged(each, next(larger)) for each in gaps)


def _judged(one: Gap, p_value: float) -> Gap:
    return replace(one, adjusted=p_value, is_clear=_is_clear(one.change, p_value))


def _is_clear(change: Estimate, p_value: float) -> bool:
    return change.n >= FEWEST_FOR_VERDICT and p_value < 1 - change.interval.level
