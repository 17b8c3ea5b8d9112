"""`safar serve` as a process: it says where it is, answers, and ends well."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from safar.doors.cli.output import called
from safar.store.home import Home


@contextmanager
def serving(*arguments: str, cwd: Path) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """Serve on a free port; yield the process, the address, and what it said until it was ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "safar.doors.cli", "serve", "--port", "0", *map(str, arguments)],
        cwd=cwd,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = ""
    try:
        for line in process.stderr:
            said += line
            if line.startswith("Ctrl+C"):
                break
        address = re.search(r"^Safar serves .* at (http://\S+)$", said, re.MULTILINE)
        assert address, said
        yield process, address[1], said
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_and_ends_well(home: Path, stop: signal.Signals) -> None:
    with serving("--ingest-only", "--home", home, cwd=home) as (process, address, said):
        assert (
            said == f"Safar serves {home} at {address}\nCtrl+C stops it; what was acknowledged is on disk.\n"
        )
        process.send_signal(stop)
        assert process.wait(timeout=30) == 0


def test_a_fresh_home_is_made_and_the_next_steps_are_said(tmp_path: Path) -> None:
    with serving("--ingest-only", cwd=tmp_path) as (_, _, said):
        assert "It has no workspace yet." in said
        assert "safar members link you@example.com" in said
    assert (tmp_path / "var" / "safar" / "registry.sqlite").is_file()


def test_what_is_sent_to_it_is_answered_by_sql(home: Path, safar) -> None:
    with Home.open(home) as opened:
        _, secret = opened.create_key("shop", name="site")
    with serving("--ingest-only", "--home", home, cwd=home) as (_, address, _):
        call = {"userId": "sara", "event": "pay", "writeKey": secret}
        request = urllib.request.Request(f"{address}/v1/track", json.dumps(call).encode(), method="POST")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.status == 202
        asked = safar("sql", "select customer_id, event_name, source from events", "--home", home)
    assert asked.out == "customer_id,event_name,source\nsara,pay,key:site\n"


def test_a_port_that_is_taken_is_refused(home: Path, safar_process) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = safar_process("serve", "--ingest-only", "--port", str(port), "--home", home)
    assert refused.returncode == 2
    assert f"Cannot listen on 127.0.0.1 port {port}" in refused.stderr
    assert "[serve.address_unavailable]" in refused.stderr


def test_an_ingest_process_loads_no_django() -> None:
    code = (
        "import sys, safar.doors.serve, safar.doors.cli.serve;"
        "assert not [name for name in sys.modules if name.split('.')[0] == 'django']"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ)


@pytest.mark.parametrize(
    ("typed", "shown"), [(".venv/bin/safar", ".venv/bin/safar"), ("{folder}/a b/safar", "'a b/safar'")]
)
def test_the_next_steps_are_shown_as_the_command_was_called(tmp_path: Path, typed: str, shown: str) -> None:
    script = tmp_path / typed.format(folder=tmp_path)
    script.parent.mkdir(parents=True)
    script.write_text(
        f"#!{sys.executable}\nfrom safar.doors.cli.main import main\nraise SystemExit(main())\n"
    )
    script.chmod(0o755)
    process = subprocess.Popen(
        [typed.format(folder=tmp_path), "serve", "--ingest-only", "--port", "0"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said = "".join(iter(process.stderr.readline, "Ctrl+C stops it; what was acknowledged is on disk.\n"))
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert f"\n  {shown} members link you@example.com" in said
    assert "\n  safar " not in said


def test_a_command_on_the_path_is_shown_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "safar"
    script.touch(mode=0o755)
    monkeypatch.setattr(sys, "argv", [str(script)])
    assert called() == str(script)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert called() == "safar"
