"""Neighbouring rows that are lines of one thing: found, kept together, and joined to one event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from safar.vocabulary.errors import Refusal

from .cells import Cells
from .mapping import Mapping
from .rows import Rows

#: More neighbouring rows than this are no lines of one order; a column that never changes was named.
MOST_LINES: Final = 100_000


class GroupTooLong(Refusal, ValueError):
    """So many neighbouring rows share the columns of `per` that they cannot be lines of one thing."""

    code = "import.group_too_long"


def whole_groups(pieces: Iterable[Rows], mapping: Mapping) -> Iterator[Rows]:
    """Yield the pieces of a file cut anew so that none ends amid rows that belong together.

    Raises
    ------
    GroupTooLong
    """
    groups = [rule.per for rule in mapping.event if rule.per]
    if not groups:
        yield from pieces
        return
    held: Rows | None = None
    for piece in pieces:
        rows = piece if held is None else held.followed_by(piece)
        cut = _last_start(Cells(rows, mapping), groups)
        if len(rows) - cut > MOST_LINES:
            raise GroupTooLong(
                f"From row {int(rows.numbers[cut])} on, more than {MOST_LINES:,} rows share {list(groups[0])}.",
                hint="Name in per the columns that only the lines of one order share.",
                row=int(rows.numbers[cut]),
            )
        held = rows.part(cut, len(rows))
        ready = rows.part(0, cut)
        ready.broken = rows.broken
        yield ready
    if held is not None:
        yield held


def _last_start(cells: Cells, groups: Sequence[Sequence[str]]) -> int:
    """Return where the last rows start that may go on in the next piece."""
    return min(int(cells.runs(columns)[-1]) for columns in groups) if len(cells) else 0
