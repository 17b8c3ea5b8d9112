"""What is expected of each occasion, and how likely the experience was to it: by models that never saw its customer."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .columns import Floats
from .known_before import KnownBefore
from .learners import CHANCE, FOLDS, MEAN, Flags, Learner, expected, squared, surprise

_KINDS: Final = {"linear": ("linear",), "boosting": ("boosting",), "best": ("linear", "boosting")}


class Chances(NamedTuple):
    """How likely each occasion was to have the experience, 0…1, and what that was fitted with."""

    chance: Floats
    model: str


class Nuisances(NamedTuple):
    """What each occasion was expected to be by models that never saw its customer.

    ``chance`` of the experience, the outcome expected ``without`` and ``having`` it; what they were fitted with.
    """

    chance: Floats
    without: Floats
    having: Floats
    outcome_model: str
    exposure_model: str

    @property
    def chances(self) -> Chances:
        """Those of the experience: they are the same whatever the outcome is."""
        return Chances(self.chance, self.exposure_model)


def nuisances(
    y: Floats,
    d: Flags,
    known: KnownBefore,
    who: NDArray[np.int64],
    *,
    learner: Learner,
    seed: int,
    chances: Chances | None = None,
) -> Nuisances:
    """Return what is expected of each occasion, out of fold.

    Parameters
    ----------
    y, d
        The outcome, and whether it had the experience.
    known, who
        What was known before, and whose it is.
    learner, seed
        As of `doubly_robust.fit`.
    chances
        Of the same occasions, where another outcome of theirs was asked about before.
    """
    folds = folds_of(d, who, seed=seed)
    x, kinds = known.matrix, _KINDS[learner]
    if not x.shape[1]:
        x, kinds = np.zeros((len(y), 1)), ("linear",)
    everybody = np.ones(len(y), np.bool_)
    if chances is None:
        fitters = {kind: CHANCE[kind] for kind in kinds}
        chances = Chances(
            *expected(
                fitters, x, d.astype(np.float64), loss=surprise, folds=folds, among=everybody, seed=seed
            )
        )
    means = {kind: MEAN[kind] for kind in kinds}
    without, outcome_model = expected(means, x, y, loss=squared, folds=folds, among=~d, seed=seed)
    having, _ = expected(means, x, y, loss=squared, folds=folds, among=d, seed=seed)
    return Nuisances(chances.chance, without, having, outcome_model, chances.model)


def folds_of(d: Flags, who: NDArray[np.int64], *, seed: int) -> NDArray[np.int64]:
    """Return the fold of each occasion: customers whole, those ever exposed and the others spread evenly."""
    rng = np.random.default_rng(seed)
    count = int(who.max()) + 1
    ever = np.zeros(count, np.bool_)
    ever[who[d]] = True
    fold = np.empty(count, np.int64)
    for side in (ever, ~ever):
        places = np.flatnonzero(side)
        fold[rng.permutation(places)] = np.arange(len(places)) % FOLDS
    return fold[who]
