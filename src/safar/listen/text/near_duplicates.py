"""Comments that say nearly the same: copied, forwarded, or typed twice with a letter changed.

Two comments are near-duplicates when the sets of their runs of four letters overlap enough (Jaccard). MinHash finds the
pairs worth looking at without comparing all with all; every pair is then compared exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Refusal
from safar.vocabulary.text import fold

#: Overlap from which two comments count as nearly the same.
LEAST_SIMILARITY: Final = 0.6
_LETTERS: Final = 4
#: Bands of three hashes: two comments that overlap by 0.6 meet in one of them with probability 99.2 %.
_BANDS: Final = 20
_ROWS: Final = 3
#: Letters of a comment that are compared; longer ones are documents.
_READ: Final = 2_000
#: Earlier comments of a bucket that each later one is compared with: a bucket of a common phrase may hold thousands.
_LEADERS: Final = 24
_PRIME: Final = np.uint64((1 << 31) - 1)


class SimilarityImpossible(Refusal, ValueError):
    """A similarity outside 0.3…1."""

    code = "text.similarity_impossible"


def groups(texts: Sequence[str], *, least_similarity: float = LEAST_SIMILARITY) -> list[tuple[int, ...]]:
    """Return the comments that say nearly the same: places in ``texts``, groups of two or more, the largest first.

    Parameters
    ----------
    texts
        Comments. They are compared folded; ones without a letter or digit are like no other.
    least_similarity
        Jaccard similarity of their sets of four-letter runs, 0.3 to 1. Below 0.5 the hashes miss some.

    Raises
    ------
    SimilarityImpossible

    Notes
    -----
    A group is connected: two of its comments may be less alike than ``least_similarity`` when a third is like both.
    Source: A. Broder (1997), "On the resemblance and containment of documents"; banding as in J. Leskovec,
    A. Rajaraman, J. Ullman, Mining of Massive Datasets, chapter 3.

    Examples
    --------
    >>> groups(["غذا سرد بود و دیر رسید", "بسته سالم بود", "غذا سرد بود و خیلی دیر رسید!", "غذا سرد بود و دير رسيد"])
    [(0, 2, 3)]
    """
    if not 0.3 <= least_similarity <= 1:
        raise SimilarityImpossible(
            f"A similarity of {least_similarity} cannot be looked for.",
            hint="Say a number from 0.3 (a third in common) to 1 (the same).",
            least_similarity=least_similarity,
        )
    joined = _Joined(len(texts))
    first_of: dict[str, int] = {}
    for place, text in enumerate(texts):
        plain = _plain(text)
        if plain:
            joined.join(first_of.setdefault(plain, place), place)
    distinct = list(first_of)
    places = list(first_of.values())
    if least_similarity < 1:
        for one, other in _candidates(distinct):
            apart = joined.root(places[one]) != joined.root(places[other])
            if apart and _similarity(distinct[one], distinct[other]) >= least_similarity:
                joined.join(places[one], places[other])
    return joined.groups()


def _plain(text: str) -> str:
    """Return what is compared of a comment: its letters and digits, folded, single blanks between words."""
    folded = fold(text[:_READ])
    return " ".join("".join(each if each.isalnum() else " " for each in folded).split())


def _runs(plain: str) -> set[str]:
    """Return the runs of four letters; of a shorter text the text itself."""
    return {plain[at : at + _LETTERS] for at in range(max(1, len(plain) - _LETTERS + 1))}


def _similarity(one: str, other: str) -> float:
    runs, others = _runs(one), _runs(other)
    common = len(runs & others)
    return common / (len(runs) + len(others) - common)


def _candidates(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield pairs of texts that share a band of hashes, some of them again and again."""
    bands = _bands(texts)
    for band in bands:
        order = np.argsort(band, kind="stable")
        values = band[order]
        starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
        ends = np.r_[starts[1:], len(values)]
        for start, end in zip(starts[ends - starts > 1], ends[ends - starts > 1], strict=True):
            bucket = order[start:end].tolist()
            for at in range(1, len(bucket)):
                for leader in bucket[max(0, at - _LEADERS) : at]:
                    yield leader, bucket[at]


def _bands(texts: Sequence[str]) -> NDArray[np.uint64]:
    """Return a number for each band of each text: equal where its three smallest hashes are."""
    rng = np.random.default_rng(20_260)
    prime = int(_PRIME)
    slopes = rng.integers(1, prime, _BANDS * _ROWS, dtype=np.uint64)
    shifts = rng.integers(0, prime, _BANDS * _ROWS, dtype=np.uint64)
    bands = np.zeros((_BANDS, len(texts)), np.uint64)
    for place, text in enumerate(texts):
        hashes = (_hashes(text)[:, None] * slopes + shifts) % _PRIME
        smallest = hashes.min(axis=0).reshape(_BANDS, _ROWS)
        bands[:, place] = (
            smallest[:, 0] + (smallest[:, 1] << np.uint64(21)) + (smallest[:, 2] << np.uint64(42))
        )
    return bands


def _hashes(text: str) -> NDArray[np.uint64]:
    """Return a hash below 2³¹ - 1 for each run of four letters."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    count = max(1, len(points) - _LETTERS + 1)
    total = np.zeros(count, np.uint64)
    for at in range(min(_LETTERS, len(points))):
        total = (total * np.uint64(1_000_003) + points[at : at + count]) % _PRIME
    return total


class _Joined:
    """Which places belong together (union by the smaller place, paths halved)."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def root(self, place: int) -> int:
        parent = self._parent
        while parent[place] != place:
            parent[place] = place = parent[parent[place]]
        return place

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        self._parent[second] = first

    def groups(self) -> list[tuple[int, ...]]:
        members: dict[int, list[int]] = {}
        for place in range(len(self._parent)):
            members.setdefault(self.root(place), []).append(place)
        found = [tuple(group) for group in members.values() if len(group) > 1]
        return sorted(found, key=lambda group: (-len(group), group))
