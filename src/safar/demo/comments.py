"""What customers write: by language, register or dialect, topic and sentiment, in very many wordings, as people type.

A comment is put together from sentences that were written by hand (`words/comments.*.toml`): one of its topic, often an
opening or a closing, sometimes a second one, joined by a "but" to the other side. Then it is typed: with an Arabic
keyboard, without half-spaces, with a letter drawn out, or with a smile.
"""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

TOPICS: Final = (
    "delivery",
    "courier",
    "packaging",
    "product",
    "price",
    "payment",
    "app",
    "support",
    "returns",
    "overall",
)
#: The topic of those who speak of everything at once; it cannot stand on one side of a "but".
_WHOLE: Final = "overall"
NEGATIVE, NEUTRAL, POSITIVE = -1, 0, 1
_SIDE: Final = {NEGATIVE: "negative", POSITIVE: "positive"}
_OPENED: Final = 0.30
_CLOSED: Final = 0.30
_SECOND: Final = 0.20
_STOPS: Final = (".", ".", "!")
_FORMAL: Final = 0.38
_STANDARD: Final = 0.45
_ARABIC_KEYBOARD: Final = str.maketrans("یک", "يك")
_HAMZA_LEFT_OUT: Final = str.maketrans("أإآ", "ااا")


@dataclass(frozen=True)
class Occasion:
    """What a comment is about.

    Attributes
    ----------
    language
        ``fa``, ``ar`` or ``en``.
    dialect
        Of Arabic: ``gulf``, ``iraqi``, ``egyptian``, ``levantine``; nothing else is read of it.
    topic
        One of `TOPICS`.
    sentiment
        `NEGATIVE`, `NEUTRAL` or `POSITIVE`.
    days
        A span the comment may speak of, from 1.
    item, city
        What was bought, and where to, in the language.
    """

    language: str
    dialect: str
    topic: str
    sentiment: int
    days: int
    item: str
    city: str


@cache
def sentences(language: str) -> dict[str, dict[str, dict[str, list[str]]]]:
    """Return the file of a language: topic, then sentiment, then register, then sentences."""
    text = files("safar.demo").joinpath(f"words/comments.{language}.toml").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, dict[str, list[str]]]] = tomllib.loads(text)
    return loaded


def comment(occasion: Occasion, seed: int) -> str:
    """Return one comment. The same occasion and seed always give the same words.

    Examples
    --------
    >>> comment(Occasion("en", "", "payment", NEGATIVE, 2, "kettle", "Dubai"), 3)
    'My account was charged but the order was not registered.'
    """
    rng = random.Random(seed)  # noqa: S311 - wording, not secrecy
    said = sentences(occasion.language)
    register = _register(occasion, rng)
    if occasion.sentiment == NEUTRAL:
        text = _neutral(said, register, occasion, rng)
    else:
        text = _one_sided(said, register, occasion, rng)
    return _typed(_filled(text, said, register, occasion), occasion.language, register, rng)


def _register(occasion: Occasion, rng: random.Random) -> str:
    if occasion.language == "ar":
        return "standard" if rng.random() < _STANDARD else occasion.dialect
    if occasion.language == "fa":
        return "formal" if rng.random() < _FORMAL else "colloquial"
    return "formal" if rng.random() < _FORMAL else "casual"


Sentences = dict[str, dict[str, dict[str, list[str]]]]


def _core(said: Sentences, register: str, topic: str, sentiment: int, rng: random.Random) -> str:
    return rng.choice(said[topic][_SIDE[sentiment]][register])


def _one_sided(said: Sentences, register: str, occasion: Occasion, rng: random.Random) -> str:
    """Return a comment that is for or against, perhaps with a second point on the same side."""
    side = _SIDE[occasion.sentiment]
    text = _core(said, register, occasion.topic, occasion.sentiment, rng)
    if rng.random() < _SECOND:
        other = rng.choice([topic for topic in TOPICS if topic != occasion.topic])
        joint = rng.choice(said["joints"][register]["also"])
        text += joint + _core(said, register, other, occasion.sentiment, rng)
    if rng.random() < _OPENED:
        text = f"{rng.choice(said['openings'][side][register])} {text}"
    if rng.random() < _CLOSED:
        text = f"{text}{rng.choice(_STOPS)} {rng.choice(said['closings'][side][register])}"
    elif rng.random() < 0.25:
        text += "."
    return text


def _neutral(said: Sentences, register: str, occasion: Occasion, rng: random.Random) -> str:
    """Return words that say little, or one good thing and one bad."""
    if rng.random() < 0.35:
        return rng.choice(said["plain"]["any"][register])
    topic = occasion.topic if occasion.topic != _WHOLE else "product"
    other = rng.choice([each for each in TOPICS if each not in {topic, _WHOLE}])
    topics = (other, topic) if rng.random() < 0.5 else (topic, other)
    joints = said["joints"][register]["but"]
    if rng.random() < 0.7:
        first, joint, second = POSITIVE, rng.choice(joints), NEGATIVE
    else:
        # only the first joint turns from the bad to the good as well
        first, joint, second = NEGATIVE, joints[0], POSITIVE
    return (
        _core(said, register, topics[0], first, rng) + joint + _core(said, register, topics[1], second, rng)
    )


def _filled(text: str, said: Sentences, register: str, occasion: Occasion) -> str:
    spans = said["spans"]["any"]["words" if register in {"formal", "standard"} else "digits"]
    days = spans[min(max(occasion.days, 1), len(spans)) - 1]
    return text.format(days=days, item=occasion.item, city=occasion.city)


def _typed(text: str, language: str, register: str, rng: random.Random) -> str:
    """Return the text as somebody types it."""
    if language == "en":
        return text[:1].upper() + text[1:] if register == "formal" or rng.random() < 0.6 else text
    if language == "fa":
        if rng.random() < 0.12:
            text = text.translate(_ARABIC_KEYBOARD)
        if rng.random() < 0.30:
            text = text.replace("\u200c", " " if rng.random() < 0.7 else "")
    elif rng.random() < 0.35:
        text = text.translate(_HAMZA_LEFT_OUT)
    if register not in {"formal", "standard"} and rng.random() < 0.06:
        text = _drawn_out(text, rng)
    return text


#: Words that are drawn out when somebody means it, and the letter that is.
_LONG: Final = {
    "عالی": "ی",
    "خیلی": "ی",
    "واقعا": "ا",
    "مرة": "ة",
    "كلش": "ش",
    "جداً": "ا",
    "كتير": "ي",
    "افتضاح": "ا",
}


def _drawn_out(text: str, rng: random.Random) -> str:
    for word, letter in _LONG.items():
        if word in text:
            longer = word.replace(letter, letter * rng.randint(3, 5))
            return text.replace(word, longer, 1)
    return text + "!" * rng.randint(1, 3)
