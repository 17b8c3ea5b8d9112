"""A first look at a file: its kind, its columns and what they seem to hold, shown before anything is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from safar.vocabulary.dates import DateFormat
from safar.vocabulary.email import EmailUnreadable, fold_email
from safar.vocabulary.money import EXPONENTS

from .column_words import NAMES, moment_of, role_rank
from .mapping import FileOptions
from .numbers import LEAST_SHARE, NumberFormat, detect_number_format
from .opening import DEFAULT_LIMITS, Limits
from .rows import OpenForeign
from .shape import FileShape, detect_shape, read_rows
from .times import TimeFormat, detect_time_format

#: Rows that are looked at.
ROWS_LOOKED_AT: Final = 20_000
_EXAMPLES: Final = 5
_MOST_DISTINCT: Final = 20_000
_MOST_VALUES: Final = 50
#: So few values are told by a smaller share: one wrong date among five must not hide what the column is.
_FEW: Final = 20
_LEAST_OF_FEW: Final = 0.6
_NEARLY: Final = 0.5
#: Words that often mean nothing; they are shown, and mean nothing only where a mapping says so.
NULL_WORDS: Final = frozenset(
    {"?", "-", "--", "NA", "N/A", "n/a", "NULL", "null", "(null)", "None", "nan", "NaN", "\\N", "#N/A"}
)
_PHONE: Final = re.compile(r"[+0۰٠][0-9۰-۹٠-٩ ()\-]{8,18}\Z")
_ZERO_FIRST: Final = re.compile(r"[0۰٠][0-9۰-۹٠-٩]+\Z")
_BOOLEANS: Final = frozenset({"true", "false", "yes", "no", "t", "f", "y", "n"})

Kind = Literal["empty", "time", "number", "boolean", "email", "phone", "currency", "object", "text"]


@dataclass(frozen=True, slots=True)
class ColumnLook:
    """What a column seems to hold.

    Attributes
    ----------
    name
        The column.
    kind
        ``time``, ``number``, ``boolean``, ``email``, ``phone``, ``currency`` (ISO codes), ``object`` (JSON), ``text``
        or ``empty``. Digits that start with a zero are text: a postal code is no number.
    filled_share
        Share of the rows with a value, 0 to 1.
    distinct_count
        Distinct values among the rows that were looked at.
    examples
        The first five distinct values.
    time, number
        How it writes them, where it does.
    null_words
        Values that often mean nothing, as they occur in it.
    values
        All distinct values, when there are at most fifty.
    nearly
        How most of a column that is named as one of instants writes them, when too few do to read it so.
    stray, stray_row
        The first value that is no date although most are, and its row in the file.
    """

    name: str
    kind: Kind
    filled_share: float
    distinct_count: int
    examples: tuple[str, ...]
    time: TimeFormat | None = None
    number: NumberFormat | None = None
    null_words: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    nearly: TimeFormat | None = None
    stray: str = ""
    stray_row: int = 0


@dataclass(frozen=True, slots=True)
class FileLook:
    """What a file seems to hold.

    Attributes
    ----------
    path
        The file.
    shape
        What kind of file it is.
    columns
        In the order of the file.
    rows
        How many were looked at.
    runs
        By column: how often its value changes from one row to the next, and how many distinct values it has. Equal
        numbers below the number of rows tell that rows with the same value stand together.
    """

    path: Path
    shape: FileShape
    columns: tuple[ColumnLook, ...]
    rows: int
    runs: dict[str, tuple[int, int]]

    def column(self, name: str) -> ColumnLook:
        """Return one column."""
        return next(column for column in self.columns if column.name == name)


def look_at(
    path: Path,
    options: FileOptions | None = None,
    *,
    foreign: OpenForeign | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> FileLook:
    """Look at the first 20,000 rows of a file.

    Parameters
    ----------
    path, options, foreign, limits
        As in `safar.collect.shape.detect_shape`, whose errors it raises.
    """
    shape = detect_shape(path, options, foreign=foreign, limits=limits)
    cells: dict[str, list[str]] = {name: [] for name in shape.names}
    numbers: list[int] = []
    rows = 0
    for piece in read_rows(path, shape, wanted=shape.names, foreign=foreign, limits=limits):
        take = min(len(piece), ROWS_LOOKED_AT - rows)
        for name, texts in cells.items():
            texts.extend(map(str.strip, piece.texts(name)[:take]))
        numbers.extend(piece.numbers[:take].tolist())
        rows += take
        if rows >= ROWS_LOOKED_AT:
            break
    nulls = frozenset(options.null if options else ())
    columns = tuple(_look_at_column(name, texts, nulls, numbers) for name, texts in cells.items())
    runs = {name: (_changes(texts), len(set(texts))) for name, texts in cells.items()}
    return FileLook(path, shape, columns, rows, runs)


def _changes(texts: Sequence[str]) -> int:
    return sum(map(str.__ne__, texts[1:], texts)) + bool(texts)


def _look_at_column(
    name: str, texts: Sequence[str], nulls: frozenset[str], numbers: Sequence[int]
) -> ColumnLook:
    filled = [text for text in texts if text and text not in nulls]
    distinct = list(dict.fromkeys(filled))
    words = tuple(text for text in distinct if text in NULL_WORDS)
    telling = [text for text in distinct if text not in NULL_WORDS][:_MOST_DISTINCT]
    time = detect_time_format(telling)
    nearly = detect_time_format(telling, least=_NEARLY) if time is None and _names_instants(name) else None
    if nearly and len(telling) <= _FEW and nearly.share >= _LEAST_OF_FEW:
        time, nearly = nearly, None
    stray = _stray(telling, time or nearly)
    is_amount = any(role_rank(role, name) is not None for role in ("amount", "price"))
    least = _LEAST_OF_FEW if is_amount and len(telling) <= _FEW else LEAST_SHARE
    number = (
        None if time or any(map(_ZERO_FIRST.match, telling)) else detect_number_format(telling, least=least)
    )
    return ColumnLook(
        name,
        kind=_kind(telling or distinct, time, number),
        filled_share=len(filled) / max(1, len(texts)),
        distinct_count=len(distinct),
        examples=tuple(distinct[:_EXAMPLES]),
        time=time,
        number=number,
        null_words=words,
        values=tuple(distinct) if len(distinct) <= _MOST_VALUES else (),
        nearly=nearly,
        stray=stray,
        stray_row=numbers[texts.index(stray)] if stray else 0,
    )


def _names_instants(name: str) -> bool:
    """Whether a column's name says that it holds dates or times."""
    if role_rank("time", name) is not None:
        return True
    return bool(moment_of(name)) and all(role_rank(role, name) is None for role in NAMES)


def _stray(texts: Sequence[str], found: TimeFormat | None) -> str:
    """Return the first text that is not written as most are, if any."""
    if found is None or found.share == 1:
        return ""
    refused = DateFormat(found.layout, found.calendar, "UTC").instants(texts)[1]
    return texts[min(refused)] if refused else ""


def _kind(distinct: Sequence[str], time: TimeFormat | None, number: NumberFormat | None) -> Kind:
    if not distinct:
        return "empty"
    if _most(distinct, lambda text: _PHONE.match(text) is not None) and not time:
        return "phone"
    if time:
        return "time"
    if number:
        return "number"
    kinds: dict[Kind, bool] = {
        "boolean": {text.lower() for text in distinct} <= _BOOLEANS,
        "currency": all(text.upper() in EXPONENTS for text in distinct),
        "email": _most(distinct, _is_email),
        "object": _most(distinct, lambda text: text.startswith("{") and text.endswith("}")),
    }
    return next((kind for kind, fits in kinds.items() if fits), "text")


def _most(distinct: Sequence[str], fits: Callable[[str], bool]) -> bool:
    some = distinct[:500]
    return sum(map(fits, some)) >= 0.8 * len(some)


def _is_email(text: str) -> bool:
    try:
        fold_email(text)
    except EmailUnreadable:
        return False
    return True
