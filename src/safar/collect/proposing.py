"""A mapping drafted from a first look at a file: from its columns' names and values, with the reason for each choice.

It is a draft for a person to check, and good enough for files that are named as most are. Nothing is guessed where a
wrong guess would go unseen: a file without a column of customers or of times is refused.
"""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field

from .draft import Choice, Draft, NothingToPropose
from .look import ColumnLook, FileLook
from .mapping import Customer, Mapping, Property
from .proposed_options import data_set_name, file_options, number_options, time_options
from .proposed_rules import TYPES, rules_of


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
    draft = Draft(look, dict(roles or {}), unit=unit, event_name=event_name)
    customer = _customer(draft)
    event_id = _event_id(draft)
    rules = rules_of(draft, currency)
    mapping = Mapping(
        name=name or data_set_name(look, rules, event_id, draft.key),
        description=f"Drafted from {look.path.name}.",
        file=file_options(look),
        time=time_options(look, rules),
        number=number_options(look),
        event_id=event_id,
        key=[] if event_id else draft.key,
        customer=customer,
        currency=draft.currency,
        units=draft.units,
        channel=_channel(draft),
        event=rules,
    )
    return Proposal(mapping, tuple(draft.choices), draft.roles_of_all())


def _event_id(draft: Draft) -> str | None:
    found = draft.find("event id")
    if found is None or found.distinct_count < draft.look.rows:
        return None
    return draft.take(
        found, "event_id", "Its name says that it is the event's own id, and no two are the same."
    )


def _customer(draft: Draft) -> Customer:
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
            traits[trait] = Property(column=column.name, type=TYPES.get(column.kind))
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


def _channel(draft: Draft) -> str:
    channel = draft.find("channel", "text")
    if channel is None or channel.distinct_count > 50:
        return ""
    return f"{{{draft.take(channel, 'channel', 'Its name says that it is the channel.')}}}"
