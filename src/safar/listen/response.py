"""Response rate: of those we asked, how many answered?

A score speaks for those who answered. The response rate says how many stayed silent, so it stands beside
every score.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from safar.store.windows import INSIDE, INSIDE_ANY, WINDOWS, window_parameters
from safar.vocabulary.answer import Note, Provenance, checked_windows, notes_with_facts
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share
from safar.vocabulary.lifecycle import SURVEY_ANSWERED, SURVEY_SENT
from safar.vocabulary.window import Window, duration

if TYPE_CHECKING:
    from safar.store.log import Log


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
    level
        Confidence level of the interval.

    Raises
    ------
    NoWindows, ImpossibleLevel, DurationUnreadable
    """

    windows: tuple[Window, ...]
    answer_within: timedelta = field(default=timedelta(days=7), kw_only=True)
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


_SQL: Final = f"""
WITH {WINDOWS},
asked AS MATERIALIZED (
    SELECT list_contains($sent::VARCHAR[], event_name) AS is_sent, properties->>'invitation_id' AS invitation_id,
        occurred_at
    FROM events
    WHERE event_name IN (SELECT unnest($sent::VARCHAR[] || $answered::VARCHAR[]))
        AND occurred_at >= $from::TIMESTAMPTZ
),
sent AS (SELECT invitation_id, occurred_at FROM asked WHERE is_sent AND {INSIDE_ANY}),
invitations AS (
    SELECT invitation_id, min(occurred_at) AS sent_at FROM sent WHERE invitation_id IS NOT NULL GROUP BY ALL
),
answers AS (
    SELECT invitation_id, min(occurred_at) AS answered_at FROM asked WHERE NOT is_sent GROUP BY ALL
),
judged AS (
    SELECT sent_at AS occurred_at,
        coalesce(answered_at - sent_at <= to_microseconds($within_us::BIGINT), false) AS answered,
        sent_at + to_microseconds($within_us::BIGINT) > $last::TIMESTAMPTZ AS young
    FROM invitations LEFT JOIN answers USING (invitation_id)
),
anonymous AS (
    SELECT place, count(*) AS without_id
    FROM sent JOIN windows ON {INSIDE} WHERE invitation_id IS NULL GROUP BY ALL
)
SELECT place, count(*) FILTER (WHERE NOT young), count(*) FILTER (WHERE answered AND NOT young),
    count(*) FILTER (WHERE young), any_value(coalesce(without_id, 0))
FROM windows LEFT JOIN judged ON {INSIDE} LEFT JOIN anonymous USING (place)
GROUP BY place ORDER BY place
"""  # noqa: S608 - only constants of this code are put in; values go as parameters


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
    version = log.version
    rows = log.sql(
        _SQL,
        {
            **window_parameters(question.windows),
            "sent": sorted(SURVEY_SENT),
            "answered": sorted(SURVEY_ANSWERED),
            "last": log.info().last_at,
            "within_us": question.answer_within // timedelta(microseconds=1),
        },
    ).rows()
    notes = notes_with_facts([("response.still_open", rows[0][3]), ("response.no_id", rows[0][4])])
    responses = tuple(
        Response(sent, answered, share(answered, sent, level=question.level), young)
        for _, sent, answered, young, _ in rows
    )
    read = responses[0].sent + responses[0].answered + responses[0].young
    return ResponseAnswer(responses, notes, Provenance(question, version, read))
