"""Periods made ready for kernels: which one does an instant lie in, without division or search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.periods import Instants, Periods

#: No bucket is narrower: 36 minutes.
_FEWEST_BITS: Final = 31


@dataclass(frozen=True, slots=True)
class Grid:
    """Periods that do not overlap, made ready for kernels that ask of each instant which one it lies in.

    Attributes
    ----------
    edges
        Ascending instants; interval ``i`` is from ``edges[i]`` up to ``edges[i + 1]``. Some are gaps between periods.
    hint, turn
        Time is cut in buckets of ``2 ** shift`` microseconds from ``edges[0]`` on: the interval of a bucket's first
        instant, and the instant from which on it is the next one. So an interval is found without division or search.
    shift
        See ``hint``.
    is_fine
        No bucket holds the start of more than one interval. Otherwise some intervals lie farther on.
    place
        The interval of each period.
    """

    edges: Instants
    hint: NDArray[np.int32]
    turn: Instants
    shift: int
    is_fine: bool
    place: NDArray[np.int64]

    @classmethod
    def of(cls, periods: Periods) -> Grid:
        """Return the grid of some periods; there is at least one, and none is empty."""
        edges = np.unique(np.concatenate([periods.starts, periods.ends]))
        narrowest = int(np.diff(edges).min()).bit_length() - 1
        shift = max(narrowest, _FEWEST_BITS)
        buckets = edges[0] + (np.arange((int(edges[-1] - edges[0]) >> shift) + 1) << shift)
        hint = np.searchsorted(edges, buckets, side="right") - 1
        turn = edges[np.minimum(hint + 1, len(edges) - 1)]
        place = np.searchsorted(edges, periods.starts)
        return cls(edges, hint.astype(np.int32), turn, shift, shift == narrowest, place)

    @property
    def intervals(self) -> int:
        """How many intervals there are."""
        return len(self.edges) - 1

    @property
    def arrays(self) -> Any:
        """What kernels take, one after the other."""
        return self.edges, self.hint, self.turn, self.shift, self.is_fine
