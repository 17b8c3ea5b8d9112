"""The tables of a new database, made at once from the models as they are today.

Migrations bring tables of every age up to date. A new database has no age: sixty migrations one after another make
what the models say, and Django builds the models of every age in between, three seconds of work. A test holds the two
ways against each other, on both databases.
"""

from __future__ import annotations

from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder


def bring_up_to_date() -> None:
    """Make the tables of a new database, or bring those of an older version to today's. Nobody else may do so
    meanwhile."""
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    if not executor.migration_plan(leaves):
        return
    if connection.introspection.table_names():
        call_command("migrate", interactive=False, verbosity=0)
    else:
        _make(sorted(executor.loader.graph.nodes))


def _make(migrations: list[tuple[str, str]]) -> None:
    """Make all tables, and note the migrations as applied: both or, when the process dies, neither."""
    with connection.schema_editor(atomic=True) as editor:
        recorder = MigrationRecorder(connection)
        editor.create_model(recorder.Migration)
        for model in apps.get_models():
            # Tables between two others are made with the one that declares them.
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
        for app, name in migrations:
            recorder.record_applied(app, name)
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
