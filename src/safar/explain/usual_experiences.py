"""Usual experiences: what may go wrong at the steps that every shop has, by the names its events go by."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Final

from safar.observe.conditions import Comparison, Condition
from safar.observe.steps import StepRule
from safar.vocabulary.lifecycle import (
    CHECKOUT_STARTED,
    CONVERSATION_STARTED,
    ORDER_DELIVERED,
    ORDER_PLACED,
    ORDER_RETURNED,
    PAYMENT_FAILED,
    SEARCHED,
)

from .occasions import Experience
from .step_experience import StepExperienceQuestion

_HANDED_OVER: Final = frozenset({"conversation_handed_over"})
#: What may happen to an order, in the order of time: each may lead to the next.
_OF_ORDERS: Final = (
    Experience(
        "late_delivery",
        StepRule(
            "late_delivery",
            tuple(sorted(ORDER_DELIVERED)),
            (),
            (Condition("late_days", Comparison.ABOVE, ("0",)),),
        ),
        timedelta(days=60),
        among=StepRule("delivered", tuple(sorted(ORDER_DELIVERED))),
    ),
    Experience(
        "turned_to_support",
        StepRule("turned_to_support", tuple(sorted(CONVERSATION_STARTED))),
        timedelta(days=60),
        before=("late_delivery",),
    ),
    Experience(
        "handed_over",
        StepRule("handed_over", tuple(sorted(_HANDED_OVER))),
        timedelta(days=60),
        among=StepRule("in_conversation", tuple(sorted(CONVERSATION_STARTED))),
        before=("late_delivery",),
    ),
    Experience(
        "returned",
        StepRule("returned", tuple(sorted(ORDER_RETURNED))),
        timedelta(days=60),
        before=("late_delivery",),
    ),
)
_STEPS: Final = {
    "order": StepExperienceQuestion(
        StepRule("order", tuple(sorted(ORDER_PLACED))),
        _OF_ORDERS,
        same="order_id",
        known=("city", "payment_method", "items.0.category", "@channel"),
    ),
    "checkout": StepExperienceQuestion(
        StepRule("checkout", tuple(sorted(CHECKOUT_STARTED))),
        (
            Experience(
                "payment_error",
                StepRule("payment_error", tuple(sorted(PAYMENT_FAILED))),
                timedelta(hours=1),
            ),
        ),
        pause=timedelta(hours=1),
        known=("@channel",),
    ),
    "search": StepExperienceQuestion(
        StepRule("search", tuple(sorted(SEARCHED))),
        (
            Experience(
                "nothing_found",
                StepRule(
                    "nothing_found",
                    tuple(sorted(SEARCHED)),
                    (),
                    (Condition("result_count", Comparison.IS, ("0",)),),
                ),
                timedelta(minutes=30),
            ),
        ),
        pause=timedelta(minutes=30),
        known=("@channel",),
    ),
}


def usual_steps(event_names: Collection[str]) -> dict[str, StepExperienceQuestion]:
    """Return the questions about the steps that a log has: ``order``, ``checkout``, ``search``.

    Parameters
    ----------
    event_names
        Of the log (`safar.store.log.Log.present`): steps and experiences that none of them shows are left out.

    Examples
    --------
    >>> found = usual_steps(["order_placed", "order_delivered", "page"])
    >>> [(name, [each.name for each in question.experiences]) for name, question in found.items()]
    [('order', ['late_delivery'])]
    """
    there = set(event_names)
    found = {}
    for name, question in _STEPS.items():
        seen = [each for each in question.experiences if there & set(each.shown_by.event_names)]
        if there & set(question.step.event_names) and seen:
            names = {each.name for each in seen}
            kept = tuple(
                replace(each, before=tuple(name for name in each.before if name in names)) for each in seen
            )
            found[name] = replace(question, experiences=kept)
    return found
