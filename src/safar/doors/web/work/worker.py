"""The worker: one thread that looks for work, keeps its leases and watches the clock, and a thread for each piece of
work under way."""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone, translation

from safar.doors.web.homes import current_home
from safar.vocabulary.errors import SafarError

from . import leases
from .errors import ProcessEnded, WorkDefect, WorkNotAllowed
from .leases import Lease
from .models import Work
from .registry import JOBS, PERIODS, Cancelled, Job, Progress, load_jobs
from .services import may_do, tick
from .waking import sleep, wake

logger: Final = logging.getLogger("safar.work")

#: How many pieces of work of each lane run at a time.
LANES: Final[Mapping[str, int]] = {"default": 2, "heavy": 1}
_PULSE_SECONDS: Final = 0.5
_LOOK_SECONDS: Final = 1.0
_RECLAIM_SECONDS: Final = 5.0
_TICK_SECONDS: Final = 60.0
#: After a failure of the database the worker waits this long.
_PAUSE_SECONDS: Final = 5.0
#: How a piece of work went is told to the database so often before its lease is left to end.
_TELLINGS: Final = 5


@dataclass(slots=True)
class _Running:
    """One piece of work under way in this process."""

    lease: Lease
    job: Job
    work: Work
    progress: Progress = field(default_factory=Progress)
    thread: threading.Thread | None = None
    written: tuple[int, int | None, str] = (0, None, "")
    written_at: float = field(default_factory=time.monotonic)
    #: Why it is asked to end: ``cancel``, ``stop`` or ``lost``; empty while it is not.
    ending: str = ""

    def end(self, why: str) -> None:
        """Ask it to end, once."""
        self.ending = self.ending or why
        self.progress.end()


class Worker:
    """Does background work in threads of this process. Several processes may run one.

    Parameters
    ----------
    lanes
        How many pieces of work of each lane run at a time.
    """

    def __init__(self, lanes: Mapping[str, int] = LANES) -> None:
        self.name = f"{socket.gethostname()[:32]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._lanes = lanes
        self._running: dict[int, _Running] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._live, name="safar-work", daemon=True)
        self._reclaim_at = self._tick_at = 0.0

    def start(self) -> None:
        """Begin."""
        load_jobs()
        self._thread.start()

    def stop(self, timeout: float = 20.0) -> bool:
        """Ask what runs to end at its next report and put it back; True when all has ended in time."""
        deadline = time.monotonic() + timeout
        self._stopping.set()
        wake()
        self._thread.join(timeout)
        for each in self._under_way():
            each.end("stop")
            if each.thread is not None:
                each.thread.join(max(0.0, deadline - time.monotonic()))
        return not self._under_way()

    def run_waiting(self) -> int:
        """Do all work that waits, in this thread, one after the other; return how many pieces there were."""
        count = 0
        while (found := leases.claim(self.name, list(self._lanes))) is not None:
            running = self._running_of(*found)
            with self._lock:
                self._running[running.lease.pk] = running
            self._do(running)
            count += 1
        return count

    def _under_way(self) -> list[_Running]:
        with self._lock:
            return list(self._running.values())

    def _live(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
                pause = _PULSE_SECONDS if self._under_way() else _LOOK_SECONDS
            except Exception as error:  # noqa: BLE001 - the thread must outlive a database that is away
                logger.error("The worker could not look for work: %s", place_of(error))
                connections.close_all()
                pause = _PAUSE_SECONDS
            if not self._stopping.is_set():
                sleep(pause)
        connections.close_all()

    def _look(self) -> None:
        self._pulse()
        now = time.monotonic()
        if now >= self._reclaim_at:
            self._reclaim_at = now + _RECLAIM_SECONDS
            leases.reclaim()
        if now >= self._tick_at:
            self._tick_at = now + _TICK_SECONDS
            tick(timezone.now(), PERIODS, JOBS)
        while not self._stopping.is_set():
            busy = Counter(each.job.queue_name for each in self._under_way())
            free = [lane for lane, most in self._lanes.items() if busy[lane] < most]
            found = leases.claim(self.name, free) if free else None
            if found is None:
                return
            self._begin(self._running_of(*found))

    def _pulse(self) -> None:
        """Write the progress of what runs, keep its leases, and pass on who wants it to end."""
        under_way = self._under_way()
        if not under_way:
            return
        for each in under_way:
            told = each.progress.told
            waited = time.monotonic() - each.written_at
            if told == each.written and waited < leases.LEASE.total_seconds() / 4:
                continue
            if leases.renew(each.lease, told):
                each.written, each.written_at = told, time.monotonic()
            elif each.lease.pk in {other.lease.pk for other in self._under_way()}:
                each.end("lost")
        wanted = leases.cancelled_among([each.lease for each in under_way])
        for each in under_way:
            if each.lease.pk in wanted:
                each.end("cancel")

    def _running_of(self, work: Work, lease: Lease) -> _Running:
        return _Running(lease, JOBS[work.kind], work)

    def _begin(self, running: _Running) -> None:
        running.thread = threading.Thread(
            target=self._do_in_thread, args=[running], name=f"safar-work-{running.lease.pk}", daemon=True
        )
        with self._lock:
            self._running[running.lease.pk] = running
        running.thread.start()

    def _do_in_thread(self, running: _Running) -> None:
        try:
            self._do(running)
        finally:
            connections.close_all()
            wake()

    def _do(self, running: _Running) -> None:
        """Do one piece of work and tell how it went."""
        try:
            end = self._outcome(running)
            for telling in range(1, _TELLINGS + 1):
                try:
                    if not end():
                        logger.warning("%s was taken over by another worker.", running.job.kind)
                    break
                except (DatabaseError, InterfaceError) as error:
                    logger.error("%s could not be noted: %s", running.job.kind, place_of(error))
                    connections.close_all()
                    if telling < _TELLINGS and not self._stopping.wait(telling):
                        continue
                    break
        finally:
            with self._lock:
                self._running.pop(running.lease.pk, None)

    def _outcome(self, running: _Running) -> Callable[[], bool]:
        """Run the job; return how to note its end."""
        lease, job, work = running.lease, running.job, running.work
        try:
            if not may_do(job, work.actor_kind, work.member, work.workspace_id):
                return partial(leases.fail, lease, WorkNotAllowed.code)
            with translation.override(_language_of(work)):
                result = job.run(running.progress, work.arguments)
            json.dumps(result)  # what JSON cannot carry is a defect of the job
        except Cancelled:
            return self._ended(running)
        except SafarError as error:
            logger.warning("%s failed: %s", job.kind, error.code)
            return partial(leases.fail, lease, error.code, place_of(error))
        except Exception as error:  # noqa: BLE001 - a defect must not end the worker; its text may quote a customer
            where = place_of(error)
            logger.error("%s met a defect: %s", job.kind, where)
            return partial(leases.fail, lease, WorkDefect.code, where)
        return partial(leases.succeed, lease, running.progress.told, result)

    def _ended(self, running: _Running) -> Callable[[], bool]:
        lease = running.lease
        if running.ending == "stop":
            if running.job.resumable:
                return partial(leases.put_back, lease)
            return partial(leases.fail, lease, ProcessEnded.code)
        return partial(leases.end_cancelled, lease)


def _language_of(work: Work) -> str:
    """Return what the starter reads, else the language of the workspace, so that notes are in his language."""
    if work.member is not None and work.member.language:
        return str(work.member.language)
    if not work.workspace_id:
        return "en"
    try:
        return current_home().workspace(work.workspace_id).language
    except SafarError:  # it is gone: nobody reads the notes
        return "en"


def place_of(error: BaseException) -> str:
    """Return an error's class and where it happened. Its message may quote a customer, so it is left out."""
    return "\n".join([type(error).__name__, *traceback.format_tb(error.__traceback__)]).rstrip()
