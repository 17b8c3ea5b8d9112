"""Words of a comment as the models read them: one form for the ways in which people type the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from safar.vocabulary.text import fold

_ZWNJ: Final = "\u200c"
_TOKEN: Final = re.compile(
    r"https?://\S+|www\.\S+|@\w+"  # an address, somebody's name: one token each, whoever it is
    r"|[:;=][-^]?[()|/\\*dpo](?!\w)"  # faces of punctuation, case folded
    r"|[^\W\d_]+(?:'[^\W\d_]+)*"  # words; don't is one
    r"|\d+(?:[.,:]\d+)*|[!?]+|[^\w\s]"
)
_LONG: Final = re.compile(r"(.)\1\1+")
_LATIN_VOWEL: Final = re.compile(r"([aeiouy])\1\1+")
#: What may be doubled in English where a vowel was stretched: good, need.
_DOUBLED: Final = re.compile(
    r"(?:(?:g|f|c|m|w|br?|l|r|sch|st|p)oo[dlkmrtf]|(?:s|m|n)oon|too$|tool|choos|smooth|(?:n|f|w|sp|br|sw|str|gr|m|sh)ee[dlkt]"
    r"|(?:b|s|scr|gr|k)een|(?:k|d|sl|st|sh)eep|(?:s|thr|fr|agr|f|coff)ee$|cheese|freez)"
)
_ARABIC: Final = re.compile(r"[\u0621-\u06d3]")
#: Persian endings and beginnings that are written together, after a half-space or after a blank.
_JOINED_TO_NEXT: Final = frozenset(("می", "نمی"))
_JOINED_TO_LAST: Final = frozenset(
    "ها های هایی هایم هایت هایش هام هات هاش هاشون هامون تر تری ترین ام ات اش اند ایم اید مان تان شان".split()  # noqa: SIM905 - reads better
)
_ADDRESS: Final = "@"
_NUMBER: Final = "0"


@dataclass(frozen=True, slots=True)
class Word:
    """A word as the models read it, and the slice ``start:end`` of the comment that it was read from."""

    text: str
    start: int
    end: int


def words_of(text: str) -> list[str]:
    """Return the words of a comment in one form.

    Notes
    -----
    After `safar.vocabulary.text.fold` (ی and ک of all keyboards, digits of all scripts, no vowel signs):

    - half-spaces close up, and so do the Persian می, ها, تر, … that stand alone: می‌خواهم, می خواهم and میخواهم
      are one word;
    - a letter typed three times or more was stretched: عااالی is عالی, looove is love; two stay of Latin consonants,
      and where English often has two vowels, as in good;
    - numbers, addresses and names of accounts are one word each, whichever they are;
    - marks stay, each a word of its own; runs of ! and ? keep at most two.

    Examples
    --------
    >>> words_of("عااااالي بود!!! می خواهم ۱۲ تا")
    ['عالی', 'بود', '!!', 'میخواهم', '0', 'تا']
    """
    found = [_one_form(token) for token in _TOKEN.findall(fold(text.replace(_ZWNJ, "")))]
    return found if text.isascii() else [word for word, _, _ in _joined([(word, 0, 0) for word in found])]


def words_with_places(text: str) -> list[Word]:
    """Return the words of `words_of`, each with the slice of the comment that it was read from."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        # between two letters, so that blanks which a letter folds to are kept
        for folded in "" if letter == _ZWNJ else fold(f"a{letter}a")[1:-1]:
            letters.append(folded)
            places.append(place)
    found = [
        (_one_form(match[0]), places[match.start()], places[match.end() - 1] + 1)
        for match in _TOKEN.finditer("".join(letters))
    ]
    return [Word(*each) for each in (found if text.isascii() else _joined(found))]


def _one_form(token: str) -> str:
    first = token[0]
    if first.isdigit():
        return _NUMBER
    if len(token) < 3:
        return token
    if first == "@" or "://" in token or token.startswith("www."):
        return _ADDRESS
    if _LONG.search(token):
        return _LONG.sub(r"\1", token) if _ARABIC.match(token) else _unstretched(token)
    return token


def _unstretched(token: str) -> str:
    """Return a word of Latin letters with one vowel where three or more were typed, and two consonants."""
    short = _LATIN_VOWEL.sub(r"\1\1", token)
    return _LONG.sub(r"\1\1", short if _DOUBLED.match(short) else _LATIN_VOWEL.sub(r"\1", token))


def _joined(words: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Close up the Persian beginnings and endings that stand alone."""
    joined: list[tuple[str, int, int]] = []
    open_before = False
    for word, start, end in words:
        after = bool(joined) and _ARABIC.match(joined[-1][0]) and _ARABIC.match(word)
        if after and (open_before or word in _JOINED_TO_LAST):
            last, first, _ = joined[-1]
            joined[-1] = (last + word, first, end)
        else:
            joined.append((word, start, end))
        open_before = word in _JOINED_TO_NEXT
    return joined
