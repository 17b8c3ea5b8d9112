"""Why a comment has its label: the words that spoke for it, as a member can read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from safar.listen.text.sentiment import Sentiments

#: Words below this share of the strongest one are not marked.
_LEAST: Final = 0.12
_STRONG: Final = 0.6
_MEDIUM: Final = 0.3
#: Log odds that a word must add to speak for anything at all.
_SLIGHT: Final = 0.08


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a comment's words.

    Attributes
    ----------
    text
        As written.
    toward
        ``negative`` or ``positive``, which it speaks for; empty for neither.
    strength
        1 slight … 3 strong.
    """

    text: str
    toward: str = ""
    strength: int = 0


def pieces(text: str) -> tuple[Piece, ...]:
    """Return a comment cut into words that speak for a sentiment and all between them; together they are the text."""
    found = Sentiments.load().why(text).words
    greatest = max((abs(word.weight) for word in found if any(map(str.isalnum, word.word))), default=0.0)
    cut: list[Piece] = []
    place = 0
    for word in sorted(found, key=lambda each: each.start):
        part = abs(word.weight) / greatest if greatest else 0.0
        is_word = any(each.isalnum() for each in word.word)
        if word.start < place or part < _LEAST or abs(word.weight) < _SLIGHT or not is_word:
            continue
        if word.start > place:
            cut.append(Piece(text[place : word.start]))
        strength = 3 if part >= _STRONG else 2 if part >= _MEDIUM else 1
        toward = "positive" if word.weight > 0 else "negative"
        cut.append(Piece(text[word.start : word.end], toward, strength))
        place = word.end
    if place < len(text):
        cut.append(Piece(text[place:]))
    return tuple(cut)


def strongest(found: tuple[Piece, ...], toward: str, most: int = 4) -> tuple[str, ...]:
    """Return the words that speak the most for a sentiment, each once."""
    there = sorted((each for each in found if each.toward == toward), key=lambda each: -each.strength)
    return tuple(dict.fromkeys(each.text for each in there))[:most]
