"""Penalty and reward: what annoys where it is bad, and what delights where it is good?

A clean floor pleases nobody, a dirty one annoys. A straight line through both says neither; two steps do.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate

from .columns import Columns, ColumnsRefused, Floats, codes_of, column, enough, percentiles
from .resampling import least_squares, products

#: ``annoys``: taken for granted, missed where it is bad. ``delights``: noticed where it is good. ``both`` about alike.
Lean = Literal["annoys", "delights", "both"]

_FEWEST: Final = 30
#: Rows at each end of a rating, and between them: with none between, nothing is there to compare the ends with.
_FEWEST_EACH: Final = 5


@dataclass(frozen=True, slots=True)
class Contrast:
    """What one thing does where it is bad and where it is good.

    Attributes
    ----------
    name
        Of its column.
    penalty
        The outcome of those who rate it lowest, less that of those in the middle; usually below 0.
    reward
        The same of those who rate it highest; usually above 0.
    ratio
        Reward over penalty, both as sizes: below 1 it annoys more than it delights.
    lowest, highest
        Ratings up to this, and from this on, are the ends.
    low, high
        How many rows are at each end.
    """

    name: str
    penalty: Estimate
    reward: Estimate
    ratio: Estimate
    lowest: float
    highest: float
    low: int
    high: int

    @property
    def lean(self) -> Lean:
        """Which it does more, where the interval of the ratio leaves 1 out."""
        if self.ratio.interval.high < 1:
            return "annoys"
        return "delights" if self.ratio.interval.low > 1 else "both"


@dataclass(frozen=True, slots=True)
class PenaltyReward:
    """What annoys and what delights, in the order of the columns.

    Attributes
    ----------
    contrasts
        One for each thing.
    middle
        The outcome of those who rate everything in the middle.
    r_squared
        The outcome's variance that the steps explain.
    n
        Rows with every answer.
    notes
        ``penalty_reward.incomplete``: rows with a gap, left out.
    """

    contrasts: tuple[Contrast, ...]
    middle: float
    r_squared: float
    n: int
    notes: tuple[Note, ...]

    @property
    def table(self) -> Table:
        """One row a thing."""
        return Table.of(
            {
                "driver": [each.name for each in self.contrasts],
                **estimates("penalty", [each.penalty for each in self.contrasts]),
                **estimates("reward", [each.reward for each in self.contrasts]),
                **estimates("ratio", [each.ratio for each in self.contrasts]),
                "lean": [each.lean for each in self.contrasts],
            }
        )


def fit(
    outcome: ArrayLike,
    drivers: Mapping[str, ArrayLike] | Table,
    *,
    ends: float = 0.2,
    customers: Sequence[Hashable] | NDArray[Any] | None = None,
    level: float = DEFAULT_LEVEL,
    resamples: int = 1_000,
    seed: int = 1,
) -> PenaltyReward:
    """Return what each thing does where it is rated lowest and highest.

    The outcome is regressed on two marks for each thing: rated among the lowest ``ends`` of answers, or among the
    highest; the middle is what both are compared with.

    Parameters
    ----------
    outcome
        One number a row, such as overall satisfaction.
    drivers
        Ratings by name.
    ends
        The share of answers that each end should hold, up to the rating at that quantile, included: with few distinct
        ratings it holds more, and less where nothing would be left between (see `ends_of`).
    customers
        Whose each row is: resampled together.
    level, resamples, seed
        Of the bootstrap; where the ends lie is kept.

    Raises
    ------
    ColumnsRefused
        ``ends`` is not between 0 and 0.5, or a thing has too few rows at an end or between them.
    TooFewRows

    Notes
    -----
    Source: D. Brandt (1987), "A procedure for identifying value-enhancing service components using customer
    satisfaction survey data"; K. Matzler, E. Sauerwein (2002), International Journal of Service Industry Management 13.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> floor = rng.integers(1, 6, 500).astype(float)
    >>> found = fit(7 - 2 * (floor == 1) + rng.normal(0, 0.5, 500), {"floor": floor})
    >>> found.contrasts[0].lean
    'annoys'
    """
    columns = Columns.of(drivers)
    worth = column("outcome", outcome)
    if len(worth) != len(columns) or not 0 < ends < 0.5:
        raise ColumnsRefused(
            f"{len(worth)} outcomes do not go with {len(columns)} rows, or ends of {ends} are none.",
            hint="Give an outcome for each row, and a share between 0 and 0.5 for the ends.",
        )
    whole = ~np.isnan(np.column_stack([columns.values, worth])).any(axis=1)
    values, y = columns.values[whole], worth[whole]
    enough(len(y), max(_FEWEST, 5 * (2 * len(columns.names) + 1)), columns.names)
    bounds = np.array([_ends(name, one, ends) for name, one in zip(columns.names, values.T, strict=True)]).T
    low, high = values <= bounds[0], values >= bounds[1]
    marks = np.stack([low, high], axis=2).reshape(len(y), -1).astype(np.float64)
    design = np.column_stack([np.ones(len(y)), marks, y])
    on = list(range(design.shape[1] - 1))
    found = least_squares(design.T @ design, len(on), on)
    who = None if customers is None else codes_of(customers, len(worth))[whole]
    if who is not None:
        who = np.unique(who, return_inverse=True)[1].astype(np.int64)
    drawn = least_squares(
        products(design, resamples, np.random.default_rng(seed), customers=who), len(on), on
    )
    left = y - design[:, :-1] @ found
    return PenaltyReward(
        tuple(
            _contrast(
                name, found[1 + 2 * j : 3 + 2 * j], drawn[:, 1 + 2 * j : 3 + 2 * j], bounds[:, j],
                (int(low[:, j].sum()), int(high[:, j].sum())), n=len(y), level=level,
            )
            for j, name in enumerate(columns.names)
        ),
        float(found[0]),
        float(1 - left @ left / ((y - y.mean()) @ (y - y.mean()))),
        len(y),
        (Note.of("penalty_reward.incomplete", count=int((~whole).sum())),) if not whole.all() else (),
    )  # fmt: skip


def _contrast(
    name: str,
    found: Floats,
    drawn: Floats,
    bounds: Floats,
    sizes: tuple[int, int],
    *,
    n: int,
    level: float,
) -> Contrast:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.abs(drawn[:, 1] / drawn[:, 0])
        ratio = float(np.abs(found[1] / found[0]))
    return Contrast(
        name,
        percentiles(float(found[0]), drawn[:, 0], n=n, level=level),
        percentiles(float(found[1]), drawn[:, 1], n=n, level=level),
        percentiles(ratio, ratios, n=n, level=level),
        float(bounds[0]),
        float(bounds[1]),
        *sizes,
    )


def ends_of(values: Floats, ends: float) -> tuple[float, float] | None:
    """Return up to which rating answers are at the lower end, and from which on at the upper.

    Where most answers are one of the two best or worst ratings, nothing would be left between: then the larger end
    gives up the rating next to the middle. None where five rows at each end and five between them cannot be had.
    """
    low, high = np.quantile(values, [ends, 1 - ends]).tolist()
    if low < high and not ((values > low) & (values < high)).any():
        below, above = values[values < low], values[values > high]
        if below.size and ((values <= low).sum() >= (values >= high).sum() or not above.size):
            low = float(below.max())
        elif above.size:
            high = float(above.min())
    sizes = ((values <= low).sum(), ((values > low) & (values < high)).sum(), (values >= high).sum())
    return (low, high) if low < high and min(sizes) >= _FEWEST_EACH else None


def _ends(name: str, values: Floats, ends: float) -> tuple[float, float]:
    found = ends_of(values, ends)
    if found is None:
        raise ColumnsRefused(
            f"The answers to {name!r} have no two ends with something between: nearly all are alike.",
            hint="Leave it out, or take smaller ends.",
            name=name,
        )
    return found
