"""Why, in a notebook: drivers and value at risk are methods, and every caveat has its sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import safar
from safar.doors.notebook.journeys import Journeys
from safar.doors.notebook.note_sentences import sentence
from safar.explain.usual_experiences import usual_steps
from safar.vocabulary.answer import Note


@pytest.fixture(scope="module")
def company(demo_folder: Path) -> Iterator[Journeys]:
    with safar.open(demo_folder / "var/demo", "demo") as journeys:
        yield journeys


def test_drivers(company: Journeys) -> None:
    found = company.drivers("nps", ["csat_delivery", "csat_product"], resamples=50)
    assert set(found.table.column("driver")) == {"csat_delivery", "csat_product"}
    assert any("no answer to any driver" in note for note in found.notes)


@pytest.mark.parametrize(
    ("because", "said"),
    [
        ("few", "“price” is left out: it has 1,200 answers only, too few."),
        ("alike", "“price” is left out: its 1,200 answers are nearly all the same."),
        (
            "beside",
            "“price” is left out: its 1,200 answers hardly ever stand beside answers to the others.",
        ),
    ],
)
def test_why_a_driver_is_left_out_is_said_as_on_the_page(because: str, said: str) -> None:
    assert sentence(Note.of("drivers.left_out", driver="price", count=1200, because=because)) == said


def test_value_at_risk(company: Journeys) -> None:
    orders = usual_steps(["order_placed", "order_delivered"])["order"]
    found = company.value_at_risk(replace(orders, currency="IRR"), learner="linear")
    assert found.table.column("experience") == ["late_delivery"]
    assert any("association" in note for note in found.notes)
    assert not any(note.startswith(("value_at_risk.", "experience.")) for note in found.notes)


def test_what_goes_through_satisfaction(company: Journeys) -> None:
    orders = usual_steps(["order_placed", "order_delivered"])["order"]
    found = company.mediation(replace(orders, currency="IRR"), "csat_delivery", resamples=20)
    assert set(found.table.column("experience")) <= {"late_delivery"}
    assert not any(note.startswith("mediation.") for note in found.notes)


def test_the_answers_by_themselves(company: Journeys) -> None:
    annoys = company.penalty_reward("@return", ["csat_delivery"], resamples=20)
    assert annoys.table.column("driver") == ["csat_delivery"]
    index = company.path_model(
        {"quality": ["csat_delivery", "csat_product"], "loyalty": ["nps"]}, resamples=20
    )
    assert index.table.column("target") == ["loyalty"]
    assert not any(
        note.startswith(("path_model.", "penalty_reward.")) for note in (*annoys.notes, *index.notes)
    )
    wished = company.kano().table
    categories = dict(zip(wished.column("feature"), wished.column("category"), strict=True))
    assert categories["kano_tracking"] == "must_be"
    assert categories["kano_gift_wrapping"] == "indifferent"
