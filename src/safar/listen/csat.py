"""Customer satisfaction: how many were satisfied?

"How satisfied were you with …?" on 1-5 or 1-7. The score is the share of answers in the top two boxes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, share

from .answer_counts import AnswerCounts, AnswersQuestion, Scale, UnknownScale, count_answers, mean_of_values

if TYPE_CHECKING:
    from safar.store.log import Log

METRIC: Final = "csat"
#: The scales that CSAT is defined on, and how many boxes at the top count as satisfied.
SCALES: Final = (Scale(1, 5), Scale(1, 7))
TOP_BOXES: Final = 2


@dataclass(frozen=True, slots=True)
class CsatQuestion(AnswersQuestion):
    """How many of those who answered in each window were satisfied? See `AnswersQuestion`.

    Parameters
    ----------
    highest
        5 for the 1-5 scale, 7 for the 1-7 scale; the two are never mixed.

    Raises
    ------
    UnknownScale
        Any other scale.
    """

    highest: int = field(default=5, kw_only=True)

    def __post_init__(self) -> None:
        AnswersQuestion.__post_init__(self)
        self.scale  # noqa: B018 - refuses an unknown scale

    @property
    def scale(self) -> Scale:
        """The scale whose answers count."""
        for scale in SCALES:
            if scale.highest == self.highest:
                return scale
        raise UnknownScale(
            f"CSAT is not defined on a scale of 1 to {self.highest}.",
            hint="Ask for 5 (1-5) or 7 (1-7).",
            highest=self.highest,
        )


@dataclass(frozen=True, slots=True)
class Csat:
    """The satisfaction of one window.

    Attributes
    ----------
    satisfied
        Count of answers in the top two boxes.
    estimate
        Their share, 0…1, with Wilson's interval and the count of answers.
    mean
        The mean answer in points of the scale with Student's interval inside it; None below two answers.
    """

    satisfied: int
    estimate: Estimate
    mean: Estimate | None


@dataclass(frozen=True, slots=True)
class CsatAnswer:
    """One score for each window of the question; None where nobody answered."""

    scores: tuple[Csat | None, ...]
    notes: tuple[Note, ...]
    provenance: Provenance


def csat(log: Log, question: CsatQuestion, *, persons: NDArray[np.uint64] | None = None) -> CsatAnswer:
    """Answer how many were satisfied: the share of answers in the top two boxes (4-5 of 5, 6-7 of 7).

    Parameters
    ----------
    log
        Where the answers are.
    question
        Windows, scale, question key, confidence level.
    persons
        Only answers of persons of these keys, as `paths.PathShard.person` has them; of everybody when None.

    Returns
    -------
    CsatAnswer
        Only answers on the asked scale count; notes tell how many others there were. Those who did not
        answer are not in the denominator: read the response rate beside it.
    """
    version = log.version
    counts = count_answers(log, question, {METRIC: question.scale}, persons=persons)
    return csat_of_answers(question, counts[METRIC], version)


def csat_of_answers(question: CsatQuestion, counts: AnswerCounts, log_version: str) -> CsatAnswer:
    """Return the answer to a question whose answers are counted already."""
    return CsatAnswer(
        tuple(csat_of_values(values, question.scale, level=question.level) for values in counts.by_window),
        counts.notes,
        Provenance(question, log_version, counts.rows_read),
    )


def csat_of_values(
    values: Mapping[int, int], scale: Scale = SCALES[0], *, level: float = DEFAULT_LEVEL
) -> Csat | None:
    """Return the satisfaction of answers given as point → count, or None when there are none.

    Examples
    --------
    >>> score = csat_of_values({5: 50, 4: 30, 3: 10, 2: 6, 1: 4})
    >>> score.estimate.value, round(score.estimate.interval.low, 6), round(score.estimate.interval.high, 6)
    (0.8, 0.711171, 0.866633)
    """
    n = sum(values.values())
    satisfied = sum(values.get(point, 0) for point in scale.points[-TOP_BOXES:])
    estimate = share(satisfied, n, level=level)
    return Csat(satisfied, estimate, mean_of_values(values, scale, level=level)) if estimate else None
