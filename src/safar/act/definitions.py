"""A group of customers described by a rule that people can read: what its customers did and did not do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.observe.among import Did, Segment
from safar.observe.steps import StepRule
from safar.vocabulary.window import Window

#: More conditions than this nobody keeps in mind.
_MOST_CONDITIONS: Final = 3
#: A further condition must better the rule by so much.
_WORTH: Final = 0.02
#: Counts at which a condition may cut: so many quantiles.
_CUTS: Final = 20


@dataclass(frozen=True, slots=True)
class Definition:
    """A segment that stands for a group, and how well.

    Attributes
    ----------
    segment
        Its name is empty: whoever takes it gives it one.
    precision
        Of those it takes, the share that is of the group.
    recall
        Of the group, the share that it takes.
    """

    segment: Segment
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class _Cut:
    """At least, or at most, so many of one thing."""

    place: int
    count: int
    is_least: bool

    def of(self, counts: NDArray[np.int64]) -> NDArray[np.bool_]:
        column = counts[:, self.place]
        found: NDArray[np.bool_] = column >= self.count if self.is_least else column <= self.count
        return found


def defined_by(
    rules: Sequence[StepRule],
    counts: NDArray[np.int64],
    inside: NDArray[np.bool_],
    *,
    window: Window | None = None,
) -> Definition:
    """Describe a group by at most three things that were done at least, or at most, so often.

    Conditions are added one by one, each time the one that raises F1 (the harmonic mean of precision and recall) most,
    as long as it gains 0.02.

    Parameters
    ----------
    rules
        What was counted.
    counts
        ``int64`` of shape (customers, rules).
    inside
        ``bool`` of shape (customers,): who is of the group; somebody is, and not everybody.
    window
        When it was counted.

    Examples
    --------
    >>> counts = np.array([[0, 5], [1, 4], [3, 5], [4, 0]])
    >>> orders, visits = StepRule("orders", ("order",)), StepRule("visits", ("visit",))
    >>> found = defined_by((orders, visits), counts, np.array([False, False, True, True]))
    >>> found.segment.did[0].what.name, found.segment.did[0].at_least, found.precision, found.recall
    ('orders', 2, 1.0, 1.0)
    """
    cuts = list(_cuts(counts))
    taken, chosen, best = (
        np.ones(len(inside), np.bool_),
        list[_Cut](),
        _f1(np.ones(len(inside), np.bool_), inside),
    )
    while len(chosen) < _MOST_CONDITIONS:
        tried = [(_f1(taken & cut.of(counts), inside), cut) for cut in cuts]
        score, cut = max(tried, key=lambda each: each[0])
        if chosen and score < best + _WORTH:
            break
        best, taken = score, taken & cut.of(counts)
        chosen.append(cut)
    hits = float((taken & inside).sum())
    return Definition(
        Segment("", tuple(_did(rules, cut, window) for cut in _joined(chosen))),
        hits / max(float(taken.sum()), 1.0),
        hits / max(float(inside.sum()), 1.0),
    )


def _cuts(counts: NDArray[np.int64]) -> Iterator[_Cut]:
    """Yield what tells customers apart: at least one more than a quantile, or at most it."""
    for place in range(counts.shape[1]):
        column = counts[:, place]
        quantiles = np.unique(np.quantile(column, np.linspace(0, 1, _CUTS + 1), method="lower"))
        for count in quantiles[quantiles < column.max()].tolist():
            yield _Cut(place, count + 1, is_least=True)
            yield _Cut(place, count, is_least=False)


def _f1(taken: NDArray[np.bool_], inside: NDArray[np.bool_]) -> float:
    return float(2 * (taken & inside).sum() / max(int(taken.sum() + inside.sum()), 1))


def _joined(chosen: Sequence[_Cut]) -> Iterator[_Cut]:
    """Leave out what a stricter condition of the same kind on the same thing says too."""
    for cut in chosen:
        others = [each for each in chosen if (each.place, each.is_least) == (cut.place, cut.is_least)]
        strictest = (max if cut.is_least else min)(others, key=lambda each: each.count)
        if cut is strictest:
            yield cut


def _did(rules: Sequence[StepRule], cut: _Cut, window: Window | None) -> Did:
    what = rules[cut.place]
    return Did(what, cut.count, None, window) if cut.is_least else Did(what, 0, cut.count, window)
