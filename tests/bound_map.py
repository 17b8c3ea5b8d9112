"""A map of a shop, bound to what the simulated company does."""

from __future__ import annotations

from safar.maps.anatomy import Binding, JourneyMap, Move, Promise, Stage, Step

TWO_DAYS = Promise(
    promise_id="two-days",
    begins="order_placed",
    kept_by="order_delivered",
    within="2d",
    same="order_id",
    goal=0.9,
)
ANSWERED = Promise(promise_id="answered", begins="conversation_started", kept_by="message_sent", within="4h")


def a_step(step_id: str, events: str = "", **binding: object) -> Step:
    return Step(step_id=step_id, binding=Binding(events=events, **binding))  # type: ignore[arg-type]


STEPS = (
    a_step("aware"),
    a_step("visit", "page, screen, store_visited"),
    a_step("look", "product_viewed, search_performed"),
    a_step("cart", "cart_added"),
    a_step(
        "pay",
        "order_placed, payment_failed",
        question_keys=("ces_checkout",),
        tags=("payment",),
        revenue="order_placed",
    ),
    a_step(
        "deliver",
        "order_shipped, order_delivered",
        question_keys=("csat_delivery", "csat_product"),
        tags=("delivery", "damage"),
        promises=(TWO_DAYS,),
        revenue="order_placed [channel = web]",
    ),
    a_step(
        "support",
        "conversation_started",
        question_keys=("csat_support", "ces_support"),
        promises=(ANSWERED,),
    ),
    a_step("return", "order_returned", cost="order_returned"),
    a_step("loyal", "referral_made, coupon_redeemed", question_keys=("nps",)),
)
MOVES = tuple(
    Move(source=source, target=target)
    for source, target in (
        ("aware", "visit"),
        ("visit", "look"),
        ("look", "cart"),
        ("cart", "pay"),
        ("pay", "deliver"),
        ("deliver", "support"),
        ("deliver", "return"),
        ("support", "return"),
        ("deliver", "loyal"),
        ("return", "loyal"),
    )
)
SHOP = JourneyMap(stages=(Stage(stage_id="all", steps=STEPS),), moves=MOVES, pause="30d")
