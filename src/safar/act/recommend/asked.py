"""Recommendations asked of a log: which model does best there, and whom it would show what."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal
from weakref import WeakKeyDictionary

import numpy as np

from safar.store.log import Log
from safar.store.newest import key_of_id
from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance, notes_with_facts
from safar.vocabulary.interval import DEFAULT_LEVEL, normal_quantile
from safar.vocabulary.progress import tell
from safar.vocabulary.time_names import CalendarName
from safar.vocabulary.window import Window

from .bought import InteractionsQuestion, bought
from .evaluation import Evaluation, evaluate
from .fitting import MODELS
from .interactions import InteractionsRefused
from .recommender import Recommender, Shown, fit
from .rules import Rules

ModelName = Literal["popular", "also_bought", "item_cosine", "graph_filter", "ease"]

#: Customers whose recommendations are shown where none is named: those who came last.
_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class RecommendationsQuestion:
    """What would customers be shown, by which model, and how well would that have worked?

    Parameters
    ----------
    k
        Items shown to each, 1 to 100.
    model
        Which model; the simplest one that is not clearly behind the best when None.
    again
        Whether items come again that a customer has had: yes for groceries, no for furniture.
    customer_ids
        Whose are shown; those of ten who came last where none is named.
    in_stock
        Item ids that may be shown; all where none is named.
    never
        Item ids that may not.
    most_of_a_group
        At most so many of one category for one customer.
    in_season
        Whether what is bought more at this time of the year moves up.
    view_weight
        What a product that was viewed says beside one that was bought, 0 to 1.
    window
        What is learnt from; all time when None.
    calendar
        Whose months seasons follow.
    level
        Of intervals.

    Raises
    ------
    InteractionsRefused, ImpossibleLevel
    """

    k: int = 10
    model: ModelName | None = None
    again: bool = False
    customer_ids: tuple[str, ...] = ()
    in_stock: tuple[str, ...] = field(default=(), kw_only=True)
    never: tuple[str, ...] = field(default=(), kw_only=True)
    most_of_a_group: int | None = field(default=None, kw_only=True)
    in_season: bool = field(default=False, kw_only=True)
    view_weight: float = field(default=0.0, kw_only=True)
    window: Window | None = field(default=None, kw_only=True)
    calendar: CalendarName = field(default="gregorian", kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        normal_quantile(self.level)
        InteractionsQuestion(self.window, self.view_weight)
        Rules(most_of_a_group=self.most_of_a_group)
        if not 1 <= self.k <= 100:
            raise InteractionsRefused(f"{self.k} items were asked for.", hint="Ask for 1 to 100.", k=self.k)

    def rules(self, on_us: int) -> Rules:
        """Return the rules that hold on the day of an instant."""
        day = datetime.fromtimestamp(on_us / 1e6, UTC).date()
        return Rules(
            again=self.again,
            in_stock=frozenset(self.in_stock) or None,
            never=frozenset(self.never),
            most_of_a_group=self.most_of_a_group,
            on=day if self.in_season else None,
        )


@dataclass(frozen=True, slots=True, eq=False)
class RecommendationsAnswer:
    """What customers would be shown.

    Attributes
    ----------
    evaluation
        How well models would have done in the last fifth of the time.
    model
        The one that was used.
    recommender
        Which was learnt from everything: ask it for anybody.
    shown
        Ids of customers, and what each would be shown.
    notes
        Those of `Evaluation`, and ``recommend.orders_without_items``: so many orders do not say what they hold;
        ``recommend.no_season``: less than most of a year is known, so no season is.
    """

    evaluation: Evaluation
    model: str
    recommender: Recommender
    shown: tuple[tuple[str, tuple[Shown, ...]], ...]
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """A row for each model, the simplest first: how well it would have done."""
        rows = self.evaluation.qualities
        return Table.of(
            {
                "model": [each.model for each in rows],
                "is_used": [each.model == self.model for each in rows],
                "customers": [each.recall.n for each in rows],
                **estimates("recall", [each.recall for each in rows]),
                **estimates("ndcg", [each.ndcg for each in rows]),
                **estimates("hit_rate", [each.hit_rate for each in rows]),
                "coverage": [each.coverage for each in rows],
                **estimates("novelty", [each.novelty for each in rows]),
                **estimates("behind_best", [each.behind_best for each in rows]),
            }
        )

    @property
    def preview(self) -> Table:
        """A row for each item shown to each customer: its place, id and title, and what it is shown because of."""
        titles = self.recommender.titles
        rows = [
            (customer, place, each) for customer, items in self.shown for place, each in enumerate(items, 1)
        ]
        because = [each.because or "" for _, _, each in rows]
        return Table.of(
            {
                "customer_id": [customer for customer, _, _ in rows],
                "place": [place for _, place, _ in rows],
                "item": [each.item for _, _, each in rows],
                "title": [titles.get(each.item, each.item) for _, _, each in rows],
                "score": [each.score for _, _, each in rows],
                "because_item": because,
                "because_title": [titles.get(item, item) for item in because],
            }
        )


def recommendations(log: Log, question: RecommendationsQuestion) -> RecommendationsAnswer:
    """Answer what customers would be shown, by the model that does best, and how well that would have worked.

    Models learn from four fifths of the interactions by time and are judged by the last fifth; the one chosen then
    learns from everything.

    Raises
    ------
    InteractionsRefused
        Orders do not say what they hold, or nobody came twice.
    """
    known = _known(log, question)
    if question.customer_ids:
        names = list(question.customer_ids)
        persons = np.array([key_of_id(log.identity.person_of(each)) for each in names], np.uint64)
    else:
        persons, names = known.last, log.ids_of(known.last)
    lists = known.learnt.recommend(persons, question.k, rules=known.rules)
    has_no_season = question.in_season and known.learnt.season is None
    return RecommendationsAnswer(
        known.judged,
        known.learnt.model,
        known.learnt,
        tuple(zip(names, lists, strict=True)),
        (
            *known.judged.notes,
            *notes_with_facts([("recommend.orders_without_items", known.orders_without_items)]),
            *((Note.of("recommend.no_season"),) if has_no_season else ()),
        ),
        Provenance(question, known.version, known.rows_read),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What a question comes to, whoever is shown something."""

    version: str
    rules: Rules
    judged: Evaluation
    learnt: Recommender
    last: Any
    orders_without_items: int
    rows_read: int


#: Of each log the last question without its customers: to look at the next customer nothing is learnt again.
_LAST: WeakKeyDictionary[Log, tuple[RecommendationsQuestion, _Known]] = WeakKeyDictionary()


def _known(log: Log, question: RecommendationsQuestion) -> _Known:
    asked = replace(question, customer_ids=())
    before = _LAST.get(log)
    if before is not None and before[0] == asked and before[1].version == log.version:
        return before[1]
    steps = len(MODELS) + 2
    read = bought(log, InteractionsQuestion(asked.window, asked.view_weight))
    interactions = read.interactions
    tell(1, steps)
    rules = asked.rules(int(interactions.time.max()))
    judged = evaluate(interactions, k=asked.k, rules=rules, level=asked.level)
    tell(steps - 1, steps)
    learnt = fit(interactions, asked.model or judged.chosen, calendar=asked.calendar)
    last = _last(interactions.customers[interactions.customer])
    tell(steps, steps)
    found = _Known(read.version, rules, judged, learnt, last, read.orders_without_items, read.rows_read)
    _LAST[log] = asked, found
    return found


def _last(customers: Any) -> Any:
    """Return the ten distinct ones that come last."""
    found = list(dict.fromkeys(customers[::-1].tolist()))[:_SHOWN]
    return np.array(found, customers.dtype)
