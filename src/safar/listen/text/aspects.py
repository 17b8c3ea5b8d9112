"""What a comment speaks about, by lists of words that a workspace edits, and how it feels about each.

A list of words says why, can be mended by whoever reads the comments, and where there are few labels does as well as a
model trained on them.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Final, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Refusal, nearest

from .clauses import clauses
from .sentiment import SENTIMENTS, Sentiment
from .word_index import WordIndex
from .words import Word, words_with_places

LANGUAGES: Final = ("fa", "ar", "en")
#: In place of a row: the clause is the whole comment.
_WHOLE: Final = -1


class UnknownAspect(Refusal, LookupError):
    """The lists have no such aspect."""

    code = "text.unknown_aspect"


class AspectsWrong(Refusal, ValueError):
    """A document that holds no lists of aspects."""

    code = "text.aspects_wrong"


class Weighs(Protocol):
    """Whatever tells how probable each sentiment is: `safar.listen.text.sentiment.Sentiments` is one."""

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row for each text: negative, neutral, positive, adding up to 1."""
        ...


@dataclass(frozen=True, slots=True)
class AspectFound:
    """An aspect that a comment speaks about.

    Attributes
    ----------
    aspect
        Its id.
    words
        The words of the comment that told, as they were written: why.
    sentiment
        Of the clauses around those words, weighted by how sure each is.
    """

    aspect: str
    words: tuple[str, ...]
    sentiment: Sentiment


@dataclass(frozen=True, slots=True)
class AspectMention:
    """A word that tells of an aspect, and its place ``start:end`` in the comment."""

    aspect: str
    word: str
    start: int
    end: int


class Aspect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that comments speak about.

    Attributes
    ----------
    aspect_id
        Stable; never shown.
    names
        By language, for people.
    words
        By language: words or phrases; a star at the end stands for any ending.
    """

    aspect_id: str
    names: dict[str, str]
    words: dict[str, tuple[str, ...]]


class AspectWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """The aspects of a workspace, each with its words. Edits return another one.

    Examples
    --------
    >>> [mention.aspect for mention in DEFAULT.find("بسته‌بندیش عالی بود ولی دیر رسید")]
    ['packaging', 'delivery']
    >>> mine = DEFAULT.with_words("delivery", "fa", ["تیپاکسی"])
    >>> AspectWords.from_json(mine.as_json()) == mine
    True
    """

    aspects: tuple[Aspect, ...]

    @cached_property
    def index(self) -> WordIndex:
        """The words of all languages, for looking up: a comment may mix them."""
        return WordIndex(
            {
                aspect.aspect_id: [word for words in aspect.words.values() for word in words]
                for aspect in self.aspects
            }
        )

    def find(self, text: str) -> tuple[AspectMention, ...]:
        """Return the words of a comment that tell of an aspect, in its order."""
        words = words_with_places(text)
        hits = self.index.find([word.text for word in words])
        return tuple(
            AspectMention(hit.key, text[start:end], start, end)
            for hit in hits
            for start, end in [(words[hit.first].start, words[hit.last - 1].end)]
        )

    def aspect(self, aspect_id: str) -> Aspect:
        """Return one aspect.

        Raises
        ------
        UnknownAspect
        """
        for each in self.aspects:
            if each.aspect_id == aspect_id:
                return each
        raise UnknownAspect(
            f"There is no aspect {aspect_id!r}.",
            hint=nearest(aspect_id, [each.aspect_id for each in self.aspects]),
            aspect=aspect_id,
        )

    def with_aspect(self, aspect: Aspect) -> AspectWords:
        """Return these with one more, or with another one in place of that of the same id."""
        kept = [each for each in self.aspects if each.aspect_id != aspect.aspect_id]
        place = next(
            (at for at, each in enumerate(self.aspects) if each.aspect_id == aspect.aspect_id), len(kept)
        )
        return AspectWords((*kept[:place], aspect, *kept[place:]))

    def without_aspect(self, aspect_id: str) -> AspectWords:
        """Return these without one.

        Raises
        ------
        UnknownAspect
        """
        gone = self.aspect(aspect_id)
        return AspectWords(tuple(each for each in self.aspects if each is not gone))

    def with_words(self, aspect_id: str, language: str, words: Sequence[str]) -> AspectWords:
        """Return these with more words for one aspect in a language.

        Raises
        ------
        UnknownAspect
        """
        found = self.aspect(aspect_id)
        more = tuple(dict.fromkeys((*found.words.get(language, ()), *filter(None, map(str.strip, words)))))
        return self.with_aspect(msgspec.structs.replace(found, words={**found.words, language: more}))

    def without_words(self, aspect_id: str, language: str, words: Sequence[str]) -> AspectWords:
        """Return these with fewer words for one aspect in a language.

        Raises
        ------
        UnknownAspect
        """
        found = self.aspect(aspect_id)
        fewer = tuple(word for word in found.words.get(language, ()) if word not in words)
        return self.with_aspect(msgspec.structs.replace(found, words={**found.words, language: fewer}))

    def as_json(self) -> str:
        """Return the document that `from_json` reads."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> AspectWords:
        """Return what `as_json` wrote.

        Raises
        ------
        AspectsWrong
        """
        try:
            return msgspec.json.decode(text, type=cls)
        except (msgspec.ValidationError, msgspec.DecodeError) as wrong:
            raise AspectsWrong(
                f"These are no lists of aspects: {wrong}.", hint="Write them with as_json()."
            ) from None


def _shipped() -> AspectWords:
    document = tomllib.loads(files(__package__).joinpath("lexicon/aspects.toml").read_text(encoding="utf-8"))
    return AspectWords(
        tuple(
            Aspect(
                aspect_id,
                dict(each["names"]),
                {language: tuple(each[language]) for language in LANGUAGES},
            )
            for aspect_id, each in document.items()
        )
    )


#: What Safar brings: aspects of shops, restaurants and services in three languages.
DEFAULT: Final = _shipped()


def aspects_of(
    texts: Sequence[str],
    words: Sequence[Sequence[Word]],
    sentiments: Weighs,
    whole: NDArray[np.float32],
    *,
    aspects: AspectWords = DEFAULT,
) -> list[tuple[AspectFound, ...]]:
    """Return what each comment speaks about, in the order of its words.

    Parameters
    ----------
    texts, words
        Comments, and the words of each with their places.
    sentiments
        Weighs the clauses; all clauses of all comments at once.
    whole
        The probabilities of the whole comments, a row each: those of a comment that is one clause.
    aspects
        The lists of words.

    Notes
    -----
    A clause's sentiment is what the model says of it alone. An aspect named in several clauses has the sum of their
    probabilities.
    """
    asked: list[str] = []
    told: list[list[tuple[str, str, int]]] = []
    for text, of_text in zip(texts, words, strict=True):
        hits = aspects.index.find([word.text for word in of_text])
        rows: dict[int, int] = {}
        parts = clauses(text) if hits else []
        found = []
        for hit in hits:
            start, end = of_text[hit.first].start, of_text[hit.last - 1].end
            part = max(0, bisect_right(parts, (start, len(text))) - 1)
            if len(parts) > 1 and part not in rows:
                rows[part] = len(asked)
                asked.append(text[slice(*parts[part])])
            found.append((hit.key, text[start:end], rows.get(part, _WHOLE)))
        told.append(found)
    weighed = sentiments.probabilities(asked)
    return [_gathered(found, row, weighed) for found, row in zip(told, whole, strict=True)]


def _gathered(
    told: Sequence[tuple[str, str, int]], whole: NDArray[np.float32], weighed: NDArray[np.float32]
) -> tuple[AspectFound, ...]:
    """Return the aspects of one comment from (aspect, word, row of its clause)."""
    by_aspect: dict[str, tuple[dict[str, None], set[int]]] = {}
    for aspect, word, row in told:
        words, rows = by_aspect.setdefault(aspect, ({}, set()))
        words[word] = None
        rows.add(row)
    return tuple(
        AspectFound(aspect, tuple(words), SENTIMENTS[int(total.argmax())])
        for aspect, (words, rows) in by_aspect.items()
        for total in [np.sum([whole if row == _WHOLE else weighed[row] for row in sorted(rows)], axis=0)]
    )
