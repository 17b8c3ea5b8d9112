"""Weights that make the answers look like those they speak for: raking against known margins.

Who answers is never a small picture of who was asked: the young are few, one channel answers more. Where the shares of
some groups among all customers are known, each answer gets a weight such that the weighted answers have those shares.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Refusal

from .groups import By, Groups

Floats = NDArray[np.float64]

#: Shares are met when none is further off than this.
_TOLERANCE: Final = 1e-6
_MOST_ROUNDS: Final = 500
#: How far from 1 the shares of a margin may add up: people type rounded percentages.
_ROUNDING: Final = 0.02


class MarginRefused(Refusal, ValueError):
    """A margin cannot be what is known of a population: its shares are impossible."""

    code = "weighting.margin_refused"


class MarginMissing(Refusal, ValueError):
    """A group has a share, but no answers; or answers, but no share."""

    code = "weighting.margin_missing"


class MarginUnmet(Refusal, ValueError):
    """No weights meet all margins, or none within the limits."""

    code = "weighting.margin_unmet"


@dataclass(frozen=True, slots=True)
class Margin:
    """What is known of everybody: the share of each group.

    Parameters
    ----------
    by
        What groups them: a side of the answers, the choices of another question, or segments.
    shares
        Pairs of a group and its share, each above 0. They add up to 1, or nearly: they are made to.

    Raises
    ------
    MarginRefused

    Examples
    --------
    >>> known = Margin(By("channel"), (("web", 0.4), ("app", 0.59)))
    >>> {name: round(share, 4) for name, share in known.targets.items()}
    {'web': 0.404, 'app': 0.596}
    """

    by: By
    shares: tuple[tuple[str, float], ...]

    def __post_init__(self) -> None:
        total = math.fsum(share for _, share in self.shares)
        bad = next((name for name, share in self.shares if not (math.isfinite(share) and share > 0)), None)
        if bad is not None or not self.shares or abs(total - 1) > _ROUNDING:
            named = f"{self.by.text}: {', '.join(f'{name} = {share:g}' for name, share in self.shares)}"
            problem = (
                f"{bad!r} has no share above 0" if bad is not None else f"they add up to {total:g}, not to 1"
            )
            raise MarginRefused(
                f"The shares of {named} are no margin: {problem}.",
                hint="Give the share of every group, such as 0.4 and 0.6.",
                margin=self.by.text,
            )
        if len({name for name, _ in self.shares}) < len(self.shares):
            raise MarginRefused(
                f"A group of {self.by.text} is named twice.",
                hint="Name each group once.",
                margin=self.by.text,
            )

    @property
    def targets(self) -> Mapping[str, float]:
        """The shares, made to add up to 1."""
        total = math.fsum(share for _, share in self.shares)
        return {name: share / total for name, share in self.shares}


@dataclass(frozen=True, slots=True)
class Weighting:
    """How answers are weighted.

    Parameters
    ----------
    margins
        What is known; with none, only the design weights count.
    uses_design
        Begin with the weights that came with the answers (``weight``), 1 where there is none; else with 1.
    lowest, highest
        Weights are held between so many times their mean; None for no limit. Trimming costs a little truth and saves
        much certainty.

    Raises
    ------
    MarginRefused
        The limits exclude 1, or a grouping has two margins.
    """

    margins: tuple[Margin, ...] = ()
    uses_design: bool = field(default=True, kw_only=True)
    lowest: float | None = field(default=None, kw_only=True)
    highest: float | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        low, high = self.lowest, self.highest
        if (low is not None and not 0 <= low < 1) or (high is not None and not high > 1):
            raise MarginRefused(
                f"Weights cannot be held between {low} and {high} times their mean.",
                hint="The lower limit lies below 1, the upper one above; 0.3 and 3 are usual.",
            )
        names = [margin.by.text for margin in self.margins]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise MarginRefused(
                f"{twice} has two margins.", hint="Give one margin for each grouping.", margin=twice
            )


@dataclass(frozen=True, slots=True)
class Raked:
    """Weights, and what they cost.

    Attributes
    ----------
    weights
        One for each answer, their mean is 1.
    rounds
        How often all margins were gone through.
    trimmed
        Weights that stand at a limit.
    effective_n
        Kish's :math:`(\\sum w)^2 / \\sum w^2`: so many answers of equal weight would have the same spread of weights.
    """

    weights: Floats
    rounds: int
    trimmed: int
    effective_n: float


def rake(
    groupings: Sequence[Groups],
    margins: Sequence[Margin],
    *,
    base: Floats | None = None,
    lowest: float | None = None,
    highest: float | None = None,
) -> Raked:
    """Return weights whose weighted shares meet every margin, by iterative proportional fitting.

    Each round multiplies the weights of every group of every margin by target share over present share, until no share
    is off by more than 0.000001. With one margin this is post-stratification, :math:`w_h = W_h / (n_h/n)`. Where limits
    are given, weights are cut to them after each round.

    Parameters
    ----------
    groupings
        The group of each answer, beside the margins.
    margins
        See `Margin`.
    base
        Weights to begin with, above 0; 1 each when None.
    lowest, highest
        As of `Weighting`.

    Raises
    ------
    MarginMissing
        A group has a share but no answers, or answers but no share.
    MarginUnmet
        No weights meet all margins: the message names the group that stays furthest off.

    Source: W. E. Deming, F. F. Stephan (1940), Annals of Mathematical Statistics 11(4). The limits as in A. Izrael,
    D. Hoaglin, M. Battaglia (2004), SUGI 29 (trimming between rounds).

    Notes
    -----
    Weights mend what the margins can tell: within a group, those who answered still speak for those who did not.

    Examples
    --------
    >>> of = Groups.of(["a"] * 60 + ["b"] * 40)
    >>> found = rake([of], [Margin(By("channel"), (("a", 0.4), ("b", 0.6)))])
    >>> [round(float(weight), 5) for weight in found.weights[[0, -1]]], round(found.effective_n, 3)
    ([0.66667, 1.5], 85.714)
    """
    n = len(groupings[0].codes) if groupings else len(base) if base is not None else 0
    weights = np.ones(n) if base is None else base / base.mean()
    targets = [_targets(of, margin) for of, margin in zip(groupings, margins, strict=True)]
    rounds, trimmed, off = 0, 0, 0.0
    while True:
        off, worst = _furthest(weights, groupings, targets)
        if off <= _TOLERANCE:
            break
        if rounds == _MOST_ROUNDS:
            raise _unmet(weights, groupings, margins, targets, worst, has_limits=bool(trimmed))
        for of, target in zip(groupings, targets, strict=True):
            now = np.bincount(of.codes, weights, len(of.names)) / weights.sum()
            weights = weights * (target / now)[of.codes]
        weights = weights / weights.mean()
        held = np.clip(weights, lowest, highest) if lowest is not None or highest is not None else weights
        trimmed = int((held != weights).sum())
        weights = held / held.mean()
        rounds += 1
    if lowest is not None or highest is not None:
        at_a_limit = np.zeros(n, np.bool_)
        for limit in (lowest, highest):
            if limit is not None:
                at_a_limit |= np.isclose(weights, limit, rtol=1e-4)
        trimmed = int(at_a_limit.sum())
    return Raked(weights, rounds, trimmed, effective_n(weights))


def effective_n(weights: Floats) -> float:
    """Return Kish's effective size of some weights; 0 of none."""
    return float(weights.sum()) ** 2 / float((weights * weights).sum()) if len(weights) else 0.0


def _targets(of: Groups, margin: Margin) -> Floats:
    """Return the share of each group."""
    wanted = margin.targets
    there = {name for code, name in enumerate(of.names) if (of.codes == code).any()}
    absent, unknown = sorted(set(wanted) - there), sorted(there - set(wanted))
    if absent or unknown:
        name = (absent or unknown)[0]
        has, lacks = ("a share", "answers") if absent else ("answers", "share")
        raise MarginMissing(
            f"{name or 'Nothing'!r} of {margin.by.text} has {has}, but no {lacks}.",
            hint="Join it with another group, or leave it out of the margin and of the answers.",
            margin=margin.by.text,
            group=name,
            has_answers=not absent,
        )
    return np.array([wanted.get(name, 0.0) for name in of.names])


def _furthest(
    weights: Floats, groupings: Sequence[Groups], targets: Sequence[Floats]
) -> tuple[float, tuple[int, int]]:
    """Return by how much the share that is furthest off is so, and which margin and group it is of."""
    off, worst = 0.0, (0, 0)
    for place, (of, target) in enumerate(zip(groupings, targets, strict=True)):
        gaps = np.abs(np.bincount(of.codes, weights, len(of.names)) / weights.sum() - target)
        group = int(gaps.argmax()) if len(gaps) else 0
        if len(gaps) and gaps[group] > off:
            off, worst = float(gaps[group]), (place, group)
    return off, worst


def _unmet(
    weights: Floats,
    groupings: Sequence[Groups],
    margins: Sequence[Margin],
    targets: Sequence[Floats],
    worst: tuple[int, int],
    *,
    has_limits: bool,
) -> MarginUnmet:
    place, group = worst
    of, margin = groupings[place], margins[place]
    now = float(np.bincount(of.codes, weights, len(of.names))[group] / weights.sum())
    wanted = float(targets[place][group])
    hint = (
        "Widen the limits of the weights, or join small groups."
        if has_limits
        else "Some groups never occur together: join small groups, or give fewer margins."
    )
    return MarginUnmet(
        f"No weights meet all margins: {of.names[group]!r} of {margin.by.text} stays at {now:.4f} of {wanted:.4f}.",
        hint=hint,
        margin=margin.by.text,
        group=of.names[group],
        reached=round(now, 6),
        wanted=round(wanted, 6),
    )
