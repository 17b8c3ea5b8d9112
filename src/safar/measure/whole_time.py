"""The whole time of a log, for questions that need the past of everybody: from before any event up to its present."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from safar.vocabulary.window import Window

if TYPE_CHECKING:
    from safar.store.log import Log

#: Before any event: the year 2, for clocks of every zone.
_FIRST_US: Final = -62_104_060_800_000_000


def whole_time(log: Log) -> Window:
    """Return the window from before any event of a log to just after its newest one; an empty one of an empty log."""
    present = log.sight().present
    return Window.from_us(0, 0) if present is None else Window.from_us(_FIRST_US, present + 1)
