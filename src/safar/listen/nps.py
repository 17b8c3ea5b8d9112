"""Net Promoter Score: would they recommend us?

One question, "How likely are you to recommend us to a friend or colleague?", answered from 0 (not at all)
to 10 (extremely). Promoters answer 9-10, passives 7-8, detractors 0-6.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, ImpossibleSample, Interval, normal_quantile

from .answer_counts import AnswerCounts, AnswersQuestion, Scale, count_answers

if TYPE_CHECKING:
    from safar.store.log import Log

METRIC: Final = "nps"
SCALE: Final = Scale(0, 10)
DETRACTORS: Final = range(7)
PASSIVES: Final = range(7, 9)
PROMOTERS: Final = range(9, 11)

#: Rocks' adjustment: three answers more, a quarter of them promoters, a quarter detractors, half passives.
_ADDED_ANSWERS: Final = 3.0
_ADDED_SHARE: Final = 0.25


@dataclass(frozen=True, slots=True)
class NpsQuestion(AnswersQuestion):
    """How willing to recommend us were those who answered in each window? See `AnswersQuestion`."""


@dataclass(frozen=True, slots=True)
class Nps:
    """The score of one window.

    Attributes
    ----------
    promoters, passives, detractors
        Counts of answers 9-10, 7-8, 0-6.
    standard_error
        Of the score, in points: :math:`100 \\sqrt{(p + d - (p - d)^2) / n}`.
    estimate
        The score in points, -100…100, with its interval and the count of answers.
    """

    promoters: int
    passives: int
    detractors: int
    standard_error: float
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class NpsAnswer:
    """One score for each window of the question; None where nobody answered."""

    scores: tuple[Nps | None, ...]
    notes: tuple[Note, ...]
    provenance: Provenance


def nps(log: Log, question: NpsQuestion, *, persons: NDArray[np.uint64] | None = None) -> NpsAnswer:
    """Answer how willing customers were to recommend us: share of promoters less share of detractors.

    .. math:: \\mathrm{NPS} = 100 (p - d)

    A score from -100 to 100, not a percentage. See `nps_of_counts` for the interval.

    Parameters
    ----------
    log
        Where the answers are.
    question
        Windows, question key, confidence level.
    persons
        Only answers of persons of these keys, as `paths.PathShard.person` has them; of everybody when None.

    Returns
    -------
    NpsAnswer
        Only answers on the 0-10 scale count; notes tell how many others there were.
    """
    version = log.version
    counts = count_answers(log, question, {METRIC: SCALE}, persons=persons)
    return nps_of_answers(question, counts[METRIC], version)


def nps_of_answers(question: NpsQuestion, counts: AnswerCounts, log_version: str) -> NpsAnswer:
    """Return the answer to a question whose answers are counted already."""
    return NpsAnswer(
        tuple(nps_of_values(values, level=question.level) for values in counts.by_window),
        counts.notes,
        Provenance(question, log_version, counts.rows_read),
    )


def nps_of_values(values: Mapping[int, int], *, level: float = DEFAULT_LEVEL) -> Nps | None:
    """Return the score of answers given as point → count, or None when there are none."""
    return nps_of_counts(
        sum(values.get(point, 0) for point in PROMOTERS),
        sum(values.get(point, 0) for point in PASSIVES),
        sum(values.get(point, 0) for point in DETRACTORS),
        level=level,
    )


def nps_of_counts(
    promoters: int, passives: int, detractors: int, *, level: float = DEFAULT_LEVEL
) -> Nps | None:
    """Return the score of counts, or None when there are no answers.

    The standard error follows from the trinomial variance, :math:`\\mathrm{Var} = (p + d - (p - d)^2) /
    n`. The interval is the adjusted Wald interval: the same formula after adding 3 answers (¾ promoters,
    1½ passives, ¾ detractors), cut to -100…100. Without the adjustment ten passives would make a score
    that is certain.

    Parameters
    ----------
    promoters, passives, detractors
        Counts of answers, not negative.
    level
        Confidence level.

    Raises
    ------
    ImpossibleSample
        A count is negative.

    Source: B. Rocks (2016), "Interval estimation for the 'Net Promoter Score'", The American Statistician
    70(4); J. Lewis, J. Sauro (2021). Standard error checked against the R package NPS 1.1. Assumes
    independent answers.

    Examples
    --------
    >>> score = nps_of_counts(200, 120, 80)
    >>> round(score.estimate.value, 6), round(score.standard_error, 3)
    (30.0, 3.905)
    """
    if min(promoters, passives, detractors) < 0:
        raise ImpossibleSample(
            f"{promoters} promoters, {passives} passives and {detractors} detractors cannot be counted.",
            hint="Counts are not negative.",
            promoters=promoters,
            passives=passives,
            detractors=detractors,
        )
    n = promoters + passives + detractors
    if n == 0:
        return None
    return Nps(
        promoters,
        passives,
        detractors,
        _standard_error(promoters, detractors, n),
        Estimate(100 * (promoters - detractors) / n, nps_interval(promoters, detractors, n, level=level), n),
    )


def nps_interval(promoters: float, detractors: float, n: float, *, level: float = DEFAULT_LEVEL) -> Interval:
    """Return the adjusted Wald interval of a score; see `nps_of_counts`.

    Parameters
    ----------
    promoters, detractors, n
        Counts, which need not be whole: weighted answers tell as much as fewer plain ones. ``n`` is above 0.
    level
        Confidence level.
    """
    value = 100 * (promoters - detractors) / n
    added = _ADDED_ANSWERS * _ADDED_SHARE
    adjusted_n = n + _ADDED_ANSWERS
    centre = 100 * (promoters - detractors) / adjusted_n
    half = normal_quantile(level) * _standard_error(promoters + added, detractors + added, adjusted_n)
    # The centre leans towards 0; an interval that left its own estimate outside would puzzle every reader.
    return Interval(max(-100.0, min(centre - half, value)), min(100.0, max(centre + half, value)), level)


def _standard_error(promoters: float, detractors: float, n: float) -> float:
    """Return the standard error of the score in points."""
    p, d = promoters / n, detractors / n
    return 100 * math.sqrt(max(0.0, p + d - (p - d) ** 2) / n)
