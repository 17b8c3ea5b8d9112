"""Drivers out of a log: which answers and experiences go with an answer, with coming back, with spending."""

from __future__ import annotations

from collections.abc import Mapping, Set
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from numpy.typing import NDArray

from safar.listen.answer_rows import Given, Which, all_answers, given, scored_keys
from safar.listen.surveys import QUESTION
from safar.measure.ordered import PurchasesQuestion, purchases
from safar.observe.among import EVERYBODY, Among
from safar.observe.steps import StepRule
from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile
from safar.vocabulary.window import Window

from . import drivers
from .columns import Columns, ColumnsRefused, Floats, enough
from .drivers import Driver, Drivers, Outcome
from .importance_performance import mean_on_scale
from .lived_before import lived_before
from .occasions import ByPerson
from .penalty_reward import PenaltyReward
from .penalty_reward import fit as contrasts

if TYPE_CHECKING:
    from safar.store.extracts import Rows
    from safar.store.log import Log

#: Outcomes that are no answers: another order within the horizon, and what orders within it brought.
RETURN: Final = "@return"
SPEND: Final = "@spend"

_MICROSECOND: Final = timedelta(microseconds=1)
_EVER: Final = Window.from_us(-(1 << 55), 1 << 55)
_MOST_RATINGS: Final = 10
#: Rows with answers to both of any two drivers.
_FEWEST_TOGETHER: Final = 10
#: Answers other than the most frequent one, below which a driver is as good as the same for all.
_FEWEST_DIFFERENT: Final = 15
_METRICS: Final = frozenset({"nps", "csat", "ces"})


@dataclass(frozen=True, slots=True)
class DriversQuestion:
    """Which answers and experiences go with an outcome, and how much of it is whose?

    Parameters
    ----------
    outcome
        A question key, such as ``nps``; ``@return`` for another order within the horizon; ``@spend`` for what the
        orders within it brought.
    ratings
        Question keys: of each row the customer's last answer up to it. Rows are the answers to the outcome; for
        ``@return`` and ``@spend`` those to the first rating. Where empty, all keys with scores, those with most answers
        first, at most ten.
    experiences
        Named events: whether the customer lived through one, as 1 or 0.
    within
        Ratings and experiences at most so long before count.
    horizon
        How long after a row orders are looked for.
    stated
        Of ratings, the key of the question that asks how important the same thing is: what people say matters stands
        beside what goes with the outcome. Such questions are no drivers where ``ratings`` is empty.
    currency
        Of the money, where it is asked about; that of most orders when None.
    window
        Rows in this stretch of time; all when None.
    among
        Whose, and which events of them count as experiences.
    level
        Confidence level.
    resamples
        Bootstrap samples.
    seed
        Of the resampling.

    Raises
    ------
    ColumnsRefused
        Something is named twice, or a duration is not above zero.
    """

    outcome: str
    ratings: tuple[str, ...] = ()
    experiences: tuple[StepRule, ...] = ()
    within: timedelta = timedelta(days=90)
    horizon: timedelta = timedelta(days=180)
    stated: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)
    currency: str | None = field(default=None, kw_only=True)
    window: Window | None = field(default=None, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    resamples: int = field(default=500, kw_only=True)
    seed: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        names = (*self.ratings, *(rule.name for rule in self.experiences))
        if len(set(names)) < len(names) or self.outcome in names:
            raise ColumnsRefused(
                f"The drivers {', '.join(names)} of {self.outcome} cannot be told apart.",
                hint="Name each question key and experience once, and not the outcome itself.",
            )
        rated = [rating for rating, _ in self.stated]
        unknown = set(rated) - set(self.ratings) if self.ratings else set()
        if len(set(rated)) < len(rated) or unknown or any(rating == key for rating, key in self.stated):
            raise ColumnsRefused(
                "How important something is cannot be told twice, by itself, or of what is no driver.",
                hint="Pair each rating with the question that asks how important it is, such as food=food_importance.",
            )
        if min(self.within, self.horizon) <= timedelta(0):
            raise ColumnsRefused(
                f"Nothing lies within {self.within}, or {self.horizon} afterwards.",
                hint="Give durations above zero, such as 90 days.",
            )
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class DriversAnswer:
    """The drivers of an outcome.

    Attributes
    ----------
    fit
        See `drivers.Drivers`; rows of one customer are resampled together.
    performance
        By driver the mean on 0…100, 100 the best: of ratings on their scale, of experiences the share of rows spared
        them. None for numbers of no scale.
    stated
        How important people say it is, by rating: the mean of customers' last answers, 0…100 of the scale. Not there
        where fewer than two said so.
    annoys_and_delights
        Of the ratings, what they do where they are lowest and highest; None where it cannot be told.
    customers
        Who the rows are of.
    notes
        Those of the fit and of the purchases; ``drivers.left_out`` for each driver that has fewer than 20 answers, is
        the same for nearly all, or was hardly answered beside another; ``experience.not_followed``: rows too late to be
        followed for the horizon.
    """

    fit: Drivers
    performance: Mapping[str, float | None]
    stated: Mapping[str, Estimate]
    annoys_and_delights: PenaltyReward | None
    customers: int
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a driver, the most important first; with what people say of it, where that was asked for."""
        if not self.stated:
            return self.fit.table
        said = estimates("stated", [self.stated.get(each.name) for each in self.ranked])
        return Table.of({**self.fit.table.columns(), **said})

    @property
    def ranked(self) -> tuple[Driver, ...]:
        """The drivers, the most important first."""
        return self.fit.drivers


def drivers_of(log: Log, question: DriversQuestion, *, executor: Executor | None = None) -> DriversAnswer:
    """Answer which answers and experiences go with an outcome.

    Parameters
    ----------
    log
        Whose answers and events.
    question
        The outcome, and what may drive it.
    executor
        What walks the shards side by side.

    Raises
    ------
    NoSuchScore, MixedScales, NothingBought, TooFewRows, ColumnsRefused
    """
    rows = driver_rows(log, question, executor=executor)
    columns, outcome = rows.columns, rows.outcome
    left_out = cannot_be_judged(outcome, columns)
    enough(len(columns) - len(left_out), 1, [f"drivers of {question.outcome}"])
    columns = {name: values for name, values in columns.items() if name not in left_out}
    found = drivers.fit(
        outcome,
        columns,
        of=rows.of,
        customers=rows.person,
        level=question.level,
        resamples=question.resamples,
        seed=question.seed,
    )
    used = ~np.isnan(outcome)
    return DriversAnswer(
        found,
        {name: _performance(values[used], rows.scales[name]) for name, values in columns.items()},
        {name: each for name, each in rows.stated.items() if name in columns},
        _contrasts(
            outcome, {key: columns[key] for key in rows.ratings if key in columns}, rows.person, question
        ),
        len(np.unique(rows.person[used])),
        (
            *(
                Note.of("drivers.left_out", driver=name, count=count, because=_why(rows.columns[name][used]))
                for name, count in left_out.items()
            ),
            *found.notes,
            *rows.notes,
        ),
        Provenance(question, rows.version, len(rows.person)),
    )


@dataclass(frozen=True, slots=True)
class DriverRows:
    """An outcome and what may drive it, one row an occasion.

    Attributes
    ----------
    person
        Whose row it is.
    outcome, of
        Its numbers, NaN where there is none, and what they are.
    columns
        By driver its numbers, NaN where there is none.
    scales
        By driver the worst and the best number; None where it has no scale.
    ratings
        Which of the drivers are answers.
    stated
        By rating how important people say it is, 0…100.
    notes
        Of the outcome.
    version
        Of the log.
    """

    person: NDArray[np.uint64]
    outcome: Floats
    of: Outcome
    columns: Mapping[str, Floats]
    scales: Mapping[str, tuple[float, float] | None]
    ratings: tuple[str, ...]
    stated: Mapping[str, Estimate]
    notes: tuple[Note, ...]
    version: str


def driver_rows(log: Log, question: DriversQuestion, *, executor: Executor | None = None) -> DriverRows:
    """Return what a question about drivers compares; see `drivers_of`.

    Raises
    ------
    NoSuchScore, MixedScales, NothingBought, TooFewRows
    """
    everything = all_answers(log, _EVER)
    asks_money = question.outcome in {RETURN, SPEND}
    ratings = question.ratings or commonest_keys(
        everything, {question.outcome, *(key for _, key in question.stated)}
    )
    rows = given(everything, Which(ratings[0] if asks_money and ratings else question.outcome))
    paths = log.paths()
    kept = np.ones(len(rows.values), np.bool_)
    if question.window is not None:
        kept = (rows.rows.time >= question.window.start_us) & (rows.rows.time < question.window.end_us)
    if question.among.segment is not None:
        members = [question.among.of(shard).person for shard in paths.shards]
        kept &= np.isin(rows.rows.person, np.concatenate(members)) if members else False
    person, time = rows.rows.person[kept], rows.rows.time[kept]
    enough(len(person), 1, [question.outcome])
    since = time - question.within // _MICROSECOND
    columns: dict[str, Floats] = {}
    scales: dict[str, tuple[float, float] | None] = {}
    for key in ratings:
        those = given(everything, Which(key))
        columns[key] = _last(those, person, time, since)
        scales[key] = ends_of(those)
    lived = lived_before(
        paths,
        question.experiences,
        person,
        time,
        within=question.within,
        among=question.among,
        executor=executor,
    )
    columns |= lived
    scales |= dict.fromkeys(lived, (1.0, 0.0))
    outcome, of, notes = _outcome(log, question, rows.where(kept), (paths.span or (0, 0))[1])
    stated = _stated(everything, question, person)
    return DriverRows(person, outcome, of, columns, scales, ratings, stated, notes, paths.version)


def _stated(everything: Rows, question: DriversQuestion, person: NDArray[np.uint64]) -> dict[str, Estimate]:
    """Return how important these people said each rated thing is when they last said so."""
    found: dict[str, Estimate] = {}
    for rating, key in question.stated:
        those = given(everything, Which(key))
        scale = ends_of(those)
        if scale is None:
            raise ColumnsRefused(
                f"Answers to {key!r} have no scale: they do not say how important {rating!r} is.",
                hint="Name a question with a scale, such as 1 to 5.",
                name=key,
            )
        there = ByPerson.of(those.rows.person, those.rows.time)
        people = np.unique(person)
        first, end = there.up_to(people, np.full(len(people), _EVER.end_us), itself=True)
        values = those.values[there.order][end[end > first] - 1]
        values = values[~np.isnan(values)]
        if len(values) >= 2:
            found[rating] = mean_on_scale(key, values, scale, question.level)
    return found


def _outcome(
    log: Log, question: DriversQuestion, rows: Given, end: int
) -> tuple[Floats, Outcome, tuple[Note, ...]]:
    if question.outcome not in {RETURN, SPEND}:
        metric = rows.scoring.metric
        return rows.values, cast("Outcome", metric if metric in _METRICS else "number"), ()
    bought = purchases(log, PurchasesQuestion(currency=question.currency))
    orders = ByPerson.of(bought.customers[bought.customer], bought.time)
    person, time = rows.rows.person, rows.rows.time
    until = time + question.horizon // _MICROSECOND
    _, before = orders.up_to(person, time, itself=True)
    _, after = orders.up_to(person, until, itself=True)
    followed = until <= end
    notes = bought.notes
    if not followed.all():
        notes = (*notes, Note.of("experience.not_followed", count=int((~followed).sum())))
    if question.outcome == RETURN:
        return np.where(followed, (after > before).astype(np.float64), np.nan), "return", notes
    margin = np.append(0.0, np.cumsum(np.nan_to_num(bought.margin)[orders.order]))
    return np.where(followed, margin[after] - margin[before], np.nan), "spend", notes


def commonest_keys(everything: Rows, without: Set[str] = frozenset()) -> tuple[str, ...]:
    """Return the question keys with scores, those with most answers first, without some."""
    keys = everything.fields[QUESTION]
    counts = np.bincount(keys.values, minlength=len(keys.texts))
    found = sorted(
        (key for key in scored_keys(everything) if key not in without),
        key=lambda key: -int(counts[keys.texts.index(key)]),
    )
    return tuple(found[:_MOST_RATINGS])


def _performance(values: Floats, scale: tuple[float, float] | None) -> float | None:
    if scale is None:
        return None
    worst, best = scale
    return float(100 * (np.nanmean(values) - worst) / (best - worst))


def cannot_be_judged(outcome: Floats, columns: Mapping[str, Floats]) -> dict[str, int]:
    """Return the drivers that cannot be judged, with how many answers they have.

    Hardly anybody answered them, or nearly everybody alike; or hardly anybody answered them beside one that has more
    answers, so that nothing tells how the two go together.
    """
    used = ~np.isnan(outcome)
    answers = {name: int((used & ~np.isnan(values)).sum()) for name, values in columns.items()}
    found: dict[str, int] = {}
    kept: list[str] = []
    for name in sorted(columns, key=lambda each: -answers[each]):
        values = columns[name]
        there = used & ~np.isnan(values)
        apart = any((there & ~np.isnan(columns[other])).sum() < _FEWEST_TOGETHER for other in kept)
        _, counts = np.unique(values[there], return_counts=True)
        # with fewer that differ, a resample may hold none of them
        differ = answers[name] - int(counts.max(initial=0))
        if answers[name] < drivers.FEWEST_ANSWERS or differ < _FEWEST_DIFFERENT or apart:
            found[name] = answers[name]
        else:
            kept.append(name)
    return found


def _why(values: Floats) -> str:
    """Return why a driver cannot be judged: ``few`` answers, nearly all ``alike``, or hardly any ``beside`` others."""
    known = values[~np.isnan(values)]
    if len(known) < drivers.FEWEST_ANSWERS:
        return "few"
    _, counts = np.unique(known, return_counts=True)
    return "alike" if len(known) - int(counts.max()) < _FEWEST_DIFFERENT else "beside"


def _last(
    those: Given, person: NDArray[np.uint64], time: NDArray[np.int64], since: NDArray[np.int64]
) -> Floats:
    """Return each row's last answer up to it, NaN without any since then."""
    there = ByPerson.of(those.rows.person, those.rows.time)
    values = those.values[there.order]
    _, before = there.up_to(person, since, itself=False)
    _, now = there.up_to(person, time, itself=True)
    return np.where(now > before, values[np.maximum(now - 1, 0)], np.nan)


def ends_of(those: Given) -> tuple[float, float] | None:
    """Return the worst and the best answer; None where they have no scale."""
    scale = those.scoring.scale
    if scale is None:
        return None
    ends = float(scale.lowest), float(scale.highest)
    return ends if those.scoring.is_higher_better else (ends[1], ends[0])


def _contrasts(
    outcome: Floats, ratings: dict[str, Floats], person: NDArray[np.uint64], question: DriversQuestion
) -> PenaltyReward | None:
    """Return what annoys and what delights; None where too few answered everything, or nearly all answered alike."""
    if not ratings or question.outcome == SPEND:
        return None
    whole = ~np.isnan(np.column_stack([Columns.of(ratings).values, outcome])).any(axis=1)
    if whole.sum() < 10 * (2 * len(ratings) + 1):
        return None
    try:
        return contrasts(
            outcome, ratings, customers=person, level=question.level, resamples=200, seed=question.seed
        )
    except ColumnsRefused:
        return None
