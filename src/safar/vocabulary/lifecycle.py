"""Names that events of a customer's life go by: ours, and the Segment spec's for the same thing.

A workspace may call its events as it likes; these are the names that pages understand without being told.
"""

from __future__ import annotations

from typing import Final

VISITED: Final = frozenset({"page", "screen", "store_visited"})
SEARCHED: Final = frozenset({"search_performed", "Products Searched"})
PRODUCT_VIEWED: Final = frozenset({"product_viewed", "Product Viewed"})
CART_ADDED: Final = frozenset({"cart_added", "Product Added"})
WISHED: Final = frozenset({"wishlist_added", "Product Added to Wishlist"})
CART_VIEWED: Final = frozenset({"cart_viewed", "Cart Viewed"})
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
SURVEY_COMPLETED: Final = frozenset({"survey_completed"})
SURVEY_STOPPED: Final = frozenset({"survey_stopped"})
CAMPAIGN_SENT: Final = frozenset({"campaign_sent"})
CAMPAIGN_OPENED: Final = frozenset({"campaign_opened"})
CAMPAIGN_CLICKED: Final = frozenset({"campaign_clicked"})
COUPON_REDEEMED: Final = frozenset({"coupon_redeemed"})
REFERRAL_MADE: Final = frozenset({"referral_made"})
#: An arm of an experiment was shown: its properties say which experiment and which arm.
EXPERIMENT_VIEWED: Final = frozenset({"experiment_viewed", "Experiment Viewed"})
#: A next best action was chosen: its properties say among what and with which probabilities.
ACTION_DECIDED: Final = frozenset({"action_decided"})
#: Items were shown to a customer, and he followed one: properties name the items and the decision.
RECOMMENDATIONS_SHOWN: Final = frozenset({"recommendations_shown"})
RECOMMENDATION_CLICKED: Final = frozenset({"recommendation_clicked"})
#: What is known of an item has changed: its name, group, link, picture, whether it is in stock. It is nobody's event.
ITEM_CHANGED: Final = frozenset({"item_changed"})
#: What a channel cost: the event's amount is the cost, its property ``channel`` (or the property that names touches,
#: such as ``utm_campaign``) says of what, its time is the day it was spent on. It is nobody's touch.
COST_RECORDED: Final = frozenset({"cost_recorded", "Cost Recorded"})
