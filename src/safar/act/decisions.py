"""Decisions: what was chosen for a customer, among what, and with which chance – kept so that it can be learnt from.

Without the chances nobody can say later what another way of choosing would have brought. So they are part of the event.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
import numpy as np

from safar.vocabulary.errors import Json, Refusal
from safar.vocabulary.event import EventColumns, stable_event_id
from safar.vocabulary.lifecycle import ACTION_DECIDED
from safar.vocabulary.window import to_microseconds

#: Doing nothing: always allowed, and an answer like any other.
NOTHING: Final = "nothing"
_EVENT_NAME: Final = min(ACTION_DECIDED)
_TOLERANCE: Final = 1e-6


class ImpossibleDecision(Refusal, ValueError):
    """Chances do not sum to 1, or the action chosen is not among those allowed."""

    code = "decision.impossible"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was chosen for a customer.

    Parameters
    ----------
    customer_id
        Whose.
    decided_at
        When; aware.
    action
        What was chosen.
    probabilities
        The chance of each action that was allowed, together 1; the one chosen has a chance above 0.
    withheld
        Actions that were not allowed, each with the code of the rule.
    policy
        What chose: a name and a version.
    context
        Digest of what was known of the customer: `digest_of`.

    Raises
    ------
    ImpossibleDecision

    Examples
    --------
    >>> from datetime import UTC
    >>> now = datetime(2026, 3, 21, tzinfo=UTC)
    >>> Decision("c-1", now, "call", (("call", 0.7), ("nothing", 0.3)), policy="linear 3").probability
    0.7
    """

    customer_id: str
    decided_at: datetime
    action: str
    probabilities: tuple[tuple[str, float], ...]
    withheld: tuple[tuple[str, str], ...] = ()
    policy: str = ""
    context: str = ""

    def __post_init__(self) -> None:
        to_microseconds(self.decided_at)
        chances = dict(self.probabilities)
        if (
            len(chances) != len(self.probabilities)
            or abs(sum(chances.values()) - 1) > _TOLERANCE
            or any(chance < 0 for chance in chances.values())
            or not chances.get(self.action, 0.0)
        ):
            raise ImpossibleDecision(
                f"{self.action!r} cannot have been chosen with the chances {chances}.",
                hint="Name each allowed action once; chances sum to 1, and that of the chosen one is above 0.",
                action=self.action,
            )

    @property
    def probability(self) -> float:
        """The chance that the chosen action had."""
        return dict(self.probabilities)[self.action]

    @property
    def properties(self) -> dict[str, Json]:
        """What its event says."""
        return {
            "action": self.action,
            "probability": self.probability,
            "probabilities": dict(self.probabilities),
            "withheld": dict(self.withheld),
            "policy": self.policy,
            "context": self.context,
        }


def events_of(decisions: Sequence[Decision], *, source: str = "safar") -> EventColumns:
    """Return decisions as events for the log, named ``action_decided``.

    The id of an event follows from who, when and what, so that a decision written twice is one.
    """
    ids = [
        stable_event_id("decision", each.customer_id, str(to_microseconds(each.decided_at)), each.action)
        for each in decisions
    ]
    at = np.array([to_microseconds(each.decided_at) for each in decisions], np.int64)
    count = len(decisions)
    return EventColumns(
        event_id=np.frombuffer(b"".join(ids), np.uint8).reshape(count, -1 if count else 16),
        customer_id=[each.customer_id for each in decisions],
        event_name=[_EVENT_NAME] * count,
        occurred_at=at,
        received_at=at,
        channel=[""] * count,
        source=[source] * count,
        amount=np.zeros(count, np.int64),
        currency=[""] * count,
        properties=[msgspec.json.encode(each.properties).decode() for each in decisions],
    )


def decision_of(customer_id: str, decided_at: datetime, properties: Mapping[str, Any]) -> Decision:
    """Return the decision that an event tells.

    Raises
    ------
    ImpossibleDecision
    """
    chances, withheld = properties.get("probabilities"), properties.get("withheld") or {}
    if not isinstance(chances, Mapping) or not isinstance(withheld, Mapping):
        raise ImpossibleDecision("The event tells no chances.", hint="Write decisions by `events_of`.")
    return Decision(
        customer_id,
        decided_at,
        str(properties.get("action", "")),
        tuple((str(action), float(chance)) for action, chance in chances.items()),
        tuple((str(action), str(rule)) for action, rule in withheld.items()),
        str(properties.get("policy", "")),
        str(properties.get("context", "")),
    )


def digest_of(context: Mapping[str, Json]) -> str:
    """Return sixteen characters that stand for what was known: equal for equal knowledge, and telling nothing of it.

    Examples
    --------
    >>> digest_of({"b": 1, "a": 2}) == digest_of({"a": 2, "b": 1})
    True
    """
    text = json.dumps(context, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
