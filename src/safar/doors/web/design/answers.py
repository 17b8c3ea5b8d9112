"""Answers of the library, kept as long as they are true, and a few seconds longer where they were dear.

An answer depends on the question and on the log's version alone. Of many readers who ask the same at once one computes,
the others wait for it. While events arrive the version changes every moment: then an answer that took long is shown a
little longer, and says as of when it is, while one thread computes the next.

Answers are kept up to a number and up to a measure of memory; those that were looked at longest ago go first.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Generic, TypeVar

from safar.store.log import Log

from .answer_size import bytes_of

Question = TypeVar("Question", bound=Hashable)
Answer = TypeVar("Answer")

_MOST_KEPT: Final = 512
#: All that is kept together; the newest one stays even where it alone is larger.
_MOST_BYTES: Final = 256 << 20
#: An answer that took longer than this may be shown when it is no longer the newest, but not longer than that.
DEAR_SECONDS: Final = 0.05
STALE_SECONDS: Final = 5.0
#: The next one is begun when so many times as long has passed as the last took: readers cost a share of a core at most.
REST_TIMES: Final = 10.0


@dataclass(frozen=True, slots=True)
class Kept(Generic[Answer]):
    """An answer, and how true it is.

    Attributes
    ----------
    answer
        Of the library.
    as_of
        When it was asked.
    is_current
        Nothing has happened since that it does not count.
    """

    answer: Answer
    as_of: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class _Computed:
    answer: Any
    version: str
    as_of: datetime
    begun: float
    took: float


class _Place:
    """Where the answer to one question is kept: the latest one, and the one that is being computed.

    An error is not kept as an answer. Which version the last one was of is remembered for those who look without
    computing: they would begin the same again with every look.
    """

    def __init__(self) -> None:
        self.latest: _Computed | None = None
        self.held_bytes = 0
        self.running: Future[_Computed] | None = None
        self.failed: tuple[str, Exception] | None = None


_places: OrderedDict[Hashable, _Place] = OrderedDict()
_lock = threading.Lock()
#: Few for all: what is computed behind the readers' backs leaves the other cores to them.
_behind = ThreadPoolExecutor(2, thread_name_prefix="safar-answers")


def answer(
    workspace_id: str,
    log: Log,
    function: Callable[[Log, Question], Answer],
    question: Question,
    *,
    exact: bool = False,
) -> Answer:
    """Return ``function(log, question)``; see `kept_answer`."""
    return kept_answer(workspace_id, log, function, question, exact=exact).answer


def kept_answer(
    workspace_id: str,
    log: Log,
    function: Callable[[Log, Question], Answer],
    question: Question,
    *,
    exact: bool = False,
) -> Kept[Answer]:
    """Return ``function(log, question)``, computed at most once for each version of the log.

    One that took longer than `DEAR_SECONDS` may be up to `STALE_SECONDS` older than the log; it says so.

    Parameters
    ----------
    workspace_id, log
        Whose log.
    function, question
        What to ask. ``function`` touches no table of the people's door: it may run in a thread of its own.
    exact
        Never show an older answer. Whoever asks from within a ``function`` must say so: its own answer is kept.

    Raises
    ------
    Whatever the function raises; an error is not kept.
    """
    while True:
        version = log.version
        with _lock:
            place = _place_of((workspace_id, function, question, exact))
            latest = place.latest
            if latest is not None and latest.version == version:
                return Kept(latest.answer, latest.as_of, is_current=True)
            is_shown = latest is not None and not exact and _may_be_shown(latest)
            if latest is not None and is_shown and _is_resting(latest):
                return Kept(latest.answer, latest.as_of, is_current=False)
            running, is_ours = place.running, place.running is None
            if running is None:
                running = place.running = Future()

        def compute(to: Future[_Computed] = running, place: _Place = place, version: str = version) -> None:
            _compute(lambda: function(log, question), version, place, to)

        if latest is not None and is_shown:
            if is_ours:
                _behind.submit(compute)
            return Kept(latest.answer, latest.as_of, is_current=False)
        if is_ours:
            compute()
        found = running.result()
        # Another reader's answer may be of a version before ours: then it counts only where it was dear.
        if is_ours or found.version == version or (not exact and _may_be_shown(found)):
            return Kept(found.answer, found.as_of, is_current=found.version == version)


def _place_of(key: Hashable) -> _Place:
    place = _places.setdefault(key, _Place())
    _places.move_to_end(key)
    while len(_places) > _MOST_KEPT:
        _places.popitem(last=False)
    return place


def _make_room(newest: _Place) -> None:
    """Let go of what was looked at longest ago until the rest is within bounds."""
    held = sum(place.held_bytes for place in _places.values())
    for key, place in list(_places.items()):
        if held <= _MOST_BYTES:
            return
        if place is not newest and place.held_bytes:
            held -= place.held_bytes
            del _places[key]


def _may_be_shown(computed: _Computed) -> bool:
    return computed.took > DEAR_SECONDS and time.monotonic() - computed.begun < STALE_SECONDS + computed.took


def _is_resting(computed: _Computed) -> bool:
    return time.monotonic() - computed.begun < REST_TIMES * computed.took


def _compute(function: Callable[[], object], version: str, place: _Place, to: Future[_Computed]) -> None:
    """Compute an answer, keep it and tell those who wait for it; an error is told, not kept."""
    as_of, begun = datetime.now(UTC), time.monotonic()
    try:
        found = function()
    except BaseException as error:
        with _lock:
            place.running = None
            place.failed = (version, error) if isinstance(error, Exception) else None
        to.set_exception(error)
        if not isinstance(error, Exception):
            raise
        return
    computed = _Computed(found, version, as_of, begun, time.monotonic() - begun)
    held = bytes_of(found)
    with _lock:
        place.latest, place.running, place.failed = computed, None, None
        place.held_bytes = held
        _make_room(place)
    to.set_result(computed)


def answer_behind(
    workspace_id: str,
    log: Log,
    function: Callable[[Log, Question], Answer],
    question: Question,
    *,
    seconds: float,
    behind: Executor | None = None,
) -> Kept[Answer] | None:
    """Return what was answered last without computing it here; None where nothing is kept yet.

    Where the answer is not of the log's version and older than ``seconds``, the next one is begun behind the readers'
    backs: who looks again finds it. For numbers at the margin of a page that nobody should wait for.

    Parameters
    ----------
    seconds
        So old an answer may be.
    behind
        What computes the next one; the threads that all share when None.

    Raises
    ------
    Whatever the function raised when it was last asked of this version of the log, where no older answer is kept.
    """
    version = log.version
    running: Future[_Computed] | None = None
    with _lock:
        place = _place_of((workspace_id, function, question, False))
        latest = place.latest
        if place.failed is not None and place.failed[0] == version and latest is None:
            raise place.failed[1]
        is_old = latest is None or time.monotonic() - latest.begun > seconds
        if is_old and place.running is None and (latest is None or latest.version != version):
            running = place.running = Future()
    if running is not None:
        (behind or _behind).submit(_compute, lambda: function(log, question), version, place, running)
    return None if latest is None else Kept(latest.answer, latest.as_of, is_current=latest.version == version)


def wait_for(
    workspace_id: str,
    function: Callable[[Log, Question], Answer],
    questions: Iterable[Question],
    seconds: float,
) -> None:
    """Wait until those of the questions are answered that are being computed, so many seconds at most."""
    with _lock:
        places = [_places.get((workspace_id, function, question, False)) for question in questions]
        running = [place.running for place in places if place is not None and place.running is not None]
    wait(running, timeout=max(seconds, 0.0))


@dataclass(frozen=True, slots=True)
class Latest(Generic[Answer]):
    """The answer that was computed last, however old.

    Attributes
    ----------
    kept
        The answer.
    age, took
        Seconds since its computing began, and seconds that took.
    """

    kept: Kept[Answer]
    age: float
    took: float


def latest_answer(
    workspace_id: str, log: Log, function: Callable[[Log, Question], Answer], question: Question
) -> Latest[Answer] | None:
    """Return what was answered last, computing nothing; None where nothing is kept."""
    version = log.version
    key = (workspace_id, function, question, False)
    with _lock:
        place = _places.get(key)
        found = place.latest if place is not None else None
        if found is not None:
            _places.move_to_end(key)
    if found is None:
        return None
    kept = Kept(found.answer, found.as_of, is_current=found.version == version)
    return Latest(kept, time.monotonic() - found.begun, found.took)
