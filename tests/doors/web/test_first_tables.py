"""The tables of a new database are those that all migrations make, one after another, on both databases."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from postgresql import postgresql

#: Says as JSON what a database holds after one of the two ways: columns, keys, indexes, checks, and what is filled in.
_PROGRAM = """
import json, sys
from django.core.management import call_command
from safar.store.home import Home
from safar.doors.web.setup import configure, prepare
Home.create(sys.argv[1]).close()
configure(sys.argv[1])
call_command("migrate", interactive=False, verbosity=0) if sys.argv[2] == "steps" else prepare(sys.argv[1])
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.contrib.auth.models import Permission
tables = {}

def named(rule):
    # SQLite's are counted by Django, and PostgreSQL's of a column keep the name that it had first.
    counted = rule.startswith(("__unnamed", "fk_")) and connection.vendor == "sqlite"
    return "" if counted or rule.endswith("_not_null") else rule

with connection.cursor() as cursor:
    look = connection.introspection
    for table in look.table_names(cursor):
        columns = [list(column[:7]) for column in look.get_table_description(cursor, table)]
        rules = [
            [named(name), rule["columns"], rule.get("definition"), rule.get("orders"),
             *(rule[each] for each in ("primary_key", "unique", "foreign_key", "check", "index"))]
            for name, rule in look.get_constraints(cursor, table).items()
        ]
        tables[table] = [sorted(map(str, columns)), sorted(map(str, rules))]
call_command("migrate", check_unapplied=True, verbosity=0)
print(json.dumps({
    "tables": tables,
    "applied": sorted(MigrationRecorder(connection).applied_migrations()),
    "permissions": sorted(Permission.objects.values_list("content_type__app_label", "codename")),
}))
"""
#: Its ids are as wide as Django's own settings say at once, and as ours say in steps; there are no groups here.
NARROWER = "auth_group_permissions"


def made(home: Path, way: str, address: str) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(home), way],
        env={**os.environ, "SAFAR_DATABASE_URL": address},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def compared(tmp_path: Path, at_once: str, in_steps: str) -> None:
    found, expected = made(tmp_path / "a", "at once", at_once), made(tmp_path / "b", "steps", in_steps)
    assert len(found["tables"]) > 60
    assert len(found["applied"]) > 50
    differing = {name for name, parts in expected["tables"].items() if found["tables"].get(name) != parts}
    assert differing <= {NARROWER}, differing
    del found["tables"][NARROWER], expected["tables"][NARROWER]
    assert found == expected


def test_on_sqlite(tmp_path: Path) -> None:
    compared(tmp_path, "", "")


def test_on_postgresql(tmp_path: Path) -> None:
    with postgresql() as server:
        compared(tmp_path, server.database(), server.database())


def test_beside_tables_of_somebody_else_ours_are_made_step_by_step(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with closing(sqlite3.connect(home / "app.sqlite")) as file:
        file.execute("create table notes (id integer primary key)")
    found = made(home, "at once", "")
    assert "notes" in found["tables"]
    assert len(found["applied"]) > 50
