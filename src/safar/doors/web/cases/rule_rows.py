"""A rule as rows of a form: groups of conditions that all hold, one group or another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from safar.act.loop_rule_text import number_text
from safar.act.loop_rules import (
    NAMES,
    NUMBERS,
    Compared,
    Condition,
    Contains,
    Every,
    OneOf,
    Operator,
    Opposite,
    Some,
)
from safar.vocabulary.digits import parse_number
from safar.vocabulary.errors import Refusal

GROUPS: Final = 3
ROWS: Final = 4
WORDS: Final = "words"
#: How a field and a value stand to each other.
RELATIONS: Final[Mapping[str, Promise | str]] = {
    "at_most": pgettext_lazy("in a rule", "is at most"),
    "at_least": pgettext_lazy("in a rule", "is at least"),
    "is": pgettext_lazy("in a rule", "is, or contains"),
    "is_not": pgettext_lazy("in a rule", "is not, or does not contain"),
}
_OPERATORS: Final[Mapping[str, Operator]] = {"at_most": "<=", "at_least": ">=", "is": "="}
_COMMAS: Final = str.maketrans({"،": ",", "؛": ","})


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One row: a field, how it stands to a value, and the value as it is typed."""

    field: str = ""
    relation: str = "is"
    value: str = ""


class RowRefused(ValueError):
    """A row is no condition; ``place`` says which: group and row, from 0."""

    def __init__(self, place: tuple[int, int]) -> None:
        super().__init__(f"row {place} is no condition")
        self.place = place


#: The groups of a form, each with its rows.
Rows = tuple[tuple[RuleRow, ...], ...]
#: From what a member typed to what is kept: a field and a word give an id.
Read = Callable[[str, str], str]


def condition_of_rows(rows: Sequence[Sequence[RuleRow]], read: Read) -> Condition | None:
    """Return what filled rows say; None where none is filled.

    Raises
    ------
    RowRefused
    """
    groups = []
    for group, of_group in enumerate(rows):
        parts = [
            _condition(row, read, (group, place))
            for place, row in enumerate(of_group)
            if row.field and row.value.strip()
        ]
        if parts:
            groups.append(parts[0] if len(parts) == 1 else Every(tuple(parts)))
    if not groups:
        return None
    return groups[0] if len(groups) == 1 else Some(tuple(groups))


def rows_of_condition(condition: Condition, told: Read) -> Rows | None:
    """Return a condition as rows; None where rows cannot say it."""
    groups = condition.parts if isinstance(condition, Some) else (condition,)
    found = []
    for group in groups:
        parts = group.parts if isinstance(group, Every) else (group,)
        rows = [_row(part, told) for part in parts]
        if len(rows) > ROWS or any(row is None for row in rows):
            return None
        found.append(tuple(row for row in rows if row is not None))
    return tuple(found) if len(found) <= GROUPS else None


def padded(rows: Rows) -> Rows:
    """Return rows with empty ones, so that every group of the form is full."""
    groups = [*rows, *[()] * (GROUPS - len(rows))]
    return tuple((*group, *[RuleRow()] * (ROWS - len(group))) for group in groups)


def _condition(row: RuleRow, read: Read, place: tuple[int, int]) -> Condition:
    if row.field in NUMBERS:
        operator = _OPERATORS.get(row.relation)
        if operator is None:
            raise RowRefused(place)
        try:
            bound = float(_number(row.value.strip().removesuffix("%").removesuffix("٪")))
        except Refusal as refusal:
            raise RowRefused(place) from refusal
        return Compared(row.field, operator, round(bound, 6))
    words = tuple(part.strip() for part in row.value.translate(_COMMAS).split(",") if part.strip())
    if not words or row.relation not in {"is", "is_not"} or (row.field not in NAMES and row.field != WORDS):
        raise RowRefused(place)
    made: Condition
    made = (
        Contains(words)
        if row.field == WORDS
        else OneOf(row.field, tuple(read(row.field, word) for word in words))
    )
    return Opposite(made) if row.relation == "is_not" else made


def _number(text: str) -> Decimal:
    """Return a number as anybody types it; 1.001 is a little more than one, as this form itself writes it.

    Raises
    ------
    NumberUnreadable, NumberAmbiguous
    """
    try:
        return parse_number(text, decimal=".")
    except Refusal:
        return parse_number(text)


def _row(condition: Condition, told: Read) -> RuleRow | None:
    match condition:
        case Compared(field, operator, bound):
            relation = next((name for name, each in _OPERATORS.items() if each == operator), "")
            return RuleRow(field, relation, number_text(bound)) if relation else None
        case OneOf(field, words):
            return RuleRow(field, "is", ", ".join(told(field, word) for word in words))
        case Opposite(OneOf(field, words)):
            return RuleRow(field, "is_not", ", ".join(told(field, word) for word in words))
        case Contains(pieces):
            return RuleRow(WORDS, "is", ", ".join(pieces))
        case Opposite(Contains(pieces)):
            return RuleRow(WORDS, "is_not", ", ".join(pieces))
    return None
