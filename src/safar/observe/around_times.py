"""How long it takes from a step to what stands around it: exact quantiles in two more walks."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial, reduce
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from .anchors import EDGE, Anchored, Around
from .spans import Sought
from .walk import mapped

if TYPE_CHECKING:
    from safar.store.paths import PathShard

#: Times are measured for so many of the most frequent links.
_MOST_MEASURED: Final = 5_000
_QUANTILES: Final = (0.5, 0.9)
NO_TIMES: Final = (None, None)


@dataclass(frozen=True, slots=True)
class TimesAround:
    """Medians and 90th percentiles: from the anchor by depth and place, between neighbours by depth and both places.

    Attributes
    ----------
    unmeasured
        For how many rare links there are none.
    """

    nodes: dict[tuple[int, int], tuple[timedelta, ...]]
    links: dict[tuple[int, int, int], tuple[timedelta, ...]]
    unmeasured: int


@dataclass(frozen=True, slots=True)
class _Measured:
    """Times of some shards: counted in bins by a first walk, or those that are sought, each with its slot."""

    bins: NDArray[np.int64]
    slots: NDArray[np.int32]
    spans: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Groups:
    """Whose times are measured together: the number of the group of each node and link, below 0 for none."""

    places: NDArray[np.int32]
    of_node: NDArray[np.int32]
    of_link: NDArray[np.int32]
    count: int


def times_of_shard(
    shard: PathShard, anchored: Anchored, groups: _Groups, sought: Sought | None = None
) -> _Measured:
    """Measure the times of one shard; see `measure_collected`. ``sought`` is None at the first walk."""
    from .paths_around_kernels import measure_collected  # noqa: PLC0415 - compiled code only when needed
    from .span_kernels import SPAN_BINS  # noqa: PLC0415 - compiled code only when needed

    bins = np.zeros(groups.count * SPAN_BINS if sought is None else 0, np.int64)
    slot_of_bin = np.zeros(0, np.int32) if sought is None else sought.slot_of_bin
    kept: list[tuple[NDArray[np.int32], NDArray[np.int64]]] = []
    for block in anchored.blocks(shard, timed=True):
        most = 0 if sought is None else 2 * anchored.depth * len(block.persons)
        slots, spans = np.empty(most, np.int32), np.empty(most, np.int64)
        found = measure_collected(
            block.steps,
            block.times,
            groups.places,
            groups.of_node,
            groups.of_link,
            bins,
            slot_of_bin,
            slots,
            spans,
        )
        kept.append((slots[:found].copy(), spans[:found].copy()))
    return _Measured(
        bins,
        np.concatenate([np.zeros(0, np.int32), *(slots for slots, _ in kept)]),
        np.concatenate([np.zeros(0, np.int64), *(spans for _, spans in kept)]),
    )


def times_around(
    shards: Sequence[PathShard],
    anchored: Anchored,
    found: Around,
    places: NDArray[np.int32],
    executor: Executor | None,
) -> TimesAround:
    """Return the times around the anchors: of each node, and of the most frequent links.

    A path has no time before its start and after its end.
    """
    nodes = np.argwhere(found.node_people)
    links = np.argwhere(found.links)
    if anchored.anchor == EDGE:
        links = links[links[:, 0] > 0]
    measured = links[np.argsort(-found.links[tuple(links.T)], kind="stable")][:_MOST_MEASURED]
    count = len(nodes) + len(measured)
    if not count:
        return TimesAround({}, {}, 0)
    of_node = np.full(found.node_people.shape, -1, np.int32)
    of_node[tuple(nodes.T)] = np.arange(len(nodes))
    of_link = np.full(found.links.shape, -1, np.int32)
    of_link[tuple(measured.T)] = np.arange(len(nodes), count)
    work = partial(times_of_shard, anchored=anchored, groups=_Groups(places, of_node, of_link, count))
    bins = reduce(np.add, (each.bins for each in mapped(executor, work, shards)))
    sought = Sought.of(bins.reshape(count, -1), _QUANTILES)
    kept = mapped(executor, partial(work, sought=sought), shards)
    quantiles = sought.read([(each.slots, each.spans) for each in kept])
    return TimesAround(
        {
            (depth, place): each
            for (depth, place), each in zip(nodes.tolist(), quantiles[: len(nodes)], strict=True)
        },
        {
            (depth, source, target): each
            for (depth, source, target), each in zip(measured.tolist(), quantiles[len(nodes) :], strict=True)
        },
        len(links) - len(measured),
    )
