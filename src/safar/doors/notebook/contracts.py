"""Contracts in a notebook: how long customers stay who can leave at renewals alone."""

from __future__ import annotations

import html
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from safar.measure import sbg
from safar.store.table import Table

from .note_sentences import sentence


@dataclass(frozen=True)
class Contracts:
    """How long contracts last.

    Attributes
    ----------
    fit
        The shifted beta-geometric: alpha, beta, their errors and intervals.
    table
        One row a period, the first at the start. ``survivors``: of the first cohort, where it is known. ``share``: who
        is left after so many renewals. ``retention_rate``: who of those there before it renewed; null at the start.
        ``residual_periods``: discounted lifetime to expect of who is there after it, from the next renewal on.
    """

    fit: sbg.SBG
    table: Table

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the numbers must know, as sentences."""
        return tuple(map(sentence, self.fit.notes))

    def _repr_html_(self) -> str:
        notes = "".join(f"<p><small>{html.escape(note)}</small></p>" for note in self.notes)
        return f"{self.table._repr_html_()}{notes}"

    def __repr__(self) -> str:
        return f"<Contracts: alpha {self.fit.alpha:.3f}, beta {self.fit.beta:.3f}>"


def contracts(*survivors: ArrayLike, periods: int | None = None, discount_rate: float = 0.1) -> Contracts:
    """Tell how long contracts last, from how many customers of one or several cohorts are left each time.

    Parameters
    ----------
    survivors
        Cohorts: customers at the start, after the first renewal, after the second …
    periods
        So many renewals are told; twice those of the longest cohort when None.
    discount_rate
        A period's, above 0: 0.1 for 10 %.

    Raises
    ------
    CohortRefused, DiscountRefused

    Examples
    --------
    >>> import safar
    >>> found = safar.contracts([1000, 869, 743, 653, 593, 551, 517, 491])
    >>> found
    <Contracts: alpha 0.668, beta 3.806>
    >>> round(found.table.column("share")[12], 3), round(found.table.column("residual_periods")[0], 4)
    (0.378, 5.4145)
    """
    fit = sbg.fit(*survivors)
    longest = max(len(np.asarray(each)) for each in survivors) - 1
    times = np.arange(1 + (2 * longest if periods is None else periods))
    counts = np.asarray(survivors[0], np.float64).tolist()
    rates = fit.retention_rate(np.maximum(times, 1)).tolist()
    return Contracts(
        fit,
        Table.of(
            {
                "period": times,
                "survivors": [counts[time] if time < len(counts) else None for time in times],
                "share": fit.survival(times),
                "retention_rate": [None, *rates[1:]],
                "residual_periods": fit.residual_lifetime(times + 1, discount_rate),
            }
        ),
    )
