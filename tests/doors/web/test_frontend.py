"""The front-end packages: pinned, hashed, copied as locked, and not fetched twice."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import frontend
import pytest

LOCK = json.loads(frontend.LOCKED[1].read_text(encoding="utf-8"))
WANTED = json.loads(frontend.LOCKED[0].read_text(encoding="utf-8"))["dependencies"]


def test_every_package_is_pinned_and_hashed() -> None:
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in WANTED.values())
    locked = {
        path.removeprefix("node_modules/"): package for path, package in LOCK["packages"].items() if path
    }
    assert {name: package["version"] for name, package in locked.items()} == WANTED
    assert all(package["integrity"].startswith("sha512-") for package in locked.values())
    assert "resolved" not in frontend.LOCKED[1].read_text(encoding="utf-8"), "the lock names a registry"


def test_what_is_copied_is_what_was_locked() -> None:
    assert frontend.STAMP.read_text() == frontend.state()
    copied = {path.name for path in frontend.VENDOR.iterdir()}
    assert copied == {*frontend.FILES.values(), ".stamp"}
    assert {name for name in copied if name.endswith(".LICENSE")} == {
        "htmx.LICENSE",
        "inter.LICENSE",
        "vazirmatn.LICENSE",
    }
    assert {path.name for path in frontend.FONTS.iterdir()} == {*frontend.FACES.values()}


def test_a_second_run_needs_no_network(tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in frontend.VENDOR.iterdir()}
    # A registry that is not there: whoever asked it would fail.
    environment = os.environ | {
        "npm_config_registry": "http://127.0.0.1:9",
        "npm_config_cache": str(tmp_path),
    }
    ran = subprocess.run(
        [sys.executable, frontend.__file__], env=environment, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert {path: path.stat().st_mtime_ns for path in frontend.VENDOR.iterdir()} == before
    assert list(tmp_path.iterdir()) == []


def test_a_changed_copy_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = tmp_path / "vendor"
    shutil.copytree(frontend.VENDOR, vendor)
    state = frontend.state()
    monkeypatch.setattr(frontend, "VENDOR", vendor)
    assert frontend.state() == state
    (vendor / "htmx.min.js").write_bytes((vendor / "htmx.min.js").read_bytes() + b" ")
    assert frontend.state() != state
    (vendor / "htmx.min.js").unlink()
    assert frontend.state() != state
