"""Orders and returns as an extract: which order, what amount in what currency."""

from __future__ import annotations

from typing import Final

from safar.vocabulary.lifecycle import ORDER_PLACED, ORDER_RETURNED

from .extracts import Extract, Field

ORDER_KEY: Final = "order"
AMOUNT: Final = "amount"
CURRENCY: Final = "currency"
MARGIN: Final = "margin"

ORDERS: Final = Extract(
    ORDER_PLACED | ORDER_RETURNED,
    (
        # an order without a number is one by itself
        Field(ORDER_KEY, "coalesce(properties->>'order_id', event_id::VARCHAR)", "key"),
        Field(AMOUNT, "amount", "number"),
        Field(CURRENCY, "currency", "text"),
    ),
)

#: The same, and what each order brought where it says so: its property ``margin``, in whole units of its currency.
ORDERS_WITH_MARGINS: Final = Extract(
    ORDERS.names,
    (*ORDERS.fields, Field(MARGIN, "try_cast(properties->>'margin' AS DOUBLE)", "real")),
)
