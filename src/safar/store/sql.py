"""SQL over the log: DuckDB reads parts and tail as one view, ``events``; nothing else, and it writes nothing."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pyarrow as pa

from .identity import Identity
from .layout import Layout
from .schema import PART_SCHEMA
from .sql_rules import (
    BATCH_ROWS,
    check,
    events_view,
    first_rows,
    quoted,
    stopped_after,
    too_long,
    unanswered,
    with_uuids,
)
from .tail import View

if TYPE_CHECKING:
    import duckdb


class AliasTable:
    """Whose id each id is, as a table for SQL; made once a version of one log's identity. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: tuple[int, pa.Table] | None = None

    def of(self, identity: Identity) -> pa.Table:
        """Return ``id`` and ``person_id`` of every id that is not its person's own."""
        with self._lock:
            if self._made is None or self._made[0] != identity.version:
                version, aliases = identity.versioned_aliases()
                ids, persons = zip(*aliases, strict=True) if aliases else ((), ())
                table = pa.table(
                    {"id": pa.array(ids, pa.string()), "person_id": pa.array(persons, pa.string())}
                )
                self._made = version, table
            return self._made[1]


def files_of(layout: Layout, view: View) -> list[str]:
    """Return the files that a query over a view reads."""
    return [str(layout.parquet(part.name).resolve()) for part in view.snapshot.parts]


class Engine:
    """An in-memory DuckDB over the files of one log. Thread-safe: each answer has a cursor of its own."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._lock = threading.Lock()
        self._base: duckdb.DuckDBPyConnection | None = None
        self._aliases = AliasTable()

    def answer(
        self,
        view: View,
        identity: Identity,
        query: str,
        parameters: Sequence[object] | Mapping[str, object] | None,
        *,
        within: timedelta | None = None,
        limit: int | None = None,
    ) -> pa.Table | None:
        """Return the answer, or None when a file of ``view`` is gone: take a new view and ask again.

        After ``within`` the query is stopped; more than ``limit`` rows are not read.
        """
        import duckdb  # noqa: PLC0415 - loaded by who asks in SQL, not by who opens a log

        cursor = self._cursor()
        try:
            check(cursor, query)
            cursor.register("tail", with_uuids(view.tail))
            aliases = self._aliases.of(identity)
            cursor.register("alias", aliases)
            files = files_of(self._layout, view)
            cursor.execute(events_view(files, has_aliases=aliases.num_rows > 0))
            with stopped_after(cursor, within):
                relation = cursor.sql(query, params=parameters)
                if limit is None:
                    return relation.to_arrow_table()
                return first_rows(relation.to_arrow_reader(BATCH_ROWS), limit)
        except duckdb.InterruptException as error:
            raise too_long(within) from error
        except duckdb.IOException:
            if any(not self._layout.parquet(part.name).exists() for part in view.snapshot.parts):
                return None
            raise
        except duckdb.Error as error:
            raise unanswered(error) from error
        finally:
            cursor.close()

    def extracted(self, parts: Sequence[str], tail: pa.Table | None, query: str) -> pa.Table:
        """Return what ``query`` takes out of ``rows``: every row of these parts and this tail, with ``part``, its name.

        ``query`` is our own. Ids are those that the events came with; the tail's ``part`` is empty.

        Raises
        ------
        FileNotFoundError
            A part is gone: take a new view and ask again.
        """
        import duckdb  # noqa: PLC0415 - loaded by who asks in SQL, not by who opens a log

        names = ", ".join(PART_SCHEMA.names)
        cursor = self._cursor()
        try:
            sources = []
            if tail is not None:
                cursor.register("tail", with_uuids(tail))
                sources.append(f"SELECT {names}, '' AS part FROM tail")
            if parts:
                files = ", ".join(quoted(str(self._layout.parquet(part).resolve())) for part in parts)
                sources.append(
                    f"SELECT {names}, parse_filename(filename, true) AS part"
                    f" FROM read_parquet([{files}], filename = true)"
                )
            return cursor.sql(f"WITH rows AS ({' UNION ALL '.join(sources)}) {query}").to_arrow_table()
        except duckdb.IOException as error:
            gone = [part for part in parts if not self._layout.parquet(part).exists()]
            if gone:
                raise FileNotFoundError(gone[0]) from error
            raise
        finally:
            cursor.close()

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        import duckdb  # noqa: PLC0415 - loaded by who asks in SQL, not by who opens a log

        with self._lock:
            if self._base is None:
                self._base = duckdb.connect(
                    config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
                )
                self._base.execute("SET TimeZone = 'UTC'")
                self._base.execute("SET parquet_metadata_cache = true")
                self._base.execute("SET python_enable_replacements = false")
                self._base.execute(f"SET temp_directory = {quoted(str(self._layout.scratch.resolve()))}")
                self._base.execute(f"SET allowed_directories = [{quoted(str(self._layout.parts.resolve()))}]")
                self._base.execute("SET enable_external_access = false")
                self._base.execute("SET lock_configuration = true")
            return self._base.cursor()

    def close(self) -> None:
        """Let go of the files; an answer that is being read lets go of its own when it ends."""
        with self._lock:
            if self._base is not None:
                import duckdb  # noqa: PLC0415 - loaded by who asks in SQL, not by who opens a log

                with suppress(duckdb.ResourceInUseException):
                    self._base.close()
                self._base = None
