"""The calls of the Segment HTTP spec as they arrive; ``properties``, ``traits`` and ``context`` are not looked into.

A whole batch is read at one go. Where that fails, each event is read by itself, so that one bad event does not take its
neighbours with it.

Source: Segment, "HTTP Tracking API" and "Spec: Common Fields".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
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


class _Batch(msgspec.Struct, rename="camel"):
    batch: list[Call]
    sent_at: str | None = None
    context: Raw = ABSENT


class _PlainBatch(msgspec.Struct, rename="camel"):
    batch: list[PlainTrack]
    sent_at: str | None = None
    context: Raw = ABSENT


class _RawBatch(msgspec.Struct, rename="camel"):
    batch: list[Raw]
    sent_at: str | None = None
    context: Raw = ABSENT


class _KeyHolder(msgspec.Struct, rename="camel"):
    """Of a body only its key; the rest is passed over, and nothing is made of it."""

    write_key: Raw = ABSENT


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
_call: Final = msgspec.json.Decoder(Call)
_fields: Final = msgspec.json.Decoder(dict[str, Raw])
_key_holder: Final = msgspec.json.Decoder(_KeyHolder)

_T = TypeVar("_T")

#: A body with half an emoji has one of these; nearly no other body does.
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")
#: Half an emoji without its other half, as JavaScript writes it where a text was cut in the middle of one: no UTF-8
#: stands for it, and one of them would make the whole batch unreadable.
_LONE: Final = re.compile(
    rb"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD])[c-fC-F][0-9a-fA-F]{2})"
)
#: A body with more of them than this is no text that was cut.
_MOST_MENDED: Final = 10_000
_BYTE: Final = re.compile(r"\(byte (\d+)\)")
_HINT: Final = 'Send one JSON object in UTF-8, such as {"userId": "u1", "event": "order_placed"}.'


def write_key_in(body: bytes) -> str:
    """Return the secret in a body, "" where it has none: all that is read of it before the sender is known.

    Raises
    ------
    BadJson
        The body is no JSON.
    """
    try:
        raw = _decoded(body, _key_holder).write_key
        found = msgspec.json.decode(raw) if raw else ""
    except msgspec.ValidationError:
        return ""
    except UnicodeDecodeError:
        raise BadJson("The writeKey is not UTF-8.", hint=_HINT) from None
    return found if isinstance(found, str) else ""


def read_single(body: bytes, kind: Kind) -> Request:
    """Return the one call of a request to ``/v1/track`` and its like.

    Raises
    ------
    BadJson
        The body is no JSON object in UTF-8.
    """
    body = _in_utf8(body)
    try:
        call = _decoded(body, _call)
    except msgspec.ValidationError as error:
        return Request([], [], {0: _rejection(body, error)})
    call.type = kind
    return Request([call])


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
        _check_count_before_reading(body, limits)
        try:
            batch = _decoded(body, _batch)
        except msgspec.ValidationError:
            return _read_one_by_one(body, limits)
    _check_count(len(batch.batch), limits)
    return Request(
        batch.batch,
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
    return Request(calls, places, rejected, batch.sent_at, bytes(batch.context))


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
        try:
            return decoder.decode(body)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            mended = _mended(body)
            if mended is body:
                raise
            return decoder.decode(mended)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError as error:
        byte = _BYTE.search(str(error))
        raise BadJson(
            f"The body is not JSON: {error}.", hint=_HINT, byte=int(byte[1]) if byte else len(body)
        ) from error
    except RecursionError as error:
        raise BadJson("The body is nested too deeply to be read.", hint=_HINT) from error


def _mended(body: bytes) -> bytes:
    """Return the body with U+FFFD for each half of an emoji."""
    if not _SURROGATE.search(body):
        return body
    # a backslash that is escaped must not look like the beginning of the next escape
    return _LONE.sub(rb"\\ufffd", body.replace(rb"\\", rb"\u005c"), _MOST_MENDED)


@lru_cache(maxsize=4)
def _first_items(count: int) -> msgspec.json.Decoder[msgspec.Struct]:
    """Return a decoder of the first items of a batch that passes over the others and makes nothing of them."""
    fields = [(f"item_{place}", Raw, ABSENT) for place in range(count)]
    return msgspec.json.Decoder(
        msgspec.defstruct("_Items", [("batch", msgspec.defstruct("_First", fields, array_like=True))])
    )


def _check_count_before_reading(body: bytes, limits: Limits) -> None:
    """Refuse a batch with too many items, however small, before a struct is made of each."""
    most = limits.batch_events
    if body.count(b",") < most:
        return
    try:
        first = _decoded(body, _first_items(most + 1))
    except msgspec.ValidationError:
        return  # no batch: the caller says why
    if getattr(first.batch, f"item_{most}"):  # type: ignore[attr-defined]
        raise _too_many(limits)


def _check_count(count: int, limits: Limits) -> None:
    if count > limits.batch_events:
        raise _too_many(limits)


def _too_many(limits: Limits) -> TooManyEvents:
    return TooManyEvents(
        f"The batch has more than {limits.batch_events} events, which are taken at once.",
        hint="Send it in parts.",
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
