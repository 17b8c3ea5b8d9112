"""Workbooks (.xlsx, .xlsb, .xls, .ods): one sheet as a table, by python-calamine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np

from safar.vocabulary.errors import Refusal, nearest

from .delimited import NoRows, detect_header
from .opening import DEFAULT_LIMITS, FileUnreadable, Limits, refuse_zip_growth
from .rows import Rows, as_text, rows_at_a_time, typed_rows, unique_names
from .workbook_check import refuse_unless_it_fits

_LOOKED_AT: Final = 200


class UnknownSheet(Refusal, LookupError):
    """The workbook has no sheet of that name."""

    code = "import.unknown_sheet"


class Sheet:
    """One sheet of a workbook, open.

    Parameters
    ----------
    path
        The workbook.
    sheet
        The sheet's name; by default the first one that has rows.
    header
        Whether the first row names the columns; by default told from the rows.
    names
        The columns, when the sheet does not name them.
    skip_rows
        Rows before the header (or the first row).

    Raises
    ------
    FileUnreadable, FileExpandsTooFar, UnknownSheet, NoRows
    """

    def __init__(
        self,
        path: Path,
        *,
        sheet: str = "",
        header: bool | None = None,
        names: Sequence[str] | None = None,
        skip_rows: int = 0,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._sheet = _open(path, sheet, limits)
        self.sheet: str = self._sheet.name
        self.skip_rows = skip_rows
        self._height = 1 + (self._sheet.end or (0, 0))[0]
        first = [row for row in islice(self._rows(), _LOOKED_AT) if _has_cells(row)]
        if not first:
            raise NoRows(f"Sheet {self.sheet!r} of {path.name} has no rows.", hint="Name another sheet.")
        shown = [[as_text(cell) for cell in row] for row in first]
        self.header = (False if names else detect_header(shown)) if header is None else header
        width = max(map(len, shown))
        heading = shown[0] if self.header else [""] * width
        self.names = tuple(names) if names else unique_names(heading + [""] * (width - len(heading)))

    def _rows(self) -> Iterator[list[Any]]:
        return islice(self._sheet.iter_rows(), self.skip_rows, None)

    def pieces(self) -> Iterator[Rows]:
        """Yield the rows of the sheet; rows without any cell are left out."""
        rows = enumerate(self._rows(), start=1 + self.skip_rows)
        filled = ((number, row) for number, row in rows if _has_cells(row))
        if self.header:
            next(filled)
        width = len(self.names)
        while piece := list(islice(filled, rows_at_a_time(width))):
            cells = [(row + [""] * width)[:width] for _, row in piece]
            found = typed_rows(
                self.names, list(zip(*cells, strict=True)), 0, done=piece[-1][0] / self._height
            )
            found.numbers = np.array([number for number, _ in piece], dtype=np.int64)
            yield found


def _has_cells(row: list[Any]) -> bool:
    return any(cell != "" for cell in row)


def _open(path: Path, sheet: str, limits: Limits) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  # only for those who need it

    with path.open("rb") as file:
        if file.read(2) == b"PK":
            refuse_zip_growth(path, limits=limits)
    refuse_unless_it_fits(path, sheet)
    try:
        book = CalamineWorkbook.from_path(path)
        if not sheet:
            sheets = map(book.get_sheet_by_name, book.sheet_names)
            return next((found for found in sheets if found.height), None) or book.get_sheet_by_index(0)
        if sheet in book.sheet_names:
            return book.get_sheet_by_name(sheet)
    except (CalamineError, OSError) as error:
        raise FileUnreadable(
            f"{path.name} cannot be read as a workbook: {error}.",
            hint="Open and save it again.",
            file=path.name,
        ) from error
    raise UnknownSheet(
        f"{path.name} has no sheet {sheet!r}.",
        hint=nearest(sheet, book.sheet_names) or f"It has {', '.join(book.sheet_names)}.",
        sheet=sheet,
    )
