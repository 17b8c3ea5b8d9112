"""Customer Effort Score 2.0: did we make it easy?

"They made it easy for me to handle my issue", from 1 (strongly disagree) to 7 (strongly agree). The older
CES 1.0 (1-5, where high means much effort) runs the other way and is never counted here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, share

from .answer_counts import AnswerCounts, AnswersQuestion, Scale, count_answers, mean_of_values

if TYPE_CHECKING:
    from safar.store.log import Log

METRIC: Final = "ces"
SCALE: Final = Scale(1, 7)
#: Answers that agree: somewhat, agree, strongly.
AGREEING: Final = range(5, 8)


@dataclass(frozen=True, slots=True)
class CesQuestion(AnswersQuestion):
    """How easy did those who answered in each window find it? See `AnswersQuestion`."""


@dataclass(frozen=True, slots=True)
class Ces:
    """The ease of one window.

    Attributes
    ----------
    agreeing
        Count of answers 5-7.
    n
        Count of answers.
    mean
        The mean answer, 1…7, with Student's interval inside the scale, made for few answers (see
        `safar.vocabulary.interval.mean_on_scale`); None below two answers.
    share
        The share of answers 5-7, 0…1, with Wilson's interval.
    """

    agreeing: int
    n: int
    mean: Estimate | None
    share: Estimate


@dataclass(frozen=True, slots=True)
class CesAnswer:
    """One score for each window of the question; None where nobody answered."""

    scores: tuple[Ces | None, ...]
    notes: tuple[Note, ...]
    provenance: Provenance


def ces(log: Log, question: CesQuestion, *, persons: NDArray[np.uint64] | None = None) -> CesAnswer:
    """Answer how easy we made it: the mean agreement on 1-7, and the share that agreed (5-7).

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
    CesAnswer
        Only answers on 1-7 where high is easy count; notes tell how many others there were.

    Source: M. Dixon, N. Toman, R. DeLisi (2013), The Effortless Experience (CES 2.0).
    """
    version = log.version
    counts = count_answers(log, question, {METRIC: SCALE}, persons=persons)
    return ces_of_answers(question, counts[METRIC], version)


def ces_of_answers(question: CesQuestion, counts: AnswerCounts, log_version: str) -> CesAnswer:
    """Return the answer to a question whose answers are counted already."""
    return CesAnswer(
        tuple(ces_of_values(values, level=question.level) for values in counts.by_window),
        counts.notes,
        Provenance(question, log_version, counts.rows_read),
    )


def ces_of_values(values: Mapping[int, int], *, level: float = DEFAULT_LEVEL) -> Ces | None:
    """Return the ease of answers given as point → count, or None when there are none.

    Examples
    --------
    >>> score = ces_of_values({7: 40, 6: 25, 5: 15, 4: 8, 3: 6, 2: 4, 1: 2})
    >>> score.mean.value, round(score.mean.interval.low, 5), round(score.mean.interval.high, 5)
    (5.65, 5.33929, 5.96071)
    >>> score.share.value
    0.8
    """
    n = sum(values.values())
    agreeing = sum(values.get(point, 0) for point in AGREEING)
    agreed = share(agreeing, n, level=level)
    return Ces(agreeing, n, mean_of_values(values, SCALE, level=level), agreed) if agreed else None
