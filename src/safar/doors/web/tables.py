"""The app tables as rows in a file: how they travel in a backup when a PostgreSQL server keeps them.

The file is JSON, a line each: what was applied when it was written, then a table's name and columns followed by its
rows. It is read into a database without members that is first brought to the same state, and to today's afterwards;
into SQLite as well as into PostgreSQL.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from safar.store.backup import APP_TABLES
from safar.store.disk import sync_folder
from safar.vocabulary.errors import Fault, Refusal

_FORMAT: Final = 1
_ROWS: Final = 500
#: Filled by migrations, or of no use to another server.
_LEFT_OUT: Final = frozenset({"django_content_type", "auth_permission", "django_migrations"})


class DatabaseNotEmpty(Refusal, FileExistsError):
    """Restored tables are to be read into a database that has members already."""

    code = "database.not_empty"


class TablesUnreadable(Fault, ValueError):
    """The file of app tables is not what was written."""

    code = "database.tables_unreadable"


def write_tables(path: Path) -> int:
    """Write every app table as it is at one instant; return how many rows there were. Nobody waits for it."""
    with path.open("w", encoding="utf-8") as file, transaction.atomic(), connection.cursor() as cursor:
        os.fchmod(file.fileno(), 0o600)
        if connection.vendor == "postgresql":
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        applied = sorted(MigrationRecorder(connection).applied_migrations())
        _write(file, {"format": _FORMAT, "applied": applied})
        rows = sum(_write_table(file, model) for model in _tables(_models_of(applied)))
        _write(file, {"rows": rows})
        file.flush()
        os.fsync(file.fileno())
    return rows


def bring_back(home: Path) -> None:
    """Read the tables of a restored home into its database, once; does nothing where none wait.

    Raises
    ------
    DatabaseNotEmpty
        The database has members already; nothing was changed.
    TablesUnreadable
        The file is damaged; nothing was changed.
    """
    path = home / APP_TABLES
    if not path.is_file():
        return
    if _has_members():
        raise DatabaseNotEmpty(
            f"The tables that wait in {path} belong into an empty database, and this one has members.",
            hint="Name a new database in SAFAR_DATABASE_URL, or move the file away to keep what is there.",
            path=str(path),
        )
    read_tables(path)
    path.unlink()
    sync_folder(home)


def _has_members() -> bool:
    # A reading that was interrupted left tables behind, and no row in them.
    table = "members_member"
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return False
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")  # noqa: S608 - a name of ours
        return bool(cursor.fetchone()[0])


def read_tables(path: Path) -> int:
    """Read the tables of a file into the empty database; return how many rows there were."""
    with path.open(encoding="utf-8") as file:
        lines = (_read(line) for line in file)
        head = next(lines, {})
        if not isinstance(head, dict) or head.get("format") != _FORMAT:
            raise TablesUnreadable(f"{path} does not begin as a file of app tables.", path=str(path))
        applied = [(str(app), str(name)) for app, name in head["applied"]]
        executor = MigrationExecutor(connection)
        executor.migrate(_leaves(executor, applied))
        by_table = {model._meta.db_table: model for model in _tables(_models_of(applied))}
        with transaction.atomic():
            rows = _read_rows(lines, by_table)
            if rows is None:
                raise TablesUnreadable(f"{path} was cut off.", path=str(path))
            with connection.cursor() as cursor:
                for statement in connection.ops.sequence_reset_sql(no_style(), list(by_table.values())):
                    cursor.execute(statement)
    return rows


def _models_of(applied: Iterable[tuple[str, str]]) -> list[type[models.Model]]:
    """Return the models as they were when these migrations had been applied."""
    executor = MigrationExecutor(connection)
    state = executor.loader.project_state(_leaves(executor, applied))
    return list(state.apps.get_models(include_auto_created=True))


def _leaves(executor: MigrationExecutor, applied: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    graph, known = executor.loader.graph, set(applied)
    return sorted(
        node
        for node in known
        if node in graph.nodes and not any(child.key in known for child in graph.node_map[node].children)
    )


def _tables(found: Iterable[type[models.Model]]) -> list[type[models.Model]]:
    kept = [each for each in found if each._meta.managed and not each._meta.proxy]
    return sorted(
        (each for each in kept if each._meta.db_table not in _LEFT_OUT),
        key=lambda each: each._meta.db_table,
    )


def _write(file: IO[str], value: object) -> None:
    file.write(json.dumps(value, ensure_ascii=False, separators=(",", ":"), cls=_Exactly) + "\n")


class _Exactly(DjangoJSONEncoder):
    """Instants to the microsecond, and bytes."""

    def default(self, o: Any) -> Any:
        if isinstance(o, bytes | memoryview):
            return base64.b64encode(o).decode()
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def _write_table(file: IO[str], model: type[models.Model]) -> int:
    fields = model._meta.concrete_fields
    _write(file, {"table": model._meta.db_table, "columns": [field.column for field in fields]})
    count = 0
    names = [field.attname for field in fields]
    for row in model._base_manager.order_by("pk").values_list(*names).iterator(_ROWS):
        _write(file, row)
        count += 1
    return count


def _read(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise TablesUnreadable("A line of the app tables cannot be read.") from error


def _read_rows(lines: Iterator[Any], by_table: dict[str, type[models.Model]]) -> int | None:
    """Read rows of table after table; None when the file ends before its end."""
    count, insert, fields = 0, "", list[Any]()
    while batch := list(islice(lines, _ROWS)):
        waiting: list[list[Any]] = []
        for line in batch:
            if isinstance(line, list):
                waiting.append(
                    [
                        field.get_db_prep_save(field.to_python(value), connection)
                        for field, value in zip(fields, line, strict=True)
                    ]
                )
                continue
            count += _insert(insert, waiting)
            waiting = []
            if "rows" in line:
                return count if line["rows"] == count else None
            insert, fields = _into(by_table, line)
        count += _insert(insert, waiting)
    return None


def _insert(statement: str, rows: list[list[Any]]) -> int:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)
    return len(rows)


def _into(by_table: dict[str, type[models.Model]], line: dict[str, Any]) -> tuple[str, list[Any]]:
    model = by_table.get(line["table"])
    if model is None:
        raise TablesUnreadable(f"There is no table {line['table']}.", table=str(line["table"]))
    known = {field.column: field for field in model._meta.concrete_fields}
    fields = [known[column] for column in line["columns"]]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(column) for column in line["columns"])
    places = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {quote(line['table'])} ({columns}) VALUES ({places})", fields  # noqa: S608 - quoted names
