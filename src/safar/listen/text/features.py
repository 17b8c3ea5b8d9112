"""Hashed n-grams of words and letters: what the linear models weigh.

Words, pairs and triples of neighbours; and the runs of 2 to 6 letters inside a word that is marked at both ends. Each
is hashed into one of ``2 ** bits`` buckets (the hashing trick; Weinberger et al. 2009): a model is a table of weights
and needs no dictionary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from .turned import REACH, turned_words
from .words import words_of

#: The most words that an n-gram spans.
WIDEST_SPAN: Final = REACH + 1
#: Longest run of letters.
LETTERS: Final = 6
_BLANK: Final = 32
_EDGE: Final = 2
_WORD_SEED: Final = 0x9E3779B97F4A7C15
_LETTER_SEED: Final = 0xC2B2AE3D27D4EB4F
_MULTIPLIER: Final = 0x100000001B3
_MIX: Final = 0xFF51AFD7ED558CCD


@dataclass(frozen=True, slots=True)
class Buckets:
    """N-grams of comments.

    Attributes
    ----------
    bucket
        Of each n-gram, comment after comment.
    first_word, last_word
        Which words of its comment the n-gram was read from.
    end
        ``bucket[end[i]:end[i + 1]]`` are those of comment ``i``.
    """

    bucket: NDArray[np.uint32]
    first_word: NDArray[np.int32]
    last_word: NDArray[np.int32]
    end: NDArray[np.int64]


def buckets_of(texts: Sequence[str], bits: int) -> Buckets:
    """Return the n-grams of comments, hashed into ``2 ** bits`` buckets."""
    return buckets_of_words([words_of(text) for text in texts], bits)


def buckets_of_words(words: Sequence[Sequence[str]], bits: int, *, turned: bool = False) -> Buckets:
    """Return the n-grams of comments that are cut into words already; with ``turned``, those of `turned` as well."""
    lines = [" ".join(each) for each in words]
    points = np.frombuffer("".join(lines).encode("utf-32-le", "surrogatepass"), np.uint32)
    length = np.zeros(len(lines) + 1, np.int64)
    np.cumsum([len(line) for line in lines], out=length[1:])
    room = int(LETTERS * (len(points) + 2 * len(lines)) + 8)
    bucket, first, last = np.empty(room, np.uint32), np.empty(room, np.int32), np.empty(room, np.int32)
    end = np.zeros(len(lines) + 1, np.int64)
    count = _hash(points, length, bits, bucket, first, last, end)
    found = Buckets(bucket[:count], first[:count], last[:count], end)
    return _both(found, Buckets(*turned_words(words, bits))) if turned else found


def _both(one: Buckets, other: Buckets) -> Buckets:
    """Return the n-grams of both, comment by comment."""
    of_one, of_other = np.diff(one.end), np.diff(other.end)
    places = (
        np.arange(len(one.bucket)) + np.repeat(other.end[:-1], of_one),
        np.arange(len(other.bucket)) + np.repeat(one.end[1:], of_other),
    )
    count = len(one.bucket) + len(other.bucket)
    bucket, first, last = np.empty(count, np.uint32), np.empty(count, np.int32), np.empty(count, np.int32)
    for each, at in zip((one, other), places, strict=True):
        bucket[at], first[at], last[at] = each.bucket, each.first_word, each.last_word
    return Buckets(bucket, first, last, one.end + other.end)


@njit(
    types.int64(
        types.Array(types.uint32, 1, "C", readonly=True), types.int64[::1], types.int64,
        types.uint32[::1], types.int32[::1], types.int32[::1], types.int64[::1],
    ),
    nogil=True,
    cache=True,
)  # fmt: skip
def _hash(  # noqa: PLR0917 - one pass over the letters, compiled
    points: NDArray[np.uint32],
    length: NDArray[np.int64],
    bits: int,
    bucket: NDArray[np.uint32],
    first: NDArray[np.int32],
    last: NDArray[np.int32],
    end: NDArray[np.int64],
) -> int:
    """Write the bucket of each n-gram and the words it spans; return how many there are."""
    shift = np.uint64(64 - bits)
    multiplier, mix = np.uint64(_MULTIPLIER), np.uint64(_MIX)
    word_seed, letter_seed = np.uint64(_WORD_SEED), np.uint64(_LETTER_SEED)
    count = 0
    for text in range(len(length) - 1):
        word, begin = 0, length[text]
        before, before_that = np.uint64(0), np.uint64(0)
        while begin < length[text + 1]:
            stop = begin
            hashed = word_seed
            while stop < length[text + 1] and points[stop] != _BLANK:
                hashed = (hashed ^ np.uint64(points[stop])) * multiplier
                stop += 1
            hashed = hashed * mix
            for back in range(min(word + 1, 3)):
                gram = hashed
                if back > 0:
                    gram = (gram ^ (before >> np.uint64(7))) * multiplier
                if back > 1:
                    gram = (gram ^ (before_that >> np.uint64(11))) * multiplier
                gram = (gram ^ (gram >> np.uint64(29))) * mix
                bucket[count], first[count], last[count] = gram >> shift, word - back, word
                count += 1
            # letters, with an edge at each end
            size = stop - begin + 2
            for start in range(size - 1):
                gram = letter_seed
                for place in range(start, min(start + LETTERS, size)):
                    letter = np.uint64(_EDGE)
                    if 0 < place < size - 1:
                        letter = np.uint64(points[begin + place - 1])
                    gram = (gram ^ letter) * multiplier
                    run = place - start + 1
                    if run >= 2 and not (run == size and run > 3):  # the whole word is one of the words above
                        mixed = (gram ^ (gram >> np.uint64(31))) * mix
                        bucket[count], first[count], last[count] = mixed >> shift, word, word
                        count += 1
            before_that, before = before, hashed
            word += 1
            begin = stop + 1
        end[text + 1] = count
    return count
