"""Customers one by one: who was here last, what is known of them, whom a text means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from builders import EPOCH, an_event, together
from identities import identify
from logs import write
from safar.observe.customer_search import CustomerSearchQuestion, search_customers
from safar.observe.customers import RecentCustomersQuestion, customer_facts, recent_customers
from safar.store.log import Log
from safar.vocabulary.money import Money


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path, shard_count=2) as opened:
        yield opened


SARA = {"phone": "09123456781", "email": "sara.a@mail.ir", "name": "سارا احمدی"}


def day(number: int):
    return EPOCH + timedelta(days=number)


def _recent(log: Log, limit: int) -> list[str]:
    found, before = [], None
    while True:
        answer = recent_customers(log, RecentCustomersQuestion(before, limit=limit))
        found += [facts.customer_id for facts, _ in answer.customers]
        assert len(answer.customers) <= limit
        before = answer.next_before
        if before is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_each_person_stands_once_where_he_was_active_last(log: Log, limit: int) -> None:
    write(log, *(an_event("page", day(number), customer=f"c{number}") for number in range(6)))
    log.compact()
    write(
        log,
        an_event("page", day(9), customer="c1"),
        an_event("campaign_sent", day(20), customer="c0"),  # what we send makes nobody active
        an_event("page", day(8), customer="anon-5"),
    )
    log.identity.merge("c5", "anon-5", "the same", "reza")
    assert _recent(log, limit) == ["c1", "c5", "c4", "c3", "c2", "c0"]


def test_what_is_known_of_a_person_comes_from_all_ids(log: Log) -> None:
    def order(number: int, who: str, **fields: object):
        return an_event(
            "order_placed", day(number), customer=who, amount=500, currency="USD", properties=fields
        )

    write(
        log,
        order(1, "anon", order_id="o1"),
        order(2, "sara", order_id="o1"),
        order(3, "sara"),
        an_event("identify", day(4), customer="sara", properties={"name": "سارا", "city": "قم"}),
    )
    log.compact()
    write(
        log,
        an_event("order_returned", day(5), customer="sara", amount=200, currency="USD"),
        an_event("identify", day(6), customer="sara", properties={"city": "تهران", "$anonymous_id": "anon"}),
        an_event(
            "survey_answered",
            day(7),
            customer="anon",
            properties={"metric": "nps", "value": 9, "scale_max": 10},
        ),
    )
    log.compact()
    (facts,) = customer_facts(log, ["anon"])
    assert (facts.customer_id, facts.ids, facts.name) == ("sara", ("sara", "anon"), "سارا")
    assert (facts.first_at, facts.last_at, facts.events, facts.orders) == (day(1), day(7), 7, 2)
    assert facts.spent == (Money(1300, "USD"),)
    assert [(each.name, each.value, each.at) for each in facts.traits] == [
        ("city", "تهران", day(6)),
        ("name", "سارا", day(4)),
    ]
    assert [(each.metric, each.value, each.scale_max, each.at) for each in facts.answers] == [
        ("nps", 9, 10, day(7))
    ]


def test_orders_are_counted_whatever_their_number_and_nobody_is_crowded_out(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safar.observe.customers._MOST_TOLD", 3)
    orders = [
        an_event(
            "order_placed",
            day(n),
            customer="a",
            amount=2**62,
            currency="IRR",
            properties={"order_id": n // 2},
        )
        for n in range(10)
    ]
    said = [
        an_event("identify", day(n), customer="a", properties={"n": n, f"of_{n}": n}) for n in range(10, 15)
    ]
    write(log, *orders[:5], an_event("identify", day(0), customer="b", properties={"name": "رضا"}))
    log.compact()
    write(log, *orders[5:], *said)
    a, b, nobody = customer_facts(log, ["a", "b", "nobody"])
    assert (nobody.events, nobody.orders, nobody.spent) == (0, 0, ())
    assert (a.orders, a.spent, a.is_told_cut) == (5, (Money(10 * 2**62, "IRR"),), True)
    assert [(each.name, each.value) for each in a.traits] == [
        ("n", 14),
        ("of_12", 12),
        ("of_13", 13),
        ("of_14", 14),
    ]
    assert (b.orders, b.spent, b.name, b.is_told_cut) == (0, (), "رضا", False)


def test_nobody_has_no_events(log: Log) -> None:
    (facts,) = customer_facts(log, ["nobody"])
    assert (facts.ids, facts.events, facts.last_at, facts.traits) == (("nobody",), 0, None, ())


@pytest.mark.parametrize("is_compacted", [False, True])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("shop/7", ["shop/7", "shop/77"]),
        ("SHOP/7", ["shop/7", "shop/77"]),
        ("shop", ["shop/7", "shop/77"]),
        ("۰۹۱۲ ۳۴۵ ۶۷۸۱", ["sara"]),
        ("+98 912 345 6781", ["sara"]),
        (" Sara.A@Mail.ir", ["sara"]),
        ("۱۲۳", ["123"]),
        ("احمدي", ["sara"]),
        ("sara ahmadi", []),
        ("0935 111 2233", ["09351112233"]),
        ("", []),
        ("%", []),
    ],
)
def test_a_text_means_whom_it_names(log: Log, text: str, found: list[str], is_compacted: bool) -> None:
    write(
        log,
        an_event("identify", day(1), customer="sara", properties=SARA),
        *(an_event("page", day(2), customer=each) for each in ("shop/7", "shop/77", "123", "09351112233")),
    )
    log.compact()
    if not is_compacted:
        write(log, together(identify("reza", phone="09120000001"), an_event("page", day(3), customer="sara")))
    answer = search_customers(log, CustomerSearchQuestion(text))
    assert [each.customer_id for each in answer.customers] == found
