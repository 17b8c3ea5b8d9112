"""SQL that members write, each query in a process of its own: what it does to memory, it does to that process alone.

DuckDB's own limits do not see what functions build (``list_sum(range(2000000000))``), so the system holds them: see
`sql_child`. Our own queries, and those of the terminal, which is a process apart already, take `Log.sql`.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, Final
from weakref import WeakKeyDictionary

import pyarrow as pa

from safar.vocabulary.errors import Refusal

from .identity import Identity
from .log import Log
from .shelf import ReadersOverrun
from .sql import AliasTable, files_of
from .sql_child import ANSWER, GONE, MOST_BYTES, READY, REFUSAL
from .sql_rules import QueryRefused, QueryTooLarge, QueryTooLong, too_long
from .table import Table

_START_SECONDS: Final = 30.0
_WAIT_SECONDS: Final = 2.0
_REFUSALS: Final = {each.code: each for each in (QueryRefused, QueryTooLarge, QueryTooLong)}


class QueryBusy(Refusal, RuntimeError):
    """As many queries run as may at once."""

    code = "query.busy"


class SqlProcesses:
    """Answers queries in SQL, each in a process of its own. Thread-safe; close it, or let the program end.

    One process stands ready for the next query, for a new one takes half a second to start; it ends by itself when
    nobody asks for five minutes.

    Parameters
    ----------
    megabytes
        Memory a query may take, in MB of 1,048,576 bytes, beyond what its process has from the start. Held by the
        system, where that can (Linux).
    at_once
        How many queries run at the same moment; the next one waits two seconds and is refused then.
    """

    def __init__(self, *, megabytes: int = 1024, at_once: int = 2) -> None:
        self._megabytes = megabytes
        self._places = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()
        self._spare: _Child | None = None
        self._is_closed = False
        self._aliases: WeakKeyDictionary[Identity, AliasTable] = WeakKeyDictionary()
        atexit.register(self.close)

    def answer(
        self,
        log: Log,
        query: str,
        parameters: Sequence[object] | Mapping[str, object] | None = None,
        *,
        within: timedelta,
        limit: int,
    ) -> Table:
        """Answer one SELECT over the view ``events`` of a log, as `Log.sql` does.

        Parameters
        ----------
        parameters
            Values for ``?`` or ``$name``, of kinds that JSON has.
        within
            How long it may take.
        limit
            At most so many rows of the answer, its first ones.

        Raises
        ------
        QueryRefused
            Not a single SELECT, or DuckDB cannot read it; the message is DuckDB's.
        QueryTooLong
            It took longer than ``within``.
        QueryTooLarge
            It needs more memory than it may take, or its answer is larger than 1,000,000 values or 32 MB.
        QueryBusy
            Others are asking; nothing was done.
        """
        if not self._places.acquire(timeout=_WAIT_SECONDS):
            raise QueryBusy(
                "As many queries are being answered as may be at once.",
                hint="Ask again in a few seconds.",
                retry_after=max(1, round(within.total_seconds() / 4)),
            )
        try:
            for _ in range(5):
                answer = self._asked(log, query, parameters, within, limit)
                if answer is not None:
                    return Table(answer)
        finally:
            self._places.release()
            self._keep_one_ready()
        raise ReadersOverrun("The files of the log changed under the query five times.", hint="Try again.")

    def _asked(
        self,
        log: Log,
        query: str,
        parameters: Sequence[object] | Mapping[str, object] | None,
        within: timedelta,
        limit: int,
    ) -> pa.Table | None:
        view = log.view()
        with self._lock:
            aliases = self._aliases.setdefault(log.identity, AliasTable())
        tables = _stream(view.tail), _stream(aliases.of(log.identity))
        with self._child() as child, _folder_in(log.layout.scratch) as scratch:
            question = {
                "query": query,
                "parameters": parameters,
                "limit": limit,
                "seconds": within.total_seconds(),
                "megabytes": self._megabytes,
                "files": files_of(log.layout, view),
                "scratch": str(scratch.resolve()),
            }
            with child.killed_after(within) as is_over:
                try:
                    child.send(json.dumps(question).encode(), *tables)
                    return child.receive()
                except (OSError, pa.ArrowException, EOFError) as error:
                    if is_over.is_set():
                        raise too_long(within) from error
                    # the system ends what takes too much, and so does a library that gets no more memory
                    raise QueryTooLarge(
                        f"The process of the query ended before it answered; it may take {self._megabytes} MB.",
                        hint="Ask about less: a shorter time, fewer columns, or no long lists.",
                        megabytes=self._megabytes,
                    ) from error

    @contextmanager
    def _child(self) -> Iterator[_Child]:
        with self._lock:
            child, self._spare = self._spare, None
        if child is not None and not child.is_ready(0):
            child.end()
            child = None
        if child is None:
            child = _Child()
        try:
            if not child.is_ready(_START_SECONDS):
                raise QueryBusy(
                    "The machine is too busy to begin another query.", hint="Ask again later.", retry_after=10
                )
            yield child
        finally:
            child.end()

    def _keep_one_ready(self) -> None:
        with self._lock:
            if self._spare is None and not self._is_closed:
                self._spare = _Child()

    def close(self) -> None:
        """End the process that stands ready."""
        with self._lock:
            self._is_closed = True
            spare, self._spare = self._spare, None
        if spare is not None:
            spare.end()
        atexit.unregister(self.close)


class _Child:
    """A process that answers one query; see `sql_child`. It has pipes to us, and nothing else of ours."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "safar.store.sql_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what a query says is for its asker, not for our log
            cwd="/",
            env={
                "PYTHONPATH": os.pathsep.join(str(Path(each).absolute()) for each in sys.path if each),
                "ARROW_DEFAULT_MEMORY_POOL": "system",  # others reserve more than a query may take
                "MALLOC_ARENA_MAX": "2",
                "LC_ALL": "C.UTF-8",
            },
            start_new_session=True,  # Ctrl-C at the terminal ends the server, which ends it
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._questions: IO[bytes] = self._process.stdin
        self._answers: IO[bytes] = self._process.stdout
        self._was_ready = False

    def is_ready(self, seconds: float) -> bool:
        """Whether it takes a question, if need be after some seconds."""
        if not self._was_ready:
            answers = select.poll()  # `select.select` knows the first 1,024 files of a process only
            answers.register(self._answers, select.POLLIN)
            if answers.poll(1_000 * seconds):
                self._was_ready = self._answers.read(1) == READY
        return self._was_ready and self._process.poll() is None

    @contextmanager
    def killed_after(self, within: timedelta) -> Iterator[threading.Event]:
        """End the process when the time is over, and say so."""
        is_over = threading.Event()

        def kill() -> None:
            is_over.set()
            self._process.kill()

        timer = threading.Timer(within.total_seconds(), kill)
        timer.daemon = True
        timer.start()
        try:
            yield is_over
        finally:
            timer.cancel()
            timer.join()

    def send(self, *frames: bytes | memoryview) -> None:
        """Hand over a question."""
        for frame in frames:
            self._questions.write(len(frame).to_bytes(8, "big"))
            self._questions.write(frame)
        self._questions.flush()

    def receive(self) -> pa.Table | None:
        """Return the answer; None when a file is gone.

        Raises
        ------
        Refusal
            The query is refused.
        OSError, EOFError, pyarrow.ArrowException
            The process ended.
        """
        kind = self._answers.read(1)
        if kind == GONE:
            return None
        if kind == REFUSAL:
            try:
                said = json.loads(self._answers.read())
            except json.JSONDecodeError as error:
                raise EOFError from error
            raise _REFUSALS[said["code"]](said["message"], hint=said["hint"], **said["context"])
        if kind != ANSWER:
            raise EOFError
        batches, size = [], 0
        with pa.ipc.open_stream(self._answers) as stream:
            for batch in stream:
                size += batch.nbytes
                if size > 2 * MOST_BYTES:
                    raise EOFError
                batch.validate(full=True)
                batches.append(batch)
            return pa.Table.from_batches(batches, stream.schema)

    def end(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        for pipe in (self._questions, self._answers):
            with suppress(OSError):
                pipe.close()
        self._process.wait()


@contextmanager
def _folder_in(scratch: Path) -> Iterator[Path]:
    """Lend a folder for what one query spills: a process that is killed does not tidy up."""
    scratch.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="query-", dir=scratch))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stream(table: pa.Table) -> memoryview:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return memoryview(sink.getvalue())
