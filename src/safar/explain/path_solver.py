"""Partial least squares: weights, loadings and paths of a path model from covariance matrices, many at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from .columns import Floats

#: How neighbours in the model weigh on one another while weights are sought.
Scheme = Literal["path", "centroid", "factorial"]

_MOST_STEPS: Final = 500
_STILL: Final = 1e-11


@dataclass(frozen=True, slots=True)
class Solved:
    """Models of several covariance matrices, the first axis of everything.

    Attributes
    ----------
    weights
        Shape (matrices, questions, things).
    loadings
        Shape (matrices, questions): correlations with the own score.
    paths, total
        Shape (matrices, target, source): directly, and along all ways.
    r_squared
        Shape (matrices, things); 0 where nothing leads to it.
    """

    weights: Floats
    loadings: Floats
    paths: Floats
    total: Floats
    r_squared: Floats

    @property
    def own_weights(self) -> Floats:
        """The weight of each question for its own thing."""
        return np.asarray(self.weights.sum(axis=2))


def solved(
    covariance: Floats, of: NDArray[np.bool_], leads: NDArray[np.bool_], *, scheme: Scheme, scaled: bool
) -> Solved:
    """Return the models of covariance matrices; see `safar.explain.path_model.fit`.

    Parameters
    ----------
    covariance
        Shape (matrices, questions, questions).
    of
        Shape (questions, things): which question shows what.
    leads
        Shape (target, source).
    scheme, scaled
        As of `safar.explain.path_model.fit`.
    """
    spread = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    matrix = covariance / spread[:, :, None] / spread[:, None, :] if scaled else covariance
    joined = (leads | leads.T).astype(np.float64)
    weights = _normed(np.broadcast_to(of.astype(np.float64), (len(matrix), *of.shape)).copy(), matrix)
    for _ in range(_MOST_STEPS):
        between = np.swapaxes(weights, 1, 2) @ matrix @ weights
        neighbours = _SCHEMES[scheme](between, joined, leads)
        following = _normed(np.where(of, matrix @ weights @ neighbours, 0.0), matrix)
        moved = float(np.abs(following - weights).max())
        weights = following
        if moved < _STILL:
            break
    with_scores = np.where(of, matrix @ weights, 0.0).sum(axis=2)
    own = with_scores if scaled else with_scores / spread
    # a score points the way that most of its questions do
    turned = np.where(np.where(of, np.sign(own)[:, :, None], 0.0).sum(axis=1) < 0, -1.0, 1.0)
    weights = weights * turned[:, None, :]
    own = own * (of.astype(np.float64) @ turned[:, :, None])[..., 0]
    between = np.swapaxes(weights, 1, 2) @ matrix @ weights
    paths = np.zeros_like(between)
    r_squared = np.zeros(between.shape[:2])
    for target in range(len(leads)):
        sources = np.flatnonzero(leads[target])
        if len(sources):
            slopes = _regressed(between, target, sources)
            paths[:, target, sources] = slopes
            r_squared[:, target] = (slopes * between[:, sources, target]).sum(axis=1)
    identity = np.eye(len(leads))
    return Solved(weights, own, paths, np.linalg.inv(identity - paths) - identity, r_squared)


def _normed(weights: Floats, matrix: Floats) -> Floats:
    """Return weights whose scores have variance 1."""
    variance = np.einsum("bij,bij->bj", weights, matrix @ weights)
    return np.asarray(weights / np.sqrt(variance)[:, None, :])


def _regressed(between: Floats, target: int, sources: NDArray[np.int64]) -> Floats:
    within = between[:, sources[:, None], sources[None, :]]
    return np.asarray(
        (np.linalg.pinv(within, hermitian=True) @ between[:, sources, target][..., None])[..., 0]
    )


def _centroid(between: Floats, joined: Floats, leads: NDArray[np.bool_]) -> Floats:
    del leads
    return np.asarray(np.sign(between) * joined)


def _factorial(between: Floats, joined: Floats, leads: NDArray[np.bool_]) -> Floats:
    del leads
    return np.asarray(between * joined)


def _path(between: Floats, joined: Floats, leads: NDArray[np.bool_]) -> Floats:
    found = between * joined
    for target in range(len(leads)):
        sources = np.flatnonzero(leads[target])
        if len(sources):  # in its proxy, what leads to it counts by regression
            found[:, sources, target] = _regressed(between, target, sources)
    return np.asarray(found)


_SCHEMES: Final[Mapping[Scheme, Callable[[Floats, Floats, NDArray[np.bool_]], Floats]]] = {
    "centroid": _centroid,
    "factorial": _factorial,
    "path": _path,
}


def reaches(leads: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return whether any way leads from one thing (second axis) to another (first axis)."""
    found = leads.copy()
    for _ in range(len(leads)):
        found = found | (found.astype(np.int64) @ leads.astype(np.int64) > 0)
    return found
