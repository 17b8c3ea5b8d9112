"""Probabilities that mean what they say: of comments given 80 %, eight in ten are so.

Logits are divided by a temperature and shifted by class, for each language, as is likeliest on comments that were not
learnt from (Guo et al. 2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .model_file import Arrays

#: Languages that have a temperature of their own, in the order of their places; the others share the last.
LANGUAGES: Final = ("fa", "ar", "en")


@dataclass(frozen=True, slots=True)
class Calibration:
    """How logits become probabilities.

    Attributes
    ----------
    temperature
        Of each language and of the others.
    shift
        Of shape ``languages, classes``.
    """

    temperature: NDArray[np.float32]
    shift: NDArray[np.float32]

    @classmethod
    def of(cls, arrays: Arrays, name: str) -> Calibration:
        """Return what a file has under a name."""
        return cls(arrays[f"temperature_{name}"], arrays[f"shift_{name}"])

    @staticmethod
    def place_of(language: str) -> int:
        """Return the row of a language."""
        return LANGUAGES.index(language) if language in LANGUAGES else len(LANGUAGES)

    def probabilities(self, logits: NDArray[np.float32], languages: Sequence[str]) -> NDArray[np.float32]:
        """Return a row of probabilities for each row of logits."""
        places = [self.place_of(each) for each in languages]
        return softmax(logits / self.temperature[places][:, None] + self.shift[places])


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return probabilities; each row sums to one."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def calibration_error(
    probability: NDArray[np.floating], is_right: NDArray[np.bool_], bins: int = 15
) -> float:
    """Return the expected calibration error, 0…1: how far what is stated is from how often it is right.

    Parameters
    ----------
    probability
        Of the label that was given, 0…1.
    is_right
        Whether that label was the true one.
    bins
        Equally wide ones; each counts by how many comments it has (Naeini et al. 2015).

    Examples
    --------
    >>> round(calibration_error(np.array([0.9, 0.9, 0.6, 0.6]), np.array([True, True, True, False])), 2)
    0.1
    """
    if not len(probability):
        return 0.0
    bin_of = np.minimum((probability * bins).astype(np.intp), bins - 1)
    stated = np.bincount(bin_of, probability, bins)
    found = np.bincount(bin_of, is_right, bins)
    return float(np.abs(stated - found).sum() / len(probability))
