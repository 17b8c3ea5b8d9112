"""A mapping drafted from a first look at a file: from its columns' names and values, with the reason for each choice.

It is a draft for a person to check, and good enough for files that are named as most are. Nothing is guessed where a
wrong guess would go unseen: a file without a column of customers or of times is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from safar.vocabulary.errors import Refusal

from .column_words import moment_of, role_rank
from .delimited import BLANKS
from .look import ColumnLook, FileLook, Kind
from .mapping import (
    Amount,
    Condition,
    Customer,
    EventRule,
    FileOptions,
    Mapping,
    NumberOptions,
    Property,
    PropertyType,
    TimeOptions,
)
from .times import settled

#: Words that are proposed as nulls when they occur; NA never, for it may be an id.
_NULLS: Final = ("?", "NULL", "(null)", "\\N", "#N/A")
_MOST_EVENT_NAMES: Final = 200
_TYPES: Final[dict[Kind, PropertyType]] = {
    "number": "number",
    "boolean": "boolean",
    "time": "date",
    "email": "email",
    "phone": "phone",
}


class NothingToPropose(Refusal, ValueError):
    """No column looks like the customer, or none like the time."""

    code = "mapping.nothing_to_propose"


@dataclass(frozen=True, slots=True)
class Choice:
    """Why a mapping was drafted so.

    Attributes
    ----------
    place
        In the mapping: ``customer.id``, ``event[0].at``, …
    column
        Which column was taken; empty when none was.
    sentence
        Why.
    """

    place: str
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A drafted mapping.

    Attributes
    ----------
    mapping
        The draft.
    choices
        Why, for the person who checks it.
    """

    mapping: Mapping
    choices: tuple[Choice, ...]


@dataclass(slots=True)
class _Draft:
    """The columns, and which of them have found their place."""

    look: FileLook
    choices: list[Choice] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    key: list[str] = field(default_factory=list)

    def find(self, role: str, *kinds: Kind) -> ColumnLook | None:
        """Return the column whose name stands most surely for a role, among those of some kinds."""
        ranked = [
            (rank, place, column)
            for place, column in enumerate(self.look.columns)
            if (rank := role_rank(role, column.name)) is not None
            and column.name not in self.used
            and (not kinds or column.kind in kinds)
        ]
        return min(ranked, key=lambda each: each[:2])[2] if ranked else None

    def take(self, column: ColumnLook, place: str, sentence: str) -> str:
        """Note where a column went and return its name."""
        self.used.add(column.name)
        self.choices.append(Choice(place, column.name, sentence))
        return column.name

    def left(self) -> Iterator[ColumnLook]:
        """Yield the columns that have not found a place."""
        return (
            column for column in self.look.columns if column.name not in self.used and column.kind != "empty"
        )


def propose_mapping(look: FileLook, *, currency: str = "", name: str = "") -> Proposal:
    """Draft a mapping for a file.

    Parameters
    ----------
    look
        From `safar.collect.look.look_at`.
    currency
        ISO 4217 code for amounts when no column says theirs; without it such amounts become plain numbers.
    name
        Of the data set; by default the file's name without endings.

    Returns
    -------
    Proposal
        One of three drafts: a column names the events; several columns of instants are one event each (placed,
        shipped, delivered); or each row (or run of lines with one order number) is an order.

    Raises
    ------
    NothingToPropose
    """
    draft = _Draft(look)
    customer = _customer(draft)
    event_id = _event_id(draft)
    rules = _rules(draft, currency)
    mapping = Mapping(
        name=name or _data_set(look.path.name),
        description=f"Drafted from {look.path.name}.",
        file=_file_options(look),
        time=_time_options(look, rules),
        number=_number_options(look),
        event_id=event_id,
        key=[] if event_id else draft.key,
        customer=customer,
        channel=_channel(draft),
        event=rules,
    )
    return Proposal(mapping, tuple(draft.choices))


def _event_id(draft: _Draft) -> str | None:
    found = draft.find("event id")
    if found is None or found.distinct_count < draft.look.rows:
        return None
    return draft.take(
        found, "event_id", "Its name says that it is the event's own id, and no two are the same."
    )


def _set_key(draft: _Draft, column: ColumnLook) -> None:
    """Let a column say which rows are the same, so that a later export with more in them adds only what is new."""
    draft.key = [column.name]
    draft.choices.append(
        Choice("key", column.name, "A row with the same number in a later export is the same row.")
    )


def _customer(draft: _Draft) -> Customer:
    found = draft.find("customer") or draft.find("email", "email") or draft.find("phone", "phone")
    found = found or draft.find("anonymous")
    if found is None:
        raise NothingToPropose(
            f"No column of {draft.look.path.name} looks like the customer's id.",
            hint='Write a mapping, and name the column in [customer]: id = "…".',
            columns=list(draft.look.shape.names[:200]),
        )
    share = "" if found.filled_share == 1 else f" In {1 - found.filled_share:.1%} of the rows it is empty."
    draft.take(found, "customer.id", f"Its name says that it is the customer.{share}")
    traits: dict[str, str | Property] = {}
    for trait, kind in (
        ("email", "email"),
        ("phone", "phone"),
        ("name", "text"),
        ("city", "text"),
        ("country", "text"),
    ):
        column = draft.find(trait, kind)  # type: ignore[arg-type]
        if column and (kind != "text" or _belongs_to_customer(draft.look, found, column)):
            draft.take(column, f"customer.traits.{trait}", "It is known of the customer.")
            traits[trait] = Property(column=column.name, type=_TYPES.get(column.kind))
    return Customer(id=found.name, traits=traits)


def _belongs_to_customer(look: FileLook, customer: ColumnLook, column: ColumnLook) -> bool:
    """Whether a column may be a trait: it has no more values than there are customers."""
    return 0 < column.distinct_count <= customer.distinct_count and column.distinct_count < look.rows


def _rules(draft: _Draft, currency: str) -> list[EventRule]:
    event = draft.find("event", "text")
    if event and event.distinct_count <= _MOST_EVENT_NAMES:
        at = _time(draft)
        draft.take(event, "event[0].name", f"It names {event.distinct_count} kinds of events.")
        draft.take(at, "event[0].at", "It holds dates, and its name says when the event happened.")
        return [EventRule(name=f"{{{event.name}}}", at=at.name, rest=True)]
    return _moments(draft, currency) or _orders(draft, currency)


def _time(draft: _Draft) -> ColumnLook:
    found = draft.find("time", "time") or next((each for each in draft.left() if each.kind == "time"), None)
    if found is None:
        raise NothingToPropose(
            f"No column of {draft.look.path.name} holds dates.",
            hint="Write a mapping, and say in [time] how the dates are written.",
            columns=list(draft.look.shape.names[:200]),
        )
    return found


def _moments(draft: _Draft, currency: str) -> list[EventRule]:
    """Return a rule for each column of instants that names a moment of an order, when there are several."""
    moments: dict[str, ColumnLook] = {}
    for column in draft.look.columns:
        event = moment_of(column.name) if column.kind == "time" else ""
        if event and column.name not in draft.used:
            moments.setdefault(event, column)
    if len(moments) < 2:
        return []
    for event, column in moments.items():
        draft.take(column, f"event {event}", "It holds dates, and its name says what happened then.")
    entity = draft.find("order") or draft.find("ticket")
    if entity:
        _set_key(draft, entity)
    shared = _order_property(draft)
    money = _money(draft, currency)
    others = _properties(draft)
    first = next(iter(moments))
    return [
        EventRule(
            name=event,
            at=column.name,
            properties=shared | (others if event == first else {}),
            amount=money[0] if money and event == first else None,
            currency=money[1] if money and event == first else None,
        )
        for event, column in moments.items()
    ]


def _orders(draft: _Draft, currency: str) -> list[EventRule]:
    """Return the rules of a file whose rows are orders, or lines of orders."""
    at = _time(draft)
    draft.take(at, "event[0].at", "It holds dates.")
    order = draft.find("order")
    money = _money(draft, currency)
    per: list[str] = []
    items: dict[str, str | Property] = {}
    if order and _are_lines(draft.look, order):
        per = [order.name]
        items = _items(draft)
        draft.choices.append(
            Choice(
                "event[0].per", order.name, "Rows with the same number stand together: lines of one order."
            )
        )
    if order and order.distinct_count == draft.look.rows:
        _set_key(draft, order)
    properties = _order_property(draft) | _properties(draft)
    rule = EventRule(
        name="order_placed" if money or order else "event",
        at=at.name,
        per=per,
        items=items,
        amount=money[0] if money else None,
        currency=money[1] if money else None,
        properties=properties,
    )
    signed = _signed(draft.look, money[0]) if money else None
    return [rule] if signed is None else _with_returns(rule, signed, draft)


def _with_returns(rule: EventRule, signed: ColumnLook, draft: _Draft) -> list[EventRule]:
    """Return the rule for orders and one for returns: rows with a negative amount or quantity."""
    draft.choices.append(
        Choice(
            "event[1]", signed.name, "It has negative numbers: these rows are returns, with positive amounts."
        )
    )
    amount = rule.amount_rule()
    assert amount
    back = Amount(column=amount.column, columns=amount.columns, sign="absolute")
    fields = {name: getattr(rule, name) for name in ("at", "per", "items", "currency", "properties")}
    return [
        EventRule(name=rule.name, when=[Condition(column=signed.name, at_least=0)], amount=amount, **fields),
        EventRule(
            name="order_returned", when=[Condition(column=signed.name, below=0)], amount=back, **fields
        ),
    ]


def _signed(look: FileLook, amount: Amount) -> ColumnLook | None:
    columns = [look.column(name) for name in ([amount.column] if amount.column else amount.columns)]
    return next((column for column in columns if column.number and column.number.negative), None)


def _are_lines(look: FileLook, order: ColumnLook) -> bool:
    changes, distinct = look.runs[order.name]
    return distinct < 0.9 * look.rows and changes <= 1.02 * distinct


def _money(draft: _Draft, currency: str) -> tuple[Amount, str] | None:
    """Return where the amount stands and its currency, when both are known."""
    column = draft.find("currency", "currency")
    code = f"{{{column.name}}}" if column else currency
    total = draft.find("amount", "number")
    quantity, price = draft.find("quantity", "number"), draft.find("price", "number")
    if not code or not (total or price):
        return None
    if column:
        draft.take(column, "event[0].currency", "It holds codes of currencies.")
    if total or not quantity:
        chosen = total or price
        assert chosen
        return Amount(
            column=draft.take(chosen, "event[0].amount", "Its name says that it is the amount.")
        ), code
    assert price
    draft.choices.append(
        Choice("event[0].amount", price.name, f"The amount is {quantity.name} × {price.name}.")
    )
    return Amount(columns=[quantity.name, price.name]), code


def _order_property(draft: _Draft) -> dict[str, str | Property]:
    order = draft.find("order")
    if order is None:
        return {}
    return {
        "order_id": draft.take(order, "event[0].properties.order_id", "Its name says that it is the order.")
    }


def _items(draft: _Draft) -> dict[str, str | Property]:
    found: dict[str, str | Property] = {}
    for name, role in (("sku", "sku"), ("name", "product"), ("quantity", "quantity"), ("price", "price")):
        column = draft.find(role)
        if column:
            draft.take(column, f"event[0].items.{name}", "It belongs to a line of the order.")
            found[name] = _property(column)
    return found


def _properties(draft: _Draft) -> dict[str, str | Property]:
    """Return every column that is left as a property."""
    return {_plain_key(column.name): _property(column) for column in list(draft.left())}


def _property(column: ColumnLook) -> str | Property:
    kind = None if column.kind == "phone" else _TYPES.get(column.kind)
    if kind == "date" and column.time and column.time.rival:
        kind = None
    return Property(column=column.name, type=kind) if kind else column.name


def _plain_key(name: str) -> str:
    return name.replace(".", "_")


def _channel(draft: _Draft) -> str:
    channel = draft.find("channel", "text")
    if channel is None or channel.distinct_count > 50:
        return ""
    return f"{{{draft.take(channel, 'channel', 'Its name says that it is the channel.')}}}"


def _file_options(look: FileLook) -> FileOptions:
    shape = look.shape
    words = {word for column in look.columns for word in column.null_words}
    return FileOptions(
        format=shape.format,
        delimiter=BLANKS if shape.delimiter == BLANKS else None,
        header=None if shape.header else False,
        columns=None if shape.header else list(shape.names),
        null=[word for word in _NULLS if word in words],
    )


def _time_options(look: FileLook, rules: list[EventRule]) -> TimeOptions:
    """Return how the columns of instants are written, when they are all written alike and beyond doubt."""
    columns = [column for rule in rules for column in rule.time_columns()]
    times = settled({name: time for name in columns if (time := look.column(name).time)})
    found = {(time.layout, time.calendar, time.rival) for time in times.values()}
    if len(found) != 1:
        return TimeOptions()
    layout, calendar, rival = found.pop()
    return TimeOptions() if rival else TimeOptions(layout=layout, calendar=calendar)


def _number_options(look: FileLook) -> NumberOptions:
    found = {column.number.decimal for column in look.columns if column.number and column.number.decimal}
    return NumberOptions(decimal=found.pop()) if len(found) == 1 else NumberOptions()


def _data_set(file_name: str) -> str:
    stem = re.sub(
        r"(\.(csv|tsv|txt|jsonl?|ndjson|xlsx?|xlsb|ods|parquet|xes|gz|zst))+$", "", file_name.lower()
    )
    return re.sub(r"[^a-z0-9]+", "_", stem).strip("_")[:100] or "file"
