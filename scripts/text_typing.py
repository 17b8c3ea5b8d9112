"""The same comment as other people type it: another keyboard, no half-spaces, stretched letters, Latin digits."""

from __future__ import annotations

import random
from collections.abc import Callable

from safar.vocabulary.digits import ARABIC_DIGITS, LATIN_DIGITS, PERSIAN_DIGITS

_TO_ARABIC = str.maketrans("یکۀ", "يكة")
_TO_PERSIAN = str.maketrans("يكى", "یکی")
_LATIN = str.maketrans(PERSIAN_DIGITS + ARABIC_DIGITS, LATIN_DIGITS * 2)
_STRETCHED = frozenset("اویيىaeiou")


def on_an_arabic_keyboard(text: str) -> str:
    """Return Persian yeh and kaf as an Arabic keyboard writes them."""
    return text.translate(_TO_ARABIC)


def on_a_persian_keyboard(text: str) -> str:
    """Return Arabic yeh and kaf as a Persian keyboard writes them."""
    return text.translate(_TO_PERSIAN)


def without_half_spaces(text: str) -> str:
    """Return words closed up where a half-space was."""
    return text.replace("\u200c", "")


def with_blanks_for_half_spaces(text: str) -> str:
    """Return words apart where a half-space was."""
    return text.replace("\u200c", " ")


def stretched(text: str) -> str:
    """Return a text in which one long vowel of every third word is typed three to six times."""
    rng = random.Random(text)  # the same text is always stretched alike
    words = text.split(" ")
    for place in range(rng.randrange(3), len(words), 3):
        vowels = [at for at, letter in enumerate(words[place]) if at and letter in _STRETCHED]
        if vowels:
            at = rng.choice(vowels)
            words[place] = words[place][:at] + words[place][at] * rng.randint(3, 6) + words[place][at + 1 :]
    return " ".join(words)


def in_latin_digits(text: str) -> str:
    """Return numbers in Latin digits."""
    return text.translate(_LATIN)


WAYS: dict[str, Callable[[str], str]] = {
    "Arabic keyboard": on_an_arabic_keyboard,
    "Persian keyboard": on_a_persian_keyboard,
    "no half-spaces": without_half_spaces,
    "blanks for half-spaces": with_blanks_for_half_spaces,
    "stretched letters": stretched,
    "Latin digits": in_latin_digits,
}
