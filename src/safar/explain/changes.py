"""Changes: of all that is counted, what moved more than chance between two windows?

Who looks at forty numbers a week sees two "significant" ones when nothing has happened. So all of them are looked at
together, and only as many are told as keep the share of false ones among them low.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, Literal

from safar.listen.all_metrics import AllMetricsQuestion, all_metrics
from safar.observe.overview import OverviewAnswer, OverviewQuestion, overview
from safar.observe.presence import Presence, PresenceQuestion, presence
from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.event import ALIAS, GROUP, IDENTIFY
from safar.vocabulary.interval import (
    DEFAULT_LEVEL,
    FEWEST_FOR_VERDICT,
    Estimate,
    Interval,
    difference,
    normal_quantile,
    p_value_of,
)
from safar.vocabulary.interval_by_customer import Clustered, clustering_of, ratio_of_counts
from safar.vocabulary.lifecycle import ORDER_PLACED, SURVEY_SENT
from safar.vocabulary.many_looks import checked_rate, standing_out
from safar.vocabulary.window import Window

if TYPE_CHECKING:
    from safar.store.log import Log

Kind = Literal["customers", "new_customers", "orders", "conversion", "nps", "csat", "ces", "event", "channel"]

#: Counted as orders already, caused by asking, or no deed at all.
_NOT_LOOKED_AT: Final = ORDER_PLACED | SURVEY_SENT | {ALIAS, GROUP, IDENTIFY}
#: Windows whose lengths differ by more cannot be compared by distinct customers; a change of the clock is less.
_SAME_LENGTH: Final = 0.01
#: More event names than these are not looked at: those with the most events are.
_MOST_NAMES: Final = 200


@dataclass(frozen=True, slots=True)
class ChangesQuestion:
    """What moved between two windows, more than chance?

    Parameters
    ----------
    now, before
        ``before`` ends at or before the start of ``now``.
    level
        Confidence level of each change's interval.
    false_discovery_rate
        Expected share of changes told that are none, at most.

    Raises
    ------
    WindowsOverlap, ImpossibleLevel, ImpossibleRate
    """

    now: Window
    before: Window
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    false_discovery_rate: float = field(default=0.05, kw_only=True)

    def __post_init__(self) -> None:
        PresenceQuestion(self.now, self.before)
        normal_quantile(self.level)
        checked_rate(self.false_discovery_rate)


@dataclass(frozen=True, slots=True)
class Moved:
    """One number now and before.

    Attributes
    ----------
    kind
        Which number. Of ``event`` and ``channel``: customers with such an event.
    subject
        The event name or the channel; else empty.
    now, before
        Counts; a share 0…1 (``conversion``, ``csat``); points (``nps``, ``ces``).
    change
        With its interval: how many times as many for counts, each per time, infinitely many where there was none
        before; else the difference.
    is_ratio
        Which of the two.
    p_value
        The chance of a change at least as large when nothing has changed.
    is_clear
        Told: more than chance, seen together with all others.
    """

    kind: Kind
    subject: str
    now: float
    before: float
    change: Estimate
    is_ratio: bool
    p_value: float
    is_clear: bool = False

    @property
    def is_up(self) -> bool:
        """Whether it is more now."""
        return self.change.value > (1 if self.is_ratio else 0)


@dataclass(frozen=True, slots=True)
class ChangesAnswer:
    """What was looked at, strongest evidence first.

    Attributes
    ----------
    changes
        Every number that could be judged; the clear ones come first.
    notes
        ``changes.looked_at``: how many were judged together; ``changes.too_few``: how many had fewer than ten
        observations in a window and were not; ``changes.names_left_out``: how many rarer event names were not looked
        at.
    """

    changes: tuple[Moved, ...]
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def clear(self) -> tuple[Moved, ...]:
        """The changes that are more than chance; empty is an answer too."""
        return tuple(each for each in self.changes if each.is_clear)


def changes(log: Log, question: ChangesQuestion) -> ChangesAnswer:
    """Answer what moved between two windows more than chance.

    Looked at are customers, new customers, orders, conversion, NPS, CSAT, CES, and the customers of each event name
    and channel. Sums of money are not: a few large orders move them, and how much that is chance is not known from the
    sum. Response rates are not either: invitations of the last week can still be answered.

    Each number is tested by itself: counts by the score test that belongs to their interval (see
    `safar.vocabulary.interval.ratio_of_counts`), customers of both windows as pairs; scores by the distance of their
    difference from zero in units of its interval. Of the p-values those are clear that Benjamini and Hochberg's rule
    keeps: the largest :math:`k` with :math:`p_{(k)} \\le q k / m`, and all below.

    Parameters
    ----------
    log
        Where the events are.
    question
        Windows, level, rate.

    Notes
    -----
    The rule keeps its promise for independent numbers and for those that rise and fall together, as these do. Intervals
    are each at the level of the question, not widened for the choice; each excludes no change.

    Source: Y. Benjamini, Y. Hochberg (1995), JRSS B 57; Y. Benjamini, D. Yekutieli (2001), Annals of Statistics 29 (the
    case of positive dependence).
    """
    windows = (question.now, question.before)
    counted = overview(log, OverviewQuestion(windows, level=question.level))
    by_event = presence(log, PresenceQuestion(*windows))
    by_channel = presence(log, PresenceQuestion(*windows, "channel"))
    names = [name for name in by_event.of if name not in _NOT_LOOKED_AT]
    found: list[Moved | None] = [
        *_facts(counted, question),
        *_scores(log, question),
        *(_customers("event", name, by_event.of[name], question) for name in names[:_MOST_NAMES]),
        *(_customers("channel", name, there, question) for name, there in by_channel.of.items() if name),
    ]
    judged = judged_together([each for each in found if each is not None], rate=question.false_discovery_rate)
    return ChangesAnswer(
        judged,
        notes_with_facts(
            [
                ("changes.looked_at", len(judged)),
                ("changes.too_few", len(found) - len(judged)),
                ("changes.names_left_out", max(0, len(names) - _MOST_NAMES)),
            ]
        ),
        Provenance(question, counted.provenance.log_version, counted.provenance.rows_read),
    )


def judged_together(found: Iterable[Moved], *, rate: float) -> tuple[Moved, ...]:
    """Return the changes by evidence, those marked that Benjamini and Hochberg's rule keeps.

    Parameters
    ----------
    found
        Changes, each with its p-value.
    rate
        False discovery rate.
    """
    ordered = sorted(found, key=lambda each: (each.p_value, each.kind, each.subject))
    kept = standing_out([each.p_value for each in ordered], rate=rate)
    return tuple(
        replace(each, is_clear=is_kept and _no_change(each) not in each.change.interval)
        for each, is_kept in zip(ordered, kept, strict=True)
    )


def _no_change(moved: Moved) -> int:
    return 1 if moved.is_ratio else 0


def _facts(counted: OverviewAnswer, question: ChangesQuestion) -> list[Moved | None]:
    now, before = counted.overviews
    shared = counted.shared
    same_length = abs(_exposure(question) - 1) <= _SAME_LENGTH
    orders = clustering_of(
        Clustered(now.orders, now.orders_squared),
        Clustered(before.orders, before.orders_squared),
        products=shared.order_products if shared else 0,
    )
    both = shared.customers if shared else 0
    return [
        _paired(("customers", ""), now.customers, before.customers, both, question) if same_length else None,
        _counts(("new_customers", ""), now.new_customers, before.new_customers, 1.0, question),
        _counts(("orders", ""), now.orders, before.orders, orders, question),
        _scored("conversion", now.conversion, before.conversion),
    ]


def _scores(log: Log, question: ChangesQuestion) -> list[Moved | None]:
    found = all_metrics(log, AllMetricsQuestion((question.now, question.before), level=question.level))
    nps, csat, ces = found.nps.scores, found.csat.scores, found.ces.scores
    return [
        _scored("nps", *(None if each is None else each.estimate for each in nps)),
        _scored("csat", *(None if each is None else each.estimate for each in csat)),
        _scored("ces", *(None if each is None else each.mean for each in ces)),
    ]


def _customers(kind: Kind, subject: str, there: Presence, question: ChangesQuestion) -> Moved | None:
    if abs(_exposure(question) - 1) > _SAME_LENGTH:
        return None
    return _paired((kind, subject), there.now, there.before, there.both, question)


def _paired(
    what: tuple[Kind, str], now: int, before: int, both: int, question: ChangesQuestion
) -> Moved | None:
    clustering = clustering_of(Clustered(now, now), Clustered(before, before), products=both)
    return _counts(what, now, before, clustering, question)


def _counts(
    what: tuple[Kind, str], now: int, before: int, clustering: float, question: ChangesQuestion
) -> Moved | None:
    """Return how many times as many, tested by the score test whose inversion is its interval."""
    exposure = _exposure(question)
    if now + before < 2 * FEWEST_FOR_VERDICT:
        return None
    change = ratio_of_counts(now, before, exposure=exposure, clustering=clustering, level=question.level)
    if change is None:  # there was none before: what is at least so many times as many, turned round
        turned = ratio_of_counts(0, now, exposure=1 / exposure, clustering=clustering, level=question.level)
        low = 1 / turned.interval.high if turned else 0.0
        change = Estimate(math.inf, Interval(low, math.inf, question.level), now)
    expected = exposure / (1 + exposure)
    size = (now + before) / clustering
    z = (now / (now + before) - expected) / math.sqrt(expected * (1 - expected) / size)
    return Moved(*what, now, before, change, is_ratio=True, p_value=_two_sided(z))


def _scored(kind: Kind, now: Estimate | None, before: Estimate | None) -> Moved | None:
    """Return a difference, tested by how far from zero it lies in units of its interval on that side."""
    if now is None or before is None or min(now.n, before.n) < FEWEST_FOR_VERDICT:
        return None
    change = difference(now, before)
    return Moved(kind, "", now.value, before.value, change, is_ratio=False, p_value=p_value_of(change))


def _two_sided(z: float) -> float:
    return 2 * NormalDist().cdf(-abs(z))


def _exposure(question: ChangesQuestion) -> float:
    return question.now.duration / question.before.duration
