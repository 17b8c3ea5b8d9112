"""The same edits in a chain that also knows the step before: how far the simpler chain can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .chain import Chain
from .chain_edits import Edit, edited_rows

Floats = NDArray[np.float64]

#: Beyond so many steps there are too many pairs of them.
MOST_REMEMBERED: Final = 32
#: A round that changes nothing by more than this is the last one: among so many rounds the error is below 1e-12.
_NOTHING: Final = 1e-14
_MOST_ROUNDS: Final = 500


def completion_remembering(
    before: NDArray[np.int64],
    counts: NDArray[np.int64],
    edits: Sequence[Edit],
    places: Mapping[str, int],
) -> float:
    """Return by how much completion changes with the edits, in a second-order chain.

    Each edit is made alike in every past of its step. Who comes to a step by a way that nobody went goes on like all
    who are there.

    Parameters
    ----------
    before
        Moves by the step before, of shape (steps + 1, steps, steps + 2).
    counts
        Moves, of shape (steps + 1, steps + 2).
    places
        Of steps, and of the conversion, as targets.
    """
    steps = len(counts) - 1
    first = Chain.fitted(counts[None].astype(np.float64), np.zeros((1, *counts.shape))).chances[0]
    leaving = before.sum(axis=2, keepdims=True)
    chances = np.where(leaving > 0, before / np.maximum(leaving, 1), first[None, :steps])
    now = _completion(chances, first[steps])
    begins = first[steps]
    for edit in edits:
        if edit.source is None:
            begins = edited_rows(begins, edit, places, counts)
            continue
        step = places[edit.source]
        pasts = np.concatenate(
            [first[None, step], chances[:, step]]
        )  # the first one is what may be asked for
        chances[:, step] = edited_rows(pasts, edit, places, counts)[1:]
        first[step] = edited_rows(first[step], edit, places, counts)
    return _completion(chances, begins) - now


def _completion(chances: Floats, begins: Floats) -> float:
    """Return the chance to convert from chances of shape (pasts, steps, targets) and those of the first step.

    From :math:`(p, s)` it is the chance to convert at once and, over the steps :math:`t` that may follow, the chance to
    go there times the one from :math:`(s, t)`. This is repeated until nothing changes: each round adds the
    conversions after one step more. Where paths are so long that it takes too many rounds, the equations are solved.
    """
    steps = chances.shape[1]
    converts = chances[..., steps]
    onward = np.ascontiguousarray(chances[..., :steps].swapaxes(0, 1))
    found = converts
    for _ in range(_MOST_ROUNDS):
        then = converts + np.matmul(onward, found[:steps, :, None])[..., 0].T
        if np.abs(then - found).max() < _NOTHING:
            return float(begins[:steps] @ then[steps] + begins[steps])
        found = then
    return _solved(chances, begins)


def _solved(chances: Floats, begins: Floats) -> float:
    """Return the same from all equations at once."""
    steps = chances.shape[1]
    states = (steps + 1) * steps
    onward = np.zeros((states, states))
    for step in range(steps):
        for past in range(steps + 1):
            # From (past, step) to (step, target).
            onward[past * steps + step, step * steps : (step + 1) * steps] = chances[past, step, :steps]
    converts = np.linalg.solve(np.eye(states) - onward, chances[..., steps].reshape(states))
    return float(begins[:steps] @ converts[steps * steps :] + begins[steps])
