"""Response rate: of those we asked, how many answered?

A score speaks for those who answered. The response rate says how many stayed silent, so it stands beside
every score.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.windows import Spans, hull
from safar.vocabulary.answer import Note, Provenance, checked_windows, notes_with_facts
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share
from safar.vocabulary.lifecycle import SURVEY_ANSWERED, SURVEY_SENT
from safar.vocabulary.window import Window, duration, to_microseconds

from .answer_counts import is_any
from .surveys import INVITATION, SURVEY, SURVEYS

if TYPE_CHECKING:
    from safar.store.extracts import Rows
    from safar.store.log import Log

_MICROSECOND: Final = timedelta(microseconds=1)
_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class ResponseQuestion:
    """Of the invitations sent in each window, how many were answered in time?

    Parameters
    ----------
    windows
        Stretches of time, each answered by itself; an invitation belongs to the window it was sent in.
    answer_within
        How long after the invitation an answer still counts. Only invitations that had that long, up to the last event
        of the log, are judged: all alike.
    surveys
        Names of surveys; all of them when empty.
    level
        Confidence level of the interval.

    Raises
    ------
    NoWindows, ImpossibleLevel, DurationUnreadable
    """

    windows: tuple[Window, ...]
    answer_within: timedelta = field(default=timedelta(days=7), kw_only=True)
    surveys: tuple[str, ...] = field(default=(), kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        checked_windows(self.windows)
        duration(self.answer_within)
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class Response:
    """The response of one window.

    Attributes
    ----------
    sent
        Count of invitations that are old enough to be judged.
    answered
        How many of them got at least one answer in time.
    estimate
        ``answered / sent``, 0…1, with Wilson's interval; None when there is nothing to judge.
    young
        Count of further invitations, answered or not, that can still be answered: those who answer at once would
        make them look better, those who will answer worse.
    """

    sent: int
    answered: int
    estimate: Estimate | None
    young: int


@dataclass(frozen=True, slots=True)
class ResponseAnswer:
    """One response for each window of the question."""

    responses: tuple[Response, ...]
    notes: tuple[Note, ...]
    provenance: Provenance


def response(log: Log, question: ResponseQuestion) -> ResponseAnswer:
    """Answer how many of those who were asked answered.

    An invitation is a ``survey_sent`` event; it is answered by the first ``survey_answered`` event with
    the same ``invitation_id``. Many answers to one invitation count once. Answers without invitation do
    not count here.

    Parameters
    ----------
    log
        Where the events are.
    question
        Windows, how long an answer counts, confidence level.

    Returns
    -------
    ResponseAnswer
        Notes say, for the first window alone, how many invitations are left out because they can still be answered in
        time (``response.still_open``) and how many were left out because they carry no id (``response.no_id``).
    """
    whole = hull(question.windows)
    last = log.info().last_at
    rows = log.rows(SURVEYS, Window(whole.start, max(whole.end, last + _MICROSECOND if last else whole.end)))
    if question.surveys:
        rows = rows.where(is_any(rows.fields[SURVEY], *question.surveys))
    asked = rows.where(rows.are(SURVEY_SENT) & (rows.time < whole.end_us))
    with_id = asked.fields[INVITATION].values != 0
    anonymous = Spans.of(question.windows, asked.time[~with_id]).slices[0]
    sent_at, answered_at = _sent_and_answered(asked.where(with_id), rows.where(rows.are(SURVEY_ANSWERED)))
    within = question.answer_within // _MICROSECOND
    answered = answered_at <= sent_at + within
    young = sent_at + within > (to_microseconds(last) if last else 0)
    responses = []
    for inside in Spans.of(question.windows, sent_at).slices:
        judged = ~young[inside]
        in_time = int((answered[inside] & judged).sum())
        count = int(judged.sum())
        responses.append(
            Response(count, in_time, share(in_time, count, level=question.level), int(young[inside].sum()))
        )
    notes = notes_with_facts(
        [("response.still_open", responses[0].young), ("response.no_id", anonymous.stop - anonymous.start)]
    )
    read = responses[0].sent + responses[0].answered + responses[0].young
    return ResponseAnswer(tuple(responses), notes, Provenance(question, rows.version, read))


def _sent_and_answered(sent: Rows, answers: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each invitation, by time, when it was first sent and first answered: never is after all."""
    invitations, firsts = np.unique(sent.fields[INVITATION].values, return_index=True)
    order = np.argsort(firsts)  # rows are by time, so the first row of each is its earliest
    answered, first_answers = np.unique(answers.fields[INVITATION].values, return_index=True)
    answered_at = np.full(len(invitations), _NEVER, np.int64)
    _, ours, theirs = np.intersect1d(invitations, answered, assume_unique=True, return_indices=True)
    answered_at[ours] = answers.time[first_answers[theirs]]
    return sent.time[firsts[order]], answered_at[order]
