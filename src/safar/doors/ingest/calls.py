"""The calls of the Segment HTTP spec as they arrive; ``properties``, ``traits`` and ``context`` are not looked into.

A whole batch is read at one go. Where that fails, each event is read by itself, so that one bad event does not take its
neighbours with it.

Source: Segment, "HTTP Tracking API" and "Spec: Common Fields".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Final, Literal, TypeVar, get_args

import msgspec
from msgspec import Meta, Raw

from safar.vocabulary.errors import nearest

from .limits import Limits
from .problems import BadJson, TooManyEvents
from .rejections import Malformed, Rejected, UnknownCall, shown

Kind = Literal["track", "identify", "page", "screen", "group", "alias"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

#: What an absent ``properties``, ``traits`` or ``context`` is.
ABSENT: Final = Raw(b"")

#: Characters of an id or name that need no closer look.
PLAIN_LENGTH: Final = 255

Id = str | int | None


class Call(msgspec.Struct, gc=False, rename="camel", kw_only=True):
    """One call. Ids that are numbers are taken as their text, as Segment's libraries do."""

    type: Kind | None = None
    message_id: Id = None
    user_id: Id = None
    anonymous_id: Id = None
    event: str | None = None
    timestamp: str | None = None
    original_timestamp: str | None = None
    sent_at: str | None = None
    channel: str | None = None
    name: str | None = None
    category: str | None = None
    previous_id: Id = None
    group_id: Id = None
    properties: Raw = ABSENT
    traits: Raw = ABSENT
    context: Raw = ABSENT


_Filled = Annotated[str, Meta(min_length=1, max_length=PLAIN_LENGTH)]


class PlainTrack(Call, gc=False, rename="camel", kw_only=True):
    """A track call without anything unusual, checked while it is read: what nearly every event of a batch is."""

    type: Literal["track"]
    message_id: _Filled
    user_id: _Filled | None = None
    anonymous_id: _Filled | None = None
    event: _Filled
    timestamp: str
    original_timestamp: None = None
    sent_at: None = None
    channel: None = None


class _Single(Call, gc=False, rename="camel", kw_only=True):
    write_key: str = ""


class _Batch(msgspec.Struct, rename="camel"):
    batch: list[Call]
    write_key: str = ""
    sent_at: str | None = None
    context: Raw = ABSENT


class _PlainBatch(msgspec.Struct, rename="camel"):
    batch: list[PlainTrack]
    write_key: str = ""
    sent_at: str | None = None
    context: Raw = ABSENT


class _RawBatch(msgspec.Struct, rename="camel"):
    batch: list[Raw]
    write_key: str = ""
    sent_at: str | None = None
    context: Raw = ABSENT


class Request(msgspec.Struct, frozen=True, gc=False):
    """What one request asks for.

    Attributes
    ----------
    calls
        The calls that could be read, in order.
    places
        The index of each in the request; None when all could be read, so that they are 0, 1, 2, ….
    rejected
        Why the others could not be read, by their index.
    write_key
        The secret in the body, or empty.
    sent_at
        The sender's clock as it sent the whole batch, as it wrote it, or None.
    context
        What the batch says for all its events; an event's own context comes first.
    has_plain_text
        Whether every text is printable for certain: ASCII and nothing escaped.
    """

    calls: Sequence[Call]
    places: list[int] | None = None
    rejected: dict[int, Rejected] = {}
    write_key: str = ""
    sent_at: str | None = None
    context: bytes = b""
    has_plain_text: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether each call is a `PlainTrack`."""
        return type(self.calls[0]) is PlainTrack if self.calls else False


_batch: Final = msgspec.json.Decoder(_Batch)
_plain_batch: Final = msgspec.json.Decoder(_PlainBatch)
_raw_batch: Final = msgspec.json.Decoder(_RawBatch)
_single: Final = msgspec.json.Decoder(_Single)
_call: Final = msgspec.json.Decoder(Call)
_fields: Final = msgspec.json.Decoder(dict[str, Raw])

_T = TypeVar("_T")

#: One escape of a JSON text. Group 1 is half an emoji without its other half, as JavaScript writes it where a text was
#: cut in the middle of one: no UTF-8 stands for it, and one of them would make the whole batch unreadable.
_ESCAPE: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_BYTE: Final = re.compile(r"\(byte (\d+)\)")
_HINT: Final = 'Send one JSON object in UTF-8, such as {"userId": "u1", "event": "order_placed"}.'


def read_single(body: bytes, kind: Kind) -> Request:
    """Return the one call of a request to ``/v1/track`` and its like.

    Raises
    ------
    BadJson
        The body is no JSON object in UTF-8.
    """
    body = _in_utf8(body)
    try:
        call = _decoded(body, _single)
    except msgspec.ValidationError as error:
        write_key = _write_key_of(body)
        return Request([], [], {0: _rejection(body, error)}, write_key)
    call.type = kind
    return Request([call], write_key=call.write_key)


def read_batch(body: bytes, limits: Limits) -> Request:
    """Return the calls of a request to ``/v1/batch``.

    Raises
    ------
    BadJson
        The body is no JSON object in UTF-8 with a list named ``batch``.
    TooManyEvents
    """
    body = _in_utf8(body)
    try:
        batch: _PlainBatch | _Batch = _plain_batch.decode(body)
    except (msgspec.DecodeError, RecursionError):
        try:
            batch = _decoded(body, _batch)
        except msgspec.ValidationError:
            return _read_one_by_one(body, limits)
    _check_count(len(batch.batch), limits)
    return Request(
        batch.batch,
        write_key=batch.write_key,
        sent_at=batch.sent_at,
        context=bytes(batch.context),
        has_plain_text=body.isascii() and b"\\" not in body and b"\x7f" not in body,
    )


def _read_one_by_one(body: bytes, limits: Limits) -> Request:
    try:
        batch = _decoded(body, _raw_batch)
    except msgspec.ValidationError as error:
        raise BadJson(
            f"The body is not a batch: {error}.", hint='Send {"batch": [ … ]} with a list of events.'
        ) from error
    _check_count(len(batch.batch), limits)
    calls, places, rejected = [], [], {}
    for place, raw in enumerate(batch.batch):
        try:
            calls.append(_call.decode(raw))
            places.append(place)
        except msgspec.ValidationError as error:
            rejected[place] = _rejection(raw, error)
    return Request(calls, places, rejected, batch.write_key, batch.sent_at, bytes(batch.context))


def _in_utf8(body: bytes) -> bytes:
    if not body.isascii():
        try:
            body.decode()
        except UnicodeDecodeError as error:
            raise BadJson(
                f"The body is not UTF-8: byte {error.start} cannot be read.", hint=_HINT, byte=error.start
            ) from error
    return body


def _decoded(body: bytes, decoder: msgspec.json.Decoder[_T]) -> _T:
    try:
        return decoder.decode(body)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError as error:
        mended = _ESCAPE.sub(lambda escape: b"\\ufffd" if escape[1] else escape[0], body)
        if mended != body:
            return _decoded(mended, decoder)
        byte = _BYTE.search(str(error))
        raise BadJson(
            f"The body is not JSON: {error}.", hint=_HINT, byte=int(byte[1]) if byte else len(body)
        ) from error
    except RecursionError as error:
        raise BadJson("The body is nested too deeply to be read.", hint=_HINT) from error


def _check_count(count: int, limits: Limits) -> None:
    if count > limits.batch_events:
        raise TooManyEvents(
            f"The batch has {count} events; at most {limits.batch_events} are taken at once.",
            hint="Send it in parts.",
            count=count,
            limit=limits.batch_events,
        )


def _rejection(event: bytes | Raw, error: msgspec.ValidationError) -> Rejected:
    """Return why an event that is valid JSON is no call."""
    try:
        fields = _fields.decode(event)
    except msgspec.ValidationError:
        return Malformed("The event is not a JSON object.", hint=_HINT)
    kind = bytes(fields.get("type", b"null")).decode().strip('"')
    if kind not in {"null", *KINDS}:
        return UnknownCall(
            f"{shown(kind)} is not a type of call.",
            hint=nearest(kind[:20], KINDS) or f"Use one of {', '.join(KINDS)}.",
        )
    return Malformed(f"The event cannot be read: {error}.", hint="See the field after $ in the message.")


def _write_key_of(body: bytes) -> str:
    """Return the secret in a body that is no call otherwise: who may not send is not told what is wrong."""
    try:
        found = msgspec.json.decode(_fields.decode(body).get("writeKey", b'""'))
    except msgspec.ValidationError:
        return ""
    return found if isinstance(found, str) else ""
