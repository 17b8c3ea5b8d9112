"""A lived map over the API: beliefs, evidence, risk, comparison, one customer's walk, promises one by one; who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

import safar
from a_shop import days_ago
from later import Later
from safar.maps.comparing import compare_lived
from safar.maps.lived import lived_map
from safar.maps.lived_question import lived_question
from safar.vocabulary.window import Window
from shop_maps import a_shop_map, lived_events

services = Later("safar.doors.web.maps.services")
actors = Later("safar.doors.web.audit.actor")

Send = Callable[..., Any]
DOCUMENT = msgspec.structs.replace(a_shop_map(), pause="100h")


@pytest.fixture
def usual_role() -> str:
    return "analyst"


@pytest.fixture
def lived(shop, tell) -> str:
    tell(*lived_events())
    return f"maps/{services.create(shop, DOCUMENT, by=actors.SYSTEM)}/lived"


def test_beliefs_and_evidence_stand_beside_what_is_lived(send: Send, lived: str) -> None:
    found = send("get", lived).json()
    visit, order, parcel = found["steps"]
    assert order["believed"] == {"value": 1.5, "n": 1, "interval": None}
    assert visit["believed"] is parcel["believed"] is None
    assert order["gap"] is None  # nobody was asked there
    assert found["evidence"]["cards"] == 3
    assert sum(found["evidence"]["counts"].values()) == 3
    each = {card["card_id"]: card for card in found["evidence"]["each"]}
    assert each.keys() == {"late", "glad", "try"}
    assert each["late"]["reasons"][0]["code"] == "evidence.noted"
    assert (found["is_risk_known"], order["at_risk"]) == (None, None)


def test_a_notebook_tells_the_same_numbers(send: Send, lived: str, shop, web_home) -> None:
    told = send("get", lived).json()
    with safar.open(web_home.log(shop.workspace_id).layout.folder) as journeys:
        found = journeys.lived_map(DOCUMENT)
    rows = [dict(zip(found.table.names, row, strict=True)) for row in found.table.rows()]
    for row, step in zip(rows, told["steps"], strict=True):
        assert (row["step"], row["customers"]) == (step["step_id"], step["customers"])
        for name in ("lost", "said", "behaved", "believed", "gap"):
            assert row[name] == (step[name]["value"] if step[name] else None), name
        assert row["kept"] == min((each["kept"]["value"] for each in step["promises"]), default=None)
    scores = [(each["question_key"], each["n"]) for step in told["steps"] for each in step["scores"]]
    assert list(zip(found.scores.column("question_key"), found.scores.column("n"), strict=True)) == scores


def test_what_is_at_risk_is_told_only_where_it_is_asked_for(send: Send, lived: str) -> None:
    found = send("get", f"{lived}?risk=true").json()
    assert found["is_risk_known"] in {True, False}
    assert [step["at_risk"] for step in found["steps"]] == [[], [], []]  # nobody paid anything in this shop


def test_two_times_are_compared_as_the_library_does(send: Send, lived: str, shop, web_home) -> None:
    def instant(days: int) -> datetime:
        return days_ago(days).astimezone(UTC)

    sides = {"since": 30, "until": 20, "with_since": 20, "with_until": 1}
    asked = "&".join(f"{name}={instant(days):%Y-%m-%dT%H:%M:%SZ}" for name, days in sides.items())
    found = send("get", f"{lived}/compared?{asked}").json()
    log = web_home.log(shop.workspace_id)
    one, other = (
        lived_map(log, lived_question(DOCUMENT, window=Window(instant(since), instant(until))))
        for since, until in ((30, 20), (20, 1))
    )
    wanted = compare_lived(one, other).differences
    assert [(each["step_id"], each["number"]) for each in found["differences"]] == [
        (each.step, each.number) for each in wanted
    ]
    assert [each["difference"]["value"] for each in found["differences"]] == [
        each.difference.value for each in wanted
    ]


def test_one_customers_walk_is_told_with_its_steps_in_order(send: Send, lived: str) -> None:
    found = send("get", f"{lived}/customers/c5").json()
    (walk,) = found["walks"]
    assert [(visit["step_id"], visit["move"]) for visit in walk["visits"]] == [
        ("visit", None), ("order", "designed"), ("parcel", "designed"),
    ]  # fmt: skip
    assert (found["customer_id"], found["earlier"], found["stands_at"]["step_id"]) == ("c5", 0, "parcel")
    assert send("get", f"{lived}/customers/nobody").status_code == 404


def test_promises_say_when_they_were_due_and_how_late_they_were_kept(send: Send, lived: str) -> None:
    first = send("get", f"{lived}/promises/p1?limit=2").json()
    second = send("get", f"{lived}/promises/p1?limit=2&cursor={first['next']}").json()
    told = {each["customer_id"]: each for each in (*first["items"], *second["items"])}
    assert second["next"] is None
    assert told.keys() == {"c4", "c5", "c6", "c7"}
    assert {each["late_seconds"] for each in told.values()} == {
        timedelta(days=2).total_seconds(),
        timedelta(days=3).total_seconds(),  # never kept: so late when the log ends
    }
    assert told["c6"]["kept_at"] is None
    assert datetime.fromisoformat(told["c4"]["due_at"]) == days_ago(17)
    assert datetime.fromisoformat(told["c4"]["kept_at"]) == days_ago(15)
    kept = send("get", f"{lived}/promises/p1?outcome=kept").json()["items"]
    assert {(each["customer_id"], each["late_seconds"]) for each in kept} == {
        (f"c{n}", None) for n in range(4)
    }
    assert send("get", f"{lived}/promises/other").status_code == 404


@pytest.mark.parametrize(
    ("below", "status"), [("", 200), ("/compared", 200), ("/customers/c5", 403), ("/promises/p1", 403)]
)
def test_a_viewer_sees_numbers_and_nobody(send: Send, lived: str, below: str, status: int) -> None:
    assert send("get", f"{lived}{below}", role="viewer").status_code == status
