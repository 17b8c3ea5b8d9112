"""What customers do week by week around a release: the numbers that before and after are told from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safar.explain.occasions import owned
from safar.explain.step_experience import StepExperienceQuestion, step_experience
from safar.listen.answer_rows import Which, all_answers, given
from safar.measure.ordered import PurchasesQuestion, purchases
from safar.observe.among import EVERYBODY
from safar.observe.steps import StepRule, marked
from safar.observe.walk import mapped
from safar.vocabulary.time_zone import local_days
from safar.vocabulary.window import Window

from .measured import Floats
from .refusals import ReleaseRefused

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from safar.observe.among import Segment
    from safar.store.log import Log
    from safar.store.paths import PathShard

#: What is counted of a customer in a period.
Counted = Literal["revenue", "orders", "ordered", "events", "score", "experience"]

Keys = NDArray[np.uint64]
Places = NDArray[np.int64]

#: Those that are a mean over what happened (answers, occasions), not a sum over customers.
MEANS: Final = frozenset({"score", "experience"})


@dataclass(frozen=True, slots=True)
class ReleaseMetric:
    """What a release was to move.

    Parameters
    ----------
    counted
        ``revenue``: what orders brought less refunds. ``orders``: how many. ``ordered``: whether there was one.
        ``events``: how many of ``events``. ``score``: answers to ``question_key``, as their metric scores them.
        ``experience``: the share of occasions ``at`` a step that had ``experience``.
    events
        Of ``events``.
    question_key
        Of ``score``.
    at
        Of ``experience``: the step and its experiences.
    experience
        The name of one of them.

    Raises
    ------
    ReleaseRefused
        What the metric counts is not said.
    """

    counted: Counted = "revenue"
    events: StepRule | None = None
    question_key: str = ""
    at: StepExperienceQuestion | None = None
    experience: str = ""

    def __post_init__(self) -> None:
        lacking = {
            "events": self.events is None,
            "score": not self.question_key,
            "experience": self.at is None
            or self.experience not in [each.name for each in self.at.experiences],
        }.get(self.counted, False)
        if lacking:
            raise ReleaseRefused(
                f"A metric of {self.counted} does not say which.",
                hint="Name the events, the question key, or a step with the experience.",
            )

    @property
    def is_mean(self) -> bool:
        """Whether it is a mean over answers or occasions, which not every customer has in every period."""
        return self.counted in MEANS


@dataclass(frozen=True, slots=True)
class Around:
    """The periods around a release.

    Attributes
    ----------
    released_on
        Civil day, as days since 1970-01-01.
    period_days
        Of each period.
    before, after
        How many.
    time_zone
        Whose civil days.
    """

    released_on: int
    period_days: int
    before: int
    after: int
    time_zone: str

    @property
    def periods(self) -> int:
        """How many in all."""
        return self.before + self.after

    @property
    def first_day(self) -> int:
        """The first civil day of the first period."""
        return self.released_on - self.before * self.period_days

    def places(self, instants: Places) -> Places:
        """Return the period of each instant; below 0 and from `periods` on outside."""
        days = local_days(instants, self.time_zone)
        return np.asarray((days - self.first_day) // self.period_days, np.int64)


class Happened(NamedTuple):
    """What happened: of whom, in which period, and what it counts.

    ``currency`` of amounts, ``notes`` of what was left out.
    """

    person: Keys
    period: Places
    value: Floats
    currency: str | None = None
    notes: tuple[Any, ...] = ()

    def inside(self, around: Around) -> Happened:
        """Return what lies in the periods."""
        kept = (self.period >= 0) & (self.period < around.periods) & np.isfinite(self.value)
        return self._replace(person=self.person[kept], period=self.period[kept], value=self.value[kept])


def happened(
    log: Log,
    metric: ReleaseMetric,
    around: Around,
    *,
    currency: str | None,
    executor: Executor | None = None,
) -> Happened:
    """Return what a metric counts, inside the periods.

    Raises
    ------
    NothingBought, NoSuchScore, MixedScales, TooFewRows
    """
    if metric.counted == "experience":
        assert metric.at is not None
        table = step_experience(log, metric.at, executor=executor)
        found = Happened(table.person, around.places(table.at), table.had[metric.experience])
    elif metric.counted == "score":
        answers = given(all_answers(log, _EVER), Which(metric.question_key))
        worth = answers.scoring.worth(answers.values)
        found = Happened(answers.rows.person, around.places(answers.rows.time), worth)
    elif metric.counted == "events":
        assert metric.events is not None
        person, time = _events(log, metric.events, executor)
        found = Happened(person, around.places(time), np.ones(len(time)))
    else:
        bought = purchases(log, PurchasesQuestion(currency=currency, time_zone=around.time_zone))
        value = np.ones(len(bought.time))
        if metric.counted == "revenue":
            value = np.nan_to_num(bought.amount - bought.refunded)
        person = bought.customers[bought.customer]
        money = bought.currency if metric.counted == "revenue" else None
        found = Happened(person, around.places(bought.time), value, money, bought.notes)
    return found.inside(around)


class Known(NamedTuple):
    """Customers who had come before the first period: keys ascending, and which of them a segment holds."""

    person: Keys
    chosen: NDArray[np.bool_]


def known_before(
    log: Log,
    instant: int,
    segment: Segment | None,
    among: Segment | None = None,
    *,
    executor: Executor | None = None,
) -> Known:
    """Return who had come before an instant (of those among whom one looks), and who of them is in a segment (nobody
    where there is none)."""
    work = partial(_known_of, instant=instant, segment=segment, among=among)
    parts = list(mapped(executor, work, log.paths().shards))
    if not parts:
        return Known(np.zeros(0, np.uint64), np.zeros(0, np.bool_))
    person = np.concatenate([each.person for each in parts])
    order = np.argsort(person)
    return Known(person[order], np.concatenate([each.chosen for each in parts])[order])


def first_events(log: Log, rule: StepRule, *, executor: Executor | None = None) -> tuple[Keys, Places]:
    """Return who has an event of a rule, keys ascending, and when the first one was."""
    person, time = _events(log, rule, executor)
    order = np.lexsort((time, person))
    persons, first = np.unique(person[order], return_index=True)
    return persons, time[order][first]


def panel(what: Happened, persons: Keys, periods: int, *, at_most_one: bool = False) -> Floats:
    """Return sums of shape (persons, periods), of persons whose keys ascend."""
    place = np.minimum(np.searchsorted(persons, what.person), max(len(persons) - 1, 0))
    mine = persons[place] == what.person if len(persons) else np.zeros(len(what.person), np.bool_)
    cells = place[mine] * periods + what.period[mine]
    sums = np.bincount(cells, what.value[mine], minlength=len(persons) * periods)
    found = sums.reshape(len(persons), periods).astype(np.float64)
    return np.minimum(found, 1.0) if at_most_one else found


_EVER: Final = Window.from_us(-(1 << 55), 1 << 55)


def _events(log: Log, rule: StepRule, executor: Executor | None) -> tuple[Keys, Places]:
    parts = list(mapped(executor, partial(_events_of, rule=rule), log.paths().shards))
    if not parts:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    persons, times = zip(*parts, strict=True)
    return np.concatenate(persons), np.concatenate(times)


def _events_of(shard: PathShard, *, rule: StepRule) -> tuple[Keys, Places]:
    shard = EVERYBODY.of(shard)
    codes, table = marked(shard, [(rule, 1)], EVERYBODY.seen)
    rows, owner = owned(shard, table[codes] != 0)
    return shard.person[owner], shard.time[rows]


def _known_of(shard: PathShard, *, instant: int, segment: Segment | None, among: Segment | None) -> Known:
    shard = shard if among is None else among.of(shard)
    there = shard.end > shard.first
    came = np.zeros(len(shard.person), np.bool_)
    came[there] = shard.time[shard.first[there]] < instant
    person = shard.person[came]
    chosen = np.zeros(len(person), np.bool_) if segment is None else np.isin(person, segment.of(shard).person)
    return Known(person, chosen)
