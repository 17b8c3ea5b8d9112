"""Chance that can be looked up: each random number is a pure function of a seed, a purpose, a customer and a count.

A counterfactual world must differ from the real one only by the cause that was switched off. With a stream of random
numbers one order less would shift all that follow; here the third order of a customer draws the same numbers whatever
happened before it, in whatever block of customers he is made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Flags = NDArray[np.bool_]

_WHO: Final = np.uint64(0x9E3779B97F4A7C15)
_WHICH: Final = np.uint64(0xD1B54A32D192ED03)
_MIX_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2: Final = np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = (np.uint64(shift) for shift in (30, 27, 31, 11))
_UNIT: Final = 2.0**-53
_SAFE: Final = 2.0**-54


class Chance:
    """Random numbers by address.

    Parameters
    ----------
    *key
        What makes this world another one: a seed, an instant.

    Notes
    -----
    The mixing function is the finaliser of SplitMix64 over a linear combination of the address; G. Steele, D. Lea,
    C. Flood (2014), "Fast splittable pseudorandom number generators", OOPSLA.

    Examples
    --------
    >>> chance = Chance(1, "a")
    >>> bool(chance.uniform("coin", [7])[0] == chance.uniform("coin", [5, 6, 7])[2])
    True
    """

    def __init__(self, *key: int | str) -> None:
        self._key = "/".join(map(str, key))
        self._purposes: dict[str, np.uint64] = {}

    def words(self, purpose: str, who: ArrayLike, which: ArrayLike = 0) -> Words:
        """Return 64 random bits for each address.

        Parameters
        ----------
        purpose
            What the number decides; other purposes get independent numbers.
        who, which
            Whole numbers, not negative: the customer and, for example, the count of his order. They broadcast.
        """
        word = np.atleast_1d(np.asarray(who)).astype(np.uint64) * _WHO
        word = word + (np.atleast_1d(np.asarray(which)).astype(np.uint64) * _WHICH + self._salt(purpose))
        word ^= word >> _30
        word *= _MIX_1
        word ^= word >> _27
        word *= _MIX_2
        word ^= word >> _31
        return word

    def uniform(self, purpose: str, who: ArrayLike, which: ArrayLike = 0) -> Floats:
        """Return numbers between 0 and 1, both excluded."""
        return (self.words(purpose, who, which) >> _11).astype(np.float64) * _UNIT + _SAFE

    def exponential(self, purpose: str, who: ArrayLike, which: ArrayLike = 0) -> Floats:
        """Return exponential numbers of mean 1."""
        return -np.log(self.uniform(purpose, who, which))

    def normal(self, purpose: str, who: ArrayLike, which: ArrayLike = 0) -> Floats:
        """Return standard normal numbers (G. Box, M. Muller, 1958)."""
        radius = np.sqrt(2.0 * self.exponential(purpose, who, which))
        return radius * np.cos(2.0 * np.pi * self.uniform(purpose + " angle", who, which))

    def geometric(self, purpose: str, more: float, who: ArrayLike, which: ArrayLike = 0) -> Ints:
        """Return how often something with probability ``more`` happens in a row: 0, 1, 2, …"""
        counts: Ints = np.floor(np.log(self.uniform(purpose, who, which)) / np.log(more)).astype(np.int64)
        return counts

    def poisson(self, purpose: str, mean: ArrayLike, who: ArrayLike, which: ArrayLike = 0) -> Ints:
        """Return Poisson counts, by inversion; for means up to some hundreds."""
        uniform = self.uniform(purpose, who, which)
        term = np.broadcast_to(np.exp(-np.asarray(mean, dtype=np.float64)), uniform.shape).copy()
        means = np.broadcast_to(np.asarray(mean, dtype=np.float64), uniform.shape)
        total, counts = term.copy(), np.zeros(uniform.shape, dtype=np.int64)
        open_rows = np.flatnonzero(uniform > total)
        count = 0
        while len(open_rows):
            count += 1
            term[open_rows] *= means[open_rows] / count
            total[open_rows] += term[open_rows]
            counts[open_rows] = count
            # far in the upper tail the sum no longer grows in floating point; nothing can follow there
            grows = (term[open_rows] > _SAFE) | (count < means[open_rows])
            open_rows = open_rows[(uniform[open_rows] > total[open_rows]) & grows]
        return counts

    def choice(
        self, purpose: str, weights: Sequence[float] | Floats, who: ArrayLike, which: ArrayLike = 0
    ) -> Ints:
        """Return places in ``weights``, each as likely as its weight (which need not sum to 1)."""
        bounds = np.cumsum(np.asarray(weights, dtype=np.float64))
        return np.searchsorted(bounds[:-1] / bounds[-1], self.uniform(purpose, who, which), side="right")

    def gamma(self, purpose: str, shape: float, who: ArrayLike) -> Floats:
        """Return gamma numbers of the given shape and scale 1.

        Source: G. Marsaglia, W. Tsang (2000), "A simple method for generating gamma variables", ACM TOMS 26(3); below
        shape 1 with the boost of their section 6.
        """
        people = np.atleast_1d(np.asarray(who))
        boosted = shape + 1.0 if shape < 1.0 else shape
        d = boosted - 1.0 / 3.0
        c = 1.0 / np.sqrt(9.0 * d)
        drawn = np.empty(len(people))
        left = np.arange(len(people))
        attempt = 0
        while len(left):
            x = self.normal(purpose, people[left], attempt)
            v = (1.0 + c * x) ** 3
            u = self.uniform(purpose + " accept", people[left], attempt)
            inside = np.where(v > 0.0, v, 1.0)
            accepted = (v > 0.0) & (np.log(u) < 0.5 * x * x + d - d * v + d * np.log(inside))
            drawn[left[accepted]] = d * v[accepted]
            left = left[~accepted]
            attempt += 1
        if shape < 1.0:
            drawn *= self.uniform(purpose + " boost", people) ** (1.0 / shape)
        return drawn

    def beta(self, purpose: str, a: float, b: float, who: ArrayLike) -> Floats:
        """Return beta numbers."""
        first = self.gamma(purpose + " a", a, who)
        return first / (first + self.gamma(purpose + " b", b, who))

    def _salt(self, purpose: str) -> np.uint64:
        salt = self._purposes.get(purpose)
        if salt is None:
            digest = hashlib.blake2b(f"{self._key}\0{purpose}".encode(), digest_size=8).digest()
            salt = self._purposes[purpose] = np.uint64(int.from_bytes(digest, "little"))
        return salt


def logistic(logit: Floats) -> Floats:
    """Return the probability of a logit."""
    return np.asarray(1.0 / (1.0 + np.exp(-logit)), dtype=np.float64)


def logit(probability: ArrayLike) -> Floats:
    """Return the logit of a probability."""
    share = np.asarray(probability, dtype=np.float64)
    return np.asarray(np.log(share / (1.0 - share)), dtype=np.float64)


def normal_share(z: Floats) -> Floats:
    """Return the share of a standard normal below ``z``, to 1e-7.

    Source: M. Abramowitz, I. Stegun (1964), formula 26.2.17.
    """
    t = 1.0 / (1.0 + 0.2316419 * np.abs(z))
    powers = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    upper = np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi) * powers
    return np.asarray(np.where(z < 0.0, upper, 1.0 - upper), dtype=np.float64)
