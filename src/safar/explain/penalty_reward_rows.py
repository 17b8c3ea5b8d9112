"""Penalty and reward out of a log: which answers annoy where they are low, which delight where they are high?"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from safar.observe.among import EVERYBODY, Among
from safar.store.table import Table
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.interval import DEFAULT_LEVEL
from safar.vocabulary.window import Window

from . import penalty_reward
from .columns import ColumnsRefused, Floats, enough
from .driver_rows import DriversQuestion, cannot_be_judged, driver_rows
from .penalty_reward import Contrast, PenaltyReward

if TYPE_CHECKING:
    from safar.store.log import Log

#: Complete rows for each thing that is compared.
_ROWS_EACH: Final = 20


@dataclass(frozen=True, slots=True)
class PenaltyRewardQuestion:
    """Which answers annoy where they are low, and which delight where they are high?

    Parameters
    ----------
    outcome
        A question key, such as ``nps``; ``@return`` for another order within the horizon.
    ratings
        Question keys: of each row the customer's last answer up to it. Where empty, all keys with scores, those with
        most answers first, at most ten.
    within
        Ratings at most so long before count.
    horizon
        How long after a row orders are looked for.
    ends
        The share of answers that each end should hold, 0…0.5.
    currency
        Of the orders; that of most when None.
    window
        Rows in this stretch of time; all when None.
    among
        Whose.
    level
        Confidence level.
    resamples
        Bootstrap samples.
    seed
        Of the resampling.

    Raises
    ------
    ColumnsRefused
        Something is named twice, a duration is not above zero, or there are no such ends.
    """

    outcome: str = "nps"
    ratings: tuple[str, ...] = ()
    within: timedelta = timedelta(days=90)
    horizon: timedelta = timedelta(days=180)
    ends: float = 0.2
    currency: str | None = field(default=None, kw_only=True)
    window: Window | None = field(default=None, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    resamples: int = field(default=500, kw_only=True)
    seed: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        if not 0 < self.ends < 0.5:
            raise ColumnsRefused(
                f"Ends of {self.ends:g} are none.", hint="Give a share between 0 and 0.5, such as 0.2."
            )
        _ = self.drivers

    @property
    def drivers(self) -> DriversQuestion:
        """The question about drivers that has the same rows."""
        return DriversQuestion(
            self.outcome,
            self.ratings,
            (),
            self.within,
            self.horizon,
            currency=self.currency,
            window=self.window,
            among=self.among,
            level=self.level,
        )


@dataclass(frozen=True, slots=True)
class PenaltyRewardAnswer:
    """What annoys and what delights.

    Attributes
    ----------
    fit
        See `penalty_reward.PenaltyReward`; rows of one customer are resampled together.
    performance
        By rating its mean on 0…100, 100 the best; None for numbers of no scale.
    customers
        Who the rows are of.
    notes
        ``penalty_reward.left_out`` for each rating with its ``count`` of answers that is hardly answered beside the
        others, or nearly always the same; ``penalty_reward.incomplete``; those of the outcome.
    """

    fit: PenaltyReward
    performance: Mapping[str, float | None]
    customers: int
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def contrasts(self) -> tuple[Contrast, ...]:
        """What each rating does, the one with the largest penalty first."""
        return tuple(sorted(self.fit.contrasts, key=lambda each: (each.penalty.value, each.name)))

    @property
    def table(self) -> Table:
        """One row a rating."""
        return self.fit.table


def annoys_and_delights(
    log: Log, question: PenaltyRewardQuestion, *, executor: Executor | None = None
) -> PenaltyRewardAnswer:
    """Answer which ratings annoy where they are low, and which delight where they are high.

    Parameters
    ----------
    log
        Whose answers.
    question
        The outcome, and the ratings.
    executor
        What walks the shards side by side.

    Raises
    ------
    NoSuchScore, MixedScales, NothingBought
    TooFewRows
        Nothing can be compared: too few answered the outcome and any rating.

    Notes
    -----
    See `penalty_reward.fit`. Rows need every rating that is compared, so ratings are taken in the order of how many
    answered them beside those before, as long as 20 rows for each are left.
    """
    rows = driver_rows(log, question.drivers, executor=executor)
    outcome = rows.outcome
    left_out = cannot_be_judged(outcome, rows.columns)
    chosen = _answered_together(
        outcome,
        {name: values for name, values in rows.columns.items() if name not in left_out},
        question.ends,
    )
    enough(len(chosen), 1, [f"ratings before {question.outcome}"])
    known = ~np.isnan(outcome)
    found = penalty_reward.fit(
        outcome[known],
        {name: rows.columns[name][known] for name in chosen},
        ends=question.ends,
        customers=rows.person[known],
        level=question.level,
        resamples=question.resamples,
        seed=question.seed,
    )
    whole = known & ~np.isnan(np.column_stack([rows.columns[name] for name in chosen])).any(axis=1)
    return PenaltyRewardAnswer(
        found,
        {name: _performance(rows.columns[name][whole], rows.scales[name]) for name in chosen},
        len(np.unique(rows.person[whole])),
        (
            *(
                Note.of("penalty_reward.left_out", driver=name, count=int((known & ~np.isnan(values)).sum()))
                for name, values in rows.columns.items()
                if name not in chosen
            ),
            *found.notes,
            *rows.notes,
        ),
        Provenance(question, rows.version, len(rows.person)),
    )


def _answered_together(outcome: Floats, columns: Mapping[str, Floats], ends: float) -> tuple[str, ...]:
    """Return the columns that enough rows have together, and that have two ends and a middle among these."""
    whole = ~np.isnan(outcome)
    waiting = dict(columns)
    chosen: list[str] = []
    while waiting:
        name = max(waiting, key=lambda each: (int((whole & ~np.isnan(waiting[each])).sum()), each))
        there = whole & ~np.isnan(waiting.pop(name))
        if there.sum() < _ROWS_EACH * (2 * (len(chosen) + 1) + 1):
            break
        if all(penalty_reward.ends_of(columns[each][there], ends) for each in (*chosen, name)):
            chosen.append(name)
            whole = there
    return tuple(chosen)


def _performance(values: Floats, scale: tuple[float, float] | None) -> float | None:
    if scale is None:
        return None
    worst, best = scale
    return float(100 * (values.mean() - worst) / (best - worst))
