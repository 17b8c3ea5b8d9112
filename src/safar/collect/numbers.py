"""Columns of numbers: which mark is the decimal one, told from many of them, and read once per distinct text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Generic, TypeVar

from safar.vocabulary.digits import DecimalMark, NumberAmbiguous, NumberUnreadable, parse_number

T = TypeVar("T")
_MOST_REMEMBERED: Final = 200_000
#: Texts that are read to tell a format; all of them when these leave a doubt.
_ENOUGH: Final = 5_000
#: Share of the texts that must be numbers for a column to be one.
LEAST_SHARE: Final = 0.9


class Memo(dict[str, T], Generic[T]):
    """What each text of a column comes to, worked out once: real columns repeat themselves.

    Use it as ``list(map(memo.__getitem__, texts))``. It forgets everything when it has grown to 200,000 texts.
    """

    def __init__(self, work_out: Callable[[str], T]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, text: str) -> T:
        found = self._work_out(text)
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        self[text] = found
        return found


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How a column writes its numbers, as far as its texts tell.

    Attributes
    ----------
    decimal
        The decimal mark, or None when no text has one and none needs it.
    ambiguous
        A text that reads as two numbers although all others were looked at, or empty. Someone has to say.
    whole
        Whether all of them are whole numbers.
    negative
        Whether some are below zero.
    share
        Share of the texts that are numbers, 0 to 1.
    """

    decimal: DecimalMark | None
    ambiguous: str
    whole: bool
    negative: bool
    share: float


def detect_number_format(texts: Iterable[str], *, least: float = LEAST_SHARE) -> NumberFormat | None:
    """Return how these texts write numbers, or None when a smaller share than ``least`` are numbers.

    >>> detect_number_format(["1.234", "12,5", "7"]).decimal
    ','
    >>> detect_number_format(["1,234", "7"]).ambiguous
    '1,234'
    """
    distinct = list(dict.fromkeys(text.strip() for text in texts if text and not text.isspace()))
    found = _format_of(distinct[:_ENOUGH], least)
    if found is not None and found.ambiguous and len(distinct) > _ENOUGH:
        found = _format_of(distinct, least)
    if found is None or found.negative:
        return found
    return replace(found, negative=any(text.startswith(("-", "\u2212")) for text in distinct))


def _format_of(distinct: list[str], least: float) -> NumberFormat | None:
    if not distinct:
        return None
    clear: dict[str, Decimal] = {}
    doubtful = []
    for text in distinct:
        try:
            clear[text] = parse_number(text)
        except NumberAmbiguous:
            doubtful.append(text)
        except NumberUnreadable:
            pass
    share = (len(clear) + len(doubtful)) / len(distinct)
    if share < least:
        return None
    decimal = _decimal_mark(clear)
    values = list(clear.values())
    if decimal is not None:
        values += [parse_number(text, decimal=decimal) for text in doubtful]
        doubtful = []
    return NumberFormat(
        decimal,
        ambiguous=doubtful[0] if doubtful else "",
        whole=not doubtful and all(value == value.to_integral_value() for value in values),
        negative=any(value < 0 for value in values),
        share=share,
    )


def _decimal_mark(clear: dict[str, Decimal]) -> DecimalMark | None:
    """Return the mark that the clear numbers show to be the decimal one, when they agree."""
    votes: set[DecimalMark] = set()
    for text, value in clear.items():
        as_point, as_comma = _reading(text, "."), _reading(text, ",")
        if as_point != as_comma:
            votes |= {"."} if as_point == value else {","} if as_comma == value else set()
    return votes.pop() if len(votes) == 1 else None


def _reading(text: str, mark: DecimalMark) -> Decimal | None:
    try:
        return parse_number(text, decimal=mark)
    except NumberUnreadable:
        return None
