"""BG/NBD: how often customers without a contract buy, and whether they still do."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import ClassVar

from numpy.typing import ArrayLike

from .beta_geometric import BetaGeometric
from .repeat_counts import RepeatCounts


@dataclass(frozen=True, kw_only=True, eq=False)
class BGNBD(BetaGeometric):
    r"""BG/NBD, fitted. See `fit`.

    Notes
    -----
    P(alive) is 1 for everybody who bought once: in this model people leave after a repeat purchase alone. For lists of
    who is about to be lost use `mbgnbd` or `pareto_nbd`.

    .. math:: E[Y(t) \mid x, t_x, T] = \frac{a+b+x-1}{a-1}
        \left[1 - \left(\frac{\alpha+T}{\alpha+T+t}\right)^{r+x} {}_2F_1\!\left(r+x, b+x; a+b+x-1;
        \frac{t}{\alpha+T+t}\right)\right] P(\text{alive})
    """

    coins: ClassVar[int] = 0


def fit(
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    executor: Executor | None = None,
) -> BGNBD:
    r"""Fit BG/NBD by maximum likelihood.

    While customers stay they buy as a Poisson process at rate :math:`\lambda`; after each purchase but the first they
    leave with chance p. Rates are Gamma(r, :math:`\alpha`) and chances Beta(a, b) among customers, independently.

    Parameters
    ----------
    frequency, recency, age
        x, t_x and T of each customer; t_x and T in one unit of time, which is then that of ``alpha`` and of every
        prediction. Fit on days: rounding to weeks biases r and alpha.
    weights
        How many customers each row stands for; 1 when None.
    executor
        Who sums the likelihood of many histories, side by side; this thread alone when None.

    Raises
    ------
    HistoriesRefused, NobodyBoughtTwice

    Notes
    -----
    Source: P. S. Fader, B. G. S. Hardie, K. L. Lee (2005), Marketing Science 24(2), equations 6 and 10. Checked against
    that paper and lifetimes 0.11.3.

    Examples
    --------
    >>> import numpy as np
    >>> from safar.measure import bgnbd
    >>> rng = np.random.default_rng(1)
    >>> weeks = np.cumsum(rng.exponential(rng.gamma(2, 4, 500)[:, None], (500, 40)), axis=1)
    >>> weeks[np.arange(40) >= rng.geometric(0.2, 500)[:, None]] = np.inf
    >>> x = (weeks < 52).sum(axis=1)
    >>> found = bgnbd.fit(x, np.where(weeks < 52, weeks, 0).max(axis=1), np.full(500, 52.0))
    >>> found.converged, len(found.expected_purchases(13))
    (True, 500)
    """
    return fit_counts(RepeatCounts.of(frequency, recency, age, weights), executor=executor)


def fit_counts(
    counts: RepeatCounts, *, start: BGNBD | None = None, executor: Executor | None = None
) -> BGNBD:
    """Fit BG/NBD on counted histories; see `fit`.

    Parameters
    ----------
    start
        An earlier fit to start from.
    """
    return BGNBD.fitted(counts, start=start, executor=executor)
