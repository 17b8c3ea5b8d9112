"""Which part of a map a cell of a table means: people write names where programs write ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from safar.vocabulary.digits import fold_digits
from safar.vocabulary.errors import nearest
from safar.vocabulary.text import fold

#: Nobody mistypes a longer name by a letter or two, and to compare long ones takes long.
_LONGEST_ALIKE: Final = 80


class CellWrong(Exception):
    """A cell that cannot be read.

    Parameters
    ----------
    said
        What is wrong, without a full stop.
    written, known
        What the cell says and what it might have said: the nearest of them is told with `sentence`.
    """

    def __init__(self, said: str, *, written: str = "", known: Iterable[str] = ()) -> None:
        super().__init__(said)
        self._written = written
        self._known = known

    def sentence(self) -> str:
        """Return what is wrong and the nearest that would be right; without a full stop at the end."""
        alike = [each for each in self._known if len(each) <= _LONGEST_ALIKE]
        near = nearest(self._written, alike) if len(self._written) <= _LONGEST_ALIKE else ""
        return f"{self}. {near}" if near else str(self)


class PartNames:
    """The parts of one kind by their ids and by their names in every language.

    An id that the table gives comes before a name, so that a written map is read back whatever its parts are called;
    an id that was filled in comes after all names, for whoever made the table has never seen it. Names are compared
    as search compares texts (`safar.vocabulary.text.fold`).

    Parameters
    ----------
    kind
        What messages call these parts, such as ``step``.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._rows: dict[str, int] = {}
        self._filled_in: set[str] = set()
        self._by_name: dict[str, list[str]] = {}
        self._shown: dict[str, None] = {}

    def __contains__(self, part_id: str) -> bool:
        return part_id in self._rows

    def add(self, part_id: str, names: Mapping[str, str], *, row: int, is_filled_in: bool) -> None:
        """Take up a part that stands in a row, as a spreadsheet numbers it."""
        self._rows[part_id] = row
        if is_filled_in:
            self._filled_in.add(part_id)
        else:
            self._shown[part_id] = None
        for name in names.values():
            if fold(name):  # a name that nobody sees is none
                parts = self._by_name.setdefault(fold(name), [])
                parts += [part_id] if part_id not in parts else []
                self._shown[name] = None

    def find(self, cell: str) -> str | None:
        """Return the id of the part that a cell means; None where it means none.

        Raises
        ------
        CellWrong
            Several parts have the name.
        """
        part_id = fold_digits(cell.strip())
        if part_id in self._rows and part_id not in self._filled_in:
            return part_id
        named = self._by_name.get(fold(cell), [])
        if len(named) > 1:
            rows = " and ".join(str(self._rows[each]) for each in named[:2])
            more = f" and {len(named) - 2} more" if named[2:] else ""
            raise CellWrong(
                f"{cell.strip()!r} is the name of {len(named)} parts of the kind {self.kind} (rows {rows}{more}):"
                " give them ids, and name them by these"
            )
        return named[0] if named else part_id if part_id in self._rows else None

    def meant(self, cell: str) -> str:
        """Return the id of the part that a cell means.

        Raises
        ------
        CellWrong
            It means none, or several have the name.
        """
        found = self.find(cell)
        if found is None:
            written = cell.strip()
            raise CellWrong(f"there is no {self.kind} {written!r}", written=written, known=self._shown)
        return found
