"""Why a row of a file became no event: a code, and a sentence with the value in it.

The codes are stable: pages show them in three languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: A sentence by code. ``{column}`` and ``{detail}`` are filled in from the row.
REASONS: Final[dict[str, str]] = {
    "row.cells": "The row has {detail} cells.",
    "row.encoding": "The row has bytes that are not of the file's encoding ({detail}).",
    "row.json": "The line is not a JSON object: {detail}.",
    "row.customer_missing": "No customer: {column} is empty.",
    "row.time_missing": "No date or time: {column} is empty.",
    "row.time_unreadable": "{column}: {detail}",
    "row.number_unreadable": "{column}: {detail}",
    "row.boolean_unreadable": "{column}: {detail!r} is neither yes nor no.",
    "row.currency_unknown": "{detail!r} is not a known currency.",
    "row.amount_too_large": "The amount {detail} has more digits than fit.",
    "row.object_unreadable": "{column} is not a JSON object.",
    "row.json_unreadable": "{column}: {detail!r} is not JSON.",
    "row.name_missing": "No name of the event: {column} is empty.",
    "row.text_too_long": "{column} has {detail} characters.",
    "row.group_rejected": "Another row of the same group was rejected: {detail}",
    "row.currency_mixed": "Rows of one group have {detail}.",
    "row.no_rule": "No rule of the mapping fits this row.",
}


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why one row was rejected.

    Attributes
    ----------
    reason
        A key of `REASONS`.
    column
        Where, if in one column.
    detail
        The value, or what exactly is wrong.
    """

    reason: str
    column: str = ""
    detail: str = ""

    @property
    def sentence(self) -> str:
        """The reason as a sentence."""
        return REASONS[self.reason].format(column=self.column, detail=self.detail)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row of the file that became no event.

    Attributes
    ----------
    number
        The row's number in the file, from 1, the header counted.
    rejection
        Why.
    cells
        The row as it stands in the file.
    """

    number: int
    rejection: Rejection
    cells: list[str]
