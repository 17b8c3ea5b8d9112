"""A recommender: histories, item weights and what is popular, put together to say which items, and why those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.errors import Refusal, nearest

from .fitting import MODELS
from .interactions import DAY_US, Interactions, InteractionsRefused, pairs
from .item_weights import ItemWeights
from .popular import HALF_LIFE_DAYS, Popularity, Season, popularity, season
from .rules import ANYTHING_NEW, Rules, groups_of, spread_over_groups

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from safar.vocabulary.time_names import CalendarName

#: Days after which what a customer had says half as much.
FADING_DAYS: Final = 120.0
#: Where personal scores are equal (often: all nothing), what is popular comes first.
_TIE: Final = 1e-6
#: Candidates looked at for each place where groups are limited.
_SPREAD: Final = 20
#: Masks of rules that are kept.
_MOST_MASKS: Final = 8


class UnknownItem(Refusal, LookupError):
    """No interaction has an item of that id."""

    code = "recommend.unknown_item"


@dataclass(frozen=True, slots=True)
class Shown:
    """One item for one customer.

    Attributes
    ----------
    item
        Its id.
    score
        Comparable within one list only; 0 where nothing speaks for the item but that it is popular.
    because
        The item of the customer that speaks for it most; None where it is shown because it is popular.
    """

    item: str
    score: float
    because: str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item is shown.

    Attributes
    ----------
    kind
        ``had``: the customer had ``item``; ``popular``: many buy it now.
    item
        Of the customer; empty for ``popular``.
    share
        The part of the score that stems from it, 0…1.
    """

    kind: Literal["had", "popular"]
    item: str
    share: float


@dataclass(frozen=True, eq=False)
class Recommender:
    """Which items to show whom.

    Attributes
    ----------
    model
        The name of the model.
    customers, items
        Ids, ascending.
    histories
        Customers × items: what each had to do with.
    weights
        How much each item speaks for each other; None for what is popular alone.
    popularity, season
        What is bought now, and when in the year; no season where too little is known.
    titles, groups
        By item.
    fading_days
        After how many days what a customer had says half as much.
    learnt_from, learnt_until
        How many interactions the weights are of, and until which instant (µs UTC).
    unknown_items
        Interactions since then with items the weights do not know: a reason to learn anew.
    """

    model: str
    customers: NDArray[Any]
    items: tuple[str, ...]
    histories: csr_array
    weights: ItemWeights | None
    popularity: Popularity
    season: Season | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    fading_days: float = FADING_DAYS
    learnt_from: int = 0
    learnt_until: int = 0
    unknown_items: int = 0

    @cached_property
    def _customer_places(self) -> dict[Any, int]:
        return {each: place for place, each in enumerate(self.customers.tolist())}

    @cached_property
    def _item_places(self) -> dict[str, int]:
        return {item: place for place, item in enumerate(self.items)}

    @cached_property
    def _item_groups(self) -> tuple[str | None, ...]:
        return groups_of(self.items, self.groups)

    @cached_property
    def _masks(self) -> dict[Rules, NDArray[np.bool_]]:
        return {}

    def recommend(
        self, customers: Sequence[Any] | NDArray[Any], k: int = 10, *, rules: Rules = ANYTHING_NEW
    ) -> tuple[tuple[Shown, ...], ...]:
        """Return the items to show each customer, best first.

        Parameters
        ----------
        customers
            Ids; who is not known is shown what is popular.
        k
            At most so many; fewer where rules leave fewer.
        rules
            Which items may be shown.
        """
        return self._shown(self._rows(customers), k, rules)

    def recommend_together(
        self, customers: Sequence[Any] | NDArray[Any], k: int = 10, *, rules: Rules = ANYTHING_NEW
    ) -> tuple[Shown, ...]:
        """Return the items to show one customer who goes by several ids: what any of them had speaks for him."""
        from scipy.sparse import csr_array  # noqa: PLC0415 - takes a moment to load

        rows = self._rows(customers)
        whole = csr_array((rows.data, rows.indices, [0, len(rows.data)]), shape=(1, len(self.items)))
        return self._shown(whole, k, rules)[0]

    def _shown(self, rows: csr_array, k: int, rules: Rules) -> tuple[tuple[Shown, ...], ...]:
        places, scores = self.top(rows, k, rules=rules)
        found = []
        for row, (chosen, values) in enumerate(zip(places, scores, strict=True)):
            kept = chosen >= 0
            because = self._because(self._had(rows, row), chosen[kept])
            found.append(
                tuple(
                    Shown(self.items[item], value, reason if value > 0 else None)
                    for item, value, reason in zip(
                        chosen[kept].tolist(), values[kept].tolist(), because, strict=True
                    )
                )
            )
        return tuple(found)

    def top(
        self, histories: csr_array, k: int, *, rules: Rules = ANYTHING_NEW
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return places and scores of the best items for rows of histories, each of shape (rows, k), best first.

        Places are -1 where rules leave no more items.
        """
        size, k = len(self.items), min(k, len(self.items))
        personal = np.zeros(histories.shape) if self.weights is None else self.weights.scores(histories)
        personal = np.maximum(personal, 0.0)
        liked = self.popularity.counts
        if rules.on is not None and self.season is not None:
            index = self.season.on(rules.on)
            personal, liked = personal * index, liked * index
        highest = personal.max(axis=1, initial=0.0, keepdims=True)
        tie = _TIE * np.where(highest > 0, highest, 1.0) / max(float(liked.max(initial=0.0)), 1e-300)
        order_by = personal + tie * liked
        order_by[:, ~self._allowed(rules)] = -np.inf
        if not rules.again:
            rows = np.repeat(np.arange(histories.shape[0]), np.diff(histories.indptr))
            order_by[rows, histories.indices] = -np.inf
        limit = rules.most_of_a_group
        wanted = k if limit is None else min(size, k * _SPREAD)
        places = _largest(order_by, wanted)
        if limit is not None:
            spread = np.full((len(places), k), -1)
            for row, ordered in enumerate(places):
                fitting = ordered[np.isfinite(order_by[row, ordered])]
                chosen = spread_over_groups(fitting, self._item_groups, limit, k)
                spread[row, : len(chosen)] = chosen
            places = spread
        values = np.take_along_axis(order_by, np.maximum(places, 0), axis=1)
        places = np.where((places >= 0) & np.isfinite(values), places, -1)
        return places, np.take_along_axis(personal, np.maximum(places, 0), axis=1)

    def reasons(self, customer: Any, item: str, *, most: int = 3) -> tuple[Reason, ...]:
        """Return why an item is shown to a customer, what says most first.

        Parameters
        ----------
        customer, item
            Ids.
        most
            At most so many.

        Raises
        ------
        UnknownItem
        """
        target = self._place_of(item)
        had, weights = self._had(self._rows([customer]), 0)
        if self.weights is not None and len(had):
            parts = self.weights.parts(had, np.array([target]))[:, 0] * weights
            total = float(parts.clip(0).sum())
            if total > 0:
                best = np.argsort(-parts, kind="stable")[:most]
                return tuple(
                    Reason("had", self.items[int(had[each])], float(parts[each]) / total)
                    for each in best.tolist()
                    if parts[each] > 0
                )
        return (Reason("popular", "", 1.0),)

    def beside(self, item: str, k: int = 10, *, rules: Rules = ANYTHING_NEW) -> tuple[Shown, ...]:
        """Return the items that go with one item, best first: for its page, or for a basket.

        Raises
        ------
        UnknownItem
        """
        place = self._place_of(item)
        if self.weights is None:
            return ()
        scores = self.weights.beside(place)
        scores[place] = 0.0
        scores[~self._allowed(rules)] = 0.0
        best = _largest(scores[None, :], min(k, len(scores)))[0]
        return tuple(Shown(self.items[at], float(scores[at]), item) for at in best.tolist() if scores[at] > 0)

    def caught_up(self, more: Interactions) -> Recommender:
        """Return the recommender with what happened since: histories and popularity are exact, weights stay.

        Customers who are new are known from then on; what they had of known items speaks for them like anybody's. Items
        that the weights do not know are counted in ``unknown_items`` and wait for the model to be learnt anew.
        """
        items = np.array([self._item_places.get(item, -1) for item in more.items], np.int64)[more.item]
        known = items >= 0
        customers = np.union1d(self.customers, more.customers)
        old = np.searchsorted(customers, self.customers)
        new = np.searchsorted(customers, more.customers)[more.customer]
        popularity_now = self.popularity.later(more, items)
        fresh = more.faded(self.fading_days)
        passed_days = (popularity_now.as_of - self.popularity.as_of) / DAY_US
        kept = self.histories.tocoo()
        histories = pairs(
            np.concatenate([old[kept.row], new[known]]),
            np.concatenate([kept.col.astype(np.int64), items[known]]),
            np.concatenate([kept.data * 0.5 ** (passed_days / self.fading_days), fresh.weight[known]]),
            (len(customers), len(self.items)),
        )
        return replace(
            self,
            customers=customers,
            histories=histories,
            popularity=popularity_now,
            titles={**self.titles, **more.titles},
            unknown_items=self.unknown_items + int((~known).sum()),
        )

    def _rows(self, customers: Sequence[Any] | NDArray[Any]) -> csr_array:
        from scipy.sparse import csr_array  # noqa: PLC0415 - takes a moment to load

        texts = customers.tolist() if isinstance(customers, np.ndarray) else customers
        places = [self._customer_places.get(each, -1) for each in texts]
        bounds = self.histories.indptr
        spans = [(int(bounds[each]), int(bounds[each + 1])) if each >= 0 else (0, 0) for each in places]
        pieces = [slice(*span) for span in spans]
        data = [self.histories.data[piece] for piece in pieces]
        indices = [self.histories.indices[piece] for piece in pieces]
        starts = np.concatenate([[0], np.cumsum([end - start for start, end in spans])])
        return csr_array(
            (np.concatenate(data or [[]]), np.concatenate(indices or [np.zeros(0, np.int32)]), starts),
            shape=(len(places), len(self.items)),
        )

    @staticmethod
    def _had(rows: csr_array, row: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        piece = slice(rows.indptr[row], rows.indptr[row + 1])
        return rows.indices[piece].astype(np.int64), rows.data[piece]

    def _because(
        self, had: tuple[NDArray[np.int64], NDArray[np.float64]], shown: NDArray[np.int64]
    ) -> list[str | None]:
        """Return for each item shown the one of the customer that speaks for it most."""
        items, weights = had
        if self.weights is None or not len(items):
            return [None] * len(shown)
        parts = self.weights.parts(items, shown) * weights[:, None]
        return [self.items[place] for place in items[parts.argmax(axis=0)].tolist()]

    def _allowed(self, rules: Rules) -> NDArray[np.bool_]:
        found = self._masks.get(rules)
        if found is None:
            if len(self._masks) >= _MOST_MASKS:
                self._masks.clear()
            found = self._masks[rules] = rules.allowed(self.items)
        return found

    def _place_of(self, item: str) -> int:
        place = self._item_places.get(item)
        if place is None:
            raise UnknownItem(f"There is no item {item!r}.", hint=nearest(item, self.items), item=item)
        return place


def fit(
    interactions: Interactions,
    model: str = "item_cosine",
    *,
    fading_days: float = FADING_DAYS,
    half_life_days: float = HALF_LIFE_DAYS,
    calendar: CalendarName = "gregorian",
) -> Recommender:
    """Learn to recommend from interactions.

    Parameters
    ----------
    interactions
        Who had what when.
    model
        A name among `fitting.MODELS`.
    fading_days
        After how many days a purchase says half as much, of the customer and of the items; ``math.inf`` keeps all.
    half_life_days
        After how many days it counts half in what is popular.
    calendar
        Whose months seasons follow.

    Raises
    ------
    InteractionsRefused

    Examples
    --------
    >>> from safar.act.recommend.interactions import interactions_of
    >>> bought = interactions_of(list("aabbccd"), ["tea", "pot", "tea", "pot", "tea", "pot", "tea"], range(7))
    >>> found = fit(bought)
    >>> found.recommend(["d", "nobody"], 1)[0][0].item, found.recommend(["d"], 1)[0][0].because
    ('pot', 'tea')
    """
    chosen = MODELS.get(model)
    if chosen is None:
        raise InteractionsRefused(
            f"There is no model {model!r}.", hint=nearest(model, MODELS) or ", ".join(MODELS)
        )
    if not len(interactions):
        raise InteractionsRefused("There is no interaction to learn from.", hint="Take a longer time.")
    faded = interactions.faded(fading_days)
    return Recommender(
        model,
        interactions.customers,
        interactions.items,
        faded.matrix(),
        None if chosen.weights is None else chosen.weights(faded),
        popularity(interactions, half_life_days=half_life_days),
        season(interactions, calendar=calendar),
        interactions.titles,
        interactions.groups,
        fading_days,
        len(interactions),
        int(interactions.time.max()),
    )


def _largest(scores: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    """Return the places of the ``k`` largest of each row, largest first; of equal ones the earlier."""
    if k >= scores.shape[1]:
        return np.argsort(-scores, axis=1, kind="stable")[:, :k]
    some = np.sort(np.argpartition(-scores, k - 1, axis=1)[:, :k], axis=1)
    order = np.argsort(-np.take_along_axis(scores, some, axis=1), axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1)
