"""Means and covariances of answers of which some are missing, and what resampling would make of them.

People skip questions, and rate only what they used. Leaving out every row with a gap throws most answers away and
keeps the people who answer everything. Here every answer counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .columns import ColumnsRefused, Floats

_MOST_STEPS: Final = 2_000
_STILL: Final = 1e-9
_NUDGE: Final = 1e-5
#: Of a variance of 1: columns that say the same can then be told from one another.
_RIDGE: Final = 1e-10
#: Numbers drawn at once.
_TOGETHER: Final = 1 << 23


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean and covariance of rows with gaps.

    Attributes
    ----------
    mean
        Shape (columns,).
    covariance
        Shape (columns, columns), with divisor n.
    steps
        Steps of the EM algorithm; 0 where nothing is missing.
    """

    mean: Floats
    covariance: Floats
    steps: int
    _rows: Floats
    _weight: Floats
    _speed: Floats
    _scale: Floats

    def resampled(
        self, count: int, rng: np.random.Generator, *, customers: NDArray[np.int64] | None = None
    ) -> Floats:
        """Return the covariance of each of ``count`` bootstrap samples: shape (count, columns, columns).

        Rows are drawn with replacement; all rows of a customer together where customers are given. Where nothing is
        missing these are the very covariances of the resamples. Otherwise they are so to first order: one step of the
        algorithm on the resample, prolonged to where its steps would lead.

        Source: X. Meng, D. Rubin (1991), Journal of the American Statistical Association 86 (the rate of the steps);
        B. Efron (1994), the same journal 89 (bootstrap of incomplete data).
        """
        rows, weight = self._rows, self._weight
        if customers is not None:
            groups = int(customers.max()) + 1
            rows = np.column_stack([np.bincount(customers, each, groups) for each in rows.T])
            weight = np.bincount(customers, weight, groups).astype(np.float64)
        n, d = len(weight), len(self.mean)
        centre = self._rows.sum(axis=0) / self._weight.sum()
        found = np.empty((count, d, d))
        step = max(1, _TOGETHER // n)
        for at in range(0, count, step):
            drawn = rng.multinomial(n, np.full(n, 1 / n), size=min(step, count - at)).astype(np.float64)
            moved = (drawn @ rows) / (drawn @ weight)[:, None]
            moved = centre + (moved - centre) @ self._speed.T
            found[at : at + len(drawn)] = _covariances(moved, d)
        return found * np.outer(self._scale, self._scale)


def moments(values: Floats, weights: Floats) -> Moments:
    """Return mean and covariance by maximum likelihood for normal answers, from all answers that are there.

    The EM algorithm: what is missing of a row is expected from what is there, until nothing moves. Without gaps they
    are the plain moments.

    Parameters
    ----------
    values
        Shape (rows, columns), NaN where there is none. Every row has an answer.
    weights
        Of the rows.

    Raises
    ------
    ColumnsRefused
        Two columns are never answered by the same person, so nothing tells how they go together; or a column never
        varies.

    Notes
    -----
    Consistent where answers are missing at random given those that are there, and for any distribution where they are
    missing altogether at random. Who never used a thing has no opinion of it: then it tells what would be expected of
    such a person.

    Source: A. Dempster, N. Laird, D. Rubin (1977), JRSS B 39; R. Little, D. Rubin (2002), Statistical Analysis with
    Missing Data, section 11.2.
    """
    there = ~np.isnan(values)
    _check_pairs(there)
    centre = np.nanmean(values, axis=0)
    scale = np.nanstd(values, axis=0)
    if not bool((scale > 0).all()):
        raise ColumnsRefused(
            f"The columns {np.flatnonzero(scale == 0).tolist()} never vary.", hint="Leave them out."
        )
    patterns = _Patterns.of((values - centre) / scale, there, weights)
    d = values.shape[1]
    start = np.concatenate([np.zeros(d), np.eye(d)[np.triu_indices(d)]])
    found, steps = _fitted(patterns, start) if patterns.has_gaps else (patterns.expected(start), 0)
    speed = _speed(patterns, found) if patterns.has_gaps else np.eye(len(found))
    covariance = _covariances(found[None], d)[0]
    return Moments(
        centre + scale * found[:d],
        covariance * np.outer(scale, scale),
        steps,
        patterns.rows_expected(found),
        weights,
        speed,
        scale,
    )


def _check_pairs(there: NDArray[np.bool_]) -> None:
    together = there.T.astype(np.int64) @ there.astype(np.int64)
    apart = np.argwhere(np.triu(together < 2))
    if len(apart):
        one, other = apart[0].tolist()
        raise ColumnsRefused(
            f"The columns {one} and {other} are answered together by {together[one, other]} people.",
            hint="Leave one of them out: nothing tells how they go together.",
        )


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Rows by which of their answers are there; with what the algorithm needs of each pattern."""

    code: NDArray[np.int64]
    filled: Floats  # 0 where there is none
    weights: Floats
    there: NDArray[np.bool_]  # (patterns, columns)
    weight: Floats
    sums: Floats
    squares: Floats

    @classmethod
    def of(cls, values: Floats, there: NDArray[np.bool_], weights: Floats) -> _Patterns:
        distinct, code = np.unique(there, axis=0, return_inverse=True)
        code = code.reshape(-1).astype(np.int64)
        filled = np.where(there, values, 0.0)
        order = np.argsort(code, kind="stable")
        ends = np.searchsorted(code[order], np.arange(len(distinct) + 1))
        parts = [order[first:last] for first, last in pairwise(ends.tolist())]
        weighted = filled * weights[:, None]
        return cls(
            code,
            filled,
            weights,
            distinct,
            np.bincount(code, weights).astype(np.float64),
            np.array([weighted[part].sum(axis=0) for part in parts]),
            np.array([weighted[part].T @ filled[part] for part in parts]),
        )

    @property
    def has_gaps(self) -> bool:
        return not bool(self.there.all())

    def regressed(self, at: Floats) -> tuple[Floats, Floats, Floats]:
        """Return by pattern what a row is expected to be: a constant, a matrix on what is there, and the covariance
        that is left."""
        d = self.there.shape[1]
        mean, covariance = at[:d], _covariances(at[None], d)[0]
        seen = self.there.astype(np.float64)
        lacking = 1 - seen
        block = covariance * seen[:, :, None] * seen[:, None, :]
        block = block + np.eye(d) * (lacking + _RIDGE)[:, :, None]
        on_seen = (covariance[None] * seen[:, None, :]) @ np.linalg.inv(block) * seen[:, None, :]
        # what is there is itself, exactly, also where two columns say the same
        matrix = on_seen * lacking[:, :, None] + np.eye(d) * seen[:, :, None]
        constant = lacking * (mean - (on_seen @ (seen * mean)[..., None])[..., 0])
        left = covariance - on_seen @ (covariance[None] * seen[:, :, None])
        left = left * lacking[:, :, None] * lacking[:, None, :]
        return constant, matrix, left

    def expected(self, at: Floats) -> Floats:
        """Return the expected moments of a row, where those of all rows are ``at``: one step of the algorithm."""
        d = self.there.shape[1]
        constant, matrix, left = self.regressed(at)
        moved = (matrix @ self.sums[..., None])[..., 0]
        first = (self.weight[:, None] * constant + moved).sum(axis=0)
        cross = (moved[:, :, None] * constant[:, None, :]).sum(axis=0)
        second = (matrix @ self.squares @ np.swapaxes(matrix, 1, 2)).sum(axis=0) + cross + cross.T
        second += np.einsum("k,ki,kj->ij", self.weight, constant, constant)
        second += np.einsum("k,kij->ij", self.weight, left)
        whole = self.weight.sum()
        return np.asarray(np.concatenate([first, second[np.triu_indices(d)]]) / whole)

    def rows_expected(self, at: Floats) -> Floats:
        """Return the expected moments of each row times its weight: shape (rows, moments)."""
        d = self.there.shape[1]
        upper = np.triu_indices(d)
        constant, matrix, left = self.regressed(at)
        rows = constant[self.code] + np.einsum("nij,nj->ni", matrix[self.code], self.filled)
        second = rows[:, upper[0]] * rows[:, upper[1]] + left[:, upper[0], upper[1]][self.code]
        return np.column_stack([rows, second]) * self.weights[:, None]


def _fitted(patterns: _Patterns, at: Floats) -> tuple[Floats, int]:
    """Return where the steps lead, each pair of them prolonged (R. Varadhan, C. Roland 2008, scheme S3)."""
    d = patterns.there.shape[1]
    for step in range(_MOST_STEPS):
        once = patterns.expected(at)
        twice = patterns.expected(once)
        change, bend = once - at, twice - 2 * once + at
        if float(np.abs(change).max()) < _STILL:
            return once, 2 * (step + 1)
        stretch = -float(np.linalg.norm(change)) / max(float(np.linalg.norm(bend)), 1e-300)
        further = at - 2 * min(stretch, -1.0) * change + min(stretch, -1.0) ** 2 * bend
        sound = float(np.linalg.eigvalsh(_covariances(further[None], d)[0])[0]) > 0
        at = patterns.expected(further) if sound else twice
    return at, 2 * _MOST_STEPS


def _speed(patterns: _Patterns, at: Floats) -> Floats:
    """Return how much further the steps lead than the first of them: the inverse of 1 less their rate."""
    rate = np.empty((len(at), len(at)))
    for place in range(len(at)):
        nudge = np.zeros(len(at))
        nudge[place] = _NUDGE
        rate[:, place] = (patterns.expected(at + nudge) - patterns.expected(at - nudge)) / (2 * _NUDGE)
    return np.asarray(np.linalg.inv(np.eye(len(at)) - rate))


def _covariances(found: Floats, d: int) -> Floats:
    """Return covariance matrices of moments, one row each."""
    upper = np.triu_indices(d)
    second = np.empty((len(found), d, d))
    second[:, upper[0], upper[1]] = found[:, d:]
    second[:, upper[1], upper[0]] = found[:, d:]
    return second - found[:, :d, None] * found[:, None, :d]
