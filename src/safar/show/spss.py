"""SPSS files (.sav): rows with names, labels and value labels, as statistics packages open them.

The format as PSPP documents it, without compression: a header, a record for each variable, value labels, the names in
full, the encoding (UTF-8), then 8 bytes a number and texts padded with blanks. A text of more than 255 bytes is kept as
segments of 255, which readers join.

Source: GNU PSPP Developers Guide, “System File Format”; ReadStat reads what is written here (see the tests).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import IO, Final, Literal

from safar.vocabulary.errors import Refusal

#: What stands for a missing number.
_MISSING: Final = -1.7976931348623157e308
_HIGHEST: Final = 1.7976931348623157e308
_LOWEST: Final = -1.7976931348623155e308
_LONG: Final = 255
#: Bytes of a text that a segment stands for when its count is reckoned.
_SEGMENT: Final = 252
_LONGEST: Final = 32_767
_LABEL: Final = 252
_VALUE_LABEL: Final = 120
_ROWS_AT: Final = 80
_TEXT_FORMAT: Final = 1
_NUMBER_FORMAT: Final = 5
_DAY_FORMAT: Final = 20
_DAY_WIDTH: Final = 11
_TIME_FORMAT: Final = 22
_TIME_WIDTH: Final = 20
#: Times are seconds since the first day of the Gregorian calendar.
_FIRST_DAY: Final = datetime(1582, 10, 14, tzinfo=UTC)
#: Longest text whose values can have labels, in bytes.
_SHORT: Final = 8
Measure = Literal["nominal", "ordinal", "scale"]
Value = float | str | date | None
_MEASURES: Final[Mapping[Measure, int]] = {"nominal": 1, "ordinal": 2, "scale": 3}


class SpssRefused(Refusal, ValueError):
    """The columns cannot be told to SPSS."""

    code = "spss.refused"


@dataclass(frozen=True, slots=True)
class SpssColumn:
    """One variable.

    Attributes
    ----------
    name
        Latin letters, digits, ``_``; begins with a letter; at most 64.
    label
        In words; cut to 252 bytes.
    width
        0 for numbers; of texts the most bytes in UTF-8, at most 32,767: longer ones are cut.
    labels
        What values mean: number → words, or text → words where the column is at most 8 bytes wide; of wider ones none
        are kept.
    decimals
        Digits behind the mark that are shown of numbers.
    measure
        Whether values are names, have an order, or can be reckoned with; of texts always names.
    is_day
        Numbers are days, given as `date`.
    is_time
        Numbers are days with a time of day, given as `datetime`. The format knows no time zones: what the clock of
        the given zone shows is what is kept.
    """

    name: str
    label: str = ""
    width: int = 0
    labels: Mapping[float, str] | Mapping[str, str] = field(default_factory=dict)
    decimals: int = 0
    measure: Measure = "scale"
    is_day: bool = False
    is_time: bool = False


def write_spss(
    file: IO[bytes],
    columns: Sequence[SpssColumn],
    rows: Iterable[Sequence[Value]],
    *,
    made_at: datetime,
    label: str = "",
) -> int:
    """Write rows as an SPSS file; return how many.

    Parameters
    ----------
    file
        Seekable: the number of rows stands in the header.
    rows
        In the order of the columns; None is missing, which of a text is the empty one.
    made_at
        Stands in the header.
    label
        Of the file; cut to 64 bytes.

    Raises
    ------
    SpssRefused
        There are no columns, or a name is none or there twice.
    """
    _check(columns)
    variables = list(_variables(columns))
    cases = sum(_octs(width) for _, _, width in variables)
    file.write(_header(cases, made_at, label))
    for column, name, width in variables:
        file.write(_variable(column, name, width))
    places = _places(variables)
    for column in columns:
        if column.labels and column.width <= _SHORT:
            file.write(_value_labels(column.labels, places[column.name]))
    file.write(_information(columns, variables))
    file.write(struct.pack("<ii", 999, 0))
    count = 0
    for row in rows:
        file.write(b"".join(_cell(column, value) for column, value in zip(columns, row, strict=True)))
        count += 1
    end = file.tell()
    file.seek(_ROWS_AT)
    file.write(struct.pack("<i", count))
    file.seek(end)
    return count


def _check(columns: Sequence[SpssColumn]) -> None:
    names = [column.name for column in columns]
    wrong = [name for name in names if not (name[:1].isalpha() and name.isascii() and len(name) <= 64)]
    if wrong or not names or len({name.lower() for name in names}) != len(names):
        raise SpssRefused(
            "An SPSS file needs columns with names of their own, of Latin letters and digits.",
            hint="Give each column another name that begins with a letter.",
            names=", ".join(wrong[:5]),
        )


def _segments(width: int) -> Sequence[int]:
    """Return the widths of the segments a text is kept as."""
    if width <= _LONG:
        return [width]
    count = -(-width // _SEGMENT)
    return [_LONG] * (count - 1) + [width - (count - 1) * _SEGMENT]


def _variables(columns: Sequence[SpssColumn]) -> Iterator[tuple[SpssColumn, str, int]]:
    """Yield each variable of the file with its short name: a column has one, a long text one a segment."""
    number = 0
    for column in columns:
        for width in _segments(min(column.width, _LONGEST)):
            yield column, f"V{number:X}", width
            number += 1


def _octs(width: int) -> int:
    """Return how many times 8 bytes a value takes."""
    return max(1, -(-width // 8))


def _places(variables: Sequence[tuple[SpssColumn, str, int]]) -> dict[str, int]:
    """Return where each column's first variable stands, counted in 8 bytes from 1."""
    found: dict[str, int] = {}
    place = 1
    for column, _, width in variables:
        found.setdefault(column.name, place)
        place += _octs(width)
    return found


def _header(cases: int, made_at: datetime, label: str) -> bytes:
    product = _padded("@(#) SPSS DATA FILE Safar", 60)
    layout = struct.pack("<iiiiid", 2, cases, 0, 0, -1, 100.0)
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    day = f"{made_at.day:02d} {month[made_at.month - 1]} {made_at.year % 100:02d}"
    return (
        b"$FL2"
        + product
        + layout
        + _padded(day, 9)
        + _padded(made_at.strftime("%H:%M:%S"), 8)
        + _padded(label, 64)
        + b"\0" * 3
    )


def _variable(column: SpssColumn, name: str, width: int) -> bytes:
    label = _cut(column.label.encode(), _LABEL)
    if width:
        form = (_TEXT_FORMAT << 16) | (min(width, _LONG) << 8)
    elif column.is_day:
        form = (_DAY_FORMAT << 16) | (_DAY_WIDTH << 8)
    elif column.is_time:
        form = (_TIME_FORMAT << 16) | (_TIME_WIDTH << 8)
    else:
        form = (_NUMBER_FORMAT << 16) | (8 << 8) | column.decimals
    record = struct.pack("<iiiiii", 2, width, int(bool(label)), 0, form, form) + _padded(name, 8)
    if label:
        record += struct.pack("<i", len(label)) + label + b" " * (-len(label) % 4)
    # a text goes on in records of its own, 8 bytes each
    more = struct.pack("<iiiiii", 2, -1, 0, 0, 0, 0) + b" " * 8
    return record + more * (_octs(width) - 1)


def _value_labels(labels: Mapping[float, str] | Mapping[str, str], place: int) -> bytes:
    record = struct.pack("<ii", 3, len(labels))
    for value, words in labels.items():
        text = _cut(words.encode(), _VALUE_LABEL)
        code = value.encode().ljust(_SHORT) if isinstance(value, str) else struct.pack("<d", value)
        record += code + struct.pack("<B", len(text)) + text + b" " * (-(len(text) + 1) % 8)
    return record + struct.pack("<iii", 4, 1, place)


def _information(columns: Sequence[SpssColumn], variables: Sequence[tuple[SpssColumn, str, int]]) -> bytes:
    first: dict[str, str] = {}
    for column, name, _ in variables:
        first.setdefault(column.name, name)
    names = "\t".join(f"{short}={column}" for column, short in first.items()).encode()
    found = _record(3, 4, struct.pack("<8i", 1, 0, 0, -1, 1, 1, 2, 65_001))
    found += _record(4, 8, struct.pack("<3d", _MISSING, _HIGHEST, _LOWEST))
    found += _record(11, 4, b"".join(_display(column, width) for column, _, width in variables))
    found += _record(13, 1, names)
    long = [
        f"{first[column.name]}={min(column.width, _LONGEST):05d}\0\t"
        for column in columns
        if column.width > _LONG
    ]
    if long:
        found += _record(14, 1, "".join(long).encode())
    return found + _record(20, 1, b"UTF-8")


def _display(column: SpssColumn, width: int) -> bytes:
    """Return how a variable is measured, how wide it is shown, and on which side its values stand."""
    shown = _TIME_WIDTH if column.is_time else _DAY_WIDTH if column.is_day else min(width, 40) or 8
    measure: Measure = "nominal" if width else column.measure
    return struct.pack("<3i", _MEASURES[measure], shown, 0 if width else 1)


def _record(kind: int, size: int, data: bytes) -> bytes:
    return struct.pack("<iiii", 7, kind, size, len(data) // size) + data


def _cell(column: SpssColumn, value: Value) -> bytes:
    if isinstance(value, date):
        at = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
        value = (at.replace(tzinfo=UTC) - _FIRST_DAY).total_seconds()
    if not column.width:
        return struct.pack("<d", _MISSING if value is None or isinstance(value, str) else value)
    width = min(column.width, _LONGEST)
    text = _cut(("" if value is None else str(value)).encode("utf-8", "replace"), width)
    cells = b""
    for segment in _segments(width):
        piece, text = text[:_LONG], text[_LONG:]
        cells += piece.ljust(_octs(segment) * 8)
    return cells


def _padded(text: str, size: int) -> bytes:
    return _cut(text.encode(), size).ljust(size)


def _cut(text: bytes, size: int) -> bytes:
    """Return the text in at most so many bytes, no letter cut in two."""
    return text if len(text) <= size else text[:size].decode("utf-8", "ignore").encode()
