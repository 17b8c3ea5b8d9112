"""What somebody wants by writing: asks, complains, praises, or none of these; and whether there is something to do."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from .language import Language, language_of
from .word_index import Hit, WordIndex
from .words import words_with_places

Kind = Literal["request", "complaint", "praise", "other"]
KINDS: Final[tuple[Kind, ...]] = ("request", "complaint", "praise", "other")

#: How probable a sentiment must be to outweigh that something may be asked ("what a lovely place?") or is asked for.
_OVER_WANTING: Final = 0.7
_OVER_ASKING: Final = 0.9
#: A question is never outweighed, only by what is said to be wrong.
_OVER_QUESTIONS: Final = 1.1
#: Languages that share a script, not their words.
_OTHER: Final = {"fa": "ar", "ar": "fa"}
#: The words at either end of a comment among which a question word asks.
_AT_AN_END: Final = 3


@dataclass(frozen=True, slots=True)
class KindFound:
    """What somebody wants by writing, and whether there is something to do about it."""

    kind: Kind
    is_actionable: bool


@dataclass(frozen=True, slots=True)
class KindWord:
    """A word that tells what somebody wants, and its place ``start:end`` in the comment.

    ``sign`` is what it tells: ``asking``, ``wanting``, ``questions``, ``closings``, ``commands``, ``suggestions`` or
    ``wrong``.
    """

    sign: str
    word: str
    start: int
    end: int


@cache
def _words(language: str) -> WordIndex:
    """Return the words to look for in comments of a language: the Arabic for "I want" is "bad" in Persian."""
    document = tomllib.loads(files(__package__).joinpath("lexicon/kinds.toml").read_text(encoding="utf-8"))
    other = _OTHER.get(language)
    return WordIndex(
        {
            key: [word for each, words in languages.items() if each != other for word in words]
            for key, languages in document.items()
        },
        as_they_stand=True,
    )


def kinds_of(
    words: Sequence[Sequence[str]],
    sentiments: NDArray[np.float32],
    is_particular: Sequence[bool],
    languages: Sequence[Language],
) -> list[KindFound]:
    """Return the kind of each comment.

    Parameters
    ----------
    words
        Of each comment, from `words_of`.
    sentiments
        Probabilities of negative, neutral, positive: a row each.
    is_particular
        Whether the comment speaks of something in particular: an aspect.
    languages
        From `language_of`.

    Notes
    -----
    Asking words (please, I need to, لطفا, ابغى, …), a question mark, a question word at the beginning or a command make
    a **request**, unless the comment is clearly negative, or says that something is wrong and leans to it: that is a
    **complaint**, as is every other comment that is negative before all. A positive one is **praise**.
    There is something to do about a request, about a suggestion (should, کاش, ياريت, …), and about a complaint that
    names what is wrong; about "awful!" there is not.
    """
    return [
        _kind(_words(language), of_text, [float(each) for each in row], is_particular=particular)
        for of_text, row, particular, language in zip(
            words, sentiments, is_particular, languages, strict=True
        )
    ]


def why_kind(text: str) -> tuple[KindWord, ...]:
    """Return the words of a comment that tell what is wanted; the rest of its kind is its sentiment.

    >>> [(each.sign, each.word) for each in why_kind("Could you please call? The app is broken")]
    [('asking', 'Could you'), ('asking', 'please'), ('wrong', 'broken')]
    """
    spoken = [word for word in words_with_places(text) if word.text[0].isalnum()]
    return tuple(
        KindWord(hit.key, text[start:end], start, end)
        for hit in _words(language_of([text])[0]).find([word.text for word in spoken])
        if _counts_there(hit, len(spoken))
        for start, end in [(spoken[hit.first].start, spoken[hit.last - 1].end)]
    )


def _kind(
    index: WordIndex, words: Sequence[str], sentiment: Sequence[float], *, is_particular: bool
) -> KindFound:
    spoken = [word for word in words if word[0].isalnum()]
    keys = {hit.key for hit in index.find(spoken) if _counts_there(hit, len(spoken))}
    is_wrong = "wrong" in keys
    outweighs = _outweighs(keys, has_mark=any(word.startswith("?") for word in words))
    negative, neutral, positive = sentiment
    kind: Kind = "other"
    if outweighs is not None:
        if negative >= outweighs or (is_wrong and negative > max(neutral, positive)):
            kind = "complaint"
        else:
            kind = "praise" if positive >= outweighs else "request"
    elif negative > max(neutral, positive) or (is_wrong and negative > positive):
        kind = "complaint"
    elif positive > neutral:
        kind = "praise"
    to_do = kind == "request" or not keys.isdisjoint(("asking", "suggestions"))
    return KindFound(kind, to_do or (kind == "complaint" and (is_particular or is_wrong)))


def _counts_there(hit: Hit, word_count: int) -> bool:
    """Whether the words mean what their list says at this place of a comment."""
    if hit.key == "questions":
        return hit.first < _AT_AN_END or hit.last > word_count - _AT_AN_END
    if hit.key == "commands":
        return hit.first == 0
    return hit.key != "closings" or hit.last == word_count


def _outweighs(keys: set[str], *, has_mark: bool) -> float | None:
    """Return how probable a sentiment must be to outweigh that something is asked; None where nothing is."""
    if "questions" in keys or ("asking" in keys and has_mark):
        return _OVER_QUESTIONS
    if "asking" in keys or "commands" in keys:
        return _OVER_ASKING
    if has_mark or not keys.isdisjoint(("wanting", "closings")):
        return _OVER_WANTING
    return None
