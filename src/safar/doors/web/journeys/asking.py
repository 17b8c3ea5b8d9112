"""Answers to questions about journeys and value: kept, computed while the reader waits, or, where it takes long, in the
background.

An answer that is not there within `PATIENCE` is computed by background work with progress; see `jobs.answer_question`.
Its page shows how far it is, then the answer, which is kept like every other.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from safar.act.questions import kind_of
from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.answers import Kept, kept_answer, latest_answer
from safar.doors.web.homes import current_home
from safar.doors.web.work.queries import WorkFacts, work_of
from safar.observe.executors import shared_executor
from safar.store.log import Log
from safar.store.registry import Workspace
from safar.vocabulary.progress import watched

#: So long a page waits for an answer before it says how far it is.
PATIENCE: Final = timedelta(seconds=2)
#: An answer that took longer than a page waits is shown, as of its time, so many times as long as it took.
SHOWN_TIMES: Final = 10.0

#: Which work answers which question, the latest last.
_underway: dict[tuple[str, object], str] = {}
_MOST_REMEMBERED: Final = 512
_lock = threading.Lock()


class TooLong(Exception):
    """The answer was not there when the reader's patience ended."""


@dataclass(frozen=True, slots=True)
class Underway:
    """The answer is being computed in the background."""

    work: WorkFacts


def ask(
    workspace: Workspace,
    question: Any,
    *,
    by: Actor,
    title: str,
    answers: Callable[[Log, Any], Any] | None = None,
    begin: Callable[[], str] | None = None,
) -> Kept[Any] | Underway:
    """Return the answer, or the background work that computes it.

    Parameters
    ----------
    question
        One of `safar.act.questions`, unless ``answers`` and ``begin`` say otherwise; hashable.
    by
        Who asks: long work is done in his name.
    title
        What long work is called.
    answers
        Answers a question of a log; as its kind does when None.
    begin
        Begins long work and returns its id; the work keeps the answer of ``answers``.

    Raises
    ------
    Refusal
        The library does not answer such a question.
    """
    place, log = workspace.workspace_id, current_home().log(workspace.workspace_id)
    answers = answers or compute
    latest = latest_answer(place, log, answers, question)
    if latest is not None and (latest.kept.is_current or latest.age < SHOWN_TIMES * latest.took):
        return latest.kept
    work = _work_on(place, question)
    if work is not None and not work.has_ended:
        return Underway(work)
    if work is not None:
        _forget_work(place, question)
        if work.status != "succeeded":
            return Underway(work)  # how it ended is told once; who asks again begins it anew
        if latest is None:
            # Another process has the answer: what it did at length is done here once more.
            return kept_answer(place, log, answers, question)
    try:
        with patient():
            return kept_answer(place, log, answers, question)
    except TooLong:
        return Underway(_started(workspace, question, begin or _beginning(workspace, question, by, title)))


def compute(log: Log, question: Any) -> Any:
    """Answer a question in this thread and those of the executor."""
    return kind_of(question).ask(log, question, executor=shared_executor())


@contextmanager
def patient() -> Iterator[None]:
    """Let walks in this block end with `TooLong` when a reader's patience is over."""
    end = time.monotonic() + PATIENCE.total_seconds()

    def watch(done: int, total: int) -> None:
        if done < total and time.monotonic() > end:
            raise TooLong

    with watched(watch):
        yield


def _work_on(place: str, question: Any) -> WorkFacts | None:
    with _lock:
        work_id = _underway.get((place, question))
    return work_of(work_id, place) if work_id else None


def _forget_work(place: str, question: Any) -> None:
    with _lock:
        _underway.pop((place, question), None)


def _beginning(workspace: Workspace, question: Any, by: Actor, title: str) -> Callable[[], str]:
    from .services import start_answering  # noqa: PLC0415 - its job calls back to this module

    return lambda: start_answering(workspace, question, title, by=by)


def _started(workspace: Workspace, question: Any, begin: Callable[[], str]) -> WorkFacts:
    place = workspace.workspace_id
    work_id = begin()
    with _lock:
        _underway[place, question] = work_id
        while len(_underway) > _MOST_REMEMBERED:
            del _underway[next(iter(_underway))]
    found = work_of(work_id, place)
    assert found is not None
    return found
