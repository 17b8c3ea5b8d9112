"""Credit that follows from all paths together: removal effects of a Markov chain, Shapley values."""

from __future__ import annotations

from math import factorial
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: With more touch names than this there are too many sets of them.
MOST_IN_GAME: Final = 16


def removal_effects(edges: Floats) -> Floats:
    """Return by what share conversions would fall if a touch led to nothing any more.

    The chain walks from the start over touches to a conversion or to nothing. Without touch :math:`c` all that would
    have come to it ends in nothing: what is lost is the chance to come to :math:`c` at all times the chance to convert
    from there, so that one inverse :math:`N = (I - Q)^{-1}` serves all touches:

    .. math:: RE_c = \\frac{(N_{sc} / N_{cc}) \\, b_c}{b_s}

    Parameters
    ----------
    edges
        Counts of shape (…, names + 1, names + 2), as `attribution_kernels.walk_touches` counts them.

    Returns
    -------
    ndarray
        Of shape (…, names); 0 where nothing converts.

    Source: E. Anderl, I. Becker, F. von Wangenheim, J. H. Schumann (2016), International Journal of Research in
    Marketing 33(3); the inverse as in J. G. Kemeny, J. L. Snell (1960), Finite Markov Chains, theorem 3.5.4.
    """
    names = edges.shape[-2] - 1
    leaving = edges.sum(axis=-1, keepdims=True)
    chances = np.divide(edges, leaving, out=np.zeros_like(edges), where=leaving > 0)
    inner, onto = chances[..., :names, :names], chances[..., :names, names]
    visits = np.linalg.inv(np.eye(names) - inner)
    converts = (visits @ onto[..., None])[..., 0]
    begins = chances[..., names, :names]
    here = (begins[..., None, :] @ visits)[..., 0, :] / np.diagonal(visits, axis1=-2, axis2=-1)
    whole = (begins * converts).sum(axis=-1, keepdims=True)
    effects: Floats = np.divide(here * converts, whole, out=np.zeros_like(here), where=whole > 0)
    return effects


def shapley_of_rate(sets: Floats) -> Floats:
    """Return each name's Shapley value in the game whose worth is a conversion rate.

    A set of names is worth the share of paths that convert among the paths touched by nobody outside of the set; no
    path, no worth. Values add up to the rate of all paths.

    .. math:: \\phi_i = \\sum_{S \\not\\ni i} \\frac{|S|!\\,(n-|S|-1)!}{n!} (v(S \\cup i) - v(S))

    Parameters
    ----------
    sets
        Of shape (…, 2 ** names, 2): paths of exactly this set of names, and how many of them convert.

    Returns
    -------
    ndarray
        Of shape (…, names); may be negative.

    Source: L. S. Shapley (1953), Contributions to the Theory of Games II.
    """
    size = sets.shape[-2]
    names = size.bit_length() - 1
    within = sets.copy()
    for name in range(names):  # sums over subsets, one name after the other (Yates)
        halves = within.reshape(*within.shape[:-2], size >> (name + 1), 2, 1 << name, 2)
        halves[..., 1, :, :] += halves[..., 0, :, :]
    paths, converting = within[..., 0], within[..., 1]
    worth = np.divide(converting, paths, out=np.zeros_like(paths), where=paths > 0)
    every = np.arange(size)
    members = np.array([int(each).bit_count() for each in every])
    weight_of = np.array(
        [factorial(count) * factorial(names - count - 1) / factorial(names) for count in range(names)]
    )
    found: Floats = np.empty((*sets.shape[:-2], names))
    for name in range(names):
        without = every[every & (1 << name) == 0]
        gains = worth[..., without | (1 << name)] - worth[..., without]
        found[..., name] = gains @ weight_of[members[without]]
    return found


def as_shares(values: Floats) -> Floats:
    """Return values as shares of their sum along the last axis; 0 where the sum is not above 0."""
    whole = values.sum(axis=-1, keepdims=True)
    shares: Floats = np.divide(values, whole, out=np.zeros_like(values), where=whole > 0)
    return shares
