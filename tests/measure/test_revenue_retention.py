"""Revenue kept: by hand, as published, covering, in Jalali months, one currency at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import an_event, paths, together
from logs import write
from safar.measure.purchases import purchases_of
from safar.measure.revenue_retention import (
    RevenueRetentionQuestion,
    RevenueRetentionRefused,
    kept,
    retained,
    revenue_retention,
)
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import wilson
from safar.vocabulary.money import Money


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


def test_a_bridge_by_hand() -> None:
    """a grows, b shrinks, c leaves, d is new, e is back after a while."""
    found = kept(
        [100, 100, 50, 0, 0], [130, 60, 0, 40, 20], known_before=[False] * 4 + [True], earned=[False] * 5
    )
    assert found.bridge.parts == (
        ("churned", -50.0),
        ("contraction", -40.0),
        ("expansion", 30.0),
        ("reactivated", 20.0),
        ("new", 40.0),
    )
    assert (found.bridge.before, found.bridge.now) == (250.0, 250.0)
    assert found.nrr is not None
    assert found.grr is not None
    assert (found.nrr.value, found.grr.value, found.nrr.n) == (190 / 250, 160 / 250, 3)
    assert found.logo_churn is not None
    assert (found.logo_churn.value, found.logo_churn.interval) == (1 / 3, wilson(1, 3))
    assert (found.customers_before, found.customers_now, found.new_customers) == (3, 4, 1)


def test_earned_growth_as_published() -> None:
    """Reichheld, Darnell and Burns (2021): NRR of 90 % and earned new customers of 15 % are +5 %."""
    before, now = [100.0] * 10 + [0, 0], [90.0] * 10 + [150, 80]
    found = kept(before, now, earned=[False] * 10 + [True, False])
    assert found.earned_growth is not None
    assert found.earned_growth.value == pytest.approx(0.05)
    assert kept(before, now).earned_growth is None


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


amounts = st.lists(
    st.tuples(st.integers(-50, 500), st.integers(-50, 500), st.booleans()), min_size=1, max_size=30
)


@given(amounts)
def test_the_bridge_always_arrives(drawn) -> None:
    before, now, known = zip(*drawn, strict=True)
    found = kept(before, now, known_before=known)
    assert found.bridge.before + sum(part for _, part in found.bridge.parts) == pytest.approx(
        found.bridge.now
    )
    if found.grr is not None and min(*before, *now) >= 0:
        assert found.nrr is not None
        assert 0 <= found.grr.value <= min(1, found.nrr.value) + 1e-12


def test_the_interval_of_nrr_covers(rng: np.random.Generator) -> None:
    """True NRR .8: a quarter leaves, the others spend 16/15 of before on average; spending is skewed."""
    inside = 0
    for _ in range(800):
        before = rng.lognormal(0, 0.6, 150)
        stays = rng.random(150) < 0.75
        now = np.where(stays, before * rng.lognormal(np.log(16 / 15) - 0.08, 0.4, 150), 0.0)
        found = kept(before, now).nrr
        inside += found is not None and 0.8 in found.interval
    assert 0.92 < inside / 800 < 0.975


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
