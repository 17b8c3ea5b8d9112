"""What a page of an analysis says of the other doors: notebook, terminal and API ask one and the same question."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import safar
from safar.doors.cli.main import cli
from safar.doors.notebook.journeys import Journeys
from safar.observe.question_json import read
from safar.observe.questions import KINDS

PAGES = Path(__file__).resolve().parents[1] / "docs" / "concepts"
LINES = re.compile(
    r'^\* notebook: `safar\.open\("var/demo", "demo"\)\.(?P<method>\w+)(?P<call>\(.*\))`\n'
    r"\* terminal: `safar (?P<words>ask .*)`\n"
    r"\* API: `POST /api/v1/questions/(?P<kind>\w+)` with `(?P<body>\{.*\})`$",
    re.MULTILINE,
)
SAID = [found for page in sorted(PAGES.glob("*.md")) for found in LINES.finditer(page.read_text("utf-8"))]


def test_every_kind_is_shown_at_each_door() -> None:
    assert sorted(said["kind"] for said in SAID) == sorted(KINDS)
    assert len(SAID) == sum(page.read_text("utf-8").count("* notebook: `") for page in PAGES.glob("*.md"))


@pytest.fixture(scope="module")
def log(demo_folder: Path) -> Iterator[Journeys]:
    with safar.open(demo_folder / "var" / "demo", "demo") as log:
        yield log


@pytest.mark.parametrize("said", SAID, ids=lambda said: said["kind"])
def test_the_doors_ask_one_question(log: Journeys, demo_folder: Path, said: re.Match[str]) -> None:
    answer = eval(f"log.{said['method']}{said['call']}", {"log": log})
    assert len(answer.table)
    home = ["--home", str(demo_folder / "var" / "demo"), "--workspace", "demo"]
    ran = CliRunner().invoke(cli, [*shlex.split(said["words"]), "--echo", *home])
    assert ran.exit_code == 0, ran.output
    (echoed,) = (line for line in ran.stderr.splitlines() if line.startswith("{"))
    assert read(json.loads(echoed)) == answer.question
    assert read(json.loads(said["body"]), kind=said["kind"]) == answer.question
