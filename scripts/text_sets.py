"""The labelled comments that the models of `safar.listen.text` learn from and are measured on.

Each set is a Parquet file of the shared data (``text/README.md`` there: sources, licences). No comment of any file's
test rows is learnt from, in whatever file it appears and however it is typed: `keys` of two comments are equal when
they differ in keyboard, half-spaces, stretched letters, digits, marks, addresses or names of accounts only.
"""

from __future__ import annotations

import csv
import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import text_service

from safar.listen.text.words import words_of

NEGATIVE, NEUTRAL, POSITIVE = 0, 1, 2
#: Short comments on services that tests keep out of what is learnt from.
KEPT_OUT = Path(__file__).resolve().parents[1] / "tests" / "listen" / "text" / "service_comments.csv"
SERVICE = "service"
SENTIMENT = {"negative": 0, "neutral": 1, "positive": 2, "NEG": 0, "NEU": 1, "POS": 2}
EMOTIONS = ("anger", "fear", "joy", "sadness", "surprise", "none")
#: Labels of the emotion sets in our six words; hate and disgust are anger, love and optimism joy, sympathy sadness.
EMOTION = {
    "ANGRY": "anger", "HATE": "anger", "FEAR": "fear", "HAPPY": "joy", "SAD": "sadness", "SURPRISE": "surprise",
    "OTHER": "none", "anger": "anger", "fear": "fear", "joy": "joy", "love": "joy", "optimism": "joy",
    "sadness": "sadness", "sympathy": "sadness", "surprise": "surprise", "none": "none",
}  # fmt: skip
#: Plutchik's eight of XED, by number: anger, anticipation, disgust, fear, joy, sadness, surprise, trust.
_POLARITY = re.compile(r"'(negative|neutral|positive|conflict)'\s*\]")
PLUTCHIK = {"1": "anger", "3": "anger", "4": "fear", "5": "joy", "6": "sadness", "7": "surprise"}


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled comment.

    Attributes
    ----------
    source
        The set, named as its file.
    part
        ``train`` or ``test``; parts for development count as training.
    sentiment
        0 negative, 1 neutral, 2 positive; None where the set has no sentiment.
    is_binary
        The set knows no neutral comments: its label says only which of the two others is likelier.
    strength
        -2…2, of DeepSentiPers and of our own.
    emotion
        The label of an emotion set, as the set names it.
    """

    source: str
    part: str
    text: str
    sentiment: int | None = None
    is_binary: bool = False
    strength: int | None = None
    emotion: str | None = None

    @property
    def language(self) -> str:
        """Fa, ar or en."""
        return self.source[:2]

    @property
    def is_ours(self) -> bool:
        """Whether it was made of our own lists (`text_service`), and so says nothing of how often models are right."""
        return self.source.endswith(SERVICE)


def rows_of(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the rows of one file."""
    rows: list[dict[str, Any]] = pq.read_table(folder / "text" / f"{name}.parquet").to_pylist()
    return rows


def is_test(row: dict[str, Any]) -> bool:
    """Whether a row belongs to a test part, official or drawn."""
    return "test" in str(row.get("split", ""))


@cache
def key(text: str) -> str:
    """Return what two comments share that differ in typing alone."""
    return " ".join(word for word in words_of(text) if word[0].isalnum() or ord(word[0]) > 0x2000) or text


def test_keys(folder: Path) -> frozenset[str]:
    """Return the keys of every test row of every file."""
    return frozenset(
        key(str(row["text"]))
        for path in sorted((folder / "text").glob("*.parquet"))
        if "text" in pq.read_schema(path).names
        for row in rows_of(folder, path.stem)
        if is_test(row)
    )


def _plain(folder: Path, name: str, *, is_binary: bool) -> Iterator[Example]:
    for row in rows_of(folder, name):
        yield Example(name, _part(row), row["text"], SENTIMENT[row["label"]], is_binary)


def _deepsentipers(folder: Path, name: str) -> Iterator[Example]:
    for row in rows_of(folder, name):
        strength = int(row["label"])
        yield Example(name, _part(row), row["text"], _sign(strength), strength=strength)


def _parsinlu(folder: Path, name: str) -> Iterator[Example]:
    """Yield reviews whose aspects agree; 3 (mixed) and -3 (not mentioned) say nothing."""
    labels: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows_of(folder, name):
        label = int(row["label"])
        if label == 3:
            labels[_part(row), row["text"]].append(99)
        elif label != -3:
            labels[_part(row), row["text"]].append(label)
    for (part, text), found in labels.items():
        if 99 not in found and (min(found) >= 0 or max(found) <= 0):
            yield Example(name, part, text, _sign(sum(found)))


def _mabsa(folder: Path, name: str) -> Iterator[Example]:
    """Yield sentences whose aspects agree."""
    for row in rows_of(folder, name):
        found = set(_POLARITY.findall(row["triplets"]))  # some lists are torn, their last words are not
        if len(found) == 1 and (label := SENTIMENT.get(found.pop())) is not None:
            yield Example(name, _part(row), row["text"], label)


def _emotions(folder: Path, name: str) -> Iterator[Example]:
    for row in rows_of(folder, name):
        yield Example(name, _part(row), row["text"], emotion=row["label"])


def _xed(folder: Path, name: str) -> Iterator[Example]:
    """Yield subtitles of one emotion that we have a word for."""
    for row in rows_of(folder, name):
        found = {PLUTCHIK[each] for each in row["label"].split(", ") if each in PLUTCHIK}
        if len(found) == 1:
            yield Example(name, "train", row["text"], emotion=found.pop())


def _sign(value: int) -> int:
    return NEUTRAL if value == 0 else POSITIVE if value > 0 else NEGATIVE


def _part(row: dict[str, Any]) -> str:
    return "test" if is_test(row) else "train"


_READERS: dict[str, Callable[[Path, str], Iterable[Example]]] = {
    "fa_snappfood": lambda folder, name: _plain(folder, name, is_binary=True),
    "fa_deepsentipers": _deepsentipers,
    "fa_parsinlu_food_absa": _parsinlu,
    "fa_parsinlu_movie_absa": _parsinlu,
    "ar_ajgt": lambda folder, name: _plain(folder, name, is_binary=True),
    "ar_elsahar_reviews": lambda folder, name: _plain(folder, name, is_binary=False),
    "ar_arsarcasm2": lambda folder, name: _plain(folder, name, is_binary=False),
    "ar_umsab": lambda folder, name: _plain(folder, name, is_binary=False),
    "ar_mabsa": _mabsa,
    "en_sst2": lambda folder, name: _plain(folder, name, is_binary=True),
    "en_umsab": lambda folder, name: _plain(folder, name, is_binary=False),
    "en_mabsa": _mabsa,
    "fa_armanemo": _emotions,
    "ar_emotone": _emotions,
    "en_tweeteval_emotion": _emotions,
    "fa_xed": _xed,
    "ar_xed": _xed,
}


def kept_out_keys() -> frozenset[str]:
    """Return the keys of the short comments on services that tests keep out."""
    with KEPT_OUT.open(encoding="utf-8", newline="") as file:
        return frozenset(key(row["text"]) for row in csv.DictReader(file))


def service() -> list[Example]:
    """Return our own short comments; those of two minds are there twice, with two labels."""
    forbidden = kept_out_keys()
    kept: dict[tuple[str, str], Example] = {}
    for each in text_service.comments():
        if (found := key(each.text)) not in forbidden:
            sentiment = SENTIMENT[each.sentiment]
            kept[found, each.sentiment] = Example(
                f"{each.language}_{SERVICE}", "train", each.text, sentiment,
                strength=(sentiment - 1) * (2 if each.is_strong else 1), emotion=each.emotion,
            )  # fmt: skip
    return list(kept.values())


def learning(folder: Path) -> list[Example]:
    """Return what may be learnt from: no two alike within a set, and none that is like a test row of any file."""
    forbidden = test_keys(folder) | kept_out_keys()
    kept: dict[tuple[str, str], Example] = {}
    for name, read in _READERS.items():
        for example in read(folder, name):
            if example.part == "train" and (found := key(example.text)) not in forbidden:
                kept.setdefault((name, found), example)
    return [*kept.values(), *(each for each in service() if key(each.text) not in forbidden)]


def testing(folder: Path) -> list[Example]:
    """Return the test rows, as their sets have them."""
    return [
        example for name, read in _READERS.items() for example in read(folder, name) if example.part == "test"
    ]


def few_of(examples: Sequence[Example], most: Mapping[str, int], others: int = 0) -> list[int]:
    """Return the places of a seeded few of each set: as many as ``most`` says, of sets it does not name ``others``."""
    by_source: dict[str, list[int]] = {}
    for place, each in enumerate(examples):
        by_source.setdefault(each.source, []).append(place)
    return sorted(
        place
        for source, places in by_source.items()
        # fewer are a part of more
        for place in random.Random(source).sample(places, len(places))[: most.get(source, others)]
    )


def fold_of(example: Example, folds: int = 10) -> int:
    """Return which of ``folds`` parts a comment belongs to: equal comments of all sets to one, on every machine."""
    return int.from_bytes(hashlib.blake2b(key(example.text).encode(), digest_size=8).digest(), "big") % folds
