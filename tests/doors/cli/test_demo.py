"""`safar demo`: filled once, served at a free port, let in by a link."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from safar.demo.parameters import parameters
from safar.doors.cli.demo import Filled, free_port
from safar.store.home import Home


@contextmanager
def showing(*arguments: str, cwd: Path) -> Iterator[tuple[str, str]]:
    """Run the demo; yield its link and what it said before."""
    process = subprocess.Popen(
        [sys.executable, "-m", "safar.doors.cli", "demo", *map(str, arguments)],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        link = process.stdout.readline().strip()
        said = ""
        for line in process.stderr:
            said += line
            if line.startswith("Ctrl+C"):
                break
        yield link, said
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.fixture
def demo(demo_folder: Path, tmp_path: Path) -> Path:
    """A copy of the filled demo, to do with as one likes."""
    shutil.copytree(demo_folder / "var", tmp_path / "var")
    return tmp_path / "var" / "demo"


def events_in(home: Path) -> int:
    with Home.open(home) as opened:
        return opened.log("demo").info().events


def test_the_link_opens_the_door(demo: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with showing("--port", str(port), "--language", "fa", cwd=tmp_path) as (link, said):
            assert f"Port {port} is taken; taking " in said
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\S+", link)
            assert f":{port}/" not in link
            with urllib.request.urlopen(link, timeout=30) as page:
                assert page.status == 200
                assert '<html lang="' in page.read().decode()
    assert "events of a simulated shop" not in said, "it was filled before"


@pytest.mark.parametrize(("asked", "language"), [("fa-IR", "fa"), ("ar-EG", "ar"), ("en-GB", "en")])
def test_without_a_language_the_pages_speak_the_browsers(
    demo: Path, tmp_path: Path, asked: str, language: str
) -> None:
    with showing("--port", "0", cwd=tmp_path) as (link, _):
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        browser.addheaders = [("Accept-Language", asked), ("Origin", link.partition("/sign-in")[0])]
        page = browser.open(link, timeout=30).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token
        with browser.open(link, f"csrfmiddlewaretoken={token[1]}".encode(), timeout=60) as today:
            assert today.url.endswith("/w/demo/today")
            assert f'<html lang="{language}"' in today.read().decode()


def test_it_is_filled_up_to_the_hour(safar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(parameters().sizes, "small", 40)
    home, began = tmp_path / "demo", datetime.now(UTC)
    assert safar("demo", "--no-serve", "--home", home).code == 0
    filled = msgspec.json.decode((home / "demo.json").read_bytes(), type=Filled)
    assert (filled.until.minute, filled.until.second, filled.until.microsecond) == (0, 0, 0)
    assert began - timedelta(hours=1) < filled.until <= datetime.now(UTC)
    with Home.open(home) as opened:
        last = opened.log("demo").sql("select max(occurred_at) from events").one()[0]
    assert filled.until - timedelta(days=2) < last < filled.until


def test_it_is_filled_with_a_whole_company(demo_folder: Path, safar) -> None:
    query = "select count(distinct customer_id) as customers, count(*) as events from events"
    answer = json.loads(safar("sql", query, "--json", "--home", demo_folder / "var" / "demo").out)[0]
    assert answer["customers"] > 2000
    assert answer["events"] > 50_000


def test_a_fill_that_was_killed_is_done_again_and_doubles_nothing(demo: Path, safar) -> None:
    before = events_in(demo)
    mark = demo / "demo.json"
    mark.write_text(mark.read_text().replace('"done":true', '"done":false'))
    again = safar("demo", "--no-serve", "--home", demo)
    assert again.code == 0
    assert events_in(demo) == before
    assert '"done":true' in mark.read_text()


@pytest.mark.parametrize("left", [b"", b'{"size":"small","se', b"[]"])
def test_a_mark_that_cannot_be_read_is_said_and_nothing_is_touched(
    safar, tmp_path: Path, left: bytes
) -> None:
    home = tmp_path / "demo"
    home.mkdir()
    (home / "demo.json").write_bytes(left)
    refused = safar("demo", "--no-serve", "--home", home)
    assert (refused.code, refused.out) == (2, "")
    assert f"{home / 'demo.json'} does not say what the demo was filled with" in refused.err
    assert f"Delete {home} and run this again" in refused.err
    assert (home / "demo.json").read_bytes() == left
    with Home.open(home) as opened:
        assert opened.workspaces() == []


def test_an_end_while_the_mark_is_written_leaves_no_half_of_it(
    safar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "demo"

    def cut_off(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", cut_off)
        safar("demo", "--no-serve", "--home", home)
    assert not list(home.glob("demo.json*"))


@pytest.mark.parametrize("other", [["--size", "medium"], ["--seed", "2"]])
def test_another_shop_needs_another_folder(demo: Path, safar, other: list[str]) -> None:
    refused = safar("demo", "--no-serve", "--home", demo, *other)
    assert refused.code == 2
    assert "holds a demo of size small and seed 1. [cli.demo_differs]" in refused.err


def test_a_home_with_a_workspace_of_its_own_is_left_alone(home: Path, safar) -> None:
    refused = safar("demo", "--no-serve", "--home", home)
    assert refused.code == 2
    assert "holds shop, which is no demo." in refused.err
    assert not (home / "demo.json").exists()
    with Home.open(home) as opened:
        assert [workspace.workspace_id for workspace in opened.workspaces()] == ["shop"]


def test_free_port_takes_the_next_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert port < free_port("127.0.0.1", port) <= port + 20
    assert free_port("127.0.0.1", 0) == 0
