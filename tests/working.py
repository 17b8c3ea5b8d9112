"""A worker in a process of its own, with the jobs of tests; run as a program it works until SIGTERM."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

LEASE_SECONDS = 2.0


@dataclass
class WorkingProcess:
    process: subprocess.Popen[str]
    errors: Path

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)

    def kill(self) -> None:
        """End it this instant."""
        self.process.kill()
        self.process.wait(40)


def begin(home: Path, errors: Path, **lanes: int) -> WorkingProcess:
    """Start a worker; return it once it works."""
    with errors.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, __file__, str(home), json.dumps(lanes)],
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path])},
        )
    assert process.stdout is not None
    with process.stdout as said:
        assert said.readline() == "works\n", errors.read_text()
    return WorkingProcess(process, errors)


def _main() -> None:
    from safar.doors.serve import serve
    from safar.doors.web.setup import prepare

    home, lanes = sys.argv[1], json.loads(sys.argv[2])
    prepare(home)
    import work_jobs  # noqa: F401 - makes the jobs known
    from safar.doors.web.work import leases, worker

    leases.LEASE = timedelta(seconds=LEASE_SECONDS)  # type: ignore[misc]
    worker._RECLAIM_SECONDS = 0.3  # type: ignore[misc]
    if lanes:
        worker.Worker.__init__.__defaults__ = (lanes,)  # type: ignore[attr-defined]
    serve(home, worker_only=True, compaction=False, on_ready=lambda _: _say("works"))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _main()
