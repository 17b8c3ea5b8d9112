"""What kind of file it is, told from the file, shown as data, and overridable: format, packing, encoding, columns."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from safar.vocabulary.errors import Refusal

from .delimited import Dialect, NoRows, detect_dialect, read_delimited
from .encoding import Certainty, Encoding, checked_encoding, detect_encoding
from .jsonl import read_jsonl
from .mapping import FileOptions, Format
from .opening import DEFAULT_LIMITS, Limits, buffered, opened
from .rows import ForeignTable, OpenForeign, Rows, rows_at_a_time, typed_rows
from .spreadsheet import Sheet
from .xes import read_xes

#: How much of a text file its encoding and columns are told from.
SAMPLE_BYTES: Final = 4 << 20
_NAMES_FROM_ROWS: Final = 2_000
_ZIP: Final = b"PK\x03\x04"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
_PARQUET: Final = b"PAR1"


class FormatUnknown(Refusal, ValueError):
    """The file is of no format that can be imported."""

    code = "import.format_unknown"


@dataclass(frozen=True, slots=True)
class FileShape:
    """What kind of file it is.

    Attributes
    ----------
    format
        ``delimited``, ``jsonl``, ``excel``, ``parquet`` or ``xes``.
    size
        Bytes on disk.
    packing
        ``""``, ``gzip`` or ``zstd``.
    encoding, encoding_certainty, encoding_reason
        Of texts: the name, how sure it is and why.
    delimiter, quote
        Of delimited files.
    header
        Whether the first row names the columns.
    names
        The columns. Of JSON lines and XES those of the first 2,000 rows, objects inside objects as dotted paths.
    skip_rows
        Rows before the table.
    sheet
        Of a workbook.
    """

    format: Format
    size: int
    names: tuple[str, ...] = ()
    packing: str = ""
    encoding: str = ""
    encoding_certainty: Certainty = "certain"
    encoding_reason: str = ""
    delimiter: str = ""
    quote: str = ""
    header: bool = True
    skip_rows: int = 0
    sheet: str = ""


def detect_shape(
    path: Path,
    options: FileOptions | None = None,
    *,
    foreign: OpenForeign | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> FileShape:
    """Return what kind of file it is; what ``options`` say is taken as it is.

    Parameters
    ----------
    path
        The file.
    options
        The ``[file]`` section of a mapping.
    foreign
        Opens Parquet files: `safar.store.foreign.parquet`.

    Raises
    ------
    FileMissing, FileUnreadable, FileExpandsTooFar, LineTooLong, FormatUnknown, UnknownEncoding, UnknownSheet, NoRows
    """
    options = options or FileOptions()
    with opened(path, limits=limits) as source:
        sample = buffered(source).read(SAMPLE_BYTES)
        shape = FileShape("delimited", source.size, packing=source.packing)
    if not sample:
        raise NoRows(f"{path.name} is empty.", hint="Check that the right file was chosen.", file=path.name)
    format_ = options.format or _format_of(sample)
    if format_ in ("excel", "parquet") and shape.packing:
        raise FormatUnknown(
            f"{path.name} is a packed {format_} file.",
            hint="Unpack it first.",
            file=path.name,
            format=format_,
        )
    return _LOOKS[format_](_File(path, options, sample, foreign, limits), replace(shape, format=format_))


def _format_of(sample: bytes) -> Format:
    if sample.startswith(_PARQUET):
        return "parquet"
    if sample.startswith((_ZIP, _OLD_OFFICE)):
        return "excel"
    text = _decoded(sample, detect_encoding(sample).name).lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return "jsonl"
    if text.startswith("<"):
        return "xes"
    if text.startswith("["):
        raise FormatUnknown(
            "The file is one JSON array.",
            hint="Write one object a line (JSON lines), for example with: jq -c '.[]' file.json",
        )
    if "\0" in text:
        raise FormatUnknown(
            "The file is binary, and neither Excel nor Parquet.",
            hint="CSV and the like, JSON lines, Excel, Parquet and XES can be imported, packed by gzip or zstd.",
        )
    return "delimited"


@dataclass(frozen=True, slots=True)
class _File:
    """A file and what it takes to read it."""

    path: Path
    options: FileOptions
    sample: bytes
    foreign: OpenForeign | None
    limits: Limits

    def table(self) -> ForeignTable:
        if self.foreign is None:
            raise FormatUnknown(
                f"{self.path.name} is a Parquet file, and nobody gave a reader for it.",
                hint="Pass foreign=safar.store.foreign.parquet.",
                file=self.path.name,
            )
        return self.foreign(self.path)


def _look_at_delimited(file: _File, shape: FileShape) -> FileShape:
    shape = _with_encoding(shape, file)
    dialect = detect_dialect(
        _decoded(file.sample, shape.encoding),
        complete=len(file.sample) < SAMPLE_BYTES,
        delimiter=file.options.delimiter,
        quote=file.options.quote,
        header=file.options.header,
        names=file.options.columns,
        skip_rows=file.options.skip_rows,
    )
    return replace(
        shape,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        header=dialect.header,
        names=dialect.names,
        skip_rows=dialect.skip_rows,
    )


def _look_at_records(file: _File, shape: FileShape) -> FileShape:
    if shape.format == "jsonl":
        shape = _with_encoding(shape, file)
        if not shape.encoding.startswith("utf") and not file.options.encoding:
            shape = replace(shape, encoding="utf-8", encoding_reason="JSON is UTF-8 (RFC 8259).")
    names: dict[str, None] = {}
    taken = 0
    for rows in _READS[shape.format](file, shape, None):
        names.update(dict.fromkeys(rows.names))
        taken += len(rows) + len(rows.broken)
        if taken >= _NAMES_FROM_ROWS:
            break
    if not taken:
        raise NoRows(
            f"{file.path.name} has no rows.",
            hint="Check that the right file was chosen.",
            file=file.path.name,
        )
    return replace(shape, names=tuple(names))


def _look_at_sheet(file: _File, shape: FileShape) -> FileShape:
    options = file.options
    sheet = Sheet(
        file.path,
        sheet=options.sheet or "",
        header=options.header,
        names=options.columns,
        skip_rows=options.skip_rows,
        limits=file.limits,
    )
    return replace(
        shape, names=sheet.names, header=sheet.header, skip_rows=options.skip_rows, sheet=sheet.sheet
    )


def _look_at_parquet(file: _File, shape: FileShape) -> FileShape:
    return replace(shape, names=tuple(file.table().names))


_LOOKS: Final[dict[Format, Callable[[_File, FileShape], FileShape]]] = {
    "delimited": _look_at_delimited,
    "jsonl": _look_at_records,
    "xes": _look_at_records,
    "excel": _look_at_sheet,
    "parquet": _look_at_parquet,
}


def read_rows(
    path: Path,
    shape: FileShape,
    *,
    wanted: Collection[str] | None = None,
    foreign: OpenForeign | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[Rows]:
    """Yield the rows of a file, a piece at a time, in file order.

    Parameters
    ----------
    shape
        From `detect_shape`.
    wanted
        Columns to take out of JSON lines and XES; None takes all that there are.

    Raises
    ------
    FileUnreadable, FileExpandsTooFar, LineTooLong, CellTooLong, XmlRefused
    """
    return _READS[shape.format](_File(path, FileOptions(), b"", foreign, limits), shape, wanted)


def _read_delimited(file: _File, shape: FileShape, wanted: Collection[str] | None) -> Iterator[Rows]:
    dialect = Dialect(shape.delimiter, shape.quote, shape.header, shape.names, shape.skip_rows)
    with opened(file.path, limits=file.limits) as source:
        yield from read_delimited(source, shape.encoding, dialect)


def _read_jsonl(file: _File, shape: FileShape, wanted: Collection[str] | None) -> Iterator[Rows]:
    with opened(file.path, limits=file.limits) as source:
        yield from read_jsonl(source, shape.encoding, wanted)


def _read_xes(file: _File, shape: FileShape, wanted: Collection[str] | None) -> Iterator[Rows]:
    with opened(file.path, limits=file.limits) as source:
        yield from read_xes(source, wanted)


def _read_sheet(file: _File, shape: FileShape, wanted: Collection[str] | None) -> Iterator[Rows]:
    sheet = Sheet(
        file.path,
        sheet=shape.sheet,
        header=shape.header,
        names=None if shape.header else shape.names,
        skip_rows=shape.skip_rows,
        limits=file.limits,
    )
    yield from sheet.pieces()


def _read_parquet(file: _File, shape: FileShape, wanted: Collection[str] | None) -> Iterator[Rows]:
    table = file.table()
    names = tuple(table.names)
    number = 1
    for columns in table.pieces(rows_at_a_time(len(names))):
        rows = typed_rows(names, columns, number, done=0.0)
        number += len(rows)
        rows.done = (number - 1) / max(1, table.row_count)
        yield rows


_READS: Final[dict[Format, Callable[[_File, FileShape, Collection[str] | None], Iterator[Rows]]]] = {
    "delimited": _read_delimited,
    "jsonl": _read_jsonl,
    "xes": _read_xes,
    "excel": _read_sheet,
    "parquet": _read_parquet,
}


def _with_encoding(shape: FileShape, file: _File) -> FileShape:
    found = detect_encoding(file.sample)
    if file.options.encoding:
        name = checked_encoding(file.options.encoding)
        marked = name.lower().replace("_", "-") in ("utf-8", "utf8") and found.name == "utf-8-sig"
        found = Encoding("utf-8-sig" if marked else name, "certain", "The mapping says so.")
    return replace(
        shape, encoding=found.name, encoding_certainty=found.certainty, encoding_reason=found.reason
    )


def _decoded(sample: bytes, encoding: str) -> str:
    return io.TextIOWrapper(io.BytesIO(sample), encoding=encoding, errors="replace", newline="").read()
