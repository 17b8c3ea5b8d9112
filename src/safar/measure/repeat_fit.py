"""The one shape of a fitted model of repeat buying: what it predicts, whichever model it is."""

from __future__ import annotations

from abc import abstractmethod
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.vocabulary.errors import Refusal

from .newton import Fitted, Slopes, Top, climb
from .repeat_counts import Floats, Ints, RepeatCounts

#: Histories that are worth a thread.
_WORTH_A_THREAD: Final = 50_000


class NobodyBoughtTwice(Refusal, ValueError):
    """Without repeat purchases nothing is known of their rate."""

    code = "fit.nobody_bought_twice"


class HorizonRefused(Refusal, ValueError):
    """A time ahead that is negative or no number, or a count of purchases that is no whole number from 0 on."""

    code = "fit.horizon_refused"


@dataclass(frozen=True, kw_only=True, eq=False)
class RepeatFit(Fitted):
    """A model of repeat buying, fitted.

    Attributes
    ----------
    counts
        The histories it was fitted on. Predictions are for the customers they were counted from, in their order; for
        each history where only counts were given.

    Notes
    -----
    Times are in the unit of the histories: days where `purchases` counted them.
    """

    counts: RepeatCounts

    def expected_purchases(self, t: float) -> Floats:
        """Return how many purchases to expect of each customer in the time ``t`` from the end of observation on.

        Raises
        ------
        HorizonRefused
        """
        return self.counts.spread(self.expected_by_history(checked_time(t)))

    def p_alive(self) -> Floats:
        """Return the chance of each customer to be a customer still at the end of observation."""
        return self.counts.spread(self.p_alive_by_history())

    def expected_total(self, t: float) -> float:
        """Return how many purchases to expect of all customers together in the time ``t`` from now on."""
        return float(self.expected_by_history(checked_time(t)) @ self.counts.weight)

    def outcomes(self, t: float, rng: np.random.Generator) -> Ints:
        """Return purchases of each customer in the time ``t`` from now on as they may come out: one draw."""
        return self.drawn_by_history(checked_time(t), rng, self.counts.place_of)

    def on(self, counts: RepeatCounts) -> Self:
        """Return the same parameters for other customers."""
        return replace(self, counts=counts)

    def for_customers(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Self:
        """Return the same parameters for customers with these histories.

        Raises
        ------
        HistoriesRefused
        """
        return self.on(RepeatCounts.of(frequency, recency, age))

    @abstractmethod
    def expected_purchases_of_new(self, t: ArrayLike) -> NDArray[Any]:
        """Return how many repeat purchases to expect of a new customer in the time ``t`` after the first one."""

    @abstractmethod
    def probability_of(self, n: ArrayLike, t: float) -> NDArray[Any]:
        """Return the chance of ``n`` repeat purchases of a new customer in the time ``t`` after the first one."""

    @abstractmethod
    def expected_by_history(self, t: float) -> Floats:
        """Return `expected_purchases` for each history in ``counts``."""

    @abstractmethod
    def p_alive_by_history(self) -> Floats:
        """Return `p_alive` for each history in ``counts``."""

    @abstractmethod
    def drawn_by_history(self, t: float, rng: np.random.Generator, places: Ints | None) -> Ints:
        """Return one draw of future purchases for customers with the histories at ``places``; each once where None."""


def checked_time(t: float) -> float:
    """Return a time ahead.

    Raises
    ------
    HorizonRefused
    """
    if not 0 <= t < np.inf:
        raise HorizonRefused(f"{t!r} is no time ahead.", hint="Give a number from 0 on.", time=repr(t))
    return float(t)


def checked_counts(n: ArrayLike) -> Floats:
    """Return counts of purchases.

    Raises
    ------
    HorizonRefused
    """
    counts = np.asarray(n, dtype=np.float64)
    if not (np.isfinite(counts).all() and (counts >= 0).all() and (counts == np.rint(counts)).all()):
        raise HorizonRefused(f"{n!r} is no count of purchases.", hint="Give whole numbers from 0 on.")
    return counts


def highest(counts: RepeatCounts, slopes: Any, start: tuple[float, ...], executor: Executor | None) -> Top:
    """Return the top of a likelihood that is a sum over histories, summed in threads where there are many.

    Parameters
    ----------
    slopes
        ``(parameters, histories) -> Slopes``.
    start
        Where no earlier fit says better.

    Raises
    ------
    NobodyBoughtTwice
    """
    if not counts.repeat_purchases:
        raise NobodyBoughtTwice(
            f"None of {counts.customers:.0f} customers bought a second time.",
            hint="Give more customers, or a longer time; the average margin of an order is all that is known.",
        )
    pieces = _pieces(counts) if executor is not None else [counts]

    def summed(parameters: Floats) -> Slopes:
        if executor is None or len(pieces) == 1:
            return Slopes(*slopes(parameters, counts))
        found = list(executor.map(lambda piece: slopes(parameters, piece), pieces))
        return Slopes(*(sum(each) for each in zip(*found, strict=True)))

    return climb(summed, start)


def _pieces(counts: RepeatCounts) -> list[RepeatCounts]:
    count = max(1, min(16, len(counts) // _WORTH_A_THREAD))
    edges = np.linspace(0, len(counts), count + 1).astype(int).tolist()
    return [
        RepeatCounts(
            *(getattr(counts, name)[first:end] for name in ("frequency", "recency", "age", "weight"))
        )
        for first, end in pairwise(edges)
    ]
