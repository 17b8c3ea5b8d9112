"""The types of a `paths.PathShard`'s arrays, and of tables beside them, for loops that are compiled ahead."""

from __future__ import annotations

from typing import Any, Final

from numba import types


def frozen(kind: Any) -> Any:
    """Return the type of an array of one dimension that is only read."""
    return types.Array(kind, 1, "C", readonly=True)


#: ``first`` and ``end``.
ROWS: Final = frozen(types.uint32)
#: ``time``, and other microseconds.
TIMES: Final = frozen(types.int64)
#: The step of each code.
TABLE: Final = frozen(types.int32)
#: ``code`` and ``channel_code``: a loop is compiled for each.
CODES: Final = tuple(frozen(kind) for kind in (types.uint8, types.uint16, types.uint32))
