"""The most central of many comments: those that say what most of the others say, each wording once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log, sqrt

from .stop_words import stop_words
from .words import words_of

#: How much a comment loses that says what one before it said.
_SAID_ALREADY = 0.6
#: Words below which a comment says too little to stand for others.
_FEWEST_WORDS = 3


def central(texts: Sequence[str], *, most: int = 6) -> tuple[int, ...]:
    """Return the places of comments that together say the most of what all say, the most central first.

    Parameters
    ----------
    texts
        Comments, redacted; some hundreds.
    most
        At most so many.

    Notes
    -----
    A comment is its TF-IDF words, length 1; the centre is their mean. The next one is that with the largest
    :math:`0.4 \\cos(c, \\text{centre}) - 0.6 \\max \\cos(c, \\text{chosen})`, of those with three words or more
    that say something; of shorter ones where there are no others. Source: J. Carbonell, J. Goldstein (1998), maximal
    marginal relevance.

    Examples
    --------
    >>> texts = [
    ...     "the courier came late with a broken box",
    ...     "nice colour, fits well",
    ...     "broken box, and the courier came very late",
    ...     "late courier, broken box again, shame",
    ... ]
    >>> central(texts, most=2)
    (0, 1)
    """
    stop = stop_words()
    counted = [
        Counter(word for word in words_of(text) if word[0].isalpha() and word not in stop) for text in texts
    ]
    found_in = Counter(word for words in counted for word in words)
    vectors = [
        _unit({word: n * log(1 + len(texts) / found_in[word]) for word, n in each.items()})
        for each in counted
    ]
    centre: Counter[str] = Counter()
    for vector in vectors:
        centre.update(vector)
    middle = _unit(dict(centre))
    able = [place for place, words in enumerate(counted) if len(words) >= _FEWEST_WORDS]
    left = dict.fromkeys(able or [place for place, words in enumerate(counted) if words])
    near = {place: _dot(vectors[place], middle) for place in left}
    said = dict.fromkeys(left, 0.0)
    chosen: list[int] = []
    while left and len(chosen) < most:
        best = max(left, key=lambda place: (1 - _SAID_ALREADY) * near[place] - _SAID_ALREADY * said[place])
        del left[best]
        chosen.append(best)
        for place in left:
            said[place] = max(said[place], _dot(vectors[place], vectors[best]))
    return tuple(chosen)


def _unit(weights: dict[str, float]) -> dict[str, float]:
    length = sqrt(sum(weight * weight for weight in weights.values()))
    return {word: weight / length for word, weight in weights.items()} if length else {}


def _dot(one: dict[str, float], other: dict[str, float]) -> float:
    less, more = (one, other) if len(one) <= len(other) else (other, one)
    return sum(weight * more.get(word, 0.0) for word, weight in less.items())
