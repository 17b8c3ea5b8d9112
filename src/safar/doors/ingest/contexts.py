"""What of a call's ``context`` is kept: what the journey needs, and nothing that tells who is behind it.

Kept: the campaign (id, name, source, medium, term, content), the page (path, title, address), the referrer, locale,
timezone, the type of device, the names of operating system and library. Addresses are kept without query, fragment and
user. Not kept, among others: the IP address, the user agent, ids of devices and advertisers, positions, screens, what
a page was searched for, traits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec import Raw

from safar.vocabulary.address import bare_address

from .rejections import NotAnObject

_CAMPAIGN: Final = ("id", "name", "source", "medium", "term", "content")
_REFERRER: Final = ("type", "name")
_TEXTS: Final = ("locale", "timezone")
_ONE_FIELD: Final = (("device", "type"), ("os", "name"), ("library", "name"))
_REMEMBERED: Final = 1024
_REMEMBERED_BYTES: Final = 2048


_Fields = dict[str, Raw]
_fields: Final = msgspec.json.Decoder(_Fields)


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
        The page's address, or empty.
    """

    member: bytes
    channel: str = ""
    page_url: str = ""


NOTHING: Final = KeptContext(b"")


class ContextKeeper:
    """Cuts contexts down, and remembers the last ones: a library sends the same one with every event.

    For several threads at once: each step on what is remembered is one of the dictionary's own.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, KeptContext] = {}

    def kept(self, context: bytes) -> KeptContext:
        """Return what is kept of ``context``, a JSON text or empty.

        Raises
        ------
        NotAnObject
            It is some other JSON value.
        """
        if not context or context == b"null":
            return NOTHING
        known = self._known.get(context)
        if known is None:
            known = _cut_down(context)
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
    page, referrer = fields.get("page"), fields.get("referrer")
    page_url = _address(_field(page, "url"))
    kept: dict[str, str | dict[str, str]] = {
        "campaign": _texts(fields.get("campaign"), _CAMPAIGN),
        "page": {
            "path": _address(_field(page, "path")),
            "title": _text(_field(page, "title")),
            "url": page_url,
            "referrer": _address(_field(page, "referrer")),
        },
        "referrer": _address(referrer)
        or {**_texts(referrer, _REFERRER), "url": _address(_field(referrer, "url"))},
        **{name: _text(fields.get(name)) for name in _TEXTS},
        **{name: _texts(fields.get(name), [inner]) for name, inner in _ONE_FIELD},
    }
    said = {name: found for name, value in kept.items() if (found := _without_empty(value))}
    return KeptContext(
        b'"context":' + msgspec.json.encode(said) if said else b"", _text(fields.get("channel")), page_url
    )


def _without_empty(value: str | dict[str, str]) -> str | dict[str, str]:
    return value if isinstance(value, str) else {name: text for name, text in value.items() if text}


def _field(value: Raw | None, name: str) -> Raw | None:
    """Return a field of ``value`` where that is an object that has it."""
    try:
        return None if value is None else _fields.decode(value).get(name)
    except msgspec.ValidationError:
        return None


def _texts(value: Raw | None, names: Iterable[str]) -> dict[str, str]:
    return {name: _text(_field(value, name)) for name in names}


def _text(value: Raw | None) -> str:
    """Return a text, "" for what is none; nothing is made of a value that is not one."""
    return msgspec.json.decode(value, type=str) if value is not None and bytes(value).startswith(b'"') else ""


def _address(value: Raw | None) -> str:
    """Return an address or path without what people and programs put into it about a visitor."""
    return bare_address(_text(value))
