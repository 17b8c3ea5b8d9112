"""Baskets: the value of an order, bundles beyond chance, by hand, as published, and where nothing is to be found."""

from __future__ import annotations

from math import exp, log, sqrt
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import fisher_exact

from builders import an_event, together
from buying import online_retail
from safar.measure.baskets import BasketsQuestion, BasketsRefused, baskets, baskets_of
from safar.measure.purchases import NothingBought
from safar.measure.wallet import WalletRefused, share_of_wallet
from safar.store.log import Log
from safar.vocabulary.answer import Note

ALL = BasketsQuestion(fewest_orders=1)


def lines(orders: list[str]) -> tuple[list[int], list[str]]:
    """Orders as texts of one-letter products."""
    return (
        [place for place, order in enumerate(orders) for _ in order],
        [product for order in orders for product in order],
    )


def test_a_bundle_by_hand() -> None:
    order, product = lines(["ab"] * 6 + ["a"] * 2 + ["b"] + ["c"] * 3)
    (found,) = [each for each in baskets_of(order, product, ALL).bundles if each.orders == 6]
    assert (found.one, found.other, found.support) == ("a", "b", 0.5)
    lift = 12 * 6 / (8 * 7)
    error = sqrt(1 / 6 - 1 / 8 - 1 / 7 - 1 / 12 + 2 * lift / 12)
    assert found.lift.value == pytest.approx(lift)
    assert found.lift.interval.low == pytest.approx(exp(log(lift) - 1.959964 * error), rel=1e-6)
    assert (found.of_one, found.of_other) == (6 / 8, 6 / 7)
    assert found.p_value == pytest.approx(fisher_exact([[6, 2], [1, 3]], alternative="greater").pvalue)
    assert found.raises is None


def test_orders_with_both_are_compared_with_orders_of_one() -> None:
    order, product = lines(["ab", "ab", "a", "b", "c"])
    paid = {0: 30.0, 1: 50.0, 2: 10.0, 3: 14.0, 4: 99.0}
    amount = [paid[each] / order.count(each) for each in order]
    found = next(each for each in baskets_of(order, product, ALL, amount=amount).bundles if each.orders == 2)
    assert found.raises is not None
    assert found.raises.value == pytest.approx(40 - 12)


def test_value_and_size_of_orders_come_by_customer() -> None:
    order, product = lines(["ab", "a", "abc", "c"])
    customer = [["x", "x", "y", "z"][each] for each in order]
    amount = [10.0 / order.count(each) for each in order]
    found = baskets_of(order, product, ALL, customer=customer, amount=amount)
    assert found.average_order_value is not None
    assert found.basket_size is not None
    assert (found.average_order_value.value, found.average_order_value.n) == (10.0, 4)
    assert found.basket_size.value == 7 / 4
    assert found.orders == 4


def test_a_product_twice_in_an_order_counts_once() -> None:
    found = baskets_of([1, 1, 1, 2], ["a", "a", "b", "a"], ALL)
    assert found.basket_size is not None
    assert (found.basket_size.value, found.bundles[0].orders) == (1.5, 1)


def test_few_bundles_are_found_where_there_are_none() -> None:
    told, looks = 0, 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        held = rng.random((2000, 20)) < rng.uniform(0.05, 0.3, 20)
        order, product = np.nonzero(held)
        found = baskets_of(order, product, BasketsQuestion(fewest_orders=5))
        told += any(each.is_clear for each in found.bundles)
        looks += found.looked_at
    assert looks == 20 * 190
    # a false discovery rate of 5 %, where nothing is true, is the chance of any
    assert told <= 3


def test_of_a_log_by_ours_and_by_segments_words(tmp_path: Path) -> None:
    def bought(at: str, who: str, **properties: object):
        return an_event("order_placed", at, customer=who, amount=900, currency="USD", properties=properties)

    with Log.create(tmp_path / "log", shard_count=2) as log:
        with pytest.raises(NothingBought):
            baskets(log)
        with log.writer() as writer:
            writer.append(
                together(
                    bought(
                        "2026-03-21T09:00",
                        "x",
                        order_id="A",
                        items=[{"product_id": "tea"}, {"product_id": "cup"}],
                    ),
                    bought("2026-03-22T09:00", "x", order_id="B", items=[{"sku": "tea"}]),
                    bought(
                        "2026-03-23T09:00",
                        "y",
                        order_id="C",
                        products=[{"product_id": "tea"}, {"product_id": "cup"}],
                    ),
                    bought("2026-03-24T09:00", "y", order_id="D"),
                    an_event(
                        "order_placed",
                        "2026-03-24T09:00",
                        amount=5,
                        currency="IRR",
                        properties={"items": [{"sku": "rug"}]},
                    ),
                )
            )
            writer.sync()
        found = baskets(log, ALL)
    assert (found.orders, found.currency) == (3, "USD")
    assert found.average_order_value is not None
    assert found.average_order_value.value == 9.0
    assert [(each.one, each.other, each.orders) for each in found.bundles] == [("tea", "cup", 2)]
    assert found.notes == (
        Note.of("purchases.other_currency", count=1),
        Note.of("baskets.no_products", count=1),
        Note.of("baskets.orders_independent"),
    )
    assert found.table.column("one") == ["tea"]


@pytest.mark.data
def test_online_retail_as_published(shared_data: Path) -> None:
    lines = online_retail(shared_data)
    order, product, customer = (
        np.array(lines[name].to_pylist()) for name in ("InvoiceNo", "StockCode", "CustomerID")
    )
    found = baskets_of(
        order, product, BasketsQuestion(products=60), customer=customer, amount=lines["paid"].to_numpy()
    )
    assert found.orders == 18532
    assert found.average_order_value is not None
    assert found.average_order_value.value == pytest.approx(480.866, abs=5e-4)
    top = sorted(found.bundles, key=lambda each: -each.orders)[:5]
    assert [
        (*sorted((each.one, each.other)), each.orders, round(each.support, 4), round(each.lift.value, 4))
        for each in top
    ] == [
        ("22386", "85099B", 546, 0.0295, 7.2607),
        ("22697", "22699", 541, 0.0292, 18.5302),
        ("22726", "22727", 530, 0.0286, 14.1945),
        ("20725", "22384", 523, 0.0282, 8.0765),
        ("20725", "22383", 519, 0.0280, 7.1541),
    ]


def test_questions_and_columns_that_cannot_be_are_refused() -> None:
    with pytest.raises(BasketsRefused):
        BasketsQuestion(products=1)
    with pytest.raises(BasketsRefused):
        baskets_of([1, 2], ["a"])


def test_share_of_wallet_by_hand() -> None:
    found = share_of_wallet([20, 30, 50, 5], [100, 40, 60, float("nan")])
    assert found is not None
    assert (found.value, found.n) == (0.5, 3)
    # ratio estimator: residuals y - x/2 are -30, 10, 20; Student with two degrees of freedom
    half = 4.302653 * sqrt(3 / 2 * (30**2 + 10**2 + 20**2)) / 200
    assert (found.interval.low, found.interval.high) == pytest.approx((0.0, min(0.5 + half, 1.0)))
    assert share_of_wallet([20], [100]) is None


@pytest.mark.parametrize(("here", "everywhere"), [([5], [1, 2]), ([-1, 1], [3, 3]), ([5, 1], [3, 3])])
def test_wallets_that_cannot_be_are_refused(here: list[float], everywhere: list[float]) -> None:
    with pytest.raises(WalletRefused):
        share_of_wallet(here, everywhere)
