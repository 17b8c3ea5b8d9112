"""Group-sequential bounds: a few looks that were planned, each with a bound of its own.

Between one look at the end and looking every day lies what clinical trials do: K looks, at known shares of the
information, with bounds such that the chance of a false alarm at *any* of them is α. Such bounds cost far less than a
confidence sequence where a handful of looks is enough.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from statistics import NormalDist
from typing import Final, Literal

import numpy as np

from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, normal_quantile

from .effects import Effect
from .measured import Floats
from .refusals import ImpossiblePlan

Shape = Literal["obrien_fleming", "pocock", "spending_obrien_fleming", "spending_pocock"]

_NODES: Final = 96
_NORMAL: Final = NormalDist()
#: Beyond so many standard deviations nothing is left to integrate.
_FAR: Final = 9.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """At which z-value each look ends the experiment.

    Attributes
    ----------
    shape
        Which family.
    information
        Shares of the planned information at the looks, rising to 1.
    critical
        A bound for |z| at each look.
    level
        1 less the chance of a false alarm over all looks.
    """

    shape: Shape
    information: tuple[float, ...]
    critical: tuple[float, ...]
    level: float

    def ends(self, look: int, z: float) -> bool:
        """Return whether the experiment may end at a look, counted from 0, with this z-value."""
        return abs(z) >= self.critical[look]

    def interval(self, look: int, found: Effect) -> Estimate:
        """Return an effect with the interval that holds at all looks together (Jennison, Turnbull 1989)."""
        half = self.critical[look] * found.standard_error
        value = found.absolute.value
        return Estimate(value, Interval(value - half, value + half, self.level), found.absolute.n)

    def false_alarms(self) -> tuple[float, ...]:
        """Return the chance of a false alarm at each look or before it."""
        return tuple(accumulate(crossing(self.information, self.critical)))

    def power(self, drift: float) -> float:
        """Return the chance that some look ends it, where z at the end is ``drift`` on average."""
        return float(sum(crossing(self.information, self.critical, drift=drift)))

    def inflation(self, power: float = 0.8) -> float:
        """Return how many times as many customers are planned as with one look at the end, for the same power.

        Examples
        --------
        >>> round(bounds(5, "pocock").inflation(0.9), 2), round(bounds(5, "obrien_fleming").inflation(0.9), 2)
        (1.21, 1.03)
        """
        if not 0.5 <= power < 1:
            raise ImpossiblePlan(f"A power of {power} was asked for.", hint="It lies from 0.5 up to 1.")
        single = normal_quantile(self.level) + _NORMAL.inv_cdf(power)
        needed = _root(lambda drift: self.power(drift) - power, single * 0.9, single * 2)
        return (needed / single) ** 2


def bounds(
    looks: int | Sequence[float],
    shape: Shape = "spending_obrien_fleming",
    *,
    level: float = DEFAULT_LEVEL,
    spent_at: Sequence[float] | None = None,
) -> Bounds:
    """Return the bounds of an experiment that is looked at a few times.

    * ``obrien_fleming``: :math:`c_k = C / \\sqrt{t_k}` – hardly anything ends early, the last look is nearly the usual.
    * ``pocock``: :math:`c_k = C` – the same at each look.
    * ``spending_…`` (Lan and DeMets): up to :math:`t` so much of α is spent: :math:`2 - 2\\Phi(z_{\\alpha/2}/\\sqrt t)`
      or :math:`\\alpha \\ln(1 + (e - 1) t)`, on each side by itself at α/2. The looks need not be the planned ones:
      bounds of earlier looks stay as they are when later ones move.

    Parameters
    ----------
    looks
        How many, at equal distances; or the shares of the planned customers at each, rising, the last one 1 (or less,
        when the plan has more looks to come).
    shape
        Which bounds; ``spending_obrien_fleming`` is the usual one.
    level
        1 less the chance of a false alarm, over all looks, both sides.
    spent_at
        By which share of the plan each look has spent its α, where that is not its share of the information: more
        customers came than were planned. Only those that spend ask for it.

    Raises
    ------
    ImpossiblePlan, ImpossibleLevel

    Source: P. C. O'Brien, T. R. Fleming (1979), Biometrics 35; S. J. Pocock (1977), Biometrika 64; K. K. G. Lan,
    D. L. DeMets (1983), Biometrika 70; the integration as in P. Armitage, C. K. McPherson, B. C. Rowe (1969), JRSS A
    132, on Gauss and Legendre's nodes. Checked against C. Jennison, B. W. Turnbull (2000), tables 2.1 and 2.3.

    Examples
    --------
    >>> [round(each, 3) for each in bounds(5).critical]
    [4.877, 3.357, 2.68, 2.29, 2.031]
    """
    normal_quantile(level)
    information = _checked(looks)
    spent = information if spent_at is None else _checked(spent_at)
    if shape not in _FAMILIES or len(spent) != len(information):
        raise ImpossiblePlan(
            f"There are no bounds {shape!r} of {len(information)} looks that spend at {len(spent)}.",
            hint=f"There are: {', '.join(_FAMILIES)}.",
        )
    return Bounds(shape, information, _FAMILIES[shape](information, spent, 1 - level), level)


def crossing(
    information: Sequence[float], critical: Sequence[float], *, drift: float = 0.0
) -> tuple[float, ...]:
    """Return the chance that each look is the first whose |z| reaches its bound.

    Parameters
    ----------
    information
        Shares of the information at the looks, rising.
    critical
        Bounds of |z|.
    drift
        Mean of z where all information is in; 0 without an effect.

    Notes
    -----
    :math:`S_k = z_k \\sqrt{t_k}` is a Brownian motion with this drift, seen at :math:`t_k`. Its density among those who
    have not crossed is carried from look to look.
    """
    walk = _Walk(drift)
    found = []
    for share, bound in zip(information, critical, strict=True):
        found.append(walk.crossing(share, bound))
        walk.on(share, bound)
    return tuple(found)


class _Walk:
    """The density of the sum at the last look, among those who have crossed no bound."""

    def __init__(self, drift: float) -> None:
        self._drift = drift
        self._at = 0.0
        self._nodes: Floats = np.zeros(1)
        self._masses: Floats = np.ones(1)

    def crossing(self, share: float, bound: float) -> float:
        """Return the chance to cross at the next look, for the first time."""
        edge, step = bound * math.sqrt(share), math.sqrt(share - self._at)
        middle = self._nodes + self._drift * (share - self._at)
        outside = _tail((edge - middle) / step) + _tail((edge + middle) / step)
        return float(self._masses @ outside)

    def on(self, share: float, bound: float) -> None:
        """Go on to the next look among those who have not crossed there."""
        step = math.sqrt(share - self._at)
        centre = self._drift * share
        edge = bound * math.sqrt(share)
        reach = _FAR * math.sqrt(share)
        low, high = max(-edge, centre - reach), min(edge, centre + reach)
        if high <= low:  # where the drift leads, everybody has crossed
            self._at, self._nodes, self._masses = share, np.zeros(1), np.zeros(1)
            return
        nodes, weights = _gauss(_NODES << sum((high - low) / step > width for width in (12, 24, 48, 96)))
        nodes = (low + high) / 2 + (high - low) / 2 * nodes
        away = (nodes[:, None] - self._nodes - self._drift * (share - self._at)) / step
        density = np.exp(-(away**2) / 2) / (step * math.sqrt(2 * math.pi)) @ self._masses
        self._at, self._nodes, self._masses = share, nodes, density * weights * (high - low) / 2


@lru_cache(maxsize=8)
def _gauss(count: int) -> tuple[Floats, Floats]:
    """Return nodes and weights on -1…1: narrow steps between looks need many of them."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return nodes, weights


def _tail(z: Floats) -> Floats:
    from scipy.special import ndtr  # noqa: PLC0415 - only plans of looks need it

    found: Floats = ndtr(-z)
    return found


def _checked(looks: int | Sequence[float]) -> tuple[float, ...]:
    if isinstance(looks, int):
        if not 1 <= looks <= 200:
            raise ImpossiblePlan(f"{looks} looks were asked for.", hint="Plan 1 to 200.", looks=looks)
        return tuple((place + 1) / looks for place in range(looks))
    found = tuple(float(each) for each in looks)
    if not found or found[0] <= 0 or found[-1] > 1 or any(b <= a for a, b in pairwise(found)):
        raise ImpossiblePlan(
            f"The looks {list(found)} do not rise from above 0 up to 1.",
            hint="Give the share of planned customers at each look, such as 0.25, 0.5, 1.",
        )
    return found


#: From shares of the information, shares of the plan and α to bounds.
_Family = Callable[[tuple[float, ...], tuple[float, ...], float], tuple[float, ...]]


def _scaled(exponent: float) -> _Family:
    """Return the family :math:`C t^{-e}` whose constant is sought."""

    def family(
        information: tuple[float, ...], _spent_at: tuple[float, ...], alpha: float
    ) -> tuple[float, ...]:
        def excess(constant: float) -> float:
            return sum(crossing(information, [constant * t**-exponent for t in information])) - alpha

        constant = _root(excess, _NORMAL.inv_cdf(1 - alpha / 2) * 0.999, 8.0)
        return tuple(constant * t**-exponent for t in information)

    return family


def _spending(spent: Callable[[float, float], float]) -> _Family:
    """Return the family that spends α by a function of the information, half of it on each side."""

    def family(
        information: tuple[float, ...], spent_at: tuple[float, ...], alpha: float
    ) -> tuple[float, ...]:
        walk, before, found = _Walk(0.0), 0.0, []
        for share, part in zip(information, spent_at, strict=True):
            now = 2 * spent(part, alpha / 2)
            bound = _bound(walk, share, now - before)
            found.append(bound)
            walk.on(share, bound)
            before = now
        return tuple(found)

    return family


def _bound(walk: _Walk, share: float, chance: float) -> float:
    if chance < 1e-15:
        return _FAR
    return _root(lambda bound: walk.crossing(share, bound) - chance, 0.0, _FAR)


def _root(excess: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq  # noqa: PLC0415 - only plans of looks need it

    return float(brentq(excess, low, high, xtol=1e-10))


def _like_obrien_fleming(share: float, alpha: float) -> float:
    return 2 - 2 * _NORMAL.cdf(_NORMAL.inv_cdf(1 - alpha / 2) / math.sqrt(share))


def _like_pocock(share: float, alpha: float) -> float:
    return alpha * math.log(1 + (math.e - 1) * share)


_FAMILIES: Final[dict[str, _Family]] = {
    "obrien_fleming": _scaled(0.5),
    "pocock": _scaled(0.0),
    "spending_obrien_fleming": _spending(_like_obrien_fleming),
    "spending_pocock": _spending(_like_pocock),
}
