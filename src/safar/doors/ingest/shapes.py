"""How large, how many, how deep: bounds from counting bytes first, exact answers where a bound is not enough."""

from __future__ import annotations

from typing import Final

import msgspec

from .limits import Limits
from .rejections import TooDeep, TooLarge, TooManyProperties

_LEAST_BYTES_PER_KEY: Final = 5  # "":1,

_Json = str | int | float | bool | list["_Json"] | dict[str, "_Json"] | None


def check_shape(properties: bytes, limits: Limits) -> None:
    """Refuse properties that are too large, have too many keys or nest too deeply.

    Parameters
    ----------
    properties
        A valid JSON object, what is kept of the context in it.

    Raises
    ------
    TooLarge, TooManyProperties, TooDeep
    """
    size = len(properties)
    if size > limits.event_bytes:
        raise TooLarge(
            f"The event's properties and context have {size} bytes; at most {limits.event_bytes} are taken.",
            hint="Leave out what no analysis reads, or send a reference to it.",
            size=size,
            limit=limits.event_bytes,
        )
    openers = properties.count(b"{") + properties.count(b"[")
    may_be_many = size > limits.property_count * _LEAST_BYTES_PER_KEY and (
        properties.count(b":") > limits.property_count
    )
    if openers <= limits.property_depth and not may_be_many:
        return
    depth, keys = _measure(msgspec.json.decode(properties))
    if depth > limits.property_depth:
        raise TooDeep(
            f"The event's properties are nested {depth} levels deep; at most {limits.property_depth} are taken.",
            hint="Flatten them.",
            depth=depth,
            limit=limits.property_depth,
        )
    if keys > limits.property_count:
        raise TooManyProperties(
            f"The event has {keys} properties, nested ones counted; at most {limits.property_count} are taken.",
            hint="Use fixed names, and put what varies into values.",
            count=keys,
            limit=limits.property_count,
        )


def are_small_and_flat(joined: bytes, count: int, longest: int, context: bytes, limits: Limits) -> bool:
    """Tell, cheaply, whether all properties of a batch pass `check_shape`, each with ``context``. False says nothing.

    Parameters
    ----------
    joined, count, longest
        All of them in one text, how many they are, the bytes of the longest.
    context
        The member that each of them gets.
    """
    nested = joined.count(b"{") + joined.count(b"[") - count + context.count(b"{")
    return nested < limits.property_depth and longest + len(context) < min(
        limits.event_bytes, limits.property_count * _LEAST_BYTES_PER_KEY
    )


def _measure(value: _Json) -> tuple[int, int]:
    """Return the levels of nesting and the number of keys, without recursion."""
    depth = keys = 0
    level: list[_Json] = [value]
    while level := [inner for inner in level if isinstance(inner, dict | list)]:
        depth += 1
        below: list[_Json] = []
        for inner in level:
            if isinstance(inner, dict):
                keys += len(inner)
                below.extend(inner.values())
            elif isinstance(inner, list):
                below.extend(inner)
        level = below
    return depth, keys
