"""Keeping customers in a notebook: each question is a method, in the workspace's calendar, with sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import safar
from safar.act.questions import NeedsALog
from safar.doors.notebook.journeys import Journeys


@pytest.fixture(scope="module")
def company(demo_folder: Path) -> Iterator[Journeys]:
    with safar.open(demo_folder / "var/demo", "demo") as journeys:
        yield journeys


def test_who_is_at_risk(company: Journeys) -> None:
    found = company.churn(method="p_alive", most=5)
    assert len(found.answer.customer_table) == 5
    assert any("other currencies" in note for note in found.notes)


def test_how_long_to_the_second_order(company: Journeys) -> None:
    found = company.survival("order_placed", "order_placed", after_days=[90])
    (row,) = found.table.rows()
    assert 0.4 < row[found.table.names.index("survival")] < 0.9


def test_revenue_kept_by_the_workspaces_calendar(company: Journeys) -> None:
    found = company.revenue_retention(period="quarter", most=2)
    question = found.question
    assert (question.calendar, question.time_zone) == (company.locale.calendar, company.locale.time_zone)
    assert len(found.table) == 2


def test_referral_service_and_backlog(company: Journeys) -> None:
    assert company.referral(within="90d").table.column("name")[0] == "referral_rate"
    served = company.service(by="channel", targets={"first_response": "1h"})
    assert served.table.column("group")[0] == ""
    assert served.table.column("kept_rate")[0] is not None
    assert company.backlog(every="month").table.column("open_at_end")[0] >= 0


def test_a_data_frame_has_no_orders_to_ask() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {"who": [1], "at": pandas.to_datetime(["2026-01-01"], utc=True), "what": ["page"]}
    )
    with pytest.raises(NeedsALog):
        safar.from_dataframe(frame, customer="who", time="at", event="what").churn()
