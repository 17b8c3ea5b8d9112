"""Kernels and extracts give what plain SQL gives: random logs, several parts, a tail, merged ids, any windows."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answers_by_sql import answers_by_sql, overview_by_sql, response_by_sql, revenue_by_sql
from builders import an_event, together
from safar.listen.answer_counts import AnswersQuestion, Scale, count_answers
from safar.listen.response import ResponseQuestion, response
from safar.measure.revenue import RevenueQuestion, revenue
from safar.observe.overview import OverviewQuestion, overview
from safar.store import paths as paths_module
from safar.store.log import Log
from safar.vocabulary.event import EventColumns
from safar.vocabulary.window import Window

START = datetime(2026, 3, 1, tzinfo=UTC)
HOURS = 240
CUSTOMERS = [f"c{number}" for number in range(12)]
NAMES = [
    "page",
    "order_placed",
    "Order Completed",
    "order_returned",
    "survey_sent",
    "survey_answered",
    "campaign_sent",
    "identify",
    "cart",
]

windows = st.lists(
    st.tuples(st.integers(-20, HOURS + 20), st.integers(0, HOURS)).map(
        lambda bounds: Window(
            START + timedelta(hours=bounds[0]), START + timedelta(hours=bounds[0] + bounds[1])
        )
    ),
    min_size=1,
    max_size=6,
)


def an_event_of(random: np.random.Generator, number: int) -> EventColumns:
    """Return an event by chance; few instants, so that many are equal; each of a metric at an instant of its own."""
    name = NAMES[random.integers(len(NAMES))]
    at = START + timedelta(hours=int(random.integers(HOURS)))
    customer = CUSTOMERS[random.integers(len(CUSTOMERS))]
    properties: dict[str, object] = {}
    amount, currency = 0, ""
    if name in {"order_placed", "Order Completed", "order_returned"}:
        if random.random() < 0.7:
            # of one customer's: with one number for two, plain SQL takes either of them
            properties["order_id"] = f"{customer}-{random.integers(3)}"
        if random.random() < 0.8:
            amount = int(random.integers(-5, 2**62))
            currency = ["IRR", "USD", "XQQ"][random.integers(3)]
    if name == "survey_sent" and random.random() < 0.8:
        properties["invitation_id"] = f"i{random.integers(9)}"
    if name == "survey_answered":
        at += timedelta(seconds=number)  # whose answer was first must not be luck
        metric, high = [("nps", 10), ("csat", 5), ("ces", 7)][random.integers(3)]
        value = int(random.integers(0, high + 1))
        properties = {"metric": metric, "value": value, "scale_min": int(metric != "nps"), "scale_max": high}
        if random.random() < 0.1:
            properties["value"] = "much"
        if random.random() < 0.1:
            properties["scale_max"] = 100
        if random.random() < 0.2:
            properties["direction"] = ["higher_is_better", "lower_is_better"][random.integers(2)]
        if random.random() < 0.8:
            properties["invitation_id"] = f"i{random.integers(9)}"
        if random.random() < 0.8:
            properties["question_key"] = f"q{random.integers(2)}"
    channel = ["web", "app"][random.integers(2)]
    return an_event(
        name,
        at,
        customer=customer,
        channel=channel,
        amount=amount,
        currency=currency,
        properties=properties,
        event_id=number.to_bytes(16, "big"),
    )


def same_answers(log: Log, of: list[Window]) -> None:
    asked = OverviewQuestion(tuple(of))
    found = overview(log, asked)
    expected, shared = overview_by_sql(log, asked)
    assert (found.overviews, found.shared) == (expected, shared)
    of_money = RevenueQuestion(tuple(of), "USD")
    money = revenue(log, of_money)
    assert (
        {each.currency: each for each in money.by_currency},
        money.notes,
        money.provenance.rows_read,
    ) == revenue_by_sql(log, of_money)
    scales = {"nps": Scale(0, 10), "csat": Scale(1, 5), "ces": Scale(1, 7)}
    for key in (None, "q1"):
        of_answers = AnswersQuestion(tuple(of), key)
        assert count_answers(log, of_answers, scales) == answers_by_sql(log, of_answers, scales)
    of_response = ResponseQuestion(tuple(of), answer_within=timedelta(hours=30))
    answered = response(log, of_response)
    assert (answered.responses, answered.notes) == response_by_sql(log, of_response)


@pytest.mark.parametrize("few_rows", [0, 50_000])
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32 - 1), of=windows, batches=st.integers(1, 5), data=st.data())
def test_any_log(
    monkeypatch, few_rows: int, seed: int, of: list[Window], batches: int, data: st.DataObject
) -> None:
    monkeypatch.setattr(paths_module, "_FEW_ROWS", few_rows)  # with 0, everything is settled anew each time
    random = np.random.default_rng(seed)
    number = 0
    with tempfile.TemporaryDirectory() as folder, Log.create(folder, shard_count=4) as log:
        same_answers(log, of)
        for _ in range(batches):
            size = int(random.integers(1, 60))
            events = [an_event_of(random, number + each) for each in range(size)]
            number += size
            with log.writer() as writer:
                writer.append(together(*events))
                writer.sync()
            if data.draw(st.booleans(), label="compacted"):
                log.compact(settle=data.draw(st.booleans(), label="settled"))
            if data.draw(st.booleans(), label="merged"):
                a, b = random.choice(CUSTOMERS, 2, replace=False)
                log.identity.merge(str(a), str(b), "manual", "sara@example.com")
            same_answers(log, of)


def test_an_order_of_two_customers_belongs_to_the_first_in_the_window() -> None:
    day = [
        Window(START + timedelta(days=first), START + timedelta(days=end)) for first, end in ((0, 2), (1, 2))
    ]
    order = {"order_id": "o1"}
    with (
        tempfile.TemporaryDirectory() as folder,
        Log.create(folder, shard_count=4) as log,
        log.writer() as writer,
    ):
        writer.append(
            together(
                an_event("order_placed", START, customer="a", properties=order),
                an_event("order_placed", START + timedelta(hours=1), customer="a"),
                an_event("order_placed", START + timedelta(days=1), customer="b", properties=order),
            )
        )
        writer.sync()
        both, second = overview(log, OverviewQuestion(tuple(day))).overviews
    assert (both.orders, both.orders_squared, both.orderers) == (2, 4, 2)
    assert (second.orders, second.orders_squared, second.orderers) == (1, 1, 1)
