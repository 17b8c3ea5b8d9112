"""Every question has a verb in the notebook and a command; those about worth, cost and change ask all of it."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pytest

import safar
from builders import an_event, together
from safar.act.questions import KINDS
from safar.doors.cli.ask import options_of
from safar.doors.notebook.answers import NotebookAnswer
from safar.doors.notebook.journeys import Journeys
from safar.explain.change_rows import Side
from safar.explain.experiments.release_counts import ReleaseMetric
from safar.explain.usual_experiences import usual_steps
from safar.explain.value_what_if import Left
from safar.measure.cost_to_serve import CostsRefused, Rate
from safar.observe.steps import StepRule
from safar.show.journeys.drawings import NoDrawing
from safar.show.locale import Locale
from safar.store.log import Log
from safar.vocabulary.money import Money


@pytest.fixture(scope="module")
def company(demo_folder: Path) -> Iterator[Journeys]:
    with safar.open(demo_folder / "var/demo", "demo") as journeys:
        yield journeys


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_verb_and_options_at_the_terminal(kind: str) -> None:
    verb = getattr(Journeys, kind)
    (answer,) = typing.get_args(typing.get_type_hints(verb)["return"])
    assert typing.get_origin(typing.get_type_hints(verb)["return"]) is NotebookAnswer
    assert answer.__name__.endswith("Answer"), "a verb says what kind of answer it has"
    assert "table" in dir(answer)
    assert KINDS[kind].question.__name__ in verb.__doc__, "and which question it asks"
    assert list(options_of(kind))


def test_what_is_spent_elsewhere(tmp_path: Path) -> None:
    said = {"ann": 100, "ben": 40, "cas": 30}
    events = [
        *(
            an_event("order_placed", "2026-03-10T09:00", customer=who, amount=20_00, currency="USD")
            for who in said
        ),
        *(
            an_event(
                "survey_answered",
                "2026-03-20T09:00",
                customer=who,
                properties={"question_key": "monthly", "value": value},
            )
            for who, value in said.items()
        ),
    ]
    with Log.create(tmp_path / "log", shard_count=2) as log, log.writer() as writer:
        writer.append(together(*events))
        writer.sync()
    with safar.open(tmp_path / "log") as journeys:
        found = journeys.wallet("monthly", most=2)
        elsewhere = journeys.wallet("monthly", asks="elsewhere", days=5)
    assert found.answer.share is not None
    assert found.answer.share.value == pytest.approx(60 / 170)
    assert found.answer.customer_table.column("customer_id") == ["ann", "ben"]
    assert found.table.column("everywhere") == [170]
    assert found.json == {"kind": "wallet", "question_key": "monthly", "most": 2}
    assert elsewhere.table.column("here") == [0], "they bought longer before they answered"


def test_what_serving_costs(company: Journeys) -> None:
    told = company.cost_to_serve()
    assert told.table.column("currency")[0] == told.answer.currency
    rates = company.cost_to_serve(
        {"phone": "3.50", "": "0.80"}, currency="USD", window="2025-01-01..2035-01-01"
    )
    assert rates.question.rates == (
        Rate("phone", Money(350, "USD"), Money(0, "USD")),
        Rate("", Money(80, "USD"), Money(0, "USD")),
    )
    rows = {
        row["channel"]: row
        for row in (dict(zip(rates.table.names, each, strict=True)) for each in rates.table.rows())
    }
    whole, phone = rows.pop(""), rows.get("phone", {"conversations": 0})["conversations"]
    assert whole["total"] == pytest.approx(0.8 * whole["conversations"] + 2.7 * phone)
    assert company.cost_to_serve(rates.question.rates).question.rates == rates.question.rates
    drawn = rates.chart().svg
    labels = re.findall(r'<text class="drawing-label"[^>]*>\W*([\w ]+)', drawn)
    assert labels == ["All together", *rows]
    with pytest.raises(CostsRefused):
        company.cost_to_serve((*rates.question.rates, Rate("chat", Money(1, "EUR"), Money(1, "EUR"))))


def test_why_a_score_changed(company: Journeys) -> None:
    last = company.everything().end.date()
    now, before = ((last - timedelta(days=days), last - timedelta(days=days - 90)) for days in (90, 180))
    found = company.change_explained(
        now=now, before=before, touchpoints=["Return: order_returned"], resamples=20
    )
    assert found.question.touchpoints == (StepRule("Return", ("order_returned",)),)
    assert found.answer.customers > 0
    change = found.answer.score_now.value - found.answer.score_before.value
    parts = sum(found.table.column("within")) + sum(found.table.column("mix"))
    assert parts == pytest.approx(change)
    groups = company.change_explained(
        segment="did order_placed >= 3", beside="did order_placed <= 2", resamples=20
    )
    assert groups.question.now == Side(None, groups.question.now.among)
    assert groups.question.now.among != groups.question.before.among
    assert not any(note.startswith("change.") for note in (*found.notes, *groups.notes))
    assert Locale("en").signed(change, decimals=2) in found.chart().svg


def test_what_would_follow(company: Journeys) -> None:
    orders = usual_steps(["order_placed", "order_delivered"])["order"]
    found = company.value_what_if(orders, {"late_delivery": 0.5}, resamples=20)
    assert found.question.left == (Left("late_delivery", 0.5),)
    assert found.table.column("outcome") == ["satisfaction", "returned", "value"]
    (now,), (after,) = (found.answer.experience_table.column(f"share_{when}") for when in ("now", "after"))
    assert after == pytest.approx(now / 2)
    assert not any(note.startswith("chain.") for note in found.notes)
    drawn = found.chart(Locale("fa")).svg
    assert "late_delivery" in drawn
    assert (
        Locale("fa").money(
            Money.of(Decimal(repr(found.answer.value_a_year.value)), "IRR", rounding=ROUND_HALF_EVEN),
            compact=True,
            signed=True,
        )
        in drawn
    )


def test_what_a_release_moved(company: Journeys) -> None:
    found = company.release(metric=ReleaseMetric("orders"), before_periods=8, after_periods=4)
    assert found.answer.way == "before_after"
    assert found.table.column("distance") == list(range(-8, 4))
    assert found.question.time_zone == company.locale.time_zone
    assert any("association" in note for note in found.notes)
    assert "Where it was going" in found.chart().svg
    day = found.answer.released_on
    same = company.release(day.isoformat(), ReleaseMetric("orders"), before_periods=8, after_periods=4)
    assert same.question.at == date.fromisoformat(day.isoformat())
    assert same.answer.effect == found.answer.effect
    steps = company.release(day, reached_by="order_returned", before_periods=2, after_periods=1)
    assert steps.question.reached_by == StepRule("order_returned", ("order_returned",))


def test_answers_are_shown_as_tables(company: Journeys) -> None:
    assert "<table" in company.cost_to_serve()._repr_html_()
    with pytest.raises(NoDrawing):
        company.rfm().chart()
