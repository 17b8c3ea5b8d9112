"""The score of a question key: one number with its interval, whatever surveys, waves and channels it was asked in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safar.store.windows import Spans, hull
from safar.vocabulary.answer import Note, Provenance, checked_windows, notes_with_facts
from safar.vocabulary.interval import DEFAULT_LEVEL, normal_quantile
from safar.vocabulary.window import Window

from .answer_rows import MARKS, WEIGHT, Given, Kind, Which, all_answers, count_marks, given
from .groups import Segments, groups_of
from .scoring import Floats, Score, Scoring, score_of
from .weighting import Raked, Weighting, rake

if TYPE_CHECKING:
    from safar.store.extracts import Rows
    from safar.store.log import Log


@dataclass(frozen=True, slots=True)
class ScoreQuestion:
    """How does a question key score, in each of some windows?

    Parameters
    ----------
    which
        The question key, on which scale, which answers.
    windows
        Stretches of time, each answered by itself; an answer belongs to the window it was given in.
    weighting
        How answers are weighted, in each window by itself; all alike when None.
    level
        Confidence level of the intervals.

    Raises
    ------
    NoWindows, ImpossibleLevel
    """

    which: Which
    windows: tuple[Window, ...]
    weighting: Weighting | None = field(default=None, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        checked_windows(self.windows)
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class ScoreAnswer:
    """One score for each window; None where nobody answered.

    Attributes
    ----------
    scoring
        What metric on which scale it is, and in which unit the scores are.
    scores
        In the order of the windows.
    raked
        For each window what its weights cost; None where all weigh the same.
    marks
        How many of the first window's answers have each quality mark, among those that count and those left out.
    notes
        Of the first window: ``score.unreadable`` (no value on the scale: a code for missing, not applicable),
        ``score.left_out`` (for a mark), ``score.repeated`` (of persons who had answered before: intervals are a little
        too narrow), ``score.no_weight`` (answers without a design weight where others have one).
    """

    scoring: Scoring
    scores: tuple[Score | None, ...]
    raked: tuple[Raked | None, ...]
    marks: Mapping[str, int]
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def kind(self) -> Kind:
        """The metric on its scale."""
        return Kind(self.scoring.metric, self.scoring.scale)


def score(
    log: Log,
    question: ScoreQuestion,
    *,
    persons: NDArray[np.uint64] | None = None,
    segments: Segments | None = None,
) -> ScoreAnswer:
    """Answer how a question key scores: NPS in points, CSAT and goals as shares, CES and ratings as means.

    Parameters
    ----------
    log
        Where the answers are.
    question
        Which answers, when, how weighted.
    persons
        Only answers of persons of these keys, as `paths.PathShard.person` has them; of everybody when None.
    segments
        For margins by segment: the persons of each, by name.

    Raises
    ------
    MixedScales, NoSuchScore, MarginMissing, MarginUnmet
    """
    everything = all_answers(log, hull(question.windows), persons=persons)
    found = given(everything, question.which)
    spans = Spans.of(question.windows, found.rows.time)
    scores, raked = [], []
    for inside in spans.slices:
        weights = None
        if question.weighting is not None:
            one = found.where(mask_of(inside, len(found.rows)))
            weights = weights_of(one, question.weighting, everything, segments)
        raked.append(weights)
        scores.append(
            score_of(
                found.scoring,
                found.values[inside],
                None if weights is None else weights.weights,
                level=question.level,
            )
        )
    return ScoreAnswer(
        found.scoring,
        tuple(scores),
        tuple(raked),
        _marks(everything, question),
        _notes(found, question, spans),
        Provenance(question, everything.version, spans.slices[0].stop - spans.slices[0].start),
    )


def weights_of(
    found: Given, weighting: Weighting, everything: Rows, segments: Segments | None
) -> Raked | None:
    """Return the weights of answers, their mean 1; None where there are no answers.

    Raises
    ------
    MarginMissing, MarginUnmet
    """
    if not len(found.values):
        return None
    base = design_weights(found) if weighting.uses_design else None
    groupings = [
        groups_of(found.rows, margin.by, everything=everything, segments=segments)
        for margin in weighting.margins
    ]
    return rake(
        groupings,
        weighting.margins,
        base=np.ones(len(found.values)) if base is None else base,
        lowest=weighting.lowest,
        highest=weighting.highest,
    )


def design_weights(found: Given) -> Floats:
    """Return the weights that came with answers; their mean where one has none above 0."""
    weights = found.rows.fields[WEIGHT].values
    has_one = np.isfinite(weights) & (weights > 0)
    usual = float(weights[has_one].mean()) if has_one.any() else 1.0
    filled: Floats = np.where(has_one, weights, usual)
    return filled


def mask_of(inside: slice, count: int) -> NDArray[np.bool_]:
    """Return a slice of so many rows as a mask."""
    mask = np.zeros(count, np.bool_)
    mask[inside] = True
    return mask


def _marks(everything: Rows, question: ScoreQuestion) -> Mapping[str, int]:
    """Return the marks of the first window's answers, whether left out or not."""
    which = question.which
    whole = given(everything, Which(which.question_key, which.kind, which.only)).rows
    (first,) = Spans.of(question.windows[:1], whole.time).slices
    return count_marks(whole.where(mask_of(first, len(whole))).fields[MARKS])


def _notes(found: Given, question: ScoreQuestion, spans: Spans) -> tuple[Note, ...]:
    window, first = question.windows[0], spans.slices[0]
    start, end = window.start_us, window.end_us
    weights = found.rows.fields[WEIGHT].values[first]
    lacks = ~(np.isfinite(weights) & (weights > 0))
    is_weighted = question.weighting is not None and question.weighting.uses_design and not lacks.all()
    return notes_with_facts(
        [
            ("score.unreadable", _inside(found.unreadable_at, start, end)),
            ("score.left_out", _inside(found.left_out_at, start, end)),
            ("score.repeated", int((found.previous[first] >= start).sum())),
            ("score.no_weight", int(lacks.sum()) if is_weighted else 0),
        ]
    )


def _inside(instants: NDArray[np.int64], start: int, end: int) -> int:
    first, last = np.searchsorted(instants, [start, end]).tolist()
    return int(last - first)
