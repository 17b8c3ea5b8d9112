"""Whether a property of an event has a value, as people type it: numbers in any digits, texts in any spelling."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import msgspec

from safar.vocabulary.digits import parse_number
from safar.vocabulary.errors import Refusal
from safar.vocabulary.text import fold

_TRUTHS: Final = {"true": True, "false": False}
_DECODER: Final = msgspec.json.Decoder()


class PropertyMatch:
    """A property that is sought in events.

    Parameters
    ----------
    name
        Of the property, exactly as it is sent; of a property within another, with a dot between: ``address.city``.
    value
        What it must be. A number matches numbers and the same number as text, in any digits; ``true`` and ``false``
        match truths; anything matches texts that fold alike. In a list one of its values must match. Empty: the
        property is there, and not null.

    Examples
    --------
    >>> PropertyMatch("items", "۳").is_in('{"items": 3}'), PropertyMatch("items", "3").is_in('{"other": 3}')
    (True, False)
    """

    def __init__(self, name: str, value: str = "") -> None:
        self._name = name
        self._path = name.split(".")
        self._wants_any = not value.strip()
        self._text = fold(value)
        self._truth = _TRUTHS.get(self._text)
        self._number = _number(value)

    def is_in(self, properties: str) -> bool:
        """Tell whether a JSON object has the property with the value."""
        try:
            found = _DECODER.decode(properties)
        except msgspec.MsgspecError:
            return False
        if not isinstance(found, dict):
            return False
        value = found.get(self._name) if self._name in found else self._within(found)
        return value is not None and (self._wants_any or self._fits(value))

    def _within(self, found: Any) -> Any:
        for name in self._path:
            if not isinstance(found, dict):
                return None
            found = found.get(name)
        return found

    def _fits(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value is self._truth
        if isinstance(value, int | float):
            return self._number is not None and Decimal(str(value)) == self._number
        if isinstance(value, str):
            if fold(value) == self._text:
                return True
            return self._number is not None and _number(value) == self._number
        if isinstance(value, list):
            return any(self._fits(each) for each in value)
        return False


def _number(text: str) -> Decimal | None:
    try:
        return parse_number(text)
    except Refusal:
        return None
