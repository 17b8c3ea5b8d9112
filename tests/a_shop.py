"""Events of a small shop, counted back from now: for pages, which always look at the days just past."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from builders import an_event
from safar.vocabulary.event import EventColumns

TEHRAN = ZoneInfo("Asia/Tehran")
SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}


def days_ago(days: int, hour: int = 12) -> datetime:
    """Return an hour of Tehran's clock, so many days before Tehran's today: the shop's day, not UTC's."""
    today = datetime.now(TEHRAN).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today - timedelta(days=days)


def an_answer(metric: str, value: int, days: int, customer: str) -> EventColumns:
    lowest, highest = SCALES[metric]
    properties = {
        "metric": metric,
        "scale_min": lowest,
        "scale_max": highest,
        "direction": "higher_is_better",
        "value": value,
        "invitation_id": f"{customer} {days}",
    }
    return an_event("survey_answered", days_ago(days), customer=customer, properties=properties)
