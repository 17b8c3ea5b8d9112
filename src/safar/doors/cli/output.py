"""Data on standard output: an aligned table for eyes, CSV or JSON for programs.

Without a flag a terminal gets the table and anything else gets CSV.
"""

from __future__ import annotations

import csv
import shlex
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

import click
import msgspec

Command = TypeVar("Command", bound=Callable[..., Any])

#: Exact: decimals stay numbers with all their digits, what is not a number becomes null, as JSON has it.
_JSON: Final = msgspec.json.Encoder(decimal_format="number", enc_hook=str)
#: The widest a cell of a table gets on a terminal; CSV and JSON show all of it.
_WIDEST_CELL: Final = 60
_GAP: Final = "  "
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_DIRECTION_CONTROLS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Form(StrEnum):
    """How data is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def form_options(command: Command) -> Command:
    """Give a command `--json`, `--csv` and `--table`; it receives the choice as ``form``."""
    flags = [
        (Form.JSON, "Write JSON."),
        (Form.CSV, "Write CSV (the default where the output is not a terminal)."),
        (Form.TABLE, "Write an aligned table (the default on a terminal)."),
    ]
    for form, text in reversed(flags):
        command = click.option(f"--{form}", "form", flag_value=form.value, callback=_form, help=text)(command)
    return command


def _form(ctx: click.Context, parameter: click.Parameter, value: str | None) -> Form:
    del ctx, parameter
    return Form(value) if value else default_form()


def default_form() -> Form:
    """Return the form for whoever reads standard output."""
    return Form.TABLE if sys.stdout.isatty() else Form.CSV


def write_rows(form: Form, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows under their column names."""
    _WRITERS[form](names, rows)


def write_record(form: Form, record: Mapping[str, object]) -> None:
    """Write one record: a JSON object, or a row for each of its fields."""
    if form is Form.JSON:
        click.echo(msgspec.json.format(_json(record), indent=2))
    else:
        write_rows(form, ("field", "value"), list(record.items()))


def say(text: str) -> None:
    """Tell the person at the terminal, beside the data."""
    click.echo(text, err=True)


def as_text(value: object) -> str:
    """Return a value as CSV and tables show it: nothing for None, ISO 8601 in UTC for instants.

    >>> as_text(datetime(2026, 3, 21, 9, 0, tzinfo=UTC)), as_text(None), as_text(True), as_text({"a": 1})
    ('2026-03-21T09:00:00Z', '', 'true', '{"a":1}')
    """
    plain = _plain(value)
    if plain is None:
        return ""
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, (dict, list, tuple, set, frozenset)):
        return _JSON.encode(plain).decode()
    return plain.isoformat().replace("+00:00", "Z") if isinstance(plain, (datetime, date)) else str(plain)


def _plain(value: object) -> object:
    """Return an instant in UTC, bytes as hexadecimal digits, and anything else as it is."""
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC)
    return bytes(value).hex() if isinstance(value, (bytes, bytearray, memoryview)) else value


def _json(record: Mapping[str, object]) -> str:
    return _JSON.encode({name: _plain(value) for name, value in record.items()}).decode()


def _write_json(names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write an array of objects, a line each, without holding them all."""
    opening = "["
    for row in rows:
        click.echo(opening + "\n" + _json(dict(zip(names, row, strict=True))), nl=False)
        opening = ","
    click.echo("[]" if opening == "[" else "\n]")


class _UnixLines:
    """Standard output for a CSV writer: a row a call, ended by a newline alone."""

    def write(self, line: str) -> int:
        return sys.stdout.write(line.removesuffix("\r\n") + "\n")


def _write_csv(names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    # The writer quotes \r and \n alike only when both end its lines, so it ends them with both and we drop one.
    writer = csv.writer(_UnixLines(), lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([as_text(value) for value in row] for row in rows)
    sys.stdout.flush()


def _write_table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write columns side by side, numbers to the right, cells cut where a terminal would wrap them."""
    held = list(rows)
    widest = _WIDEST_CELL if sys.stdout.isatty() else None
    cells = [[_cell(as_text(value), widest) for value in row] for row in held]
    right = [_is_number_column(held, column) for column in range(len(names))]
    widths = [
        max([_width(name), *(_width(row[column]) for row in cells)]) for column, name in enumerate(names)
    ]
    lines = [list(names), ["─" * width for width in widths], *cells]
    for line in lines:
        padded = (
            _pad(cell, width, to_right=side) for cell, width, side in zip(line, widths, right, strict=True)
        )
        click.echo(_GAP.join(padded).rstrip())


def _is_number_column(rows: Sequence[Sequence[object]], column: int) -> bool:
    values = [row[column] for row in rows if row[column] is not None]
    return bool(values) and all(
        isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) for value in values
    )


def _cell(text: str, widest: int | None) -> str:
    """Return the text as it may stand in a terminal: no control characters, not too wide."""
    clean = "".join(_shown(character) for character in text)
    if widest is not None and _width(clean) > widest:
        while _width(clean) > widest - 1:
            clean = clean[:-1]
        clean += "…"
    return clean


def _shown(character: str) -> str:
    """Return a control character as its escape: what customers wrote must not steer the terminal."""
    steers = unicodedata.category(character) == "Cc" or character in _DIRECTION_CONTROLS
    return character.encode("unicode_escape").decode() if steers else character


def _width(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _pad(cell: str, width: int, *, to_right: bool) -> str:
    """Fill the cell to the width. Right-to-left text is isolated, so that columns keep their places."""
    blank = " " * (width - _width(cell))
    if any(unicodedata.bidirectional(character) in {"R", "AL"} for character in cell):
        cell = f"{_ISOLATE}{cell}{_END_ISOLATE}"
    return blank + cell if to_right else cell + blank


_WRITERS: Final[Mapping[Form, Callable[[Sequence[str], Iterable[Sequence[object]]], None]]] = {
    Form.TABLE: _write_table,
    Form.CSV: _write_csv,
    Form.JSON: _write_json,
}


def called() -> str:
    """Return how `safar` was called, so that what it says can be typed: ``.venv/bin/safar`` where that was."""
    words = Path(sys.argv[0])
    if words.name != "safar":
        return "safar"  # as a module, or within another program
    found = shutil.which("safar")
    return "safar" if found and Path(found).absolute() == words.absolute() else shlex.quote(_from_here(words))


def _from_here(path: Path) -> str:
    """Return the path as it is typed in this folder, where it lies below."""
    here = Path.cwd()
    return str(path.absolute().relative_to(here) if path.absolute().is_relative_to(here) else path)
