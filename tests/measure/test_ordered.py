"""Purchases out of a log: one currency, refunds to their order, what is left out is said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from builders import an_event, paths, together
from safar.measure.ordered import PurchasesQuestion, purchases
from safar.measure.purchases import NothingBought, OrdersRefused
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.event import EventColumns
from safar.vocabulary.money import UnknownCurrency
from safar.vocabulary.time_zone import UnknownTimeZone

REVENUE = Note.of("purchases.revenue_as_margin")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


def write(log: Log, events) -> None:
    with log.writer() as writer:
        writer.append(events)
        writer.sync()


def of_money(
    name: str, at: str, amount: int, *, customer: str = "sara", **properties: object
) -> EventColumns:
    return an_event(name, at, customer=customer, amount=amount, currency="IRR", properties=properties)


def by_name(log: Log, question: PurchasesQuestion | None = None) -> dict[str, tuple[int, int, int, float]]:
    found = purchases(log, question)
    rows = zip(found.ids, found.frequency, found.recency, found.age, found.total_margin, strict=True)
    return {
        str(name): (int(x), int(recent), int(old), float(margin)) for name, x, recent, old, margin in rows
    }


def test_orders_of_customers_up_to_the_newest_event(log: Log) -> None:
    write(
        log,
        paths(
            {
                "sara": "order_placed 09:00 100 USD > order_placed 11:00 50 USD > order_placed 3d 09:00 70 USD",
                "ali": "order_placed 10:00 90 USD > page 9d 10:05",
            }
        ),
    )
    found = purchases(log)
    assert (found.currency, found.until, found.notes, found.rows_read) == (
        "USD",
        date(2026, 3, 31),
        (REVENUE,),
        4,
    )
    # amounts are minor units in the log, dollars here
    assert by_name(log) == {"sara": (1, 3, 9, 2.2), "ali": (0, 0, 9, 0.9)}
    assert by_name(log, PurchasesQuestion(until=date(2026, 3, 22))) == {
        "sara": (0, 0, 0, 1.5),
        "ali": (0, 0, 0, 0.9),
    }


def test_a_refund_lowers_the_order_it_names_else_the_last_one(log: Log) -> None:
    write(
        log,
        together(
            of_money("order_placed", "2026-03-21T09:00", 100, order_id="A"),
            of_money("order_placed", "2026-03-22T09:00", 300, order_id="B"),
            of_money("order_returned", "2026-03-25T09:00", 100, order_id="A"),
            of_money("order_returned", "2026-03-26T09:00", 40),
            of_money("order_returned", "2026-03-20T09:00", 7, customer="ali"),
        ),
    )
    found = purchases(log)
    assert found.refunded.tolist() == [100, 40]
    assert found.margin.tolist() == [0, 260]
    assert found.frequency.tolist() == [1]
    assert found.notes == (Note.of("purchases.refunds_of_nothing", count=1), REVENUE)


def test_one_currency_at_a_time(log: Log) -> None:
    write(
        log,
        paths(
            {
                "a": "order_placed 09:00 100 IRR > order_placed 1d 10:00 200 IRR",
                "b": "order_placed 09:00 7 KWD > order_placed 1d 09:30",
            }
        ),
    )
    assert by_name(log) == {"a": (1, 1, 1, 300)}
    # an order without an amount is a purchase of who pays in that currency
    assert by_name(log, PurchasesQuestion(currency="KWD")) == {"b": (1, 1, 1, 0.007)}
    assert purchases(log, PurchasesQuestion(currency="KWD")).notes == (
        Note.of("purchases.other_currency", count=2),
        Note.of("purchases.no_amount", count=1),
        REVENUE,
    )


def test_orders_without_any_currency_are_purchases(log: Log) -> None:
    write(log, paths({"a": "order_placed 09:00 > order_placed 1d 10:00"}))
    found = purchases(log)
    assert (found.currency, found.frequency.tolist(), found.total_margin.tolist()) == (None, [1], [0.0])


def test_a_margin_told_by_the_order_is_believed(log: Log) -> None:
    write(
        log,
        together(
            of_money("order_placed", "2026-03-21T09:00", 1000, margin=120),
            of_money("order_placed", "2026-03-22T09:00", 1000),
        ),
    )
    found = purchases(log, PurchasesQuestion(margin_share=0.3))
    assert (found.margin.tolist(), found.notes) == ([120, 300], ())


def test_an_order_told_twice_is_one_purchase(log: Log) -> None:
    write(
        log,
        together(
            of_money("order_placed", "2026-03-21T09:00", 100, order_id="A"),
            of_money("order_placed", "2026-03-23T09:00", 100, order_id="A"),
        ),
    )
    assert purchases(log).frequency.tolist() == [0]


def test_days_are_those_of_the_zone(log: Log) -> None:
    write(log, paths({"a": "order_placed 20:00 1 IRR > order_placed 21:00 1 IRR"}))
    assert purchases(log).frequency.tolist() == [0]
    assert purchases(log, PurchasesQuestion(time_zone="Asia/Tehran")).frequency.tolist() == [1]


def test_nothing_bought_is_refused(log: Log) -> None:
    with pytest.raises(NothingBought, match="log is empty"):
        purchases(log)
    write(log, paths({"a": "page 09:00 > order_placed 1d 09:00 5 IRR"}))
    with pytest.raises(NothingBought, match="before 2026-03-22"):
        purchases(log, PurchasesQuestion(until=date(2026, 3, 22)))
    with pytest.raises(NothingBought, match="in USD"):
        purchases(log, PurchasesQuestion(currency="USD"))


def test_questions_that_cannot_be_are_refused() -> None:
    with pytest.raises(UnknownCurrency):
        PurchasesQuestion(currency="TOMAN")
    with pytest.raises(UnknownTimeZone):
        PurchasesQuestion(time_zone="Tehran")
    with pytest.raises(OrdersRefused):
        PurchasesQuestion(margin_share=0)
