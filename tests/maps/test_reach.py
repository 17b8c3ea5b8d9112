"""Whom a rule finds: held against events counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from builders import a_path, together
from logs import write
from safar.maps.reach import Reach, reach
from safar.observe.rule_text import rule_of
from safar.store.log import Log


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log") as found:
        write(
            found,
            together(
                a_path("visit 09:00 > cart 09:05 > pay 09:20", customer="mina"),
                a_path("visit 10:00 > pay 10:01 > pay 10:02", customer="said"),
                a_path("visit 11:00", customer="leyli"),
            ),
        )
        yield found


@pytest.mark.parametrize(
    ("rule", "customers", "events"),
    [("pay", 2, 3), ("cart, pay", 2, 4), ("visit", 3, 3), ("nothing", 0, 0), ("* [coupon?]", 0, 0)],
)
def test_customers_and_events_of_a_rule(log: Log, rule: str, customers: int, events: int) -> None:
    assert reach(log, rule_of(rule)) == Reach(customers, events, of_customers=3, of_events=7)


def test_an_empty_log(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        assert reach(log, rule_of("pay")) == Reach(0, 0, 0, 0)
