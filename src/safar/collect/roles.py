"""What a column may stand for when a mapping is drafted: told from its name, or said by a person."""

from __future__ import annotations

from typing import Final

from .column_words import MOMENTS

#: The rest: a property of the event, of the type that its values have.
PROPERTY: Final = "property"
#: A property whose values stay as they are written, whatever they look like.
TEXT: Final = "text"
IGNORED: Final = "ignored"
#: What a draft looks for, as `safar.collect.column_words.NAMES` calls it; each of these in at most one column.
SINGLE: Final = (
    "customer", "event", "time", "order", "ticket", "amount", "quantity", "price", "currency", "channel", "status",
    "event id", "email", "phone", "name", "city", "country", "sku", "product",
)  # fmt: skip
#: What a column of instants may stand for besides: the moment at which that event happened.
MOMENT_ROLES: Final = tuple(MOMENTS)
ROLES: Final = (*SINGLE, *MOMENT_ROLES, PROPERTY, TEXT, IGNORED)

#: Where a draft takes a column to, and which role that is.
_OF_PLACES: Final = {
    "customer.id": "customer",
    "event[0].name": "event",
    "event[0].at": "time",
    "event[0].amount": "amount",
    "event[0].currency": "currency",
    "currency": "currency",
    "channel": "channel",
    "event_id": "event id",
    "event[0].properties.order_id": "order",
    "event[0].items.sku": "sku",
    "event[0].items.name": "product",
    "event[0].items.quantity": "quantity",
    "event[0].items.price": "price",
}
_TRAIT: Final = "customer.traits."
_MOMENT: Final = "event "


def role_of_place(place: str) -> str:
    """Return the role of a column that a draft takes to a place of the mapping.

    >>> role_of_place("customer.id"), role_of_place("event order_shipped"), role_of_place("customer.traits.city")
    ('customer', 'order_shipped', 'city')
    """
    if place.startswith(_TRAIT):
        return place.removeprefix(_TRAIT)
    return _OF_PLACES.get(place) or place.removeprefix(_MOMENT)
