"""A map as it is lived, by plain Python over the events as SQL lists them, to hold the fast one against."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby, pairwise
from statistics import median
from typing import Any

from safar.maps.lived_question import BoundPromise, BoundStep, LivedQuestion
from safar.observe.steps import StepRule
from safar.store.log import Log


@dataclass(frozen=True)
class Event:
    customer: str
    name: str
    at: datetime
    channel: str
    amount: int
    currency: str
    properties: dict[str, Any]


@dataclass(frozen=True)
class Plainly:
    """All events of a log, by customer, time and arrival, and a question about them."""

    events: tuple[Event, ...]
    question: LivedQuestion
    members: frozenset[str] | None = None

    @classmethod
    def of(cls, log: Log, question: LivedQuestion, members: frozenset[str] | None = None) -> Plainly:
        rows = log.sql(
            "SELECT customer_id, event_name, occurred_at, channel, amount, currency, properties FROM events"
            " ORDER BY customer_id, occurred_at, sequence"
        ).rows()
        return cls(tuple(Event(*row[:-1], json.loads(row[-1] or "{}")) for row in rows), question, members)

    def is_in(self, event: Event) -> bool:
        window = self.question.window
        return window is None or window.start <= event.at < window.end

    @cached_property
    def asked(self) -> tuple[Event, ...]:
        """Events of the members in the window."""
        return tuple(event for event in self.mine if self.is_in(event))

    @cached_property
    def mine(self) -> tuple[Event, ...]:
        return tuple(event for event in self.events if self.members is None or event.customer in self.members)

    @cached_property
    def last(self) -> datetime:
        return max(event.at for event in self.events)

    def by_customer(self) -> Iterator[tuple[str, list[Event]]]:
        for customer, events in groupby(self.mine, key=lambda event: event.customer):
            yield customer, list(events)

    def step_of(self, event: Event) -> str | None:
        rules = (step.events for step in self.question.steps if step.events)
        return next((rule.name for rule in rules if takes(rule, event)), None)

    # -- flow; only of questions without a window

    @cached_property
    def passages(self) -> list[tuple[str, list[tuple[str, datetime]]]]:
        """Each passage: the customer, and step and time of each of its events."""
        found = []
        for customer, events in self.by_customer():
            passage: list[tuple[str, datetime]] = []
            for event in events:
                step = self.step_of(event)
                if step is None:
                    continue
                if passage and self.question.pause and event.at - passage[-1][1] > self.question.pause:
                    found.append((customer, passage))
                    passage = []
                passage.append((step, event.at))
            if passage:
                found.append((customer, passage))
        return found

    def customers(self, step: str) -> set[str]:
        return {customer for customer, passage in self.passages if any(at == step for at, _ in passage)}

    def lost(self, step: str) -> tuple[int, int]:
        """Return how many passages ended at a step, and how many were at it last more than a pause ago."""
        ended = at = 0
        pause = self.question.pause
        for _, passage in self.passages:
            here = [when for each, when in passage if each == step]
            if not here or (pause is not None and self.last - max(here) <= pause):
                continue
            at += 1
            ended += passage[-1][0] == step
        return ended, at

    def moves(self) -> dict[tuple[str, str], set[str]]:
        """Return who made which move."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for customer, passage in self.passages:
            for (source, _), (target, _) in pairwise(passage):
                if source != target:
                    found[source, target].add(customer)
        return found

    # -- what is said

    def answers(self, question_keys: tuple[str, ...]) -> list[tuple[Event, dict[str, Any]]]:
        return [
            (event, event.properties)
            for event in self.asked
            if event.name == "survey_answered" and event.properties.get("question_key") in question_keys
        ]

    def values(self, key: str, metric: str, scale: tuple[int, int]) -> list[tuple[str, int]]:
        return [
            (event.customer, said["value"])
            for event, said in self.answers((key,))
            if said["metric"] == metric and (said["scale_min"], said["scale_max"]) == scale
        ]

    def said(self, step: BoundStep) -> list[tuple[str, float]]:
        return [
            (
                event.customer,
                4 * (said["value"] - said["scale_min"]) / (said["scale_max"] - said["scale_min"]) - 2,
            )
            for event, said in self.answers(step.question_keys)
        ]

    def words(self, step: BoundStep) -> set[str]:
        return {
            said["verbatim"].strip() for _, said in self.answers(step.question_keys) if said.get("verbatim")
        }

    def tagged(self, step: BoundStep) -> list[Event]:
        return [
            event
            for event in self.asked
            if event.name == "conversation_started" and event.properties.get("topic") in step.tags
        ]

    # -- what is counted and paid

    def channels(self, step: str) -> dict[str, int]:
        return Counter(event.channel for event in self.asked if self.step_of(event) == step)

    def money(self, rule: StepRule) -> dict[str, int]:
        found: dict[str, int] = defaultdict(int)
        for event in self.asked:
            if takes(rule, event) and event.currency:
                found[event.currency] += event.amount
        return dict(found)

    # -- promises

    def promise(self, promise: BoundPromise) -> dict[str, Any]:
        """Return what became of each beginning."""
        found: dict[str, list[str]] = {"kept": [], "broken": [], "open": []}
        lengths: list[float] = []
        for customer, events in self.by_customer():
            for place, event in enumerate(events):
                same = event.properties.get(promise.same)
                if (
                    not takes(promise.begins, event)
                    or not self.is_in(event)
                    or (promise.same and same is None)
                ):
                    continue
                keeps = next(
                    (
                        each
                        for each in events[place + 1 :]
                        if takes(promise.kept_by, each)
                        and (not promise.same or each.properties.get(promise.same) == same)
                    ),
                    None,
                )
                if event.at + promise.within > self.last:
                    found["open"].append(customer)
                    continue
                if keeps is not None:
                    lengths.append((keeps.at - event.at).total_seconds())
                in_time = keeps is not None and keeps.at - event.at <= promise.within
                found["kept" if in_time else "broken"].append(customer)
        return {**found, "median": median(lengths) if lengths else None}


def takes(rule: StepRule, event: Event) -> bool:
    """Return whether a rule takes an event; of conditions only equality."""
    return (
        (not rule.event_names or event.name in rule.event_names)
        and (not rule.channels or event.channel in rule.channels)
        and all(str(event.properties.get(each.of)) in each.values for each in rule.where)
    )
