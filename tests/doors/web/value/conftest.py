"""A small shop with buyers of two years, drawn from a known model."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from a_shop import days_ago
from builders import an_event
from safar.vocabulary.event import EventColumns


@pytest.fixture(autouse=True)
def patient(web_home, monkeypatch) -> None:
    """Let readers wait: a cold process on a busy machine takes seconds to load what models are fitted with."""
    monkeypatch.setattr("safar.doors.web.journeys.asking.PATIENCE", timedelta(minutes=2))


@pytest.fixture
def buyers(tell) -> int:
    """A hundred and twenty customers who buy again and again until they leave, half of whom were shown something new;
    return how many orders they made."""
    rng = np.random.default_rng(11)
    events, orders = [], 0
    for customer in range(120):
        arm = {"experiment": "checkout", "variation": ("old", "new")[customer % 2]}
        events.append(an_event("experiment_viewed", days_ago(100), customer=f"b{customer}", properties=arm))
        day, rate, leaves = int(rng.integers(420, 720)), rng.gamma(2.0, 12.0) + 8, rng.beta(1, 5)
        while day > 0:
            events.append(
                an_event(
                    "order_placed",
                    days_ago(day, int(rng.integers(9, 20))),
                    customer=f"b{customer}",
                    amount=int(rng.gamma(6.0, 400_000)) + 100_000,
                    currency="IRR",
                    properties={
                        "order_id": f"o{orders}",
                        "items": [{"product_id": f"p{customer % 5}{each}"} for each in rng.integers(0, 9, 2)],
                    },
                )
            )
            orders += 1
            if rng.random() < leaves:
                break
            day -= 1 + int(rng.exponential(rate))
    tell(*events, *_told_by_customers())
    return orders


def _told_by_customers() -> list[EventColumns]:
    """Return a late or punctual delivery of each customer, and what he said of it."""
    rng = np.random.default_rng(12)
    events = []
    for customer in range(120):
        late, day = int(rng.random() < 0.3), int(rng.integers(20, 400))
        delivery, loyalty = int(rng.integers(3, 6)) - 2 * late, int(rng.integers(7, 11)) - 4 * late
        brought = {"order_id": f"d{customer}", "late_days": late}
        name = f"b{customer}"
        events.append(
            an_event(
                "order_placed",
                days_ago(day, 8),
                customer=name,
                amount=900_000,
                currency="IRR",
                properties={"order_id": f"d{customer}"},
            )
        )
        events.append(an_event("order_delivered", days_ago(day - 3), customer=name, properties=brought))
        for key, metric, value, highest in (
            ("csat_delivery", "csat", delivery, 5),
            ("nps", "nps", loyalty, 10),
        ):
            answer = {
                "question_key": key,
                "metric": metric,
                "scale_min": int(highest == 5),
                "scale_max": highest,
            }
            events.append(
                an_event(
                    "survey_answered", days_ago(day - 5), customer=name, properties={**answer, "value": value}
                )
            )
    return events


@pytest.fixture
def desk(shop):
    """The address of the desk, or of something below it."""
    return lambda below="": f"/w/{shop.workspace_id}/value{below}"


@pytest.fixture
def keys(web_home) -> list[str]:
    """The pages of the desk."""
    from safar.doors.web.journeys.kinds import pages_of

    keys = [page.key for page in pages_of("value")]
    assert "clv" in keys
    return keys
