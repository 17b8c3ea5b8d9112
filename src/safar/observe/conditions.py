"""Conditions on what an event carries: its properties, its amount, its source. Sound for any type and for none."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.digits import parse_number
from safar.vocabulary.errors import Refusal
from safar.vocabulary.text import fold

_DECODER: Final = msgspec.json.Decoder()
_TRUTHS: Final = {"true": True, "false": False}


class ConditionRefused(Refusal, ValueError):
    """A condition that nothing can be held against."""

    code = "condition.refused"


class Comparison(Enum):
    """How a value is held against those of a condition."""

    #: It is one of them.
    IS = "is"
    #: It is none of them, or there is no value: exactly where `IS` does not hold.
    IS_NOT = "is_not"
    #: A number above, from, below, up to the one given. Holds for no value that is no number.
    ABOVE = "above"
    AT_LEAST = "at_least"
    BELOW = "below"
    AT_MOST = "at_most"
    #: A text that holds one of them, folded.
    CONTAINS = "contains"
    #: There is a value, and it is not null; there is none.
    IS_THERE = "is_there"
    IS_MISSING = "is_missing"


_ORDERS: Final[Mapping[Comparison, Callable[[Any, Any], bool]]] = {
    Comparison.ABOVE: operator.gt,
    Comparison.AT_LEAST: operator.ge,
    Comparison.BELOW: operator.lt,
    Comparison.AT_MOST: operator.le,
}
_WITHOUT_VALUES: Final = frozenset({Comparison.IS_THERE, Comparison.IS_MISSING})


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on one property of an event.

    Parameters
    ----------
    of
        The property, exactly as it is sent; of one within another, with a dot between: ``address.city``. What every
        event has beside its properties: ``@amount`` (in whole units of its currency), ``@currency``, ``@source``.
    comparison
        See `Comparison`.
    values
        As people type them. A number matches numbers and the same number as text, in any digits; ``true`` and ``false``
        match truths; anything matches texts that fold alike. In a list one of its values must match.

    Raises
    ------
    ConditionRefused

    Examples
    --------
    >>> Condition("items", Comparison.IS, ("۳",)).holds("3"), Condition("items", Comparison.ABOVE, ("3",)).holds("3")
    (True, False)
    """

    of: str
    comparison: Comparison = Comparison.IS
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.of.strip():
            raise ConditionRefused("A condition names no property.", hint="Name one, such as plan.")
        needs = self.comparison not in _WITHOUT_VALUES
        if needs and not self.values:
            raise ConditionRefused(
                f"The condition on {self.of!r} gives no value.", hint="Give one, or ask whether it is there."
            )
        if self.values and not needs:
            raise ConditionRefused(
                f"Whether {self.of!r} is there is asked without a value.",
                hint="Leave the value out, or ask what it is.",
            )
        if self.comparison in _ORDERS and (len(self.values) != 1 or _number(self.values[0]) is None):
            raise ConditionRefused(
                f"{self.of!r} cannot be {self.comparison.value.replace('_', ' ')} {', '.join(self.values)!r}.",
                hint="Give one number.",
            )

    def holds(self, value: str) -> bool:
        """Tell whether the condition holds for a value, given as JSON; empty or ``null`` where there is none."""
        found = _decoded(value)
        if self.comparison is Comparison.IS_MISSING:
            return found is None
        if self.comparison is Comparison.IS_THERE:
            return found is not None
        if self.comparison is Comparison.IS_NOT:
            return not self._any_is(found)
        return self._any_is(found)

    def among(self, values: Iterable[str]) -> NDArray[np.bool_]:
        """Return for each value, given as JSON, whether the condition holds for it."""
        return np.fromiter((self.holds(value) for value in values), np.bool_)

    def _any_is(self, found: Any) -> bool:
        if isinstance(found, list):
            return any(self._any_is(each) for each in found)
        return any(self._is(found, value) for value in self.values)

    def _is(self, found: Any, value: str) -> bool:
        if self.comparison in _ORDERS:
            number, limit = _number_of(found), _number(value)
            return number is not None and limit is not None and _ORDERS[self.comparison](number, limit)
        if isinstance(found, bool):
            return found is _TRUTHS.get(fold(value))
        if isinstance(found, int | float):
            return self.comparison is not Comparison.CONTAINS and _number_of(found) == _number(value)
        if not isinstance(found, str):
            return False
        if self.comparison is Comparison.CONTAINS:
            return fold(value) in fold(found)
        number = _number(value)
        return fold(found) == fold(value) or (number is not None and _number(found) == number)


def _decoded(value: str) -> Any:
    if not value:
        return None
    try:
        return _DECODER.decode(value)
    except msgspec.MsgspecError:
        return value


def _number_of(found: Any) -> Decimal | None:
    if isinstance(found, bool):
        return None
    if isinstance(found, int | float):
        return Decimal(str(found))
    return _number(found) if isinstance(found, str) else None


def _number(text: str) -> Decimal | None:
    try:
        return parse_number(text)
    except Refusal:
        return None
