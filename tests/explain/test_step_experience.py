"""Step experiences: occasions, what was lived through, said and done afterwards, by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, together
from logs import write
from safar.explain.columns import TooFewRows
from safar.explain.occasions import Experience, ExperienceRefused
from safar.explain.step_experience import StepExperienceAnswer, StepExperienceQuestion, step_experience
from safar.observe.among import Among
from safar.observe.conditions import Comparison, Condition
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.event import EventColumns
from safar.vocabulary.window import Window

ORDER = StepRule("order", ("order_placed",))
DELIVERED = StepRule("delivered", ("order_delivered",))
LATE = Experience(
    "late",
    StepRule("late", ("order_delivered",), where=(Condition("late_days", Comparison.ABOVE, ("0",)),)),
    timedelta(days=30),
    among=DELIVERED,
)
ASKED = Experience("asked", StepRule("asked", ("conversation_started",)), timedelta(days=5), before=("late",))


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=4) as log:
        yield log


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 1, 1, hour, tzinfo=UTC) + timedelta(days=day)


def order(
    customer: str, day: int, order_id: str, dollars: int, *, hour: int = 9, currency: str = "USD"
) -> EventColumns:
    return an_event(
        "order_placed", at(day, hour), customer=customer, channel="app" if customer == "sara" else "web",
        amount=100 * dollars, currency=currency,
        properties={"order_id": order_id, "city": "Yazd" if customer == "sara" else "Tehran",
                    "items": [{"category": "tea", "price": dollars}]},
    )  # fmt: skip


def delivered(customer: str, day: int, order_id: str, late_days: int) -> EventColumns:
    told = {"order_id": order_id, "late_days": late_days}
    return an_event("order_delivered", at(day), customer=customer, channel="courier", properties=told)


def answered(customer: str, day: int, value: int) -> EventColumns:
    return an_event(
        "survey_answered", at(day), customer=customer,
        properties={"question_key": "csat_delivery", "metric": "csat", "scale_min": 1, "scale_max": 5, "value": value},
    )  # fmt: skip


def filled(log: Log, *more: EventColumns) -> None:
    write(
        log,
        together(
            an_event("page", at(-10), customer="sara"),
            order("sara", 0, "A", 50), delivered("sara", 3, "A", 2),
            an_event("conversation_started", at(4), customer="sara", properties={"order_id": "A"}),
            answered("sara", 5, 2),
            order("sara", 20, "B", 30), delivered("sara", 22, "B", 0),
            order("sara", 40, "C", 20),
            order("ali", 1, "D", 10), delivered("ali", 2, "D", 0), answered("ali", 3, 5),
            order("ali", 61, "E", 70), delivered("ali", 95, "E", 1),
            an_event("page", at(100), customer="ali"),
            *more,
        ),
    )  # fmt: skip


def asked(**changes: object) -> StepExperienceQuestion:
    plain: dict[str, object] = {
        "step": ORDER,
        "experiences": (LATE, ASKED),
        "same": "order_id",
        "horizon": timedelta(days=60),
        "known": ("city", "@channel", "items.0.category", "items.0.price"),
        "answers": ("csat_delivery",),
    }
    return StepExperienceQuestion(**{**plain, **changes})


def by_order(log: Log, found: StepExperienceAnswer) -> dict[tuple[str, int], int]:
    """Return the row of each customer's occasion on a day."""
    day = (found.at - found.at.min()) // 86_400_000_000
    return {each: row for row, each in enumerate(zip(log.ids_of(found.person), day.tolist(), strict=True))}


def test_who_had_what_and_what_came_of_it(log: Log) -> None:
    filled(log)
    found = step_experience(log, asked())
    row = by_order(log, found)
    rows = [row[each] for each in (("sara", 0), ("sara", 20), ("sara", 40), ("ali", 1), ("ali", 61))]
    nan = pytest.approx(np.nan, nan_ok=True)
    # C was never brought: whether it would have been late is not known; E was brought after 34 days, too late to count
    assert found.had["late"][rows].tolist() == [1, 0, nan, 0, nan]
    assert found.had["asked"][rows].tolist() == [1, 0, 0, 0, 0]
    assert found.followed[rows].tolist() == [True, True, True, True, False]
    assert found.orders[rows].tolist() == [2, 1, 0, 1, nan]
    assert found.value[rows].tolist() == [50, 20, 0, 70, nan]
    assert found.returned[rows].tolist() == [1, 1, 0, 1, nan]
    assert found.answers["csat_delivery"][rows].tolist() == [2, nan, nan, 5, nan]
    known = {name: values[rows].tolist() for name, values in found.known.items()}
    assert known["city"] == ["Yazd"] * 3 + ["Tehran"] * 2
    assert known["@channel"] == ["app"] * 3 + ["web"] * 2
    assert known["items.0.category"] == ["tea"] * 5
    assert known["items.0.price"] == [50, 30, 20, 10, 70]
    assert np.expm1(known["earlier_orders"]).tolist() == pytest.approx([0, 1, 2, 0, 1])
    assert known["since_last_order_days"] == [nan, 20, 20, nan, 60]
    assert known["since_first_days"] == [10, 30, 50, 0, 60]
    assert known["earlier:late"] == [0, 1, 1, 0, 0]
    assert known["last:csat_delivery"] == [nan, 2, 2, nan, 5]
    assert known["month"] == ["2026-01", "2026-01", "2026-02", "2026-01", "2026-03"]
    assert (found.currency, found.horizon) == ("USD", timedelta(days=60))
    assert set(found.known_for("asked")) == {*found.known, "had:late"}
    assert len(found.table) == 5
    assert Note.of("experience.not_followed", count=1) in found.notes


def test_without_a_common_property_the_last_occasion_up_to_it(log: Log) -> None:
    filled(log, an_event("conversation_started", at(62), customer="ali"))
    found = step_experience(log, asked(same=""))
    row = by_order(log, found)
    assert found.had["asked"][row["ali", 61]] == 1
    assert found.had["asked"][row["ali", 1]] == 0
    # brought after 34 days: beyond the 30 of the experience
    assert np.isnan(found.had["late"][row["ali", 61]])


def test_soon_after_is_the_same_occasion(log: Log) -> None:
    filled(log, order("ali", 61, "F", 5, hour=10))
    assert len(step_experience(log, asked())) == 6
    assert len(step_experience(log, asked(pause=timedelta(hours=2)))) == 5


def test_refunds_lower_what_an_order_brought(log: Log) -> None:
    back = an_event(
        "order_returned", at(25), customer="sara", amount=1000, currency="USD", properties={"order_id": "B"}
    )
    filled(log, back)
    found = step_experience(log, asked())
    assert found.value[by_order(log, found)["sara", 0]] == 40


def test_customers_of_other_currencies_are_left_out_and_said(log: Log) -> None:
    filled(
        log, order("reza", 2, "G", 900, currency="IRR"), an_event("checkout_started", at(3), customer="mina")
    )
    found = step_experience(log, asked())
    assert "reza" not in log.ids_of(found.person)
    assert Note.of("experience.other_currency", count=1) in found.notes
    tills = asked(step=StepRule("checkout", ("checkout_started", "order_placed")), answers=())
    assert Note.of("experience.no_order", count=1) in step_experience(log, tills).notes
    rials = step_experience(log, asked(currency="IRR", answers=()))
    assert log.ids_of(rials.person) == ["reza"]


def test_windows_and_among(log: Log) -> None:
    filled(log)
    month = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
    assert len(step_experience(log, asked(window=month))) == 3
    on_the_web = Among(channels=("web",))
    found = step_experience(log, asked(among=on_the_web, experiences=(replace(ASKED, before=()),)))
    assert set(log.ids_of(found.person)) == {"ali"}


def test_what_cannot_be_asked(log: Log) -> None:
    filled(log)
    with pytest.raises(ExperienceRefused, match="told apart"):
        asked(experiences=())
    with pytest.raises(ExperienceRefused, match="told apart"):
        asked(experiences=(LATE, LATE))
    with pytest.raises(ExperienceRefused, match="late is none of them"):
        asked(experiences=(ASKED,))
    with pytest.raises(ExperienceRefused):
        asked(horizon=timedelta(0))
    with pytest.raises(ExperienceRefused, match="no experience 'early'"):
        step_experience(log, asked()).known_for("early")
    with pytest.raises(TooFewRows):
        step_experience(log, asked(step=StepRule("nothing", ("never",)), answers=()))
