"""Scores from the terminal: each command is a process of its own."""

from __future__ import annotations

import json
from pathlib import Path

from answers_said import an_answer, write
from safar.store.home import Home


def test_scores_of_a_workspace(safar_shell, home: Path) -> None:
    with Home.open(home) as opened:
        (workspace,) = opened.workspaces()
        log = opened.log(workspace.workspace_id)
        write(
            log,
            *(an_answer("nps", 10, who=f"w{number}") for number in range(6)),
            *(an_answer("nps", 0, who=f"a{number}", channel="app") for number in range(2)),
        )

    def said(*words: object) -> list[dict[str, object]]:
        done = safar_shell("score", *words, "--home", home, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    assert [(each["question_key"], each["score"], each["n"]) for each in said("list")] == [("nps", 50.0, 8)]
    (weighted,) = said("show", "nps", "--weigh", "channel: web=۵۰٪, app=50%")
    assert abs(float(weighted["score"])) < 1e-9  # type: ignore[arg-type]
    assert [each["group"] for each in said("groups", "nps", "--by", "channel")] == ["web", "app"]
    unknown = safar_shell("score", "show", "npss", "--home", home)
    assert unknown.returncode == 2
    assert "[score.unknown_key]" in unknown.stderr
