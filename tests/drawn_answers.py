"""Answers of customers as events: recommendation from 0 to 10, with words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from builders import an_event
from safar.vocabulary.event import EventColumns


def said(
    value: int, customer: str = "mina", *, minutes_ago: float = 5, words: str = "", key: str = "nps"
) -> EventColumns:
    """Return an answer from 0 to 10 some minutes ago."""
    properties = {
        "survey": "relational",
        "question_key": key,
        "metric": "nps",
        "scale_min": 0,
        "scale_max": 10,
        "direction": "higher_is_better",
        "value": value,
        "verbatim": words,
        "language": "fa",
    }
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return an_event("survey_answered", at, customer=customer, properties=properties)
