"""What each call of the Segment spec becomes: a customer, an event name, properties.

Source: Segment, "Spec: Track", "Identify", "Page", "Screen", "Group", "Alias".
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import msgspec
from msgspec import Raw

from safar.vocabulary.event import ALIAS, ANONYMOUS_ID, GROUP, IDENTIFY, PAGE, PREVIOUS_ID, SCREEN
from safar.vocabulary.lifecycle import ACTION_DECIDED, ITEM_CHANGED

from .calls import Call, Id, Kind
from .contexts import KeptContext
from .limits import Limits
from .rejections import (
    CustomerMissing,
    GroupIdMissing,
    IdRefused,
    NameMissing,
    NotAnObject,
    PreviousIdMissing,
    TextUnusable,
    shown,
)

#: What the Segment spec calls the place a library runs in, in our words; a server says nothing about the customer.
CHANNELS: Final[Mapping[str, str]] = {"browser": "web", "mobile": "app", "server": ""}

EMPTY: Final = b"{}"

#: What a shop's own programs say: pages and lists lead where items are said to be, chances are learnt from decisions.
OF_SERVERS: Final = ITEM_CHANGED | ACTION_DECIDED

_JOINERS: Final = "\u200c\u200d"
#: They turn the direction of all that follows, also of what is shown beside the text.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_IN_NO_TEXT: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
#: Two ids that look the same must be the same.
_IN_NO_ID: Final = _IN_NO_TEXT | {"Cf"}

_fields: Final = msgspec.json.Decoder(dict[str, Raw])


class Said(NamedTuple):
    """What a call says: who, what, and the rest as a JSON object."""

    customer_id: str
    event_name: str
    properties: bytes


def said(call: Call, context: KeptContext, limits: Limits) -> Said:
    """Return what a call says, by the rules of its kind.

    Raises
    ------
    Rejected
        One of its subclasses: the call lacks an id or a name, or has one that is not usable.
    """
    assert call.type is not None
    return _READERS[call.type](call, context, limits)


def message_id(call: Call, limits: Limits) -> str:
    """Return the call's own id, the key under which it is kept once; a new one when it has none."""
    return _id("messageId", call.message_id, limits) or str(uuid.uuid4())


def channel(named: str, default: str, limits: Limits) -> str:
    """Return the channel of an event: ``browser`` is web, ``mobile`` is app; the key's own when it names none."""
    found = CHANNELS.get(named, named)
    return _one_line("channel", found, limits.channel_length) if found else default


def with_context(properties: bytes, context: KeptContext) -> bytes:
    """Return the properties with the member ``context``; a property of that name stands."""
    member = context.member
    if not member or (b'"context"' in properties and "context" in _fields.decode(properties)):
        return properties
    if properties.startswith(b'{"'):
        return b"%b,%b}" % (properties[:-1], member)
    return _with(properties, {"context": Raw(member.partition(b":")[2])})


def _track(call: Call, _: KeptContext, limits: Limits) -> Said:
    if not call.event:
        raise NameMissing(
            "The track call has no event.", hint='Name what happened, such as "event": "order_placed".'
        )
    return Said(
        _customer(call, limits),
        _one_line("event", call.event, limits.name_length),
        _object("properties", call.properties),
    )


def _identify(call: Call, _: KeptContext, limits: Limits) -> Said:
    customer_id = _customer(call, limits)
    anonymous_id = _id("anonymousId", call.anonymous_id, limits)
    traits = _object("traits", call.traits)
    # also where it is the customer itself: identity must not take a visitor's id for a user's
    if anonymous_id:
        traits = _with(traits, {ANONYMOUS_ID: anonymous_id})
    return Said(customer_id, IDENTIFY, traits)


def _alias(call: Call, _: KeptContext, limits: Limits) -> Said:
    customer_id = _id("userId", call.user_id, limits)
    if not customer_id:
        raise CustomerMissing(
            "The alias call has no userId.", hint="Send the id the customer has from now on."
        )
    previous_id = _id("previousId", call.previous_id, limits)
    if not previous_id:
        raise PreviousIdMissing(
            "The alias call has no previousId.", hint="Send the id the customer had before as previousId."
        )
    return Said(customer_id, ALIAS, _with(EMPTY, {PREVIOUS_ID: previous_id}))


def _group(call: Call, _: KeptContext, limits: Limits) -> Said:
    group_id = _id("groupId", call.group_id, limits)
    if not group_id:
        raise GroupIdMissing("The group call has no groupId.", hint="Send the id of the group as groupId.")
    return Said(_customer(call, limits), GROUP, _with(_object("traits", call.traits), {"group_id": group_id}))


def _page(call: Call, context: KeptContext, limits: Limits) -> Said:
    return _view(PAGE, call, context, limits)


def _screen(call: Call, context: KeptContext, limits: Limits) -> Said:
    return _view(SCREEN, call, context, limits)


def _view(event_name: str, call: Call, context: KeptContext, limits: Limits) -> Said:
    """A page or screen: its name, category and address become properties, where no property has that name."""
    properties = _object("properties", call.properties)
    present = _fields.decode(properties)
    missing: dict[str, str] = {}
    if call.name and "name" not in present:
        missing["name"] = _one_line("name", call.name, limits.name_length)
    if call.category and "category" not in present:
        missing["category"] = _one_line("category", call.category, limits.name_length)
    if context.page_url and "url" not in present:
        missing["url"] = context.page_url
    return Said(_customer(call, limits), event_name, _with(properties, missing) if missing else properties)


_READERS: Final[Mapping[Kind, Callable[[Call, KeptContext, Limits], Said]]] = {
    "track": _track,
    "identify": _identify,
    "alias": _alias,
    "group": _group,
    "page": _page,
    "screen": _screen,
}


def _customer(call: Call, limits: Limits) -> str:
    found = _id("userId", call.user_id, limits) or _id("anonymousId", call.anonymous_id, limits)
    if not found:
        raise CustomerMissing(
            "The event has neither userId nor anonymousId.",
            hint="Say whose it is; a visitor without a name has anonymousId.",
        )
    return found


def _id(field: str, value: Id, limits: Limits) -> str:
    """Return an id as text, or "" for an absent one."""
    if value is None or value == "":
        return ""
    text = str(value)
    unusable = _unusable(text, limits.id_length, _IN_NO_ID)
    if unusable or "\ufffd" in text:
        raise IdRefused(
            f"The {field} {shown(text)} is not usable as an id: it {unusable or 'has a broken character'}.",
            hint=f"Use 1 to {limits.id_length} characters without control, invisible and broken ones.",
            field=field,
        )
    return text


def _one_line(field: str, text: str, longest: int) -> str:
    unusable = _unusable(text, longest, _IN_NO_TEXT)
    if unusable:
        raise TextUnusable(
            f"The {field} {shown(text)} is not usable: it {unusable}.",
            hint=f"Use 1 to {longest} characters on one line, without those that turn the direction of writing.",
            field=field,
        )
    return text


def _unusable(text: str, longest: int, refused: frozenset[str]) -> str:
    """Return what is wrong with a text as the end of a sentence, "" when nothing is.

    The joiners of Persian are welcome wherever there is something to join.
    """
    if len(text) > longest:
        return f"has {len(text)} characters"
    if not text.strip():
        return "is blank"
    if text.isprintable():
        return ""
    if not "".join(text.split()).strip(_JOINERS):
        return "is blank"
    for letter in text:
        if letter not in _JOINERS and (unicodedata.category(letter) in refused or letter in _TURNING):
            return f"has the character U+{ord(letter):04X}"
    return ""


def _object(field: str, raw: Raw) -> bytes:
    """Return a JSON object as it was sent; an absent one is empty."""
    text = bytes(raw)
    if text.startswith(b"{"):
        return text
    if text in {b"", b"null"}:
        return EMPTY
    raise NotAnObject(
        f"The {field} {shown(text.decode())} is not a JSON object.", hint="Send an object, or leave it out."
    )


def _with(properties: bytes, members: Mapping[str, str | Raw]) -> bytes:
    return msgspec.json.encode({**_fields.decode(properties), **members})
