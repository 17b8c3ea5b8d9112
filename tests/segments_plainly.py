"""Who is in a segment, in plain Python over one person's events: what the compiled loops are held against."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from safar.observe.among import Segment
from safar.observe.conditions import Comparison, Condition
from safar.observe.segment_parts import (
    AllOf,
    Answered,
    AnyOf,
    AtStep,
    Did,
    DidInOrder,
    Has,
    NoneOf,
    Ordered,
    Part,
    Spent,
)
from safar.observe.steps import StepRule
from safar.vocabulary.window import Window


@dataclass(frozen=True)
class Happened:
    """An event, as far as segments look at it."""

    name: str
    at: datetime
    properties: dict[str, Any]
    amount: int = 0
    currency: str = ""


def is_in(segment: Segment, events: Sequence[Happened], now: datetime) -> bool:
    """Tell whether a person with these events, in their order, is in the segment."""
    now = segment.now or now
    seen = [event for event in events if event.at <= now]
    return bool(seen) and all(_is_true(part, seen, now) for part in segment.parts)


def _is_true(part: Part, events: list[Happened], now: datetime) -> bool:
    match part:
        case AllOf(parts):
            return all(_is_true(each, events, now) for each in parts)
        case AnyOf(parts):
            return any(_is_true(each, events, now) for each in parts)
        case NoneOf(parts):
            return not any(_is_true(each, events, now) for each in parts)
        case Has(trait):
            values = [_json(event, trait.of) for event in events if event.name == "identify"]
            return trait.holds(next((value for value in reversed(values) if value), ""))
        case AtStep(step, steps, reached):
            at = [found for event in events if (found := _step(event, steps)) is not None]
            return step in at if reached else at[-1:] == [step]
    inside = [event for event in events if _is_inside(event, part.window, part.last, now)]
    match part:
        case Did(what, at_least, at_most):
            count = sum(_fits(event, what) for event in inside)
            return at_least <= count and (at_most is None or count <= at_most)
        case DidInOrder(steps, within):
            return any(
                all(_fits(event, rule) for event, rule in zip(chosen, steps, strict=True))
                and (within is None or chosen[-1].at - chosen[0].at <= within)
                for chosen in combinations(inside, len(steps))
            )
        case Answered(value, newest):
            given = [
                _json(event, "value")
                for event in inside
                if event.name == "survey_answered"
                and value.of in {event.properties.get("metric"), event.properties.get("question_key")}
                and _json(event, "value")
            ]
            if newest:
                return value.holds(given[-1] if given else "")
            return any(map(value.holds, given))
        case Spent(comparison, amount):
            signs = {"order_placed": 1, "order_returned": -1}
            total = sum(
                signs[event.name] * event.amount
                for event in inside
                if event.name in signs and event.currency == amount.currency
            )
            return {
                Comparison.ABOVE: total > amount.minor,
                Comparison.AT_LEAST: total >= amount.minor,
                Comparison.BELOW: total < amount.minor,
                Comparison.AT_MOST: total <= amount.minor,
            }[comparison]
        case Ordered(at_least, at_most):
            orders = {
                event.properties.get("order_id", place)
                for place, event in enumerate(inside)
                if event.name == "order_placed"
            }
            return at_least <= len(orders) and (at_most is None or len(orders) <= at_most)
    raise AssertionError(part)


def _is_inside(event: Happened, window: Window | None, last: timedelta | None, now: datetime) -> bool:
    if last is not None:
        return event.at > now - last
    return window is None or event.at in window


def _step(event: Happened, steps: Sequence[StepRule]) -> str | None:
    return next((rule.name for rule in steps if _fits(event, rule)), None)


def _fits(event: Happened, rule: StepRule) -> bool:
    return event.name in rule.event_names and all(_holds(each, event) for each in rule.where)


def _holds(condition: Condition, event: Happened) -> bool:
    return condition.holds(_json(event, condition.of))


def _json(event: Happened, name: str) -> str:
    value = event.properties.get(name)
    return "" if value is None else json.dumps(value, ensure_ascii=False)
