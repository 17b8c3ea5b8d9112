"""Revenue: exact, each currency by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builders import an_event, paths, together
from safar.measure.revenue import Revenue, RevenueQuestion, revenue
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.money import Money, UnknownCurrency
from safar.vocabulary.window import Window

DAY = Window(datetime(2026, 3, 21, tzinfo=UTC), datetime(2026, 3, 22, tzinfo=UTC))
NEXT = Window(datetime(2026, 3, 22, tzinfo=UTC), datetime(2026, 3, 23, tzinfo=UTC))


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


def write(log: Log, events) -> None:
    with log.writer() as writer:
        writer.append(events)
        writer.sync()


def test_orders_and_refunds_by_window(log: Log) -> None:
    write(
        log,
        paths(
            {
                "sara": "order_placed 09:00 250000 IRR > order_returned 1d 09:00 250000 IRR",
                "ali": "order_placed 10:00 90000 IRR > page 10:05",
            }
        ),
    )
    found = revenue(log, RevenueQuestion((DAY, NEXT)))
    (rials,) = found.by_currency
    assert rials.currency == "IRR"
    assert rials.revenues == (
        Revenue(Money(340_000, "IRR"), Money(0, "IRR"), 2),
        Revenue(Money(0, "IRR"), Money(250_000, "IRR"), 0),
    )
    assert [each.net.minor for each in rials.revenues] == [340_000, -250_000]
    assert (found.notes, found.provenance.rows_read) == ((), 2)


def test_currencies_stay_apart_the_main_one_first(log: Log) -> None:
    write(
        log,
        paths(
            {
                "a": "order_placed 09:00 100 USD > order_placed 10:00 200 USD",
                "b": "order_placed 09:00 5000 IRR",
                "c": "order_placed 09:00 7 KWD",
            }
        ),
    )
    by_orders = revenue(log, RevenueQuestion((DAY,)))
    assert [each.currency for each in by_orders.by_currency] == ["USD", "IRR", "KWD"]
    assert by_orders.notes == (Note.of("revenue.currencies_apart", count=3),)
    asked = revenue(log, RevenueQuestion((DAY,), "IRR"))
    assert [each.currency for each in asked.by_currency] == ["IRR", "USD", "KWD"]
    with pytest.raises(UnknownCurrency):
        RevenueQuestion((DAY,), "TOMAN")


def test_what_is_left_out_is_said(log: Log) -> None:
    write(
        log,
        together(
            paths({"a": "order_placed 09:00 > order_placed 10:00 80 USD > order_placed 11:00 -30 USD"}),
            an_event("order_returned", "2026-03-21T12:00", amount=5, currency="XQQ"),
        ),
    )
    found = revenue(log, RevenueQuestion((DAY,)))
    assert found.by_currency[0].revenues == (Revenue(Money(50, "USD"), Money(0, "USD"), 2),)
    assert found.notes == (
        Note.of("revenue.no_amount", count=1),
        Note.of("revenue.unknown_currency", count=1),
        Note.of("revenue.negative_orders", count=1),
    )


def test_sums_beyond_64_bits_are_exact(log: Log) -> None:
    large = 2**62
    write(
        log,
        together(
            *(an_event("order_placed", f"2026-03-21T09:0{n}", amount=large, currency="IRR") for n in range(5))
        ),
    )
    assert revenue(log, RevenueQuestion((DAY,))).by_currency[0].revenues[0].ordered == Money(5 * large, "IRR")


def test_nothing_ordered(log: Log) -> None:
    assert revenue(log, RevenueQuestion((DAY,))).by_currency == ()
