"""A score by group: channels, languages, surveys, waves, choices made elsewhere, segments; and which stand out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share
from safar.vocabulary.many_looks import Method
from safar.vocabulary.window import Window

from .answer_rows import Which, all_answers, given
from .gaps import Gap, gap, together
from .groups import By, Segments, groups_of
from .score import weights_of
from .scoring import Score, Scoring, score_of
from .weighting import Weighting

if TYPE_CHECKING:
    from safar.store.log import Log

#: Rarer groups than these are told together.
MOST_GROUPS: Final = 30


@dataclass(frozen=True, slots=True)
class BreakdownQuestion:
    """How does a question key score in each group of answers?

    Parameters
    ----------
    which, window, level
        As of `safar.listen.score.ScoreQuestion`.
    by
        What groups the answers.
    method
        How gaps are judged together: ``holm`` or ``bh``.
    weighting
        Weights of the whole window's answers; all alike when None.
    """

    which: Which
    window: Window
    by: By
    method: Method = field(default="holm", kw_only=True)
    weighting: Weighting | None = field(default=None, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class GroupScore:
    """One group.

    Attributes
    ----------
    name
        Of the group; empty for answers of none. With ``is_rest`` the rarer groups together.
    score
        Of the group.
    share
        Its part of the answers, 0…1; not weighted.
    gap
        How far it lies above all other answers together, judged with all gaps; None where there is nothing to compare.
    """

    name: str
    score: Score
    share: Estimate
    gap: Gap | None
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class BreakdownAnswer:
    """The groups, those with most answers first; segments overlap, as given.

    Attributes
    ----------
    whole
        The score of all answers; None without any.
    groups
        Those with answers.
    notes
        ``score.few_in_group``: how many groups have fewer than ten answers and get no verdict.
    """

    scoring: Scoring
    whole: Score | None
    groups: tuple[GroupScore, ...]
    notes: tuple[Note, ...]
    provenance: Provenance


def breakdown(
    log: Log,
    question: BreakdownQuestion,
    *,
    persons: NDArray[np.uint64] | None = None,
    segments: Segments | None = None,
) -> BreakdownAnswer:
    """Answer how a question key scores in each group, and which groups stand out from all others.

    Parameters
    ----------
    log, question, persons
        As of `safar.listen.score.score`.
    segments
        For ``By("segment")``: the persons of each, by name. A customer counts in each of his segments.

    Raises
    ------
    MixedScales, NoSuchScore, GroupingRefused, MarginMissing, MarginUnmet
    """
    everything = all_answers(log, question.window, persons=persons)
    found = given(everything, question.which)
    raked = (
        None if question.weighting is None else weights_of(found, question.weighting, everything, segments)
    )
    weights = None if raked is None else raked.weights
    masks: Mapping[str, NDArray[np.bool_]]
    if question.by.kind == "segment" and segments:
        masks = {name: np.isin(found.rows.person, who) for name, who in segments.items()}
    else:
        of = groups_of(found.rows, question.by, everything=everything, segments=segments)
        masks = {name: of.codes == place for place, name in enumerate(of.names)}
    masks, rest = _largest({name: mask for name, mask in masks.items() if mask.any()}, question.by)

    def scored(mask: NDArray[np.bool_]) -> Score | None:
        return score_of(
            found.scoring,
            found.values[mask],
            None if weights is None else weights[mask],
            level=question.level,
        )

    pairs = [(name, scored(mask), scored(~mask)) for name, mask in masks.items()]
    gaps = together([gap(one, other) for _, one, other in pairs], method=question.method)
    n = len(found.values)
    groups = tuple(
        GroupScore(name, one, part, found_gap, is_rest=rest and place == len(pairs) - 1)
        for place, ((name, one, _), found_gap) in enumerate(zip(pairs, gaps, strict=True))
        if one is not None and (part := share(one.n, n, level=question.level)) is not None
    )
    few = sum(each.gap is not None and each.score.n < _FEWEST for each in groups)
    return BreakdownAnswer(
        found.scoring,
        scored(np.ones(n, np.bool_)),
        groups,
        notes_with_facts([("score.few_in_group", few)]),
        Provenance(question, everything.version, n),
    )


_FEWEST: Final = 10


def _largest(masks: Mapping[str, NDArray[np.bool_]], by: By) -> tuple[dict[str, NDArray[np.bool_]], bool]:
    """Return the groups with most answers first, rarer ones as one group, and whether there is such a one."""
    if by.kind == "segment":
        return dict(masks), False
    ordered = sorted(masks.items(), key=lambda each: (-int(each[1].sum()), each[0]))
    kept = dict(ordered[:MOST_GROUPS])
    rest = [mask for _, mask in ordered[MOST_GROUPS:]]
    if rest:
        kept["…"] = np.logical_or.reduce(rest)
    return kept, bool(rest)
