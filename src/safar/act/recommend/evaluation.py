"""Evaluation: how well models would have done – learnt from what came before a day, judged by what came after it.

Only time tells: a random part held out asks a model to guess last month from next month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.answer import Note
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, mean

from .fitting import MODELS
from .interactions import Floats, Interactions, InteractionsRefused
from .recommender import Recommender, fit
from .rules import Rules

if TYPE_CHECKING:
    from scipy.sparse import csr_array

#: Customers that models are judged by: more say nothing new.
MOST_CUSTOMERS: Final = 5_000
_AT_A_TIME: Final = 256
#: Below so many customers no model is chosen over a simpler one.
FEWEST: Final = 30


@dataclass(frozen=True, slots=True)
class Quality:
    """How well one model would have done.

    Attributes
    ----------
    model
        Its name.
    recall
        Share of what customers took afterwards that was among the items shown, 0…1, the mean over customers.
    ndcg
        The same with more for what stood higher, 0…1; 1 is the best order there is.
    hit_rate
        Share of customers with at least one hit.
    coverage
        Share of all items that somebody was shown.
    novelty
        Mean of :math:`-\\log_2` of the share of customers who had an item before, over the items shown: 10 is an item
        that one in a thousand had.
    behind_best
        nDCG less that of the best model, by the same customers; None for the best.
    """

    model: str
    recall: Estimate
    ndcg: Estimate
    hit_rate: Estimate
    coverage: float
    novelty: Estimate
    behind_best: Estimate | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well models would have done, and which is to be used.

    Attributes
    ----------
    qualities
        One a model, the simplest first.
    chosen
        The simplest model that is not clearly behind the best.
    k
        Items shown.
    split_at
        Microseconds UTC: learnt from before, judged by since.
    customers
        Who were judged by: with interactions before and, with items known by then, after.
    new_customers
        Who came after only: they would have been shown what is popular.
    unknown_item_share
        Share of what was taken after the split that was an item nobody had before: no model can know it.
    notes
        ``recommend.few_customers``: too few to choose by; ``recommend.sampled``: so many customers were drawn.
    """

    qualities: tuple[Quality, ...]
    chosen: str
    k: int
    split_at: int
    customers: int
    new_customers: int
    unknown_item_share: float
    notes: tuple[Note, ...]

    def of(self, model: str) -> Quality:
        """Return the quality of one model."""
        return next(each for each in self.qualities if each.model == model)


def evaluate(
    interactions: Interactions,
    *,
    split_at: int | None = None,
    k: int = 20,
    rules: Rules = Rules(),  # noqa: B008 - frozen
    models: Sequence[str] | None = None,
    most_customers: int = MOST_CUSTOMERS,
    level: float = DEFAULT_LEVEL,
    seed: int = 0,
) -> Evaluation:
    """Return how well models would have done.

    Parameters
    ----------
    interactions
        With times.
    split_at
        Microseconds UTC; the instant before which four fifths of the interactions are when None.
    k
        Items shown to each.
    rules
        Which may be shown. Where items come ``again``, taking one once more counts as a hit.
    models
        Names; all that can be had with so many items when None.
    most_customers
        More than these are drawn from by chance.
    level
        Of intervals over customers.
    seed
        Of the draw.

    Raises
    ------
    InteractionsRefused
        Nobody has interactions before and after.
    """
    if split_at is None:
        split_at = int(np.quantile(interactions.time, 0.8)) + 1
    before, after = interactions.before(split_at), interactions.since(split_at)
    if not len(before) or not len(after):
        raise InteractionsRefused(
            "Everything lies on one side of the split.", hint="Choose a day in between."
        )
    had, took = before.matrix(), after.matrix()
    known_items = np.asarray(had.sum(axis=0)).ravel() > 0
    wanted = took.multiply(known_items[None, :]).tocsr()
    if not rules.again:
        wanted = wanted - wanted.multiply(had > 0)
    wanted = wanted.tocsr()
    wanted.eliminate_zeros()
    is_old, has_wish = np.diff(had.indptr) > 0, np.diff(wanted.indptr) > 0
    judges = np.flatnonzero(is_old & has_wish)
    if not len(judges):
        raise InteractionsRefused(
            "Nobody took something before and something else after.", hint="Take a longer time."
        )
    notes = []
    if len(judges) > most_customers:
        judges = np.sort(np.random.default_rng(seed).choice(judges, most_customers, replace=False))
        notes.append(Note.of("recommend.sampled", count=most_customers))
    names = [name for name in models or MODELS if _fits(name, len(interactions.items))]
    results = {}
    for name in names:
        results[name] = judged(fit(before, name), judges, wanted[judges], k, rules)
    if len(judges) < FEWEST:
        notes.append(Note.of("recommend.few_customers", count=len(judges)))
    taken = np.asarray(took.sum(axis=0)).ravel()
    return Evaluation(
        *_compared(results, level),
        k,
        split_at,
        len(judges),
        int((~is_old & (np.diff(took.indptr) > 0)).sum()),
        float(taken[~known_items].sum() / taken.sum()),
        tuple(notes),
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """What one model showed, customer by customer.

    Attributes
    ----------
    recall, ndcg, novelty
        ``float64`` of shape (customers,).
    coverage
        Share of items that somebody was shown.
    """

    recall: Floats
    ndcg: Floats
    novelty: Floats
    coverage: float


def judged(model: Recommender, judges: NDArray[np.int64], wanted: csr_array, k: int, rules: Rules) -> Judged:
    """Return how well a model does for customers at some places, given the rows of what they took."""
    count = len(model.customers)
    rarity = -np.log2(np.maximum(np.bincount(model.histories.indices, minlength=len(model.items)), 1) / count)
    gains = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.concatenate([[0.0], np.cumsum(gains)])
    recall, ndcg, novelty = (np.zeros(len(judges)) for _ in range(3))
    seen = np.zeros(len(model.items), np.bool_)
    for start in range(0, len(judges), _AT_A_TIME):
        rows = slice(start, start + _AT_A_TIME)
        places, _ = model.top(model.histories[judges[rows]], k, rules=rules)
        wishes = wanted[rows]
        hits = _hits(places, wishes) & (places >= 0)
        sizes = np.diff(wishes.indptr)
        recall[rows] = hits.sum(axis=1) / sizes
        ndcg[rows] = (hits * gains[: places.shape[1]]).sum(axis=1) / ideal[np.minimum(sizes, k)]
        shown = np.where(places >= 0, rarity[np.maximum(places, 0)], 0.0)
        novelty[rows] = shown.sum(axis=1) / np.maximum((places >= 0).sum(axis=1), 1)
        seen[places[places >= 0]] = True
    return Judged(recall, ndcg, novelty, float(seen.mean()))


def _hits(places: NDArray[np.int64], wishes: csr_array) -> NDArray[np.bool_]:
    """Return for each item shown whether it is among those wished for."""
    dense = np.zeros(wishes.shape, np.bool_)
    rows = np.repeat(np.arange(wishes.shape[0]), np.diff(wishes.indptr))
    dense[rows, wishes.indices] = True
    return np.take_along_axis(dense, np.maximum(places, 0), axis=1)


def _compared(results: Mapping[str, Judged], level: float) -> tuple[tuple[Quality, ...], str]:
    """Return the quality of each model, and the simplest that is not clearly behind the best."""
    best = max(results, key=lambda name: float(results[name].ndcg.mean()))
    qualities = []
    chosen = ""
    for name, found in results.items():
        behind = None if name == best else _mean(found.ndcg - results[best].ndcg, level)
        qualities.append(
            Quality(
                name,
                _mean(found.recall, level),
                _mean(found.ndcg, level),
                _mean((found.recall > 0).astype(np.float64), level),
                found.coverage,
                _mean(found.novelty, level),
                behind,
            )
        )
        is_as_good = behind is None or behind.interval.high >= 0 or behind.n < FEWEST
        if is_as_good and not chosen:
            chosen = name
    return tuple(qualities), chosen


def _mean(values: Floats, level: float) -> Estimate:
    found = mean(float(values.sum()), float(values @ values), len(values), level=level)
    if found is None:
        raise InteractionsRefused("One customer alone tells nothing of models.", hint="Take a longer time.")
    return found


def _fits(name: str, items: int) -> bool:
    model = MODELS.get(name)
    return model is None or model.most_items is None or items <= model.most_items
