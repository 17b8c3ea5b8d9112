"""The two walks of a funnel along the paths of one shard: a flat one for the usual funnel, one path by path for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from .funnel_breakdown import FunnelBreakdown, Periods, grouped
from .joint import Joint
from .steps import NO_STEP, StepRule, jointly_marked
from .walk import Walk

if TYPE_CHECKING:
    from safar.store.paths import PathShard

    from .funnel import FunnelQuestion

#: The bit of an event that voids what was begun, and of one that is seen at all.
EXCLUDED: Final = 1 << 62
SEEN: Final = 1 << 61
_NO_HELD: Final = np.zeros(0, np.uint32)
_NO_GROUP: Final = np.zeros(0, np.int32)

#: Paths by the last step they did, before the last one, and the name of the event that followed it, None for none.
LostTo = Counter[tuple[int, str | None]]


class FunnelOrder(Enum):
    """How the steps must follow each other."""

    #: One after the other; anything may happen in between.
    ORDERED = "ordered"
    #: One right after the other; nothing happens in between.
    STRICT = "strict"
    #: Each of them, in whatever order.
    UNORDERED = "unordered"


@dataclass(frozen=True, slots=True)
class Reached:
    """When some paths reached the steps after the first one, for the first time each.

    Attributes
    ----------
    level, group
        The step; the group of a breakdown, nothing where there is none.
    times
        ``int64`` of shape (2, them): microseconds since the first step, and since the one before.
    """

    level: NDArray[np.uint8]
    group: NDArray[np.int32]
    times: NDArray[np.int64]

    @classmethod
    def together(cls, parts: Sequence[Reached]) -> Reached:
        """Return all of them in one."""
        return cls(
            np.concatenate([np.zeros(0, np.uint8), *(part.level for part in parts)]),
            np.concatenate([_NO_GROUP, *(part.group for part in parts)]),
            np.concatenate([np.zeros((2, 0), np.int64), *(part.times for part in parts)], axis=1),
        )

    def in_groups(self, groups: NDArray[np.int32]) -> Reached:
        """Return the same with other numbers of the groups."""
        return replace(self, group=groups[self.group]) if len(self.group) else self

    def halves(self, steps: int, splits: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return counts of the times, of shape (2, steps, halves of bins)."""
        from .span_kernels import SPAN_BINS, count_halves  # noqa: PLC0415 - compiled code only when needed

        found = np.zeros((2, steps, 2 * SPAN_BINS), np.int64)
        for times, halves in zip(self.times, found, strict=True):
            count_halves(self.level, times, splits, halves)
        return found

    def picked(self, slot_of_bin: NDArray[np.int32]) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int64]]]:
        """Yield slots and the times of the bins that have one, since the first step and since the one before."""
        from .span_kernels import pick_spans  # noqa: PLC0415 - compiled code only when needed

        for times, slots in zip(self.times, slot_of_bin, strict=True):
            slot, picked = np.empty(len(times) + 1, np.int32), np.empty(len(times) + 1, np.int64)
            count = pick_spans(self.level, times, slots, slot, picked)
            yield slot[:count], picked[:count]


@dataclass(frozen=True, slots=True)
class FunnelPart:
    """What one walk found; see `funnel_counts.FunnelCounts`."""

    keys: tuple[str, ...]
    reached: NDArray[np.int64]
    times: Reached
    lost_to: LostTo


def walk_of_shard(
    shard: PathShard, question: FunnelQuestion, by: FunnelBreakdown | None, periods: Periods | None
) -> FunnelPart:
    """Walk the paths of one shard through the funnel, by the quicker walk where it can answer the question."""
    shard = question.among.of(shard)
    rules: list[tuple[StepRule | None, int]] = [(None, SEEN)]
    rules += [(rule, 1 << place) for place, rule in enumerate(question.steps)]
    rules += [(rule, EXCLUDED) for rule in question.exclusions]
    joint, matches = jointly_marked(shard, rules, question.among.seen)
    is_usual = question.order is FunnelOrder.ORDERED and question.hold is None and by is None
    table = single_steps(matches, len(question.steps)) if is_usual else None
    if table is not None:
        return flat_walk(shard, question, joint, table)
    return path_by_path(shard, question, joint, matches, by, periods)


def single_steps(matches: NDArray[np.int64], steps: int) -> NDArray[np.int32] | None:
    """Return the table of `walk_flat_funnel`; None where a row is several steps at once."""
    from .funnel_flat_kernels import VOID  # noqa: PLC0415 - compiled code only when needed

    table = np.where(matches != 0, 0, NO_STEP).astype(np.int32)
    which = matches & ((1 << steps) - 1)
    is_void = (matches & EXCLUDED) != 0
    if ((which & (which - 1) != 0) & ~is_void).any():
        return None
    for place in range(steps):
        table[which == 1 << place] = place + 1
    table[is_void] = VOID
    return table


def flat_walk(
    shard: PathShard, question: FunnelQuestion, joint: Joint, table: NDArray[np.int32]
) -> FunnelPart:
    """Walk an ordered funnel that holds nothing, is not broken down, and in which a row is one step at most."""
    from .funnel_flat_kernels import walk_flat_funnel  # noqa: PLC0415 - compiled code only when needed

    steps, most = len(question.steps), shard.events + 1
    names: list[str | None] = [*shard.event_names, None]
    reached, lost_to = np.zeros((1, steps), np.int64), np.zeros((steps + 1, len(names)), np.int64)
    level, times = np.empty(most, np.uint8), np.empty((2, most), np.int64)
    written = walk_flat_funnel(
        shard.first, shard.end, shard.time, joint.codes, table, joint.event.astype(np.int32),
        *Walk.bounds(question.window, question.pause), steps, question.within // timedelta(microseconds=1),
        question.first_only, reached[0], lost_to, level, times,
    )  # fmt: skip
    found = Reached(level[:written].copy(), _NO_GROUP, times[:, :written].copy())
    return FunnelPart(("",), reached, found, _lost(lost_to[1:steps], names))


def path_by_path(  # noqa: PLR0917 - what one question is made of
    shard: PathShard,
    question: FunnelQuestion,
    joint: Joint,
    matches: NDArray[np.int64],
    by: FunnelBreakdown | None,
    periods: Periods | None,
) -> FunnelPart:
    """Walk any funnel."""
    from .funnel_kernels import (  # noqa: PLC0415 - compiled code only when needed
        ORDERED,
        STRICT,
        UNORDERED,
        gather_steps,
        walk_funnel,
    )

    order = {
        FunnelOrder.ORDERED: ORDERED,
        FunnelOrder.STRICT: STRICT,
        FunnelOrder.UNORDERED: UNORDERED,
    }[question.order]
    steps, codes = len(question.steps), joint.codes
    since, until, pause = Walk.bounds(question.window, question.pause)
    any_step = (1 << steps) - 1
    most = int((shard.end - shard.first).sum(dtype=np.int64))
    rows = np.empty(most, np.uint32)
    ends = np.empty((2, (most if pause else len(shard.first)) + 1), np.uint32)
    paths = gather_steps(
        shard.first,
        shard.end,
        shard.time,
        codes,
        matches,
        since,
        until,
        pause,
        SEEN if order == STRICT else any_step | EXCLUDED,
        any_step if order == UNORDERED else 1,
        rows,
        ends[0],
        ends[1],
    )
    rows = rows[: int(ends[0, paths - 1]) if paths else 0]
    held = _held(shard, rows, question.hold)
    keys: tuple[str, ...] = ("",)
    group = _NO_GROUP
    if by is not None and len(rows):
        keys, group = grouped(shard, rows, by, periods)
    within = question.within // timedelta(microseconds=1)
    most = len(rows)
    while True:
        level, level_group, times = (
            np.empty(most, np.uint8),
            np.empty(most, np.int32),
            np.empty((2, most), np.int64),
        )
        lost, lost_row = np.empty(paths, np.uint8), np.empty(paths, np.uint32)
        reached = np.zeros((len(keys), steps), np.int64)
        written = walk_funnel(
            shard.time, codes, matches, within, order, question.first_only, paths, rows, ends[0], ends[1],
            held, group, reached, level, level_group, times, lost, lost_row,
        )  # fmt: skip
        if written <= most:
            break
        most = written
    found = Reached(
        level[:written].copy(),
        _NO_GROUP if by is None else level_group[:written].copy(),
        times[:, :written].copy(),
    )
    return FunnelPart(keys, reached, found, _followers(shard, lost, lost_row) if by is None else Counter())


def _held(shard: PathShard, rows: NDArray[np.uint32], name: str | None) -> NDArray[np.uint32]:
    """Return for each row the code of a property's value, 0 for none; nothing where no property is held."""
    if name is None or not len(rows):
        return _NO_HELD
    return shard.rows.column(name).codes[rows].astype(np.uint32)


def _followers(shard: PathShard, lost: NDArray[np.uint8], row: NDArray[np.uint32]) -> LostTo:
    """Count the names of events, by the step after which they follow."""
    from .funnel_kernels import NO_ROW, NOT_LOST  # noqa: PLC0415 - compiled code only when needed

    names: list[str | None] = [*shard.event_names, None]
    gone = lost != NOT_LOST
    lost, row = lost[gone], row[gone]
    code = np.full(len(row), len(names) - 1, np.int64)
    there = row != NO_ROW
    code[there] = shard.code[row[there]]
    counts = np.bincount(lost.astype(np.int64) * len(names) + code)
    return _lost(counts, names)


def _lost(counts: NDArray[np.int64], names: list[str | None]) -> LostTo:
    """Return counts by step and name, one step after the other, without those of nobody."""
    flat: NDArray[Any] = counts.reshape(-1)
    return Counter(
        {
            (place // len(names), names[place % len(names)]): int(flat[place])
            for place in np.flatnonzero(flat).tolist()
        }
    )
