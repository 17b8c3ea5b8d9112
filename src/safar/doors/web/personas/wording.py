"""Words of a persona as they are kept: names of one line that is seen, stories and quotes that say something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from safar.maps.anatomy import Words
from safar.vocabulary.names import visible_line

from .errors import PersonaNameless, QuoteEmpty, WordsUnkeepable
from .stories import STORY_PARTS

_LONGEST: Final = 4_000
_LONGEST_NAME: Final = 120


def kept_name(name: Words) -> Words:
    """Return a name by language as it is kept: one line each, without what is not seen.

    Raises
    ------
    PersonaNameless
        Nothing of it is seen in any language.
    """
    lines = {language: visible_line(text)[:_LONGEST_NAME].strip() for language, text in name.items()}
    found = {language: line for language, line in lines.items() if line}
    if not found:
        raise PersonaNameless(
            "Nothing of the persona's name is seen.", hint="Name it in one language at least: fa, ar or en."
        )
    return found


def kept_story(story: Mapping[str, Words]) -> dict[str, Words]:
    """Return the parts that are told, each without the languages that nothing is seen in.

    A part that says nothing is there and empty: it takes away what was told before.

    Raises
    ------
    WordsUnkeepable
    """
    return {part: _kept_words(words) for part, words in story.items() if part in STORY_PARTS}


def kept_quote(text: str) -> str:
    """Return what a customer said as it is kept.

    Raises
    ------
    QuoteEmpty
        Nothing of it is seen.
    WordsUnkeepable
    """
    check_keepable(text)
    if not visible_line(text):
        raise QuoteEmpty("Nothing of the quote is seen.", hint="Send what the customer said.")
    return text.strip()[:_LONGEST]


def check_keepable(*texts: str) -> None:
    """Check that a database can keep each of these: PostgreSQL takes no null character.

    Raises
    ------
    WordsUnkeepable
    """
    if any("\0" in text for text in texts):
        raise WordsUnkeepable("A text holds a null character.", hint="Send it without the character U+0000.")


def _kept_words(words: Words) -> Words:
    check_keepable(*words.values())
    return {language: text.strip()[:_LONGEST] for language, text in words.items() if visible_line(text)}
