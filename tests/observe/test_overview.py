"""The overview: a hand-counted day, windows that overlap, and what makes a customer active."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, paths, together
from safar.observe.overview import Overview, OverviewQuestion, Shared, overview
from safar.store.log import Log
from safar.vocabulary.answer import Note, NoWindows
from safar.vocabulary.interval import share
from safar.vocabulary.window import Window

START = datetime(2026, 3, 21, tzinfo=UTC)


def days(first: int, end: int) -> Window:
    return Window(START + timedelta(days=first), START + timedelta(days=end))


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


def write(log: Log, events) -> None:
    with log.writer() as writer:
        writer.append(events)
        writer.sync()


def test_an_empty_log(log: Log) -> None:
    found = overview(log, OverviewQuestion((days(0, 1),)))
    assert found.overviews == (Overview(0, 0, 0, 0, 0, 0, 0, 0, None),)
    assert (found.first_event_at, found.last_event_at, found.notes) == (None, None, ())


def test_two_days_counted_by_hand(log: Log) -> None:
    write(
        log,
        paths(
            {
                "sara": "page 09:00 > order_placed 09:20 250 IRR > page 1d 10:00",
                "ali": "page 10:00 > order_placed 1d 11:00 90 IRR",
                "mona": "order_placed 1d 12:00 70 IRR",  # by phone: no visit seen
                "reza": "campaign_sent 08:00 > survey_sent 1d 08:00",  # never did anything himself
            }
        ),
    )
    found = overview(log, OverviewQuestion((days(1, 2), days(0, 1), days(0, 2), days(5, 6))))
    second, first, both, none = found.overviews
    assert first == Overview(
        customers=2,
        new_customers=2,
        events=4,
        orders=1,
        orders_squared=1,
        orderers=1,
        visitors=2,
        converted=1,
        conversion=share(1, 2),
    )
    assert second == Overview(
        customers=3,
        new_customers=1,
        events=4,
        orders=2,
        orders_squared=2,
        orderers=2,
        visitors=1,
        converted=0,
        conversion=share(0, 1),
    )
    assert both == Overview(
        customers=3,
        new_customers=3,
        events=8,
        orders=3,
        orders_squared=3,
        orderers=3,
        visitors=2,
        converted=2,
        conversion=share(2, 2),
    )
    # sara and ali came on both days; who ordered on one did not on the other
    assert found.shared == Shared(2, 0)
    assert none == Overview(0, 0, 0, 0, 0, 0, 0, 0, None)
    assert found.notes == (Note.of("conversion.without_visit", count=2),)  # ali and mona on the second day
    assert (found.first_event_at, found.last_event_at) == (
        START + timedelta(hours=8),
        START + timedelta(days=1, hours=12),
    )
    assert (found.provenance.rows_read, found.provenance.log_version) == (4, log.version)


def test_an_order_counts_once_by_its_number(log: Log) -> None:
    def order(number: str | None, at: str, customer: str = "sara"):
        properties = {} if number is None else {"order_id": number}
        return an_event("order_placed", f"2026-03-21T{at}", customer=customer, properties=properties)

    write(
        log,
        together(
            order("o1", "09:00"),
            order("o1", "09:01"),
            order("o2", "09:02"),
            order(None, "09:03"),
            order(None, "09:04"),
        ),
    )
    assert overview(log, OverviewQuestion((days(0, 1),))).overviews[0].orders == 4


def test_orders_by_customer_and_shared_customers_by_hand(log: Log) -> None:
    write(
        log,
        paths(
            {
                "keen": "order_placed 09:00 > order_placed 10:00 > order_placed 1d 09:00 > order_placed 1d 10:00"
                " > order_placed 1d 11:00",
                "once": "order_placed 09:00 > page 1d 09:00",
                "new": "order_placed 1d 09:00",
            }
        ),
    )
    found = overview(log, OverviewQuestion((days(1, 2), days(0, 1))))
    assert [(each.orders, each.orders_squared) for each in found.overviews] == [(4, 9 + 1), (3, 4 + 1)]
    assert found.shared == Shared(customers=2, order_products=3 * 2)
    assert overview(log, OverviewQuestion((days(0, 1),))).shared is None


def test_a_window_starts_with_its_first_instant_and_ends_before_its_last(log: Log) -> None:
    write(log, paths({"first": "page 00:00", "last": "page 1d 00:00"}))
    found = overview(log, OverviewQuestion((days(0, 1), days(1, 2)))).overviews
    assert [each.customers for each in found] == [1, 1]


def test_a_person_of_two_ids_is_one_customer(log: Log) -> None:
    known = an_event(
        "identify", "2026-03-21T09:30", customer="sara", properties={"$anonymous_id": "device 1"}
    )
    write(log, together(paths({"device 1": "page 09:00", "sara": "order_placed 10:00 5 IRR"}), known))
    log.ask_to_seal()
    with log.writer() as writer:
        writer.roll_if_due()
    log.compact()
    found = overview(log, OverviewQuestion((days(0, 1),))).overviews[0]
    assert (found.customers, found.visitors, found.converted) == (1, 1, 1)


def test_against_plain_python(log: Log, rng: np.random.Generator) -> None:
    """The same numbers from sets, on events drawn by chance."""
    names = ["page", "screen", "order_placed", "message_sent", "cart_added"]
    drawn = [
        (f"c{rng.integers(25)}", names[rng.integers(len(names))], float(rng.uniform(0, 6)))
        for _ in range(400)
    ]
    write(
        log, together(*(an_event(name, START + timedelta(days=at), customer=who) for who, name, at in drawn))
    )
    windows = [(0, 3), (3, 6), *((day, day + 1) for day in range(6))]
    found = overview(log, OverviewQuestion(tuple(days(*window) for window in windows))).overviews
    own = [each for each in drawn if each[1] != "message_sent"]
    arrivals = {who: min(at for other, _, at in own if other == who) for who, _, _ in own}
    for (low, high), counted in zip(windows, found, strict=True):
        inside = [each for each in drawn if low <= each[2] < high]
        visitors = {who for who, name, _ in inside if name in {"page", "screen"}}
        orderers = {who for who, name, _ in inside if name == "order_placed"}
        assert counted.customers == len({who for who, name, _ in inside if name != "message_sent"})
        assert counted.new_customers == sum(low <= at < high for at in arrivals.values())
        assert (counted.visitors, counted.orderers) == (len(visitors), len(orderers))
        assert counted.converted == len(visitors & orderers)
        assert counted.events == len(inside)


def test_a_question_without_windows() -> None:
    with pytest.raises(NoWindows):
        OverviewQuestion(())
