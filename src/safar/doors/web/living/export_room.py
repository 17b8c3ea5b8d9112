"""The room where files of maps are drawn: one at a time in this process, and kept a moment for who asks the same.

A large map takes seconds and hundreds of megabytes to draw. Several at once would take both from every other page, so
whoever finds the room taken waits shortly, and is then asked to come again.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from safar.doors.web.design.failures import FailurePage, failure

#: So long the next one waits before he is asked to come again.
WAIT_SECONDS: Final = 2.0
#: When he should.
RETRY_SECONDS: Final = 5
#: A file is given again for so long: it also holds names of personas and segments, which no revision counts.
KEPT_SECONDS: Final = 30.0
_MOST_KEPT: Final = 16
_MOST_BYTES: Final = 32 << 20

_room = threading.Semaphore(1)
_lock = threading.Lock()
_kept: OrderedDict[Hashable, tuple[float, bytes]] = OrderedDict()


class RoomTaken(Exception):
    """Another file is being drawn."""


@contextmanager
def room() -> Iterator[None]:
    """Have the room for oneself.

    Raises
    ------
    RoomTaken
        Somebody else still has it after `WAIT_SECONDS`.
    """
    if not _room.acquire(timeout=WAIT_SECONDS):
        raise RoomTaken
    try:
        yield
    finally:
        _room.release()


def drawn(key: Hashable, draw: Callable[[], bytes]) -> bytes:
    """Return a file: as it was drawn a moment ago, or drawn now.

    Parameters
    ----------
    key
        All that the file follows from.
    draw
        Draws it.

    Raises
    ------
    RoomTaken
    """
    found = _still_kept(key)
    if found is not None:
        return found
    with room():
        found = _still_kept(key)  # who had the room before may have wanted the same
        if found is None:
            found = draw()
            _keep(key, found)
    return found


def forget() -> None:
    """Let go of all files that are kept."""
    with _lock:
        _kept.clear()


def _still_kept(key: Hashable) -> bytes | None:
    with _lock:
        at, content = _kept.get(key, (0.0, b""))
    return content if content and time.monotonic() - at < KEPT_SECONDS else None


def _keep(key: Hashable, content: bytes) -> None:
    with _lock:
        _kept[key] = (time.monotonic(), content)
        _kept.move_to_end(key)
        while len(_kept) > _MOST_KEPT or sum(len(each) for _at, each in _kept.values()) > _MOST_BYTES:
            _kept.popitem(last=False)


def come_again(request: HttpRequest) -> HttpResponse:
    """Return the page of who finds the room taken."""
    page = FailurePage(
        title=_("Another map is being drawn"),
        sentence=_("Files of maps are drawn one after the other. Try again in a few seconds."),
        status=503,
        can_retry=True,
    )
    response = failure(request, page)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
