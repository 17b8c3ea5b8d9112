"""The forms under which a word may stand in a list of words: without what languages join to it."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

#: Joined to the front of Arabic words: and, so, in, for, as, the. Folded, the longest first.
_BEGINNINGS: Final = (
    "وبال",
    "والل",
    "وال",
    "فال",
    "بال",
    "کال",
    "هال",
    "عال",
    "لل",
    "ال",
    "و",
    "ف",
    "ب",
    "ل",
    "ک",
    "ه",
)
#: Joined to the end of Persian and Arabic words: plurals, whose it is, the, to be. Folded.
_WRITTEN_TOGETHER: Final = (
    "هایشان هایمان هایتان هاشون هامون هاتون هایی هاشو هامو هاتو هاش هام هات های ها یشان یمان یتان تونو شونو مونو "
    "شان مان تان شون مون تون اش ام ات یش یم یت ترین تر ست س یه ای ی ه و م ش ت ن "
    "هما هم هن کم نا ها ک ین ون ان ات"
)
_ENDINGS: Final = tuple(_WRITTEN_TOGETHER.split())
_FEWEST_LETTERS: Final = 3
_ENGLISH_ENDINGS: Final = (("'s", ""), ("ies", "y"), ("es", ""), ("s", ""))


@lru_cache(maxsize=1 << 17)
def forms(word: str) -> tuple[str, ...]:
    """Return a folded word, and what is left of it without beginnings and endings, the longest first.

    Rules of writing, no grammar: some of what they give is no word. They are for looking up words that a list holds,
    where it does no harm.

    >>> forms("prices"), "سعر" in forms("والسعر"), "قیمت" in forms("قیمتشون"), "جوده" in forms("جودتها")
    (('prices', 'price', 'pric'), True, True, True)
    """
    if word.isascii():
        found = [word]
        for ending, instead in _ENGLISH_ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= _FEWEST_LETTERS:
                found.append(word[: -len(ending)] + instead)
        return _longest_first(found)
    found = [word]
    for beginning in _BEGINNINGS:
        if word.startswith(beginning) and len(word) - len(beginning) >= _FEWEST_LETTERS:
            found.append(word[len(beginning) :])
    for base in tuple(found):
        for ending in _ENDINGS:
            if base.endswith(ending) and len(base) - len(ending) >= _FEWEST_LETTERS:
                rest = base[: -len(ending)]
                found.append(rest)
                if rest[-1] == "ت":  # an Arabic feminine, whose ة opened before the ending
                    found.append(rest[:-1] + "ه")
    return _longest_first(found)


def _longest_first(found: list[str]) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys(found), key=len, reverse=True))
