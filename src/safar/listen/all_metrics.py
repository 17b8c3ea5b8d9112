"""NPS, CSAT and CES of the same windows, in one reading of the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import ces, csat, nps
from .answer_counts import AnswersQuestion, count_answers

if TYPE_CHECKING:
    from safar.store.log import Log


@dataclass(frozen=True, slots=True)
class AllMetricsQuestion(AnswersQuestion):
    """How do all three scores stand in each window, CSAT on 1-5? See `AnswersQuestion`."""


@dataclass(frozen=True, slots=True)
class AllMetrics:
    """The three answers, each the same as of its own function."""

    nps: nps.NpsAnswer
    csat: csat.CsatAnswer
    ces: ces.CesAnswer


def all_metrics(log: Log, question: AllMetricsQuestion) -> AllMetrics:
    """Answer NPS, CSAT (1-5) and CES of the same windows at once: a third of the reading.

    Parameters
    ----------
    log
        Where the answers are.
    question
        Windows, question key, confidence level.
    """
    version = log.version
    of_nps = nps.NpsQuestion(question.windows, question.question_key, level=question.level)
    of_csat = csat.CsatQuestion(question.windows, question.question_key, level=question.level)
    of_ces = ces.CesQuestion(question.windows, question.question_key, level=question.level)
    counts = count_answers(
        log, question, {nps.METRIC: nps.SCALE, csat.METRIC: of_csat.scale, ces.METRIC: ces.SCALE}
    )
    return AllMetrics(
        nps.nps_of_answers(of_nps, counts[nps.METRIC], version),
        csat.csat_of_answers(of_csat, counts[csat.METRIC], version),
        ces.ces_of_answers(of_ces, counts[ces.METRIC], version),
    )
