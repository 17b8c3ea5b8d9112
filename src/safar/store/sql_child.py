"""The process apart that answers one query in SQL, within bounds that the system holds. `sql_process` starts it.

It says on standard output that it is ready, takes one question from standard input, answers it, and ends. Whatever the
query does, it can do to this process alone: that has no file of the server open, none of its environment, little memory
and the lowest priority.
"""

from __future__ import annotations

import json
import os
import re
import resource
import select
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

import duckdb
import pyarrow as pa

from safar.vocabulary.errors import Refusal

from .schema import PART_SCHEMA
from .sql_rules import (
    BATCH_ROWS,
    QueryRefused,
    QueryTooLarge,
    check,
    events_view,
    quoted,
    unanswered,
    with_uuids,
)

READY: Final = b"+"
ANSWER: Final = b"a"
REFUSAL: Final = b"r"
#: A file that the query reads is gone: it is asked again over what is there then.
GONE: Final = b"g"
#: What an answer may weigh: in Python a value takes many times its bytes.
MOST_VALUES: Final = 1_000_000
MOST_BYTES: Final = 32 << 20
_IDLE_SECONDS: Final = 300
#: Of the memory, what DuckDB plans with; past it, it goes to the disk. The rest is for what it does not count.
_PLANNED_SHARE: Final = 0.4
_SPILL: Final = 4


def main() -> None:
    """Answer one question."""
    os.nice(10)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nothing but answers is said there
    answers.write(READY)
    if not select.select([0], [], [], _IDLE_SECONDS)[0]:
        return
    questions = os.fdopen(0, "rb", buffering=0, closefd=False)
    question = json.loads(_frame(questions))
    tail, aliases = (pa.ipc.open_stream(_frame(questions)).read_all() for _ in range(2))
    threading.Thread(target=_end_with_the_server, args=[question["scratch"]], daemon=True).start()
    bound(question["megabytes"], question["seconds"])
    try:
        answer = answered(question, tail, aliases)
    except Refusal as refusal:
        said = {
            "code": refusal.code,
            "message": refusal.message,
            "hint": refusal.hint,
            "context": refusal.context,
        }
        answers.write(REFUSAL + json.dumps(said).encode("utf-8", "backslashreplace"))
    except FileNotFoundError:
        answers.write(GONE)
    else:
        with os.fdopen(answers.fileno(), "wb", closefd=False) as sent:
            sent.write(ANSWER)
            with pa.ipc.new_stream(sent, answer.schema) as stream:
                stream.write_table(answer)


def bound(megabytes: int, seconds: float) -> None:
    """Let the system refuse memory beyond what is in use now and ``megabytes``, and more work than ``seconds`` hold."""
    used = re.search(r"^VmData:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
    most = (int(used[1]) << 10 if used else 0) + (megabytes << 20)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    work = int(seconds * 2) + 30  # of all threads; the server ends the process by the clock long before
    resource.setrlimit(resource.RLIMIT_CPU, (work, work))
    resource.setrlimit(resource.RLIMIT_FSIZE, ((megabytes << 20) * _SPILL,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answered(question: dict[str, Any], tail: pa.Table, aliases: pa.Table) -> pa.Table:
    """Return the answer.

    Raises
    ------
    QueryRefused, QueryTooLarge
        The asker can do something about it.
    FileNotFoundError
        A file of the log was merged away meanwhile.
    """
    try:
        cursor = _engine(question)
        check(cursor, question["query"])
        cursor.register("tail", with_uuids(tail.cast(PART_SCHEMA)))
        cursor.register("alias", aliases)
        cursor.execute(events_view(question["files"], has_aliases=aliases.num_rows > 0))
        relation = cursor.sql(question["query"], params=question["parameters"])
        return _within_bounds(relation.to_arrow_reader(BATCH_ROWS), question["limit"])
    except QueryTooLarge:
        raise
    except (MemoryError, duckdb.OutOfMemoryException, pa.ArrowMemoryError) as error:
        raise _too_large(question["megabytes"]) from error
    except duckdb.Error as error:
        if isinstance(error, duckdb.IOException) and not all(map(os.path.exists, question["files"])):
            raise FileNotFoundError from error
        if "bad_alloc" in str(error) or "Out of Memory" in str(error):
            raise _too_large(question["megabytes"]) from error
        raise unanswered(error) from error
    except (pa.ArrowException, OverflowError, UnicodeError) as error:
        raise QueryRefused(f"The answer cannot be sent. {error}", hint="Cast the column to text.") from error


def _engine(question: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    """Return an engine in memory that may read the files of the log, write to its scratch folder, and nothing else."""
    planned = max(16, int(question["megabytes"] * _PLANNED_SHARE))
    engine = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "threads": min(2, os.cpu_count() or 1),
            "memory_limit": f"{planned}MiB",
        }
    )
    for setting in (
        "TimeZone = 'UTC'",
        "python_enable_replacements = false",
        f"temp_directory = {quoted(question['scratch'])}",
        f"max_temp_directory_size = '{question['megabytes'] * _SPILL}MiB'",
        f"allowed_paths = [{', '.join(map(quoted, question['files']))}]",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        engine.execute(f"SET {setting}")
    return engine


def _within_bounds(reader: pa.RecordBatchReader, limit: int) -> pa.Table:
    batches, rows, values, size = [], 0, 0, 0
    for batch in reader:
        kept = batch.slice(0, limit - rows)
        for column in kept.columns:
            of_column = weight(column)
            values, size = values + of_column[0], size + of_column[1]
        if values > MOST_VALUES or size > MOST_BYTES:
            raise QueryTooLarge(
                f"The answer has more than {MOST_VALUES} values or {MOST_BYTES >> 20} MB.",
                hint="Ask for fewer rows or columns, or count instead of listing.",
                values=MOST_VALUES,
                bytes=MOST_BYTES,
            )
        batches.append(kept)
        rows += kept.num_rows
        if rows >= limit:
            break
    return pa.Table.from_batches(batches, reader.schema)


def weight(column: pa.Array) -> tuple[int, int]:
    """Return how many values a column has, nested ones too, and their bytes once each is written out."""
    values, beyond = _written_out(column)
    return values, column.nbytes + beyond


def _written_out(column: pa.Array) -> tuple[int, int]:
    """Return the values, and what they weigh beyond the bytes: a long text may be told once and shown often."""
    values, beyond = len(column), 0
    if pa.types.is_dictionary(column.type):
        beyond = values * max((len(each.as_buffer() or b"") for each in column.dictionary), default=0)
    for nested in _nested(column):
        more = _written_out(nested)
        values, beyond = values + more[0], beyond + more[1]
    return values, beyond


def _nested(column: pa.Array) -> Iterator[pa.Array]:
    kind = column.type
    if pa.types.is_struct(kind):
        yield from column.flatten()
    elif pa.types.is_union(kind):
        yield from (column.field(place) for place in range(kind.num_fields))
    elif pa.types.is_map(kind):
        first, end = (column.offsets[place].as_py() for place in (0, len(column)))
        yield from (each.slice(first, end - first) for each in (column.keys, column.items))
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        yield column.flatten()


def _too_large(megabytes: int) -> QueryTooLarge:
    return QueryTooLarge(
        f"The query needs more than {megabytes} MB of memory and was stopped.",
        hint="Ask about less: a shorter time, fewer columns, or no long lists.",
        megabytes=megabytes,
    )


def _frame(source: BinaryIO) -> bytes:
    """Return the next of what the server sent: eight bytes of length, then so many bytes."""
    return _exactly(source, int.from_bytes(_exactly(source, 8), "big"))


def _exactly(source: BinaryIO, size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        piece = source.read(size - len(found))
        if not piece:
            sys.exit(0)  # the server went away
        found += piece
    return bytes(found)


def _end_with_the_server(scratch: str) -> None:
    with suppress(OSError):
        os.read(0, 1)
    shutil.rmtree(scratch, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    main()
