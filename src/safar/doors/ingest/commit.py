"""Group commit: many requests, one write, one flush; each is answered when its events are on disk.

While one group is being flushed in a thread, the next one gathers. So a lone request waits for one flush, and a
thousand at once wait for two.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from itertools import chain, repeat
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.store.segment import LogWriter
from safar.vocabulary.errors import SafarError
from safar.vocabulary.event import Coded, EventColumns, constant, event_ids_from_texts

from .accepted import Accepted
from .journal import log_fault
from .problems import Unexpected

#: Events written as one group; more than these wait for the next one, so that no answer waits for a long write, and
#: building a group does not keep the event loop from its turn.
_GROUP_EVENTS: Final = 20_000


class Committer:
    """The one way into a workspace's log from this process. Its methods belong to the event loop's thread.

    Parameters
    ----------
    open_writer
        Called at the first commit.
    threads
        Where writing and flushing is done.
    """

    def __init__(self, open_writer: Callable[[], LogWriter], threads: Executor) -> None:
        self._open_writer = open_writer
        self._threads = threads
        self._writer: LogWriter | None = None
        self._waiting: list[tuple[Accepted, asyncio.Future[SafarError | None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def commit(self, accepted: Accepted) -> None:
        """Return when the events are on disk.

        Raises
        ------
        DiskFull, WriteFailed
            They are not, and no part of them is.
        """
        done: asyncio.Future[SafarError | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((accepted, done))
        if self._task is None:
            self._task = asyncio.create_task(self._commit_all())
        failure = await done
        if failure is not None:
            raise failure

    async def roll_if_due(self) -> None:
        """Seal the segment when it is due, so that the compactor can take it."""
        if self._writer is not None:
            await self._in_thread(self._writer.roll_if_due)

    async def close(self) -> None:
        """Wait for what is under way, then seal the segment."""
        while self._task is not None:
            await asyncio.wait([self._task])
        if self._writer is not None:
            await self._in_thread(self._writer.close)

    async def _commit_all(self) -> None:
        try:
            while self._waiting:
                group = self._next_group()
                failure = await self._failure_of([accepted for accepted, _ in group])
                for _, done in group:
                    if not done.done():
                        done.set_result(failure)
        finally:
            self._task = None

    async def _failure_of(self, group: Sequence[Accepted]) -> SafarError | None:
        """Write a group; return why it could not be kept, None when it is on disk."""
        (outcome,) = await asyncio.gather(self._in_thread(self._write, group), return_exceptions=True)
        if isinstance(outcome, SafarError):
            return outcome
        if isinstance(outcome, BaseException):
            log_fault("A group could not be written", outcome)
            return Unexpected("A group of events could not be written.")
        return None

    async def _in_thread(self, work: Callable[..., object], *arguments: object) -> object:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    def _next_group(self) -> list[tuple[Accepted, asyncio.Future[SafarError | None]]]:
        events = count = 0
        while count < len(self._waiting) and events < _GROUP_EVENTS:
            events += len(self._waiting[count][0])
            count += 1
        group, self._waiting = self._waiting[:count], self._waiting[count:]
        return group

    def _write(self, group: Sequence[Accepted]) -> None:
        """Write and flush, in a thread of `threads`; never two at once."""
        if self._writer is None:
            self._writer = self._open_writer()
        self._writer.append(columns_of(group))
        self._writer.sync()


def columns_of(group: Sequence[Accepted]) -> EventColumns:
    """Return the events of several requests side by side, in the order of the requests."""
    counts = [len(accepted) for accepted in group]

    def together(lists: Sequence[list[str]]) -> list[str]:
        return lists[0] if len(lists) == 1 else list(chain.from_iterable(lists))

    return EventColumns(
        event_id=event_ids_from_texts(together([accepted.message_ids for accepted in group])),
        customer_id=together([accepted.customers for accepted in group]),
        event_name=together([accepted.names for accepted in group]),
        occurred_at=np.concatenate([np.asarray(accepted.occurred_at, dtype=np.int64) for accepted in group]),
        received_at=np.repeat(np.array([each.received_at for each in group], dtype=np.int64), counts),
        channel=_texts([accepted.channels for accepted in group], counts),
        source=_texts([accepted.source for accepted in group], counts),
        amount=_amounts(group, counts),
        currency=_texts([accepted.currencies or "" for accepted in group], counts),
        properties=[text for accepted in group for text in accepted.properties],
    )


def _amounts(group: Sequence[Accepted], counts: Sequence[int]) -> NDArray[np.int64]:
    if all(accepted.amounts is None for accepted in group):
        return np.zeros(sum(counts), dtype=np.int64)
    parts = zip(group, counts, strict=True)
    return np.array(
        list(chain.from_iterable(each.amounts or repeat(0, count) for each, count in parts)), dtype=np.int64
    )


def _texts(parts: Sequence[list[str] | str], counts: Sequence[int]) -> Coded:
    """Return the texts of several requests one after the other; of some all events have the same."""
    if all(isinstance(part, str) for part in parts):
        same: list[str] = parts  # type: ignore[assignment]
        if len(set(same)) == 1:
            return constant(same[0], sum(counts))
        return Coded(np.repeat(_codes(same), counts), list(dict.fromkeys(same)))
    each = zip(parts, counts, strict=True)
    return _coded(
        list(
            chain.from_iterable(
                repeat(part, count) if isinstance(part, str) else part for part, count in each
            )
        )
    )


def _coded(texts: list[str]) -> Coded:
    distinct = set(texts)
    if len(distinct) == 1:
        return constant(distinct.pop(), len(texts))
    return Coded(_codes(texts), list(dict.fromkeys(texts)))


def _codes(texts: Sequence[str]) -> NDArray[np.int32]:
    code_of = {text: code for code, text in enumerate(dict.fromkeys(texts))}
    return np.array([code_of[text] for text in texts], dtype=np.int32)
