"""What some shards add to how a designed journey is lived: `partial` and `merge` of conformance."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.event import IDENTIFY
from safar.vocabulary.interval import Estimate, share_by_variance
from safar.vocabulary.lifecycle import (
    CART_ADDED,
    CART_VIEWED,
    MESSAGE_RECEIVED,
    PRODUCT_VIEWED,
    SEARCHED,
    SURVEY_ANSWERED,
    VISITED,
)

from .conformance_question import ConformanceQuestion
from .journey_moves import JourneyMoves
from .overview import NOT_BY_CUSTOMER
from .spans import Sought
from .steps import Steps, compiled
from .walk import Walk, mapped

if TYPE_CHECKING:
    from safar.store.paths import PathShard

#: What people do several times though nothing goes wrong, and what they do not do themselves: no trying again.
NO_TRIES: Final = (
    NOT_BY_CUSTOMER
    | VISITED
    | SEARCHED
    | PRODUCT_VIEWED
    | CART_VIEWED
    | CART_ADDED
    | MESSAGE_RECEIVED
    | SURVEY_ANSWERED
)
#: What is no step that a map lacks: what the company does, being told apart, and answers about other steps.
NO_ACTS: Final = NOT_BY_CUSTOMER | SURVEY_ANSWERED | {IDENTIFY}
_MICROSECOND: Final = timedelta(microseconds=1)
_NOTHING: Final = -1
_QUANTILES: Final = (0.5, 0.9)


@dataclass(frozen=True, slots=True)
class JourneyWalk:
    """A question as its walk needs it, for all shards alike.

    Attributes
    ----------
    names
        What customers do themselves, by name, in the order of the alphabet.
    bounds
        As `conformance_kernels.walk_journey` takes them.
    """

    question: ConformanceQuestion
    steps: Steps
    moves: JourneyMoves
    names: tuple[str, ...]
    bounds: NDArray[np.int64]

    @classmethod
    def of(cls, shards: Sequence[PathShard], question: ConformanceQuestion, known_until: int) -> JourneyWalk:
        """Return the walk of a question; ``known_until`` is the last instant of the log, in microseconds.

        Raises
        ------
        StepsRefused
        """
        lengths = (question.retry_within // _MICROSECOND, question.contact_within // _MICROSECOND)
        bounds = (*Walk.bounds(question.window, question.pause), known_until, *lengths)
        return cls(
            question,
            Steps.of(shards, question.journey.steps),
            JourneyMoves.of(question.journey),
            tuple(sorted({name for shard in shards for name in shard.event_names} - NO_ACTS)),
            np.array(bounds, np.int64),
        )


@dataclass(frozen=True, slots=True)
class JourneyCounts:
    """What some shards add; the arrays are those of `conformance_kernels.walk_journey`."""

    steps: NDArray[np.int64]
    moves: NDArray[np.int64]
    leaving: NDArray[np.int64]
    ratios: NDArray[np.int64]
    names: NDArray[np.int64]
    totals: NDArray[np.int64]

    @classmethod
    def none(cls, walk: JourneyWalk) -> JourneyCounts:
        """Return what nobody adds."""
        from .conformance_kernels import MOVE_COUNTS, RATIO, STEP_COUNTS  # noqa: PLC0415 - compiled code

        count = walk.moves.steps
        shapes = ((count, STEP_COUNTS), (count**2, MOVE_COUNTS), (count, 3), (2 + count, RATIO))
        return cls(*(np.zeros(shape, np.int64) for shape in (*shapes, (len(walk.names), 2), 2)))

    def merged(self, other: JourneyCounts) -> JourneyCounts:
        """Return the counts of both: no person is in two shards."""
        return JourneyCounts(
            self.steps + other.steps,
            self.moves + other.moves,
            self.leaving + other.leaving,
            self.ratios + other.ratios,
            self.names + other.names,
            self.totals + other.totals,
        )


def journey_of_shard(shard: PathShard, walk: JourneyWalk) -> JourneyCounts:
    """Walk one shard."""
    from .conformance_kernels import walk_journey  # noqa: PLC0415 - compiled code only when needed

    question = walk.question
    shard = question.among.of(shard)
    rules = [*walk.steps.rules, *([] if question.contacts is None else [question.contacts])]
    joint, takes = compiled(shard, rules, question.among.seen)
    step_of = np.full(len(joint.event), _NOTHING, np.int32)
    for number in reversed(range(walk.moves.steps)):
        step_of[takes[number]] = number
    is_seen = takes[-1]
    step_of[~is_seen] = _NOTHING
    places = {name: place for place, name in enumerate(walk.names)}
    own = np.array([places.get(name, _NOTHING) for name in shard.event_names], np.int32)
    event = joint.event.astype(np.int32)
    name_of = np.where(is_seen & (step_of == _NOTHING), own[event], np.int32(_NOTHING))
    try_of = np.where(shard.codes_in(NO_TRIES)[event], np.int32(_NOTHING), event)
    is_contact = is_seen & (takes[-2] if question.contacts else False)
    found = JourneyCounts.none(walk)
    moves = walk.moves
    walk_journey(
        shard.first, shard.end, shard.time, joint.codes, step_of, name_of, try_of, is_contact, walk.bounds,
        moves.steps, moves.kinds, moves.over_begin, moves.over, moves.can_end, found.steps, found.moves,
        found.leaving, found.ratios, found.names, found.totals,
    )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class _Gaps:
    """Gaps of one shard: counted in bins by a first walk, or those that are sought, each with its slot."""

    bins: NDArray[np.uint32]
    slots: NDArray[np.int32]
    gaps: NDArray[np.int64]


def _gaps_of_shard(
    shard: PathShard,
    walk: JourneyWalk,
    group_of: NDArray[np.int32],
    groups: int,
    sought: Sought | None = None,
) -> _Gaps:
    from .conformance_kernels import walk_move_gaps  # noqa: PLC0415 - compiled code only when needed
    from .span_kernels import SPAN_BINS  # noqa: PLC0415 - compiled code only when needed

    question = walk.question
    shard = question.among.of(shard)
    most = 0 if sought is None else sought.most
    bins = np.zeros((groups + 1) * SPAN_BINS if sought is None else 0, np.uint32)
    slot_of_bin = np.zeros(0, np.int32)
    if sought is not None:
        slot_of_bin = np.concatenate([sought.slot_of_bin, np.full(SPAN_BINS, _NOTHING, np.int32)])
    slots, gaps = np.empty(most + 1, np.int32), np.empty(most + 1, np.int64)
    codes, table = walk.steps.codes(shard, question.among.seen)
    since, until, pause = walk.bounds[:3].tolist()
    found = walk_move_gaps(
        shard.first, shard.end, shard.time, codes, table, since, until, pause, walk.moves.steps, group_of, bins,
        slot_of_bin, slots, gaps,
    )  # fmt: skip
    return _Gaps(bins[: groups * SPAN_BINS], slots[:found].copy(), gaps[:found].copy())


def move_gaps(
    shards: Sequence[PathShard], walk: JourneyWalk, pairs: Sequence[int], executor: Executor | None
) -> tuple[dict[int, tuple[timedelta, ...]], dict[int, tuple[timedelta, ...]]]:
    """Return the quantiles of the gaps of pairs of steps, and of all gaps after each step that they leave.

    Parameters
    ----------
    pairs
        ``a * steps + c``; somebody made each of these moves.
    """
    from .span_kernels import SPAN_BINS  # noqa: PLC0415 - compiled code only when needed

    steps = walk.moves.steps
    sources = sorted({pair // steps for pair in pairs})
    groups = len(pairs) + len(sources)
    if not groups:
        return {}, {}
    group_of = np.full((steps * (steps + 1), 2), groups, np.int32)
    for place, pair in enumerate(pairs):
        group_of[pair] = place, len(pairs) + sources.index(pair // steps)
    work = partial(_gaps_of_shard, walk=walk, group_of=group_of.reshape(-1), groups=groups)
    bins = np.zeros(groups * SPAN_BINS, np.int64)
    for each in mapped(executor, work, shards):
        bins += each.bins
    sought = Sought.of(bins.reshape(groups, -1), _QUANTILES)
    kept = mapped(executor, partial(work, sought=sought), shards)
    read = sought.read([(each.slots, each.gaps) for each in kept])
    return (
        dict(zip(pairs, read[: len(pairs)], strict=True)),
        dict(zip(sources, read[len(pairs) :], strict=True)),
    )


def ratio(sums: Sequence[int], level: float) -> Estimate | None:
    """Return a ratio that customers make together, each with some of a whole; None where there is no whole.

    .. math:: r = \\frac{\\sum x_i}{\\sum n_i}, \\quad
              v = \\frac{C}{C - 1} \\cdot \\frac{\\sum (x_i - r n_i)^2}{(\\sum n_i)^2}

    Parameters
    ----------
    sums
        Over customers: of their part, of their whole, of the squares of their parts, of the products of both, of the
        squares of their wholes, and how many have a whole.
    level
        Confidence level.

    Notes
    -----
    Wilson's interval with the sample size that the variance amounts to; where all customers have one share, such as 0
    or 1, with the customers. The sums are whole numbers and so is what the variance is made of: nothing is rounded
    before the end.

    Source: W. G. Cochran (1977), Sampling Techniques, 3rd ed., §6.3, the ratio estimator.
    """
    part, whole, part_squares, part_wholes, whole_squares, customers = map(int, sums)
    if not whole:
        return None
    spread = whole**2 * part_squares - 2 * part * whole * part_wholes + part**2 * whole_squares
    degrees = max(customers - 1, 1)
    variance = customers / degrees * (spread / whole**4)
    return share_by_variance(part / whole, variance, customers, degrees=degrees, level=level)
