"""Many windows of time in one query: each event joins every window that it falls in.

The first line of a query is ``WITH {WINDOWS}``; its parameters are `window_parameters`. The table
``windows`` then has a row for each window: ``place`` (its index), ``start_at``, ``end_at``. ``$from`` and
``$until`` bound them all, so that a scan can skip what lies outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from safar.vocabulary.window import Window

#: A common table expression named ``windows``.
WINDOWS: Final = (
    "windows AS (SELECT unnest(range(len($starts))) AS place, unnest($starts::TIMESTAMPTZ[]) AS start_at,"
    " unnest($ends::TIMESTAMPTZ[]) AS end_at)"
)

#: The condition that lets a scan of ``events`` skip what lies outside all windows.
INSIDE_ANY: Final = "occurred_at >= $from::TIMESTAMPTZ AND occurred_at < $until::TIMESTAMPTZ"

#: The condition that joins an event to its windows.
INSIDE: Final = "occurred_at >= start_at AND occurred_at < end_at"


def window_parameters(windows: Sequence[Window]) -> dict[str, datetime | list[datetime]]:
    """Return the parameters of a query that uses `WINDOWS` and `INSIDE_ANY`. ``windows`` is not empty."""
    return {
        "starts": [window.start for window in windows],
        "ends": [window.end for window in windows],
        "from": min(window.start for window in windows),
        "until": max(window.end for window in windows),
    }
