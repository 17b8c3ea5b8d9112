"""Short, plain comments on services, made of lists of our own: what the labelled sets lack.

The sets hold reviews, tweets and sentences on films; nobody there writes "delivery late", and "not happy" is rare.
`text_service.toml` has words and lines by language; a line stands for every way of filling its words. What the tests
keep out (``tests/listen/text/service_comments.csv``) is left out by `text_sets.learning`, however it is typed.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safar.listen.text.words import words_of

_FILE = Path(__file__).with_name("text_service.toml")
_SEED = 11
_PLACE = re.compile(r"\{(\w+)\}")
_BLANKS = re.compile(r" {2,}")
_OF_MIXED = ("negative", "positive")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment made of the lists; a strong one is angry, or has a word that says more than good or bad."""

    language: str
    text: str
    sentiment: str
    emotion: str
    is_strong: bool


def comments() -> Iterator[Comment]:
    """Yield the comments; half of those of two minds come twice, as they end and neutral."""
    document = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    for language, held in document.items():
        rng = random.Random(f"{_SEED} {language}")
        words = {name: each.split("|") for name, each in held["words"].items()}
        strong = {
            side: {form for word in said.split() for form in words_of(word)}
            for side, said in held["strong"].items()
        }
        for rule in held["says"]:
            side, is_angry = rule["sentiment"], rule["emotion"] == "anger"
            for line in rule["lines"]:
                for text in filled(line, words, rule["most"], rng):
                    is_strong = is_angry or not strong.get(side, set()).isdisjoint(words_of(text))
                    yield Comment(language, text, side, rule["emotion"], is_strong)
        for number, (text, side) in enumerate(_mixed(held["mixed"], words, rng)):
            yield Comment(language, text, side, "none", is_strong=False)
            if number % 2:
                yield Comment(language, text, "neutral", "none", is_strong=False)


def filled(line: str, words: dict[str, list[str]], most: int, rng: random.Random) -> Sequence[str]:
    """Return a line with its words filled in: all ways, or ``most`` of them drawn at random."""
    names = _PLACE.findall(line)
    ways = 1
    for name in names:
        ways *= len(words[name])
    drawn = range(ways) if ways <= most else sorted(rng.sample(range(ways), most))
    found = []
    for each in drawn:
        left, text = each, line
        for name in names:
            left, at = divmod(left, len(words[name]))
            text = text.replace(f"{{{name}}}", words[name][at], 1)
        found.append(_BLANKS.sub(" ", text).strip())
    return found


def _mixed(
    rule: dict[str, Any], words: dict[str, list[str]], rng: random.Random
) -> Iterator[tuple[str, str]]:
    sides = {
        side: [text for line in rule[side] for text in filled(line, words, 40, rng)] for side in _OF_MIXED
    }
    for joined in rule["joined"]:
        for _ in range(rule["most"]):
            first, last = rng.sample(_OF_MIXED, 2)
            text = joined.replace("{first}", rng.choice(sides[first]))
            yield text.replace("{second}", rng.choice(sides[last])), last
