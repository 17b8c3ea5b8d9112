"""Mix or real: did the score change because people answer differently, or because other people answer?

A score can fall while no group of customers is less content: more answers come from those who always were less so.
The change is split into what happened within groups and what the mix of groups did; both add up to it exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safar.store.windows import Spans, hull
from safar.vocabulary.answer import Note, Provenance, checked_windows, notes_with_facts
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, Interval, normal_quantile
from safar.vocabulary.window import Window

from .answer_rows import Which, all_answers, given
from .groups import By, Groups, Segments, groups_of
from .score import mask_of
from .scoring import Floats, Scoring

if TYPE_CHECKING:
    from safar.store.log import Log


class NothingToSplit(Refusal, ValueError):
    """One of the two windows has no answers."""

    code = "score.nothing_to_split"


@dataclass(frozen=True, slots=True)
class MixQuestion:
    """How much of a change is real, how much is a change of who answers?

    Parameters
    ----------
    which
        The question key, on which scale, which answers.
    now, before
        The two windows.
    by
        What groups the answers; who is in several segments belongs to the first.
    level
        Confidence level of the intervals.
    """

    which: Which
    now: Window
    before: Window
    by: By
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        checked_windows((self.now, self.before))
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class GroupPart:
    """What one group adds to a change, in the score's unit.

    Attributes
    ----------
    name
        Of the group; empty for answers of none.
    share_now, share_before
        Its part of the answers, 0…1.
    score_now, score_before
        Its own score; None where it has no answers then.
    within, mix
        What its own change adds, and what the change of its share adds.
    """

    name: str
    share_now: float
    share_before: float
    score_now: float | None
    score_before: float | None
    within: float
    mix: float


@dataclass(frozen=True, slots=True)
class Split:
    """A change and its two parts: ``within.value + mix.value == total.value``.

    Attributes
    ----------
    total
        The score now less the score before.
    within
        The real part: what groups changed, at shares half way between then and now.
    mix
        What the change of shares did.
    interaction
        How much of it is both at once, :math:`\\sum (s_1 - s_0)(m_1 - m_0)`: the symmetric split gives half to each.
    groups
        Largest effect first.
    """

    total: Estimate
    within: Estimate
    mix: Estimate
    interaction: float
    groups: tuple[GroupPart, ...]


@dataclass(frozen=True, slots=True)
class MixAnswer:
    """The split; ``notes``: ``mix.one_sided``, groups with answers in one window alone, whose effect is all mix."""

    scoring: Scoring
    split: Split
    notes: tuple[Note, ...]
    provenance: Provenance


def mix(
    log: Log,
    question: MixQuestion,
    *,
    persons: NDArray[np.uint64] | None = None,
    segments: Segments | None = None,
) -> MixAnswer:
    """Answer how much of a change happened within groups, and how much because their shares changed.

    Parameters
    ----------
    log, persons, segments
        As of `safar.listen.breakdown.breakdown`.
    question
        Which answers, which windows, by what.

    Raises
    ------
    NothingToSplit, MixedScales, NoSuchScore, GroupingRefused
    """
    windows = question.now, question.before
    everything = all_answers(log, hull(windows), persons=persons)
    found = given(everything, question.which)
    of = groups_of(found.rows, question.by, everything=everything, segments=segments)
    now, before = (mask_of(inside, len(found.values)) for inside in Spans.of(windows, found.rows.time).slices)
    worth = found.scoring.worth(found.values)
    split = split_change((worth[now], of.where(now)), (worth[before], of.where(before)), level=question.level)
    one_sided = sum((each.score_now is None) != (each.score_before is None) for each in split.groups)
    return MixAnswer(
        found.scoring,
        split,
        notes_with_facts([("mix.one_sided", one_sided)]),
        Provenance(question, everything.version, int(now.sum())),
    )


def split_change(
    now: tuple[Floats, Groups], before: tuple[Floats, Groups], *, level: float = DEFAULT_LEVEL
) -> Split:
    """Split the change of a mean into what changed within groups and what their shares did.

    With shares :math:`s_g` and means :math:`m_g` before (0) and now (1), and :math:`\\bar m` the mean of everybody,

    .. math:: \\Delta = \\underbrace{\\sum_g \\tfrac{s_{g0}+s_{g1}}{2} (m_{g1} - m_{g0})}_{\\text{within}}
                     + \\underbrace{\\sum_g (s_{g1} - s_{g0})
                       \\left(\\tfrac{m_{g0}+m_{g1}}{2} - \\tfrac{\\bar m_0 + \\bar m_1}{2}\\right)}_{\\text{mix}}

    It treats both times alike: turned round, every part changes its sign. A group without answers at one time is taken
    to score then as at the other one, so all of its effect is mix.

    Parameters
    ----------
    now, before
        The number of each answer (see `safar.listen.scoring.Scoring.worth`) with its group; both name the same groups.
    level
        Confidence level of the intervals, which are by linearisation: shares and scores of groups both come from
        samples.

    Raises
    ------
    NothingToSplit

    Source: E. Kitagawa (1955), Journal of the American Statistical Association 50 (the symmetric split); the mean is
    taken off in the mix, so that each group's part says what it did (it cancels in the sum). Intervals: the delta
    method on the influence of each answer.

    Examples
    --------
    >>> of = ("app", "shop")
    >>> before = np.array([1.0, 1.0, 0.0, 0.0]), Groups(of, np.array([0, 0, 1, 1]))
    >>> now = np.array([1.0, 0.0, 0.0, 0.0]), Groups(of, np.array([0, 1, 1, 1]))
    >>> found = split_change(now, before)
    >>> found.total.value, found.within.value, found.mix.value
    (-0.25, 0.0, -0.25)
    """
    if not len(now[0]) or not len(before[0]):
        when = "the window" if not len(now[0]) else "the window before"
        raise NothingToSplit(
            f"There are no answers in {when}: there is no change to split.",
            hint="Choose windows with answers in both.",
        )
    count = len(now[1].names)
    share1, mean1, mean_of_all1 = _of_groups(*now, count)
    share0, mean0, mean_of_all0 = _of_groups(*before, count)
    one_sided1, one_sided0 = np.where(np.isnan(mean1), mean0, mean1), np.where(np.isnan(mean0), mean1, mean0)
    there = ~np.isnan(one_sided1)
    after, then = np.where(there, one_sided1, 0.0), np.where(there, one_sided0, 0.0)
    rise, half_share = after - then, (share0 + share1) / 2
    middle = (mean_of_all0 + mean_of_all1) / 2
    within = half_share * rise
    mixed = (share1 - share0) * ((after + then) / 2 - middle)
    variances = np.zeros(3)
    for (worth, of), share, mean, whole, sign in (
        (now, share1, after, mean_of_all1, 1.0),
        (before, share0, then, mean_of_all0, -1.0),
    ):
        has_both = ~np.isnan(mean1) & ~np.isnan(mean0)
        ours = np.where(share > 0, share, 1.0)
        lean = (half_share / ours * has_both)[of.codes]
        in_within = sign * lean * (worth - mean[of.codes]) + (rise / 2)[of.codes]
        in_within -= in_within.mean()
        in_total = sign * (worth - whole)
        n = max(len(worth) - 1, 1) * len(worth)
        for place, influence in enumerate((in_total, in_within, in_total - in_within)):
            variances[place] += float((influence * influence).sum()) / n
    total = mean_of_all1 - mean_of_all0
    n = min(len(now[0]), len(before[0]))
    z = normal_quantile(level)

    def estimate(value: float, variance: float) -> Estimate:
        half = z * math.sqrt(variance)
        return Estimate(value, Interval(value - half, value + half, level), n)

    of_within = math.fsum(within.tolist())
    parts = [
        GroupPart(
            now[1].names[place],
            float(share1[place]),
            float(share0[place]),
            None if math.isnan(mean1[place]) else float(mean1[place]),
            None if math.isnan(mean0[place]) else float(mean0[place]),
            float(within[place]),
            float(mixed[place]),
        )
        for place in range(count)
        if there[place]
    ]
    return Split(
        estimate(total, variances[0]),
        estimate(of_within, variances[1]),
        estimate(total - of_within, variances[2]),
        float(((share1 - share0) * rise).sum()),
        tuple(sorted(parts, key=lambda part: (-abs(part.within + part.mix), part.name))),
    )


def _of_groups(worth: Floats, of: Groups, count: int) -> tuple[Floats, Floats, float]:
    """Return the share and the mean of each group, NaN without answers, and the mean of all."""
    sizes = np.bincount(of.codes, minlength=count).astype(np.float64)
    sums = np.bincount(of.codes, worth, count)
    means = np.full(count, np.nan)
    np.divide(sums, sizes, out=means, where=sizes > 0)
    return sizes / len(worth), means, float(worth.mean())
