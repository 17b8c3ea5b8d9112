"""What was known before: covariates of any kind as a matrix that learners take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .columns import ColumnsRefused, Floats

#: Values of a category with fewer rows than this are taken together.
_FEWEST: Final = 20
#: A category has at most so many values of its own.
_MOST_VALUES: Final = 60
_MISSING: Final = (None, "nan")


@dataclass(frozen=True, slots=True)
class KnownBefore:
    """Covariates as a matrix.

    Attributes
    ----------
    columns
        The name of the covariate that each column of ``matrix`` comes of.
    matrix
        ``float64`` of shape (rows, columns), nothing missing: numbers with mean 0 and standard deviation 1 (a missing
        one is 0, and a column of its own says so), categories as a column of 0 and 1 for each value.
    """

    columns: tuple[str, ...]
    matrix: Floats

    @classmethod
    def of(cls, known: Mapping[str, ArrayLike | Sequence[Any]], rows: int) -> KnownBefore:
        """Return the matrix of covariates: numbers where all values are (truths count as such), else categories.

        Parameters
        ----------
        known
            By name; None, NaN and an empty text are missing.
        rows
            How many values each has.

        Raises
        ------
        ColumnsRefused
        """
        names: list[str] = []
        made: list[Floats] = []
        for name, values in known.items():
            given = np.asarray(values)
            if given.shape != (rows,):
                raise ColumnsRefused(
                    f"The covariate {name!r} has {given.shape} values for {rows} rows.",
                    hint="Give one value for each row.",
                    name=name,
                )
            found = _numbers(given) if given.dtype.kind in "biuf" else _categories(given)
            made += found
            names += [name] * len(found)
        return cls(tuple(names), np.column_stack(made) if made else np.zeros((rows, 0)))

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> KnownBefore:
        """Return some of the rows."""
        return KnownBefore(self.columns, self.matrix[chosen])


def _numbers(values: NDArray[Any]) -> list[Floats]:
    numbers = values.astype(np.float64)
    missing = ~np.isfinite(numbers)
    made = [missing.astype(np.float64)] if missing.any() and not missing.all() else []
    there = numbers[~missing]
    spread = float(there.std()) if len(there) else 0.0
    if spread:
        made.insert(0, np.where(missing, 0.0, (numbers - there.mean()) / spread))
    return made


def _categories(values: NDArray[Any]) -> list[Floats]:
    """Return a column for each value but the commonest; rare ones together."""
    texts = np.array(["" if value in _MISSING else str(value) for value in values.tolist()])
    distinct, codes, counts = np.unique(texts, return_inverse=True, return_counts=True)
    common = [
        place
        for place in np.argsort(-counts, kind="stable")[:_MOST_VALUES].tolist()
        if counts[place] >= _FEWEST
    ]
    made = [(codes == place).astype(np.float64) for place in common]
    rest = 1.0 - np.sum(made, axis=0) if made else np.ones(len(codes))
    if not len(distinct):
        return []
    return [*made[1:], *([rest] if rest.any() and made else [])]
