"""Promises: whoever does the one gets the other in time; how often that is kept."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share_by_variance
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .behind import Adds, Cell, CellRefused
from .series_walk import covered
from .spans import quantiles_of
from .steps import StepRule, marked
from .walk import Lived, Walk, mapped

if TYPE_CHECKING:
    from safar.store.paths import Paths, PathShard

_MICROSECOND: Final = timedelta(microseconds=1)
_NO_KEYS: Final = np.zeros(1, np.uint8)
_NOTHING_TOLD: Final = np.zeros((0, 3), np.int64)


class PromiseRefused(Refusal, ValueError):
    """The promise cannot be kept or broken."""

    code = "promise.refused"


@dataclass(frozen=True, slots=True)
class PromiseQuestion:
    """How often is a promise kept?

    Parameters
    ----------
    begins
        The events that start the clock, each one by itself.
    kept_by
        The events that keep the promise.
    within
        At most so long after the beginning.
    same
        A property, as of `Condition`, whose value tells which belongs to which, such as ``order_id``; what begins
        without it is left out. Where empty, the customer's next event that keeps it counts.
    window
        Beginnings in this stretch of time; all of them when None. What keeps them may come after it.
    among
        Among whom and what to look; see `Among`.
    level
        Confidence level of the intervals.

    Raises
    ------
    PromiseRefused, ImpossibleLevel
    """

    begins: StepRule
    kept_by: StepRule
    within: timedelta
    same: str = ""
    window: Window | None = field(default=None, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        if self.within <= timedelta(0):
            raise PromiseRefused(
                f"Nothing happens within {self.within}.", hint="Give a duration above zero, such as 2d."
            )
        if self.same and not self.same.strip():
            raise PromiseRefused(
                "The property that tells which belongs to which has no name.",
                hint="Name one, such as order_id, or leave it out.",
            )
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class PromiseAnswer:
    """How often the promise was kept.

    Attributes
    ----------
    kept, broken, open
        Beginnings that were kept in time; that were not; that were not due yet when the log ended, whether or not they
        are kept already: to count the quick ones of these alone would flatter.
    customers, broken_customers
        With a beginning that is decided; with one that was broken.
    share
        Kept of the decided ones, with Wilson's interval of the sample size that the variance between customers amounts
        to; its ``n`` is the customers. None where nothing is decided.
    median, p90
        From the beginning to what fulfilled it, in time or late, of the decided ones that were fulfilled; None where
        none was.
    notes
        ``promise.open``: how many are left out because they are not due yet; ``promise.untold``: how many beginnings
        do not carry the property that tells which belongs to which, and are left out.
    """

    kept: int
    broken: int
    open: int
    customers: int
    broken_customers: int
    share: Estimate | None
    median: timedelta | None
    p90: timedelta | None
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row: counts, the share with the ends of its interval, the times in seconds."""
        times = {"median_seconds": self.median, "p90_seconds": self.p90}
        return Table.of(
            {
                **{
                    name: [getattr(self, name)]
                    for name in ("kept", "broken", "open", "customers", "broken_customers")
                },
                **estimates("share", [self.share]),
                **{name: [None if time is None else time.total_seconds()] for name, time in times.items()},
            }
        )


@dataclass(frozen=True, slots=True)
class PromiseCounts:
    """What some shards add.

    Attributes
    ----------
    counts
        As `promise_kernels` names them.
    spans
        Microseconds from decided beginnings to what fulfilled them.
    """

    counts: NDArray[np.int64]
    spans: NDArray[np.int64]


def promise_of_shard(
    shard: PathShard, question: PromiseQuestion, known_until: int, told: NDArray[np.int64] = _NOTHING_TOLD
) -> PromiseCounts:
    """Walk one shard; ``known_until`` is the last instant of the log, in microseconds.

    ``told`` is as of `promise_kernels.walk_promise`: it has a row for each beginning, or none.
    """
    from .group_kernels import raw_codes  # noqa: PLC0415 - compiled code only when needed
    from .promise_kernels import PROMISE_COUNTS, walk_promise  # noqa: PLC0415 - compiled code only when needed

    shard = question.among.of(shard)
    codes, bits, most = beginnings(shard, question)
    counts = np.zeros(PROMISE_COUNTS, np.int64)
    if not most:
        return PromiseCounts(counts, np.zeros(0, np.int64))
    raw, size, values = _NO_KEYS, 0, 1
    if question.same:
        column = shard.rows.column(question.same)
        (raw, size), values = raw_codes(column.codes), len(column.values)
    since, until, _ = Walk.bounds(question.window, None)
    spans = np.empty(most, np.int64)
    written = walk_promise(
        shard.first, shard.end, shard.time, codes, bits, raw, size, since, until,
        question.within // _MICROSECOND, known_until,
        np.full(values, -1, np.int32), np.empty(values, np.int64), counts, spans, told,
    )  # fmt: skip
    return PromiseCounts(counts, spans[:written].copy())


def beginnings(
    shard: PathShard, question: PromiseQuestion
) -> tuple[NDArray[np.unsignedinteger[Any]], NDArray[np.int64], int]:
    """Return the events of a shard as codes, what each code is, and how many begin a promise, at any time."""
    from .promise_kernels import BEGINS, KEEPS, count_beginnings  # noqa: PLC0415 - compiled code only when needed

    codes, bits = marked(shard, [(question.begins, BEGINS), (question.kept_by, KEEPS)], question.among.seen)
    return codes, bits, count_beginnings(shard.first, shard.end, codes, bits)


def promise(log: Lived, question: PromiseQuestion, *, executor: Executor | None = None) -> PromiseAnswer:
    """Answer how often a promise was kept.

    Each beginning in the window counts by itself. It is kept by the customer's first event of ``kept_by`` after it (at
    the same instant: that arrived after it), with the same value of ``same`` where that is asked for. One such event
    may keep several beginnings. It is in time where it comes at most ``within`` after the beginning.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        What begins, what keeps, within what time.
    executor
        What walks the shards side by side; one after another when None.

    Returns
    -------
    PromiseAnswer

    Notes
    -----
    Beginnings that are due before the log ends are decided, the others are left out. The interval takes customers as
    independent and the beginnings of one customer as not: W. G. Cochran (1977), §6.3, the ratio estimator.
    """
    from .promise_kernels import (  # noqa: PLC0415 - compiled code only when needed
        BROKEN,
        BROKEN_CUSTOMERS,
        CUSTOMERS,
        DECIDED_SQUARED,
        KEPT,
        KEPT_SQUARED,
        OPEN,
        PRODUCTS,
        PROMISE_COUNTS,
        UNTOLD,
    )

    paths = log.paths()
    known = (covered(paths.shards) or (0, 0))[1]
    work = partial(promise_of_shard, question=question, known_until=known)
    parts = list(mapped(executor, work, paths.shards))
    found = np.sum([np.zeros(PROMISE_COUNTS, np.int64), *(part.counts for part in parts)], axis=0).tolist()
    spans = np.concatenate([np.zeros(0, np.int64), *(part.spans for part in parts)])
    median, p90 = quantiles_of(spans, (0.5, 0.9)) or (None, None)
    return PromiseAnswer(
        found[KEPT],
        found[BROKEN],
        found[OPEN],
        found[CUSTOMERS],
        found[BROKEN_CUSTOMERS],
        share_kept(
            found[KEPT],
            found[KEPT] + found[BROKEN],
            found[CUSTOMERS],
            squares=found[KEPT_SQUARED],
            products=found[PRODUCTS],
            n_squares=found[DECIDED_SQUARED],
            level=question.level,
        ),
        median,
        p90,
        notes_with_facts([("promise.open", found[OPEN]), ("promise.untold", found[UNTOLD])]),
        Provenance(question, paths.version, found[KEPT] + found[BROKEN] + found[OPEN]),
    )


def share_kept(
    kept: int, decided: int, customers: int, *, squares: int, products: int, n_squares: int, level: float
) -> Estimate | None:
    """Return the kept share of what is decided, clustered by customer; None where nothing is.

    Parameters
    ----------
    kept, decided
        How many were kept, of how many.
    customers
        Who have them.
    squares, products, n_squares
        Sums over customers: kept², kept times decided, decided².
    level
        Confidence level.
    """
    if not decided:
        return None
    share = kept / decided
    spread = squares - 2 * share * products + share * share * n_squares
    degrees = max(customers - 1, 1)
    variance = customers / degrees * max(spread, 0.0) / decided**2
    return share_by_variance(share, variance, customers, degrees=degrees, level=level)


def adds_to_promise(paths: Paths, question: PromiseQuestion, cell: Cell) -> Adds:
    """Return whether persons have a beginning that was ``kept``, ``broken`` or is ``open`` (``number``).

    Raises
    ------
    CellRefused
    """
    from .promise_kernels import BROKEN, KEPT, OPEN  # noqa: PLC0415 - compiled code only when needed

    places = {"kept": KEPT, "broken": BROKEN, "open": OPEN}
    place = places.get(str(cell.get("number")))
    if place is None:
        raise CellRefused("The answer has no such number.", hint="Open the number again from its page.")
    known = (covered(paths.shards) or (0, 0))[1]
    return lambda shard: bool(promise_of_shard(shard, question, known).counts[place])
