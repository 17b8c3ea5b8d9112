"""The three ways in which a release is judged, by who got it: each gives one comparison of the same shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.answer import Note
from safar.vocabulary.interval import Estimate

from .before_after import interrupted
from .difference_in_differences import AtTime, difference_in_differences
from .measured import Floats
from .refusals import TooFewCustomers
from .release_counts import Around, Happened, Known, panel
from .release_means import means_beside, means_of
from .staggered import NEVER, staggered

if TYPE_CHECKING:
    from .release import ReleaseQuestion

#: Days of one.
WEEK: Final = 7

#: Customers of a release in steps that are looked at; a sample of them where there are more.
MOST_CUSTOMERS: Final = 50_000
#: Periods on either side at least, where everybody got it.
_FEWEST_ALONE: Final = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A comparison of any way, before it is put into an answer; ``times`` is what the effect is multiplied by."""

    effect: Estimate
    p_value: float
    with_it: float
    customers: int
    others: int
    times: float
    values: Floats
    beside: Floats
    moved: tuple[AtTime, ...]
    trend: float | None
    notes: tuple[Note, ...]


def alone(question: ReleaseQuestion, around: Around, what: Happened) -> Found:
    """Judge a release that everybody got: totals (or means) of all who were there, beside their trend."""
    metric = question.metric
    if min(around.before, around.after) < _FEWEST_ALONE:
        raise TooFewCustomers(
            f"There are {around.before} periods before the release and {around.after} after.",
            hint=f"It needs {_FEWEST_ALONE} on each side.",
        )
    values: Floats
    if metric.is_mean:
        values = means_of(what, around.periods)
    elif metric.counted == "ordered":
        pairs = np.unique(np.column_stack([what.person, what.period.astype(np.uint64)]), axis=0)
        values = np.bincount(pairs[:, 1].astype(np.int64), minlength=around.periods).astype(np.float64)
    else:
        values = np.bincount(what.period, what.value, minlength=around.periods).astype(np.float64)
    season = WEEK if question.period_days == 1 and min(around.before, around.after) >= WEEK else 0
    found = interrupted(values, around.before, season=season, level=question.level)
    return Found(
        found.change,
        found.p_value,
        found.after,
        len(np.unique(what.person)),
        0,
        around.after,
        values,
        np.asarray(found.expected),
        (),
        None,
        found.notes,
    )


def beside(question: ReleaseQuestion, around: Around, what: Happened, known: Known) -> Found:
    """Judge a release that some customers got, beside the others."""
    got_it = known.chosen
    if min(int(got_it.sum()), int((~got_it).sum())) < 2:
        raise TooFewCustomers(
            f"{int(got_it.sum())} customers got it, {int((~got_it).sum())} did not.",
            hint="Each group needs 2 or more who had come before the first period.",
        )
    if question.metric.is_mean:
        found = means_beside(what, known, around, level=question.level)
        values, beside = found.values
        return Found(
            found.effect,
            found.p_value,
            found.with_it,
            found.customers,
            found.others,
            0.0,
            values,
            beside,
            found.times,
            found.trend_p_value,
            found.notes,
        )
    rows = panel(what, known.person, around.periods, at_most_one=question.metric.counted == "ordered")
    compared = difference_in_differences(rows, got_it, around.before, level=question.level)
    values = rows[got_it].mean(axis=0)
    return Found(
        compared.effect,
        compared.p_value,
        float(values[around.before :].mean()),
        int(got_it.sum()),
        int((~got_it).sum()),
        float(got_it.sum()) * around.after,
        values,
        rows[~got_it].mean(axis=0),
        compared.times,
        compared.trend_p_value,
        compared.notes,
    )


def in_steps(
    question: ReleaseQuestion,
    around: Around,
    what: Happened,
    known: Known,
    reached: tuple[NDArray[np.uint64], NDArray[np.int64]],
) -> Found:
    """Judge a release that reached one customer after another."""
    persons, notes = known.person, [Note.of("release.by_reach")]
    if len(persons) > MOST_CUSTOMERS:
        # keys are hashes: every so manieth of them is a sample
        chosen = np.linspace(0, len(persons) - 1, MOST_CUSTOMERS).astype(np.int64)
        notes.append(Note.of("release.sampled", count=MOST_CUSTOMERS, of=len(persons)))
        persons = persons[chosen]
    groups = np.full(len(persons), NEVER)
    place = np.minimum(np.searchsorted(reached[0], persons), max(len(reached[0]) - 1, 0))
    if len(reached[0]):
        there = reached[0][place] == persons
        groups[there] = np.maximum(reached[1][place[there]], 0)
    groups = np.where(groups >= around.periods, NEVER, groups)
    rows = panel(what, persons, around.periods, at_most_one=question.metric.counted == "ordered")
    found = staggered(rows, groups, level=question.level)
    treated = groups > 0
    after = treated[:, None] & (np.arange(around.periods) >= groups[:, None])
    never = groups == NEVER
    scale = len(known.person) / len(persons)
    return Found(
        found.effect,
        found.p_value,
        float(rows[after].mean()),
        round(int(treated.sum()) * scale),
        round(int(never.sum()) * scale),
        float(after.sum()) * scale,
        rows[treated].mean(axis=0),
        rows[never].mean(axis=0) if never.any() else np.full(around.periods, np.nan),
        found.times,
        found.trend_p_value,
        (*found.notes, *notes),
    )
