"""Labels of comments: what they may be, and who gives them: the model, what a workspace corrected, its topics."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, cast

from safar.listen import ces, csat, nps
from safar.listen.text.custom_labels import CustomLabels
from safar.listen.text.labels import Probabilities, label
from safar.listen.text.topic_document import Topics
from safar.listen.verbatims import Verbatim
from safar.vocabulary.text import fold

from .models import Book, Comment

#: Sentiments as the library calls them and as the table keeps them.
SENTIMENTS: Final = {"negative": -1, "neutral": 0, "positive": 1}
SENTIMENT_NAMES: Final = {number: name for name, number in SENTIMENTS.items()}
KINDS: Final = ("complaint", "request", "praise", "other")
LANGUAGES: Final = ("fa", "ar", "en", "mixed", "und")
#: What the labels of today are made by: with another text all comments are labelled anew.
LABELLED_BY: Final = "text-4"
#: Of the larger model, where it reads too: what an older one found is found anew.
LARGER_EDITION: Final = 1
#: An emotion below this probability is none.
_CLEAR: Final = 0.5
NO_EMOTION: Final = "none"
_LOW_THIRD: Final = 1 / 3
_HIGH_THIRD: Final = 2 / 3
#: Of longer comments, so much is looked at and kept.
MOST_CHARACTERS: Final = 8_000


class Band(IntEnum):
    """How good an answer is, by its metric's own rules; of others by the third of the scale it lies in."""

    LOW = 0
    MIDDLE = 1
    HIGH = 2


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a comment was found to say.

    Attributes
    ----------
    text, folded
        Without personal data, and the same as search compares it.
    language, sentiment, probability, emotion, kind, is_actionable, aspects
        As `safar.doors.web.comments.models.Comment` keeps them.
    topics
        Keys of topics with their scores, best first.
    same_as
        The same for comments that say the same.
    """

    text: str
    folded: str
    language: str
    sentiment: int
    probability: float
    emotion: str
    kind: str
    is_actionable: bool
    aspects: tuple[tuple[str, str, tuple[str, ...]], ...]
    topics: tuple[tuple[str, float], ...]
    same_as: int


class Labeller:
    """Labels comments as one workspace has them labelled.

    Parameters
    ----------
    book
        Of the workspace: its topics.
    learned
        By field, what took over from the model that comes with Safar; see `safar.doors.web.comments.learning`.
    """

    def __init__(self, book: Book, learned: Mapping[str, CustomLabels] | None = None) -> None:
        self._topics = topics_in(book)
        self._learned = {} if learned is None else dict(learned)

    def labels_of(
        self, texts: Sequence[str], known: Sequence[Probabilities | None] | None = None
    ) -> list[Labelled]:
        """Return the labels of texts as they were written.

        Parameters
        ----------
        known
            Their sentiments where the larger model read them (`safar.doors.web.comments.rereading`).
        """
        found = label(cut_of(texts), known=known)
        redacted = [each.redacted for each in found]
        topics = self.topics_of(redacted)
        sentiments = self._said_of(
            "sentiment", redacted, [(str(SENTIMENTS[each.sentiment]), each.probability) for each in found]
        )
        kinds = self._said_of("kind", redacted, [(each.kind, 1.0) for each in found])
        return [
            Labelled(
                text=each.redacted,
                folded=fold(each.redacted),
                language=each.language,
                sentiment=int(sentiment),
                probability=float(probability),
                emotion=each.emotion if each.emotion_probability >= _CLEAR else NO_EMOTION,
                kind=kind,
                is_actionable=each.is_actionable,
                aspects=tuple((one.aspect, one.sentiment, tuple(one.words)) for one in each.aspects),
                topics=about,
                same_as=same_as(each.redacted),
            )
            for each, about, (sentiment, probability), (kind, _) in zip(
                found, topics, sentiments, kinds, strict=True
            )
        ]

    def topics_of(self, redacted: Sequence[str]) -> list[tuple[tuple[str, float], ...]]:
        """Return the topics of texts without personal data: those whose words they hold, or what was learned."""
        found = [{one.topic_id: float(one.score) for one in each} for each in self._topics.assign(redacted)]
        for field, learned in self._learned.items():
            kind, _sign, key = field.partition(":")
            if kind != "topic":
                continue
            by_rule = ["yes" if key in each else "no" for each in found]
            for each, told in zip(found, learned.predict(redacted, by_rule), strict=True):
                if told.label == "yes":
                    each.setdefault(key, told.probability)
                else:
                    each.pop(key, None)
        return [tuple(each.items()) for each in found]

    def _said_of(
        self, field: str, redacted: Sequence[str], by_rule: Sequence[tuple[str, float]]
    ) -> list[tuple[str, float]]:
        learned = self._learned.get(field)
        if learned is None:
            return list(by_rule)
        told = learned.predict(redacted, [label for label, _ in by_rule])
        return [(each.label, each.probability) for each in told]


def known_of(book: Book, rows: Sequence[Comment]) -> list[Probabilities | None]:
    """Return the sentiments that the larger model found in comments, where it counts and has read them."""
    return [
        cast("Probabilities", tuple(row.read_again)) if is_read_twice(book, row) else None for row in rows
    ]


def is_read_twice(book: Book, row: Comment) -> bool:
    """Whether the larger model said the sentiment of a comment."""
    return bool(book.reads_twice and row.larger_edition == LARGER_EDITION)


def cut_of(texts: Sequence[str]) -> list[str]:
    """Return what is looked at of texts, and kept."""
    return [text[:MOST_CHARACTERS] for text in texts]


def topics_in(book: Book) -> Topics:
    """Return the topics of a workspace; a document without any before the first discovery."""
    return Topics.from_json(book.topics) if book.topics else Topics()


def same_as(text: str) -> int:
    """Return a number that is the same for texts with the same letters, words with digits aside.

    >>> same_as("عالي جداً!!") == same_as("عالی جدا"), same_as("Where is N12-1?") == same_as("Where is N7-4")
    (True, True)
    """
    letters = "".join(each for each in without_numbers(text) if each.isalpha()) or text
    return int.from_bytes(hashlib.blake2b(letters.encode(), digest_size=8).digest(), "big", signed=True)


def without_numbers(text: str) -> str:
    """Return the folded words of a text without those that hold a digit: numbers of orders tell no wordings apart."""
    return " ".join(word for word in fold(text).split() if not any(map(str.isdigit, word)))


def band_of(said: Verbatim) -> Band | None:
    """Return how good the answer is that a verbatim came with; None without one."""
    if said.height is None or said.value is None:
        return None
    if said.metric == nps.METRIC and said.is_higher_better:
        return (
            Band.LOW
            if said.value in nps.DETRACTORS
            else Band.HIGH
            if said.value in nps.PROMOTERS
            else Band.MIDDLE
        )
    if said.metric in {csat.METRIC, ces.METRIC}:
        return _by_steps(said)
    return Band.LOW if said.height < _LOW_THIRD else Band.HIGH if said.height > _HIGH_THIRD else Band.MIDDLE


def _by_steps(said: Verbatim) -> Band:
    """Return the band of a satisfaction or an effort: the steps above the middle of the scale, and those below."""
    height = said.height or 0.0
    steps = (said.scale_max or 0) - (said.scale_min or 0)
    is_middle = abs(height - 0.5) * steps < 0.5
    return Band.MIDDLE if is_middle else Band.HIGH if height > 0.5 else Band.LOW
