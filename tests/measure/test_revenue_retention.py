"""Revenue kept: out of a log, in Jalali months, one currency at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, paths, together
from logs import write
from safar.measure.kept_revenue import RevenueRetentionRefused, kept
from safar.measure.purchases import purchases_of
from safar.measure.revenue_retention import RevenueRetentionQuestion, retained, revenue_retention
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.money import Money


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


def test_who_is_back_is_told_where_rates_leave_out_much() -> None:
    """a buys each month, b every other one: of February's revenue b brought half as much again in March."""
    when = [f"2026-{month:02}-10" for month in (1, 2, 3)] + ["2026-01-20", "2026-03-20"]
    until = date(2026, 4, 1)
    asked = RevenueRetentionQuestion(until=until, most=1)
    for amount, notes in ((50, (Note.of("revenue_retention.are_back", percent=50),)), (5, ())):
        orders = purchases_of(["a"] * 3 + ["b"] * 2, when, [100.0] * 3 + [amount] * 2, until=until)
        found = retained(orders, asked)
        (march,) = found.periods
        assert (march.kept.nrr, march.kept.bridge.reactivated) == (
            None,
            amount,
        )  # of one customer no rate is told
        assert found.notes == notes


def test_months_are_those_of_the_calendar() -> None:
    """20 and 21 March 2026 lie in two Jalali years, and in one Gregorian month."""
    bought = purchases_of(
        ["a", "a", "b"],
        [date(2026, 3, 20), date(2026, 3, 21), date(2026, 2, 20)],
        [10, 20, 30],
        until=date(2026, 4, 21),
    )
    jalali = retained(bought, RevenueRetentionQuestion(calendar="jalali", most=3))
    (one,) = jalali.periods
    assert (one.before_starts_on, one.starts_on, one.ends_on) == (
        date(2026, 2, 20),
        date(2026, 3, 21),
        date(2026, 4, 21),
    )
    assert (one.kept.bridge.before, one.kept.bridge.now, one.kept.bridge.churned) == (40.0, 20.0, -30.0)
    gregorian = retained(bought, RevenueRetentionQuestion(most=3))
    assert gregorian.periods == ()  # February is not whole, April has not ended
    assert dict(gregorian.notes[-1].facts) == {"count": 0, "asked": 3}


def test_a_year_apart() -> None:
    months = [date(2024 + place // 12, place % 12 + 1, 1) for place in range(24)]
    bought = purchases_of(["a"] * 24, months, list(range(1, 25)), until=date(2026, 1, 1))
    found = retained(bought, RevenueRetentionQuestion(most=2, apart=12))
    assert [(each.before_starts_on, each.starts_on) for each in found.periods] == [
        (date(2024, 11, 1), date(2025, 11, 1)),
        (date(2024, 12, 1), date(2025, 12, 1)),
    ]
    assert found.periods[0].kept.bridge.expansion == 12.0


def test_from_a_log_in_one_currency_with_refunds(log: Log) -> None:
    write(
        log,
        together(
            paths(
                {
                    "ali": "order_placed 09:00 1000 USD > order_placed 40d 09:00 500 USD"
                    " > order_returned 41d 09:00 200 USD",
                    "sara": "order_placed 1d 09:00 700 USD > order_placed 40d 10:00 99 IRR",
                    "mina": "order_placed 41d 09:00 300 USD",
                },
                on="2026-01-01",
            ),
            an_event("identify", "2026-02-10", customer="mina", properties={"came_by": "friend"}),
            an_event("page", "2026-03-02", customer="mina"),
        ),
    )
    asked = RevenueRetentionQuestion(currency="USD", earned_by=("friend",))
    found = revenue_retention(log, asked)
    (one,) = found.periods
    assert (one.starts_on, found.currency) == (date(2026, 2, 1), "USD")
    assert found.money(one.kept.bridge.before) == Money(1700, "USD")
    assert found.money(one.kept.bridge.now) == Money(600, "USD")
    assert one.kept.earned_growth is not None
    assert one.kept.earned_growth.value == pytest.approx((3 + 3) / 17 - 1)
    assert found.table.rows()[0][:3] == (date(2026, 2, 1), date(2026, 1, 1), "USD")
    assert {note.code for note in found.notes} >= {"purchases.other_currency", "revenue_retention.too_short"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"most": 0}, "0 periods"),
        ({"period": "day"}, "no period to keep"),
        ({"benchmark_churn": 0.05}, "from nowhere"),
        ({"benchmark_churn": 1.5, "benchmark_source": "a report"}, "1.5 from a report"),
    ],
)
def test_what_makes_no_sense_is_refused(changed, said: str) -> None:
    with pytest.raises(RevenueRetentionRefused, match=said):
        RevenueRetentionQuestion(**changed)
    with pytest.raises(RevenueRetentionRefused, match="missing"):
        kept([1.0, np.nan], [1.0, 2.0])
