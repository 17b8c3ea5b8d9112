"""Segments from the terminal: each command is a process of its own."""

from __future__ import annotations

import json
from pathlib import Path


def test_a_segment_is_defined_listed_shown_and_brought_up_to_date(safar_shell, home: Path) -> None:
    def said(*words: object) -> object:
        done = safar_shell("segment", *words, "--home", home, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    made = said("define", "Nobody", "did what_nobody_does >= ۲")
    assert (made["name"], made["text"], made["size"]) == ("Nobody", "did what_nobody_does >= 2", 0)
    (listed,) = said("list")
    assert listed["segment_id"] == made["segment_id"]
    assert said("members", made["segment_id"]) == []
    (day,) = said("show", made["segment_id"])
    assert (day["size"], day["entered"], day["left"]) == (0, 0, 0)
    assert said("catch-up")["segments"] == 1


def test_what_is_not_there_is_refused(safar_shell, home: Path) -> None:
    unknown = safar_shell("segment", "show", "0000", "--home", home)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "[cli.segment_unknown]" in unknown.stderr
    unreadable = safar_shell("segment", "define", "x", "did page >=", "--home", home)
    assert unreadable.returncode == 2
    assert "[rule.unreadable]" in unreadable.stderr
