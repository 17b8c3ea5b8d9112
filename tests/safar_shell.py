"""A process that runs commands of `safar` one after another, as a shell would: it loads the tables of a home once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Shell = Callable[..., "subprocess.CompletedProcess[str]"]

_PROGRAM = """
import contextlib, gc, io, json, sys
gc.set_threshold(20_000, 10, 10)  # as in `conftest`
from safar.doors.cli.main import main
told = sys.stdout
for line in sys.stdin:
    said = [io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2)]
    with contextlib.redirect_stdout(said[0]), contextlib.redirect_stderr(said[1]):
        code = main(json.loads(line))
    texts = [each.buffer.getvalue().decode().replace("\\r\\n", "\\n") for each in said]
    print(json.dumps([code, *texts]), file=told, flush=True)
"""


@contextmanager
def shell(folder: Path, **environment: str) -> Iterator[Shell]:
    """Start the process in a folder; what it yields runs one command there and returns what came of it."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=os.environ | environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        given = [*map(str, words)]
        print(json.dumps(given), file=process.stdin, flush=True)
        code, out, err = json.loads(process.stdout.readline())
        return subprocess.CompletedProcess(given, code, out, err)

    with process, process.stdin:
        yield run
