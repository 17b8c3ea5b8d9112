"""Neighbouring rows that are lines of one thing: found, kept together, and joined to one event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from safar.vocabulary.errors import Refusal

from .cells import Cells
from .rows import Rows

#: More neighbouring rows than this are no lines of one order; a column that never changes was named.
MOST_LINES: Final = 100_000


class GroupTooLong(Refusal, ValueError):
    """So many neighbouring rows share the columns of `per` that they cannot be lines of one thing."""

    code = "import.group_too_long"


def whole_groups(
    pieces: Iterable[Rows], groups: Sequence[Sequence[str]], nulls: frozenset[str]
) -> Iterator[Rows]:
    """Yield the pieces cut anew so that none ends amid rows that belong together.

    Parameters
    ----------
    groups
        The columns that belonging rows share, by rule; nothing is cut anew when there are none.

    Raises
    ------
    GroupTooLong
    """
    if not groups:
        yield from pieces
        return
    held: Rows | None = None
    for piece in pieces:
        rows = piece if held is None else held.followed_by(piece)
        cut = _last_start(rows, groups, nulls)
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


def _last_start(rows: Rows, groups: Sequence[Sequence[str]], nulls: frozenset[str]) -> int:
    """Return where the last rows start that may go on in the next piece."""
    if not len(rows):
        return 0
    cells = Cells(rows, nulls)
    return min(int(cells.runs(columns)[-1]) for columns in groups)
