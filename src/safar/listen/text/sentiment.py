"""Are the words of a comment negative, neutral or positive, how strongly, and which of them say so?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from .calibration import Calibration
from .features import WIDEST_SPAN
from .language import language_of
from .linear import Linear
from .model_file import MODEL, read
from .network import Network
from .words import words_of, words_with_places

Sentiment = Literal["negative", "neutral", "positive"]
#: In the order of the columns of probabilities.
SENTIMENTS: Final[tuple[Sentiment, ...]] = ("negative", "neutral", "positive")
#: From very negative to very positive, in the order of the columns of strengths.
STRENGTHS: Final = (-2, -1, 0, 1, 2)
#: What the log odds of the two sides are made of: positive less negative.
POSITIVE_AGAINST_NEGATIVE: Final = np.array([-1, 0, 1], np.float32)


@dataclass(frozen=True, slots=True)
class WordWeight:
    """A word of a comment, the slice ``start:end`` of the comment it stands in, and what it adds to the log odds."""

    word: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Why:
    """What a sentiment was read from.

    Attributes
    ----------
    words
        In the order of the comment; above zero speaks for positive, below for negative.
    rest
        What no word says: how often comments of the language are positive at all.
    log_odds
        Of positive against negative, natural logarithm: ``rest`` and the weights of the words add up to it.
    """

    words: tuple[WordWeight, ...]
    rest: float
    log_odds: float


@dataclass(frozen=True, slots=True)
class Sentiments:
    """The trained model of sentiment: one for Persian, Arabic and English.

    Three models look at a comment and their logits are added: linear weights of n-grams (`linear`), a small network
    over vectors of words (`network`), and linear weights that know two sides only, learnt from comments that have one.

    Examples
    --------
    >>> model = Sentiments.load()
    >>> model.probabilities(["غذا سرد بود", "Excellent, thank you!"]).argmax(axis=1)
    array([0, 2])
    """

    grams: Linear
    sides: Linear
    grams_of_strength: Linear
    network: Network
    calibration: Calibration
    calibration_of_strength: Calibration

    @classmethod
    @cache
    def load(cls) -> Sentiments:
        """Return the model of this installation, read once for each process."""
        return cls.of(MODEL)

    @classmethod
    def of(cls, name: str) -> Sentiments:
        """Return the model of a file."""
        arrays = read(name)
        return cls(
            Linear.of(arrays, "sentiment_grams"),
            Linear.of(arrays, "sides_grams"),
            Linear.of(arrays, "strength_grams"),
            Network.of(arrays),
            Calibration.of(arrays, "sentiment"),
            Calibration.of(arrays, "strength"),
        )

    def probabilities(
        self, texts: Sequence[str], languages: Sequence[str] | None = None
    ) -> NDArray[np.float32]:
        """Return the probabilities of negative, neutral and positive: a row for each comment, which sums to one.

        Parameters
        ----------
        texts
            Comments as written.
        languages
            What `language_of` says of them, where it is known already.
        """
        if not texts:
            return np.empty((0, len(SENTIMENTS)), np.float32)
        found = language_of(texts) if languages is None else languages
        return self.calibration.probabilities(self.logits_of_words([words_of(text) for text in texts]), found)

    def logits_of_words(self, words: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """Return the sum of the three models for comments that are cut into words already: what calibration reads."""
        logits = self.grams.logits_of_words(words) + self.network.logits(
            self.network.answers(words), "sentiment"
        )
        return np.asarray(
            logits + self.sides.logits_of_words(words) * POSITIVE_AGAINST_NEGATIVE / 2, np.float32
        )

    def strengths(self, texts: Sequence[str], languages: Sequence[str] | None = None) -> NDArray[np.float32]:
        """Return the probability of each of `STRENGTHS`: a row for each comment, which sums to one.

        Learnt from Persian opinions on electronic goods and from short comments of our own; elsewhere it is a guess.
        """
        if not texts:
            return np.empty((0, len(STRENGTHS)), np.float32)
        found = language_of(texts) if languages is None else languages
        words = [words_of(text) for text in texts]
        logits = self.grams_of_strength.logits_of_words(words)
        logits += self.network.logits(self.network.answers(words), "strength")
        return self.calibration_of_strength.probabilities(logits, found)

    def why(self, text: str) -> Why:
        """Return what each word adds to the log odds of positive against negative.

        A pair or triple of words shares its weight evenly among them; an answer of the network belongs to the words it
        was computed from. All models are sums over words, so nothing is left out.
        """
        words = words_with_places(text)
        named = [[word.text for word in words]]
        weights = _of_grams(self.grams, named, POSITIVE_AGAINST_NEGATIVE)
        weights += _of_grams(self.sides, named, np.ones(1, np.float32))
        weights += self.network.shares(self.network.answers(named), "sentiment", POSITIVE_AGAINST_NEGATIVE)
        place = self.calibration.place_of(language_of([text])[0])
        weights /= self.calibration.temperature[place]
        bias = (self.grams.bias + self.network.bias["sentiment"]) / self.calibration.temperature[place]
        rest = float((bias + self.calibration.shift[place]) @ POSITIVE_AGAINST_NEGATIVE)
        rest += float(self.sides.bias[0] / self.calibration.temperature[place])
        return Why(
            tuple(
                WordWeight(text[word.start : word.end], word.start, word.end, float(weight))
                for word, weight in zip(words, weights, strict=True)
            ),
            rest,
            rest + float(weights.sum()),
        )


def _of_grams(
    table: Linear, words: list[list[str]], class_weights: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return what a linear model adds for each word of the only comment."""
    buckets = table.buckets_of(words)
    weights = np.zeros(len(words[0]))
    spans = buckets.last_word - buckets.first_word + 1
    shares = table.shares(buckets, class_weights) / spans
    for back in range(WIDEST_SPAN):
        reaches = spans > back
        np.add.at(weights, buckets.last_word[reaches] - back, shares[reaches])
    return weights
