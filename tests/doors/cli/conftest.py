"""The terminal in a test: what was typed, and what came of it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from safar.doors.cli.main import main
from safar.store.home import Home
from safar_shell import Shell, shell


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Safar = Callable[..., Ran]


@pytest.fixture
def safar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Safar:
    """Run `safar` in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def safar_process(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run `safar` as its own process, as a shell does."""

    def run(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "safar.doors.cli", *map(str, arguments)],
            cwd=tmp_path,
            env=os.environ | environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def safar_shell(tmp_path: Path) -> Iterator[Shell]:
    """Run `safar` again and again in one other process, for commands that need the tables of a home."""
    with shell(tmp_path) as run:
        yield run


@pytest.fixture
def safar_typed(tmp_path: Path) -> Callable[..., Ran]:
    """Run `safar` as its own process with someone at the terminal, who types the text when asked."""

    def run(*arguments: str, typed: str) -> Ran:
        hand, keyboard = pty.openpty()
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "safar.doors.cli", *map(str, arguments)],
                cwd=tmp_path,
                stdin=keyboard,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            os.write(hand, typed.encode())
            out, err = process.communicate(timeout=120)
            return Ran(process.returncode, out, err)
        finally:
            os.close(hand)
            os.close(keyboard)

    return run


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one workspace, ``shop``."""
    folder = tmp_path / "home"
    with Home.create(folder) as created:
        created.create_workspace(
            "Shop", workspace_id="shop", language="fa", calendar="jalali", currency="IRR"
        )
    return folder
