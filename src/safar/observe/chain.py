"""The chain of lived paths: from the start over steps to a conversion or to nothing, each move by its own chance."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Refusal

from .jackknife import GROUPS, left_out
from .steps import StepRule, Steps
from .walk import Walk

if TYPE_CHECKING:
    from safar.store.paths import Paths, PathShard

Floats = NDArray[np.float64]

#: Steps of a chain at most: what is counted grows with their third power.
MOST_CHAIN_STEPS: Final = 100
#: Chances must add up so closely; what never ends does not.
_CLOSE: Final = 1e-6


class ChainRefused(Refusal, ValueError):
    """No chain can be made of these steps, or its paths never end."""

    code = "chain.refused"


def chain_steps(paths: Paths, conversion: StepRule, steps: tuple[StepRule, ...]) -> Steps:
    """Return the conversion, as number 0, and the steps; each other event name by itself when there are no rules.

    Raises
    ------
    ChainRefused, StepsRefused
    """
    if not steps:
        names = sorted({name for shard in paths.shards for name in shard.event_names})
        takes_all = not conversion.channels and not conversion.where
        steps = tuple(
            StepRule(name, (name,)) for name in names if not (takes_all and name in conversion.event_names)
        )
    if len(steps) > MOST_CHAIN_STEPS:
        raise ChainRefused(
            f"A chain of {len(steps)} steps is too large.",
            hint=f"Gather event names under at most {MOST_CHAIN_STEPS} step rules.",
            most=MOST_CHAIN_STEPS,
        )
    return Steps.of(paths.shards, (conversion, *steps))


@dataclass(frozen=True, slots=True)
class Moves:
    """What some shards add to a chain; see `chain_kernels.count_moves` for the arrays."""

    moves: NDArray[np.int64]
    seconds: Floats
    people: NDArray[np.int64]
    before: NDArray[np.int64]
    customers: int

    def merged(self, other: Moves) -> Moves:
        """Return the moves of both: no person is in two shards."""
        return Moves(
            self.moves + other.moves,
            self.seconds + other.seconds,
            self.people + other.people,
            self.before + other.before,
            self.customers + other.customers,
        )


def moves_of_shard(shard: PathShard, walk: Walk, seed: int) -> Moves:
    """Count the moves of one shard; the walk's step 0 is the conversion."""
    from .chain_kernels import count_moves  # noqa: PLC0415 - compiled code only when needed

    steps = len(walk.steps.names) - 1
    moves = np.zeros((GROUPS, steps + 1, steps + 2), np.int64)
    seconds = np.zeros(moves.shape)
    people = np.zeros(moves.shape[1:], np.int64)
    before = np.zeros((steps + 1, steps, steps + 2), np.int64)
    keys = walk.among.of(shard).person
    customers = count_moves(  # type: ignore[call-arg]
        *walk.over(shard), keys, np.uint64(seed), moves, seconds, people, before
    )
    return Moves(moves, seconds, people, before, customers)


@dataclass(frozen=True, slots=True)
class Chain:
    """A first-order absorbing Markov chain; or many of them at once, along the axes in front.

    Attributes
    ----------
    chances
        Of shape (…, steps + 1, steps + 2): from a step, or the start at place ``steps``, to a step, a conversion at
        ``steps``, or nothing at ``steps + 1``. Rows add up to 1; those of steps that nobody does to 0.
    seconds
        Of the same shape: mean time of the move; of one that nobody made that of all moves from the same step; 0 from
        the start and to nothing.

    Notes
    -----
    Fitted to counts of whole paths, the chain repeats their share of conversions, mean number of steps, mean time and
    mean number of contacts exactly: what flows into a step flows out of it. Only what is edited is an estimate.
    Source: J. G. Kemeny, J. L. Snell (1960), Finite Markov Chains, chapter 3.
    """

    chances: Floats
    seconds: Floats

    @classmethod
    def fitted(cls, moves: Floats, seconds: Floats) -> Self:
        """Return the chain of counts and summed times; of many, those without a row of their own have the first one's.

        Parameters
        ----------
        moves, seconds
            Of shape (samples, steps + 1, steps + 2), the whole first, as `jackknife.left_out` gives them.
        """
        chances = _ratio(moves, moves.sum(axis=-1, keepdims=True))
        chances = np.where(moves.sum(axis=-1, keepdims=True) > 0, chances, chances[:1])
        told = moves[..., :-1]  # to nothing takes no time
        mean = _ratio(seconds[..., :-1], told)
        by_row = _ratio(seconds[..., :-1].sum(axis=-1, keepdims=True), told.sum(axis=-1, keepdims=True))
        times = np.where(told > 0, mean, np.where(told[:1] > 0, mean[:1], by_row))
        return cls(chances, np.concatenate([times, np.zeros((*times.shape[:-1], 1))], axis=-1))

    @property
    def steps(self) -> int:
        """How many steps there are beside the start."""
        return int(self.chances.shape[-2]) - 1

    def visits(self) -> Floats:
        """Return how often a path comes to each step, in the mean: :math:`s (I - Q)^{-1}`, of shape (…, steps).

        Raises
        ------
        ChainRefused
            There are steps from which paths never end.
        """
        inner = self.chances[..., : self.steps, : self.steps]
        begins = self.chances[..., self.steps, : self.steps]
        try:
            solved = np.linalg.solve(np.swapaxes(np.eye(self.steps) - inner, -1, -2), begins[..., None])
        except np.linalg.LinAlgError:
            raise _endless() from None
        found: Floats = solved[..., 0].astype(np.float64, copy=False)
        leaves = self.chances[..., self.steps :].sum(axis=-1)
        ends = (found * leaves[..., : self.steps]).sum(axis=-1) + leaves[..., self.steps]
        if not np.allclose(ends, 1.0, atol=_CLOSE):
            raise _endless()
        return found

    def completion(self) -> Floats:
        """Return the chance that a path converts."""
        onto = self.chances[..., self.steps]
        whole: Floats = (self.visits() * onto[..., : self.steps]).sum(axis=-1) + onto[..., self.steps]
        return whole

    def length(self) -> Floats:
        """Return how many steps a path has in the mean, a conversion among them."""
        whole: Floats = self.visits().sum(axis=-1) + self.completion()
        return whole

    def duration(self) -> Floats:
        """Return how many seconds a path takes from its first to its last step, in the mean."""
        by_step = (self.chances * self.seconds)[..., : self.steps, :].sum(axis=-1)
        whole: Floats = (self.visits() * by_step).sum(axis=-1)
        return whole

    def contacts(self, places: NDArray[np.int64]) -> Floats:
        """Return how often a path comes to any of these steps, in the mean."""
        whole: Floats = self.visits()[..., places].sum(axis=-1)
        return whole


@dataclass(frozen=True, slots=True)
class Memory:
    """How far the next step depends on more than the present one.

    Attributes
    ----------
    statistic, degrees
        Likelihood ratio of the chain that also knows the step before, and its degrees of freedom.
    p_value
        Of the first-order chain. Among many paths it is next to nothing for the smallest of differences.
    explained_share
        By what share knowing the step before lowers the uncertainty (entropy) about the next one, less what chance
        alone would: 0 for a chain of the first order.
    """

    statistic: float
    degrees: int
    p_value: float
    explained_share: float

    @classmethod
    def of(cls, before: NDArray[np.int64]) -> Self | None:
        """Return the memory of counted moves (see `chain_kernels.count_moves`); None where no step has two pasts.

        Source: T. W. Anderson, L. A. Goodman (1957), Annals of Mathematical Statistics 28, section 4; the p-value by
        E. B. Wilson and M. M. Hilferty (1931).
        """
        counts = before.astype(np.float64)
        by_past, by_next, by_step = counts.sum(axis=2), counts.sum(axis=0), counts.sum(axis=(0, 2))
        expected = _ratio(by_past[:, :, None] * by_next[None], by_step[None, :, None])
        there = counts > 0
        statistic = 2 * float((counts[there] * np.log(counts[there] / expected[there])).sum())
        pasts, nexts = (by_past > 0).sum(axis=0), (by_next > 0).sum(axis=1)
        degrees = int((np.maximum(pasts - 1, 0) * np.maximum(nexts - 1, 0)).sum())
        if not degrees:
            return None
        cube = ((statistic / degrees) ** (1 / 3) - (1 - 2 / (9 * degrees))) / (2 / (9 * degrees)) ** 0.5
        shares = _ratio(by_next, by_step[:, None])
        entropy = -float((by_next[shares > 0] * np.log(shares[shares > 0])).sum())
        explained = max(statistic - degrees, 0.0) / 2 / entropy if entropy > 0 else 0.0
        return cls(statistic, degrees, 1 - NormalDist().cdf(cube), min(explained, 1.0))


def fitted_samples(moves: Moves) -> Chain:
    """Return the chain of everybody and those without each group of customers, in this order."""
    together = left_out(np.concatenate([moves.moves.astype(np.float64), moves.seconds], axis=-1))
    counts, seconds = np.split(together, 2, axis=-1)
    return Chain.fitted(counts, seconds)


def _ratio(above: Floats, below: Floats) -> Floats:
    """Return the ratio; 0 where there is nothing below."""
    above, below = np.broadcast_arrays(above, below)
    found: Floats = np.divide(above, below, out=np.zeros(above.shape), where=below > 0)
    return found


def _endless() -> ChainRefused:
    return ChainRefused(
        "Paths would never end.",
        hint="Leave some of those who go round a way out of the steps they go round in.",
    )
