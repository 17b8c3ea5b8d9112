"""Rows as a file to take away: CSV or a spreadsheet, with raw numbers and instants in the reader's zone."""

from __future__ import annotations

import csv
import io
import json
import math
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Final, cast

import xlsxwriter  # type: ignore[import-untyped]
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from safar.show.locale import Locale
from safar.vocabulary.errors import Refusal
from safar.vocabulary.time_zone import time_zone

from .table import Column, Row, Table

_BATCH_ROWS: Final = 500
#: First characters that make a spreadsheet compute what only should be shown; the wide ones too.
_FORMULA_STARTS: Final = tuple("=+-@\t\r\n＝＋－＠")
#: What a spreadsheet holds.
_SHEET_ROWS: Final = 1_048_576
_LONGEST_TEXT: Final = 32_767
_EXACT_INTEGER: Final = 2**53
_FIRST_SHEET_YEAR: Final = 1900
#: What CSV writes in its own way; the rest is text.
_PLAIN: Final = (date, int, float, Decimal)


#: A workbook is written before its first byte leaves, and holds a thread that answers pages until then.
_WRITTEN_AT_ONCE: Final = 2

_writing = threading.BoundedSemaphore(_WRITTEN_AT_ONCE)


class TooManyWorkbooks(Refusal, RuntimeError):
    """As many workbooks are written at this moment as can be beside other work."""

    code = "page.too_many_workbooks"


class UnknownExport(Refusal, LookupError):
    """Neither csv nor xlsx."""

    code = "page.unknown_export"


def export(  # noqa: PLR0917 - what a file is made of
    name: str,
    columns: Sequence[Column],
    rows: Iterable[Row | Sequence[object]],
    form: str,
    locale: Locale,
    direction: str,
) -> StreamingHttpResponse | FileResponse:
    """Return the rows as a file, sent while they are read.

    Parameters
    ----------
    name
        Of the file, without its ending; any script.
    columns
        Their names are the first line.
    rows
        As many as there are: raw values in the order of the columns, or rows of a table, whose cells give their
        ``value``, else their text. Instants are aware.
    form
        ``"csv"``: UTF-8 with a mark, ISO instants with their offset. ``"xlsx"``: real dates on the reader's clock,
        the sheet from right to left where the reader is.
    locale
        Whose time zone.
    direction
        ``"rtl"`` or ``"ltr"``.

    Raises
    ------
    UnknownExport, TooManyWorkbooks
    """
    values = (_values(row) for row in rows)
    if form == "csv":
        response = StreamingHttpResponse(
            _csv(columns, values, locale.time_zone), content_type="text/csv; charset=utf-8"
        )
        response.headers["Content-Disposition"] = _disposition(name, form)
        return response
    if form == "xlsx":
        file = _workbook(columns, values, locale.time_zone, is_rtl=direction == "rtl")
        sent = FileResponse(
            file, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        )
        sent.headers["Content-Disposition"] = _disposition(name, form)
        return sent
    raise UnknownExport(f"{form!r} is no form of a file.", hint="Use csv or xlsx.", form=form)


def export_table(
    table: Table, form: str, locale: Locale, direction: str
) -> StreamingHttpResponse | FileResponse:
    """Return a table that is shown as a file: it bears the table's caption.

    Raises
    ------
    PermissionDenied
        The reader may not take it away.
    UnknownExport
    """
    if not table.can_export:
        raise PermissionDenied
    return export(table.caption, table.columns, table.rows, form, locale, direction)


def _workbook(
    columns: Sequence[Column], rows: Iterable[Sequence[object]], zone: str, *, is_rtl: bool
) -> IO[bytes]:
    """Return a workbook as a file that vanishes when it is closed."""
    if not _writing.acquire(blocking=False):
        raise TooManyWorkbooks(
            f"{_WRITTEN_AT_ONCE} workbooks are being written.", hint="Try again later, or take CSV."
        )
    try:
        file = cast("IO[bytes]", tempfile.TemporaryFile())  # noqa: SIM115 - closed by the response that sends it
        try:
            _write_sheets(file, columns, rows, zone, is_rtl=is_rtl)
        except BaseException:
            file.close()
            raise
    finally:
        _writing.release()
    file.seek(0)
    return file


def _disposition(name: str, form: str) -> str:
    return str(content_disposition_header(as_attachment=True, filename=f"{name}.{form}"))


def _values(row: Row | Sequence[object]) -> Sequence[object]:
    if isinstance(row, Row):
        return [cell.text if cell.value is None else cell.value for cell in row.cells]
    return row


def _csv(columns: Sequence[Column], rows: Iterable[Sequence[object]], zone: str) -> Iterator[bytes]:
    held = io.StringIO()
    writer = csv.writer(held)
    held.write("\ufeff")
    writer.writerow([harmless(column.name) for column in columns])
    for number, row in enumerate(rows, 1):
        writer.writerow([csv_text(value, zone) for value in row])
        if number % _BATCH_ROWS == 0:
            yield held.getvalue().encode()
            held.seek(0)
            held.truncate()
    yield held.getvalue().encode()


def csv_text(value: object, zone: str) -> str:
    """Return a value as CSV holds it; a text that a spreadsheet would compute gets a quote before it."""
    if isinstance(value, datetime):
        return value.astimezone(time_zone(zone)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value) if isinstance(value, int | float) else harmless(_text(value))


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless("سارا")
    ("'=1+1", 'سارا')
    """
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _write_sheets(
    file: IO[bytes], columns: Sequence[Column], rows: Iterable[Sequence[object]], zone: str, *, is_rtl: bool
) -> None:
    """Write a workbook in constant memory; rows beyond what a sheet holds go to the next one."""
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        sheet = _Sheet(book, columns, zone, is_rtl=is_rtl)
        for row in rows:
            if sheet.line == _SHEET_ROWS:
                sheet = _Sheet(book, columns, zone, is_rtl=is_rtl)
            sheet.add(row)


class _Sheet:
    """One sheet of a workbook, filled from its head down."""

    def __init__(
        self, book: xlsxwriter.Workbook, columns: Sequence[Column], zone: str, *, is_rtl: bool
    ) -> None:
        self._zone = zone
        self._instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._sheet = book.add_worksheet()
        if is_rtl:
            self._sheet.right_to_left()
        self._sheet.freeze_panes(1, 0)
        head = book.add_format({"bold": True})
        for place, column in enumerate(columns):
            width = 20 if column.kind == "when" else max(12, len(column.name) + 4)
            self._sheet.set_column(place, place, width)
            # A date of a sheet has no zone: its head says on whose clock it stands.
            name = f"{column.name} ({zone})" if column.kind == "when" else column.name
            self._sheet.write_string(0, place, name, head)
        self.line = 1

    def add(self, row: Sequence[object]) -> None:
        """Write the next line."""
        for place, value in enumerate(row):
            self._write(place, value)
        self.line += 1

    def _write(self, place: int, value: Any) -> None:
        if isinstance(value, date) and value.year >= _FIRST_SHEET_YEAR:
            if isinstance(value, datetime):
                local = value.astimezone(time_zone(self._zone)).replace(tzinfo=None)
                self._sheet.write_datetime(self.line, place, local, self._instant)
            else:
                self._sheet.write_datetime(self.line, place, value, self._day)
        elif isinstance(value, bool):
            self._sheet.write_boolean(self.line, place, value)
        elif isinstance(value, int | float | Decimal) and _is_exact(value):
            self._sheet.write_number(self.line, place, value)
        else:
            text = csv_text(value, self._zone) if isinstance(value, _PLAIN) else _text(value)
            cut = text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"
            self._sheet.write_string(self.line, place, cut)


def _is_exact(value: int | float | Decimal) -> bool:
    """Whether a sheet, which computes in doubles, holds the number as it is."""
    if isinstance(value, int):
        return abs(value) <= _EXACT_INTEGER
    if isinstance(value, float):
        return math.isfinite(value)
    return value.is_finite() and Decimal(repr(float(value))) == value
