"""Pages travel packed: on a slow line most of the wait for a page is its bytes."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressedPages(GZipMiddleware):
    """Packs what is text and sent whole, with a random length that hides what a secret beside a guess adds (BREACH).

    Files to take away are sent as they are: a spreadsheet is packed already, and a stream of rows leaves at once.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Pack the answer where that saves."""
        if response.streaming or not response.headers.get("Content-Type", "").startswith(
            ("text/", "application/json")
        ):
            return response
        packed: HttpResponseBase = super().process_response(request, response)
        return packed
