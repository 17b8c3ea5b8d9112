"""Lifetimes from a log: subscriptions by hand, the second order, silence, groups, tables without dates, factors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, paths, together
from file_builders import an_example
from logs import write
from safar.collect.importing import import_file
from safar.measure.lifetime_factors import factors_of
from safar.measure.lifetimes import LifetimesRefused, SurvivalQuestion, days_in, lifetimes
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.event import EventColumns
from safar.vocabulary.window import Window


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


def test_subscriptions_by_hand(log: Log) -> None:
    """ali leaves after 10 days, sara after 20; mina has stayed for 30 days when the log ends."""
    write(
        log,
        together(
            *(
                an_event(name, at, customer=customer, properties={"plan": plan, "subscription_id": which})
                for name, at, customer, plan, which in (
                    ("subscription_started", "2026-01-01", "ali", "month", "1"),
                    ("subscription_cancelled", "2026-01-11", "ali", "month", "1"),
                    ("subscription_started", "2026-01-01", "sara", "month", "2"),
                    ("subscription_cancelled", "2026-01-21", "sara", "month", "2"),
                    ("subscription_started", "2026-01-01", "mina", "year", "3"),
                    ("subscription_started", "2026-01-21", "ali", "year", "4"),
                )
            ),
            an_event("page", "2026-01-31", customer="ali"),
        ),
    )
    by_customer = lifetimes(log, SurvivalQuestion(after_days=(5, 15, 25, 99)))
    assert by_customer.fit is not None
    assert by_customer.fit.curves[0].survival.tolist() == pytest.approx([2 / 3, 1 / 3])
    assert by_customer.table.column("survival") == [1.0, pytest.approx(2 / 3), pytest.approx(1 / 3), None]
    each = lifetimes(log, SurvivalQuestion(same="subscription_id", by="plan"))
    assert each.fit is not None
    assert {curve.label: (curve.n, curve.observed) for curve in each.fit.curves} == {
        "month": (2, 2),
        "year": (2, 0),
    }
    assert each.fit.log_rank is not None
    assert len(each.curves) == 2


def test_the_second_order_is_the_next_of_its_name(log: Log) -> None:
    write(
        log,
        paths(
            {
                "ali": "order_placed 09:00 > order_placed 3d 09:00 > order_placed 9d 09:00",
                "sara": "order_placed 09:00 > page 10d 09:00",
            }
        ),
    )
    asked = SurvivalQuestion(begins=("order_placed",), ends=("order_placed",))
    found = lifetimes(log, asked)
    assert found.fit is not None
    (curve,) = found.fit.curves
    assert (curve.times.tolist(), curve.survival.tolist(), curve.n) == ([3.0], [0.5], 2)
    later = Window(datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
    assert lifetimes(log, SurvivalQuestion(window=later, begins=("order_placed",))).fit is None


def test_what_does_not_say_which_it_is_is_left_out_and_counted(log: Log) -> None:
    write(log, paths({"ali": "subscription_started 09:00 > page 1d 09:00"}))
    found = lifetimes(log, SurvivalQuestion(same="it's"))
    assert (found.fit, found.notes) == (None, (Note.of("lifetimes.untold", count=1),))
    assert len(found.table) == 0


def test_rare_groups_are_put_together(log: Log) -> None:
    write(
        log,
        together(
            *(
                an_event(
                    "subscription_started",
                    "2026-01-01",
                    customer=f"c{place}",
                    properties={"city": f"n{place % 25}"},
                )
                for place in range(60)
            ),
            an_event("page", "2026-02-01"),
        ),
    )
    found = lifetimes(log, SurvivalQuestion(by="city"))
    assert found.fit is not None
    assert len(found.fit.curves) == 21
    assert found.notes == (Note.of("lifetimes.others", count=5),)


@pytest.mark.parametrize("name", ["$plan", "it's", "a/b", "a~b", "$.[", "پلن", "a.b"])
def test_a_property_may_have_any_name(log: Log, name: str) -> None:
    write(
        log,
        an_event("subscription_started", "2026-01-01", properties={name: "gold", "plan": "other", "b": "c"}),
        an_event("page", "2026-02-01"),
    )
    found = lifetimes(log, SurvivalQuestion(by=name))
    assert found.fit is not None
    assert [curve.label for curve in found.fit.curves] == ["gold"]


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(LifetimesRefused, match="no beginning"):
        SurvivalQuestion(begins=())
    with pytest.raises(LifetimesRefused, match="before the beginning"):
        SurvivalQuestion(after_days=(-1,))
    with pytest.raises(LifetimesRefused, match="silent for 0 days"):
        SurvivalQuestion(silent_days=0)
    with pytest.raises(LifetimesRefused, match="together or not at all"):
        SurvivalQuestion(lasted="tenure")


def _orders(*days: tuple[str, int]) -> list[EventColumns]:
    begin = datetime(2026, 1, 1, 12, tzinfo=UTC)
    return [an_event("order_placed", begin + timedelta(days=day), customer=name) for name, day in days]


def test_who_orders_nothing_for_so_long_has_left_when_that_time_is_over(log: Log) -> None:
    """Ali's silence begins on day 3, sara's at once, though she comes back later; mina's is not over."""
    write(
        log,
        together(
            *_orders(("ali", 0), ("ali", 3), ("ali", 90), ("sara", 0), ("sara", 80), ("mina", 90)),
            an_event("page", datetime(2026, 4, 11, 12, tzinfo=UTC), customer="ali"),
        ),
    )
    orders = ("order_placed",)
    found = lifetimes(log, SurvivalQuestion(orders, orders, silent_days=30))
    assert found.fit is not None
    (curve,) = found.fit.curves
    assert (curve.times.tolist(), curve.n, curve.observed) == ([30.0, 33.0], 3, 2)
    # Mina is not followed for 30 days: one of the two others is left after 30.
    assert curve.survival.tolist() == [0.5, 0.0]
    assert round(curve.last) == 33


def test_rows_may_say_themselves_how_long_it_lasted(log: Log) -> None:
    seen = [("ali", "1", "Yes"), ("sara", "12", "no"), ("mina", "24", "YES"), ("omid", "", "Yes")]
    write(
        log,
        together(
            *(
                an_event("seen", "2026-01-01", customer=name, properties={"tenure": months, "Churn": left})
                for name, months, left in seen
            )
        ),
    )
    asked = SurvivalQuestion(("seen",), lasted="tenure", lasted_in="month", ended="Churn")
    found = lifetimes(log, asked)
    assert found.fit is not None
    (curve,) = found.fit.curves
    assert curve.times.tolist() == [days_in(1, "month"), days_in(24, "month")] == [30, 730]
    assert curve.survival.tolist() == pytest.approx([2 / 3, 0.0])
    assert found.notes == (Note.of("lifetimes.untold", count=1),)


def test_what_follows_from_others_grows_or_names_each_is_left_out(log: Log, rng: np.random.Generator) -> None:
    """Customers of plan b leave twice as fast; a fee of one more makes it 1.5 times as fast."""
    size = 3_000
    plan, fee = rng.choice(["a", "b"], size), rng.integers(0, 6, size)
    months = rng.exponential(20 / (np.where(plan == "b", 2.0, 1.0) * 1.5**fee))
    left = months < 12
    write(
        log,
        together(
            *(
                an_event(
                    "seen",
                    "2026-01-01",
                    customer=f"c{place}",
                    properties={
                        "tenure": float(min(months[place], 12)),
                        "left": bool(left[place]),
                        "plan": str(plan[place]),
                        "same": f"as {plan[place]}",
                        "fee": int(fee[place]),
                        "paid": float(min(months[place], 12) * (10 + fee[place] / 10)),
                        "number": f"n{place}",
                    },
                )
                for place in range(size)
            )
        ),
    )
    asked = SurvivalQuestion(("seen",), lasted="tenure", lasted_in="month", ended="left", properties=None)
    factors = lifetimes(log, asked).factors
    assert factors is not None
    by_name = {each.name: each for each in factors.factors}
    assert set(by_name) == {"plan", "fee"}
    (b,) = [each for each in factors.factors if each.name == "plan"]
    truth = 2.0 if b.value == "b" else 0.5
    assert truth in b.hazard_ratio.interval
    assert by_name["fee"].step == 3.0
    assert 1.5**3 in by_name["fee"].hazard_ratio.interval
    assert all(each.is_clear for each in factors.factors)
    told = dict.fromkeys(note.code for note in factors.notes)
    assert list(told)[:2] == ["lifetimes.grows_with_time", "lifetimes.unfit"]
    assert dict(factors.notes[0].facts)["names"] == "paid"
    assert dict(factors.notes[1].facts)["names"] == "number, @channel, same"


def test_values_of_whom_nobody_left_stand_with_the_others() -> None:
    durations, place = np.arange(1.0, 61.0), np.arange(60)
    city = np.array(["x", "x", "y", "x", "y", "z"] * 10, np.object_)
    left = (place % 4 != 0) & (city != "z")
    found = factors_of(durations, left, {"city": city})
    assert [(each.value, each.beside, each.customers) for each in found.factors] == [("…", "x", 30)]
    nobody = factors_of(durations, left & False, {"city": city})
    assert (nobody.factors, [note.code for note in nobody.notes]) == ((), ["lifetimes.unfit"])


@pytest.mark.data
def test_the_telephone_customers_of_a_plain_import(log: Log, tmp_path: Path, shared_data: Path) -> None:
    """The curves of the oracle, the log-rank test of lifelines, and who leaves sooner."""
    path = shared_data / "telco_churn/Telco-Customer-Churn.csv.gz"
    with log.writer() as writer:
        import_file(path, an_example("telco_churn"), writer, folder=tmp_path / "imports", time_zone="UTC")
    oracle = json.loads((path.parent / "oracle.json").read_text())
    after = {int(months): value for months, value in oracle["kaplan_meier_survival"].items()}
    everybody = SurvivalQuestion(
        ("customer_seen",),
        lasted="tenure",
        lasted_in="month",
        ended="Churn",
        properties=("Contract", "PaymentMethod"),
        after_days=tuple(days_in(months, "month") for months in after),
    )
    found = lifetimes(log, everybody)
    assert [round(value, 5) for value in found.table.column("survival")] == list(after.values())
    assert found.table.column("n")[0] == oracle["rows"]
    assert found.table.column("ended")[0] == oracle["churned"]
    factors = found.factors
    assert factors is not None
    first = factors.factors[0]
    assert (first.name, first.value, first.beside) == ("Contract", "Two year", "Month-to-month")
    # Whoever has a contract of two years cannot leave early: the factor is another early than late.
    assert first.changes_with_time
    assert first.time_ratio is not None
    assert first.time_ratio.value > 1
    by_contract = lifetimes(log, replace(everybody, by="Contract", properties=()))
    assert by_contract.fit is not None
    assert by_contract.fit.log_rank is not None
    assert round(by_contract.fit.log_rank.statistic, 2) == 2352.87
    assert by_contract.factors is None
