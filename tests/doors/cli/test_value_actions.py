"""What next best actions bring, at the terminal and in a notebook: the library's numbers."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import safar
from builders import an_event, together
from safar.act.action_values import NextBestActionQuestion, next_best_action
from safar.act.decisions import Decision, events_of
from safar.doors.cli.main import DONE, REFUSED, main
from safar.store.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)
    half = (("mail", 0.5), ("nothing", 0.5))
    made = [Decision(f"c{each}", at, ("mail", "nothing")[each % 2], half) for each in range(80)]
    orders = [
        an_event("order_placed", at + timedelta(days=1), customer=f"c{each}") for each in range(0, 60, 2)
    ]
    orders.append(an_event("page", at + timedelta(days=30), customer="z"))
    with Home.create(tmp_path / "home") as home:
        home.create_workspace("Shop")
        with home.log("shop").writer() as writer:
            writer.append(events_of(made))
            writer.append(together(*orders))
            writer.sync()
    return tmp_path / "home"


def test_the_table_is_the_answers(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(home), "value", "actions", "--csv"]) == DONE
    said = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(said.out)))
    with Home.open(home) as opened:
        answer = next_best_action(opened.log("shop"), NextBestActionQuestion())
    assert [row["action"] for row in rows] == ["mail", "nothing"]
    assert float(rows[0]["brought"]) == answer.actions[0].brought.value == 0.75
    assert "80 decisions brought 0.375 each" in said.err


def test_without_decisions_it_is_refused(tmp_path: Path) -> None:
    with Home.create(tmp_path / "empty") as home:
        home.create_workspace("Shop")
    assert main(["--home", str(tmp_path / "empty"), "value", "actions"]) == REFUSED


def test_a_notebook_asks_the_same(home: Path) -> None:
    with safar.open(home, "shop") as log:
        assert log.next_best_action().answer.actions[0].brought.value == 0.75
