"""MBG/NBD: BG/NBD in which people may leave after their first purchase too."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import ClassVar

from numpy.typing import ArrayLike

from .beta_geometric import BetaGeometric
from .repeat_counts import RepeatCounts


@dataclass(frozen=True, kw_only=True, eq=False)
class MBGNBD(BetaGeometric):
    r"""MBG/NBD, fitted. See `fit`.

    Notes
    -----
    .. math:: E[Y(t) \mid x, t_x, T] = \frac{a+b+x}{a-1}
        \left[1 - \left(\frac{\alpha+T}{\alpha+T+t}\right)^{r+x} {}_2F_1\!\left(r+x, b+x+1; a+b+x;
        \frac{t}{\alpha+T+t}\right)\right] P(\text{alive})
    """

    coins: ClassVar[int] = 1


def fit(
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    executor: Executor | None = None,
) -> MBGNBD:
    """Fit MBG/NBD by maximum likelihood.

    As BG/NBD, but customers also toss the coin about leaving after their first purchase: who bought once long ago has
    probably left.

    Parameters
    ----------
    frequency, recency, age, weights, executor
        As in `bgnbd.fit`.

    Raises
    ------
    HistoriesRefused, NobodyBoughtTwice

    Notes
    -----
    Source: E. P. Batislam, M. Denizel, A. Filiztekin (2007), International Journal of Research in Marketing 24(3);
    D. Hoppe, U. Wagner (2007). Checked against BTYDplus and lifetimes 0.11.3.

    Examples
    --------
    >>> from safar.measure import mbgnbd
    >>> found = mbgnbd.fit([2, 1, 0, 5, 0, 1], [30.4, 1.7, 0, 35.1, 0, 20.0], [38.9, 38.9, 38.9, 38.1, 20.0, 33.0])
    >>> bool(found.p_alive()[2] < found.p_alive()[4])
    True
    """
    return fit_counts(RepeatCounts.of(frequency, recency, age, weights), executor=executor)


def fit_counts(
    counts: RepeatCounts, *, start: MBGNBD | None = None, executor: Executor | None = None
) -> MBGNBD:
    """Fit MBG/NBD on counted histories; see `fit`.

    Parameters
    ----------
    start
        An earlier fit to start from.
    """
    return MBGNBD.fitted(counts, start=start, executor=executor)
