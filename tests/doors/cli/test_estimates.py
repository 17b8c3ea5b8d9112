"""Estimates from the terminal: each command is a process of its own."""

from __future__ import annotations

import json
from pathlib import Path


def test_one_is_kept_scored_and_listed(safar_shell, home: Path) -> None:
    def said(*words: object) -> object:
        done = safar_shell("estimate", *words, "--home", home, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    made = said(
        "add", "Couriers", "revenue a year", 100, 80, "۱۲۰", "--currency", "USD", "--due", "2026-12-01"
    )
    assert (made["value"], made["high"], made["currency"], made["due_on"]) == (
        100.0,
        120.0,
        "USD",
        "2026-12-01",
    )
    came = said("score", made["estimate_id"], 70, 60, 80, "--currency", "USD", "--measured-by", "the release")
    assert (came["outcome"], came["is_inside"], came["is_hit"], came["error"]) == (70.0, False, False, -30.0)
    (listed,) = said("list")
    assert listed == came
    table = safar_shell("estimate", "list", "--home", home)
    assert "0% of 1 held; 95% would be right." in table.stderr
    again = safar_shell(
        "estimate",
        "score",
        made["estimate_id"],
        70,
        60,
        80,
        "--currency",
        "USD",
        "--measured-by",
        "x",
        "--home",
        home,
    )
    assert (again.returncode, "[estimates.already_scored]" in again.stderr) == (2, True)
    wrong = safar_shell("estimate", "add", "x", "y", 1, 2, 3, "--home", home)
    assert (wrong.returncode, "[estimates.refused]" in wrong.stderr) == (2, True)
