"""Pages for what went wrong: refused, forbidden, not found, broken. Each in the reader's language."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safar.doors.web.error_sentences import sentence_of
from safar.vocabulary.errors import Fault, SafarError

from .reader import reader_of, speaking

_logger = logging.getLogger("safar.web")

#: Headings of refusals that a reader meets on his own way through the pages.
_TITLES: Final[dict[str, Promise | str]] = {
    "sign_in.link_refused": gettext_lazy("This link is no longer valid"),
    "today.unknown_choice": gettext_lazy("There is no such period"),
}


@dataclass(frozen=True, slots=True)
class FailurePage:
    """What a failing page says.

    Attributes
    ----------
    title, sentence
        In the reader's language.
    detail
        The error's own words: exact, English; empty when they are not for this reader.
    code
        The error's code, or a number that the log names too.
    status
        Of the HTTP answer.
    can_retry
        Whether asking again may help.
    action_name, action_href
        What helps instead; empty where nothing does.
    """

    title: str
    sentence: str
    detail: str = ""
    code: str = ""
    status: int = 500
    can_retry: bool = False
    action_name: str = ""
    action_href: str = ""


class FailurePages:
    """Middleware: a Refusal or a Fault that a view lets through becomes a page, or its htmx part."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; failures come to `process_exception`.

        A part of a page whose session has ended says so, rather than holding the page of signing in.
        """
        response = self.get_response(request)
        if is_part(request) and _leads_to_sign_in(response):
            return _signed_out(request)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Say what is wrong; every other error goes on to `server_error`."""
        if not isinstance(error, SafarError):
            return None
        is_fault = isinstance(error, Fault)
        if is_fault:
            _logger.error("%s: %s", error.code, error)
        return failure(
            request,
            FailurePage(
                title=_title_of(error),
                sentence=reader_of(request).shape(sentence_of(error.code)),
                # The words of a fault may name files of this machine: they are for its log.
                detail="" if is_fault else str(error),
                code=error.code,
                status=_status_of(error),
                can_retry=is_fault,
            ),
        )


class PlainAddresses:
    """Middleware: no address holds U+0000, which no text of people holds and PostgreSQL cannot look for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request.

        Raises
        ------
        BadRequest
        """
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address holds U+0000.")
        return self.get_response(request)


def _title_of(error: SafarError) -> str:
    if isinstance(error, Fault):
        return _("Something broke on our side")
    return str(_TITLES.get(error.code, _("This cannot be done as asked")))


def _status_of(error: SafarError) -> int:
    if isinstance(error, Fault):
        return 500
    if isinstance(error, PermissionError):
        return 403
    return 400


def failure(request: HttpRequest, page: FailurePage) -> HttpResponse:
    """Return the page, or only its middle where htmx asked for a part."""
    template = "design/failure_part.html" if is_part(request) else "design/failure.html"
    return render(request, template, {"page": page}, status=page.status)


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page."""
    return request.headers.get("HX-Request-Type") == "partial"


def _leads_to_sign_in(response: HttpResponse) -> bool:
    address = response.headers.get("HX-Redirect") or response.headers.get("Location") or ""
    return urlsplit(address).path == reverse(settings.LOGIN_URL)


def _signed_out(request: HttpRequest) -> HttpResponse:
    """401 for a part: the page around it stays, with what was typed in it."""
    read = urlsplit(request.headers.get("HX-Current-URL", ""))
    back = f"{read.path}?{read.query}" if read.query else read.path
    page = FailurePage(
        title=_("You are signed out"),
        sentence=_("Your session has ended. Sign in again to go on where you were."),
        status=401,
        action_name=_("Sign in again"),
        action_href=f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': back or '/'})}",
    )
    return failure(request, page)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: also for what exists but is not this reader's to see."""
    page = FailurePage(
        title=_("There is nothing at this address"),
        sentence=_("It may have moved, or it belongs to a workspace that you do not work in."),
        status=404,
    )
    return failure(request, page)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    page = FailurePage(
        title=_("You may not do this"),
        sentence=_("Your role in this workspace does not allow it. Its owner can change that."),
        status=403,
    )
    return failure(request, page)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that did not come from our own page."""
    page = FailurePage(
        title=_("The form was not accepted"),
        sentence=_(
            "It was open for too long, or cookies are blocked. Go back, reload the page and send it again."
        ),
        status=403,
    )
    return failure(request, page)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413: what no page of ours sends. A foreign host name is answered in plain words: no page knows it."""
    is_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    status = 413 if is_large else 400
    if isinstance(exception, DisallowedHost) or not hasattr(request, "user"):
        return HttpResponse(f"{status}\n", status=status, content_type="text/plain; charset=utf-8")
    page = FailurePage(
        title=_("This was not accepted"),
        sentence=_("It is larger than what this page takes.")
        if is_large
        else _("It does not look like anything that a page of ours sends."),
        status=status,
    )
    return failure(request, page)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a bug. The page and the log carry the same number, so that one finds the other."""
    number = secrets.token_hex(4)
    _logger.error("failure %s at %s", number, request.path)
    try:
        with speaking(reader_of(request)):
            return failure(
                request,
                FailurePage(
                    title=_("Something broke on our side"),
                    sentence=_(
                        "Nothing of yours was lost. Please try again; if it stays, send us this number."
                    ),
                    code=number,
                    can_retry=True,
                ),
            )
    except Exception:  # noqa: BLE001 - what broke the page may break this one too; then plain words must do
        return HttpResponse(f"500 · {number}\n", status=500, content_type="text/plain; charset=utf-8")
