"""Compiled rules: one narrow code for each row that tells all that the rules of a question ask about it.

Event name, channel and the truth of each condition become one code, so that a kernel walks one array however many
properties a question names. It is made once for each shard and set of conditions, and kept as long as there is room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.pathindex import narrow
from safar.store.paths import PathShard

from .conditions import Condition
from .shelf import Shelf

Codes = NDArray[np.unsignedinteger[Any]]

#: Beyond so many bytes the codes not asked for longest are let go.
_MOST_BYTES: Final = 1 << 29
#: From so many different codes on they are renumbered, so that none stands for nothing.
_MANY: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Joint:
    """What each row is, as far as some rules ask.

    Attributes
    ----------
    codes
        ``uint8``, ``uint16`` or ``uint32`` of shape (rows,).
    event, channel
        For each code the place of its event name and its channel; -1 for the channel where nobody asks.
    holds
        ``bool`` of shape (codes, conditions).
    """

    codes: Codes
    event: NDArray[np.int64]
    channel: NDArray[np.int64]
    holds: NDArray[np.bool_]


_shelf: Final[Shelf[Joint]] = Shelf(_MOST_BYTES, lambda joint: joint.codes.nbytes)


def joint_codes(shard: PathShard, conditions: Sequence[Condition], *, by_channel: bool) -> Joint:
    """Return what each row of a shard is: its event name, its channel if asked for, which conditions it holds."""
    if not conditions and not by_channel:
        events = np.arange(len(shard.event_names))
        return Joint(shard.code, events, np.full(len(events), -1), np.zeros((len(events), 0), np.bool_))
    return _shelf.get(
        shard.code,
        (tuple(conditions), by_channel),
        lambda: _joined(shard, conditions, by_channel=by_channel),
    )


def _joined(shard: PathShard, conditions: Sequence[Condition], *, by_channel: bool) -> Joint:
    codes: Codes = shard.code
    meaning = np.arange(len(shard.event_names))[:, None]
    if by_channel:
        codes, meaning = _crossed(codes, meaning, shard.channel_code, len(shard.channels))
    else:
        meaning = np.hstack([meaning, np.full_like(meaning, -1)])
    for condition in conditions:
        column = shard.rows.column(condition.of)
        holds = condition.among(column.values)
        codes, meaning = _crossed(codes, meaning, holds[column.codes].view(np.uint8), 2)
    return Joint(codes, meaning[:, 0], meaning[:, 1], meaning[:, 2:].astype(np.bool_))


def _crossed(
    codes: Codes, meaning: NDArray[np.int64], others: Codes | NDArray[np.uint8], count: int
) -> tuple[Codes, NDArray[np.int64]]:
    """Return codes of pairs, and what each means: the columns of ``meaning`` and the other code."""
    size = max(len(meaning) * count, 1)
    kind = np.uint8 if size <= 1 << 8 else np.uint16 if size <= _MANY else np.uint32
    pairs = np.multiply(codes, count, dtype=kind) + others.astype(kind, copy=False)
    whole = np.hstack([np.repeat(meaning, count, axis=0), np.tile(np.arange(count), len(meaning))[:, None]])
    if size <= 1 << 8:
        return pairs, whole
    there = np.flatnonzero(np.bincount(pairs, minlength=size))
    places = np.zeros(size, np.uint32)
    places[there] = np.arange(len(there))
    return narrow(places, max(len(there), 1))[pairs], whole[there]
