"""Change explained: a score moved; which touchpoints moved it, and was it how often or how badly they were felt?

Whether other people answered is for `safar.listen.mix` to say. Here the change is split by what people lived through:
more of them had the experience (exposure), it was felt differently (response), or something else changed (the rest).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate

from .columns import Columns, ColumnsRefused, Floats, codes_of, column, enough, percentiles
from .resampling import least_squares, products

_FEWEST: Final = 30


@dataclass(frozen=True, slots=True)
class TouchpointPart:
    """What one touchpoint adds to the change, in the score's unit.

    Attributes
    ----------
    name
        Of its column.
    exposure
        By how much more or less of it there was.
    response
        By how it was felt.
    mean_now, mean_before
        Of its column: the share of rows that had it, or the mean rating.
    """

    name: str
    exposure: Estimate
    response: Estimate
    mean_now: float
    mean_before: float


@dataclass(frozen=True, slots=True)
class ExplainedChange:
    """A change and its parts: exposures, responses and the rest add up to it exactly.

    Attributes
    ----------
    total
        The mean now less the mean before.
    parts
        One for each touchpoint, the largest first.
    rest
        What none of them explains.
    now, before
        Rows behind each mean.
    """

    total: Estimate
    parts: tuple[TouchpointPart, ...]
    rest: Estimate
    now: int
    before: int

    @property
    def table(self) -> Table:
        """One row a touchpoint."""
        return Table.of(
            {
                "touchpoint": [each.name for each in self.parts],
                **estimates("exposure", [each.exposure for each in self.parts]),
                **estimates("response", [each.response for each in self.parts]),
                "mean_now": [each.mean_now for each in self.parts],
                "mean_before": [each.mean_before for each in self.parts],
            }
        )


def explained(
    score: ArrayLike,
    touchpoints: Mapping[str, ArrayLike] | Table,
    is_now: ArrayLike,
    *,
    customers: Sequence[Hashable] | NDArray[Any] | None = None,
    level: float = DEFAULT_LEVEL,
    resamples: int = 500,
    seed: int = 1,
) -> ExplainedChange:
    """Split the change of a mean between two times by touchpoint.

    With means :math:`\\bar x` and slopes :math:`\\beta` before (0) and now (1), turned round it changes its sign alone:

    .. math:: \\Delta = \\sum_j (\\bar x_{j1} - \\bar x_{j0}) \\tfrac{\\beta_{j0} + \\beta_{j1}}{2}
                     + \\sum_j (\\beta_{j1} - \\beta_{j0}) \\tfrac{\\bar x_{j0} + \\bar x_{j1}}{2}
                     + (\\alpha_1 - \\alpha_0)

    Parameters
    ----------
    score
        One number a row, as of `safar.listen.scoring.Scoring.worth`.
    touchpoints
        By name: 1 or 0 for experiences; ratings otherwise, whose responses depend on where their scale begins.
    is_now
        1 for rows of the later time, 0 for those of the earlier one.
    customers
        Whose each row is: resampled together within each time.
    level, resamples, seed
        Of the bootstrap.

    Raises
    ------
    ColumnsRefused, TooFewRows

    Notes
    -----
    Rows with a gap are left out. It is an association: touchpoints explain a change, they need not have caused it.

    Source: E. Kitagawa (1955), JASA 50; R. Oaxaca (1973), A. Blinder (1973), with slopes half way between both times.

    Examples
    --------
    >>> late = np.array([0, 0, 0, 1] * 20 + [0, 0, 1, 1] * 20)
    >>> found = explained(4 - 2 * late, {"late": late}, np.arange(160) >= 80, resamples=20)
    >>> round(found.total.value, 6), round(found.parts[0].exposure.value, 6)
    (-0.5, -0.5)
    """
    columns = Columns.of(touchpoints)
    worth, times = column("score", score), column("is_now", is_now)
    if not len(worth) == len(times) == len(columns) or not np.isin(times, [0, 1]).all():
        raise ColumnsRefused(
            "Scores, touchpoints and times do not go together.", hint="Give 1 for now and 0 for before."
        )
    whole = ~np.isnan(np.column_stack([columns.values, worth])).any(axis=1)
    who = codes_of(customers, len(worth))
    rng = np.random.default_rng(seed)
    width = len(columns.names)
    fits = []
    for time in (0, 1):
        rows = np.flatnonzero(whole & (times == time))
        enough(len(rows), _FEWEST + 2 * width, columns.names)
        design = np.column_stack([np.ones(len(rows)), columns.values[rows], worth[rows]])
        mine = np.unique(who[rows], return_inverse=True)[1].astype(np.int64)
        sums = np.concatenate([(design.T @ design)[None], products(design, resamples, rng, customers=mine)])
        slopes = least_squares(sums, width + 1, list(range(width + 1)))
        fits.append((sums[:, 0, :] / sums[:, :1, 0], slopes, len(rows)))
    (mean0, slope0, before), (mean1, slope1, now) = fits
    inner = slice(1, width + 1)
    exposure = (mean1 - mean0)[:, inner] * ((slope0 + slope1) / 2)[:, inner]
    response = (slope1 - slope0)[:, inner] * ((mean0 + mean1) / 2)[:, inner]
    n = min(now, before)

    def told(values: Floats) -> Estimate:
        return percentiles(float(values[0]), values[1:], n=n, level=level)

    parts = [
        TouchpointPart(
            name,
            told(exposure[:, j]),
            told(response[:, j]),
            float(mean1[0, j + 1]),
            float(mean0[0, j + 1]),
        )
        for j, name in enumerate(columns.names)
    ]
    return ExplainedChange(
        told((mean1 - mean0)[:, -1]),
        tuple(sorted(parts, key=lambda each: -abs(each.exposure.value + each.response.value))),
        told((slope1 - slope0)[:, 0]),
        now,
        before,
    )
