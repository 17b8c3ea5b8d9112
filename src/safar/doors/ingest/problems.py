"""What the door answers when it cannot take a request: one class, one status, one stable code each (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import msgspec

from safar.vocabulary.errors import Fault, Json, Refusal, SafarError

CONTENT_TYPE: Final = b"application/problem+json"


class Refused(Refusal):
    """A request the sender can mend. ``status`` is the HTTP status, ``title`` the same for every occurrence."""

    code = "ingest.refused"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request was refused"


class BadJson(Refused, ValueError):
    """The body is not JSON in UTF-8, or not an object with the fields of the call."""

    code = "ingest.bad_json"
    title = "The body could not be read"


class BodyCutOff(Refused, ConnectionError):
    """The connection ended before the body did."""

    code = "ingest.body_cut_off"
    title = "The body is not complete"


class BadCompression(Refused, ValueError):
    """The body does not decompress as its Content-Encoding says."""

    code = "ingest.bad_compression"
    title = "The body could not be decompressed"


class TooManyEvents(Refused, ValueError):
    """A batch holds more events than the door takes at once."""

    code = "ingest.too_many_events"
    status = 413
    title = "The batch is too long"


class Unauthorized(Refused, PermissionError):
    """No write key, or one that is unknown or revoked."""

    code = "ingest.unauthorized"
    status = 401
    title = "No valid write key"


class OriginRefused(Refused, PermissionError):
    """The page's origin is not on the key's list."""

    code = "ingest.origin_refused"
    status = 403
    title = "This origin may not send"


class SignatureRefused(Refused, PermissionError):
    """The signature of a customer's id is none of the workspace's server keys, or is over."""

    code = "ingest.signature_refused"
    status = 403
    title = "The signature does not hold"


class NoSuchPath(Refused, LookupError):
    """The door has no such path."""

    code = "ingest.not_found"
    status = 404
    title = "Nothing here"


class WrongMethod(Refused, ValueError):
    """The path is right, the method is not."""

    code = "ingest.method_not_allowed"
    status = 405
    title = "Wrong method"


class TooSlow(Refused, TimeoutError):
    """The sender took too long over its body."""

    code = "ingest.timeout"
    status = 408
    title = "The body did not arrive in time"


class BodyTooLarge(Refused, ValueError):
    """The body is larger than the door takes, as sent or after decompression."""

    code = "ingest.body_too_large"
    status = 413
    title = "The body is too large"


class WrongMediaType(Refused, ValueError):
    """The Content-Type is not JSON."""

    code = "ingest.unsupported_media_type"
    status = 415
    title = "Not a JSON body"


class WrongEncoding(Refused, ValueError):
    """The Content-Encoding is not one the door reads."""

    code = "ingest.unsupported_encoding"
    status = 415
    title = "Unknown compression"


class AllRejected(Refused, ValueError):
    """No event of the request could be accepted; ``rejected`` says why, event by event."""

    code = "ingest.all_rejected"
    status = 422
    title = "No event was accepted"


class RateLimited(Refused, RuntimeError):
    """The key has sent more requests than its rate allows."""

    code = "ingest.rate_limited"
    status = 429
    title = "Too many requests"

    def __init__(self, key_name: str, rate: float, retry_after_seconds: int) -> None:
        super().__init__(
            f"The key {key_name!r} may send {rate:g} requests a second, and sent more.",
            hint=f"Send again in {retry_after_seconds} s, and put more events in one batch.",
            requests_per_second=rate,
            retry_after_seconds=retry_after_seconds,
        )
        self.retry_after_seconds = retry_after_seconds


class Busy(Fault, RuntimeError):
    """The disk is slower than the senders; more would not fit in memory."""

    code = "ingest.busy"


class Closing(Fault, RuntimeError):
    """The server is shutting down."""

    code = "ingest.closing"


class Unexpected(Fault, RuntimeError):
    """A defect of the door itself."""

    code = "ingest.fault"


@dataclass(frozen=True, slots=True)
class _FaultAnswer:
    """What a sender is told of a fault: never its own message, which may name folders of this machine."""

    status: int
    title: str
    detail: str
    retry_after_seconds: int


_FAULTS: Final[Mapping[str, _FaultAnswer]] = {
    "ingest.busy": _FaultAnswer(
        503, "The door is busy", "The disk is slower than the senders; nothing of this request was kept.", 2
    ),
    "ingest.closing": _FaultAnswer(
        503, "The server is shutting down", "Nothing of this request was kept.", 5
    ),
    "ingest.fault": _FaultAnswer(
        500,
        "The door failed",
        "Nothing of this request was acknowledged; the server's log has the place.",
        30,
    ),
    "log.disk_full": _FaultAnswer(
        507, "The disk is full", "There is no room left for the log; nothing of this request was kept.", 30
    ),
    "log.write_failed": _FaultAnswer(
        503,
        "The disk refused the write",
        "The log could not be written; nothing of this request was kept.",
        30,
    ),
}
_RESEND: Final = (
    "Send the same request again, with the same messageId in each event: nothing will be doubled."
)


def status_of(error: SafarError) -> int:
    """Return the HTTP status of an error."""
    return error.status if isinstance(error, Refused) else _fault(error).status


def retry_after(error: SafarError) -> int:
    """Return the seconds after which a retry is useful, 0 when it is not."""
    if isinstance(error, RateLimited):
        return error.retry_after_seconds
    return 0 if isinstance(error, Refused) else _fault(error).retry_after_seconds


def problem_body(error: SafarError, extra: Mapping[str, Json] | None = None) -> bytes:
    """Return the RFC 9457 document of an error, with ``extra`` members.

    Beside the standard members it has ``code``, ``message``, ``hint`` and ``context``. ``message`` repeats ``detail``
    because Segment's libraries log ``code`` and ``message`` of a failed request.
    """
    if isinstance(error, Refused):
        title, facts = error.title, error.as_json()
    else:
        fault = _fault(error)
        title = fault.title
        facts = {"code": error.code, "message": fault.detail, "hint": _RESEND, "context": {}}
    return msgspec.json.encode(
        {
            "type": f"urn:safar:problem:{error.code}",
            "title": title,
            "status": status_of(error),
            "detail": facts["message"],
            **facts,
            **(extra or {}),
        }
    )


def _fault(error: SafarError) -> _FaultAnswer:
    return _FAULTS.get(error.code, _FAULTS[Unexpected.code])
