"""Which events the rows of a file become: named by a column, one a column of instants, or orders."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from .column_words import is_cancelled, moment_of
from .draft import Choice, Draft, NothingToPropose
from .look import ColumnLook, FileLook, Kind
from .mapping import Condition, EventRule, Property, PropertyType
from .proposed_money import money_of, signed_column
from .roles import MOMENT_ROLES, TEXT
from .times import LEAST_SHARE

_MOST_EVENT_NAMES: Final = 200

#: What a property is kept as, by what its column holds.
TYPES: Final[dict[Kind, PropertyType]] = {
    "number": "number",
    "boolean": "boolean",
    "time": "date",
    "email": "email",
    "phone": "phone",
}


def _set_key(draft: Draft, column: ColumnLook) -> None:
    """Let a column say which rows are the same, so that a later export with more in them adds only what is new."""
    draft.key = [column.name]
    draft.choices.append(
        Choice("key", column.name, "A row with the same number in a later export is the same row.")
    )


def rules_of(draft: Draft, currency: str) -> list[EventRule]:
    """Return the rules of events; what they take is noted in the draft."""
    event = draft.find("event", "text")
    if event and (event.distinct_count <= _MOST_EVENT_NAMES or event.name in draft.said):
        at = _time(draft)
        draft.take(event, "event[0].name", f"It names {event.distinct_count} kinds of events.")
        draft.take(at, "event[0].at", "It holds dates, and its name says when the event happened.")
        rest: dict[str, object] = {"rest": True}
        if draft.said:  # what is left out and what stays as it is written must be said column by column
            money = money_of(draft, currency) if "amount" in draft.said.values() else None
            rest = {
                "amount": money[0] if money else None,
                "currency": money[1] if money else None,
                "properties": _order_property(draft) | _properties(draft),
            }
        return [EventRule(name=f"{{{event.name}}}", at=at.name, **rest)]  # type: ignore[arg-type]
    return _moments(draft, currency) or _orders(draft, currency)


def _time(draft: Draft) -> ColumnLook:
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


def _moments(draft: Draft, currency: str) -> list[EventRule]:
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
    money = money_of(draft, currency)
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


def _orders(draft: Draft, currency: str) -> list[EventRule]:
    """Return the rules of a file whose rows are orders, or lines of orders."""
    at = _time(draft)
    draft.take(at, "event[0].at", "It holds dates.")
    order = draft.find("order")
    money = money_of(draft, currency)
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
    signed = signed_column(draft.look, money[0]) if money else None
    return _with_cancelled([rule] if signed is None else _with_returns(rule, signed, draft), draft)


def _with_cancelled(rules: list[EventRule], draft: Draft) -> list[EventRule]:
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


def _with_returns(rule: EventRule, signed: ColumnLook, draft: Draft) -> list[EventRule]:
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


def _are_lines(look: FileLook, order: ColumnLook) -> bool:
    changes, distinct = look.runs[order.name]
    return distinct < 0.9 * look.rows and changes <= 1.02 * distinct


def _order_property(draft: Draft) -> dict[str, str | Property]:
    order = draft.find("order")
    if order is None:
        return {}
    column = draft.take(order, "event[0].properties.order_id", "Its name says that it is the order.")
    latin = column.isascii() and all(map(str.isascii, order.examples))
    return {"order_id": column if latin else Property(column=column, type="id")}


def _items(draft: Draft) -> dict[str, str | Property]:
    found: dict[str, str | Property] = {}
    for name, role in (("sku", "sku"), ("name", "product"), ("quantity", "quantity"), ("price", "price")):
        column = draft.find(role)
        if column:
            draft.take(column, f"event[0].items.{name}", "It belongs to a line of the order.")
            found[name] = _property(column)
    return found


def _properties(draft: Draft) -> dict[str, str | Property]:
    """Return every column that is left as a property."""
    return {
        _plain_key(column.name): column.name if draft.said.get(column.name) == TEXT else _property(column)
        for column in list(draft.left())
    }


def _property(column: ColumnLook) -> str | Property:
    kind = None if column.kind == "phone" else TYPES.get(column.kind)
    if kind == "date" and column.time and (column.time.rival or column.time.share < LEAST_SHARE):
        kind = None
    return Property(column=column.name, type=kind) if kind else column.name


def _plain_key(name: str) -> str:
    return name.replace(".", "_")
