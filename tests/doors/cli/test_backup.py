"""Backup and restore from the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builders import a_path
from safar.store.home import Home

QUERY = "select customer_id, event_name from events order by sequence"


@pytest.fixture
def shop(home: Path) -> Path:
    """The home with one customer's path, and a second workspace."""
    with Home.open(home) as opened:
        opened.create_workspace("Second", workspace_id="second")
        with opened.log("shop").writer() as writer:
            writer.append(a_path("visit 09:00 > pay 09:20 250000 IRR", customer="sara"))
            writer.sync()
    return home


def test_what_was_backed_up_comes_back(safar, shop: Path, tmp_path: Path) -> None:
    written = json.loads(safar("backup", tmp_path / "safe", "--json", "--home", shop).out)
    assert (written["workspaces"], written["damaged"]) == (["second", "shop"], [])
    assert Path(written["folder"]).parent == tmp_path / "safe"
    back = safar("restore", written["folder"], "--home", tmp_path / "again", "--json")
    assert (back.code, json.loads(back.out)["files"]) == (0, written["files"])
    told = safar("sql", QUERY, "--home", tmp_path / "again", "--workspace", "shop")
    assert told.out == "customer_id,event_name\nsara,visit\nsara,pay\n"
    assert safar("doctor", "--home", tmp_path / "again").code == 0


def test_one_workspace_can_be_taken_alone(
    safar, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAFAR_WORKSPACE", "second")
    whole = json.loads(safar("backup", tmp_path / "safe", "--json", "--home", shop).out)
    assert whole["workspaces"] == ["second", "shop"], "the environment narrows no backup"
    alone = json.loads(safar("backup", tmp_path / "safe", "--only", "shop", "--json", "--home", shop).out)
    assert alone["workspaces"] == ["shop"]


def test_a_home_that_holds_something_is_replaced_only_when_said(safar, shop: Path, tmp_path: Path) -> None:
    folder = json.loads(safar("backup", tmp_path / "safe", "--json", "--home", shop).out)["folder"]
    refused = safar("restore", folder, "--home", shop)
    assert (refused.code, refused.out) == (2, "")
    assert "[restore.home_not_empty]" in refused.err
    replaced = json.loads(safar("restore", folder, "--replace", "--home", shop, "--json").out)
    assert Path(replaced["replaced"]).parent == shop


def test_a_damaged_backup_is_refused_and_makes_no_home(safar, shop: Path, tmp_path: Path) -> None:
    folder = Path(json.loads(safar("backup", tmp_path / "safe", "--json", "--home", shop).out)["folder"])
    segment = next(folder.rglob("*.wal"))
    segment.write_bytes(segment.read_bytes()[:-1])
    refused = safar("restore", folder, "--home", tmp_path / "again")
    assert refused.code in {1, 2}
    assert "[backup.damaged]" in refused.err
    assert not (tmp_path / "again" / "registry.sqlite").exists()


def test_a_backup_into_the_home_itself_is_refused(safar, shop: Path) -> None:
    refused = safar("backup", shop / "safe", "--home", shop)
    assert refused.code == 2
    assert not (shop / "safe").exists()
