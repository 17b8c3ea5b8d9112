"""Documentation that cannot lie: what exists is written, what is written exists, and what can be run is run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import click
import docs
import forbidden
import pytest

import safar
from safar.doors.cli.main import cli

ROOT = Path(__file__).resolve().parents[1]
PAGES = docs.pages()
#: Said once for all commands, under "Options of every command".
COMMON_OPTIONS = {"--home", "--workspace", "--json", "--csv", "--table", "--help"}


def commands(group: click.Group, path: str = "safar") -> Iterator[tuple[str, click.Command]]:
    """Yield each command with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


COMMANDS = dict(commands(cli))


def sections(page: str) -> dict[str, str]:
    """Return the text under each heading that is a command in code marks."""
    parts = re.split(r"^#+ `(safar [^`]+)`$", text_of(page), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def code_blocks(page: str, language: str) -> list[str]:
    """Return the fenced blocks of a language, in order."""
    parsed = docs.MARKDOWN.parse(text_of(page))
    return [token.content for token in parsed if token.type == "fence" and token.info.strip() == language]


def test_every_command_has_its_section_and_no_section_is_about_nothing() -> None:
    assert set(sections("docs/cli.md")) == set(COMMANDS)


@pytest.mark.parametrize("path", COMMANDS)
def test_the_section_of_a_command_names_its_options_and_no_other(path: str) -> None:
    known = {flag for option in COMMANDS[path].params for flag in option.opts if flag.startswith("--")}
    written = set(re.findall(r"`(--[a-z-]+)", sections("docs/cli.md")[path]))
    assert written - COMMON_OPTIONS == known - COMMON_OPTIONS


def command_lines(page: str) -> list[str]:
    """Return the lines of the page's shell blocks that call safar."""
    lines = "".join(code_blocks(page, "sh")).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.startswith("safar ")]


@pytest.mark.parametrize("page", [page for page in PAGES if command_lines(page)])
def test_every_command_line_in_a_page_can_be_given(page: str) -> None:
    for line in command_lines(page):
        words = list(takewhile(lambda word: word[0] not in "|<>", shlex.split(line, comments=True)))[1:]
        current: click.Command = cli
        while True:
            _, words, _ = current.make_parser(click.Context(current)).parse_args(words)
            if not isinstance(current, click.Group) or "--help" in line:
                break
            assert words, f"{line}: {current.name} alone does nothing"
            found = current.get_command(click.Context(current), words[0])
            assert found is not None, f"{line}: there is no command {words[0]}"
            current, words = found, words[1:]


def test_every_setting_is_written_and_no_other() -> None:
    sources = [*(ROOT / "src").rglob("*.py"), ROOT / "tests" / "conftest.py"]
    setting = r"[\"'](SAFAR_[A-Z]+(?:_[A-Z]+)*)[\"']"
    used = {word for path in sources for word in re.findall(setting, path.read_text(encoding="utf-8"))}
    written = re.findall(r"^\| `(SAFAR_[A-Z_]+)` \|", text_of("docs/settings.md"), re.MULTILINE)
    assert sorted(written) == sorted(used)


def test_every_error_code_is_written_and_no_other() -> None:
    # In a process of its own: it imports the people's door, which a process can do for one home only.
    ran = subprocess.run(
        [sys.executable, ROOT / "scripts" / "docs.py", "errors"], capture_output=True, text=True, check=True
    )
    assert text_of("docs/errors.md") == ran.stdout, "run `make docs`"


def test_every_make_target_is_written_and_no_other() -> None:
    targets = re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE)
    written = re.findall(r"^\| `make ([a-z-]+)` \|", text_of("docs/development.md"), re.MULTILINE)
    assert sorted(written) == sorted(target for target in targets if target != "help")


def test_no_link_is_dead() -> None:
    assert list(docs.dead_links()) == []


def test_the_index_leads_to_every_page() -> None:
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert pages - set(re.findall(r"\]\(([^)#]+\.md)\)", text_of("docs/index.md"))) == {"index.md"}


def test_no_file_says_what_none_may_say() -> None:
    assert forbidden.main() == 0


def test_the_three_readmes_show_the_same_code() -> None:
    english = [code_blocks("README.md", "python")]
    assert [code_blocks("README.fa.md", "python")] == english == [code_blocks("README.ar.md", "python")]
    lines = code_blocks("README.md", "python")[0].splitlines()
    assert len(lines) == 5, "five lines to a first result"


@pytest.mark.parametrize("page", [page for page in PAGES if code_blocks(page, "python")])
def test_the_python_of_a_page_runs(page: str, demo_folder: Path) -> None:
    code = "\n".join(code_blocks(page, "python"))
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=demo_folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    if page == "README.md":
        first, *counts = ran.stdout.splitlines()
        assert re.fullmatch(r"[1-9]\d{4,} events of [1-9]\d{3,} customers", first)
        assert len(counts) == 5


def modules() -> Iterator[str]:
    """Yield the modules whose docstrings can be run: the people's door needs its settings first."""
    for found in pkgutil.walk_packages(safar.__path__, "safar."):
        if not found.name.startswith("safar.doors.web") and not found.name.endswith("__main__"):
            yield found.name


@pytest.mark.parametrize("name", list(modules()))
def test_the_examples_of_a_module_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failed == 0
