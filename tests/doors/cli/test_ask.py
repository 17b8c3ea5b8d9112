"""`safar ask`: the library's answers at the terminal, typed as options or read from a file."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from builders import an_event, together
from logs import write
from safar.act.questions import KINDS
from safar.store.home import Home
from safar.store.log import Log

DAY = datetime(2026, 3, 21, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A shop in Tehran: three customers visit, two of them pay, one in Persian words and with a plan."""
    folder = tmp_path / "home"
    with Home.create(folder) as home:
        home.create_workspace("Shop", workspace_id="shop", time_zone="Asia/Tehran", calendar="jalali")
        fill(home.log("shop"))
    monkeypatch.setenv("SAFAR_HOME", str(folder))
    return folder


def fill(log: Log) -> None:
    events = [
        an_event(name, DAY + timedelta(hours=hour), customer=who, channel="web", properties={"plan": plan})
        for who, name, hour, plan in (
            ("a", "visit", 0, "pro"),
            ("a", "پرداخت", 1, "pro"),
            ("b", "visit", 2, "free"),
            ("b", "پرداخت", 4, "free"),
            ("c", "visit", 30, "pro"),
        )
    ]
    write(log, together(*events))


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_every_kind_is_listed(safar: Any) -> None:
    assert [row[0] for row in rows(safar("ask", "--list").out)] == ["kind", *KINDS]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("option", ["--parquet", "--drawing"])
def test_a_file_in_a_folder_that_is_not_there_is_refused(safar: Any, tmp_path: Path, option: str) -> None:
    ran = safar("ask", "flow", option, str(tmp_path / "nowhere" / "flow.svg"))
    assert ran.code == 2
    assert "There is no folder" in ran.err
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.usefixtures("home")
def test_a_funnel_by_options(safar: Any) -> None:
    ran = safar("ask", "funnel", "--step", "visit", "--step", "پرداخت", "--within", "7d", "--echo")
    assert ran.code == 0
    assert [row[:2] for row in rows(ran.out)] == [["step", "count"], ["visit", "3"], ["پرداخت", "2"]]
    assert "median_from_before_seconds" in rows(ran.out)[0]
    assert json.loads(ran.err) == {"kind": "funnel", "steps": ["visit", "پرداخت"], "within": "7d"}


@pytest.mark.usefixtures("home")
def test_the_table_keeps_its_columns_with_persian_names(safar: Any) -> None:
    lines = safar("ask", "variants", "--most", "۲", "--table").out.splitlines()
    assert lines[0].split() == ["steps", "count", "share", "coverage"]
    assert lines[2].startswith("\u2068visit > پرداخت\u2069")
    assert lines[2].split()[3:4] == ["2"]


@pytest.mark.usefixtures("home")
def test_among_whom_and_when(safar: Any) -> None:
    paid = safar("ask", "flow", "--segment", "did پرداخت", "--where", "plan = pro", "--json")
    assert {(row["source"], row["target"], row["count"]) for row in json.loads(paid.out)} == {
        (None, "visit", 1),
        ("visit", "پرداخت", 1),
        ("پرداخت", None, 1),
    }
    # a day of Tehran ends at 20:30 UTC, so the visit at 06:00 of the next one is outside
    day = safar("ask", "funnel", "--step", "visit", "--step", "پرداخت", "--within", "1d", "--echo",
                "--window", "2026-03-21..2026-03-22")  # fmt: skip
    assert json.loads(day.err)["window"] == {"start": "2026-03-20T20:30:00Z", "end": "2026-03-21T20:30:00Z"}
    assert [row[1] for row in rows(day.out)[1:]] == ["2", "2"]


@pytest.mark.usefixtures("home")
def test_a_question_from_a_file_and_options_above_it(safar: Any, tmp_path: Path) -> None:
    file = tmp_path / "question.json"
    file.write_text(json.dumps({"kind": "variants", "most": 1}), encoding="utf-8")
    assert len(rows(safar("ask", "--question", str(file)).out)) == 2
    assert len(rows(safar("ask", "variants", "--question", str(file), "--most", "2").out)) == 3
    file.write_text("[1]", encoding="utf-8")
    assert "cli.question_file_refused" in safar("ask", "--question", str(file)).err


@pytest.mark.usefixtures("home")
def test_files(safar: Any, tmp_path: Path) -> None:
    ran = safar("ask", "flow", "--parquet", "flow.parquet", "--drawing", "flow.svg")
    assert (ran.code, ran.out) == (0, "")
    assert pq.read_table(tmp_path / "flow.parquet").column("count").to_pylist() == [3, 2, 2, 1]
    assert (tmp_path / "flow.svg").read_text(encoding="utf-8").lstrip().startswith("<")


@pytest.mark.usefixtures("home")
def test_the_parts_of_an_answer(safar: Any, tmp_path: Path) -> None:
    question = ("ask", "funnel", "--step", "visit", "--step", "پرداخت", "--within", "7d",
                "--by", '{"of": "plan"}')  # fmt: skip
    assert [row[:3] for row in rows(safar(*question, "--part", "groups").out)] == [
        ["group", "step", "count"],
        ['"pro"', "visit", "2"],
        ['"pro"', "پرداخت", "1"],
        ['"free"', "visit", "1"],
        ['"free"', "پرداخت", "1"],
    ]
    heads, totals = rows(safar("ask", "sessions", "--pause", "1h", "--part", "totals").out)
    assert dict(zip(heads, totals, strict=True))["sessions"] == "4"
    assert safar("ask", "sessions", "--part", "totals", "--parquet", "totals.parquet").code == 0
    assert pq.read_table(tmp_path / "totals.parquet").column("events").to_pylist() == [5]
    refused = safar(*question, "--part", "group")
    assert (refused.code, refused.out) == (2, "")
    assert 'Did you mean "groups"' in refused.err


def test_a_log_without_a_home(safar: Any, tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        fill(log)
    ran = safar("ask", "sessions", "--pause", "1h", "--log", str(tmp_path / "log"))
    assert ran.err == ""
    assert rows(ran.out) == [
        ["step", "entries", "exits", "bounces"],
        ["visit", "3", "2", "2"],
        ["پرداخت", "1", "2", "1"],
    ]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask"], "Say which question"),
        (["ask", "funel"], 'Did you mean "funnel"'),
        (["ask", "flow", "--stepp", "a"], "No such option"),
        (["ask", "funnel", "--step", "visit", "--step", "vist", "--within", "7d"], 'Did you mean "visit"'),
        (["ask", "funnel", "--step", "visit", "--step", "visit"], "/within"),
        (["ask", "variants", "--most", "many"], "a whole number"),
        (["ask", "funnel", "--step", "visit", "--step", "visit", "--within", "7"], "no unit"),
        (["ask", "series", "--window", "2026-03-21..2026-03-22", "--metric", "{"], "no JSON"),
    ],
)
def test_what_is_no_question_is_refused_with_exit_code_2(
    safar: Any, arguments: list[str], words: str
) -> None:
    ran = safar(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err


def test_the_help_of_a_kind_names_its_options(safar: Any) -> None:
    said = safar("ask", "funnel", "--help").out
    for option in (
        "--step RULE",
        "--within LENGTH",
        "--order ordered|strict|unordered",
        "--exclusion",
        "--where",
    ):
        assert option in said
    assert "--within" not in safar("ask", "--help").out.partition("Options:")[2]


@pytest.mark.usefixtures("home")
def test_days_begin_where_the_workspace_is(safar: Any) -> None:
    def asked(*words: str) -> dict[str, Any]:
        said = safar("ask", *words, "--window", "2026-03-21..2026-03-28", "--echo").err
        return json.loads(said.splitlines()[0])

    own = {"calendar": "jalali", "week_starts": "saturday", "time_zone": "Asia/Tehran"}
    told = asked("retention", "--period", "week")
    assert {name: told.get(name) for name in own} == own
    assert asked("retention", "--period", "week", "--time-zone", "Asia/Baku")["time_zone"] == "Asia/Baku"
    metric = json.dumps({"measure": "customers", "rule": "visit"})
    told = asked("series", "--metric", metric, "--periodic", '{"period": "week", "calendar": "hijri"}')
    assert told["periodic"] == own | {"period": "week", "calendar": "hijri"}


@pytest.mark.usefixtures("home")
def test_a_question_of_a_file_is_asked_as_it_stands(safar: Any, tmp_path: Path) -> None:
    file = tmp_path / "q.json"
    file.write_text('{"kind": "retention", "period": "week", "window": "2026-03-21..2026-03-28"}')
    said = safar("ask", "--question", str(file), "--echo").err
    assert '"kind": "retention"' in said
    assert "time_zone" not in said
