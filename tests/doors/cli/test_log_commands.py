"""Asking the log and looking after it from the terminal."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from builders import an_event, paths
from safar.store.home import Home

STEPS = {
    "sara": "visit 09:00 > cart 09:05 > pay 09:20 250000 IRR",
    "omid": "visit 10:00 > visit 10:30",
}


@pytest.fixture
def shop(home: Path) -> Path:
    """The home with two customers' paths in its workspace."""
    with Home.open(home) as opened, opened.log("shop").writer() as writer:
        writer.append(paths(STEPS))
        writer.sync()
    return home


def test_sql_answers_in_the_three_forms(safar, shop: Path) -> None:
    query = "select event_name, count(*) as events, sum(amount) as amount from events group by all order by 1"
    assert (
        safar("sql", query, "--home", shop).out
        == "event_name,events,amount\ncart,1,\npay,1,250000\nvisit,3,\n"
    )
    table = safar("sql", query, "--table", "--home", shop).out.splitlines()
    assert table[2:] == ["cart             1", "pay              1  250000", "visit            3"]
    answer = json.loads(safar("sql", query, "--json", "--home", shop).out)
    assert answer[1] == {"event_name": "pay", "events": 1, "amount": 250000}


def test_sql_takes_parameters_and_a_query_from_standard_input(safar_process, shop: Path) -> None:
    query = "select count(*) as events from events where customer_id = ? and event_name = ?"
    ran = safar_process("sql", "-p", "omid", "-p", "visit", "-", "--home", shop, stdin=query)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "events\n2\n", "")


def test_instants_are_utc_and_text_is_itself(safar, shop: Path) -> None:
    answer = safar(
        "sql", "select occurred_at, properties from events where event_name = 'pay'", "--home", shop, "--json"
    )
    assert json.loads(answer.out) == [{"occurred_at": "2026-03-21T09:20:00Z", "properties": "{}"}]


@pytest.mark.parametrize(
    "query", ["select nonsense from events", "delete from events", "select 1; select 2", ""]
)
def test_a_question_that_is_none_is_refused(safar, shop: Path, query: str) -> None:
    refused = safar("sql", query, "--home", shop)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("Error: ")
    assert safar("sql", "select count(*) from events", "--home", shop).out.splitlines()[1] == "5"


def test_whoever_reads_the_answer_may_stop_reading(shop: Path, tmp_path: Path) -> None:
    query = "select e.* from events e, range(20000)"
    safar = [sys.executable, "-m", "safar.doors.cli", "sql", query, "--home", str(shop)]
    reader = subprocess.Popen(["head", "-n", "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    ran = subprocess.run(
        safar, stdout=reader.stdin, stderr=subprocess.PIPE, text=True, check=False, timeout=60
    )
    first, _ = reader.communicate(timeout=10)
    assert first.startswith(b"event_id,")
    assert ran.stderr == ""


def test_info_says_what_the_log_holds(safar, shop: Path) -> None:
    info = json.loads(safar("log", "info", "--json", "--home", shop).out)
    assert (info["events"], info["waiting_events"], info["parts"]) == (5, 5, 0)
    assert (info["first_at"], info["last_at"]) == ("2026-03-21T09:00:00Z", "2026-03-21T10:30:00Z")


def test_compact_moves_what_was_sealed_and_changes_no_answer(safar, shop: Path) -> None:
    query = ["sql", "select * exclude sequence from events order by occurred_at", "--home", shop]
    before = safar(*query).out
    report = json.loads(safar("log", "compact", "--json", "--home", shop).out)
    assert (report["rows"], report["duplicates"]) == (5, 0)
    info = json.loads(safar("log", "info", "--json", "--home", shop).out)
    assert (info["events"], info["waiting_events"]) == (5, 0)
    assert safar(*query).out == before


def test_a_customer_is_shown_newest_first(safar, shop: Path) -> None:
    shown = list(csv.DictReader(io.StringIO(safar("customer", "show", "sara", "--home", shop).out)))
    assert [(row["event_name"], row["amount"]) for row in shown] == [
        ("pay", "250000"),
        ("cart", ""),
        ("visit", ""),
    ]
    limited = json.loads(safar("customer", "show", "sara", "--limit", "۱", "--home", shop, "--json").out)
    assert [row["event_name"] for row in limited] == ["pay"]


def test_a_customer_without_events_is_an_empty_answer(safar, shop: Path) -> None:
    shown = safar("customer", "show", "nobody", "--home", shop, "--json")
    assert (shown.code, shown.out, shown.err) == (0, "[]\n", "No event of 'nobody'.\n")


@pytest.mark.parametrize("check", [["doctor"], ["log", "verify"]])
def test_a_check_finds_nothing_in_a_sound_home_and_what_is_damaged_in_another(
    safar, shop: Path, check: list[str]
) -> None:
    safar("log", "compact", "--home", shop)
    sound = safar(*check, "--json", "--home", shop)
    assert (sound.code, sound.out, sound.err) == (0, "[]\n", "Nothing is wrong.\n")
    part = next((shop / "workspaces" / "shop" / "log" / "parts").glob("*.parquet"))
    damaged = bytearray(part.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    part.write_bytes(damaged)
    found = safar(*check, "--json", "--home", shop)
    assert found.code == 1
    errors = [finding for finding in json.loads(found.out) if finding["severity"] == "error"]
    assert {finding["path"] for finding in errors} == {str(part)}
    assert all(finding["code"].startswith("doctor.") and finding["hint"] for finding in errors)
    assert found.err.startswith(f"Errors: {len(errors)}.")


def test_a_home_that_is_not_there_is_an_error_to_the_doctor(safar, tmp_path: Path) -> None:
    assert safar("doctor", "--home", tmp_path / "nowhere").code == 1
    assert not (tmp_path / "nowhere").exists()


def customers(safar, home: Path) -> list[str]:
    answer = safar("sql", "select distinct customer_id from events order by 1", "--home", home)
    return answer.out.splitlines()[1:]


def test_a_customer_is_erased_once_the_id_was_typed_again(safar, safar_typed, shop: Path) -> None:
    erased = safar_typed("customer", "erase", "sara", "--json", "--home", shop, typed="sara\n")
    assert erased.code == 0, erased.err
    assert "This erases every event of sara from shop, for ever." in erased.err
    proof = json.loads(erased.out)
    assert (proof["events_removed"], proof["matches"]) == (3, 0)
    assert proof["bytes_searched"] > 0
    assert "sara" not in erased.out
    assert customers(safar, shop) == ["omid"]


@pytest.mark.parametrize("typed", ["sarah\n", "y\n", "\n"])
def test_another_answer_erases_nothing(safar, safar_typed, shop: Path, typed: str) -> None:
    refused = safar_typed("customer", "erase", "sara", "--home", shop, typed=typed)
    assert (refused.code, refused.out) == (2, "")
    assert "nothing was erased. [cli.erase_not_confirmed]" in refused.err
    assert customers(safar, shop) == ["omid", "sara"]


def test_where_nobody_can_type_it_must_be_said(safar, shop: Path) -> None:
    assert safar("customer", "erase", "sara", "--home", shop).code == 2
    assert customers(safar, shop) == ["omid", "sara"]
    assert safar("customer", "erase", "sara", "--yes", "--home", shop).code == 0
    assert customers(safar, shop) == ["omid"]


def test_nobody_earns_a_proof_for_an_id_that_nobody_has(safar, shop: Path) -> None:
    refused = safar("customer", "erase", "sarah", "--yes", "--json", "--home", shop)
    assert (refused.code, refused.out) == (2, "")
    assert "[cli.customer_unknown]" in refused.err
    searched = safar("customer", "erase", "sarah", "--yes", "--unknown", "--json", "--home", shop)
    assert searched.code == 0
    assert json.loads(searched.out)["events_removed"] == 0


def test_the_same_id_in_other_digits_is_named(safar, shop: Path) -> None:
    with Home.open(shop) as home, home.log("shop").writer() as writer:
        writer.append(an_event("visit", "2026-03-21T09:00", customer="۰۹۱۲"))
        writer.sync()
    refused = safar("customer", "erase", "0912", "--yes", "--home", shop)
    assert refused.code == 2
    assert "Did you mean '۰۹۱۲'?" in refused.err
    assert "۰۹۱۲" in customers(safar, shop)


def test_two_ids_become_one_person_and_two_again(safar, shop: Path) -> None:
    merged = json.loads(
        safar("customer", "merge", "sara", "omid", "--reason", "married", "--json", "--home", shop).out
    )
    assert (merged["person"], sorted(merged["ids"])) == ("sara", ["omid", "sara"])
    assert customers(safar, shop) == ["sara"]
    told = safar("customer", "ids", "omid", "--json", "--home", shop)
    assert [(entry["action"], entry["note"]) for entry in json.loads(told.out)] == [("union", "married")]
    assert told.err == "One person: sara, omid\n"
    split = json.loads(safar("customer", "unmerge", "sara", "omid", "--json", "--home", shop).out)
    assert (split["ids"], split["split_person"]) == (["omid"], "omid")
    assert customers(safar, shop) == ["omid", "sara"]


def test_an_id_of_someone_else_is_not_taken_out(safar, shop: Path) -> None:
    refused = safar("customer", "unmerge", "sara", "omid", "--home", shop)
    assert (refused.code, refused.out) == (2, "")


def test_old_events_are_forgotten_by_the_days_of_the_workspace(safar, home: Path) -> None:
    safar(
        "workspaces", "create", "Tehran", "--calendar", "jalali", "--time-zone", "Asia/Tehran", "--home", home
    )
    with Home.open(home) as opened, opened.log("tehran").writer() as writer:
        # 1405-01-02 begins at 20:30 UTC of 2026-03-21
        writer.append(paths({"sara": "visit 20:29 > pay 20:31"}))
        writer.sync()
    at = ["--home", home, "--workspace", "tehran"]
    refused = safar("log", "forget", "1405/01/02", *at)
    assert refused.code == 2
    assert "1 events of tehran occurred before 2026-03-22T00:00:00+03:30." in refused.err
    forgotten = safar("log", "forget", "۱۴۰۵/۰۱/۰۲", "--yes", "--json", *at)
    assert json.loads(forgotten.out)["events"] == 1
    assert safar("sql", "select event_name from events", *at).out == "event_name\npay\n"


@pytest.mark.parametrize(("typed", "left"), [("y\n", 0), ("n\n", 5)])
def test_forgetting_asks(safar, safar_typed, shop: Path, typed: str, left: int) -> None:
    safar_typed("log", "forget", "1405/01/12", "--home", shop, typed=typed)
    assert safar("sql", "select count(*) from events", "--home", shop).out.splitlines()[1] == str(left)
