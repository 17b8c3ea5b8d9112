"""Pareto/NBD: how often customers without a contract buy, when they may leave at any time."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .newton import Slopes
from .repeat_counts import Floats, Ints, RepeatCounts
from .repeat_fit import RepeatFit, checked_counts, checked_time, highest

#: Points of Gauss and Legendre: the log-likelihood is exact to 1e-6 and better.
_POINTS: Final = 24
#: For the chances of a new customer, asked for rarely.
_MANY_POINTS: Final = 96


@dataclass(frozen=True, kw_only=True, eq=False)
class ParetoNBD(RepeatFit):
    r"""Pareto/NBD, fitted. See `fit`.

    Attributes
    ----------
    r, alpha
        Shape and rate of the purchase rates: on average r / alpha purchases in a unit of time.
    s, beta
        Shape and rate of the rates of leaving: on average s / beta in a unit of time.

    Notes
    -----
    .. math:: E[Y(t) \mid x, t_x, T] = \frac{(r+x)(\beta+T)}{(\alpha+T)(s-1)}
        \left[1 - \left(\frac{\beta+T}{\beta+T+t}\right)^{s-1}\right] P(\text{alive})
    """

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")

    r: float
    alpha: float
    s: float
    beta: float

    def expected_purchases_of_new(self, t: ArrayLike) -> NDArray[Any]:
        """Return how many repeat purchases to expect of a new customer in the time ``t`` after the first one.

        Raises
        ------
        HorizonRefused
        """
        times = np.array([checked_time(each) for each in np.atleast_1d(np.asarray(t, dtype=float))])
        found = self.r / self.alpha * self._time_alive(np.zeros(len(times)), times)
        return found if np.ndim(t) else found[0]

    def probability_of(self, n: ArrayLike, t: float) -> NDArray[Any]:
        """Return the chance of ``n`` repeat purchases of a new customer in the time ``t`` after the first one.

        Raises
        ------
        HorizonRefused
        """
        counts, time = checked_counts(n), checked_time(t)
        stays = self._bought(counts, np.array(time)) * (self.beta / (self.beta + time)) ** self.s
        if not time:
            return np.asarray(stays)
        nodes, shares = np.polynomial.legendre.leggauss(_MANY_POINTS)
        # when they left, by ln(alpha + t)
        half = 0.5 * np.log1p(time / self.alpha)
        both = self.alpha * np.exp(half * (1 + nodes))
        when = both - self.alpha
        density = self.s / self.beta * (self.beta / (self.beta + when)) ** (self.s + 1)
        leaves = self._bought(counts[..., None], when) @ (half * shares * both * density)
        return np.asarray(stays + leaves)

    def expected_by_history(self, t: float) -> Floats:
        """Return `expected_purchases` for each history."""
        counts = self.counts
        rate = (self.r + counts.frequency) / (self.alpha + counts.age)
        found: Floats = rate * self._time_alive(counts.age, np.array(t)) * self.p_alive_by_history()
        return found

    def p_alive_by_history(self) -> Floats:
        """Return `p_alive` for each history."""
        from .repeat_kernels import pareto_alive  # noqa: PLC0415 - compiled code only when needed

        counts = self.counts
        return np.asarray(
            pareto_alive(self.parameters, counts.frequency, counts.recency, counts.age, *_quadrature())
        )

    def drawn_by_history(self, t: float, rng: np.random.Generator, places: Ints | None) -> Ints:
        """Return one draw of future purchases: a rate, and a time to leave, of who is there still."""
        counts, chosen = self.counts, slice(None) if places is None else places
        x, old = counts.frequency[chosen], counts.age[chosen]
        rate = rng.gamma(self.r + x, 1.0 / (self.alpha + old))
        leaving = np.maximum(rng.gamma(self.s, 1.0 / (self.beta + old)), 1e-300)
        stays = np.minimum(rng.standard_exponential(len(x)) / leaving, t)
        alive = rng.random(len(x)) < self.p_alive_by_history()[chosen]
        return np.where(alive, rng.poisson(rate * stays), 0).astype(np.int64)

    def _time_alive(self, old: Floats, t: Floats) -> Floats:
        """Return how much of the time ``t`` from now on a customer of age ``old``, who is one still, stays one."""
        one = self.s - 1.0
        log_growth = np.log1p(t / (self.beta + old))
        found: Floats = (self.beta + old) * (-np.expm1(-one * log_growth) / one if one else log_growth)
        return found

    def _bought(self, counts: Floats, time: Floats) -> Floats:
        """Return the chance of so many purchases in a time through which the customer stays."""
        from scipy import special  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

        share = time / (self.alpha + time)
        found: Floats = np.exp(
            special.gammaln(self.r + counts)
            - special.gammaln(self.r)
            - special.gammaln(counts + 1)
            + self.r * np.log1p(-share)
            + special.xlogy(counts, share)
        )
        return found


def fit(
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    executor: Executor | None = None,
) -> ParetoNBD:
    r"""Fit Pareto/NBD by maximum likelihood.

    While customers stay they buy as a Poisson process at rate :math:`\lambda`; they leave at rate :math:`\mu`, at any
    time. Rates are Gamma(r, :math:`\alpha`) and Gamma(s, :math:`\beta`) among customers, independently.

    .. math:: L = \frac{\Gamma(r+x)\,\alpha^r \beta^s}{\Gamma(r)} \left[(\alpha+T)^{-(r+x)}(\beta+T)^{-s}
        + s\int_{t_x}^{T}(\alpha+t)^{-(r+x)}(\beta+t)^{-(s+1)}\,dt\right]

    The integral is taken by Gauss and Legendre with 24 points in :math:`\ln(\alpha+t)`: no hypergeometric function, no
    loss of digits where x is large, and exact derivatives.

    Parameters
    ----------
    frequency, recency, age, weights, executor
        As in `bgnbd.fit`.

    Raises
    ------
    HistoriesRefused, NobodyBoughtTwice

    Notes
    -----
    Source: D. C. Schmittlein, D. G. Morrison, R. Colombo (1987), Management Science 33(1); P. S. Fader, B. G. S. Hardie
    (2005), A Note on Deriving the Pareto/NBD Model. Checked against Fader, Hardie and Lee (2005) and lifetimes 0.11.3.

    Examples
    --------
    >>> from safar.measure import pareto_nbd
    >>> found = pareto_nbd.fit([2, 1, 0, 5, 0, 1], [30.4, 1.7, 0, 35.1, 0, 20.0], [38.9, 38.9, 38.9, 38.1, 20, 33])
    >>> found.expected_purchases_of_new(0), found.p_alive().shape
    (np.float64(0.0), (6,))
    """
    return fit_counts(RepeatCounts.of(frequency, recency, age, weights), executor=executor)


def fit_counts(
    counts: RepeatCounts, *, start: ParetoNBD | None = None, executor: Executor | None = None
) -> ParetoNBD:
    """Fit Pareto/NBD on counted histories; see `fit`.

    Parameters
    ----------
    start
        An earlier fit to start from.
    """
    from .repeat_kernels import pareto_slopes  # noqa: PLC0415 - compiled code only when needed

    most = int(counts.frequency.max())

    def slopes(parameters: Floats, part: RepeatCounts) -> Slopes:
        table = _by_frequency(parameters[0], most)
        return Slopes(
            *pareto_slopes(
                parameters, part.frequency, part.recency, part.age, part.weight, table, *_quadrature()
            )
        )

    begin = (start.r, start.alpha, start.s, start.beta) if start else _guess(counts)
    top = highest(counts, slopes, begin, executor)
    r, alpha, s, beta = top.parameters.tolist()
    return ParetoNBD(r=r, alpha=alpha, s=s, beta=beta, counts=counts, **top.common())


def _guess(counts: RepeatCounts) -> tuple[float, float, float, float]:
    """Return where to start: rates around the mean one, half of the customers gone by now."""
    lived = float(counts.age @ counts.weight)
    return 0.5, 0.5 * lived / max(counts.repeat_purchases, 1.0), 0.5, max(lived / counts.customers, 1e-6)


def _by_frequency(r: float, most: int) -> Floats:
    """Return for each x: lnG(r + x) - lnG(r) and its derivatives by r."""
    from scipy import special  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

    bought = r + np.arange(most + 1, dtype=np.float64)
    return np.ascontiguousarray(
        np.stack(
            [
                special.gammaln(bought) - special.gammaln(r),
                special.psi(bought) - special.psi(r),
                special.polygamma(1, bought) - special.polygamma(1, r),
            ],
            axis=1,
        )
    )


@cache
def _quadrature() -> tuple[Floats, Floats]:
    nodes, shares = np.polynomial.legendre.leggauss(_POINTS)
    return np.ascontiguousarray(nodes), np.ascontiguousarray(shares)
