"""Columns of a file as arrays, for commands that work on a table without taking it in: numbers, truths, instants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.digits import parse_number
from safar.vocabulary.errors import Refusal, nearest

from .text import ColumnUnknown

if TYPE_CHECKING:
    from .reading import Reading

#: What stands where nothing is known, beside nothing at all.
MISSING: Final = frozenset({"", "?", "NA", "N/A", "NULL", "null", "None", "NaN", "nan"})
_YES: Final = frozenset({"yes", "true", "1", "y", "t"})
_NO: Final = frozenset({"no", "false", "0", "n", "f"})
#: Stands for an instant that is not known.
UNKNOWN: Final = np.iinfo(np.int64).min


class ValueUnreadable(Refusal, ValueError):
    """A column holds something that is not what it was said to be."""

    code = "cli.value_unreadable"


def names_of(path: Path, reading: Reading) -> tuple[str, ...]:
    """Return the names of a file's columns."""
    from safar.collect.shape import detect_shape
    from safar.store.foreign import parquet

    return tuple(detect_shape(path, reading.file_options(), foreign=parquet).names)


@dataclass(frozen=True)
class FileColumns:
    """Some columns of a file, as texts.

    Attributes
    ----------
    name
        Of the file.
    texts
        By the name of the column.
    """

    name: str
    texts: dict[str, list[str]]
    _reading: Reading

    @classmethod
    def of(cls, path: Path, wanted: Sequence[str], reading: Reading) -> Self:
        """Read the columns of a file: CSV, TSV, Excel, JSON lines or Parquet, packed or not.

        Raises
        ------
        ColumnUnknown
        """
        from safar.collect.shape import detect_shape, read_rows
        from safar.store.foreign import parquet

        shape = detect_shape(path, reading.file_options(), foreign=parquet)
        for column in wanted:
            if column not in shape.names:
                there = ", ".join(shape.names[:20])
                raise ColumnUnknown(
                    f"{path.name} has no column {column!r}. It has: {there}.",
                    hint=nearest(column, shape.names) or "Name one of them.",
                    column=column,
                    columns=list(shape.names[:100]),
                )
        found: dict[str, list[str]] = {column: [] for column in wanted}
        for rows in read_rows(path, shape, wanted=list(found), foreign=parquet):
            for column, texts in found.items():
                texts.extend(rows.texts(column))
        return cls(path.name, found, reading)

    def __len__(self) -> int:
        return len(next(iter(self.texts.values()), []))

    def numbers(self, column: str) -> NDArray[np.float64]:
        """Return a column of numbers, not a number where nothing is known.

        Raises
        ------
        ValueUnreadable
        """
        from safar.collect.numbers import detect_number_format

        texts = [text.strip() for text in self.texts[column]]
        distinct = {text for text in texts if text not in MISSING}
        written = detect_number_format(distinct)
        mark = self._reading.decimal or (written.decimal if written else None)
        known = dict.fromkeys(MISSING, float("nan"))
        for text in distinct:
            try:
                known[text] = float(parse_number(text, decimal=mark))  # type: ignore[arg-type]
            except Refusal as refusal:
                raise self._unreadable(column, text, "number") from refusal
        return np.array([known[text] for text in texts], np.float64)

    def flags(self, rule: str) -> NDArray[np.bool_]:
        """Return where a column holds a value: of ``Churn=Yes`` where Churn is Yes, of ``Churn`` where it says yes.

        Raises
        ------
        ValueUnreadable
        """
        column, equals, value = rule.partition("=")
        texts = [text.strip() for text in self.texts[column]]
        if equals:
            return np.array([text == value.strip() for text in texts], np.bool_)
        for text in texts:
            if text.lower() not in _YES | _NO:
                raise self._unreadable(
                    column, text, "yes or no", hint=f"Say which value counts: {column}=VALUE."
                )
        return np.array([text.lower() in _YES for text in texts], np.bool_)

    def instants(self, column: str) -> NDArray[np.int64]:
        """Return a column of times in microseconds UTC, `UNKNOWN` where nothing is known.

        Raises
        ------
        ValueUnreadable
        """
        from safar.collect.times import detect_time_format, read_instants
        from safar.vocabulary.dates import DateFormat

        texts = [text.strip() for text in self.texts[column]]
        rows = [place for place, text in enumerate(texts) if text not in MISSING]
        told = [texts[row] for row in rows]
        written = detect_time_format(told)
        layout = self._reading.layout or (written.layout if written else None)
        if layout is None:
            raise self._unreadable(column, told[0] if told else "", "time", hint="Say --layout dmy.")
        if self._reading.layout is None and written and written.rival:
            raise self._unreadable(
                column, told[0], "time in one way only", hint=f"Say --layout {layout} or {written.rival}."
            )
        format_ = DateFormat(
            layout,  # type: ignore[arg-type]
            self._reading.calendar or (written.calendar if written else "gregorian"),  # type: ignore[arg-type]
            self._reading.time_zone or "UTC",
        )
        read, refused = read_instants(told, format_)
        if refused:
            raise self._unreadable(column, told[next(iter(refused))], "time")
        found = np.full(len(texts), UNKNOWN, np.int64)
        found[rows] = read
        return found

    def features(self, column: str) -> NDArray[np.generic]:
        """Return a column as numbers where all that is known are numbers, else as texts."""
        try:
            return self.numbers(column)
        except ValueUnreadable:
            return np.array([text.strip() for text in self.texts[column]])

    def _unreadable(self, column: str, text: str, what: str, *, hint: str = "") -> ValueUnreadable:
        row = next((place for place, each in enumerate(self.texts[column]) if each.strip() == text), 0)
        return ValueUnreadable(
            f"{text[:40]!r} in the column {column!r} of {self.name}, row {row + 1}, is no {what}.",
            hint=hint or "Name another column, or mend the file.",
            column=column,
        )
