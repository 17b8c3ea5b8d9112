"""App tables that a server keeps: in a backup, back in an empty database, and over to SQLite."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from postgresql import Postgresql, postgresql
from safar_shell import Shell, shell


@pytest.fixture(scope="module")
def server() -> Iterator[Postgresql]:
    with postgresql() as running:
        yield running


def safar(*words: str | Path, database: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SAFAR_DATABASE_URL": database}
    command = [sys.executable, "-m", "safar.doors.cli", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def members(safar: Shell, home: Path) -> list[tuple[str, str]]:
    ran = safar("members", "list", "--all", "--home", home, "--json")
    assert ran.returncode == 0, ran.stderr
    return [(each["email"], each["name"]) for each in json.loads(ran.stdout)]


def rows(server: Postgresql, address: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every app table."""
    name = address.partition("@/")[2].partition("?")[0]
    tables = server.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1", name)
    found: dict[str, list[tuple[Any, ...]]] = {}
    for (table,) in tables:
        if table not in {"django_migrations", "django_content_type", "auth_permission"}:
            # by name: columns stand in another order in tables that were made at once
            named = server.run(
                f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' ORDER BY 1",
                name,
            )
            columns = ", ".join(f'"{column}"' for (column,) in named)
            found[table] = sorted(server.run(f"SELECT {columns} FROM {table}", name), key=repr)
    return found


def test_a_backup_holds_the_tables_of_the_server_and_a_restore_brings_them_back(
    server: Postgresql, tmp_path: Path
) -> None:
    database, home = server.database(), tmp_path / "home"
    with shell(tmp_path, SAFAR_DATABASE_URL=database) as on_server:
        for words in (
            ["workspaces", "create", "فروشگاه", "--id", "shop"],
            [
                "members",
                "add",
                "sara@example.com",
                "--name",
                "سارا",
                "--role",
                "owner",
                "--workspace",
                "shop",
            ],
            ["members", "add", "ali@example.com", "--name", "O'\"Ali\n", "--workspace", "shop"],
            ["backup", tmp_path / "backups"],
        ):
            ran = on_server(*words, "--home", home)
            assert ran.returncode == 0, ran.stderr
        known = members(on_server, home)
    assert not (home / "app.sqlite").exists()
    (backup,) = (tmp_path / "backups").iterdir()
    written = backup / "files" / "app-tables.jsonl"
    assert "app-tables.jsonl" in json.loads((backup / "backup.json").read_text())["files"]
    assert written.stat().st_mode & 0o777 == 0o600
    assert not (backup / "files" / "uploads.tmp").exists()

    refused = safar("restore", backup, "--home", tmp_path / "second", database=database)
    assert refused.returncode != 0
    assert "database.not_empty" in refused.stderr
    assert rows(server, database)["members_member"]

    empty = server.database()
    with shell(tmp_path, SAFAR_DATABASE_URL=empty) as on_server:
        restored = on_server("restore", backup, "--home", tmp_path / "third")
        assert restored.returncode == 0, restored.stderr
        assert not (tmp_path / "third" / "app-tables.jsonl").exists()
        assert rows(server, empty) == rows(server, database)
        # New rows get keys of their own after those that came back.
        added = on_server("members", "add", "new@example.com", "--home", tmp_path / "third")
        assert added.returncode == 0, added.stderr
        assert len(members(on_server, tmp_path / "third")) == 3

    with shell(tmp_path, SAFAR_DATABASE_URL="") as on_a_file:
        to_file = on_a_file("restore", backup, "--home", tmp_path / "fourth")
        assert to_file.returncode == 0, to_file.stderr
        assert members(on_a_file, tmp_path / "fourth") == known


def test_a_damaged_file_of_tables_brings_nothing_back(server: Postgresql, tmp_path: Path) -> None:
    home, other, empty = tmp_path / "home", tmp_path / "other", server.database()
    with shell(tmp_path, SAFAR_DATABASE_URL=server.database()) as on_server:
        on_server("workspaces", "create", "Shop", "--id", "shop", "--home", home)
        on_server("members", "add", "sara@example.com", "--home", home)
        assert on_server("backup", tmp_path / "backups", "--home", home).returncode == 0
    (backup,) = (tmp_path / "backups").iterdir()
    lines = (backup / "files" / "app-tables.jsonl").read_text().splitlines(keepends=True)
    with shell(tmp_path, SAFAR_DATABASE_URL=empty) as on_server:
        made = on_server("workspaces", "create", "Shop", "--id", "shop", "--home", other)
        assert made.returncode == 0, made.stderr
        for damage in (lines[:-1], [], ["{}\n"], [*lines[:-1], "[1,\n"]):
            (other / "app-tables.jsonl").write_text("".join(damage))
            ran = on_server("members", "list", "--all", "--home", other)
            assert ran.returncode != 0
            assert "database.tables_unreadable" in ran.stderr, ran.stderr
            assert not any(rows(server, empty).values())
        (other / "app-tables.jsonl").write_text("".join(lines))
        assert [email for email, _ in members(on_server, other)] == ["sara@example.com"]


def test_several_processes_may_bring_the_tables_of_a_server_up_at_once(
    server: Postgresql, tmp_path: Path
) -> None:
    program = f"from safar.doors.web.setup import prepare; prepare({str(tmp_path / 'home')!r})"
    environment = {**os.environ, "SAFAR_DATABASE_URL": server.database()}
    running = [
        subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True, env=environment)
        for _ in range(3)
    ]
    assert [(process.communicate()[1], process.returncode) for process in running] == [("", 0)] * 3


def test_the_doctor_looks_at_the_server(server: Postgresql, tmp_path: Path) -> None:
    database, home = server.database(), tmp_path / "home"
    safar("workspaces", "create", "Shop", "--home", home, database=database)
    fine = safar("doctor", "--home", home, "--json", database=database)
    assert (fine.returncode, json.loads(fine.stdout)) == (0, []), fine.stderr
    away = safar("doctor", "--home", home, "--json", database="postgresql://x:hunter2@127.0.0.1:1/cx")
    assert away.returncode == 1
    (finding,) = json.loads(away.stdout)
    assert (finding["code"], finding["severity"]) == ("doctor.server_unreachable", "error")
    assert "hunter2" not in away.stdout
