"""Customers in order: who spent most, who answered best, who was here last; a page of them, among everybody or some."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.extracts import Extract, Field
from safar.store.newest import key_of_id
from safar.store.orders import AMOUNT, CURRENCY, ORDERS
from safar.vocabulary.answer import Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.lifecycle import ORDER_PLACED, SURVEY_ANSWERED
from safar.vocabulary.window import Window, from_microseconds

from .among import EVERYBODY, Among
from .customers import CustomerFacts, customer_facts
from .own_acts import own_acts
from .shelf import Shelf, owner_of
from .steps import marked

if TYPE_CHECKING:
    from safar.store.log import Log
    from safar.store.paths import PathShard

Keys = NDArray[np.uint64]
Floats = NDArray[np.float64]

_ALWAYS: Final = Window(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
_NEVER: Final = -(1 << 62)
_METRIC: Final = "metric"
_VALUE: Final = "value"
#: What somebody answered, on which scale: as many as are read for a profile, of everybody.
_ANSWERS: Final = Extract(
    SURVEY_ANSWERED,
    (
        Field(_METRIC, "properties->>'metric'", "text"),
        Field(_VALUE, "TRY_CAST(properties->>'value' AS DOUBLE)", "real"),
    ),
)

_Order = tuple[Keys, Floats]

#: Persons in order with their values: asked anew by every page. Some 30 M of them fit.
_orders: Final[Shelf[_Order]] = Shelf(1 << 29, lambda order: order[0].nbytes + order[1].nbytes)


class RankingRefused(Refusal, ValueError):
    """Nobody can be put in this order."""

    code = "ranking.refused"


class RankBy(Enum):
    """What customers are put in order by."""

    #: What was ordered less what was paid back, in one currency.
    SPENT = "spent"
    #: The newest answer on one scale.
    SCORE = "score"
    #: The last thing that the customer did himself.
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class RankingPlace:
    """Where a customer stands in an order: the next page starts behind it.

    Attributes
    ----------
    value
        What he is put in order by; None for whom nothing is known. They stand last.
    key
        The key of his id; of equal values the smaller key stands first.
    """

    value: float | None
    key: int


@dataclass(frozen=True, slots=True)
class CustomerRankingQuestion:
    """Who comes first?

    Parameters
    ----------
    by
        See `RankBy`.
    of
        The currency of `RankBy.SPENT`, the metric of `RankBy.SCORE` (``nps``); nothing for `RankBy.ACTIVE`.
    after
        Where the last customer seen stands: the page starts behind it.
    ascending
        Whether the least comes first.
    among
        Whose order: all customers when nothing is said.
    limit
        Customers of the page.

    Raises
    ------
    RankingRefused
    """

    by: RankBy
    of: str = ""
    after: RankingPlace | None = None
    ascending: bool = field(default=False, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)
    limit: int = field(default=25, kw_only=True)

    def __post_init__(self) -> None:
        if bool(self.of) is (self.by is RankBy.ACTIVE):
            raise RankingRefused(
                f"Customers cannot be put in order by {self.by.value} of {self.of!r}.",
                hint="Name a currency to order by what was spent, a metric to order by answers.",
            )
        if self.limit < 1:
            raise RankingRefused("A page of no customers has no content.", hint="Ask for at least one.")


@dataclass(frozen=True, slots=True)
class RankedCustomer:
    """One customer of an order.

    Attributes
    ----------
    facts
        What is known of him.
    value
        What he is put in order by: minor units of the currency, the answer as it was given, microseconds UTC; None
        for whom it is not known.
    active_at
        When he last did something himself (aware UTC); None for who never did.
    """

    facts: CustomerFacts
    value: float | None
    active_at: datetime | None


@dataclass(frozen=True, slots=True)
class CustomerRankingAnswer:
    """A page of customers in order.

    Attributes
    ----------
    customers
        At most as many as asked for.
    next_after
        Where the next page starts; None at the end.
    count
        All whose order it is.
    known
        Of how many of them the value is known.
    """

    customers: tuple[RankedCustomer, ...]
    next_after: RankingPlace | None
    count: int
    known: int
    provenance: Provenance


def customer_ranking(log: Log, question: CustomerRankingQuestion) -> CustomerRankingAnswer:
    """Answer who comes first: a page of customers by what they spent, answered last, or did last.

    Every person with an event stands in the order once, whatever the number of ids; those without a value stand last,
    whichever way it runs. The order of all is kept as long as the log does not change, so that further pages cost
    only what they show.

    Notes
    -----
    Sums of money are floating: beyond 2**53 minor units they are put in order to 16 digits. What is shown of a
    customer (`CustomerFacts.spent`) is exact.
    """
    version, persons, values = ranked(log, question)
    known = int(np.count_nonzero(~np.isnan(values)))
    start = _start(persons, values, question) if question.after is not None else 0
    page = slice(start, start + question.limit)
    ids = log.ids_of(persons[page])
    facts = customer_facts(log, ids)
    by_key = _active_at(log, persons[page])
    of_page = zip(facts, persons[page].tolist(), values[page].tolist(), strict=True)
    customers = tuple(
        RankedCustomer(each, None if np.isnan(value) else value, by_key.get(key))
        for each, key, value in of_page
    )
    last = start + len(customers)
    is_end = not customers or last >= len(persons)
    return CustomerRankingAnswer(
        customers,
        None if is_end else RankingPlace(customers[-1].value, int(persons[last - 1])),
        len(persons),
        known,
        Provenance(question, version, sum(each.facts.events for each in customers)),
    )


def ranked(log: Log, question: CustomerRankingQuestion) -> tuple[str, Keys, Floats]:
    """Return the log's version, the keys of all persons in the order asked for, and what they are ordered by."""
    paths = log.paths()
    if not any(len(shard.person) for shard in paths.shards):
        return paths.version, np.zeros(0, np.uint64), np.zeros(0)
    key: Hashable = paths.version, replace(question, after=None, limit=1)
    owner = owner_of(next(shard.first for shard in paths.shards if len(shard.person)))
    persons, values = _orders.get(owner, key, lambda: _order(log, question))
    return paths.version, persons, values


def _order(log: Log, question: CustomerRankingQuestion) -> _Order:
    shards = [question.among.of(shard) for shard in log.paths().shards]
    persons = np.concatenate([shard.person for shard in shards])
    by_key = np.argsort(persons)
    persons = persons[by_key]
    if question.by is RankBy.ACTIVE:
        last = np.concatenate([_last_acts(shard) for shard in shards])[by_key]
        values = np.where(last == _NEVER, np.nan, last)
    elif question.by is RankBy.SPENT:
        values = _spent(log, persons, question.of)
    else:
        values = _scores(log, persons, question.of)
    order = np.argsort(values if question.ascending else -values, kind="stable")
    return persons[order], values[order]


def _last_acts(shard: PathShard) -> NDArray[np.int64]:
    """Return when each person of a shard last did something himself."""
    from .ranking_kernels import last_marked  # noqa: PLC0415 - compiled code only when needed

    codes, marks = marked(shard, [(own_acts(shard), 1)])
    found = np.full(len(shard.first), _NEVER, np.int64)
    last_marked(shard.first, shard.end, shard.time, codes, marks, found)
    return found


def _spent(log: Log, persons: Keys, currency: str) -> Floats:
    """Return what persons, by their keys in order, spent in a currency; NaN for those who ordered nothing in it."""
    rows = log.rows(ORDERS, _ALWAYS)
    currencies = rows.fields[CURRENCY]
    if currency not in currencies.texts:
        return np.full(len(persons), np.nan)
    rows = rows.where(currencies.values == currencies.texts.index(currency))
    places, is_there = _places(persons, rows.person)
    amounts = rows.fields[AMOUNT].values
    signed = np.where(rows.are(ORDER_PLACED), amounts, -amounts).astype(np.float64)
    sums = np.bincount(places, weights=signed[is_there], minlength=len(persons))
    return np.where(np.bincount(places, minlength=len(persons)) > 0, sums, np.nan)


def _scores(log: Log, persons: Keys, metric: str) -> Floats:
    """Return the newest answer of persons, by their keys in order, on a scale; NaN for those who gave none."""
    rows = log.rows(_ANSWERS, _ALWAYS)
    metrics = rows.fields[_METRIC]
    values = np.full(len(persons), np.nan)
    if metric not in metrics.texts:
        return values
    said = rows.fields[_VALUE].values
    mask = (metrics.values == metrics.texts.index(metric)) & np.isfinite(said)
    places, is_there = _places(persons, rows.person[mask])
    values[places] = said[mask][is_there]  # by time: of several answers the newest is written last
    return values


def _places(persons: Keys, of: Keys) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return where the persons of rows stand among ``persons``, which are in order, and which of them do at all."""
    if not len(persons):
        return np.zeros(0, np.int64), np.zeros(len(of), np.bool_)
    places = np.minimum(np.searchsorted(persons, of), len(persons) - 1)
    is_there = persons[places] == of
    return places[is_there].astype(np.int64), is_there


def _start(persons: Keys, values: Floats, question: CustomerRankingQuestion) -> int:
    """Return where the page behind a place starts, whether or not the customer of that place still stands there."""
    assert question.after is not None
    at, key = question.after.value, question.after.key
    known = int(np.count_nonzero(~np.isnan(values)))
    if at is None:
        first, end = known, len(values)
    else:
        line, wanted = (values[:known], at) if question.ascending else (-values[:known], -at)
        first, end = (int(np.searchsorted(line, wanted, side)) for side in ("left", "right"))
    return first + int(np.searchsorted(persons[first:end], np.uint64(key), "right"))


def _active_at(log: Log, persons: Keys) -> dict[int, datetime]:
    """Return when persons, by their keys, last did something themselves."""
    found = {}
    for shard in log.paths().shards:
        own = shard.of(np.isin(shard.person, persons))
        acts = zip(own.person.tolist(), _last_acts(own).tolist(), strict=True)
        found.update({key: from_microseconds(at) for key, at in acts if at != _NEVER})
    return found


def members_among(log: Log, among: Among, ids: list[str]) -> frozenset[str]:
    """Return those of the ids that persons go by who are among whom a question looks."""
    keys = {key_of_id(each): each for each in ids}
    wanted = np.array(list(keys), np.uint64)
    found: set[str] = set()
    for shard in log.paths().shards:
        own = shard.of(np.isin(shard.person, wanted))
        found.update(keys[key] for key in among.of(own).person.tolist())
    return frozenset(found)
