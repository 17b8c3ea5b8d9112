"""The address of a database: read strictly, never repeated with its password."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from safar.doors.web.database import DatabaseAddressRefused, DatabaseDriverMissing, database_settings


def test_without_an_address_the_tables_are_a_file_of_the_home(tmp_path: Path) -> None:
    for address in ("", "  "):
        found = database_settings(tmp_path, address)
        assert (found["ENGINE"], found["NAME"]) == ("django.db.backends.sqlite3", tmp_path / "app.sqlite")
        assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_an_address_is_taken_apart(tmp_path: Path) -> None:
    address = "postgresql://sa%40far:p%2Fw%23d@db.example:5433/cx?sslmode=verify-full&sslrootcert=/etc/ca.pem"
    found = database_settings(tmp_path, address)
    assert {name: found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "cx",
        "USER": "sa@far",
        "PASSWORD": "p/w#d",
        "HOST": "db.example",
        "PORT": "5433",
    }
    options = found["OPTIONS"]
    assert (options["sslmode"], options["sslrootcert"]) == ("verify-full", "/etc/ca.pem")
    assert options["connect_timeout"] == 10
    assert "statement_timeout=60000" in options["options"]
    assert (found["CONN_MAX_AGE"], found["CONN_HEALTH_CHECKS"]) == (600, True)


def test_a_socket_is_named_as_libpq_names_it(tmp_path: Path) -> None:
    found = database_settings(tmp_path, "postgres:///cx?host=/run/postgresql&connect_timeout=3")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("/run/postgresql", "", "cx")
    assert "host" not in found["OPTIONS"]
    assert found["OPTIONS"]["connect_timeout"] == 3


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://safar:hunter2@db/cx", '"mysql"'),
        ("safar:hunter2@db/cx", "no kind"),
        ("hunter2", "no kind"),
        ("postgresql://safar:hunter2@db", "does not name the database"),
        ("postgresql://safar:hunter2@db/", "does not name the database"),
        ("postgresql://safar:hunter2@db/cx/more", "does not name the database"),
        ("postgresql://safar:hunter2@db:port/cx", "cannot be read"),
        ("postgresql://safar:hunter2@[db/cx", "cannot be read"),
        ("postgresql://safar:hunter2#@db/cx", ""),
        ("postgresql://safar:hunter2@db/cx?sslmod=require", "Did you mean"),
        ("postgresql://safar:hunter2@db/cx?sslmode=yes", 'no sslmode "yes"'),
        ("postgresql://safar:hunter2@db/cx?connect_timeout=soon", "connect_timeout"),
        ("postgresql://safar:hunter2@db/cx?options", "cannot be read"),
    ],
)
def test_an_address_that_is_none_is_refused_without_its_password(
    tmp_path: Path, address: str, said: str
) -> None:
    with pytest.raises(DatabaseAddressRefused) as refused:
        database_settings(tmp_path, address)
    assert said in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert refused.value.hint


def test_a_missing_driver_is_said_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safar.doors.web.database.find_spec", lambda _: None)
    with pytest.raises(DatabaseDriverMissing) as missing:
        database_settings(tmp_path, "postgresql://db/cx")
    assert "safar[postgresql]" in missing.value.hint


def test_a_server_that_is_not_there_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFAR_DATABASE_URL", "postgresql://safar:hunter2@127.0.0.1:1/cx")
    words = [sys.executable, "-m", "safar.doors.cli", "members", "list", "--home", str(tmp_path / "home")]
    home = [
        sys.executable,
        "-m",
        "safar.doors.cli",
        "workspaces",
        "create",
        "Shop",
        "--home",
        str(tmp_path / "home"),
    ]
    subprocess.run(home, check=True, capture_output=True)
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode != 0
    assert "database.unreachable" in ran.stderr
    assert "hunter2" not in ran.stderr
    assert "Traceback" not in ran.stderr
