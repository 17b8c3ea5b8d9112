"""Files that leave row by row: few at a time, for each holds a thread that answers pages until its reader has it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from .failures import FailurePage, failure
from .reader import reader_of, speaking

AT_ONCE: Final = 3
_RETRY_SECONDS: Final = 10

_leaving = threading.BoundedSemaphore(AT_ONCE)


class BoundedStreams:
    """Middleware: of answers that are sent while they are made, so many leave at a time; further ones are refused."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        if not response.streaming:
            return response
        if not _leaving.acquire(blocking=False):
            response.close()
            return _busy(request)
        response.streaming_content = _Leaving(response.streaming_content)  # type: ignore[attr-defined]
        return response


class _Leaving:
    """The pieces of an answer, which holds one of the places until the answer is closed."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._is_held = True

    def __iter__(self) -> _Leaving:
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """Give the place back; Django closes an answer however it ends."""
        if self._is_held:
            self._is_held = False
            _leaving.release()

    def __del__(self) -> None:
        """Give the place back where nobody closed the answer."""
        self.close()


def _busy(request: HttpRequest) -> HttpResponse:
    with speaking(reader_of(request)):
        page = FailurePage(
            title=_("Several files are on their way"),
            sentence=_("As many leave at this moment as can. Try again when one of them is there."),
            status=429,
            can_retry=True,
        )
        response = failure(request, page)
    response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return response
