"""Linear models over hashed n-grams: a table of weights in whole numbers of one byte."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from .features import Buckets, buckets_of_words
from .model_file import Arrays
from .words import words_of


@dataclass(frozen=True, slots=True)
class Linear:
    """A table of weights.

    Attributes
    ----------
    weights
        Of shape ``2 ** bits, classes``, in steps of ``scale``.
    scale, bias
        Of each class.
    turned
        Whether turned words are n-grams of their own: see `features`.
    """

    weights: NDArray[np.int8]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]
    turned: bool = False

    @classmethod
    def of(cls, arrays: Arrays, name: str) -> Linear:
        """Return the table that a file has under a name."""
        turned = bool(arrays.get(f"{name}_turned", False))
        return cls(arrays[f"{name}_weights"], arrays[f"{name}_scale"], arrays[f"{name}_bias"], turned)

    @property
    def bits(self) -> int:
        """How many bits name a bucket."""
        return len(self.weights).bit_length() - 1

    def logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row of logits for each comment: bias + sum of its n-grams' weights over the root of their number."""
        return self.logits_of_words([words_of(text) for text in texts])

    def logits_of_words(self, words: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """Return the logits of comments that are cut into words already."""
        return self.logits_of(self.buckets_of(words))

    def buckets_of(self, words: Sequence[Sequence[str]]) -> Buckets:
        """Return the n-grams of comments that are cut into words already."""
        return buckets_of_words(words, self.bits, turned=self.turned)

    def logits_of(self, buckets: Buckets) -> NDArray[np.float32]:
        """Return the logits of comments whose n-grams are known."""
        sums = np.empty((len(buckets.end) - 1, self.weights.shape[1]), np.float32)
        _sum(buckets.bucket, buckets.end, self.weights, sums)
        return sums * self.scale + self.bias

    def shares(self, buckets: Buckets, class_weights: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return what each n-gram of the only comment adds to a weighted sum of the logits."""
        count = max(len(buckets.bucket), 1)
        rows = self.weights[buckets.bucket].astype(np.float64)
        return np.asarray(rows @ (self.scale * class_weights) / np.sqrt(count))


@njit(
    types.void(
        types.uint32[::1],
        types.int64[::1],
        types.Array(types.int8, 2, "C", readonly=True),
        types.float32[:, ::1],
    ),
    nogil=True,
    cache=True,
)
def _sum(
    bucket: NDArray[np.uint32], end: NDArray[np.int64], weights: NDArray[np.int8], sums: NDArray[np.float32]
) -> None:
    """Write the sums of weights of each comment, over the root of how many n-grams it has."""
    classes = weights.shape[1]
    total = np.empty(classes, np.int64)
    for row in range(len(end) - 1):
        total[:] = 0
        for place in range(end[row], end[row + 1]):
            for each in range(classes):
                total[each] += weights[bucket[place], each]
        root = np.sqrt(max(np.float64(end[row + 1] - end[row]), 1.0))
        for each in range(classes):
            sums[row, each] = total[each] / root
