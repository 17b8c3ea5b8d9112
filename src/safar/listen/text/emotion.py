"""Which emotion do the words of a comment show?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from .calibration import Calibration
from .language import language_of
from .linear import Linear
from .model_file import MODEL, read
from .network import Network
from .words import words_of

Emotion = Literal["anger", "fear", "joy", "sadness", "surprise", "none"]
#: In the order of the columns of probabilities. Disgust and hate are anger here, love and hope joy, sympathy sadness.
EMOTIONS: Final[tuple[Emotion, ...]] = ("anger", "fear", "joy", "sadness", "surprise", "none")


@dataclass(frozen=True, slots=True)
class Emotions:
    """The trained model of emotions: one for Persian, Arabic and English.

    Examples
    --------
    >>> found = Emotions.load().probabilities(["I am so happy with it!", "از این برخورد خیلی عصبانی هستم"])
    >>> [EMOTIONS[place] for place in found.argmax(axis=1)]
    ['joy', 'anger']
    """

    grams: Linear
    network: Network
    calibration: Calibration

    @classmethod
    @cache
    def load(cls) -> Emotions:
        """Return the model of this installation, read once for each process."""
        return cls.of(MODEL)

    @classmethod
    def of(cls, name: str) -> Emotions:
        """Return the model of a file."""
        arrays = read(name)
        return cls(Linear.of(arrays, "emotion_grams"), Network.of(arrays), Calibration.of(arrays, "emotion"))

    def probabilities(
        self, texts: Sequence[str], languages: Sequence[str] | None = None
    ) -> NDArray[np.float32]:
        """Return the probability of each of `EMOTIONS`: a row for each comment, which sums to one."""
        if not texts:
            return np.empty((0, len(EMOTIONS)), np.float32)
        found = language_of(texts) if languages is None else languages
        words = [words_of(text) for text in texts]
        logits = self.grams.logits_of_words(words) + self.network.logits(
            self.network.answers(words), "emotion"
        )
        return self.calibration.probabilities(logits, found)
