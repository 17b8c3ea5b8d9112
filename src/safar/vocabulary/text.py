"""One fold for search and text features: two spellings that readers take for one become one text."""

from __future__ import annotations

import unicodedata
from typing import Final

from .digits import ARABIC_DIGITS, LATIN_DIGITS, PERSIAN_DIGITS

_LETTERS: Final = {
    **dict.fromkeys("يىﻱ", "ی"),
    **dict.fromkeys("كڪ", "ک"),
    **dict.fromkeys("ٱ", "ا"),
    **dict.fromkeys("ةہھەۃ", "ه"),
}
_PUNCTUATION: Final = {
    "،": ",",
    "؛": ";",
    "؟": "?",
    "٪": "%",
    "٫": ".",
    "٬": ",",
    "«": '"',
    "»": '"',
    "“": '"',
    "”": '"',
    "„": '"',
    "‘": "'",
    "’": "'",
    "−": "-",
    **dict.fromkeys("‐‑‒–—―", "-"),
}
_DIGITS: Final = dict(zip(PERSIAN_DIGITS + ARABIC_DIGITS, LATIN_DIGITS * 2, strict=True))
_SPACES: Final = dict.fromkeys("\u200b\u200c", " ")
_REPLACED: Final = {**_LETTERS, **_PUNCTUATION, **_DIGITS, **_SPACES}
#: Combining marks that carry vowels or accents of Latin, Greek, Cyrillic and Arabic letters. Marks of other
#: scripts (Devanagari, Thai, …) are letters in their own right and stay.
_MARK_RANGES: Final = (
    (0x0300, 0x036F),
    (0x0610, 0x061A),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06DC),
    (0x06DF, 0x06E4),
    (0x06E7, 0x06E8),
    (0x06EA, 0x06ED),
    (0x08CA, 0x08E1),
    (0x08E3, 0x08FF),
)
_DROPPED: Final = frozenset(
    [chr(code) for first, last in _MARK_RANGES for code in range(first, last + 1)]
    + list("\u0640\u00ad\u034f\u061c\u200d\u200e\u200f\u2060\ufeff")
    + [
        chr(code)
        for first, last in ((0x202A, 0x202E), (0x2061, 0x206F), (0xFE00, 0xFE0F))
        for code in range(first, last + 1)
    ]
)


class _Fold(dict[int, str]):
    """What each character folds to, found on first sight."""

    def __missing__(self, code: int) -> str:
        # marks go before case folding, which would make a letter of the Greek iota below
        plain = _without_marks(unicodedata.normalize("NFKD", chr(code)))
        folded = _without_marks(unicodedata.normalize("NFKD", plain.casefold()))
        folded = "".join(_REPLACED.get(each, each) for each in folded)
        self[code] = folded
        return folded


def _without_marks(text: str) -> str:
    return "".join(each for each in text if each not in _DROPPED)


_FOLD: Final = _Fold()


def fold(text: str) -> str:
    """Return the text as search and text features compare it. Never for display; the raw text is kept
    elsewhere.

    Notes
    -----
    In this order: compatibility decomposition (NFKD: presentation forms, ligatures, full-width letters), case
    folding, then

    - ي ى → ی; ك → ک; ٱ → ا; ة ۀ → ه (Persian writes ه where Arabic writes ة, and Arabic typists often do);
    - the seat of a hamza stays and the hamza goes: أ إ آ → ا, ؤ → و, ئ → ی; a hamza alone (ء) stays;
    - tatweel, vowel signs and other Arabic, Latin, Greek and Cyrillic combining marks, direction marks and
      invisible
      joiners go;
    - the zero-width non-joiner becomes a blank: می‌خواهم and می خواهم are one;
    - digits of the three scripts become Latin, ؟ ، ؛ ٪ ٫ ٬, dashes and quotation marks their ASCII forms;
    - white space becomes single blanks, none at the ends.

    Idempotent: ``fold(fold(text)) == fold(text)``. Surrogates pass through.

    Examples
    --------
    >>> fold("كِتابـــ‌هاي ۱۲۳ Résumé")
    'کتاب های 123 resume'
    """
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFC", text.translate(_FOLD)).split())
