"""What of a call's ``context`` is kept: what the journey needs, and nothing that tells who is behind it.

Kept: campaign, page, referrer, locale, timezone, the type of device, the name of the operating system, the name of the
library. Not kept, among others: the IP address, the user agent, ids of devices and advertisers, positions, screens,
traits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec import Raw

from .limits import Limits
from .rejections import NotAnObject
from .shapes import check_shape

_WHOLE: Final = ("campaign", "page", "referrer", "locale", "timezone")
_ONE_FIELD: Final = (("device", "type"), ("os", "name"), ("library", "name"))
_REMEMBERED: Final = 1024
_REMEMBERED_BYTES: Final = 2048

_fields: Final = msgspec.json.Decoder(dict[str, Raw])


@dataclass(frozen=True, slots=True)
class KeptContext:
    """The part of a context that goes into the log.

    Attributes
    ----------
    member
        ``"context":{…}`` as a member of a JSON object, or empty.
    channel
        The sender's word for the channel, or empty.
    page_url
        The page's address as JSON, or empty.
    """

    member: bytes
    channel: str = ""
    page_url: bytes = b""


NOTHING: Final = KeptContext(b"")


class ContextKeeper:
    """Cuts contexts down, and remembers the last ones: a library sends the same one with every event.

    For several threads at once: each step on what is remembered is one of the dictionary's own.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._known: dict[bytes, KeptContext] = {}

    def kept(self, context: bytes) -> KeptContext:
        """Return what is kept of ``context``, a JSON text or empty.

        Raises
        ------
        NotAnObject
            It is some other JSON value.
        TooLarge, TooManyProperties, TooDeep
            What is kept has the limits of the properties.
        """
        if not context or context == b"null":
            return NOTHING
        known = self._known.get(context)
        if known is None:
            known = _cut_down(context)
            check_shape(b"{%b}" % known.member, self._limits)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            if len(context) <= _REMEMBERED_BYTES:
                self._known[context] = known
        return known


def _cut_down(context: bytes) -> KeptContext:
    try:
        fields = _fields.decode(context)
    except msgspec.ValidationError as error:
        raise NotAnObject(
            "The context is not a JSON object.", hint="Send an object, or leave it out."
        ) from error
    kept: dict[str, Raw | dict[str, Raw]] = {name: fields[name] for name in _WHOLE if name in fields}
    for name, inner in _ONE_FIELD:
        found = _field(fields.get(name), inner)
        if found is not None:
            kept[name] = {inner: found}
    url = _field(fields.get("page"), "url")
    return KeptContext(
        b'"context":' + msgspec.json.encode(kept) if kept else b"",
        _text(fields.get("channel")),
        bytes(url) if url is not None else b"",
    )


def _field(value: Raw | None, name: str) -> Raw | None:
    """Return a field of ``value`` where that is an object that has it."""
    try:
        return None if value is None else _fields.decode(value).get(name)
    except msgspec.ValidationError:
        return None


def _text(value: Raw | None) -> str:
    found = None if value is None else msgspec.json.decode(value)
    return found if isinstance(found, str) else ""
