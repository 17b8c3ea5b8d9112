"""Bringing the people's door up: tables, secret, one home a process."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from safar.doors.web.secret import SecretUnsafe, secret_key
from safar.doors.web.setup import AnotherHome, configure, prepare


@pytest.fixture
def _on_sqlite(web_home) -> None:
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("The tables are on a server.")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_secret_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = secret_key(home)
    assert len(first) >= 50
    assert secret_key(home) == first
    assert mode_of(home / "secret.key") == 0o600
    assert [path.name for path in home.iterdir()] == ["secret.key"]
    assert secret_key(tmp_path / "other") != first


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    secret_key(tmp_path)
    (tmp_path / "secret.key").chmod(0o644)
    with pytest.raises(SecretUnsafe) as refused:
        secret_key(tmp_path)
    assert "chmod 600" in refused.value.hint


def test_preparing_again_changes_nothing(web_home) -> None:
    prepare(web_home.folder)
    assert mode_of(web_home.folder) == 0o700
    assert mode_of(web_home.folder / "uploads.tmp") == 0o700


@pytest.mark.usefixtures("_on_sqlite")
def test_the_database_is_nobody_elses(web_home) -> None:
    prepare(web_home.folder)
    assert mode_of(web_home.folder / "app.sqlite") == 0o600


def test_one_process_serves_one_home(web_home, tmp_path: Path) -> None:
    configure(web_home.folder)
    with pytest.raises(AnotherHome) as refused:
        configure(tmp_path)
    assert refused.value.context == {"home": str(web_home.folder), "asked": str(tmp_path)}
    assert list(tmp_path.iterdir()) == []


def test_two_processes_may_prepare_one_home_at_once(tmp_path: Path) -> None:
    program = f"from safar.doors.web.setup import prepare; prepare({str(tmp_path / 'home')!r})"
    running = [
        subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    assert [(process.communicate()[1], process.returncode) for process in running] == [("", 0), ("", 0)]


def test_the_environment_of_the_process_keeps_its_home(web_home) -> None:
    assert "SAFAR_HOME" not in os.environ


def test_migrations_are_complete(web_home) -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_djangos_own_checks_find_nothing(web_home) -> None:
    from django.core.checks import run_checks

    assert run_checks() == []


@pytest.mark.usefixtures("_on_sqlite")
def test_the_database_is_written_ahead(web_home) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
