"""What counts as a touch and what it is called: the same names and places for all shards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from safar.store.paths import PathShard
from safar.store.row_column import RowColumn
from safar.vocabulary.digits import parse_number
from safar.vocabulary.errors import Refusal

from .shelf import Shelf
from .steps import EventFilter, StepRule, Steps

#: A touch is called by the channel it came by, or by the first rule that takes it.
BY_CHANNEL: Final = "@channel"
BY_RULE: Final = "@rule"

_DECODER: Final = msgspec.json.Decoder()
#: Beyond so many bytes what was not asked for longest are let go.
_MOST_BYTES: Final = 1 << 28
_NONE: Final = float("nan")
_narrow: Final[Shelf[NDArray[np.uint8]]] = Shelf(_MOST_BYTES, lambda codes: codes.nbytes)
_numbers: Final[Shelf[NDArray[np.float64]]] = Shelf(_MOST_BYTES, lambda numbers: numbers.nbytes)


@dataclass(frozen=True, slots=True)
class Named:
    """The names of a shard's rows: ``names[codes[row]]``; None where there is none."""

    codes: NDArray[np.unsignedinteger[Any]]
    names: Sequence[str | None]


def named(shard: PathShard, by: str, rules: Sequence[StepRule], seen: EventFilter) -> Named:
    """Return what the touches of a shard are called."""
    if by == BY_CHANNEL:
        return Named(shard.channel_code, [channel or None for channel in shard.channels])
    if by == BY_RULE:
        steps = Steps.of((), rules)
        codes, table = steps.codes(shard, seen)
        return Named(codes, [steps.names[number] if number >= 0 else None for number in table.tolist()])
    column = shard.rows.column(by)
    return Named(column.codes, [name_of(value) for value in column.values])


def name_of(value: str) -> str | None:
    """Return a property's value, given as JSON, as a name; None where there is none.

    >>> name_of('"گوگل"'), name_of("12"), name_of('""')
    ('گوگل', '12', None)
    """
    if not value or value == "null":
        return None
    if value.startswith('"'):
        try:
            return str(_DECODER.decode(value)).strip() or None
        except msgspec.MsgspecError:
            return value
    return value


def narrowed(found: Named, places: dict[str, int], rest: int) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return a code of one byte for each row's name, and the place of each code; -1 for no name.

    Parameters
    ----------
    places, rest
        The place of each name that has one of its own, and of all others: 255 places at most.
    """
    table = places_of(found.names, places, rest)
    if found.codes.dtype == np.uint8:
        return found.codes.view(np.uint8), table
    key = ("places", tuple(places.items()), rest)
    codes = _narrow.get(found.codes, key, lambda: (table + 1).astype(np.uint8)[found.codes])
    return codes, np.arange(-1, len(places) + 1, dtype=np.int32)


def places_of(names: Iterable[str | None], places: dict[str, int], rest: int) -> NDArray[np.int32]:
    """Return the place of each name; ``rest`` for those without a place of their own, -1 for no name."""
    return np.array([-1 if name is None else places.get(name, rest) for name in names], np.int32)


def numbers_of(column: RowColumn) -> NDArray[np.float64]:
    """Return each value of a column as a number; not a number where it is none."""
    return _numbers.get(
        column.codes, "numbers", lambda: np.array([_number(value) for value in column.values])
    )


def _number(value: str) -> float:
    text = name_of(value)
    try:
        number = float(parse_number(text) if value.startswith('"') else text) if text else _NONE
    except (ValueError, Refusal):
        return _NONE
    return number if np.isfinite(number) else _NONE
