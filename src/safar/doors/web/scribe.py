"""Writing into the log from the pages: events that Safar itself makes, such as answers and invitations.

One writer a process and workspace, kept open. Threads that write at once share one flush: whoever comes first writes
what waits, the others find it done. `write` returns when the events are on disk.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
import numpy as np

from safar.store.segment import LogWriter
from safar.vocabulary.errors import Refusal, SafarError
from safar.vocabulary.event import EVENT_ID_BYTES, EventColumns, constant, stable_event_id
from safar.vocabulary.window import to_microseconds

from .homes import current_home

logger: Final = logging.getLogger("safar.web")

#: How often open segments are looked at: an erasure waits for them to be sealed.
_TICK_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """One event to write.

    Attributes
    ----------
    key
        What the event is, whenever it is written: the same key is the same event, so writing twice is writing once.
    name, customer_id, occurred_at, channel, source
        As of every event; ``source`` says which part of Safar wrote it.
    properties
        JSON-able.
    """

    key: tuple[str, ...]
    name: str
    customer_id: str
    occurred_at: datetime
    properties: Mapping[str, Any] = field(default_factory=dict)
    channel: str = ""
    source: str = "safar"


class _Pen:
    """The writer of one workspace's log, and who waits for it."""

    def __init__(self, writer: LogWriter) -> None:
        self._writer = writer
        self._waiting: list[tuple[Sequence[EventDraft], Future[None]]] = []
        self._gate = threading.Lock()
        self._turn = threading.Lock()

    def write(self, drafts: Sequence[EventDraft]) -> None:
        done: Future[None] = Future()
        with self._gate:
            self._waiting.append((drafts, done))
        with self._turn:
            if not done.done():
                self._write_waiting()
        done.result()

    def _write_waiting(self) -> None:
        with self._gate:
            group, self._waiting = self._waiting, []
        try:
            taken = self._appended(group)
            self._writer.sync()
        except BaseException as error:  # each of them is told: nothing of the group was kept
            for _, done in group:
                if not done.done():
                    done.set_exception(error)
            raise
        for done in taken:
            done.set_result(None)

    def _appended(self, group: Sequence[tuple[Sequence[EventDraft], Future[None]]]) -> Sequence[Future[None]]:
        """Append all at once, or one after the other where some are refused; return whose events were taken."""
        try:
            self._writer.append(_columns([draft for drafts, _ in group for draft in drafts]))
        except Refusal as refusal:
            if len(group) == 1:  # of these events alone
                group[0][1].set_exception(refusal)
                return ()
            return [done for each in group for done in self._appended([each])]
        return [done for _, done in group]

    def roll(self) -> None:
        self._writer.roll_if_due()

    def close(self) -> None:
        with self._turn:
            self._writer.close()


class _Scribe:
    """The pens of this process; a thread of its own seals what is due."""

    def __init__(self) -> None:
        self._pens: dict[str, _Pen] = {}
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._is_ticking = False

    def pen(self, workspace_id: str) -> _Pen:
        with self._lock:
            if workspace_id not in self._pens:
                if not self._is_ticking:
                    self._is_ticking = True
                    threading.Thread(target=self._tick, name="safar-scribe", daemon=True).start()
                    atexit.register(self.close)
                self._pens[workspace_id] = _Pen(current_home().log(workspace_id).writer())
            return self._pens[workspace_id]

    def _tick(self) -> None:
        while not self._end.wait(_TICK_SECONDS):
            with self._lock:
                pens = list(self._pens.values())
            for pen in pens:
                try:
                    pen.roll()
                except (
                    SafarError,
                    OSError,
                ) as error:  # of one workspace; the others' are sealed all the same
                    logger.warning("an open segment could not be sealed: %s", error)

    def close(self) -> None:
        self._end.set()
        with self._lock:
            for pen in self._pens.values():
                pen.close()
            self._pens.clear()


_scribe: _Scribe = _Scribe()


def write(workspace_id: str, drafts: Sequence[EventDraft]) -> None:
    """Write events; return when they are on disk.

    Raises
    ------
    DiskFull, WriteFailed
        None of them was kept.
    UnknownWorkspace
    """
    if drafts:
        _scribe.pen(workspace_id).write(drafts)


def _columns(drafts: Sequence[EventDraft]) -> EventColumns:
    count = len(drafts)
    now = to_microseconds(datetime.now(UTC))
    ids = b"".join(stable_event_id(*draft.key) for draft in drafts)
    return EventColumns(
        event_id=np.frombuffer(ids, np.uint8).reshape(count, EVENT_ID_BYTES),
        customer_id=[draft.customer_id for draft in drafts],
        event_name=[draft.name for draft in drafts],
        occurred_at=np.array([to_microseconds(draft.occurred_at) for draft in drafts], np.int64),
        received_at=np.full(count, now, np.int64),
        channel=[draft.channel for draft in drafts],
        source=[draft.source for draft in drafts],
        amount=np.zeros(count, np.int64),
        currency=constant("", count),
        properties=[msgspec.json.encode(draft.properties).decode() for draft in drafts],
    )
