"""Members from the terminal. Each command is a process of its own: Django serves one home a process."""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import urlsplit


def test_a_member_is_added_listed_and_let_in(safar_shell, home: Path) -> None:
    added = safar_shell(
        "members", "add", "Sara@Shop.example", "--name", "سارا", "--language", "fa", "--role", "owner",
        "--home", home, "--json",
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    sara = {"email": "sara@shop.example", "name": "سارا", "language": "fa"}
    assert json.loads(added.stdout) == sara | {"workspace_id": "shop", "role": "owner"}
    listed = json.loads(safar_shell("members", "list", "--home", home, "--json").stdout)
    assert listed == [sara | {"roles": {"shop": "owner"}, "is_active": True, "last_sign_in_at": None}]
    linked = safar_shell(
        "members", "link", "sara@shop.example", "--home", home, "--url", "https://cx.example"
    )
    assert linked.returncode == 0
    assert (urlsplit(linked.stdout).scheme, urlsplit(linked.stdout).netloc) == ("https", "cx.example")
    assert len(linked.stdout.splitlines()) == 1


def test_an_unknown_member_gets_no_link_but_the_nearest_name(safar_shell, home: Path) -> None:
    safar_shell("members", "add", "sara@shop.example", "--home", home)
    refused = safar_shell("members", "link", "sarah@shop.example", "--home", home)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert 'Did you mean "sara@shop.example"?' in refused.stderr
    assert "[member.unknown]" in refused.stderr


def test_a_role_that_is_not_there_adds_nobody(safar_shell, home: Path) -> None:
    refused = safar_shell("members", "add", "sara@shop.example", "--role", "king", "--home", home)
    assert refused.returncode == 2
    assert "'king' is not a role." in refused.stderr
    assert json.loads(safar_shell("members", "list", "--home", home, "--json").stdout) == []


def test_the_public_address_comes_from_the_environment(safar_process, home: Path) -> None:
    safar_process("members", "add", "sara@shop.example", "--home", home)
    linked = safar_process(
        "members", "link", "sara@shop.example", "--home", home, SAFAR_PUBLIC_URL="https://cx.example/"
    )
    assert linked.stdout.startswith("https://cx.example/")
    assert "//" not in linked.stdout.removeprefix("https://")
    assert os.environ.get("SAFAR_PUBLIC_URL") is None


def test_a_member_is_removed_but_never_the_last_owner(safar_shell, home: Path) -> None:
    safar_shell("members", "add", "sara@shop.example", "--role", "owner", "--home", home)
    refused = safar_shell("members", "remove", "sara@shop.example", "--home", home)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "[member.last_owner]" in refused.stderr
    safar_shell("members", "add", "omid@shop.example", "--role", "owner", "--home", home)
    removed = safar_shell("members", "remove", "sara@shop.example", "--home", home, "--json")
    assert json.loads(removed.stdout) == {"email": "sara@shop.example", "name": "", "is_active": False}
    listed = json.loads(safar_shell("members", "list", "--home", home, "--json").stdout)
    assert [member["email"] for member in listed] == ["omid@shop.example"]
