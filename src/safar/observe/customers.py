"""Customers one by one: who was here last, who is meant by a text, what one of them said and did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from safar.store.newest import EventPlace, Selection
from safar.store.newest import key_of_id as key_of
from safar.store.orders import AMOUNT, CURRENCY, ORDER_KEY, ORDERS
from safar.vocabulary.answer import Provenance
from safar.vocabulary.event import IDENTIFY
from safar.vocabulary.lifecycle import ORDER_PLACED, SURVEY_ANSWERED
from safar.vocabulary.money import EXPONENTS, Money
from safar.vocabulary.window import Window, from_microseconds, to_microseconds

from .overview import NOT_BY_CUSTOMER

if TYPE_CHECKING:
    from safar.store.extracts import Rows
    from safar.store.log import Log

#: Events of a person that are read for traits and answers: the newest.
_MOST_TOLD: Final = 20_000
_TELLING: Final = tuple(sorted(SURVEY_ANSWERED | {IDENTIFY}))
_OF_TELLING: Final = ("customer_id", "event_name", "properties")
_ALWAYS: Final = Window(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
_DECODER: Final = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True)
class Trait:
    """Something that is known of a customer.

    Attributes
    ----------
    name, value
        As it was sent; the value may be any JSON.
    at
        Aware UTC instant of the newest `identify` event that said it.
    """

    name: str
    value: Any
    at: datetime


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """One answer of a customer to a survey: on which scale, and when (aware UTC)."""

    metric: str
    value: float
    scale_min: float | None
    scale_max: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What is known of one person.

    Attributes
    ----------
    customer_id
        The id that the person goes by.
    ids
        All ids, that one first.
    first_at, last_at
        Aware UTC instants of the first and the last event; None for a person without events.
    events
        How many.
    orders
        Distinct orders: by ``order_id``, and by event where an order has no id.
    spent
        Ordered less paid back, exact, one amount for each currency.
    traits
        The newest value of each, in the order of names.
    answers
        The newest answer of each metric.
    is_told_cut
        Whether the person told more than was read for traits and answers: older ones may be missing.
    """

    customer_id: str
    ids: tuple[str, ...]
    first_at: datetime | None
    last_at: datetime | None
    events: int
    orders: int
    spent: tuple[Money, ...]
    traits: tuple[Trait, ...]
    answers: tuple[SurveyAnswer, ...]
    is_told_cut: bool

    @property
    def name(self) -> str:
        """How the person is called, by the traits; empty when unknown."""
        said = {trait.name: trait.value for trait in self.traits if isinstance(trait.value, str)}
        parts = [
            said.get(name, "").strip()
            for names in _PARTS_OF_NAME
            for name in names
            if said.get(name, "").strip()
        ]
        whole = next((said[name].strip() for name in _WHOLE_NAME if said.get(name, "").strip()), "")
        return whole or " ".join(parts[:2])


_WHOLE_NAME: Final = ("name", "full_name", "fullName", "Name", "نام")
_PARTS_OF_NAME: Final = (("first_name", "firstName", "given_name"), ("last_name", "lastName", "family_name"))


@dataclass(frozen=True, slots=True)
class RecentCustomersQuestion:
    """Who was here last?

    Parameters
    ----------
    before
        ``(last active instant in microseconds UTC, key)`` of the last customer seen: the page starts behind it.
    limit
        Customers of the page.
    """

    before: tuple[int, int] | None = None
    limit: int = field(default=25, kw_only=True)


@dataclass(frozen=True, slots=True)
class RecentCustomersAnswer:
    """A page of customers by their last own activity, newest first.

    Attributes
    ----------
    customers
        With ``active_at``, the last thing each did himself (messages and parcels that we sent do not count).
    next_before
        Where the next page starts; None at the end.
    """

    customers: tuple[tuple[CustomerFacts, datetime], ...]
    next_before: tuple[int, int] | None
    provenance: Provenance


def recent_customers(log: Log, question: RecentCustomersQuestion) -> RecentCustomersAnswer:
    """Answer who was active last, a person once, whatever the number of ids.

    Finds them by the path indexes alone and reads only what the customers of the page spent and said.
    """
    version = log.version
    names = tuple(name for name in log.present().names if name not in NOT_BY_CUSTOMER)
    if not names:
        return RecentCustomersAnswer((), None, Provenance(question, version, 0))
    found: dict[str, tuple[int, int]] = {}
    before, is_end = question.before, False
    while len(found) <= question.limit and not is_end:
        wanted = 2 * question.limit + 10
        place = None if before is None else EventPlace(*before, 0, "")
        page = log.newest(
            Selection(names=names, one_each=True), before=place, limit=wanted, columns=("customer_id",)
        ).columns()
        pairs = list(zip((to_microseconds(at) for at in page["occurred_at"]), page["key"], strict=True))
        is_end = len(pairs) < wanted
        persons = {each: log.identity.person_of(each) for each in page["customer_id"]}
        latest = _last_active(log, persons.values(), names)
        for customer_id, pair in zip(page["customer_id"], pairs, strict=True):
            if latest[persons[customer_id]] == pair:
                found.setdefault(persons[customer_id], pair)
        before = pairs[-1] if pairs else before
    shown = list(found.items())[: question.limit]
    facts = customer_facts(log, [person for person, _ in shown])
    customers = tuple(
        (each, from_microseconds(pair[0])) for each, (_, pair) in zip(facts, shown, strict=True)
    )
    has_more = len(found) > len(shown)
    return RecentCustomersAnswer(
        customers,
        shown[-1][1] if has_more else None,
        Provenance(question, version, sum(each.events for each in facts)),
    )


def _last_active(log: Log, persons: Iterable[str], names: tuple[str, ...]) -> dict[str, tuple[int, int]]:
    """Return when each person was active last, and by the key of which id."""
    ids = {person: log.identity.ids_of(person) for person in dict.fromkeys(persons)}
    extents = log.extents([each for of_person in ids.values() for each in of_person], names)
    latest = {}
    for person, of_person in ids.items():
        keys = [key_of(each) for each in of_person]
        latest[person] = max((extents[key].last_wanted, key) for key in keys if key in extents)
    return latest


def customer_facts(log: Log, persons: Sequence[str]) -> list[CustomerFacts]:
    """Return what is known of persons, each given by any id, in the order given.

    A person nobody has heard of has no events and no traits.
    """
    ids = {person: tuple(log.identity.ids_of(log.identity.person_of(person))) for person in persons}
    every = tuple(dict.fromkeys(each for of_person in ids.values() for each in of_person))
    if not every:
        return []
    extents = log.extents(every)
    orders = log.rows(ORDERS, _ALWAYS, ids=every)
    told = _told(log, list(ids.values()))
    found = []
    for of_person, (rows, is_cut) in zip(ids.values(), told, strict=True):
        own = [extents[key] for key in map(key_of, of_person) if key in extents]
        traits, answers = _said(rows)
        count, spent = _ordered(orders.where(orders.person == np.uint64(key_of(of_person[0]))))
        found.append(
            CustomerFacts(
                customer_id=of_person[0],
                ids=of_person,
                first_at=from_microseconds(min(each.first for each in own)) if own else None,
                last_at=from_microseconds(max(each.last for each in own)) if own else None,
                events=sum(each.events for each in own),
                orders=count,
                spent=spent,
                traits=traits,
                answers=answers,
                is_told_cut=is_cut,
            )
        )
    return found


def _told(log: Log, persons: Sequence[tuple[str, ...]]) -> list[tuple[list[dict[str, Any]], bool]]:
    """Return what each person told, newest first, and whether there is more of it.

    All are read at once; where they told too much for that, one half after the other.
    """
    every = tuple(dict.fromkeys(each for of_person in persons for each in of_person))
    table = log.newest(Selection(names=_TELLING, ids=every), limit=_MOST_TOLD + 1, columns=_OF_TELLING)
    if len(table) > _MOST_TOLD and len(persons) > 1:
        half = len(persons) // 2
        return _told(log, persons[:half]) + _told(log, persons[half:])
    told: dict[str, list[dict[str, Any]]] = {}
    for row in (dict(zip(table.names, row, strict=True)) for row in table.rows()[:_MOST_TOLD]):
        told.setdefault(row["customer_id"], []).append(row)
    return [
        (
            sorted(
                (row for each in of_person for row in told.get(each, ())),
                key=lambda row: (row["occurred_at"], row["sequence"]),
                reverse=True,
            ),
            len(table) > _MOST_TOLD,
        )
        for of_person in persons
    ]


def _ordered(rows: Rows) -> tuple[int, tuple[Money, ...]]:
    """Return how many orders the rows of one person are, and what was ordered less what was paid back."""
    is_order, currencies = rows.are(ORDER_PLACED), rows.fields[CURRENCY]
    amounts = np.where(is_order, rows.fields[AMOUNT].values, -rows.fields[AMOUNT].values)
    # Integers of any size: a sum of rials may not fit into 64 bits.
    spent = [
        Money(sum(amounts[currencies.values == code].tolist()), currencies.texts[code])
        for code in np.unique(currencies.values).tolist()
        if currencies.texts[code] in EXPONENTS
    ]
    orders = len(np.unique(rows.fields[ORDER_KEY].values[is_order]))
    return orders, tuple(sorted(spent, key=lambda each: each.currency))


def _said(rows: list[dict[str, Any]]) -> tuple[tuple[Trait, ...], tuple[SurveyAnswer, ...]]:
    """Return the traits and answers that newest-first events of one person tell."""
    traits: dict[str, Trait] = {}
    answers: dict[str, SurveyAnswer] = {}
    for row in rows:
        properties = _object(row["properties"])
        if row["event_name"] == IDENTIFY:
            for trait, value in properties.items():
                if not trait.startswith("$") and value is not None:
                    traits.setdefault(trait, Trait(trait, value, row["occurred_at"]))
        else:
            answer = _answer(properties, row["occurred_at"])
            if answer is not None:
                answers.setdefault(answer.metric, answer)
    return tuple(traits[each] for each in sorted(traits)), tuple(answers[each] for each in sorted(answers))


def _answer(properties: dict[str, Any], at: datetime) -> SurveyAnswer | None:
    metric, value = properties.get("metric"), properties.get("value")
    if not isinstance(metric, str) or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    ends = [properties.get(end) for end in ("scale_min", "scale_max")]
    low, high = (each if isinstance(each, int | float) else None for each in ends)
    return SurveyAnswer(metric, value, low, high, at)


def _object(text: str) -> dict[str, Any]:
    try:
        found = _DECODER.decode(text)
    except msgspec.MsgspecError:
        return {}
    return found if isinstance(found, dict) else {}
