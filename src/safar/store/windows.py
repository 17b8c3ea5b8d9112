"""Many windows of time at once, which may overlap: cut where any of them begins or ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.window import Window


@dataclass(frozen=True, slots=True)
class Segments:
    """The time of some windows, cut so that each piece lies wholly inside or outside each window.

    Attributes
    ----------
    bounds
        Ascending instants in microseconds UTC; segment ``s`` is from ``bounds[s]`` up to ``bounds[s + 1]``.
    inside
        Of shape (windows, segments): whether a segment lies in a window.
    """

    bounds: NDArray[np.int64]
    inside: NDArray[np.bool_]

    @classmethod
    def of(cls, windows: Sequence[Window]) -> Self:
        """Cut the windows. There is at least one."""
        starts, ends = edges(windows)
        bounds = np.unique(np.concatenate([starts, ends]))
        places = bounds[:-1]
        inside = (places >= starts[:, None]) & (places < ends[:, None])
        return cls(bounds, inside)

    @property
    def members(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The windows of each segment, one after another, and where each segment's begin."""
        segments, windows = np.nonzero(self.inside.T)
        starts = np.searchsorted(segments, np.arange(self.inside.shape[1] + 1))
        return windows.astype(np.int64), starts.astype(np.int64)

    def of_windows(self, of_segments: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return for each window the sum over its segments."""
        return self.inside.astype(np.int64) @ of_segments


@dataclass(frozen=True, slots=True)
class Spans:
    """Where windows begin and end among rows in order of time.

    Attributes
    ----------
    slices
        For each window the rows inside it.
    starts
        The windows' starts in microseconds UTC.
    """

    slices: tuple[slice, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(cls, windows: Sequence[Window], time: NDArray[np.int64]) -> Self:
        """Find the windows among ascending instants in microseconds UTC."""
        starts, ends = edges(windows)
        firsts, lasts = np.searchsorted(time, starts), np.searchsorted(time, ends)
        slices = tuple(
            slice(first, last) for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
        )
        return cls(slices, tuple(starts.tolist()))


#: What `previous_at` gives for a row that none like it precedes: before every window.
NEVER = np.iinfo(np.int64).min


def previous_at(time: NDArray[np.int64], *kinds: NDArray[Any]) -> NDArray[np.int64]:
    """Return for each row when the last row before it of the same kinds was, or `NEVER`.

    A row is the first of its kind in a window exactly when this is before the window's start. So distinct things are
    counted in any number of windows without looking for them again.

    Parameters
    ----------
    time
        Ascending instants in microseconds UTC.
    kinds
        Arrays beside it: rows are of the same kind where all are equal.
    """
    order = np.lexsort(kinds)  # stable: rows of one kind stay by time
    same = np.ones(max(len(time) - 1, 0), np.bool_)
    for kind in kinds:
        sorted_kind = kind[order]
        same &= sorted_kind[1:] == sorted_kind[:-1]
    found = np.full(len(time), NEVER, np.int64)
    followers = order[1:][same]
    found[followers] = time[order[:-1][same]]
    return found


def hull(windows: Sequence[Window]) -> Window:
    """Return the window from the first start to the last end. There is at least one."""
    return Window(min(window.start for window in windows), max(window.end for window in windows))


def edges(windows: Sequence[Window]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the starts and the ends of windows in microseconds UTC."""
    return (
        np.array([window.start_us for window in windows], np.int64),
        np.array([window.end_us for window in windows], np.int64),
    )
