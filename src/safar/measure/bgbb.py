"""BG/BB: who buys at fixed occasions, such as a yearly appeal or fair, at most once each time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.vocabulary.errors import Json, Refusal

from .newton import Fitted, Slopes, climb
from .repeat_counts import Floats, Ints, numbers

_START: Final = (1.0, 1.0, 0.5, 2.0)


class OccasionsRefused(Refusal, ValueError):
    """Frequency, recency and occasions cannot be those of customers."""

    code = "occasions.refused"


@dataclass(frozen=True, kw_only=True, eq=False)
class BGBB(Fitted):
    """BG/BB, fitted. See `fit`.

    Attributes
    ----------
    alpha, beta
        Of the chance to buy at an occasion, Beta(alpha, beta) among customers.
    gamma, delta
        Of the chance to leave before an occasion, Beta(gamma, delta).
    frequency, recency, occasions, weight
        The customers it was fitted on.
    """

    names: ClassVar[tuple[str, ...]] = ("alpha", "beta", "gamma", "delta")

    alpha: float
    beta: float
    gamma: float
    delta: float
    frequency: Ints
    recency: Ints
    occasions: Ints
    weight: Floats

    def expected_purchases(self, t: int) -> Floats:
        """Return how many purchases to expect of each customer at the next ``t`` occasions."""
        from scipy import special  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

        ahead = np.arange(1, _whole(t) + 1)[:, None]
        buys = special.betaln(self.alpha + self.frequency + 1, self.beta + self.occasions - self.frequency)
        stays = special.betaln(self.gamma, self.delta + self.occasions + ahead)
        found: Floats = np.exp(buys + stays - self._whole - self._log_likelihoods).sum(axis=0)
        return found

    def p_alive(self, ahead: int = 1) -> Floats:
        """Return the chance of each customer to be there at an occasion to come: at the next one by default."""
        from scipy import special  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

        same = special.betaln(self.alpha + self.frequency, self.beta + self.occasions - self.frequency)
        stays = special.betaln(self.gamma, self.delta + self.occasions + ahead)
        found: Floats = np.exp(same + stays - self._whole - self._log_likelihoods)
        return found

    def expected_purchases_of_new(self, t: int) -> float:
        """Return how many purchases to expect of a new customer at their first ``t`` occasions."""
        return float(np.arange(_whole(t) + 1) @ self.probability_of(np.arange(t + 1), t))

    def probability_of(self, n: ArrayLike, t: int) -> NDArray[Any]:
        """Return the chance of ``n`` purchases of a new customer at their first ``t`` occasions."""
        from scipy import special  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

        counts, last = np.asarray(n), _whole(t)
        found = np.zeros(counts.shape)
        # alive at occasion ``end`` and gone before the next one; alive at the last one
        for end in range(last + 1):
            gone = 1 if end < last else 0
            stays = special.betaln(self.gamma + gone, self.delta + end)
            fits = counts <= end
            buys = special.betaln(self.alpha + counts, self.beta + np.maximum(end - counts, 0))
            ways = _log_choose(end, np.minimum(counts, end))
            found += np.where(fits, np.exp(ways + buys + stays - self._whole), 0.0)
        return found

    @property
    def _whole(self) -> float:
        from scipy import special  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

        return float(special.betaln(self.alpha, self.beta) + special.betaln(self.gamma, self.delta))

    @cached_property
    def _log_likelihoods(self) -> Floats:
        terms = _Terms.of(self.frequency, self.recency, self.occasions)
        logs, _ = terms.logs(self.parameters)
        return logs


def fit(
    frequency: ArrayLike, recency: ArrayLike, occasions: ArrayLike, weights: ArrayLike | None = None
) -> BGBB:
    r"""Fit BG/BB by maximum likelihood.

    At each occasion a customer who is one still buys with chance p, Beta(alpha, beta) among customers; before each
    occasion they leave with chance :math:`\theta`, Beta(gamma, delta).

    Parameters
    ----------
    frequency
        x: at how many occasions each customer bought; the first purchase, by which they became one, not counted.
    recency
        t_x: the last occasion at which they bought, 1 for the first; 0 where they never did.
    occasions
        n: how many occasions there were for each.
    weights
        How many customers each row stands for; 1 when None.

    Raises
    ------
    HistoriesRefused, OccasionsRefused

    Notes
    -----
    Source: P. S. Fader, B. G. S. Hardie, J. Shang (2010), Marketing Science 29(6), equations 5, 8, 11 and 13.
    Checked against that paper and lifetimes 0.11.3.

    Examples
    --------
    >>> from safar.measure import bgbb
    >>> found = bgbb.fit([0, 1, 1, 2, 3], [0, 1, 3, 3, 3], [3, 3, 3, 3, 3], [40, 12, 6, 14, 22])
    >>> found.p_alive().round(3)[2:] == found.p_alive().round(3)[4]  # the last occasion alone tells who is there
    array([ True,  True,  True])
    """
    x, last, chances, weight = _checked(frequency, recency, occasions, weights)
    terms = _Terms.of(x, last, chances)
    top = climb(lambda parameters: terms.slopes(parameters, weight), _START)
    alpha, beta, gamma, delta = top.parameters.tolist()
    return BGBB(
        alpha=alpha,
        beta=beta,
        gamma=gamma,
        delta=delta,
        frequency=x,
        recency=last,
        occasions=chances,
        weight=weight,
        **top.common(),
    )


def _whole(t: int) -> int:
    if t != int(t) or t < 0:
        raise OccasionsRefused(f"{t!r} is no count of occasions.", hint="Give a whole number from 0 on.")
    return int(t)


def _log_choose(n: int, k: NDArray[Any]) -> Floats:
    from scipy import special  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

    found: Floats = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return found


def _checked(
    frequency: ArrayLike, recency: ArrayLike, occasions: ArrayLike, weights: ArrayLike | None
) -> tuple[Ints, Ints, Ints, Floats]:
    named = {"frequency": frequency, "recency": recency, "occasions": occasions}
    x, last, chances = (numbers(values, name) for name, values in named.items())
    weight = np.ones(len(x)) if weights is None else numbers(weights, "weights")
    if len({len(x), len(last), len(chances), len(weight)}) > 1 or not len(x):
        raise OccasionsRefused(
            "The arrays have different lengths, or there are no customers.",
            hint="Give one of each for every customer.",
        )
    whole = (x == np.rint(x)) & (last == np.rint(last)) & (chances == np.rint(chances))
    wrong = np.flatnonzero(~whole | (x > last) | (last > chances) | ((x == 0) != (last == 0)))
    if len(wrong):
        raise OccasionsRefused(
            f"In {len(wrong)} rows a number is not whole, or not frequency <= recency <= occasions, or there is a last"
            " occasion without a purchase.",
            hint="Count occasions from 1; who never bought again has frequency 0 and recency 0.",
            rows=list[Json](wrong[:5].tolist()),
        )
    if not float(x @ weight):
        raise OccasionsRefused("Nobody bought at any occasion.", hint="Give more customers or occasions.")
    return x.astype(np.int64), last.astype(np.int64), chances.astype(np.int64), weight


@dataclass(frozen=True, slots=True)
class _Terms:
    """What each customer's likelihood is a sum of: alive at the end, or gone after one of the occasions since t_x.

    Attributes
    ----------
    starts
        Where the terms of each customer begin.
    exponents
        Of shape (4, terms): what is added to alpha, beta, gamma and delta.
    """

    starts: Ints
    exponents: Floats

    @classmethod
    def of(cls, x: Ints, last: Ints, chances: Ints) -> _Terms:
        """Return the terms of customers."""
        lengths = chances - last + 1
        starts = np.cumsum(lengths) - lengths
        row = np.repeat(np.arange(len(x)), lengths)
        end = last[row] + np.arange(len(row)) - starts[row]
        stays = end == chances[row]
        return cls(starts, np.stack([x[row], end - x[row], ~stays, end]).astype(np.float64))

    def logs(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Return the log-likelihood of each customer, and the share of each term in it."""
        from scipy import special  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

        alpha, beta, gamma, delta = parameters[:, None] + self.exponents
        terms = special.betaln(alpha, beta) + special.betaln(gamma, delta)
        terms -= special.betaln(*parameters[:2]) + special.betaln(*parameters[2:])
        largest = np.maximum.reduceat(terms, self.starts)
        lengths = np.diff(np.append(self.starts, len(terms)))
        shares = np.exp(terms - np.repeat(largest, lengths))
        totals = np.add.reduceat(shares, self.starts)
        return largest + np.log(totals), shares / np.repeat(totals, lengths)

    def slopes(self, parameters: Floats, weight: Floats) -> Slopes:
        """Return the log-likelihood with its derivatives."""
        from scipy import special  # noqa: PLC0415 - brought in where it is used, like all heavy libraries

        logs, shares = self.logs(parameters)
        moved = parameters[:, None] + self.exponents
        pairs = np.stack([moved[0] + moved[1]] * 2 + [moved[2] + moved[3]] * 2)
        plain = np.repeat([parameters[:2].sum(), parameters[2:].sum()], 2)
        slope = (
            special.psi(moved) - special.psi(pairs) - (special.psi(parameters) - special.psi(plain))[:, None]
        )
        mean = np.stack([np.add.reduceat(shares * each, self.starts) for each in slope])
        lengths = np.diff(np.append(self.starts, len(shares)))
        term_weight = np.repeat(weight, lengths) * shares
        hessian = (slope * term_weight) @ slope.T - (mean * weight) @ mean.T
        own = special.polygamma(1, moved) - special.polygamma(1, parameters)[:, None]
        both = special.polygamma(1, plain)[:, None] - special.polygamma(1, pairs)
        hessian[np.diag_indices(4)] += (own + both) @ term_weight
        for one, two in ((0, 1), (2, 3)):
            shared = both[one] @ term_weight
            hessian[one, two] += shared
            hessian[two, one] += shared
        return Slopes(float(logs @ weight), mean @ weight, hessian, (mean * weight) @ mean.T)
