"""Columns of answers as one matrix: what a fit is given, checked once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safar.store.table import Table
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import Estimate, Interval, normal_quantile

Floats = NDArray[np.float64]


class ColumnsRefused(Refusal, ValueError):
    """Columns that no fit can be made of: of unequal length, without a name, without a spread, or with the wrong
    values."""

    code = "why.columns_refused"


class TooFewRows(Refusal, ValueError):
    """There are fewer complete observations than the question needs."""

    code = "why.too_few_rows"


@dataclass(frozen=True, slots=True)
class Columns:
    """Named columns of equal length.

    Attributes
    ----------
    names
        In the order given.
    values
        ``float64`` of shape (rows, columns); NaN where there is no answer.
    """

    names: tuple[str, ...]
    values: Floats

    @classmethod
    def of(cls, columns: Mapping[str, ArrayLike] | Table) -> Columns:
        """Return columns of numbers as a matrix; None and NaN are missing answers.

        Raises
        ------
        ColumnsRefused
            There are none, their lengths differ, or one holds something that is no number.
        """
        if isinstance(columns, Table):
            columns = columns.columns()
        made = {name: column(name, values) for name, values in columns.items()}
        lengths = {name: len(values) for name, values in made.items()}
        if not made or len(set(lengths.values())) > 1:
            raise ColumnsRefused(
                f"The columns have {lengths} rows." if made else "There are no columns.",
                hint="Give one number for each row in every column; NaN where there is none.",
            )
        return cls(tuple(made), np.column_stack(list(made.values())))

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, name: str) -> Floats:
        return self.values[:, self.place(name)]

    def place(self, name: str) -> int:
        """Return the place of a column.

        Raises
        ------
        ColumnsRefused
        """
        if name not in self.names:
            raise ColumnsRefused(
                f"There is no column {name!r}.", hint=f"There are {', '.join(self.names)}.", name=name
            )
        return self.names.index(name)


def column(name: str, values: ArrayLike) -> Floats:
    """Return one column of numbers as ``float64``, NaN where there is none.

    Raises
    ------
    ColumnsRefused
        It is no single column, or holds an infinite value or something that is no number.
    """
    try:
        found = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        found = np.zeros((0, 0))
    if found.ndim != 1 or bool(np.isinf(found).any()):
        raise ColumnsRefused(
            f"The column {name!r} is not one column of numbers.",
            hint="Give numbers, and NaN or None where there is no answer.",
            name=name,
        )
    return found


def codes_of(values: Iterable[Hashable] | NDArray[Any] | None, n: int) -> NDArray[np.int64]:
    """Return who each row is of, as numbers from 0; every row its own where nobody is named.

    Raises
    ------
    ColumnsRefused
        There are not ``n`` of them.
    """
    if values is None:
        return np.arange(n)
    given = values if isinstance(values, np.ndarray) else np.array(list(values))
    if len(given) != n:
        raise ColumnsRefused(
            f"{len(given)} customers are named for {n} rows.", hint="Name one customer for each row."
        )
    return np.unique(given, return_inverse=True)[1].astype(np.int64)


def weights_of(values: ArrayLike | None, n: int) -> Floats:
    """Return the weight of each row, with mean 1; 1 each where none are given.

    Raises
    ------
    ColumnsRefused
        There are not ``n`` of them, or one is not above 0.
    """
    if values is None:
        return np.ones(n)
    found = column("weights", values)
    if len(found) != n or not bool((found > 0).all()):
        raise ColumnsRefused("Weights are one for each row, each above 0.", hint="Leave rows out, not at 0.")
    return np.asarray(found / found.mean())


def percentiles(
    value: float, drawn: ArrayLike, *, n: int, level: float, within: tuple[float, float] | None = None
) -> Estimate:
    """Return an estimate with the interval between the percentiles of its bootstraps.

    Parameters
    ----------
    value
        The estimate.
    drawn
        What each resample gave; those without an answer are NaN.
    n
        Observations.
    level
        Confidence level.
    within
        Bounds that the interval is clipped to.

    Source: B. Efron, R. Tibshirani (1993), An Introduction to the Bootstrap, chapter 13.
    """
    normal_quantile(level)
    found = np.asarray(drawn, np.float64)
    found = found[np.isfinite(found)]
    if not len(found):
        return Estimate(value, Interval(float("-inf"), float("inf"), level), n)
    low, high = np.quantile(found, [0.5 - level / 2, 0.5 + level / 2]).tolist()
    if within:
        low, high = max(low, within[0]), min(high, within[1])
    return Estimate(value, Interval(low, high, level), n)


def enough(rows: int, needed: int, what: Sequence[str] = ()) -> None:
    """Refuse when there are fewer complete rows than needed.

    Raises
    ------
    TooFewRows
    """
    if rows < needed:
        of = f" of {', '.join(what)}" if what else ""
        raise TooFewRows(
            f"There are {rows} complete rows{of}, and {needed} are needed.",
            hint="Take a longer time, fewer columns, or columns that more customers answered.",
            rows=rows,
            needed=needed,
        )
