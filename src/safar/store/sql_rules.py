"""What a query in SQL may be and may see; the same for a query in this process and for one in a process apart.

Light on purpose: a process apart imports this, and nothing else of the store.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from safar.vocabulary.errors import Refusal

from .schema import PART_SCHEMA

if TYPE_CHECKING:
    import duckdb

BATCH_ROWS: Final = 2_048
_COLUMNS: Final = ", ".join(
    field.name for field in PART_SCHEMA if field.name not in {"customer_id", "event_id"}
)
_EXPLAINED: Final = re.compile(
    r"\s*explain\b\s*(?:analyze\b\s*)?(?:\([^()]*\)\s*)?(?P<query>.*)", re.IGNORECASE | re.DOTALL
)


class QueryRefused(Refusal, ValueError):
    """The query is not one that can be answered."""

    code = "query.refused"


class QueryTooLong(Refusal, TimeoutError):
    """The query ran into the time it was given, and was stopped."""

    code = "query.too_long"


class QueryTooLarge(Refusal, MemoryError):
    """The query needed more memory than it was given, or its answer is larger than is sent."""

    code = "query.too_large"


def too_long(within: timedelta | None) -> QueryTooLong:
    """Return the refusal of a query whose time is over."""
    seconds = 0.0 if within is None else within.total_seconds()
    return QueryTooLong(
        f"The query took longer than {seconds:g} seconds and was stopped.",
        hint="Ask about less: a shorter time, fewer columns, or a sample.",
        seconds=seconds,
    )


def unanswered(error: duckdb.Error) -> QueryRefused:
    """Return the refusal of a query that DuckDB cannot read or answer; the words are DuckDB's."""
    import duckdb  # noqa: PLC0415 - loaded by who asks in SQL, not by who opens a log

    done = "read" if isinstance(error, duckdb.ParserException) else "answered"
    return QueryRefused(
        f"The query cannot be {done}. {error}",
        hint="The table is `events`; `describe events` lists its columns.",
    )


def check(cursor: duckdb.DuckDBPyConnection, query: str) -> None:
    """Refuse what is not one SELECT, or the plan of one."""
    import duckdb  # noqa: PLC0415 - loaded by who asks in SQL, not by who opens a log

    statements = cursor.extract_statements(query)
    if len(statements) == 1 and statements[0].type == duckdb.StatementType.EXPLAIN:
        # EXPLAIN ANALYZE runs what it explains: a COPY, for one
        found = _EXPLAINED.fullmatch(query)
        statements = cursor.extract_statements(found["query"]) if found else []
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise QueryRefused(
            f"A query is one SELECT; this has {len(statements)} statement(s), not all of them SELECT.",
            hint="Send one SELECT at a time; the log cannot be changed by SQL.",
        )


def events_view(files: Sequence[str], *, has_aliases: bool) -> str:
    """Return the SQL that makes the view ``events`` of parts and of the registered tables ``tail`` and ``alias``."""
    names = ", ".join(PART_SCHEMA.names)
    sources = [f"SELECT {names} FROM tail"]
    if files:
        sources.append(f"SELECT {names} FROM read_parquet([{', '.join(map(quoted, files))}])")
    everything = " UNION ALL ".join(sources)
    person = "coalesce(alias.person_id, kept.customer_id)" if has_aliases else "kept.customer_id"
    join = " LEFT JOIN alias ON alias.id = kept.customer_id" if has_aliases else ""
    return (
        f"CREATE OR REPLACE TEMP VIEW events AS SELECT kept.event_id, {person} AS customer_id,"
        f" kept.customer_id AS original_id, {_COLUMNS} FROM ({everything}) AS kept{join}"
    )


@contextmanager
def stopped_after(cursor: duckdb.DuckDBPyConnection, within: timedelta | None) -> Iterator[None]:
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


def first_rows(reader: pa.RecordBatchReader, limit: int) -> pa.Table:
    """Return at most ``limit`` rows; what is behind them is not computed."""
    batches, rows = [], 0
    for batch in reader:
        batches.append(batch)
        rows += batch.num_rows
        if rows >= limit:
            break
    return pa.Table.from_batches(batches, reader.schema).slice(0, limit)


def with_uuids(rows: pa.Table) -> pa.Table:
    """Return rows of the log with ``event_id`` as what SQL calls UUID."""
    ids = rows.column("event_id")
    chunks = [pa.ExtensionArray.from_storage(pa.uuid(), chunk) for chunk in ids.chunks]
    return rows.set_column(0, "event_id", pa.chunked_array(chunks, pa.uuid()))


def quoted(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
