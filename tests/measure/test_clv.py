"""Customer lifetime value: money of today and of then, intervals that cover, corrections, the simulated company."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import paths
from buying import CDNOW_AT, cdnow
from safar.demo.baskets import fill_baskets
from safar.demo.company import Company
from safar.measure.clv import CLVQuestion, NoMargins, ValueRefused, clv, customer_value
from safar.measure.future_margin import Rates, interval_of
from safar.measure.purchases import Purchases, purchases_of
from safar.measure.simple_value import simple_value
from safar.store.log import Log
from safar.vocabulary.interval import ImpossibleLevel
from safar.vocabulary.money import Money
from safar.vocabulary.progress import watched


def shop(seed: int, *, customers: int = 600, days: int = 500) -> Purchases:
    """Customers of BG/NBD who spend by Gamma-Gamma, their whole life."""
    rng = np.random.default_rng(seed)
    rate, leaves = rng.gamma(0.8, 1 / 50, customers), rng.beta(0.9, 2.5, customers)
    scale = rng.gamma(4.0, 1 / 90, customers)
    now = rng.integers(0, 250, customers).astype(float)
    who, day = [np.arange(customers)], [now.copy()]
    alive = np.ones(customers, bool)
    while alive.any():
        now = now + rng.standard_exponential(customers) / np.maximum(rate, 1e-9)
        alive &= now < days
        who.append(np.flatnonzero(alive))
        day.append(np.floor(now[alive]))
        alive &= rng.random(customers) >= leaves
    whose, when = np.concatenate(who), np.concatenate(day).astype(int)
    amount = rng.gamma(5.0, 1 / scale[whose])
    until = date(2024, 1, 1) + timedelta(days=days)
    return purchases_of(whose, np.datetime64("2024-01-01") + when, amount, until=until, currency="USD")


def test_rates_by_hand() -> None:
    rates = Rates(70, 30, 0.2, 0.1)
    assert rates.ends.tolist() == [30, 60, 70]
    assert rates.inflated == pytest.approx([1.1 ** (t / 365.25) for t in (30, 60, 70)])
    assert rates.discounted == pytest.approx([(1.1 / 1.2) ** (t / 365.25) for t in (30, 60, 70)])


def test_value_is_purchases_times_margin_discounted() -> None:
    known = shop(1)
    plain = customer_value(
        known, CLVQuestion(model="bgnbd", horizon_days=90, period_days=90, discount_rate=0.0)
    )
    late = customer_value(
        known, CLVQuestion(model="bgnbd", horizon_days=90, period_days=90, discount_rate=0.3)
    )
    by_model = plain.purchases * plain.forecast.spend.by_customer
    assert plain.value == pytest.approx(by_model * plain.backtest.factor, rel=1e-9)
    assert plain.purchases == pytest.approx(plain.forecast.fit.expected_purchases(90), rel=1e-9)
    assert plain.margin == pytest.approx(plain.nominal, rel=1e-12)
    assert late.value == pytest.approx(plain.value / 1.3 ** (90 / 365.25), rel=1e-9)
    assert late.margin == pytest.approx(plain.margin, rel=1e-12)
    assert plain.total.value.value == pytest.approx(plain.value.sum())
    assert plain.money(12.345) == Money(1234, "USD")


def test_inflation_leaves_what_it_is_worth_where_both_rates_rise_alike() -> None:
    known = shop(1).in_late_prices(0.0)
    real = customer_value(known, CLVQuestion(model="bgnbd", horizon_days=180, discount_rate=0.05))
    # the same customers whose prices rose by 40 % a year: amounts of the past were lower
    days = (np.datetime64(known.until).astype(int) - 1 - known.day) / 365.25
    risen = purchases_of(
        known.customers[known.customer],
        known.time.astype("datetime64[us]"),
        known.amount / 1.4**days,
        until=known.until,
        currency="USD",
    )
    asked = CLVQuestion(model="bgnbd", horizon_days=180, discount_rate=1.05 * 1.4 - 1, inflation=0.4)
    nominal = customer_value(risen, asked)
    assert nominal.value == pytest.approx(real.value, rel=1e-6)
    assert nominal.margin == pytest.approx(real.margin, rel=1e-6)
    assert nominal.nominal.sum() > 1.05 * real.nominal.sum()
    assert nominal.historic == pytest.approx(real.historic, rel=1e-9)


def test_margin_share_scales_the_value() -> None:
    known = shop(2)
    part = purchases_of(
        known.customers[known.customer],
        known.time.astype("datetime64[us]"),
        known.amount,
        until=known.until,
        margin_share=0.3,
    )
    asked = CLVQuestion(horizon_days=120)
    whole, third = customer_value(known, asked), customer_value(part, asked)
    assert third.value == pytest.approx(0.3 * whole.value, rel=1e-5)
    assert third.currency is None
    assert third.money(1.0) is None


def test_intervals_cover_what_comes() -> None:
    covered, fits = 0, 25
    for seed in range(fits):
        split = shop(100 + seed, customers=250).split(date(2025, 1, 15))
        asked = CLVQuestion(model="bgnbd", horizon_days=split.days, discount_rate=0.0, draws=100)
        answer = customer_value(split.calibration, asked)
        covered += float(split.margin.sum()) in answer.total.value.interval
    assert 21 <= covered <= 25


def test_intervals_of_customers_cover_what_comes() -> None:
    split = shop(7, customers=1500).split(date(2025, 1, 15))
    answer = customer_value(
        split.calibration, CLVQuestion(model="bgnbd", horizon_days=split.days, discount_rate=0.0)
    )
    chosen = np.arange(500)
    around = answer.intervals(chosen)
    held = np.mean([actual in each for actual, each in zip(split.margin[:500], around, strict=True)])
    assert 0.93 <= held <= 0.97, "half of them buy nothing, and are not left out below"
    with pytest.raises(ValueRefused, match="at once"):
        answer.intervals(np.arange(10_001))


def test_nobody_brings_less_than_nothing() -> None:
    """Of 100 draws four are nothing: 2.5 % cannot be left out below them, so 5 % are above."""
    draws = np.concatenate([np.zeros(4), np.arange(5.0, 101.0)])
    assert (interval_of(draws, 0.95).low, interval_of(draws, 0.95).high) == (0.0, pytest.approx(95.05))
    both = interval_of(draws[2:], 0.95)
    assert (both.low, both.high) == (pytest.approx(5.425), pytest.approx(97.575))


def test_groups_add_up_to_all() -> None:
    answer = customer_value(shop(3), CLVQuestion(horizon_days=90))
    groups = answer.by_group(np.where(answer.forecast.customers.frequency == 0, "once", "again"))
    assert sum(each.value.value for each in groups.values()) == pytest.approx(answer.total.value.value)
    assert sum(each.customers for each in groups.values()) == answer.total.customers
    assert list(groups) == sorted(groups, key=lambda name: -groups[name].value.value)
    assert all(each.value.value in each.value.interval for each in groups.values())
    nobody = answer.of(np.zeros(len(answer.customers), bool))
    assert (nobody.customers, nobody.value.value, nobody.value.interval.high) == (0, 0.0, 0.0)


def test_the_same_question_gives_the_same_answer_and_rows_in_any_order() -> None:
    known, asked = shop(4), CLVQuestion(horizon_days=90)
    one, two = customer_value(known, asked), customer_value(known, asked)
    assert one.total == two.total
    order = np.random.default_rng(1).permutation(len(known.customer))
    mixed = purchases_of(
        known.customers[known.customer][order], known.time[order].astype("datetime64[us]"), known.amount[order],
        until=known.until, currency="USD",
    )  # fmt: skip
    assert customer_value(mixed, asked).value == pytest.approx(one.value, rel=1e-8)


def test_table_names_the_most_valuable_first() -> None:
    answer = customer_value(shop(5, customers=80), CLVQuestion(horizon_days=90))
    table = answer.customer_table
    assert table.names == [
        "customer_id", "frequency", "recency_days", "age_days", "p_alive", "expected_purchases", "margin_of_purchase",
        "value", "historic",
    ]  # fmt: skip
    assert table.column("value") == sorted(table.column("value"), reverse=True)
    assert len(table) == 80


def test_tenths_name_nobody_and_add_up() -> None:
    answer = customer_value(shop(5, customers=85), CLVQuestion(horizon_days=90))
    table = answer.table
    assert table.column("tenth") == list(range(1, 11))
    assert table.column("customers") == [9] * 5 + [8] * 5
    assert "customer_id" not in table.names
    # as a page has it, which asks for the same customers in another order
    first = answer.of(np.isin(np.arange(85), np.argsort(-answer.value, kind="stable")[:9])).value.interval
    assert (table.column("value_low")[0], table.column("value_high")[0]) == (first.low, first.high)
    assert sum(table.column("value")) == pytest.approx(answer.total.value.value)
    assert table.column("value_of_customer") == sorted(table.column("value_of_customer"), reverse=True)


def test_how_far_it_is_is_told_and_who_raises_ends_it() -> None:
    known, told = shop(5, customers=120), []
    asked = CLVQuestion(horizon_days=90, model="bgnbd", draws=200)
    answer = customer_value(known, asked, progress=lambda done, steps: told.append((done, steps)))
    assert told == sorted(told)
    assert {steps for _, steps in told} == {600}
    assert len({done for done, _ in told if 510 < done < 600}) == 15  # after every 25 draws

    def enough(done: int, steps: int) -> None:
        if done > 0.9 * steps:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        customer_value(known, asked, progress=enough)
    with pytest.raises(InterruptedError), watched(enough):
        _ = answer.table
    tenths = answer.tenths
    assert answer.tenths is tenths
    assert answer.table.column("value") == [each.value.value for each in tenths]


def test_many_draws_end_where_few_do() -> None:
    known = shop(5, customers=300)
    few, many = (
        customer_value(known, CLVQuestion(horizon_days=90, model="bgnbd", draws=draws)).total.value
        for draws in (1_000, 10_000)
    )
    assert few.value == many.value
    assert many.interval.high - many.interval.low == pytest.approx(
        few.interval.high - few.interval.low, rel=0.12
    )


def test_what_is_taken_for_granted_is_said() -> None:
    codes = {note.code: dict(note.facts) for note in customer_value(shop(6), CLVQuestion()).notes}
    assert codes["clv.model_chosen"]["windows"] == 1
    assert codes["clv.back_test_shorter"] == {"days": 166, "horizon": 365}
    assert codes["clv.discounted"] == {"percent": "10"}
    assert {"clv.no_inflation", "clv.seasons_unknown", "clv.corrected"} <= codes.keys()
    few = customer_value(shop(6, customers=30), CLVQuestion(model="mbgnbd", inflation=0.2))
    found = {note.code for note in few.notes}
    assert "clv.not_back_tested" in found
    assert not {"clv.no_inflation", "clv.alive_by_assumption", "clv.model_chosen"} & found


def test_orders_without_amounts_have_no_value() -> None:
    orders = purchases_of(["a", "a", "b"], ["2026-01-01", "2026-01-09", "2026-01-03"], until=date(2026, 2, 1))
    with pytest.raises(NoMargins):
        customer_value(orders)


@pytest.mark.parametrize(
    "wrong",
    [
        {"horizon_days": 0}, {"period_days": 0}, {"discount_rate": -1.0}, {"inflation": float("nan")}, {"draws": 3},
        {"draws": 10_001},
        {"model": "magic"},
    ],
)  # fmt: skip
def test_questions_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueRefused, match=next(iter(wrong))):
        CLVQuestion(**wrong)  # type: ignore[arg-type]
    with pytest.raises(ImpossibleLevel):
        CLVQuestion(level=1.0)


def test_the_simple_formula_by_hand() -> None:
    days = ["2023-12-01", "2024-03-01", "2025-07-01", "2024-06-01"]
    found = simple_value(purchases_of(["a", "a", "a", "b"], days, [10, 20, 20, 30], until=date(2026, 1, 1)))
    years = (762 + 579) / 365.25
    assert (found.mean_margin, found.churn, found.lifetime_years) == (20, 0.5, 2)
    assert found.purchases_a_year == pytest.approx(4 / years)
    assert found.value == pytest.approx(20 * 4 / years * 2)
    assert simple_value(purchases_of(["a"], ["2025-07-01"], [5])).value is None


def test_a_log_is_asked_once_until_it_changes(tmp_path: Path) -> None:
    told = {
        f"c{n}": f"order_placed {n}d 09:00 {100 + n} USD > order_placed {n + 5}d 09:00 {120 + n} USD"
        for n in range(30)
    }
    with Log.create(tmp_path / "log", shard_count=2) as log:
        with log.writer() as writer:
            writer.append(paths(told))
            writer.sync()
        seen: list[tuple[int, int]] = []
        asked = CLVQuestion(horizon_days=30, draws=50)
        first = clv(log, asked, progress=lambda done, steps: seen.append((done, steps)))
        assert seen[-1] == (600, 600)
        assert clv(log, asked) is first
        assert first.provenance.question == asked
        assert sorted(first.customer_table.column("customer_id")) == sorted(told)
        with log.writer() as writer:
            writer.append(paths({"new": "order_placed 40d 09:00 100 USD"}))
            writer.sync()
        assert clv(log, asked) is not first


def company(customers: int) -> Purchases:
    """The orders of the simulated company, in dollars, without telling its events."""
    until = datetime(2026, 11, 22, tzinfo=UTC)
    made = Company.of(customers, seed=1, until=until)
    world = made.world()
    who, at, value = [], [], []
    for number in range(made.block_count):
        people, orders = made.live(world, number)
        placed = orders.placed
        who.append(people.number[orders.who[placed]])
        at.append(orders.at[placed])
        value.append(fill_baskets(world, people, orders).value_usd[placed])
    return purchases_of(
        np.concatenate(who), np.concatenate(at).astype("datetime64[us]"), np.concatenate(value), until=until.date(),
        currency="USD",
    )  # fmt: skip


def test_a_held_out_year_of_the_simulated_company_is_met_within_five_percent() -> None:
    orders = company(20_000)
    split = orders.split(orders.until - timedelta(days=365))
    answer = customer_value(split.calibration, CLVQuestion(discount_rate=0.0))
    actual = float(split.margin.sum())
    assert answer.total.value.value / actual - 1 == pytest.approx(0, abs=0.05)
    assert actual in answer.total.value.interval
    assert float(answer.purchases.sum()) / split.purchases.sum() - 1 == pytest.approx(0, abs=0.05)


@pytest.mark.data
def test_cdnow_is_covered(shared_data: Path) -> None:
    split = cdnow(shared_data).split(CDNOW_AT)
    answer = customer_value(split.calibration, CLVQuestion(horizon_days=split.days, discount_rate=0.0))
    assert float(split.margin.sum()) in answer.total.value.interval
    assert int(split.purchases.sum()) == 1882
