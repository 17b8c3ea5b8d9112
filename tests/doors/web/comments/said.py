"""Builders of what customers wrote."""

from __future__ import annotations

from a_shop import days_ago
from builders import an_event
from safar.vocabulary.event import EventColumns

SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}


def a_comment(
    words: str,
    days: int = 1,
    customer: str = "a",
    *,
    metric: str = "csat",
    value: int | None = 5,
    key: str = "csat_delivery",
    survey: str = "delivery",
    hour: int = 12,
    source: str = "",
) -> EventColumns:
    """Return an answer with words."""
    lowest, highest = SCALES[metric]
    properties = {
        "survey": survey,
        "question_key": key,
        "metric": metric,
        "scale_min": lowest,
        "scale_max": highest,
        "direction": "higher_is_better",
        "value": value,
        "verbatim": words,
    }
    given = {} if not source else {"source": source}
    return an_event(
        "survey_answered",
        days_ago(days, hour),
        customer=customer,
        channel="sms",
        properties=properties,
        **given,
    )


def a_message(words: str, days: int = 1, customer: str = "a", *, hour: int = 13) -> EventColumns:
    """Return a message to support."""
    properties = {"conversation_id": f"T-{customer}", "text": words}
    return an_event(
        "message_received", days_ago(days, hour), customer=customer, channel="chat", properties=properties
    )
