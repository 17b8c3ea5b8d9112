"""Names that events of a customer's life go by: ours, and the Segment spec's for the same thing.

A workspace may call its events as it likes; these are the names that pages understand without being told.
"""

from __future__ import annotations

from typing import Final

VISITED: Final = frozenset({"page", "screen", "store_visited"})
SEARCHED: Final = frozenset({"search_performed", "Products Searched"})
PRODUCT_VIEWED: Final = frozenset({"product_viewed", "Product Viewed"})
CART_ADDED: Final = frozenset({"cart_added", "Product Added"})
CHECKOUT_STARTED: Final = frozenset({"checkout_started", "Checkout Started"})
PAYMENT_FAILED: Final = frozenset({"payment_failed", "Payment Failed"})
ORDER_PLACED: Final = frozenset({"order_placed", "Order Completed"})
ORDER_SHIPPED: Final = frozenset({"order_shipped", "Order Shipped"})
ORDER_DELIVERED: Final = frozenset({"order_delivered", "Order Delivered"})
ORDER_RETURNED: Final = frozenset({"order_returned", "Order Refunded"})
CONVERSATION_STARTED: Final = frozenset({"conversation_started"})
CONVERSATION_RESOLVED: Final = frozenset({"conversation_resolved"})
MESSAGE_RECEIVED: Final = frozenset({"message_received"})
MESSAGE_SENT: Final = frozenset({"message_sent"})
SURVEY_SENT: Final = frozenset({"survey_sent"})
SURVEY_ANSWERED: Final = frozenset({"survey_answered"})
CAMPAIGN_SENT: Final = frozenset({"campaign_sent"})
CAMPAIGN_OPENED: Final = frozenset({"campaign_opened"})
CAMPAIGN_CLICKED: Final = frozenset({"campaign_clicked"})
COUPON_REDEEMED: Final = frozenset({"coupon_redeemed"})
REFERRAL_MADE: Final = frozenset({"referral_made"})
