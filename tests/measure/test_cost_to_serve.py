"""Cost to serve: by hand, one currency, what has no rate is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, micros, together
from logs import write
from safar.demo.company import simulate
from safar.demo.parameters import parameters
from safar.measure.clv import CLVAnswer, CLVQuestion, clv
from safar.measure.conversations import Conversations
from safar.measure.cost_to_serve import (
    CostAnswer,
    CostQuestion,
    CostsRefused,
    cost_of,
    cost_to_serve,
    costs_told,
    rate,
)
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.event import EventColumns
from safar.vocabulary.money import Money
from safar.vocabulary.window import Window

TALK = Conversations.of(
    ["a", "a", "a", "b", "c", "c"],
    ["started", "answered", "answered", "started", "started", "answered"],
    [micros("2026-03-21") + place for place in range(6)],
    customer=["ali", "ali", "ali", "ali", "sara", "sara"],
    channel=["chat", "chat", "chat", "phone", "chat", "chat"],
)


def test_by_hand() -> None:
    found = cost_of(TALK, CostQuestion((rate("chat", "1.00", "0.50", "USD"), rate("", "4.00", "0", "USD"))))
    everything, phone, chat = found.channels
    assert (everything.total, everything.conversations, everything.customers) == (Money(750, "USD"), 3, 2)
    assert (phone.label, phone.total, chat.label, chat.total) == (
        "phone",
        Money(400, "USD"),
        "chat",
        Money(350, "USD"),
    )
    assert dict(zip(found.customers.tolist(), found.costs.tolist(), strict=True)) == {"ali": 6.0, "sara": 1.5}
    assert everything.by_conversation is not None
    assert everything.by_conversation.value == 2.5
    assert everything.by_customer is not None
    assert everything.by_customer.value == 3.75
    assert found.notes == ()


def conversations_costing(costs: np.ndarray) -> CostAnswer:
    """As many conversations as costs, each of a customer of its own."""
    names = [str(place) for place in range(len(costs))]
    talk = Conversations.of(names, ["started"] * len(costs), list(range(len(costs))), customer=names)
    return costs_told(talk, costs, np.full(len(costs), "USD"), CostQuestion(currency="USD"))


def test_an_interval_of_costs_stays_above_nothing() -> None:
    """1, 1, 1 and 9: mean 3, standard error 2, Student's t of three degrees 3.182: by the logarithm e^(3.182 * 2 / 3)
    times apart; the plain one would go from -3.4 to 9.4."""
    mean = conversations_costing(np.array([1.0, 1.0, 1.0, 9.0])).channels[0].by_conversation
    assert mean is not None
    grows = np.exp(3.182446305 * 2 / 3)
    assert (mean.value, mean.interval.low, mean.interval.high) == pytest.approx((3.0, 3 / grows, 3 * grows))
    nothing = conversations_costing(np.zeros(5)).channels[0].by_customer
    assert nothing is not None
    assert (nothing.value, nothing.interval.low, nothing.interval.high) == (0.0, 0.0, 0.0)


def test_the_interval_of_costs_covers(rng: np.random.Generator) -> None:
    """Thirty exponential costs of 10 in the mean: 94 of 100; of 400 draws one in 100 lies beyond either bound."""
    inside = 0
    for _ in range(400):
        mean = conversations_costing(np.round(rng.exponential(10.0, 30), 2)).channels[0].by_conversation
        assert mean is not None
        assert mean.interval.low > 0
        inside += 10.0 in mean.interval
    assert 0.91 <= inside / 400 <= 0.97


def test_what_has_no_rate_is_said() -> None:
    found = cost_of(TALK, CostQuestion((rate("phone", "4.00", "0", "USD"),)))
    assert (found.channels[0].total, found.notes) == (
        Money(400, "USD"),
        (Note.of("service.no_rate", count=2),),
    )


def test_rates_in_several_currencies_or_below_nothing_are_refused() -> None:
    with pytest.raises(CostsRefused, match="IRR, USD"):
        CostQuestion((rate("chat", "1", "0", "USD"), rate("phone", "1", "0", "IRR")))
    with pytest.raises(CostsRefused, match="below nothing"):
        CostQuestion((rate("chat", "-1", "0", "USD"),))
    with pytest.raises(CostsRefused, match="EUR, USD"):
        CostQuestion((rate("chat", "1", "0", "USD"),), currency="EUR")


def test_conversations_say_themselves_what_they_cost() -> None:
    """a cost 3 and b 5 dollars, both of ali; c says nothing, or rials."""
    cost, currency = np.array([3.0, 5.0, np.nan]), np.array(["USD", "USD", ""])
    found = costs_told(TALK, cost, currency, CostQuestion())
    assert (found.currency, found.channels[0].total, found.channels[0].customers) == (
        "USD",
        Money(800, "USD"),
        1,
    )
    assert [(part.label, part.total.minor) for part in found.channels[1:]] == [("phone", 500), ("chat", 300)]
    assert found.notes == (Note.of("service.no_cost", count=1),)
    rials = costs_told(TALK, np.array([3.0, 5.0, 9_000.0]), np.array(["USD", "USD", "IRR"]), CostQuestion())
    assert rials.notes == (Note.of("service.other_currency", count=1),)
    nothing = costs_told(TALK, np.full(3, np.nan), np.full(3, ""), CostQuestion())
    assert (nothing.currency, nothing.channels, nothing.notes, len(nothing.table)) == (None, (), (), 0)


def test_a_log_says_it_each_time_a_conversation_is_resolved(tmp_path: Path) -> None:
    def move(name: str, day: int, which: str, **told: object) -> EventColumns:
        properties = {"conversation_id": which, "topic": "delivery", **told}
        at = datetime(2026, 3, day, tzinfo=UTC)
        return an_event(name, at, customer=f"of {which}", channel="chat", properties=properties)

    with Log.create(tmp_path / "log", shard_count=2) as log:
        write(
            log,
            together(
                move("conversation_started", 1, "a"),
                move("conversation_resolved", 2, "a", cost=2.5, currency="USD"),
                move("conversation_resolved", 4, "a", cost=1, currency="USD"),
                move("conversation_started", 5, "b"),
                move("conversation_resolved", 6, "b", cost=10, currency="USD"),
                move("conversation_started", 7, "c"),
            ),
        )
        found = cost_to_serve(log, CostQuestion())
        assert found.customer_table.rows() == [("of b", 1, "USD", 10.0), ("of a", 1, "USD", 3.5)]
        assert [(part.label, part.total.minor) for part in found.reasons] == [("", 1350), ("delivery", 1350)]
        early = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))
        assert cost_to_serve(log, CostQuestion(window=early)).channels[0].total == Money(350, "USD")
        assert "customer_id" not in found.table.names


def test_the_costs_of_the_simulated_company_are_found(tmp_path: Path) -> None:
    """By channel, in the mean: more where one was handed over, and once more where it was opened again."""
    truth = parameters()
    support, channels = truth.support, truth.support_channels
    until = datetime(2026, 11, 1, tzinfo=UTC)
    with Log.create(tmp_path / "log", shard_count=2) as log:
        write(log, *simulate(4_000, seed=3, until=until))
        found = cost_to_serve(log, CostQuestion(currency="SAR"))
        before, after = (
            clv(log, CLVQuestion(currency="SAR", less_serving=less, draws=20)) for less in (False, True)
        )
    assert found.notes[-1].code == "service.other_currency"
    parts = {part.label: part for part in found.channels}
    assert set(parts) == {"", *channels}
    for name, channel in channels.items():
        handed = channel.repeat + (1 - channel.repeat) * truth.exposure.handover_without_question
        again = support.reopen + channel.repeat * (support.reopen_if_repeated - support.reopen)
        dollars = (
            channel.cost
            * (1 + handed * (support.handed_over_costs - 1))
            * (1 + again * support.reopened_costs)
        )
        estimate = parts[name].by_conversation
        assert estimate is not None
        # Prices rise by 2 % a year in riyals; the interval holds the truth in 95 of 100 such companies.
        assert 0.85 < estimate.value / (dollars * truth.currencies["SAR"].rate) < 1.15, (name, estimate)
    # What serving cost those who ordered is taken off: their own of what was, the same share of what is to come.
    costs = dict(zip(found.customers.tolist(), found.costs.tolist(), strict=True))
    own = np.array([costs.get(customer, 0.0) for customer in after.customers.tolist()])
    assert before.historic - after.historic == pytest.approx(own)
    share = own.sum() / before.historic.sum()
    assert 0 < share < 0.2
    assert after.value == pytest.approx(before.value * (1 - share), rel=1e-6)
    assert Note.of("clv.served", percent=f"{100 * share:.1f}") in after.notes
    with_no_costs = clv_without_conversations(tmp_path)
    assert Note.of("clv.served_elsewhere") in with_no_costs.notes


def clv_without_conversations(folder: Path) -> CLVAnswer:
    with Log.create(folder / "orders", shard_count=2) as log:
        orders = [
            an_event(
                "order_placed",
                datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=3 * place),
                customer=f"c{place % 7}",
                amount=1_000 + place,
                currency="USD",
                properties={"order_id": str(place)},
            )
            for place in range(60)
        ]
        write(log, together(*orders))
        return clv(log, CLVQuestion(less_serving=True, draws=20))
