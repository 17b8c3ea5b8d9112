"""Customers in order of what they spent, answered and did: beside pandas, page by page, among a segment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from builders import EPOCH, an_event, together
from logs import write
from safar.observe.among import Among, Segment
from safar.observe.customer_ranking import (
    CustomerRankingAnswer,
    CustomerRankingQuestion,
    RankBy,
    RankingPlace,
    RankingRefused,
    customer_ranking,
    members_among,
)
from safar.observe.segment_text import segment_of
from safar.store.log import Log
from safar.vocabulary.money import Money

BUYERS = Among(segment=segment_of("did order_placed >= 2"))


def day(number: int):
    return EPOCH + timedelta(days=number)


def an_order(number: int, who: str, amount: int, currency: str = "IRR", name: str = "order_placed"):
    return an_event(name, day(number), customer=who, amount=amount, currency=currency)


def a_score(number: int, who: str, value: object, metric: str = "nps"):
    properties = {"metric": metric, "value": value, "invitation_id": number}
    return an_event("survey_answered", day(number), customer=who, properties=properties)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path, shard_count=2) as opened:
        yield opened


def walked(log: Log, question: CustomerRankingQuestion) -> list[tuple[str, float | None]]:
    """Return everybody, page after page."""
    found = []
    while True:
        answer = customer_ranking(log, question)
        assert len(answer.customers) <= question.limit
        found += [(each.facts.customer_id, each.value) for each in answer.customers]
        if answer.next_after is None:
            return found
        question = replace(question, after=answer.next_after)


def ids(answer: CustomerRankingAnswer) -> list[str]:
    return [each.facts.customer_id for each in answer.customers]


def a_small_shop(log: Log) -> None:
    write(
        log,
        an_order(1, "a", 500),
        an_order(2, "b", 900),
        an_order(3, "c", 700, "USD"),
        a_score(4, "a", 3),
        a_score(5, "b", 9),
        an_event("page", day(6), customer="d"),
    )
    log.compact()
    write(
        log,
        an_order(7, "b", 100, name="order_returned"),
        an_order(8, "a", 400),
        a_score(9, "a", 10),
        a_score(10, "b", "nine"),
        a_score(11, "c", 5, "csat"),
        an_event("message_sent", day(30), customer="b"),  # nobody is active by what we send
    )


def test_who_spent_most_stands_first_and_who_ordered_nothing_last(log: Log) -> None:
    a_small_shop(log)
    answer = customer_ranking(log, CustomerRankingQuestion(RankBy.SPENT, "IRR"))
    assert [(each.facts.customer_id, each.value) for each in answer.customers[:2]] == [("a", 900), ("b", 800)]
    assert {each.facts.customer_id: each.value for each in answer.customers[2:]} == {"c": None, "d": None}
    assert (answer.count, answer.known, answer.next_after) == (4, 2, None)
    assert answer.customers[0].facts.spent == (Money(900, "IRR"),)
    assert [each.active_at for each in answer.customers[:2]] == [day(9), day(10)]


def test_the_newest_answer_counts_and_what_is_no_number_does_not(log: Log) -> None:
    a_small_shop(log)
    question = CustomerRankingQuestion(RankBy.SCORE, "nps")
    assert walked(log, question)[:2] == [("a", 10), ("b", 9)]
    assert walked(log, replace(question, ascending=True))[:2] == [("b", 9), ("a", 10)]
    assert walked(log, CustomerRankingQuestion(RankBy.SCORE, "ces"))[0][1] is None


def test_who_was_here_last_stands_first_by_own_acts(log: Log) -> None:
    a_small_shop(log)
    answer = customer_ranking(log, CustomerRankingQuestion(RankBy.ACTIVE))
    assert ids(answer) == ["c", "b", "a", "d"]
    oldest = CustomerRankingQuestion(RankBy.ACTIVE, ascending=True)
    assert ids(customer_ranking(log, oldest)) == ["d", "a", "b", "c"]


def test_a_person_of_several_ids_stands_once_with_the_sum(log: Log) -> None:
    a_small_shop(log)
    log.identity.merge("d", "c", "the same", "reza")
    log.identity.merge("a", "b", "the same", "reza")
    answer = customer_ranking(log, CustomerRankingQuestion(RankBy.SPENT, "IRR"))
    assert [(set(each.facts.ids), each.value) for each in answer.customers] == [
        ({"a", "b"}, 1700),
        ({"c", "d"}, None),
    ]


@pytest.mark.parametrize("ascending", [False, True])
@pytest.mark.parametrize("limit", [1, 3, 100])
def test_pages_together_are_everybody_of_the_segment_as_pandas_has_them(
    log: Log, limit: int, ascending: bool
) -> None:
    rng = np.random.default_rng(7)
    who = [f"c{each}" for each in rng.integers(0, 25, 80)]
    amounts = (rng.integers(1, 6, 80) * 100).tolist()
    orders = [an_order(n, each, amount) for n, (each, amount) in enumerate(zip(who, amounts, strict=True))]
    write(log, together(*orders[:50]))
    log.compact()
    write(log, together(*orders[50:]), an_event("page", day(99), customer="looks"))
    table = pd.DataFrame({"who": who, "amount": amounts}).groupby("who")["amount"].agg(["sum", "size"])
    own = table[table["size"] >= 2]["sum"]
    found = walked(
        log,
        CustomerRankingQuestion(RankBy.SPENT, "IRR", among=BUYERS, limit=limit, ascending=ascending),
    )
    assert len(found) == len(own)
    assert dict(found) == own.to_dict()
    assert [value for _, value in found] == sorted(own, reverse=not ascending)


def test_a_page_goes_on_behind_its_place_when_that_customer_has_moved(log: Log) -> None:
    write(log, an_order(1, "a", 300), an_order(1, "b", 200), an_order(1, "c", 100))
    first = customer_ranking(log, CustomerRankingQuestion(RankBy.SPENT, "IRR", limit=2))
    assert ids(first) == ["a", "b"]
    write(log, an_order(2, "b", 900))
    rest = customer_ranking(log, CustomerRankingQuestion(RankBy.SPENT, "IRR", first.next_after))
    assert ids(rest) == ["c"]
    nobody = customer_ranking(
        log, CustomerRankingQuestion(RankBy.SPENT, "IRR", RankingPlace(None, 2**64 - 1))
    )
    assert (nobody.customers, nobody.next_after) == ((), None)


def test_an_empty_log_has_nobody_in_order(log: Log) -> None:
    answer = customer_ranking(log, CustomerRankingQuestion(RankBy.SPENT, "IRR"))
    assert (answer.customers, answer.next_after, answer.count, answer.known) == ((), None, 0, 0)
    assert members_among(log, BUYERS, ["a"]) == frozenset()


def test_members_are_those_of_the_segment(log: Log) -> None:
    a_small_shop(log)
    assert members_among(log, BUYERS, ["a", "b", "nobody"]) == {"a"}
    assert members_among(log, Among(), ["a", "nobody"]) == {"a"}
    nobody = Among(segment=Segment("none", segment_of("did never").did))
    assert members_among(log, nobody, ["a"]) == frozenset()
    assert customer_ranking(log, CustomerRankingQuestion(RankBy.SPENT, "IRR", among=nobody)).customers == ()


@pytest.mark.parametrize(
    "refused",
    [
        lambda: CustomerRankingQuestion(RankBy.SPENT),
        lambda: CustomerRankingQuestion(RankBy.SCORE),
        lambda: CustomerRankingQuestion(RankBy.ACTIVE, "IRR"),
        lambda: CustomerRankingQuestion(RankBy.ACTIVE, limit=0),
    ],
)
def test_an_order_by_nothing_is_refused(refused) -> None:
    with pytest.raises(RankingRefused):
        refused()
