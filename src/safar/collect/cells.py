"""The cells of a piece of a file as a mapping sees them: blanks trimmed, nulls empty, conditions tested."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.digits import DecimalMark, parse_number
from safar.vocabulary.errors import Refusal

from .mapping import Condition, Derived, Mapping
from .numbers import Memo
from .reasons import Rejection
from .rows import CELL_END, Rows
from .template import Template

Mask = NDArray[np.bool_]
NumberCell = Decimal | Rejection | None


class Cells:
    """One piece of a file, its columns trimmed once.

    Parameters
    ----------
    rows
        The piece.
    mapping
        Says which words mean nothing, and which columns are made of others.
    """

    def __init__(self, rows: Rows, mapping: Mapping) -> None:
        self.rows = rows
        self._derive = mapping.derive
        self._nulls = frozenset(mapping.file.null)
        self._texts: dict[str, list[str]] = {}
        self._filled: dict[str, Mask] = {}
        self._runs: dict[tuple[str, ...], NDArray[np.int64]] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def texts(self, name: str) -> list[str]:
        """Return a column without blanks around, nulls as empty texts."""
        found = self._texts.get(name)
        if found is None:
            derived = self._derive.get(name)
            found = self._texts[name] = self._made(derived) if derived else self._own(name)
        return found

    def _own(self, name: str) -> list[str]:
        """Return a column of the file."""
        found = list(map(str.strip, self.rows.texts(name)))
        if self._nulls and not self._nulls.isdisjoint(found):
            found = ["" if text in self._nulls else text for text in found]
        return found

    def _made(self, derived: Derived) -> list[str]:
        """Return a column made of columns of the file; it may have the name of one of them."""
        found = self._found(derived)
        values = derived.values
        return [values.get(text, text) for text in found] if values else found

    def _found(self, derived: Derived) -> list[str]:
        if derived.row:
            return list(map(str, self.rows.numbers.tolist()))
        if derived.text:
            return list(Template.of(derived.text).filled(self._own, len(self)))
        if derived.first:
            columns = map(self._own, derived.first)
            return [next(filter(None, row), "") for row in zip(*columns, strict=True)]
        if derived.extract is None:
            return self._own(derived.column or "")
        extract = Memo(_extractor(derived.extract))
        return [extract[text].strip() for text in self._own(derived.column or "")]

    def values(self, name: str) -> Sequence[object]:
        """Return a column as it stands in the file; one made of others as texts."""
        return self.texts(name) if name in self._derive else self.rows.values(name)

    def filled(self, name: str) -> Mask:
        """Return where a column has a value."""
        found = self._filled.get(name)
        if found is None:
            found = self._filled[name] = np.fromiter(map(bool, self.texts(name)), dtype=bool, count=len(self))
        return found

    def runs(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Return for each row the place of the first of the neighbouring rows that share these columns."""
        found = self._runs.get(tuple(names))
        if found is None:
            keys = list(map(CELL_END.join, zip(*map(self.texts, names), strict=True)))
            is_first = np.ones(len(keys), dtype=bool)
            is_first[1:] = np.fromiter(
                map(str.__ne__, keys[1:], keys), dtype=bool, count=max(0, len(keys) - 1)
            )
            found = np.maximum.accumulate(np.where(is_first, np.arange(len(keys)), 0))
            self._runs[tuple(names)] = found
        return found


def _extractor(pattern: str) -> Callable[[str], str]:
    search = re.compile(pattern).search
    return lambda text: (found[1] or "") if (found := search(text)) else ""


def taken(cells: Sequence[str], places: NDArray[np.int64], count: int) -> Sequence[str]:
    """Return the cells at some places, each at most once; all of them, untouched, when that is all there are."""
    if len(places) == count:
        return cells
    return [cells[place] for place in places.tolist()]


class NumberColumns:
    """Reads columns as numbers, each distinct text once.

    Parameters
    ----------
    decimals
        Which mark is the decimal one, by column.
    """

    def __init__(self, decimals: dict[str, DecimalMark | None]) -> None:
        self._decimals = decimals
        self._memos: dict[str, Memo[NumberCell]] = {}

    def memo(self, column: str) -> Memo[NumberCell]:
        """Return what each text of a column is: a number, None when empty, or why it is none."""
        found = self._memos.get(column)
        if found is None:
            found = self._memos[column] = Memo(_number_reader(column, self._decimals.get(column)))
        return found


def _number_reader(column: str, decimal: DecimalMark | None) -> Callable[[str], NumberCell]:
    def read(text: str) -> NumberCell:
        if not text:
            return None
        try:
            return parse_number(text, decimal=decimal)
        except Refusal as refusal:
            return Rejection("row.number_unreadable", column, refusal.message)

    return read


class Test:
    """A condition of a mapping, ready to be asked of columns."""

    def __init__(self, condition: Condition, numbers: NumberColumns) -> None:
        self.column = condition.column
        self._numbers = numbers
        self._checks = [check for test, make in _CHECKS.items() if (check := _made(test, make, condition))]
        self._bounds = [(_BOUNDS[test], Decimal(str(limit))) for test, limit in condition.bounds().items()]
        self._fits: Memo[bool] = Memo(self._fits_text)

    def mask(self, cells: Cells) -> Mask:
        """Return which rows fit."""
        texts = cells.texts(self.column)
        return np.fromiter(map(self._fits.__getitem__, texts), dtype=bool, count=len(texts))

    def _fits_text(self, text: str) -> bool:
        if not all(check(text) for check in self._checks):
            return False
        if not self._bounds:
            return True
        number = self._numbers.memo(self.column)[text]
        return isinstance(number, Decimal) and all(bound(number, limit) for bound, limit in self._bounds)


def _made(
    test: str, make: Callable[..., Callable[[str], bool]], condition: Condition
) -> Callable[[str], bool] | None:
    asked = getattr(condition, test)
    return None if asked is None else make(asked)


def _present(wanted: bool) -> Callable[[str], bool]:
    return lambda text: bool(text) == wanted


def _matches(pattern: str) -> Callable[[str], bool]:
    search = re.compile(pattern).search
    return lambda text: search(text) is not None


def _does_not_match(pattern: str) -> Callable[[str], bool]:
    search = re.compile(pattern).search
    return lambda text: search(text) is None


_CHECKS: Final[dict[str, Callable[..., Callable[[str], bool]]]] = {
    "present": _present,
    "equals": lambda wanted: lambda text: text == wanted,
    "one_of": lambda wanted: frozenset(wanted).__contains__,
    "none_of": lambda unwanted: lambda text: text not in unwanted,
    "matches": _matches,
    "does_not_match": _does_not_match,
}
_BOUNDS: Final[dict[str, Callable[[Decimal, Decimal], bool]]] = {
    "above": Decimal.__gt__,
    "at_least": Decimal.__ge__,
    "below": Decimal.__lt__,
    "at_most": Decimal.__le__,
}


def all_of(tests: Sequence[Test], cells: Cells) -> Mask:
    """Return which rows fit all tests; all rows when there are none."""
    fits = np.ones(len(cells), dtype=bool)
    for test in tests:
        fits &= test.mask(cells)
    return fits
