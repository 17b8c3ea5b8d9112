"""A small shop whose paths are known by heart."""

from __future__ import annotations

import pytest

from a_shop import days_ago
from builders import an_event


@pytest.fixture
def ten_paths(tell) -> None:
    """Ten customers visit; six of them look at a product two days later, three of these order a day after that.

    c0 … c9 in order; c0, c1, c2 order; c6 … c9 visit twice and do nothing else.
    """
    events = []
    for number in range(10):
        who = f"c{number}"
        events.append(an_event("page", days_ago(10), customer=who, channel="web"))
        if number < 6:
            events.append(
                an_event(
                    "product_viewed", days_ago(8), customer=who, channel="app", properties={"plan": "pro"}
                )
            )
        else:
            events.append(an_event("page", days_ago(9), customer=who, channel="web"))
        if number < 3:
            events.append(an_event("order_placed", days_ago(7), customer=who, amount=100, currency="IRR"))
    tell(*events)


@pytest.fixture
def desk(shop):
    """The address of the desk, or of something below it."""
    return lambda below="": f"/w/{shop.workspace_id}/journeys{below}"
