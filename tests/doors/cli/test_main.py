"""The root: every command is there, help is quick, failures end in one line and the right exit code."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from safar.doors.cli import main as root
from safar.doors.cli.main import COMMANDS, cli, main
from safar.vocabulary.errors import Fault, Refusal


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_the_list_says_what_it_says(name: str) -> None:
    context = click.Context(cli)
    command = cli.get_command(context, name)
    assert command is not None
    assert command.get_short_help_str(limit=200) == COMMANDS[name].help


def test_help_names_every_command(safar) -> None:
    ran = safar("--help")
    assert ran.code == 0
    assert [line.split()[0] for line in ran.out.split("Commands:\n")[1].splitlines()] == list(COMMANDS)


def test_help_loads_neither_the_engines_nor_the_web() -> None:
    code = "import sys; from safar.doors.cli.main import main; main(['--help']); print(sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = ran.stdout.splitlines()[-1]
    for heavy in ("numpy", "duckdb", "pyarrow", "numba", "django", "uvicorn", "sqlite3"):
        assert f"'{heavy}'" not in loaded


def test_an_unknown_command_is_refused_with_the_nearest_name(safar) -> None:
    ran = safar("importt")
    assert (ran.code, ran.out) == (2, "")
    assert """There is no command 'importt'. Did you mean "import"?""" in ran.err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Refusal("No such day.", hint="Choose one."), 2, "Error: No such day. [refusal]\n  Choose one.\n"),
        (Fault("The disk is full."), 1, "Error: The disk is full. [fault]\n"),
        (
            ZeroDivisionError("division by zero"),
            1,
            (
                "Error: ZeroDivisionError: division by zero\n"
                "  This is a bug in Safar. SAFAR_DEBUG=1 shows where it happened.\n"
            ),
        ),
        (KeyboardInterrupt(), 130, "\nStopped.\n"),
    ],
)
def test_a_failure_ends_in_one_line_and_its_code(
    error: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    @click.command()
    def fails() -> None:
        raise error

    monkeypatch.setattr(root.cli, "get_command", lambda context, name: fails)
    assert main(["doctor"]) == code
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", said)


def test_debug_shows_where_it_happened(safar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFAR_DEBUG", "1")
    ran = safar("--home", "nowhere", "workspaces", "list")
    assert ran.code == 2
    assert ran.err.startswith("Traceback")
    assert "safar.store.home.HomeMissing" in ran.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_the_shell(safar, shell: str) -> None:
    ran = safar("completion", shell)
    assert ran.code == 0
    assert "_SAFAR_COMPLETE" in ran.out
    assert "safar" in ran.out


def test_completion_answers_with_commands_and_workspaces(safar_process, home) -> None:
    def completed(words: str) -> list[str]:
        count = len(words.split(" ")) - 1
        ran = safar_process(_SAFAR_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(count))
        return [line.partition(",")[2] for line in ran.stdout.splitlines()]

    assert completed("safar wor") == ["workspaces"]
    assert completed(f"safar --home {home} keys list --workspace sh") == ["shop"]
