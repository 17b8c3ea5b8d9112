"""A mapping drafted from a first look at a file: from its columns' names and values, with the reason for each choice.

It is a draft for a person to check, and good enough for files that are named as most are. Nothing is guessed where a
wrong guess would go unseen: a file without a column of customers or of times is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from safar.vocabulary.errors import Refusal
from safar.vocabulary.money import EXPONENTS

from .amounts import unit_of
from .column_words import is_cancelled, moment_of, plain_name, role_rank, unit_in_name, unit_meant
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
from .roles import IGNORED, MOMENT_ROLES, PROPERTY, TEXT, role_of_place
from .times import LEAST_SHARE, settled

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
    is_doubt
        Whether numbers may be wrong unless a person looks: to be said again with the result.
    """

    place: str
    column: str
    sentence: str
    is_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A drafted mapping.

    Attributes
    ----------
    mapping
        The draft.
    choices
        Why, for the person who checks it.
    roles
        What each column was taken for, one of `safar.collect.roles.ROLES`. A draft that is told so is the same draft.
    """

    mapping: Mapping
    choices: tuple[Choice, ...]
    roles: AbstractMapping[str, str] = field(default_factory=dict)

    @property
    def doubts(self) -> list[str]:
        """What a person should look at before the numbers are believed."""
        return [choice.sentence for choice in self.choices if choice.is_doubt]


@dataclass(slots=True)
class _Draft:
    """The columns, and which of them have found their place."""

    look: FileLook
    #: What a person says that columns stand for; it outranks their names and their values.
    said: AbstractMapping[str, str] = field(default_factory=dict)
    unit: str = ""
    event_name: str = ""
    roles: dict[str, str] = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    key: list[str] = field(default_factory=list)
    currency: str | None = None
    units: dict[str, str] = field(default_factory=dict)

    def doubt(self, place: str, column: str, sentence: str) -> None:
        """Note what may make the numbers wrong."""
        self.choices.append(Choice(place, column, sentence, is_doubt=True))

    def find(self, role: str, *kinds: Kind) -> ColumnLook | None:
        """Return the column said to have a role, else the one whose name stands most surely for it, among those of
        some kinds.
        """
        ranked = [
            (rank, place, column)
            for place, column in enumerate(self.look.columns)
            if (rank := self._rank(role, column)) is not None
            and column.name not in self.used
            and (not kinds or column.kind in kinds or (rank < 0 and role != "currency"))
        ]
        return min(ranked, key=lambda each: each[:2])[2] if ranked else None

    def _rank(self, role: str, column: ColumnLook) -> int | None:
        said = self.said.get(column.name)
        return role_rank(role, column.name) if said is None else -1 if said == role else None

    def take(self, column: ColumnLook, place: str, sentence: str) -> str:
        """Note where a column went and return its name."""
        self.used.add(column.name)
        self.roles.setdefault(column.name, role_of_place(place))
        self.choices.append(Choice(place, column.name, sentence))
        return column.name

    def left(self) -> Iterator[ColumnLook]:
        """Yield the columns that have not found a place."""
        return (
            column
            for column in self.look.columns
            if column.name not in self.used
            and (column.kind != "empty" or column.name in self.said)
            and self.said.get(column.name) != IGNORED
        )

    def roles_of_all(self) -> dict[str, str]:
        """Return what each column was taken for."""
        rest = {column.name: IGNORED if column.kind == "empty" else PROPERTY for column in self.look.columns}
        return {**rest, **self.roles, **self.said}


def propose_mapping(
    look: FileLook,
    *,
    currency: str = "",
    name: str = "",
    roles: AbstractMapping[str, str] | None = None,
    unit: str = "",
    event_name: str = "",
) -> Proposal:
    """Draft a mapping for a file.

    Parameters
    ----------
    look
        From `safar.collect.look.look_at`.
    currency
        ISO 4217 code for amounts when no column says theirs; without it such amounts become plain numbers.
    name
        Of the data set. By default it follows from the kind of events and the column that tells them apart, never from
        the file's name: the next export of the same rows has another.
    roles
        What columns stand for, one of `safar.collect.roles.ROLES` each; told from names and values where it says
        nothing.
    unit
        What the amounts count (``IRR``, ``IRR*10`` for toman), whatever columns and names say.
    event_name
        What happened, where no column says it; ``order_placed`` or ``event`` by default.

    Returns
    -------
    Proposal
        One of three drafts: a column names the events; several columns of instants are one event each (placed,
        shipped, delivered); or each row (or run of lines with one order number) is an order.

    Raises
    ------
    NothingToPropose
    """
    draft = _Draft(look, dict(roles or {}), unit=unit, event_name=event_name)
    customer = _customer(draft)
    event_id = _event_id(draft)
    rules = _rules(draft, currency)
    mapping = Mapping(
        name=name or _data_set(look, rules, event_id, draft.key),
        description=f"Drafted from {look.path.name}.",
        file=_file_options(look),
        time=_time_options(look, rules),
        number=_number_options(look),
        event_id=event_id,
        key=[] if event_id else draft.key,
        customer=customer,
        currency=draft.currency,
        units=draft.units,
        channel=_channel(draft),
        event=rules,
    )
    return Proposal(mapping, tuple(draft.choices), draft.roles_of_all())


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
            hint='Write a mapping, and name the column in [customer]: id = "…". Where each row is a customer: '
            "[derive] customer = { row = true }.",
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
        is_said = column is not None and column.name in draft.said
        if column and (kind != "text" or is_said or _belongs_to_customer(draft.look, found, column)):
            draft.take(column, f"customer.traits.{trait}", "It is known of the customer.")
            traits[trait] = Property(column=column.name, type=_TYPES.get(column.kind))
    if found.kind == "phone" and "phone" not in traits:
        traits["phone"] = Property(column=found.name, type="phone")
        draft.choices.append(
            Choice(
                "customer.traits.phone", found.name, "Its values are telephone numbers, so it is a trait too."
            )
        )
    return Customer(id=found.name, traits=traits)


def _belongs_to_customer(look: FileLook, customer: ColumnLook, column: ColumnLook) -> bool:
    """Whether a column may be a trait: it has no more values than there are customers."""
    return 0 < column.distinct_count <= customer.distinct_count and column.distinct_count < look.rows


def _rules(draft: _Draft, currency: str) -> list[EventRule]:
    event = draft.find("event", "text")
    if event and (event.distinct_count <= _MOST_EVENT_NAMES or event.name in draft.said):
        at = _time(draft)
        draft.take(event, "event[0].name", f"It names {event.distinct_count} kinds of events.")
        draft.take(at, "event[0].at", "It holds dates, and its name says when the event happened.")
        rest: dict[str, object] = {"rest": True}
        if draft.said:  # what is left out and what stays as it is written must be said column by column
            money = _money(draft, currency) if "amount" in draft.said.values() else None
            rest = {
                "amount": money[0] if money else None,
                "currency": money[1] if money else None,
                "properties": _order_property(draft) | _properties(draft),
            }
        return [EventRule(name=f"{{{event.name}}}", at=at.name, **rest)]  # type: ignore[arg-type]
    return _moments(draft, currency) or _orders(draft, currency)


def _time(draft: _Draft) -> ColumnLook:
    others = (each for each in draft.left() if each.kind == "time" and each.name not in draft.said)
    found = draft.find("time", "time") or next(others, None)
    if found is None:
        near = max(
            (each for each in draft.left() if each.nearly),
            key=lambda each: each.nearly.share if each.nearly else 0.0,
            default=None,
        )
        nearly = (
            f" {near.name!r} nearly does: {near.nearly.share:.0%} of its values are dates, but row {near.stray_row} "
            f"has {near.stray!r}."
            if near and near.nearly
            else ""
        )
        raise NothingToPropose(
            f"No column of {draft.look.path.name} holds dates.{nearly}",
            hint="Write a mapping, and say in [time] how the dates are written.",
            columns=list(draft.look.shape.names[:200]),
        )
    if found.stray:
        draft.doubt(
            "event[0].at",
            found.name,
            f"Not all of {found.name!r} are dates: row {found.stray_row} has {found.stray!r}. Such rows are rejected.",
        )
    return found


def _moments(draft: _Draft, currency: str) -> list[EventRule]:
    """Return a rule for each column of instants that names a moment of an order, when there are several."""
    said = draft.said
    if "time" in said.values():
        return []
    moments: dict[str, ColumnLook] = {}
    for column in sorted(draft.look.columns, key=lambda each: each.name not in said):
        guessed = moment_of(column.name) if column.kind == "time" and column.name not in said else ""
        event = said[column.name] if said.get(column.name) in MOMENT_ROLES else guessed
        if event and column.name not in draft.used:
            moments.setdefault(event, column)
    if len(moments) < (1 if set(said.values()) & set(MOMENT_ROLES) else 2):
        return []
    for event, column in moments.items():
        draft.take(column, f"event {event}", "It holds dates, and its name says what happened then.")
    order, ticket = draft.find("order"), draft.find("ticket")
    if entity := order or ticket:
        _set_key(draft, entity)
    if ticket and not order:
        draft.roles[ticket.name] = "ticket"
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
        name=draft.event_name or ("order_placed" if money or order else "event"),
        at=at.name,
        per=per,
        items=items,
        amount=money[0] if money else None,
        currency=money[1] if money else None,
        properties=properties,
    )
    if (
        order
        and not money
        and not any(choice.is_doubt for choice in draft.choices if "amount" in choice.place)
    ):
        named = draft.find("amount") or draft.find("price")
        why = f" {named.name!r} is named as one, but too many of its values are no numbers." if named else ""
        draft.doubt(
            "event[0].amount",
            "",
            f"No column was taken for the amount: these orders count without money.{why}",
        )
    signed = _signed(draft.look, money[0]) if money else None
    return _with_cancelled([rule] if signed is None else _with_returns(rule, signed, draft), draft)


def _with_cancelled(rules: list[EventRule], draft: _Draft) -> list[EventRule]:
    """Return the rules with one more for orders that were called off, when a status says so."""
    status = draft.find("status", "text")
    called_off = [value for value in status.values if is_cancelled(value)] if status else []
    if status is None or not called_off or rules[0].name != "order_placed":
        return rules
    draft.roles[status.name] = "status"
    shown = ", ".join(map(repr, called_off))
    draft.doubt(
        f"event[{len(rules)}]",
        status.name,
        f"Rows whose {status.name!r} is {shown} become order_cancelled, not order_placed; their other values: "
        f"{', '.join(repr(value) for value in status.values if value not in called_off) or 'none'}.",
    )
    kept = Condition(column=status.name, none_of=called_off)
    off = Condition(column=status.name, one_of=called_off)
    first = rules[0]
    return [
        *(replace(rule, when=[*rule.when, kept]) for rule in rules),
        replace(first, name="order_cancelled", when=[*first.when, off]),
    ]


def _with_returns(rule: EventRule, signed: ColumnLook, draft: _Draft) -> list[EventRule]:
    """Return the rule for orders and one for returns: rows with a negative amount or quantity."""
    draft.choices.append(
        Choice(
            "event[1]", signed.name, "It has negative numbers: these rows are returns, with positive amounts."
        )
    )
    amount = rule.amount_rule()
    assert amount
    back = replace(amount, sign="absolute")
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


def _money(draft: _Draft, currency: str) -> tuple[Amount, str | None] | None:
    """Return where the amount stands and its currency, when both are known; None for one that the mapping says."""
    total = draft.find("amount", "number")
    quantity, price = draft.find("quantity", "number"), draft.find("price", "number")
    chosen = total or price
    if chosen is None:
        return None
    code, times = _currency(draft, chosen, currency)
    if not (code or draft.currency):
        draft.doubt(
            "event[0].amount",
            chosen.name,
            f"Nothing says the currency of {chosen.name!r}: it stays a plain number.",
        )
        return None
    if total or not quantity:
        taken = draft.take(chosen, "event[0].amount", "Its name says that it is the amount.")
        return Amount(column=taken, times=times), code
    draft.roles |= {quantity.name: "quantity", chosen.name: "price"}
    draft.choices.append(
        Choice("event[0].amount", chosen.name, f"The amount is {quantity.name} × {chosen.name}.")
    )
    return Amount(columns=[quantity.name, chosen.name], times=times), code


def _currency(draft: _Draft, amount: ColumnLook, currency: str) -> tuple[str | None, int]:
    """Return the currency of a rule and what its amounts are multiplied with; a column of units goes to the draft."""
    if draft.unit:
        code, times = unit_of(draft.unit)
        return code, int(times)
    column = draft.find("currency", "currency")
    if column:
        return f"{{{draft.take(column, 'event[0].currency', 'It holds codes of currencies.')}}}", 1
    if _units(draft, currency):
        return None, 1
    unit = unit_in_name(amount.name, currency)[0]
    if unit:
        code, times = unit_of(unit)
        worth = f"1 is {times} {code}" if times != 1 else f"it counts {code}"
        draft.choices.append(Choice("event[0].amount", amount.name, f"Its name says the unit: {worth}."))
        return code, int(times)
    if currency:
        draft.doubt(
            "event[0].currency",
            "",
            f"No column says the currency of {amount.name!r}: {currency} is taken for all of it, the usual one here."
            + (" Are they toman? Then say times = 10 with the amount." if currency == "IRR" else ""),
        )
    return currency or None, 1


def _units(draft: _Draft, currency: str) -> bool:
    """Take the column that says the unit of each amount, if there is one, and what its words mean."""
    named = draft.find("currency", "text")
    columns = ([named] if named else []) + [
        each
        for each in draft.left()
        if each.kind == "text" and each is not named and each.name not in draft.said
    ]
    for column in columns:
        known = {value: unit for value in column.values if (unit := _unit_of_value(value, currency))}
        if (not known and column.name not in draft.said) or (
            column is not named and len(known) < len(column.values)
        ):
            continue
        meant = "; ".join(f"{value} is {unit.replace('*', ' × ')}" for value, unit in known.items())
        draft.currency = f"{{{draft.take(column, 'currency', f'It says the unit of each amount: {meant}.')}}}"
        draft.units = known
        unknown = [value for value in column.values if value not in known]
        if unknown:
            draft.doubt(
                "units",
                column.name,
                f"What {', '.join(map(repr, unknown))} means is not known; rows with it are rejected until [units] "
                "says it.",
            )
        return True
    return False


def _unit_of_value(value: str, currency: str) -> str:
    return unit_meant(value, currency) or (value.upper() if value.upper() in EXPONENTS else "")


def _order_property(draft: _Draft) -> dict[str, str | Property]:
    order = draft.find("order")
    if order is None:
        return {}
    column = draft.take(order, "event[0].properties.order_id", "Its name says that it is the order.")
    latin = column.isascii() and all(map(str.isascii, order.examples))
    return {"order_id": column if latin else Property(column=column, type="id")}


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
    return {
        _plain_key(column.name): column.name if draft.said.get(column.name) == TEXT else _property(column)
        for column in list(draft.left())
    }


def _property(column: ColumnLook) -> str | Property:
    kind = None if column.kind == "phone" else _TYPES.get(column.kind)
    if kind == "date" and column.time and (column.time.rival or column.time.share < LEAST_SHARE):
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


def _data_set(look: FileLook, rules: list[EventRule], event_id: str | None, key: list[str]) -> str:
    """Return a name that every export of the same kind gets: events' ids follow from it."""
    kind = rules[0].name if "{" not in rules[0].name else "events"
    if key := [event_id] if event_id else key or rules[0].per:
        words = [plain_name(column) for column in key]
        text = "_".join(words)
        return f"{kind}_by_{_slug(text) if text.isascii() else _digest(words)}"
    return f"{kind}_{_digest(sorted(map(plain_name, look.shape.names)))}"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text).strip("_")[:60]


def _digest(words: list[str]) -> str:
    return hashlib.blake2b("\x1f".join(words).encode(), digest_size=4).hexdigest()
