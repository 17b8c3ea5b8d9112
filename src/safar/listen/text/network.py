"""A small network that reads words in their order: what linear weights of n-grams miss.

Each word is a vector: that of the word itself, where it was learnt, plus those of its beginnings and endings, which
words never seen have too. Filters look at one, two and three neighbouring words; each keeps its strongest answer in the
comment (Kim 2014), and the logits are weighted sums of these.

No filter has a bias, so a logit is its class's bias plus a sum over the words that the strongest answers came from:
that sum is exact, and it is what `Network.shares` returns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from .model_file import Arrays

#: Vectors of one word: itself, its first three and five letters, its last three and four.
PARTS: Final = 5
_SEED: Final = 0x9E3779B97F4A7C15
_MULTIPLIER: Final = 0x100000001B3
_MIX: Final = 0xFF51AFD7ED558CCD
_BLANK: Final = 32
#: The widest filter sees so many words.
WIDEST: Final = 3


@dataclass(frozen=True, slots=True)
class Network:
    """The trained network.

    Attributes
    ----------
    keys
        Of the words learnt, rising; a key is 32 bits of the word's hash.
    vectors
        In steps of ``step``: an empty one, one for each key, then those of beginnings and endings.
    filters
        Of shape ``filters, 3, dimensions``, the last word of a view first; a narrow one is zero where it does not look.
    widths
        How many words each filter sees, 1 to 3.
    heads, bias
        By name of what is asked: of shape ``filters, classes`` and ``classes``.
    """

    keys: NDArray[np.uint32]
    vectors: NDArray[np.int8]
    step: np.float32
    filters: NDArray[np.float32]
    widths: NDArray[np.int64]
    heads: dict[str, NDArray[np.float32]]
    bias: dict[str, NDArray[np.float32]]

    @classmethod
    def of(cls, arrays: Arrays) -> Network:
        """Return the network of a file."""
        names = [name.removeprefix("head_") for name in arrays if name.startswith("head_")]
        return cls(
            arrays["keys"],
            arrays["vectors"],
            np.float32(arrays["step"]),
            np.ascontiguousarray(arrays["filters"], np.float32),
            np.asarray(arrays["widths"], np.int64),
            {name: np.asarray(arrays[f"head_{name}"], np.float32) for name in names},
            {name: np.asarray(arrays[f"bias_{name}"], np.float32) for name in names},
        )

    def answers(self, words: Sequence[Sequence[str]]) -> Answers:
        """Return the strongest answer of each filter to each comment."""
        rows, ends = parts_of(words, self.keys, len(self.vectors) - 1 - len(self.keys))
        strongest = np.zeros((len(words), len(self.filters)), np.float32)
        at = np.full((len(words), len(self.filters)), -1, np.int32)
        _answer(rows, ends, self.vectors, float(self.step), self.filters, self.widths, strongest, at)
        return Answers(strongest, at, rows)

    def logits(self, answers: Answers, head: str) -> NDArray[np.float32]:
        """Return a row of logits for each comment."""
        return answers.strongest @ self.heads[head] + self.bias[head]

    def shares(self, answers: Answers, head: str, class_weights: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return what each word of the only comment adds to a weighted sum of the logits."""
        shares = np.zeros(len(answers.rows))
        vectors = self.vectors[answers.rows].sum(axis=1, dtype=np.int32) * float(self.step)
        for each, weight in enumerate(self.heads[head] @ class_weights):
            last = answers.at[0, each]
            for back in range(WIDEST):
                if last >= 0 and 0 <= last - back < len(shares):
                    shares[last - back] += float(weight) * float(
                        vectors[last - back] @ self.filters[each, back]
                    )
        return shares


@dataclass(frozen=True, slots=True)
class Answers:
    """What the filters of a network found.

    Attributes
    ----------
    strongest
        Of shape ``comments, filters``; zero where a filter found nothing.
    at
        The last word of the view in which it was found, -1 where nothing was; it may lie behind the last word.
    rows
        Which vectors each word has, word after word.
    """

    strongest: NDArray[np.float32]
    at: NDArray[np.int32]
    rows: NDArray[np.int32]


def parts_of(
    words: Sequence[Sequence[str]], keys: NDArray[np.uint32], room: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return which vectors each word has (0: none), and where the words of each comment end.

    Parameters
    ----------
    keys
        Of the words learnt, rising.
    room
        How many vectors beginnings and endings share; a power of two.
    """
    points = np.frombuffer(
        " ".join(each for line in words for each in line).encode("utf-32-le", "surrogatepass"), np.uint32
    )
    ends = np.zeros(len(words) + 1, np.int64)
    np.cumsum([len(line) for line in words], out=ends[1:])
    rows = np.zeros((int(ends[-1]), PARTS), np.int32)
    _parts(points, keys, room, rows)
    return rows, ends


def keys_of(words: Sequence[str]) -> NDArray[np.uint32]:
    """Return the keys of words, in their order."""
    return np.array(
        [_key(np.array([ord(letter) for letter in word], np.uint32), 0, len(word), 0) for word in words],
        np.uint32,
    )


@njit(
    types.uint32(types.Array(types.uint32, 1, "A", readonly=True), types.int64, types.int64, types.int64),
    nogil=True,
    cache=True,
)
def _key(points: NDArray[np.uint32], begin: int, stop: int, kind: int) -> int:
    hashed = np.uint64(_SEED) + np.uint64(kind)
    for place in range(begin, stop):
        hashed = (hashed ^ np.uint64(points[place])) * np.uint64(_MULTIPLIER)
    hashed = (hashed ^ (hashed >> np.uint64(32))) * np.uint64(_MIX)
    return np.uint32(hashed >> np.uint64(32))  # type: ignore[return-value] # a number of compiled code


@njit(
    types.void(
        types.Array(types.uint32, 1, "C", readonly=True), types.Array(types.uint32, 1, "C", readonly=True),
        types.int64, types.int32[:, ::1],
    ),
    nogil=True,
    cache=True,
)  # fmt: skip
def _parts(points: NDArray[np.uint32], keys: NDArray[np.uint32], room: int, rows: NDArray[np.int32]) -> None:
    first_part = 1 + len(keys)
    mask = np.int64(room - 1)
    begin = 0
    for word in range(len(rows)):
        stop = begin
        while stop < len(points) and points[stop] != _BLANK:
            stop += 1
        key, size = _key(points, begin, stop, 0), stop - begin
        place = np.searchsorted(keys, key)
        if place < len(keys) and keys[place] == key:
            rows[word, 0] = 1 + place
        rows[word, 1] = first_part + (np.int64(_key(points, begin, min(stop, begin + 5), 1)) & mask)
        if size > 3:
            rows[word, 2] = first_part + (np.int64(_key(points, begin, begin + 3, 2)) & mask)
            rows[word, 3] = first_part + (np.int64(_key(points, stop - 3, stop, 3)) & mask)
        if size > 4:
            rows[word, 4] = first_part + (np.int64(_key(points, stop - 4, stop, 4)) & mask)
        begin = stop + 1


@njit(
    types.void(
        types.float32[:, ::1], types.int64, types.float32[:, :, ::1], types.int64[::1],
        types.float32[::1], types.int32[::1],
    ),
    nogil=True,
    cache=True,
    fastmath=True,
)  # fmt: skip
def look(  # noqa: PLR0917 - compiled code knows positions only
    words: NDArray[np.float32],
    length: int,
    filters: NDArray[np.float32],
    widths: NDArray[np.int64],
    strongest: NDArray[np.float32],
    at: NDArray[np.int32],
) -> None:
    """Write each filter's strongest answer above zero to one comment, and the last word of the view it came from.

    Parameters
    ----------
    words
        The comment's vectors, with two blank ones before and behind them.
    length
        How many words the comment has.
    """
    count, widest, size = filters.shape
    for chosen in range(count):
        best, where = np.float32(0), np.int32(-1)
        for last in range(length + widths[chosen] - 1):
            answer = np.float32(0)
            for back in range(widths[chosen]):
                for each in range(size):
                    answer += filters[chosen, back, each] * words[last + widest - 1 - back, each]
            if answer > best:
                best, where = answer, np.int32(last)
        strongest[chosen], at[chosen] = best, where


@njit(
    types.void(
        types.int32[:, ::1], types.int64[::1], types.Array(types.int8, 2, "C", readonly=True), types.float32,
        types.float32[:, :, ::1], types.int64[::1], types.float32[:, ::1], types.int32[:, ::1],
    ),
    nogil=True,
    cache=True,
)  # fmt: skip
def _answer(  # noqa: PLR0917 - compiled code knows positions only
    rows: NDArray[np.int32],
    ends: NDArray[np.int64],
    vectors: NDArray[np.int8],
    step: float,
    filters: NDArray[np.float32],
    widths: NDArray[np.int64],
    strongest: NDArray[np.float32],
    at: NDArray[np.int32],
) -> None:
    edge, size = filters.shape[1] - 1, filters.shape[2]
    longest = 0
    for text in range(len(ends) - 1):
        longest = max(longest, ends[text + 1] - ends[text])
    words = np.zeros((longest + 2 * edge, size), np.float32)
    whole = np.zeros(size, np.int32)
    for text in range(len(ends) - 1):
        first, length = ends[text], ends[text + 1] - ends[text]
        for word in range(length):
            whole[:] = 0
            for part in range(rows.shape[1]):
                row = rows[first + word, part]
                if row:
                    for each in range(size):
                        whole[each] += vectors[row, each]
            for each in range(size):
                words[word + edge, each] = step * np.float32(whole[each])
        words[length + edge : length + 2 * edge] = 0
        look(words, length, filters, widths, strongest[text], at[text])
