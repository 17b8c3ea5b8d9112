"""Tables as text: comma, semicolon, tab or bar between the cells, or runs of blanks (as in CDNOW's files).

Any line end is read (LF, CRLF, and the lone CR of old Macintosh exports), quotes may hold delimiters and line ends, and
a row's number in the file is kept for whoever has to find it again.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from safar.vocabulary.digits import fold_digits
from safar.vocabulary.errors import Refusal

from .longest_cell import longest_cell
from .opening import FileUnreadable, Opened, buffered
from .rows import CELL_END, BrokenRow, Rows, rows_at_a_time, unique_names

#: What a mapping calls runs of blanks.
BLANKS: Final = "whitespace"
DELIMITERS: Final = (",", ";", "\t", "|")
LONGEST_CELL: Final = 1 << 20
_LOOKED_AT: Final = 500
_VALUE: Final = re.compile(r"[-+]?[.,٫٬/:\- T]*\d[\d.,٫٬/:\- TZ]*%?\Z")


class CellTooLong(Refusal, ValueError):
    """A cell beyond 1 MiB: usually a quote that is opened and never closed."""

    code = "import.cell_too_long"


class NoRows(Refusal, ValueError):
    """The file is empty, or ends before its first row."""

    code = "import.no_rows"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table as text is written.

    Attributes
    ----------
    delimiter
        One character, or ``whitespace``.
    quote
        The quotation mark, or empty when quotes mean nothing.
    header
        Whether the first row names the columns.
    names
        The columns.
    skip_rows
        Lines before the header (or the first row) that are no part of the table.
    """

    delimiter: str
    quote: str
    header: bool
    names: tuple[str, ...]
    skip_rows: int = 0


def text_of(source: Opened, encoding: str) -> io.TextIOWrapper:
    """Return the source as text, line ends untouched; bytes that are not of the encoding survive as surrogates."""
    errors = "strict" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
    return io.TextIOWrapper(buffered(source), encoding=encoding, errors=errors, newline="")


def detect_delimiter(lines: Sequence[str]) -> str:
    """Return what stands between the cells of these lines: one of `DELIMITERS`, or ``whitespace``.

    The one that cuts the first line in more than one cell and most other lines in as many. Runs of blanks only when
    nothing else does.

    >>> detect_delimiter(["a;b", "1,5;2,5", "1,0;2,0"])
    ';'
    """
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        score = _evenness([len(row) for row in _first_rows(lines, delimiter, '"')])
        if score > best_score:
            best, best_score = delimiter, score
    if best_score >= 0.8:
        return best
    if _evenness([len(cells) for line in lines if (cells := line.split())]) > max(0.8, best_score):
        return BLANKS
    return best


def _first_rows(lines: Sequence[str], delimiter: str, quote: str) -> list[list[str]]:
    """Return the rows of these lines, up to a cell that is too long."""
    rows: list[list[str]] = []
    with suppress(csv.Error), longest_cell(LONGEST_CELL):
        rows.extend(row for row in _split(lines, delimiter, quote) if row)
    return rows


def _evenness(widths: list[int]) -> float:
    """Return the share of rows as wide as the first; a wider table wins between equals. 0 for a single column."""
    if not widths or widths[0] < 2:
        return 0.0
    return sum(width == widths[0] for width in widths) / len(widths) + min(widths[0], 99) / 10_000


def detect_header(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the first of these rows names the columns.

    It does not when one of its cells is a number or a date, or repeats. A lone first row is a header.

    >>> detect_header([["id", "date"], ["1", "1997-01-01"]]), detect_header([["1", "1997-01-01"], ["2", "1997-01-02"]])
    (True, False)
    """
    first = [cell.strip() for cell in rows[0]]
    named = [cell for cell in first if cell]
    if not named or any(_VALUE.match(fold_digits(cell)) for cell in named):
        return False
    if len(set(named)) < len(named) and len(rows) > 1:
        below = {cell.strip() for row in rows[1:] for cell in row}
        return not set(named) & below
    return True


def detect_dialect(
    text: str,
    *,
    complete: bool,
    delimiter: str | None = None,
    quote: str | None = None,
    header: bool | None = None,
    names: Sequence[str] | None = None,
    skip_rows: int = 0,
) -> Dialect:
    """Return how the table at the start of a text is written; what is given is taken as it is.

    Parameters
    ----------
    text
        The file's first characters.
    complete
        Whether this is the whole file; otherwise its last, cut line is not looked at.

    Raises
    ------
    NoRows, CellTooLong
    """
    lines = list(islice(io.StringIO(text, newline=""), skip_rows + _LOOKED_AT + 1))
    if not complete and len(lines) <= skip_rows + _LOOKED_AT:
        lines = lines[:-1]
    lines = [line for line in lines[skip_rows:] if line.strip()][:_LOOKED_AT]
    if not lines:
        raise NoRows("The file has no rows.", hint="Check that the right file was chosen.")
    quote = '"' if quote is None else quote
    delimiter = delimiter or detect_delimiter(lines)
    rows = _first_rows(lines, delimiter, quote)
    if not rows:
        raise CellTooLong(
            f"The first row has a cell longer than {LONGEST_CELL >> 10} KiB.",
            hint="This is no table as text, or a quotation mark is opened and never closed.",
        )
    if names:
        return Dialect(delimiter, quote, bool(header), tuple(names), skip_rows)
    header = detect_header(rows) if header is None else header
    found = rows[0] if header else [""] * Counter(map(len, rows)).most_common(1)[0][0]
    return Dialect(delimiter, quote, header, unique_names(found), skip_rows)


def read_delimited(source: Opened, encoding: str, dialect: Dialect) -> Iterator[Rows]:
    """Yield the rows of a table as text.

    Raises
    ------
    CellTooLong, FileUnreadable
        While it is read: after these the rest of the file cannot be trusted.
    """
    text = text_of(source, encoding)
    before = dialect.skip_rows + dialect.header
    for _ in islice(text, dialect.skip_rows):
        pass
    records = _split(text, dialect.delimiter, dialect.quote)
    number = dialect.skip_rows
    piece_rows = rows_at_a_time(len(dialect.names))
    try:
        if dialect.header:
            number += 1 + _skip_to_header(records)
        while records_now := _next(records, piece_rows):
            done = source.read_bytes / max(1, source.size)
            yield _piece(records_now, dialect.names, number + 1, done)
            number += len(records_now)
    except csv.Error as error:
        raise CellTooLong(
            f"After row {max(number, before)} a cell is longer than {LONGEST_CELL >> 10} KiB ({error}).",
            hint="A quotation mark is opened and never closed; where quotes mean nothing, set quote to nothing.",
            row=number,
        ) from error
    except UnicodeDecodeError as error:
        raise FileUnreadable(
            f"After row {number} the file is not {encoding}: {error.reason}.",
            hint="Name another encoding in the mapping.",
            row=number,
        ) from error


def _skip_to_header(records: Iterator[list[str]]) -> int:
    """Consume the header and return how many blank lines stood before it."""
    blank = 0
    while _next(records, 1) == [[]]:
        blank += 1
    return blank


def _next(records: Iterator[list[str]], count: int) -> list[list[str]]:
    with longest_cell(LONGEST_CELL):
        return list(islice(records, count))


def _split(lines: Iterable[str], delimiter: str, quote: str) -> Iterator[list[str]]:
    if delimiter == BLANKS:
        return map(str.split, lines)
    return csv.reader(
        lines,
        delimiter=delimiter,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        skipinitialspace=delimiter != "\t",
    )


def _piece(records: list[list[str]], names: tuple[str, ...], first: int, done: float) -> Rows:
    width = len(names)
    broken: list[BrokenRow] = []
    numbers = np.arange(first, first + len(records), dtype=np.int64)
    if set(map(len, records)) != {width}:
        kept = [_fits(record, width, number, broken) for number, record in enumerate(records, start=first)]
        numbers = numbers[np.array(kept, dtype=bool)]
        records = [record for record, keep in zip(records, kept, strict=True) if keep]
    wholes = list(map(CELL_END.join, records))
    try:
        "".join(wholes).encode()
    except UnicodeEncodeError:
        kept = [
            _decoded(whole, record, int(number), broken)
            for whole, record, number in zip(wholes, records, numbers, strict=True)
        ]
        numbers = numbers[np.array(kept, dtype=bool)]
        records = [record for record, keep in zip(records, kept, strict=True) if keep]
        wholes = [whole for whole, keep in zip(wholes, kept, strict=True) if keep]
    cells: Iterable[Sequence[object]] = zip(*records, strict=True) if records else ([] for _ in names)
    return Rows(names, dict(zip(names, cells, strict=True)), numbers, wholes, broken=broken, done=done)


def _fits(record: list[str], width: int, number: int, broken: list[BrokenRow]) -> bool:
    """Whether the row has as many cells as there are columns; empty cells beyond them are cut off."""
    if len(record) == width:
        return True
    if not record or (len(record) == 1 and not record[0].strip()):
        return False
    if len(record) > width and not any(cell.strip() for cell in record[width:]):
        del record[width:]
        return True
    broken.append(BrokenRow(number, "row.cells", f"{len(record)} instead of {width}", record))
    return False


def _decoded(whole: str, record: list[str], number: int, broken: list[BrokenRow]) -> bool:
    """Whether all bytes of the row were of the file's encoding."""
    try:
        whole.encode()
    except UnicodeEncodeError as error:
        byte = ord(whole[error.start]) - 0xDC00
        shown = [cell.encode("utf-8", "backslashreplace").decode() for cell in record]
        broken.append(BrokenRow(number, "row.encoding", f"0x{byte:02X}", shown))
        return False
    return True
