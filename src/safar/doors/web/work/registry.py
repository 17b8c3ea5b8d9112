"""What background work there is: functions of the desks' ``jobs`` modules, each a task of Django's Tasks API."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any, Final, Literal, cast

from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django_tasks import task
from django_tasks.base import Task

from safar.doors.web.members.policies import Capability

#: What a member must be allowed so that work is done for him; an empty text asks for nothing.
Needs = Capability | Literal["administrator", ""]
#: Short work, and work that fills a core or holds a log for long.
Lane = Literal["default", "heavy"]


class Cancelled(Exception):
    """Raised by `Progress.report` once the work is to end; let it through, after cleaning up."""


class Progress:
    """How far a piece of work is: told by the job, read by the worker's pulse."""

    def __init__(self) -> None:
        self._told: tuple[int, int | None, str] = (0, None, "")
        self._end = threading.Event()

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say how much is done. Costs next to nothing: call it as often as there is something to say.

        Parameters
        ----------
        done, total
            In whatever the job counts; None where the whole is not known.
        note
            A few words in the starter's language, whose translations are active while a job runs.

        Raises
        ------
        Cancelled
            The work was cancelled, or the process is asked to stop.
        """
        self._told = (int(done), None if total is None else int(total), note)
        if self._end.is_set():
            raise Cancelled

    def end(self) -> None:
        """Let the next report raise `Cancelled`."""
        self._end.set()

    @property
    def told(self) -> tuple[int, int | None, str]:
        """What was reported last: done, total, note."""
        return self._told


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Task[..., Any]):
    """A kind of background work.

    Attributes
    ----------
    kind
        Its key, such as ``imports.run``; stored, so never renamed.
    label
        What people read.
    needs
        What its starter must be allowed, when it is started and again when it begins.
    resumable
        Whether it may be run again after it was killed half-way: then it is, by itself.
    """

    kind: str = ""
    label: Promise | str = ""
    needs: Needs = ""
    resumable: bool = False
    #: Names of the arguments that it takes.
    takes: frozenset[str] = field(default=frozenset())

    def run(self, progress: Progress, arguments: dict[str, Any]) -> object:
        """Do the work in this thread."""
        return self.call(progress, **arguments) if "progress" in self.takes else self.call(**arguments)


#: Every job by its kind, as far as modules are imported; `load_jobs` imports them all.
JOBS: Final[dict[str, Job]] = {}
#: How often the clock asks for a job, by its kind.
PERIODS: Final[dict[str, timedelta]] = {}


def job(
    kind: str,
    *,
    name: Promise | str,
    needs: Needs = "",
    resumable: bool = False,
    lane: Lane = "default",
) -> Callable[[Callable[..., Any]], Job]:
    """Make a function of a desk's ``jobs`` module a kind of background work.

    Parameters
    ----------
    kind
        Its key, such as ``imports.run``; stored with the work, so never renamed.
    name
        What people read, as ``gettext_lazy("Import of a file")``.
    needs
        What its starter must be allowed in the workspace; checked when it is started and again when it begins.
    resumable
        True where running it again from the start after a kill harms nothing: it is then put back by itself.
        Otherwise it is marked failed, and a person decides.
    lane
        ``heavy`` for what fills a core or holds a log: one at a time in a process.

    Notes
    -----
    The function is called with a `Progress` when it has a parameter ``progress``, with ``workspace_id`` when it has
    that, and with the arguments it was started with. It runs outside of any transaction and may run in another
    process than the one that started it.
    """

    def made(function: Callable[..., Any]) -> Job:
        found = cast(
            "Job",
            task(
                queue_name=lane,
                kind=kind,
                label=name,
                needs=needs,
                resumable=resumable,
                takes=frozenset(inspect.signature(function).parameters),
            )(function),
        )
        other = JOBS.setdefault(kind, found)
        if other.module_path != found.module_path:
            raise TypeError(f"{found.module_path} and {other.module_path} both claim the kind {kind!r}")
        JOBS[kind] = found
        return found

    return made


def every(
    period: timedelta, key: str, *, name: Promise | str = "", lane: Lane = "default"
) -> Callable[[Callable[..., Any]], Job]:
    """Let the clock ask for a function of a desk's ``jobs`` module again and again, once over all processes.

    Parameters
    ----------
    period
        At least a minute. A run that is still under way is not doubled.
    key
        Its kind, such as ``members.forget_links``; stored, so never renamed.
    name
        What administrators read; the key where it is empty.
    lane
        As for `job`.
    """
    if period < timedelta(minutes=1):
        raise ValueError(f"The clock ticks once a minute; {period} is too often for {key!r}.")
    PERIODS[key] = period
    return job(key, name=name or key, resumable=True, lane=lane)


@cache
def load_jobs() -> None:
    """Import the ``jobs`` module of every desk, once."""
    autodiscover_modules("jobs")


def known_job(kind: str) -> Job | None:
    """Return a job by its kind; None for one that this version does not have."""
    load_jobs()
    return JOBS.get(kind)
