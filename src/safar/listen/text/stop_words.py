"""Words that say nothing of what a comment is about, and words that only say how it was."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from .words import words_of


@cache
def stop_words() -> frozenset[str]:
    """Return the words of three languages that carry no topic: it, was, very, همه, بود, كان, … in one form."""
    return _list("stop")


@cache
def polarity_words() -> frozenset[str]:
    """Return the words that say how something was, not what: good, افتضاح, ممتاز, … in one form."""
    return _list("polarity")


def says_something(word: str) -> bool:
    """Return whether a word of `words_of` may be what a comment is about.

    >>> [says_something(word) for word in ("delivery", "was", "good", "2", "!")]
    [True, False, False, False, False]
    """
    return len(word) > 1 and word[0].isalpha() and word not in stop_words() and word not in polarity_words()


def _list(name: str) -> frozenset[str]:
    document = tomllib.loads(
        files(__package__).joinpath("lexicon/stop_words.toml").read_text(encoding="utf-8")
    )
    return frozenset(
        form for words in document[name].values() for word in words.split() for form in words_of(word)
    )
