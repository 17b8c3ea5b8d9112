"""What BG/NBD and MBG/NBD share: whoever buys tosses a coin about leaving."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .newton import Slopes
from .repeat_counts import Floats, Ints, RepeatCounts
from .repeat_fit import RepeatFit, checked_counts, checked_time, highest

#: The mean of the leaving coin is as good as 1 nearer than this; both sides' mean is taken there.
_NEAR_ONE: Final = 1e-6
#: From here on chances to leave are so alike that a few points stand for their law.
_ALL_ALIKE: Final = 20.0
#: From here on hardly anybody leaves, or all buy at one rate, and the same points do.
_HARDLY_ANYBODY: Final = 1000.0
_POINTS: Final = 12


@dataclass(frozen=True, kw_only=True, eq=False)
class BetaGeometric(RepeatFit):
    """A customer buys at rate λ ~ Gamma(r, α) and leaves after a purchase with chance p ~ Beta(a, b).

    Attributes
    ----------
    r, alpha
        Shape and rate of the purchase rates: on average r / alpha purchases in a unit of time.
    a, b
        Of the chance to leave after a purchase: a / (a + b) on average.
    """

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    #: Coins tossed beside those of repeat purchases: 1 where the first purchase tosses one too.
    coins: ClassVar[int] = 0

    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def fitted(cls, counts: RepeatCounts, *, start: Self | None, executor: Executor | None) -> Self:
        """Return the model at the top of its likelihood, looked for from an earlier fit where there is one."""
        from .repeat_kernels import geometric_slopes  # noqa: PLC0415 - compiled code only when needed

        coins, most = cls.coins, int(counts.frequency.max())

        def slopes(parameters: Floats, part: RepeatCounts) -> Slopes:
            table = _by_frequency(parameters, most, coins)
            return Slopes(
                *geometric_slopes(
                    parameters, part.frequency, part.recency, part.age, part.weight, table, coins
                )
            )

        begin = (start.r, start.alpha, start.a, start.b) if start else _guess(counts)
        top = highest(counts, slopes, begin, executor)
        r, alpha, a, b = top.parameters.tolist()
        return cls(r=r, alpha=alpha, a=a, b=b, counts=counts, **top.common())

    def expected_purchases_of_new(self, t: ArrayLike) -> NDArray[Any]:
        """Return how many repeat purchases to expect of a new customer in the time ``t`` after the first one.

        Parameters
        ----------
        t
            One time, or several.

        Raises
        ------
        HorizonRefused
        """
        times = np.asarray([checked_time(each) for each in np.atleast_1d(np.asarray(t, dtype=float))])
        # where the first purchase tosses a coin too, not every new customer stays
        stays = self.b / (self.a + self.b) if self.coins else 1.0
        found = stays * self._expected(np.zeros(len(times)), np.zeros(len(times)), times)
        return found if np.ndim(t) else found[0]

    def probability_of(self, n: ArrayLike, t: float) -> NDArray[Any]:
        """Return the chance of ``n`` repeat purchases of a new customer in the time ``t`` after the first one.

        Raises
        ------
        HorizonRefused
        """
        from scipy import special  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

        counts, share = checked_counts(n), checked_time(t) / (self.alpha + t)
        whole = special.betaln(self.a, self.b)
        stays = np.exp(special.betaln(self.a, self.b + counts + self.coins) - whole)
        with np.errstate(divide="ignore", invalid="ignore"):
            bought = np.exp(
                special.gammaln(self.r + counts)
                - special.gammaln(self.r)
                - special.gammaln(counts + 1)
                + self.r * np.log1p(-share)
                + special.xlogy(counts, share)
            )
            leaves = np.exp(special.betaln(self.a + 1, self.b + counts + self.coins - 1) - whole)
        # at least n purchases, had the customer stayed
        enough = np.where(counts > 0, special.betainc(np.maximum(counts, 1), self.r, share), 1.0)
        found: NDArray[Any] = stays * bought + np.where(counts + self.coins > 0, leaves * enough, 0.0)
        return found

    def expected_by_history(self, t: float) -> Floats:
        """Return `expected_purchases` for each history. What depends on (x, T) alone is worked out once a pair."""
        x, old, places = self.counts.by_age
        found = self._expected(x.astype(np.float64), old, np.full(len(x), t))
        return found[places] * self.p_alive_by_history()

    def p_alive_by_history(self) -> Floats:
        """Return `p_alive` for each history."""
        counts = self.counts
        x = counts.frequency
        beta = self.b + x + self.coins - 1
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = (
                np.log(self.a)
                - np.log(beta)
                + (self.r + x) * (np.log(self.alpha + counts.age) - np.log(self.alpha + counts.recency))
            )
        return np.where(x + self.coins > 0, _logistic(-odds), 1.0)

    def drawn_by_history(self, t: float, rng: np.random.Generator, places: Ints | None) -> Ints:
        """Return one draw of future purchases: the smaller of what the rate and what the coins allow."""
        counts, chosen = self.counts, slice(None) if places is None else places
        x, old = counts.frequency[chosen], counts.age[chosen]
        rate = rng.gamma(self.r + x, 1.0 / (self.alpha + old))
        leaving = np.maximum(rng.beta(self.a, self.b + x + self.coins), 1e-12)
        alive = rng.random(len(x)) < self.p_alive_by_history()[chosen]
        bought = np.minimum(rng.poisson(rate * t), rng.geometric(leaving))
        return np.where(alive, bought, 0).astype(np.int64)

    def _expected(self, x: Floats, old: Floats, t: Floats) -> Floats:
        """Return the purchases to expect of who is a customer still; with x and T of 0 those of a new one.

        Euler's transformation turns 2F1(r + x, b + x; a + b + x - 1; z) into one whose first two parameters are small
        whatever x is: (1 - z)^(a - 1 - r - x) 2F1(a + b - 1 - r, a - 1; a + b + x - 1; z).
        """
        from scipy import special  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

        if self.a > _ALL_ALIKE or self.b > _HARDLY_ANYBODY or self.r > _HARDLY_ANYBODY:
            return self._expected_of_alike(x, old, t)
        if abs(self.a - 1) < _NEAR_ONE:
            low, high = (self.with_parameters((self.r, self.alpha, 1 + side, self.b))
                         for side in (-2 * _NEAR_ONE, 2 * _NEAR_ONE))  # fmt: skip
            mean: Floats = (low._expected(x, old, t) + high._expected(x, old, t)) / 2
            return mean
        b = self.b + self.coins
        behind = self.a + b + x - 1
        share = t / (self.alpha + old + t)
        hyper = special.hyp2f1(self.a + b - 1 - self.r, self.a - 1, behind, share)
        with np.errstate(invalid="ignore", over="ignore"):
            found: Floats = behind / (self.a - 1) * (1 - np.exp((self.a - 1) * np.log1p(-share)) * hyper)
        lost = ~np.isfinite(found)
        if lost.any():
            found[lost] = self._expected_of_alike(x[lost], old[lost], t[lost])
        return found

    def _expected_of_alike(self, x: Floats, old: Floats, t: Floats) -> Floats:
        """Return `_expected` by quadrature over the chance p to leave: 2F1 of large parameters overflows.

        Of a customer with p it is (1 - (1 + p t / (alpha + T))^-(r + x)) / p.
        """
        distinct, places = np.unique(x, return_inverse=True)
        chance, share = beta_quadrature(max(self.a, 1e-6), np.maximum(self.b + self.coins + distinct, 1e-6))
        found = np.zeros(len(places))
        for point in range(chance.shape[1]):
            p = chance[places, point]
            grown = -np.expm1(-(self.r + x) * np.log1p(p * t / (self.alpha + old)))
            found += share[places, point] * grown / p
        return found


def beta_quadrature(a: float, b: Floats) -> tuple[Floats, Floats]:
    """Return points and weights of Gauss and Jacobi for Beta(a, b), a row for each b; exact for degree 23.

    By Golub and Welsch (1969), which holds for parameters of any size.
    """
    k = np.arange(_POINTS, dtype=np.float64)
    left, right = b[:, None] - 1, a - 1
    whole = 2 * k + left + right
    middle = (right**2 - left**2) / (whole * (whole + 2))
    middle[:, 0] = (right - left[:, 0]) / (left[:, 0] + right + 2)
    order, size = k[1:], whole[:, 1:]
    side = 4 * order * (order + left) * (order + right) * (order + left + right)
    beside = np.sqrt(side / (size**2 * (size**2 - 1)))
    matrix = np.zeros((len(b), _POINTS, _POINTS))
    spots = np.arange(_POINTS)
    matrix[:, spots, spots] = middle
    matrix[:, spots[1:], spots[:-1]] = beside
    values, vectors = np.linalg.eigh(matrix)
    return np.maximum((values + 1) / 2, 1e-300), vectors[:, 0, :] ** 2


def _guess(counts: RepeatCounts) -> tuple[float, float, float, float]:
    """Return where to start: a spread of rates around the mean one."""
    lived = float(counts.age @ counts.weight)
    return 0.5, max(0.5 * lived / max(counts.repeat_purchases, 1.0), 1e-6), 0.5, 2.0


def _by_frequency(parameters: Floats, most: int, coins: int) -> Floats:
    """Return for each x: the part of the log-likelihood that depends on it alone, and its derivatives."""
    from scipy import special  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

    r, alpha, a, b = parameters
    x = np.arange(most + 1, dtype=np.float64)
    bought, stayed, all_coins = r + x, b + x + coins, a + b + x + coins
    digamma_all, trigamma_all = special.psi(all_coins), special.polygamma(1, all_coins)
    whole, sum_digamma, sum_trigamma = special.betaln(a, b), special.psi(a + b), special.polygamma(1, a + b)
    nothing = np.zeros(most + 1)
    return np.ascontiguousarray(
        np.stack(
            [
                special.gammaln(bought) - special.gammaln(r) + r * np.log(alpha)
                + special.betaln(a, stayed) - whole,
                special.psi(bought) - special.psi(r) + np.log(alpha),
                nothing + r / alpha,
                sum_digamma - digamma_all,
                special.psi(stayed) - digamma_all - special.psi(b) + sum_digamma,
                special.polygamma(1, bought) - special.polygamma(1, r),
                sum_trigamma - trigamma_all,
                sum_trigamma - trigamma_all,
                special.polygamma(1, stayed) - trigamma_all - special.polygamma(1, b) + sum_trigamma,
            ],
            axis=1,
        )
    )  # fmt: skip


def _logistic(values: Floats) -> Floats:
    small = np.exp(-np.abs(values))
    found: Floats = np.where(values >= 0, 1.0, small) / (1.0 + small)
    return found
