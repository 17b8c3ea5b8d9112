"""What the first answer after a start leaves where it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from builders import a_path
from logs import write
from safar.store.log import Log

_ASK = """
import sys
from safar.observe.flow import FlowQuestion, flow
from safar.store.log import Log
with Log.open(sys.argv[1]) as log:
    print(len(flow(log, FlowQuestion()).edges))
print(sorted({"duckdb", "pandas", "polars", "django"} & set(sys.modules)))
"""


def test_it_loads_neither_an_engine_of_sql_nor_frames(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        write(log, a_path("visit 09:00 > cart 09:05"))
        log.compact(settle=True)
    done = subprocess.run(
        [sys.executable, "-c", _ASK, str(tmp_path / "log")], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["3", "[]"]
