"""SQL over the log: DuckDB reads parts and tail as one view, ``events``; nothing else, and it writes nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

import duckdb
import pyarrow as pa

from safar.vocabulary.errors import Refusal

from .identity import Identity
from .layout import Layout
from .schema import PART_SCHEMA
from .tail import View

_COLUMNS: Final = ", ".join(
    field.name for field in PART_SCHEMA if field.name not in {"customer_id", "event_id"}
)
_BATCH_ROWS: Final = 2_048
_READ_ONLY: Final = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN})


class QueryRefused(Refusal, ValueError):
    """The query is not one that can be answered."""

    code = "query.refused"


class QueryTooLong(Refusal, TimeoutError):
    """The query ran into the time it was given, and was stopped."""

    code = "query.too_long"


class Engine:
    """An in-memory DuckDB over the files of one log. Thread-safe: each answer has a cursor of its own."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._lock = threading.Lock()
        self._base: duckdb.DuckDBPyConnection | None = None
        self._aliases: tuple[int, pa.Table] | None = None

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
        cursor = self._cursor()
        try:
            self._check(cursor, query)
            cursor.register("tail", _as_uuids(view.tail))
            aliases = self._alias_table(identity)
            cursor.register("alias", aliases)
            cursor.execute(_view(self._layout, view, has_aliases=aliases.num_rows > 0))
            with _stopped_after(cursor, within):
                relation = cursor.sql(query, params=parameters)
                if limit is None:
                    return relation.to_arrow_table()
                return _first_rows(relation.to_arrow_reader(_BATCH_ROWS), limit)
        except duckdb.InterruptException as error:
            seconds = 0.0 if within is None else within.total_seconds()
            raise QueryTooLong(
                f"The query took longer than {seconds:g} seconds and was stopped.",
                hint="Ask about less: a shorter time, fewer columns, or a sample.",
                seconds=seconds,
            ) from error
        except duckdb.IOException:
            if any(not self._layout.parquet(part.name).exists() for part in view.snapshot.parts):
                return None
            raise
        except duckdb.Error as error:
            done = "read" if isinstance(error, duckdb.ParserException) else "answered"
            raise QueryRefused(
                f"The query cannot be {done}. {error}",
                hint="The table is `events`; `describe events` lists its columns.",
            ) from error
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
        names = ", ".join(PART_SCHEMA.names)
        cursor = self._cursor()
        try:
            sources = []
            if tail is not None:
                cursor.register("tail", _as_uuids(tail))
                sources.append(f"SELECT {names}, '' AS part FROM tail")
            if parts:
                files = ", ".join(_quoted(str(self._layout.parquet(part).resolve())) for part in parts)
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
        with self._lock:
            if self._base is None:
                self._base = duckdb.connect(
                    config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}
                )
                self._base.execute("SET TimeZone = 'UTC'")
                self._base.execute("SET parquet_metadata_cache = true")
                self._base.execute("SET python_enable_replacements = false")
                self._base.execute(f"SET temp_directory = {_quoted(str(self._layout.scratch.resolve()))}")
                self._base.execute(
                    f"SET allowed_directories = [{_quoted(str(self._layout.parts.resolve()))}]"
                )
                self._base.execute("SET enable_external_access = false")
                self._base.execute("SET lock_configuration = true")
            return self._base.cursor()

    @staticmethod
    def _check(cursor: duckdb.DuckDBPyConnection, query: str) -> None:
        statements = cursor.extract_statements(query)
        if len(statements) != 1 or statements[0].type not in _READ_ONLY:
            raise QueryRefused(
                f"A query is one SELECT; this has {len(statements)} statement(s), not all of them SELECT.",
                hint="Send one SELECT at a time; the log cannot be changed by SQL.",
            )

    def _alias_table(self, identity: Identity) -> pa.Table:
        with self._lock:
            if self._aliases is None or self._aliases[0] != identity.version:
                version, aliases = identity.versioned_aliases()
                ids, persons = zip(*aliases, strict=True) if aliases else ((), ())
                table = pa.table(
                    {"id": pa.array(ids, pa.string()), "person_id": pa.array(persons, pa.string())}
                )
                self._aliases = version, table
            return self._aliases[1]

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            if self._base is not None:
                self._base.close()
                self._base = None


@contextmanager
def _stopped_after(cursor: duckdb.DuckDBPyConnection, within: timedelta | None) -> Iterator[None]:
    """Interrupt what the cursor does when the time is over."""
    if within is None:
        yield
        return
    timer = threading.Timer(within.total_seconds(), cursor.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # it never meets a cursor that is closed


def _first_rows(reader: pa.RecordBatchReader, limit: int) -> pa.Table:
    """Return at most ``limit`` rows; what is behind them is not computed."""
    batches, rows = [], 0
    for batch in reader:
        batches.append(batch)
        rows += batch.num_rows
        if rows >= limit:
            break
    return pa.Table.from_batches(batches, reader.schema).slice(0, limit)


def _view(layout: Layout, view: View, *, has_aliases: bool) -> str:
    files = ", ".join(_quoted(str(layout.parquet(part.name).resolve())) for part in view.snapshot.parts)
    names = ", ".join(PART_SCHEMA.names)
    sources = [f"SELECT {names} FROM tail"]
    if files:
        sources.append(f"SELECT {names} FROM read_parquet([{files}])")
    everything = " UNION ALL ".join(sources)
    person = "coalesce(alias.person_id, kept.customer_id)" if has_aliases else "kept.customer_id"
    join = " LEFT JOIN alias ON alias.id = kept.customer_id" if has_aliases else ""
    return (
        f"CREATE OR REPLACE TEMP VIEW events AS SELECT kept.event_id, {person} AS customer_id,"
        f" kept.customer_id AS original_id, {_COLUMNS} FROM ({everything}) AS kept{join}"
    )


def _as_uuids(tail: pa.Table) -> pa.Table:
    ids = tail.column("event_id")
    chunks = [pa.ExtensionArray.from_storage(pa.uuid(), chunk) for chunk in ids.chunks]
    return tail.set_column(0, "event_id", pa.chunked_array(chunks, pa.uuid()))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
