"""RFM: bands by hand, groups by their table, the published medians of Online Retail."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import paths
from buying import online_retail
from safar.measure.purchases import purchases_of
from safar.measure.rfm import GROUPS, BandsRefused, RFMQuestion, bands, rfm, rfm_of
from safar.store.log import Log
from safar.vocabulary.answer import Note


def test_bands_are_fifths_and_equals_share_one() -> None:
    assert bands(np.arange(10)).tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    # six of ten are equal: their middle is at 3 of 10
    assert bands(np.array([1, 1, 1, 1, 1, 1, 2, 3, 4, 5])).tolist() == [2] * 6 + [4, 4, 5, 5]
    with pytest.raises(BandsRefused):
        bands(np.array([]))


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=50))
def test_bands_rise_with_values(values: list[int]) -> None:
    found = bands(np.array(values))
    assert ((found >= 1) & (found <= 5)).all()
    for one, band in zip(values, found, strict=True):
        assert all(
            other_band >= band for other, other_band in zip(values, found, strict=True) if other >= one
        )


def test_groups_by_hand() -> None:
    # ten customers: of n, n + 1 orders, the last of them n days before the end
    who = np.repeat(np.arange(10), np.arange(1, 11))
    last = np.datetime64("2026-03-31") - who
    within = np.concatenate([np.arange(count) for count in range(1, 11)])
    found = rfm_of(purchases_of(who, last - 20 * within, np.full(55, 10.0), until=date(2026, 4, 1)))
    assert found.days_since.tolist() == list(range(10))
    assert found.orders.tolist() == list(range(1, 11))
    assert [GROUPS[place] for place in found.group] == [
        "new", "new", "promising", "promising", "need_attention", "need_attention", "cannot_lose", "cannot_lose",
        "cannot_lose", "cannot_lose",
    ]  # fmt: skip
    worth = found.groups[-1]
    assert (worth.name, worth.customers, worth.customer_share, worth.revenue) == (
        "cannot_lose",
        4,
        0.4,
        340.0,
    )
    assert worth.revenue_share == pytest.approx(340 / 550)
    assert (worth.median_days, worth.median_orders) == (7.5, 8.5)
    assert sum(each.customers for each in found.groups) == 10
    assert found.table.column("name") == ["promising", "new", "need_attention", "cannot_lose"]


def test_refunds_lower_what_was_paid_and_margins_do_not_matter() -> None:
    known = purchases_of(["a", "b"], ["2026-01-01"] * 2, [100, 50], refunded=[70, 0], margin_share=0.1)
    assert rfm_of(known).revenue.tolist() == [30, 50]
    assert rfm_of(known).customer_table.column("customer_id") == ["b", "a"]


def test_of_a_log(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        with log.writer() as writer:
            writer.append(
                paths(
                    {
                        "sara": "order_placed 09:00 100 IRR > order_placed 3d 09:00 70 IRR",
                        "ali": "order_placed 09:00 5 IRR",
                    }
                )
            )
            writer.sync()
        found = rfm(log, RFMQuestion(until=date(2026, 4, 1)))
    assert found.customer_table.rows()[0][:4] == ("sara", 7, 2, 170.0)
    assert (found.currency, found.provenance.rows_read) == ("IRR", 3)
    assert found.notes == (Note.of("rfm.band_empty", count=9),)


@pytest.mark.data
def test_online_retail_as_published(shared_data: Path) -> None:
    orders = (
        online_retail(shared_data)
        .group_by(["InvoiceNo", "CustomerID"])
        .aggregate([("paid", "sum"), ("InvoiceDate", "min")])
    )
    known = purchases_of(
        orders["CustomerID"].to_pylist(),
        orders["InvoiceDate_min"].to_numpy(),
        orders["paid_sum"].to_numpy(),
        until=date(2011, 12, 10),
    )
    found = rfm_of(known)
    assert (len(known), len(known.customer)) == (4338, 18532)
    assert (np.median(found.days_since), np.median(found.orders)) == (50, 2)
    assert np.median(found.revenue) == pytest.approx(674.485)
    assert found.revenue.sum() == pytest.approx(8911407.9)
    top = dict(
        zip(
            found.customer_table.column("customer_id")[:5],
            found.customer_table.column("revenue")[:5],
            strict=True,
        )
    )
    assert top == pytest.approx(
        {"14646": 280206.02, "18102": 259657.3, "17450": 194550.79, "16446": 168472.5, "14911": 143825.06}
    )
