"""Properties of events out of columns, written as JSON a column at a time.

Each column is turned into pieces of JSON text, once per distinct text; a row's object is its pieces joined. An empty
cell adds nothing: an absent property and an empty one are the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from json.encoder import encode_basestring as json_text
from typing import Final, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.address import bare_address
from safar.vocabulary.dates import DateFormat
from safar.vocabulary.digits import fold_digits
from safar.vocabulary.email import fold_email
from safar.vocabulary.errors import Refusal
from safar.vocabulary.phone import e164
from safar.vocabulary.text import fold
from safar.vocabulary.time_zone import DAY_US, SECOND_US

from .cells import Cells, NumberColumns, taken
from .formats import Formats
from .mapping import Property, PropertyType
from .numbers import Memo
from .reasons import Rejection
from .rows import JSON
from .times import read_instants

Places = NDArray[np.int64]
#: A piece of JSON (``,"name":value``), nothing, or why the row is rejected.
Piece = str | Rejection

_YES: Final = frozenset(
    map(fold, ("true", "t", "yes", "y", "1", "on", "بله", "بلی", "آری", "نعم", "صحيح", "درست"))
)
_NO: Final = frozenset(map(fold, ("false", "f", "no", "n", "0", "off", "خیر", "نه", "لا", "خطأ", "نادرست")))
_SHOWN: Final = 80


class Column(Protocol):
    """Turns a column into pieces of JSON."""

    def pieces(self, cells: Cells, places: Places) -> Sequence[Piece]:
        """Return a piece a place."""


class PropertyColumns:
    """The properties of one rule of a mapping.

    Parameters
    ----------
    rules
        By the property's name; a dot in it makes an object: ``context.page`` is ``page`` inside ``context``.
    formats, numbers
        How columns are read.
    spread
        Columns of JSON objects whose members become properties; a rule of the same name wins.
    rest
        Columns that become properties under their own names.
    """

    def __init__(
        self,
        rules: dict[str, Property],
        formats: Formats,
        numbers: NumberColumns,
        *,
        spread: Sequence[str] = (),
        rest: Sequence[str] = (),
    ) -> None:
        flat, nested = _nested(rules)
        flat = {name: Property(column=name) for name in rest if name not in flat} | flat
        columns: dict[str, Column] = {
            name: _column(name, rule, formats, numbers) for name, rule in flat.items()
        }
        columns |= {
            name: _Object(name, PropertyColumns(inner, formats, numbers)) for name, inner in nested.items()
        }
        falling = {name for name, rule in flat.items() if rule.fallback}
        falling |= {name for name, inner in nested.items() if all(rule.fallback for rule in inner.values())}
        self._columns: list[Column] = [
            _Fallback(name, column, spread) if spread and name in falling else column
            for name, column in columns.items()
        ]
        if spread:
            self._columns.append(_Spread(spread, frozenset(columns) - falling))

    def __bool__(self) -> bool:
        return bool(self._columns)

    def objects(self, cells: Cells, places: Places) -> tuple[list[str], dict[int, Rejection]]:
        """Return a JSON object a place, and why rows are rejected, by their order among the places."""
        columns = [column.pieces(cells, places) for column in self._columns]
        rejected: dict[int, Rejection] = {}
        for number, pieces in enumerate(columns):
            wrong = [place for place, piece in enumerate(pieces) if piece.__class__ is Rejection]
            if wrong:
                mended = list(pieces)
                for place in wrong:
                    rejected.setdefault(place, pieces[place])  # type: ignore[arg-type]
                    mended[place] = ""
                columns[number] = mended
        joined = map("".join, zip(*columns, strict=True)) if columns else iter([""] * len(places))
        return ["{" + pieces[1:] + "}" for pieces in joined], rejected


def _nested(rules: dict[str, Property]) -> tuple[dict[str, Property], dict[str, dict[str, Property]]]:
    """Return the rules with plain names, and those with dotted names by what stands before the first dot."""
    flat: dict[str, Property] = {}
    nested: dict[str, dict[str, Property]] = {}
    for name, rule in rules.items():
        outer, _, inner = name.partition(".")
        if outer and inner:
            nested.setdefault(outer, {})[inner] = rule
        else:
            flat[name] = rule
    return flat, nested


class _Object:
    """Properties inside a property."""

    def __init__(self, name: str, inner: PropertyColumns) -> None:
        self._prefix = f",{json_text(name)}:"
        self._inner = inner

    def pieces(self, cells: Cells, places: Places) -> Sequence[Piece]:
        objects, rejected = self._inner.objects(cells, places)
        found: list[Piece] = [self._prefix + object_ if object_ != "{}" else "" for object_ in objects]
        for place, rejection in rejected.items():
            found[place] = rejection
        return found


class _Fallback:
    """A property of rows whose spread objects have none of that name."""

    def __init__(self, name: str, column: Column, spread: Sequence[str]) -> None:
        self._name = name
        self._column = column
        self._spread = spread

    def pieces(self, cells: Cells, places: Places) -> Sequence[Piece]:
        found = list(self._column.pieces(cells, places))
        for name in self._spread:
            objects = cells.rows.objects(name)
            for number, place in enumerate(places.tolist()):
                if self._name in (objects[place] or ()):
                    found[number] = ""
        return found


class _Texts:
    """A column whose pieces follow from each text alone."""

    def __init__(self, column: str, piece: Callable[[str], Piece]) -> None:
        self._column = column
        self._memo: Memo[Piece] = Memo(lambda text: piece(text) if text else "")

    def pieces(self, cells: Cells, places: Places) -> Sequence[Piece]:
        return list(map(self._memo.__getitem__, taken(cells.texts(self._column), places, len(cells))))


class _AsIs:
    """A column whose values keep the type that they have in the file."""

    def __init__(self, column: str, prefix: str) -> None:
        self._column = column
        self._prefix = prefix
        self._texts = _Texts(column, lambda text: prefix + json_text(text))

    def pieces(self, cells: Cells, places: Places) -> Sequence[Piece]:
        if not cells.rows.typed:
            return self._texts.pieces(cells, places)
        texts = taken(cells.texts(self._column), places, len(cells))
        values = taken(cells.values(self._column), places, len(cells))  # type: ignore[arg-type]
        return [
            self._prefix + _json(value) if text else "" for text, value in zip(texts, values, strict=True)
        ]


def _json(value: object) -> str:
    if isinstance(value, float) and math.isinf(value):
        return "null"
    return JSON.encode(value).decode()


class _Same:
    """A property with the same value for all."""

    def __init__(self, prefix: str, value: object) -> None:
        self._piece = prefix + _json(value)

    def pieces(self, cells: Cells, places: Places) -> Sequence[Piece]:
        return [self._piece] * len(places)


class _Dates:
    """A column of dates as ISO 8601: a day where only days are written, else an instant in UTC."""

    def __init__(self, column: str, prefix: str, formats: Formats) -> None:
        decision = formats.times[column]
        self._column = column
        self._prefix = prefix
        own = decision.format
        self._format = own if decision.has_clock else DateFormat(own.layout, own.calendar, "UTC")

    def pieces(self, cells: Cells, places: Places) -> Sequence[Piece]:
        texts = taken(cells.texts(self._column), places, len(cells))
        found: list[Piece] = [""] * len(texts)
        filled = [place for place, text in enumerate(texts) if text]
        instants, refused = read_instants([texts[place] for place in filled], self._format)
        for place, written in zip(filled, _iso(instants, days=self._days), strict=True):
            found[place] = f'{self._prefix}"{written}"'
        for number, refusal in refused.items():
            found[filled[number]] = Rejection("row.time_unreadable", self._column, refusal.message)
        return found

    @property
    def _days(self) -> bool:
        return self._format.time_zone == "UTC" and not self._format.layout.startswith("epoch")


def _iso(instants: NDArray[np.int64], *, days: bool) -> list[str]:
    """Return instants as ISO 8601 texts, whole days as days when asked."""
    moments = instants.astype("datetime64[us]")
    seconds = [text + "Z" for text in np.datetime_as_string(moments, unit="s").tolist()]
    for place in np.flatnonzero(instants % SECOND_US).tolist():
        seconds[place] = str(np.datetime_as_string(moments[place], unit="us")) + "Z"
    if days:
        for place in np.flatnonzero(instants % DAY_US == 0).tolist():
            seconds[place] = seconds[place][:10]
    return seconds


class _Spread:
    """Columns of JSON objects whose members become properties of their own."""

    def __init__(self, columns: Sequence[str], taken_names: frozenset[str]) -> None:
        self._columns = columns
        self._taken = taken_names

    def pieces(self, cells: Cells, places: Places) -> Sequence[Piece]:
        columns = [cells.rows.objects(name) for name in self._columns]
        return [self._piece([column[place] for column in columns]) for place in places.tolist()]

    def _piece(self, row: Sequence[dict[str, object] | None]) -> Piece:
        members: dict[str, object] = {}
        for column, found in zip(self._columns, row, strict=True):
            if found is None:
                return Rejection("row.object_unreadable", column)
            members |= found
        kept = {
            name: value for name, value in members.items() if name not in self._taken and value is not None
        }
        return "," + JSON.encode(kept).decode()[1:-1] if kept else ""


def _column(name: str, rule: Property, formats: Formats, numbers: NumberColumns) -> Column:
    prefix = f",{json_text(name)}:"
    if rule.column is None:
        return _Same(prefix, rule.value)
    if rule.type is None:
        return _AsIs(rule.column, prefix)
    if rule.type == "date":
        return _Dates(rule.column, prefix, formats)
    return _Texts(rule.column, _READERS[rule.type](rule, prefix, numbers))


def _text(rule: Property, prefix: str, numbers: NumberColumns) -> Callable[[str], Piece]:
    return lambda text: prefix + json_text(text)


def _id(rule: Property, prefix: str, numbers: NumberColumns) -> Callable[[str], Piece]:
    return lambda text: prefix + json_text(fold_digits(text))


def _number(rule: Property, prefix: str, numbers: NumberColumns) -> Callable[[str], Piece]:
    memo = numbers.memo(rule.column or "")

    def piece(text: str) -> Piece:
        number = memo[text]
        return number if isinstance(number, Rejection) else f"{prefix}{number}"

    return piece


def _boolean(rule: Property, prefix: str, numbers: NumberColumns) -> Callable[[str], Piece]:
    def piece(text: str) -> Piece:
        folded = fold(text)
        if folded in _YES or folded in _NO:
            return prefix + ("true" if folded in _YES else "false")
        return Rejection("row.boolean_unreadable", rule.column or "", text[:_SHOWN])

    return piece


def _json_value(rule: Property, prefix: str, numbers: NumberColumns) -> Callable[[str], Piece]:
    def piece(text: str) -> Piece:
        try:
            return prefix + JSON.encode(msgspec.json.decode(text)).decode()
        except (msgspec.DecodeError, RecursionError):
            return Rejection("row.json_unreadable", rule.column or "", text[:_SHOWN])

    return piece


def _email(rule: Property, prefix: str, numbers: NumberColumns) -> Callable[[str], Piece]:
    return lambda text: prefix + json_text(folded(text, fold_email))


def _phone(rule: Property, prefix: str, numbers: NumberColumns) -> Callable[[str], Piece]:
    return lambda text: prefix + json_text(folded(text, lambda typed: e164(typed, rule.region)))


def _address(rule: Property, prefix: str, numbers: NumberColumns) -> Callable[[str], Piece]:
    def piece(text: str) -> Piece:
        bare = bare_address(text)
        return prefix + json_text(bare) if bare else ""

    return piece


def folded(text: str, fold_: Callable[[str], str]) -> str:
    """Return the text folded, or as it is when it cannot be: a mistyped address must not cost the row."""
    try:
        return fold_(text)
    except Refusal:
        return text


_READERS: Final[dict[PropertyType, Callable[[Property, str, NumberColumns], Callable[[str], Piece]]]] = {
    "text": _text,
    "id": _id,
    "number": _number,
    "boolean": _boolean,
    "json": _json_value,
    "email": _email,
    "phone": _phone,
    "address": _address,
}
