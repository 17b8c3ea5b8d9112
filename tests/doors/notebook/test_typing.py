"""What a type checker knows of the notebook's door: each question has the answer of its own kind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_PROGRAM = """
import safar

with safar.open("var/safar", "shop") as log:
    reveal_type(log.funnel(["a", "b"], within="7d"))
    reveal_type(log.flow().answer.edges[0].median_gap)
    reveal_type(log.ask({"kind": "flow"}))
    reveal_type(log.series("a").answer)
    reveal_type(log.flow().chart().save("x.svg"))
    log.funnel(["a", "b"])
    log.retention(every="fortnight")
reveal_type(safar.from_dataframe(object(), customer="a", time="b", event="c"))
"""
_SAID = (
    'Revealed type is "safar.doors.notebook.answers.NotebookAnswer[safar.observe.funnel.FunnelAnswer]"',
    'Revealed type is "datetime.timedelta | None"',
    'Revealed type is "safar.doors.notebook.answers.NotebookAnswer[Any]"',
    'Revealed type is "safar.observe.series.SeriesAnswer"',
    'Revealed type is "pathlib.Path"',
    'Missing named argument "within" for "funnel" of "PathQuestions"',
    'Argument "every" to "retention" of "PathQuestions" has incompatible type "Literal[\'fortnight\']"',
    'Revealed type is "safar.doors.notebook.journeys.Journeys"',
)


def test_types_are_precise(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(_PROGRAM, encoding="utf-8")
    cache, settings = ROOT / ".mypy_cache" / "notebook", ROOT / "pyproject.toml"
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--follow-imports=silent"),
            *("--cache-dir", str(cache), "--config-file", str(settings), str(program)),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT / "src",
    )
    for said in _SAID:
        assert said in ran.stdout, ran.stdout
    assert ran.stdout.count(": error:") == 2, ran.stdout
