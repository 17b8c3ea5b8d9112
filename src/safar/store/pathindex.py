"""The path index: what journey kernels walk. One file of arrays beside each Parquet part, aligned with its rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from .arrays import map_arrays, write_arrays


@dataclass(frozen=True, slots=True)
class PathIndex:
    """The events of one part as arrays, sorted by (customer, time, arrival), memory-mapped and read-only.

    Attributes
    ----------
    starts
        ``uint32`` of shape (customers + 1,): customer ``c`` owns rows ``starts[c]:starts[c + 1]``.
    customer_key
        ``uint64`` of shape (customers,): the key of each customer's id (`kernels.hash_texts`).
    time
        ``int64`` of shape (rows,): ``occurred_at`` in microseconds UTC.
    code, channel_code
        ``uint8`` or wider, shape (rows,): places in ``event_names`` and ``channels``.
    """

    starts: NDArray[np.uint32]
    customer_key: NDArray[np.uint64]
    time: NDArray[np.int64]
    code: NDArray[np.unsignedinteger[Any]]
    channel_code: NDArray[np.unsignedinteger[Any]]
    event_names: tuple[str, ...]
    channels: tuple[str, ...]

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map the index at ``path``."""
        facts, arrays = map_arrays(path)
        return cls(**arrays, event_names=tuple(facts["event_names"]), channels=tuple(facts["channels"]))

    def write(self, path: Path) -> None:
        """Write the index to ``path`` (flushed, renamed; the folder is not flushed)."""
        arrays = {
            name: getattr(self, name) for name in ("starts", "customer_key", "time", "code", "channel_code")
        }
        write_arrays(path, {"event_names": list(self.event_names), "channels": list(self.channels)}, arrays)


def narrow(codes: NDArray[Any], count: int) -> NDArray[np.unsignedinteger[Any]]:
    """Return the codes in the narrowest unsigned type that holds ``count`` values."""
    kind = np.uint8 if count <= 1 << 8 else np.uint16 if count <= 1 << 16 else np.uint32
    return codes.astype(kind)
