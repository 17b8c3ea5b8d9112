"""A log with answers in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builders import an_event, together
from safar.store.log import Log
from safar.vocabulary.event import EventColumns
from safar.vocabulary.window import Window

SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}

#: One day in March 2026.
Day = Callable[[int], Window]
Answered = Callable[..., EventColumns]


@pytest.fixture
def day() -> Day:
    return lambda of_march: Window(
        datetime(2026, 3, of_march, tzinfo=UTC), datetime(2026, 3, of_march + 1, tzinfo=UTC)
    )


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


@pytest.fixture
def answered(log: Log) -> Answered:
    """Write one answer a customer, in the order given, at noon of a day in March 2026."""

    def answered(
        metric: str, *values: object, on: int = 21, first_customer: int = 1, **changed: object
    ) -> None:
        lowest, highest = SCALES[metric]
        events = [
            an_event(
                "survey_answered",
                f"2026-03-{on:02}T12:00",
                customer=f"c{customer}",
                properties={
                    "survey": "after_order",
                    "question_key": f"{metric}_usual",
                    "metric": metric,
                    "scale_min": lowest,
                    "scale_max": highest,
                    "direction": "higher_is_better",
                    "value": value,
                    **changed,
                },
            )
            for customer, value in enumerate(values, start=first_customer)
        ]
        with log.writer() as writer:
            writer.append(together(*events))
            writer.sync()

    return answered
