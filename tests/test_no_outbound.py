"""Safar calls nobody: a whole day without a network works, and nothing even tried to leave the machine."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

SCENARIO = Path(__file__).parent / "outbound" / "scenario.py"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, missing: Callable[[str], NoReturn]) -> dict[str, Any]:
    """A day lived in a network namespace of its own."""
    alone = ["unshare", "--map-root-user", "--net", "--mount"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        missing("This machine allows no network namespace (unshare), so nothing can be shut in.")
    folder = tmp_path_factory.mktemp("alone")
    command = [*alone, sys.executable, str(SCENARIO), str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=170, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_the_watchers_see_an_outbound_call(lived: dict[str, Any]) -> None:
    named = [call.split()[1] for call in lived["control"]["calls"]]
    assert {"192.0.2.1", "shop.example"} <= set(named)
    assert lived["control"]["packets"] >= lived["seen"]["packets"] + 2


def test_nothing_of_safar_named_another_machine(lived: dict[str, Any]) -> None:
    assert lived["seen"]["calls"] == []


def test_no_packet_tried_to_leave(lived: dict[str, Any]) -> None:
    assert lived["seen"]["packets"] == 0


def test_everything_works_without_a_network(lived: dict[str, Any]) -> None:
    assert (lived["day"]["found"], lived["day"]["restored"]) == (1, 1)


def test_pages_bring_everything_with_them(lived: dict[str, Any]) -> None:
    pages = lived["day"]["pages"]
    assert any(name.endswith(".css") for name in pages)
    assert "NPS" in pages["today"], "the day reached the page behind the door"
    abroad = {
        name: found
        for name, text in pages.items()
        if (
            found := re.findall(
                r"""(?:src|href|action)=["']?(?:https?:)?//[^"'\s>]+|url\(["']?(?:https?:)?//[^)]+""", text
            )
        )
    }
    assert abroad == {}
    for policy in lived["day"]["policies"].values():
        assert "default-src" in policy
        assert "//" not in policy
