"""Which language is a comment in: Persian, Arabic, English, two of them, or none that can be told?"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final, Literal

from .linear import Linear
from .model_file import read
from .stop_words import polarity_words, stop_words

Language = Literal["fa", "ar", "en", "mixed", "und"]

_ARABIC_SCRIPT: Final = re.compile(
    r"[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdfb\ufe70-\ufefc]"
)
_LATIN_SCRIPT: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")
#: Looked for from the beginning of a word alone: a hundred thousand letters without a blank are read once.
_NAMES: Final = re.compile(r"https?://\S+|www\.\S+|(?<!\S)[^\s@]*@\S+|#\w+")
#: A script with less than this share of the letters is a brand or a word in passing.
_MIXED_SHARE: Final = 0.3
#: Letters and signs that only one language's keyboard types, and how far each moves the log odds toward Arabic. The
#: models see folded texts, so this is evidence of its own; it decides short comments, never long ones.
_KEYBOARDS: Final = (
    (re.compile(r"[\u067e\u0686\u0698\u06af\u200c]"), -2.5),
    (re.compile(r"[\u06a9\u06cc]"), -1.5),
    (re.compile(r"[\u0629\u0623\u0625]"), 1.5),
    (re.compile(r"[\u0643\u064a]"), 0.5),
)
#: Letters of a short comment: the models have little to tell by, and keyboards count double.
_SHORT: Final = 60
_WORD: Final = re.compile(r"[a-z']+")
_FEW: Final = 6
#: What a script is taken for, the model that is asked, and what it is where the model says yes.
_MODELS: Final[tuple[tuple[Language, str, Language], ...]] = (("fa", "arabic", "ar"), ("en", "latin", "und"))


def language_of(texts: Sequence[str]) -> list[Language]:
    """Return the language of each comment.

    Returns
    -------
    list of str
        ``fa``, ``ar`` or ``en``; ``mixed`` where the Arabic script and the Latin one each have three letters of ten or
        more; ``und`` where there is nothing to tell by: no letters, another script, Persian or Arabic typed in Latin
        letters (“kheili khoob bood”), which the models have hardly learnt.

    Notes
    -----
    The script decides first; names of accounts, hashtags and addresses count only where there is nothing else. Within a
    script a linear model over n-grams of the folded text decides, so it does not matter on which keyboard a comment
    was typed.

    Examples
    --------
    >>> language_of(["خیلی خوب بود", "الخدمة ممتازة", "Fast and friendly", "👍", "kheili khoob bood"])
    ['fa', 'ar', 'en', 'und', 'und']
    """
    found: list[Language] = [_by_script(text) for text in texts]
    for default, model, other in _MODELS:
        rows = [row for row, language in enumerate(found) if language == default]
        if rows:
            logits = _model(model).logits([texts[row] for row in rows])[:, 0]
            for row, logit in zip(rows, logits.tolist(), strict=True):
                found[row] = other if logit + _evidence(default, texts[row]) > 0 else default
    return found


def _evidence(default: Language, text: str) -> float:
    """Return log odds against the default language that no model of n-grams sees."""
    if default == "en":
        return -math.inf if _is_plain_english(text) else 0.0
    weight = 2.0 if len(text) <= _SHORT else 1.0
    return weight * sum(odds for letters, odds in _KEYBOARDS if letters.search(text))


def _is_plain_english(text: str) -> bool:
    """Whether a short comment in Latin letters is made of everyday English words, half of them or more."""
    words = _WORD.findall(text.lower()) if len(text) <= _SHORT else []
    known = sum(word in stop_words() or word in polarity_words() for word in words)
    return 0 < len(words) <= _FEW and 2 * known >= len(words)


def _by_script(text: str) -> Language:
    """Return ``fa`` for the Arabic script, ``en`` for the Latin one."""
    plain = _NAMES.sub(" ", text)
    arabic, latin = len(_ARABIC_SCRIPT.findall(plain)), len(_LATIN_SCRIPT.findall(plain))
    if not arabic and not latin and plain != text:
        plain = text
        arabic, latin = len(_ARABIC_SCRIPT.findall(plain)), len(_LATIN_SCRIPT.findall(plain))
    if not arabic + latin or arabic + latin < sum(letter.isalpha() for letter in plain) / 2:
        return "und"
    if min(arabic, latin) >= _MIXED_SHARE * (arabic + latin):
        return "mixed"
    return "fa" if arabic > latin else "en"


def _model(script: str) -> Linear:
    return Linear.of(read("language"), script)
