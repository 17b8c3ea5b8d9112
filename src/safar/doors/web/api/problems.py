"""What goes wrong, for programs: a problem of RFC 9457, with our code and hint, whoever found it out.

A refusal keeps its own code. What Django refuses before an operation is reached (an unknown address, a method, a host,
a body that is too large) becomes a problem in the middleware, so that a program never has to read a page.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable
from typing import Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from ninja import NinjaAPI, Schema
from ninja.errors import ValidationError
from pydantic import Field

from safar.doors.web.error_sentences import sentence_of
from safar.vocabulary.errors import Fault, Json, Refusal, SafarError

PREFIX: Final = "/api/v1/"
MEDIA_TYPE: Final = "application/problem+json"
_logger = logging.getLogger("safar.web")
#: Refusals that are about something which is not there.
_MISSING: Final = frozenset(
    {
        "answering.no_such_link",
        "cases.root_cause_unknown",
        "cases.rule_unknown",
        "cases.telling_unknown",
        "cases.unknown",
        "comments.topic_unknown",
        "comments.unknown",
        "customer.unknown",
        "customer.unknown_erasure",
        "import.unknown",
        "hooks.unknown",
        "inviting.unknown_link",
        "inviting.unknown_round",
        "invitation.unknown",
        "key.unknown",
        "maps.unknown",
        "segments.unknown",
        "estimates.unknown",
        "member.unknown",
        "personas.unknown",
        "question.no_such_part",
        "question.unknown",
        "results.unknown_file",
        "surveys.unknown",
        "work.unknown",
    }
)

#: Refusals that end by themselves.
_BUSY: Final = frozenset({"answering.not_kept", "query.busy", "upload.too_many"})
#: Refusals because somebody else was there first.
_CONFLICTS: Final = frozenset({"surveys.conflict"})


class ApiRefusal(Refusal):
    """What the API itself refuses, with the status that HTTP has for it."""

    code = "api.refused"
    status = 400


class Malformed(ApiRefusal, ValueError):
    """The request cannot be read: no JSON, a host name that is not ours, bytes that are no text."""

    code = "api.bad_request"
    status = 400


class Invalid(ApiRefusal, ValueError):
    """A value of the request is not one that the operation takes."""

    code = "api.invalid"
    status = 422


class MethodNotAllowed(ApiRefusal):
    """The address takes other methods."""

    code = "api.method_not_allowed"
    status = 405


class BodyTooLarge(ApiRefusal):
    """The body has more bytes than are read."""

    code = "api.body_too_large"
    status = 413


class Unauthorized(ApiRefusal, PermissionError):
    """No token was shown, or one that opens nothing: unknown, revoked, expired, or of a member who left. Which of them
    is nobody's business but ours."""

    code = "api.unauthorized"
    status = 401


class NotAllowed(ApiRefusal, PermissionError):
    """The role of the token's member does not allow the operation."""

    code = "api.forbidden"
    status = 403


class ReadOnly(ApiRefusal, PermissionError):
    """The operation changes something, and the token may only read."""

    code = "api.read_only"
    status = 403


class NotHere(ApiRefusal, LookupError):
    """There is nothing at the address, or it belongs to another workspace."""

    code = "api.not_found"
    status = 404


class NotConfirmed(ApiRefusal, ValueError):
    """What cannot be undone was not confirmed."""

    code = "api.not_confirmed"
    status = 422


class KeyReused(ApiRefusal, ValueError):
    """An `Idempotency-Key` came before, with another request."""

    code = "api.key_reused"
    status = 422


class TooManyRequests(ApiRefusal, RuntimeError):
    """The token asked more often than it may."""

    code = "api.too_many_requests"
    status = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            "This token has asked too often.",
            hint=f"Wait {retry_after} second(s), then go on more slowly.",
            retry_after=retry_after,
        )


#: What Django itself refuses, by its status.
_BY_STATUS: Final = {
    each.status: each.code
    for each in (Malformed, NotAllowed, NotHere, MethodNotAllowed, BodyTooLarge, TooManyRequests)
}


class Wrong(Schema):
    """One value of a request that cannot be taken."""

    where: str = Field(description="Its place, such as `body.name` or `query.limit`.")
    what: str = Field(description="What is wrong with it, in English.")


class Problem(Schema):
    """A problem of RFC 9457."""

    type: str = Field(description="Always `about:blank`: the code says which problem it is.")
    title: str = Field(
        description="The problem in a sentence, in the language of `Accept-Language`: fa, ar or en."
    )
    status: int
    code: str = Field(description="Dotted and stable; the page on errors lists them all.")
    detail: str = Field(description="What is wrong with the actual value, in English.")
    hint: str = Field(description="What to do next, in English; may be empty.")
    errors: list[Wrong] = Field(
        default=[], description="Which values cannot be taken; for `api.invalid` only."
    )


def problem(
    request: HttpRequest,
    status: int,
    code: str,
    *,
    detail: str = "",
    hint: str = "",
    errors: list[dict[str, str]] | None = None,
) -> HttpResponse:
    """Return a problem as the answer to a request, its title in the language that the request asks for."""
    language = translation.get_language_from_request(request) if _asks_for_language(request) else "en"
    with translation.override(language):
        title = sentence_of(code)
    body: dict[str, Json] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail or title,
        "hint": hint,
    }
    if errors is not None:
        body["errors"] = [dict(each) for each in errors]
    # bytes that are no text come back in the words of a refusal as lone surrogates
    answer = HttpResponse(
        json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace"),
        status=status,
        content_type=MEDIA_TYPE,
    )
    answer["Content-Language"] = language
    patch_vary_headers(answer, ["Accept-Language"])
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="Safar"'
    return answer


def _asks_for_language(request: HttpRequest) -> bool:
    """Whether the header names a language. A cookie never decides: the API reads none."""
    request.COOKIES.pop("django_language", None)
    return bool(request.headers.get("Accept-Language"))


def refused(request: HttpRequest, error: SafarError) -> HttpResponse:
    """Return the problem of an error of ours."""
    if isinstance(error, Fault):
        _logger.error("%s: %s", error.code, error)
        # the words of a fault may name files of this machine: they are for its log
        return problem(request, 500, error.code)
    answer = problem(
        request, status_of(error), error.code, detail=error.message, hint=error.hint, errors=None
    )
    if answer.status_code in {429, 503}:
        answer["Retry-After"] = str(error.context.get("retry_after", 5))
    return answer


def status_of(error: SafarError) -> int:
    """Return the status that HTTP has for a refusal."""
    if isinstance(error, ApiRefusal):
        return error.status
    if error.code in _MISSING:
        return 404
    if error.code in _BUSY:
        return 503
    if error.code in _CONFLICTS:
        return 409
    if isinstance(error, PermissionError):
        return 403
    return 422


def handle(api: NinjaAPI) -> None:
    """Let the API turn what its operations raise into problems."""

    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        wrong = [
            {"where": ".".join(str(step) for step in each["loc"]), "what": str(each["msg"])}
            for each in error.errors
        ]
        return problem(
            request,
            422,
            Invalid.code,
            detail="; ".join(f"{each['where']}: {each['what']}" for each in wrong),
            hint="The description of the operation says what it takes.",
            errors=wrong,
        )

    def malformed(request: HttpRequest, error: Exception) -> HttpResponse:
        return problem(request, 400, Malformed.code, detail="The body is not JSON.")

    def too_big(request: HttpRequest, error: Exception) -> HttpResponse:
        return problem(request, 413, BodyTooLarge.code)

    def broken(request: HttpRequest, error: Exception) -> HttpResponse:
        number = secrets.token_hex(4)
        _logger.error("failure %s at %s", number, request.path, exc_info=error)
        return problem(request, 500, "fault", detail=f"The log of the server names this as failure {number}.")

    handlers: tuple[tuple[type[Exception], Callable[..., HttpResponse]], ...] = (
        (SafarError, refused),
        (ValidationError, invalid),
        (json.JSONDecodeError, malformed),
        (UnicodeDecodeError, malformed),
        (RequestDataTooBig, too_big),
        (Exception, broken),
    )
    for kind, handler in handlers:
        api.add_exception_handler(kind, handler)


class Problems:
    """Middleware: what Django refuses under the API's address becomes a problem too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; pages of failure become problems."""
        answer = self.get_response(request)
        if not request.path_info.startswith(PREFIX) or answer.status_code < 400:
            return answer
        if answer.headers.get("Content-Type") == MEDIA_TYPE:
            return answer
        code = _BY_STATUS.get(answer.status_code, "fault" if answer.status_code >= 500 else ApiRefusal.code)
        said = problem(request, answer.status_code, code)
        for name in ("Allow", "Retry-After"):
            if name in answer.headers:
                said[name] = answer.headers[name]
        return said
