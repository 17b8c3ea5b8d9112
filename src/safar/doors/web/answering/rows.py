"""Responses written into their table without the object mapper's detours: it is done with every page that is sent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import msgspec
from django.db import connection, models

from .models import Response

_TABLE: Final = Response._meta.db_table
_FIELDS: Final = tuple(field for field in Response._meta.concrete_fields if not field.primary_key)
_COLUMNS: Final = ", ".join(str(field.column) for field in _FIELDS)
_LINE: Final = f"({', '.join(['%s'] * len(_FIELDS))})"
#: Rows of one statement: no database takes values without end.
_MOST: Final = 100


def insert(rows: Sequence[Response]) -> None:
    """Insert responses that are not in the table, and give them their numbers."""
    for start in range(0, len(rows), _MOST):
        piece = rows[start : start + _MOST]
        lines = ", ".join([_LINE] * len(piece))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {_TABLE} ({_COLUMNS}) VALUES {lines} RETURNING id",  # noqa: S608 - names of the model
                [value for row in piece for value in _values(row, _FIELDS)],
            )
            numbers = [number for (number,) in cursor.fetchall()]
        for row, number in zip(piece, numbers, strict=True):
            row.pk = number
            row._state.adding = False
            row._state.db = connection.alias


def update(row: Response, names: Collection[str]) -> None:
    """Write these columns of a response that is in the table."""
    fields = [field for field in _FIELDS if field.name in names]
    changes = ", ".join(f"{field.column} = %s" for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_TABLE} SET {changes} WHERE id = %s",  # noqa: S608 - names of columns alone
            [*_values(row, fields), row.pk],
        )


def note_in_log(numbers: Sequence[int]) -> None:
    """Note that the log has the events of these responses."""
    places = ", ".join(["%s"] * len(numbers))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_TABLE} SET in_log = %s WHERE id IN ({places})",  # noqa: S608 - as many places as numbers
            [True, *numbers],
        )


def _values(row: Response, fields: Sequence[models.Field[Any, Any]]) -> list[Any]:
    return [
        value if (written := _WRITTEN.get(type(field))) is None or value is None else written(value)
        for field in fields
        for value in [getattr(row, field.attname)]
    ]


def _instant(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


#: How values get into the table; the others go as they are.
_WRITTEN: Final[dict[type[models.Field[Any, Any]], Callable[[Any], Any]]] = {
    models.DateTimeField: _instant,
    models.JSONField: _json,
}
