"""Silences: who was asked and has not answered, who has not been here for long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from safar.observe.overview import NOT_BY_CUSTOMER
from safar.store.log import Log
from safar.vocabulary.event import stable_event_id
from safar.vocabulary.lifecycle import SURVEY_ANSWERED, SURVEY_SENT

#: A silence is noticed for so long after it has lasted long enough: a rule that is new opens no case about old ones.
NOTICED: Final = timedelta(days=3)
_DAY: Final = timedelta(days=1)

_UNANSWERED: Final = """
WITH sent AS (
    SELECT customer_id, properties->>'invitation_id' AS invitation, properties->>'survey' AS survey, occurred_at
    FROM events WHERE event_name IN ({sent}) AND occurred_at >= ? AND occurred_at < ?
), answered AS (
    SELECT DISTINCT properties->>'invitation_id' AS invitation
    FROM events WHERE event_name IN ({answered}) AND occurred_at >= ?
)
SELECT customer_id, invitation, coalesce(survey, ''), occurred_at FROM sent
WHERE invitation IS NOT NULL AND invitation NOT IN (SELECT invitation FROM answered WHERE invitation IS NOT NULL)
ORDER BY occurred_at, invitation
"""
_UNSEEN: Final = """
SELECT customer_id, max(occurred_at) AS last FROM events WHERE event_name NOT IN ({others})
GROUP BY customer_id HAVING last >= ? AND last < ? ORDER BY last, customer_id
"""


@dataclass(frozen=True, slots=True)
class Silence:
    """That nothing was heard of a customer.

    Attributes
    ----------
    kind
        Whether he did not answer or was not seen.
    key
        Stands for this silence for ever.
    customer_id
        The id the person goes by.
    since
        When he was asked, or seen last.
    survey
        What he was asked in.
    """

    kind: Literal["unanswered", "unseen"]
    key: str
    customer_id: str
    since: datetime
    survey: str = ""


def silences(
    log: Log,
    kind: Literal["unanswered", "unseen"],
    days: float,
    *,
    now: datetime,
    noticed: timedelta = NOTICED,
) -> Iterator[Silence]:
    """Yield whose silence became so many days long lately, the longest first.

    Parameters
    ----------
    noticed
        How long before ``now`` it may have become so long.
    """
    until = now - days * _DAY
    since = until - noticed
    if kind == "unanswered":
        query = _UNANSWERED.format(sent=_texts(SURVEY_SENT), answered=_texts(SURVEY_ANSWERED))
        for customer, invitation, survey, at in log.sql(query, [since, until, since]).rows():
            yield Silence(kind, _key(kind, invitation), customer, at, survey)
        return
    query = _UNSEEN.format(others=_texts(NOT_BY_CUSTOMER))
    for customer, at in log.sql(query, [since, until]).rows():
        # the same silence of the same customer: whoever came back meanwhile begins another one
        yield Silence(kind, _key(kind, customer, at.isoformat()), customer, at)


def _key(*parts: str) -> str:
    """Return what stands for a silence, and names nobody."""
    return f"{parts[0]}:{stable_event_id(*parts).hex()}"


def _texts(names: frozenset[str]) -> str:
    return ", ".join("'" + each.replace("'", "''") + "'" for each in sorted(names))
