"""Real files through `safar import` with the shipped mappings; `safar sql` gives the numbers that others computed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.data

Ask = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def ask(safar_process, home: Path) -> Ask:
    def ask(query: str) -> list[dict[str, Any]]:
        ran = safar_process("sql", query, "--json", "--home", home)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    return ask


@pytest.fixture
def bring(safar_process, home: Path, shared_data: Path, root: Path) -> Callable[[str, str], tuple[Any, Any]]:
    """Import a real file as a person does; return the report and what others know of the file."""

    def bring(name: str, mapping: str) -> tuple[Any, Any]:
        path = shared_data / name
        mapped = root / "examples" / "mappings" / f"{mapping}.toml"
        ran = safar_process("import", path, "--mapping", mapped, "--home", home, "--json")
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout), json.loads((path.parent / "oracle.json").read_text())

    return bring


def test_online_retail_is_reproduced_and_can_be_taken_back(
    bring, ask: Ask, safar_process, home: Path
) -> None:
    report, oracles = bring("online_retail/online_retail_2010_2011.csv.gz", "online_retail")
    oracle = oracles["online_retail_2010_2011"]
    assert report["rows"] == oracle["rows"]
    placed = "from events where event_name = 'order_placed'"
    assert ask(
        "select count(distinct customer_id) customers, count(distinct properties->>'order_id') orders,"
        f" sum(json_array_length(properties->'items'))::bigint lines, sum(amount)::bigint pence {placed}"
    ) == [
        {
            "customers": oracle["clean_customers"],
            "orders": oracle["clean_orders"],
            "lines": oracle["clean_rows"],
            "pence": round(oracle["clean_revenue"] * 100),
        }
    ]
    months = ask(f"select strftime(occurred_at, '%Y-%m') m, sum(amount)::bigint pence {placed} group by 1")
    assert {each["m"]: each["pence"] / 100 for each in months} == oracle["monthly_revenue"]
    assert ask("select count(*) n from events") == [{"n": report["events"]}]
    undone = safar_process("imports", "undo", report["import_id"], "--json", "--home", home)
    assert json.loads(undone.stdout)["events_removed"] == report["events"]
    assert ask("select count(*) n from events") == [{"n": 0}]


def test_cdnow_is_reproduced(bring, ask: Ask) -> None:
    report, oracle = bring("cdnow/CDNOW_master.txt.gz", "cdnow")
    assert (report["rows"], report["rows_rejected"]) == (oracle["rows"], 0)
    assert ask(
        "select count(*) n, count(distinct customer_id) customers, sum(amount)::bigint cents,"
        " sum((properties->>'quantity')::int)::bigint cds from events"
    ) == [
        {
            "n": oracle["rows"],
            "customers": oracle["customers"],
            "cents": round(oracle["revenue"] * 100),
            "cds": oracle["cds"],
        }
    ]
    months = ask("select strftime(occurred_at, '%Y-%m') m, sum(amount)::bigint cents from events group by 1")
    assert {each["m"]: each["cents"] / 100 for each in months} == oracle["monthly_revenue"]


def test_the_incident_log_is_reproduced(bring, ask: Ask) -> None:
    report, oracle = bring("incident_itsm/incident_event_log.csv.gz", "incident_log")
    assert (report["rows"], report["rows_rejected"]) == (oracle["events"], 0)
    assert ask(
        "select count(*) n, count(distinct properties->>'incident') incidents,"
        " strftime(min(occurred_at), '%Y-%m-%d %H:%M:%S') first,"
        " strftime(max(occurred_at), '%Y-%m-%d %H:%M:%S') last from events"
    ) == [
        {
            "n": oracle["events"],
            "incidents": oracle["cases"],
            "first": oracle["first"],
            "last": oracle["last"],
        }
    ]
    states = ask("select properties->>'state' state, count(*) n from events group by 1")
    assert {each["state"]: each["n"] for each in states} == oracle["activity_counts"]
    paths = """
        select string_agg(properties->>'state', ' > ' order by occurred_at, sequence) path
        from events group by properties->>'incident'
    """
    assert ask(f"select count(distinct path) n from ({paths})") == [{"n": oracle["variants"]}]
