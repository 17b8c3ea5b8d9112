"""Purchases: days with an order, counted for each customer, up to a day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from buying import CDNOW_AT, cdnow
from safar.measure.purchases import NothingBought, OrdersRefused, Purchases, purchases_of

ROWS = (
    ("sara", "2026-01-01", 100.0),
    ("sara", "2026-01-01", 50.0),
    ("ali", "2026-01-05", 30.0),
    ("sara", "2026-01-11", 80.0),
    ("ali", "2026-02-04", 70.0),
    ("mina", "2026-02-09", 20.0),
)


def shop(*, until: date = date(2026, 2, 11), rows: tuple[tuple[str, str, float], ...] = ROWS) -> Purchases:
    customer, day, amount = zip(*rows, strict=True)
    return purchases_of(customer, day, amount, until=until, margin_share=0.5)


def test_orders_of_one_day_are_one_purchase() -> None:
    found = shop()
    assert found.customers.tolist() == ["ali", "mina", "sara"]
    assert found.frequency.tolist() == [1, 0, 1]
    assert found.recency.tolist() == [30, 0, 10]
    assert found.age.tolist() == [36, 1, 40]
    assert found.orders_of.tolist() == [2, 1, 3]
    assert found.occasions.orders.tolist() == [1, 1, 1, 2, 1]
    assert found.occasions.net.tolist() == [30, 70, 20, 150, 80]


def test_value_is_margin_and_of_repeat_purchases() -> None:
    found = shop()
    np.testing.assert_array_equal(found.monetary_value, [35, np.nan, 40])
    assert found.mean_margin.tolist() == [25, 10, 57.5]
    assert found.total_margin.tolist() == [50, 10, 115]


def test_refunds_lower_their_order() -> None:
    found = purchases_of(
        ["a", "a"], ["2026-01-01", "2026-01-09"], [100, 60], refunded=[100, 0], until=date(2026, 2, 1)
    )
    assert (found.frequency.tolist(), found.total_margin.tolist()) == ([1], [60.0])


def test_an_amount_that_is_not_known_is_a_purchase_all_the_same() -> None:
    found = purchases_of(
        ["a", "a"], ["2026-01-01", "2026-01-09"], [100, float("nan")], until=date(2026, 2, 1)
    )
    assert found.frequency.tolist() == [1]
    np.testing.assert_array_equal(found.monetary_value, [np.nan])
    assert found.total_margin.tolist() == [100.0]


def test_an_earlier_day_knows_only_what_was_before() -> None:
    then = shop().seen_until(date(2026, 2, 4))
    assert then.customers.tolist() == ["ali", "sara"]
    assert (then.frequency.tolist(), then.age.tolist()) == ([0, 1], [29, 33])
    with pytest.raises(NothingBought):
        shop().seen_until(date(2026, 1, 1))
    with pytest.raises(OrdersRefused, match="known up to 2026-02-11"):
        shop().seen_until(date(2026, 3, 1))


def test_a_split_follows_the_same_customers() -> None:
    split = shop().split(date(2026, 1, 6))
    assert split.calibration.customers.tolist() == ["ali", "sara"]
    assert (split.purchases.tolist(), split.margin.tolist(), split.days) == ([1, 1], [35.0, 40.0], 36)


def test_orders_that_arrive_change_the_counts_they_touch() -> None:
    first, later = shop(rows=ROWS[:4], until=date(2026, 1, 20)), shop(rows=ROWS[4:])
    joined, whole = first.with_orders(later), shop()
    for name in ("frequency", "recency", "age", "weight"):
        np.testing.assert_array_equal(getattr(joined.counts, name), getattr(whole.counts, name))
    np.testing.assert_array_equal(joined.frequency, whole.frequency)
    np.testing.assert_array_equal(joined.total_margin, whole.total_margin)
    assert joined.until == whole.until


def test_time_passes_without_orders() -> None:
    moved, whole = shop(until=date(2026, 2, 11)).moved_to(date(2026, 3, 1)), shop(until=date(2026, 3, 1))
    np.testing.assert_array_equal(moved.counts.age, whole.counts.age)
    np.testing.assert_array_equal(moved.age, whole.age)


def test_prices_of_the_last_day() -> None:
    found = purchases_of(["a", "a"], ["2025-01-01", "2026-01-01"], [100, 100], until=date(2026, 1, 2))
    late = found.in_late_prices(0.5)
    assert late.margin.tolist() == pytest.approx([100 * 1.5 ** (365 / 365.25), 100])
    assert found.in_late_prices(0.0) is found
    with pytest.raises(OrdersRefused):
        found.in_late_prices(-1)


def test_days_are_those_of_the_zone() -> None:
    late = [datetime(2026, 3, 20, 21, 0, tzinfo=UTC), datetime(2026, 3, 20, 20, 0, tzinfo=UTC)]
    assert len(purchases_of(["a", "a"], late, time_zone="UTC").occasions) == 1
    assert len(purchases_of(["a", "a"], late, time_zone="Asia/Tehran").occasions) == 2


@pytest.mark.parametrize(
    ("customer", "time", "amount", "said"),
    [
        (["a"], ["2026-01-01", "2026-01-02"], None, "1 customers and 2 times"),
        (["a"], ["yesterday"], None, "cannot be read"),
        (["a"], [20260101], None, "no dates"),
        (["a"], ["NaT"], None, "Row 0 has no time"),
        (["a"], ["2026-01-01"], [1, 2], "2 values of amount"),
        (["a"], ["2026-01-01"], [float("inf")], "infinite"),
        (["a"], ["2026-01-01"], ["x"], "something else than numbers"),
    ],
)
def test_what_cannot_be_is_refused(
    customer: list[str], time: list[object], amount: object, said: str
) -> None:
    with pytest.raises(OrdersRefused, match=said):
        purchases_of(customer, time, amount)


def test_shares_and_empty_tables_are_refused() -> None:
    with pytest.raises(OrdersRefused, match="no share"):
        purchases_of(["a"], ["2026-01-01"], margin_share=1.5)
    with pytest.raises(NothingBought):
        purchases_of(["a"], ["2026-01-01"], until=date(2025, 1, 1))


@pytest.mark.data
def test_cdnow_counts_as_published(shared_data) -> None:
    split = cdnow(shared_data).split(CDNOW_AT)
    known = split.calibration
    assert (len(known), int(known.frequency.sum()), int(split.purchases.sum())) == (2357, 2457, 1882)
    assert int((known.frequency > 0).sum()) == 946
    assert known.age.max() == 272
