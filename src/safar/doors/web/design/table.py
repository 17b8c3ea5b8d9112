"""A table of rows as the reader sees it: sorted by its heads, paged by key, taken away as a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode

from safar.vocabulary.text import fold

from .parts import EmptyState

ColumnKind = Literal["text", "number", "when", "code"]
Tone = Literal["", "good", "info", "warn", "bad", "soft"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes
    ----------
    key
        What ``?sort=`` calls it.
    name
        In the reader's language.
    kind
        ``"text"``; ``"number"`` stands with its units under each other in both directions; ``"when"`` an
        instant or a day; ``"code"`` an id or a name of the machine's, left to right.
    sortable
        Whether its head is a link that sorts.
    """

    key: str
    name: str
    kind: ColumnKind = "text"
    sortable: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes
    ----------
    text
        In the reader's words.
    href
        Where it leads; empty when nowhere.
    tone
        Makes a badge of it: ``"good"``, ``"info"``, ``"warn"``, ``"bad"``, ``"soft"``.
    value
        What a file gets instead of the text: an unshaped number, an instant.
    """

    text: str
    href: str = ""
    tone: Tone = ""
    value: object = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells in the order of the columns, and a key that marks it in the page (``id``)."""

    cells: tuple[Cell, ...]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column as it is shown: where it sorts to, and how it is sorted now."""

    column: Column
    query: str = ""
    aria_sort: Literal["", "none", "ascending", "descending"] = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What ``design/table.html`` is given.

    Attributes
    ----------
    caption
        What the rows are; read out first.
    columns, rows
        A row's cells stand in the order of the columns.
    sort
        The column's key, with ``-`` before it for descending; empty when unsorted.
    next_query, first_query
        Queries of the next page and of the first one, without ``?``; empty where there is none.
    can_export
        Whether the reader may take the rows away: offers ``export=csv`` and ``export=xlsx``.
    query
        What was asked besides sort, page and export: the filters, without ``?``.
    empty
        Shown instead of a table without rows.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    sort: str = ""
    next_query: str = ""
    first_query: str = ""
    can_export: bool = False
    query: str = ""
    empty: EmptyState | None = None

    @property
    def heads(self) -> tuple[Head, ...]:
        """The heads; a click on the sorted one turns the order round."""
        sorted_by, is_descending = self.sort.removeprefix("-"), self.sort.startswith("-")
        heads = []
        for column in self.columns:
            if not column.sortable:
                heads.append(Head(column))
            elif column.key != sorted_by:
                heads.append(Head(column, changed(self.query, sort=column.key), "none"))
            else:
                turned = column.key if is_descending else f"-{column.key}"
                order: Literal["ascending", "descending"] = "descending" if is_descending else "ascending"
                heads.append(Head(column, changed(self.query, sort=turned), order))
        return tuple(heads)

    @property
    def lines(self) -> tuple[tuple[Row, tuple[tuple[Column, Cell], ...]], ...]:
        """Each row with its cells beside their columns."""
        return tuple((row, tuple(zip(self.columns, row.cells, strict=True))) for row in self.rows)

    @property
    def csv_query(self) -> str:
        """The query of the same rows as CSV."""
        return changed(self.query, sort=self.sort, export="csv")

    @property
    def xlsx_query(self) -> str:
        """The query of the same rows as a sheet."""
        return changed(self.query, sort=self.sort, export="xlsx")


def sorted_table(table: Table, sort: str) -> Table:
    """Return a table that is shown whole, sortable by each column, in the order asked for; as it is for another word.

    Cells are compared by their values, else by their folded texts; those without either stand last.
    """
    keys = [column.key for column in table.columns]
    columns = tuple(replace(column, sortable=True) for column in table.columns)
    if sort.removeprefix("-") not in keys:
        return replace(table, columns=columns)
    place = keys.index(sort.removeprefix("-"))
    filled = [row for row in table.rows if _sort_key(row.cells[place])[1] != ""]
    rest = [row for row in table.rows if _sort_key(row.cells[place])[1] == ""]
    rows = sorted(filled, key=lambda row: _sort_key(row.cells[place]), reverse=sort.startswith("-"))
    return replace(table, columns=columns, rows=(*rows, *rest), sort=sort)


def _sort_key(cell: Cell) -> tuple[str, Any]:
    """Return what a cell is compared by: values of one kind among themselves."""
    value = cell.text if cell.value is None else cell.value
    if isinstance(value, str):
        return "text", fold(value)
    return ("number", value) if isinstance(value, int | float) else (type(value).__name__, value)


def changed(query: str, **parts: str) -> str:
    """Return a query with some parts set anew; an empty value takes its part out.

    >>> changed("name=order&after=x", sort="-when", after="")
    'name=order&sort=-when'
    """
    kept = [(name, value) for name, value in parse_qsl(query) if name not in parts]
    return urlencode(kept + [(name, value) for name, value in parts.items() if value])
