"""Processes that die on purpose: at their k-th step towards the disk, or when they are killed.

Run as a program it is a nursery: it has loaded everything once, and forks a child for each line that it reads.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DIED = 9
#: What a step is: each of these calls into the operating system, and each commit of SQLite, before and after.
STEPS = ("fsync", "fdatasync", "rename", "replace", "unlink", "rmdir", "ftruncate", "write")
WORKSPACE = "shop"
NEW_YEAR = datetime(2026, 3, 20, 20, 30, tzinfo=UTC)

_write = os.write


class Countdown:
    """Lets the process die at its ``at``-th step; never when that is 0."""

    def __init__(self, at: int) -> None:
        self._left = at

    def step(self) -> None:
        self._left -= 1
        if self._left == 0:
            os._exit(DIED)

    def install(self) -> None:
        for name in STEPS:
            setattr(os, name, self._counted(getattr(os, name)))
        sqlite3.connect = functools.partial(sqlite3.connect, factory=_connection(self))  # type: ignore[assignment]

    def _counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def counted(*given: Any, **more: Any) -> Any:
            if real is _write and self._left == 1:
                _write(given[0], given[1][: len(given[1]) // 2])  # a torn write
            self.step()
            return real(*given, **more)

        return counted


def _connection(countdown: Countdown) -> type[sqlite3.Connection]:
    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
            lasting = sql.lstrip().upper().startswith(("COMMIT", "VACUUM", "PRAGMA WAL_CHECKPOINT"))
            if lasting:
                countdown.step()
            found = super().execute(sql, *given)
            if lasting:
                countdown.step()
            return found

    return Connection


def _batch(writer: str, number: int) -> Any:
    from builders import an_event, together

    at = f"2026-03-21T{number // 60 % 24:02d}:{number % 60:02d}"
    customers = [f"{writer}-{n}" for n in range(6)]
    return together(
        *(an_event(f"e{number}", at, customer=text, source=f"key:{writer}") for text in customers)
    )


def batch_ids(writer: str, number: int) -> list[bytes]:
    """Return the ids of one batch that a writer writes."""
    return [row.tobytes() for row in _batch(writer, number).event_id]


def _home(folder: Path) -> Any:
    from safar.store.home import Home

    return Home.open(folder)


def _do_write(folder: Path, *, writer: str, first: int, count: int, pause: float = 0.0) -> None:
    """Write batches; say on disk which were acknowledged, after the sync."""
    said = os.open(folder.parent / f"{writer}.said", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with _home(folder) as home, home.log(WORKSPACE).writer() as log:
        for number in range(first, first + count):
            log.append(_batch(writer, number))
            log.sync()
            _write(said, f"{number}\n".encode())
            if number % 5 == 4:
                home.log(WORKSPACE).ask_to_seal()
            log.roll_if_due()
            if pause:
                time.sleep(pause)


def acknowledged(folder: Path, writer: str) -> list[int]:
    """Return the batches that a writer has acknowledged; a number cut short by its death was said to nobody."""
    path = folder.parent / f"{writer}.said"
    return [int(line) for line in path.read_text().split("\n")[:-1]] if path.exists() else []


def _do_compact(folder: Path, *, settle: bool = False, times: int = 1, clean: bool = False) -> None:
    from safar.store.disk import LogBusy

    with _home(folder) as home:
        for _ in range(times):
            try:
                if clean:
                    with home.log(WORKSPACE).alone() as compactor:
                        compactor.clean(grace_seconds=0)
                home.log(WORKSPACE).compact(settle=settle)
            except LogBusy:
                time.sleep(0.005)


def _do_erase(folder: Path, *, customers: list[str]) -> None:
    from safar.store.erasure import erase_customer

    with _home(folder) as home:
        for customer_id in customers:
            erase_customer(home, WORKSPACE, customer_id)


def _do_remove(folder: Path, *, source: str) -> None:
    with _home(folder) as home:
        home.log(WORKSPACE).remove_source(source)


def _do_forget(folder: Path) -> None:
    with _home(folder) as home:
        home.log(WORKSPACE).forget_before(NEW_YEAR)


def _do_backup(folder: Path, *, target: str, times: int = 1) -> None:
    from safar.store.backup import backup

    with _home(folder) as home:
        for _ in range(times):
            backup(home, target)


def _do_restore(folder: Path, *, source: str, replace: bool = False) -> None:
    from safar.store.restore import restore

    restore(source, folder, replace=replace)


def _child(wish: dict[str, Any]) -> None:
    countdown = Countdown(wish.get("die_at", 0))
    countdown.install()
    globals()[f"_do_{wish['do']}"](Path(wish["folder"]), **wish.get("with", {}))


class Nursery:
    """Starts children that have everything loaded already, some milliseconds each."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, do: str, folder: Path, *, die_at: int = 0, **more: Any) -> int:
        """Start a child and return its process id."""
        return int(self._ask({"do": do, "folder": str(folder), "die_at": die_at, "with": more}))

    def wait(self, child: int) -> int:
        """Return the exit code of a child, below zero for a signal."""
        return int(self._ask({"wait": child}))

    def run(self, do: str, folder: Path, *, die_at: int = 0, **more: Any) -> int:
        """Start a child, wait for it, and return its exit code."""
        return self.wait(self.start(do, folder, die_at=die_at, **more))

    def kill(self, child: int) -> int:
        """Kill a child this instant and return its exit code."""
        os.kill(child, signal.SIGKILL)
        return self.wait(child)

    def close(self) -> None:
        """End the nursery."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()

    def _ask(self, wish: dict[str, Any]) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(wish) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise ChildProcessError(f"The nursery has died: {self._process.wait(timeout=30)}.")
        return answer


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Lend a nursery."""
    made = Nursery()
    try:
        yield made
    finally:
        made.close()


def _main() -> None:
    for name in ("backup", "doctor", "erasure", "home", "kernels", "log", "restore"):
        importlib.import_module(f"safar.store.{name}")
    importlib.import_module("phonenumbers")
    importlib.import_module("pyarrow").array([""])  # the first one looks for pandas: 0.2 s of each child
    for line in sys.stdin:
        wish = json.loads(line)
        if "wait" in wish:
            _, status = os.waitpid(wish["wait"], 0)
            _answer(os.waitstatus_to_exitcode(status))
            continue
        child = os.fork()
        if child:
            _answer(child)
            continue
        try:
            os.close(0)
            os.close(1)
            _child(wish)
        except BaseException:  # noqa: BLE001 - the parent sees the exit code, the developer the traceback
            traceback.print_exc()
            os._exit(1)
        os._exit(0)


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _main()
