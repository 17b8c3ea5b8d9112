"""A mapping in the making: which columns have found their place, and why."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field

from safar.vocabulary.errors import Refusal

from .column_words import role_rank
from .look import ColumnLook, FileLook, Kind
from .roles import IGNORED, PROPERTY, role_of_place


class NothingToPropose(Refusal, ValueError):
    """No column looks like the customer, or none like the time."""

    code = "mapping.nothing_to_propose"


@dataclass(frozen=True, slots=True)
class Choice:
    """Why a mapping was drafted so.

    Attributes
    ----------
    place
        In the mapping: ``customer.id``, ``event[0].at``, …
    column
        Which column was taken; empty when none was.
    sentence
        Why.
    is_doubt
        Whether numbers may be wrong unless a person looks: to be said again with the result.
    """

    place: str
    column: str
    sentence: str
    is_doubt: bool = False


@dataclass(slots=True)
class Draft:
    """The columns, and which of them have found their place."""

    look: FileLook
    #: What a person says that columns stand for; it outranks their names and their values.
    said: AbstractMapping[str, str] = field(default_factory=dict)
    unit: str = ""
    event_name: str = ""
    roles: dict[str, str] = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    key: list[str] = field(default_factory=list)
    currency: str | None = None
    units: dict[str, str] = field(default_factory=dict)

    def doubt(self, place: str, column: str, sentence: str) -> None:
        """Note what may make the numbers wrong."""
        self.choices.append(Choice(place, column, sentence, is_doubt=True))

    def find(self, role: str, *kinds: Kind) -> ColumnLook | None:
        """Return the column said to have a role, else the one whose name stands most surely for it, among those of
        some kinds.
        """
        ranked = [
            (rank, place, column)
            for place, column in enumerate(self.look.columns)
            if (rank := self._rank(role, column)) is not None
            and column.name not in self.used
            and (not kinds or column.kind in kinds or (rank < 0 and role != "currency"))
        ]
        return min(ranked, key=lambda each: each[:2])[2] if ranked else None

    def _rank(self, role: str, column: ColumnLook) -> int | None:
        said = self.said.get(column.name)
        return role_rank(role, column.name) if said is None else -1 if said == role else None

    def take(self, column: ColumnLook, place: str, sentence: str) -> str:
        """Note where a column went and return its name."""
        self.used.add(column.name)
        self.roles.setdefault(column.name, role_of_place(place))
        self.choices.append(Choice(place, column.name, sentence))
        return column.name

    def left(self) -> Iterator[ColumnLook]:
        """Yield the columns that have not found a place."""
        return (
            column
            for column in self.look.columns
            if column.name not in self.used
            and (column.kind != "empty" or column.name in self.said)
            and self.said.get(column.name) != IGNORED
        )

    def roles_of_all(self) -> dict[str, str]:
        """Return what each column was taken for."""
        rest = {column.name: IGNORED if column.kind == "empty" else PROPERTY for column in self.look.columns}
        return {**rest, **self.roles, **self.said}
