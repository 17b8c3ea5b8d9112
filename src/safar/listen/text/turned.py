"""Words that others turn: "not very good", «چندان خوب نبود», "مش حلو"; and those behind a "but".

Such a word is an n-gram of its own, whichever word turns it, and so are its first letters. It counts several times: a
word has a dozen n-grams of letters, and all of them say the opposite. ``lexicon/negation.toml`` lists what turns words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from .words import words_of

#: A turned word and the word that turns it are at most so many words apart, and no mark stands between them.
REACH: Final = 3
#: How often a turned word counts, and one behind a "but".
_TURNED_TIMES: Final = 6
_CONTRAST_TIMES: Final = 2
#: First letters by which such a word is known besides, whatever is joined to its end.
_STEM: Final = 4
_NOTHING, _BEFORE, _AFTER, _CONTRAST, _MARK = 0, 1, 2, 3, 4
#: Persian verbs that begin so are turned.
_NEGATED_VERB: Final = "نمی"
_WORD_SEED: Final = 0x9E3779B97F4A7C15
_TURNED_SEED: Final = 0xD6E8FEB86659FD93
_CONTRAST_SEED: Final = 0xA0761D6478BD642F
_MULTIPLIER: Final = 0x100000001B3
_MIX: Final = 0xFF51AFD7ED558CCD
_BLANK: Final = 32
#: N-grams of one word in one place, and the places it may have: turned by a word before, by three behind; contrast.
_ONCE: Final = _TURNED_TIMES + _TURNED_TIMES // 2
_MOST: Final = _ONCE * (1 + REACH) + _CONTRAST_TIMES + _CONTRAST_TIMES // 2

Grams = tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]


def turned_words(words: Sequence[Sequence[str]], bits: int) -> Grams:
    """Return the n-grams of turned words of comments: as `features.Buckets` has them, field by field."""
    flat = [word for line in words for word in line]
    points = np.frombuffer(" ".join(flat).encode("utf-32-le", "surrogatepass"), np.uint32)
    hashes, stems = np.zeros(len(flat), np.uint64), np.zeros(len(flat), np.uint64)
    _hash(points, hashes, stems)
    kinds = np.fromiter(map(_kind, flat), np.uint8, len(flat))
    ends = np.zeros(len(words) + 1, np.int64)
    np.cumsum([len(line) for line in words], out=ends[1:])
    room = _MOST * len(flat) if kinds.any() else 0
    bucket, first, last = np.empty(room, np.uint32), np.empty(room, np.int32), np.empty(room, np.int32)
    end = np.zeros(len(words) + 1, np.int64)
    count = _turn(hashes, stems, kinds, ends, bits, bucket, first, last, end) if room else 0
    return bucket[:count], first[:count], last[:count], end


@cache
def _places() -> dict[str, int]:
    """Return what stands before a word that it turns, behind it, or between two sides."""
    document = tomllib.loads(files(__package__).joinpath("lexicon/negation.toml").read_text(encoding="utf-8"))
    return {
        form: place
        for name, place in (("before", _BEFORE), ("after", _AFTER), ("contrast", _CONTRAST))
        for written in document[name].values()
        for word in written.split()
        for form in words_of(word)
    }


@lru_cache(maxsize=1 << 16)
def _kind(word: str) -> int:
    found = _places().get(word)
    if found is not None:
        return found
    if not word[0].isalnum():
        return _MARK
    return _AFTER if word.startswith(_NEGATED_VERB) and len(word) > _STEM else _NOTHING


@njit(
    types.void(types.Array(types.uint32, 1, "C", readonly=True), types.uint64[::1], types.uint64[::1]),
    nogil=True,
    cache=True,
)
def _hash(points: NDArray[np.uint32], hashes: NDArray[np.uint64], stems: NDArray[np.uint64]) -> None:
    multiplier, mix = np.uint64(_MULTIPLIER), np.uint64(_MIX)
    place = 0
    for word in range(len(hashes)):
        hashed, stem = np.uint64(_WORD_SEED), np.uint64(_WORD_SEED)
        letters = 0
        while place < len(points) and points[place] != _BLANK:
            hashed = (hashed ^ np.uint64(points[place])) * multiplier
            letters += 1
            if letters <= _STEM:
                stem = hashed
            place += 1
        hashes[word], stems[word] = hashed * mix, stem * mix
        place += 1


@njit(
    types.int64(
        types.uint64, types.uint64, types.uint64, types.int64, types.int64, types.int32, types.int32,
        types.uint32[::1], types.int32[::1], types.int32[::1], types.int64,
    ),
    nogil=True,
    cache=True,
)  # fmt: skip
def _again(  # noqa: PLR0917 - compiled code knows positions only
    hashed: int,
    stem: int,
    seed: int,
    times: int,
    bits: int,
    first_word: int,
    last_word: int,
    bucket: NDArray[np.uint32],
    first: NDArray[np.int32],
    last: NDArray[np.int32],
    count: int,
) -> int:
    """Write a word as often as it counts, its stem half as often; return how many n-grams there are now."""
    multiplier, mix = np.uint64(_MULTIPLIER), np.uint64(_MIX)
    for each in range(times + times // 2):
        gram = (np.uint64(hashed if each < times else stem) ^ np.uint64(seed)) * multiplier
        gram = (gram ^ (gram >> np.uint64(29))) * mix
        bucket[count] = gram >> np.uint64(64 - bits)
        first[count], last[count] = first_word, last_word
        count += 1
    return count


@njit(
    types.int64(
        types.uint64[::1], types.uint64[::1], types.uint8[::1], types.int64[::1], types.int64,
        types.uint32[::1], types.int32[::1], types.int32[::1], types.int64[::1],
    ),
    nogil=True,
    cache=True,
)  # fmt: skip
def _turn(  # noqa: PLR0917 - as above
    hashes: NDArray[np.uint64],
    stems: NDArray[np.uint64],
    kinds: NDArray[np.uint8],
    ends: NDArray[np.int64],
    bits: int,
    bucket: NDArray[np.uint32],
    first: NDArray[np.int32],
    last: NDArray[np.int32],
    end: NDArray[np.int64],
) -> int:
    """Write the n-grams of turned words; return how many there are."""
    count = 0
    for text in range(len(ends) - 1):
        near, is_after, begin = 0, False, ends[text]
        for at in range(begin, ends[text + 1]):
            if kinds[at] == _MARK:
                near, is_after = 0, False
                continue
            turned_from = at
            for back in range(1, min(near, REACH) + 1):
                if kinds[at - back] == _BEFORE:
                    turned_from = at - back
                if kinds[at] == _AFTER:
                    count = _again(
                        hashes[at - back], stems[at - back], _TURNED_SEED, _TURNED_TIMES, bits,
                        at - back - begin, at - begin, bucket, first, last, count,
                    )  # fmt: skip
            if turned_from < at:
                count = _again(
                    hashes[at], stems[at], _TURNED_SEED, _TURNED_TIMES, bits,
                    turned_from - begin, at - begin, bucket, first, last, count,
                )  # fmt: skip
            if is_after:
                count = _again(
                    hashes[at], stems[at], _CONTRAST_SEED, _CONTRAST_TIMES, bits,
                    at - begin, at - begin, bucket, first, last, count,
                )  # fmt: skip
            is_after |= kinds[at] == _CONTRAST
            near += 1
        end[text + 1] = count
    return count
