"""Places of steps around an anchor: which go by name at each depth, which are bundled, and the counts by place."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial, reduce
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from .anchors import Anchored, Around, around_of_shard
from .walk import mapped

if TYPE_CHECKING:
    from safar.store.paths import PathShard

#: Up to so many steps all links are counted in one walk; of more, the frequent ones are looked for first.
_FEW_STEPS: Final = 64


@dataclass(frozen=True, slots=True)
class Places:
    """Which steps go by name at each depth, and where the others are."""

    #: ``[depth, step]``
    of_step: NDArray[np.int32]
    width: int
    #: By depth: the steps in the order of their places.
    named: tuple[tuple[int, ...], ...]
    #: By depth: how many steps are bundled, in the place behind those.
    bundled: tuple[int, ...]

    @classmethod
    def of(cls, by_step: NDArray[np.int64], most: int) -> Places:
        """Return the places of the most frequent steps at each depth. A single other one is not bundled."""
        places = np.zeros(by_step.shape, np.int32)
        named, bundled = [()], [0]
        for depth in range(1, len(by_step)):
            there = np.flatnonzero(by_step[depth])
            order = there[np.argsort(-by_step[depth][there], kind="stable")]
            chosen = order[: most if len(order) > most + 1 else most + 1]
            places[depth] = len(chosen)
            places[depth, chosen] = np.arange(len(chosen))
            named.append(tuple(chosen.tolist()))
            bundled.append(len(order) - len(chosen))
        return cls(places, max(map(len, named)) + 1, tuple(named), tuple(bundled))


def _counted(
    shards: Sequence[PathShard],
    anchored: Anchored,
    places: NDArray[np.int32],
    width: int,
    executor: Executor | None,
) -> Around:
    work = partial(around_of_shard, anchored=anchored, places=places, width=width)
    none = Around.none(anchored.depth, places.shape[1], width)
    return reduce(Around.merged, mapped(executor, work, shards), none)


def _folded(found: Around, places: Places) -> Around:
    """Return the counts of all steps as counts of places; a customer must have been followed once at most."""
    depth = len(found.by_step) - 1
    folded = Around.none(depth, found.by_step.shape[1], places.width)
    of = places.of_step
    every = np.arange(depth + 1)[:, None]
    np.add.at(folded.links, (every[:-1, :, None], of[:-1, :, None], of[1:, None, :]), found.links)
    np.add.at(folded.ended, (every, of), found.ended)
    np.add.at(folded.node_people, (every, of), found.by_step)
    return Around(
        found.anchors, found.customers, found.by_step, folded.links, folded.links, folded.node_people, folded.ended,
        folded.ended,
    )  # fmt: skip


def placed(
    shards: Sequence[PathShard], anchored: Anchored, most: int, executor: Executor | None
) -> tuple[Around, Places]:
    """Return the counts by places: from one walk, where it can be."""
    count = len(anchored.walk.steps.names)
    is_small = count <= _FEW_STEPS
    shape = (anchored.depth + 1, count)
    plain = np.zeros(shape, np.int32)
    if is_small:
        # at depth 0 there is only the anchor
        plain[1:] = np.arange(count)
    found = _counted(shards, anchored, plain, max(count, 1) if is_small else 1, executor)
    places = Places.of(found.by_step, most)
    if is_small and not anchored.repeats:
        return _folded(found, places), places
    return _counted(shards, anchored, places.of_step, places.width, executor), places
