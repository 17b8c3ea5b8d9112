"""Builders for answers on any scale: each is one event, with all that answers can carry."""

from __future__ import annotations

from builders import an_event, together
from safar.store.log import Log
from safar.vocabulary.event import EventColumns

SCALES = {
    "nps": (0, 10),
    "csat": (1, 5),
    "ces": (1, 7),
    "rating": (1, 5),
    "goal": (0, 1),
    "findability": (0, 1),
}


def an_answer(
    key: str,
    value: float | None,
    *,
    metric: str = "nps",
    who: str = "c1",
    at: str = "2026-03-21T12:00",
    channel: str = "web",
    scale: tuple[int, int] | None = None,
    **said: object,
) -> EventColumns:
    """Return one answer; ``said`` are further properties."""
    lowest, highest = scale or SCALES.get(metric, (None, None))
    properties = {
        "question_key": key,
        "metric": metric,
        "scale_min": lowest,
        "scale_max": highest,
        "direction": "higher_is_better",
        "value": value,
        **said,
    }
    kept = {name: held for name, held in properties.items() if held is not None}
    return an_event("survey_answered", at, customer=who, channel=channel, properties=kept)


def write(log: Log, *events: EventColumns) -> None:
    """Write events to the log, there when this returns."""
    with log.writer() as writer:
        writer.append(together(*events))
        writer.sync()
