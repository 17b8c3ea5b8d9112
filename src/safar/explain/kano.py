"""Kano: which features are taken for granted, which are worth more the better they are, which delight?

Each feature is asked about twice: how would you feel if it were there, and how if it were not?
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, share

#: ``attractive`` delights, its lack is not missed. ``one_dimensional``: the more the better. ``must_be`` is taken for
#: granted. ``indifferent``; ``reverse``: better without it. ``questionable``: the two answers contradict each other.
Category = Literal["attractive", "one_dimensional", "must_be", "indifferent", "reverse", "questionable"]

#: The answers to both questions, in order.
ANSWERS: Final = ("like", "expect", "neutral", "live_with", "dislike")

_BY_LETTER: Final[Mapping[str, Category]] = {
    "A": "attractive",
    "O": "one_dimensional",
    "M": "must_be",
    "I": "indifferent",
    "R": "reverse",
    "Q": "questionable",
}
#: Rows: the answer where it is there; columns: where it is not.
_TABLE: Final = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")
#: Of several as frequent ones the first is told: what must be there matters most.
_ORDER: Final[tuple[Category, ...]] = (
    "must_be",
    "one_dimensional",
    "attractive",
    "indifferent",
    "reverse",
    "questionable",
)
_FONG: Final = 1.65


class KanoRefused(Refusal, ValueError):
    """Answers that the two questions of Kano do not have."""

    code = "kano.refused"


@dataclass(frozen=True, slots=True)
class Kano:
    """How people see one feature.

    Attributes
    ----------
    counts
        People by category.
    category
        The most frequent one.
    is_clear
        Fong's test: the two most frequent categories differ more than chance explains.
    better
        The share of those with an opinion whom it would please to have it: (attractive + one-dimensional) of these two,
        must-be and indifferent. None where nobody has one.
    worse
        The same for whom it would annoy to lack it, told as a negative number: (one-dimensional + must-be).
    n
        People asked.
    """

    counts: Mapping[Category, int]
    category: Category
    is_clear: bool
    better: Estimate | None
    worse: Estimate | None
    n: int


def category_of(there: str, missing: str) -> Category:
    """Return the category of two answers of `ANSWERS`: if it were there, and if it were not.

    Raises
    ------
    KanoRefused

    Examples
    --------
    >>> category_of("like", "dislike"), category_of("expect", "dislike"), category_of("like", "neutral")
    ('one_dimensional', 'must_be', 'attractive')
    """
    for answer in (there, missing):
        if answer not in ANSWERS:
            raise KanoRefused(
                f"{answer!r} is no answer to a question of Kano.", hint=f"There are {', '.join(ANSWERS)}."
            )
    return _BY_LETTER[_TABLE[ANSWERS.index(there)][ANSWERS.index(missing)]]


def kano(answers: Sequence[tuple[str, str]], *, level: float = DEFAULT_LEVEL) -> Kano:
    """Return how people see a feature.

    Parameters
    ----------
    answers
        For each person, how it would feel if it were there, and if it were not; see `ANSWERS`.
    level
        Confidence level of ``better`` and ``worse``.

    Raises
    ------
    KanoRefused

    Examples
    --------
    >>> found = kano([("like", "neutral")] * 12 + [("neutral", "dislike")] * 4)
    >>> found.category, found.better.value, found.worse.value
    ('attractive', 0.75, -0.25)
    """
    return of_counts(Counter(category_of(there, missing) for there, missing in answers), level=level)


def of_counts(counts: Mapping[Category, int], *, level: float = DEFAULT_LEVEL) -> Kano:
    """Return how people see a feature, from counts by category.

    Raises
    ------
    KanoRefused
        There is nobody.

    Notes
    -----
    Source: N. Kano et al. (1984); C. Berger et al. (1993), Center for Quality of Management Journal 2(4) (better and
    worse); D. Fong (1996), the same journal 5(3): :math:`|a - b| < 1.65 \\sqrt{(a + b)(2n - a - b)/(2n)}` is chance.
    """
    n = sum(counts.values())
    if not n:
        raise KanoRefused("Nobody answered both questions.", hint="Ask somebody.")
    by_size = sorted(_ORDER, key=lambda each: -counts.get(each, 0))
    first, second = counts.get(by_size[0], 0), counts.get(by_size[1], 0)
    least = _FONG * math.sqrt((first + second) * (2 * n - first - second) / (2 * n))
    a, o, m, i = (counts.get(each, 0) for each in ("attractive", "one_dimensional", "must_be", "indifferent"))
    worse = share(o + m, a + o + m + i, level=level)
    return Kano(
        {each: counts.get(each, 0) for each in _BY_LETTER.values()},
        by_size[0],
        first - second >= least,
        share(a + o, a + o + m + i, level=level),
        _negative(worse),
        n,
    )


def _negative(estimate: Estimate | None) -> Estimate | None:
    if estimate is None:
        return None
    around = estimate.interval
    return Estimate(-estimate.value, type(around)(-around.high, -around.low, around.level), estimate.n)
