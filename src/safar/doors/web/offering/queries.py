"""What pages and programs read of next best actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from safar.act.action_rules import Action
from safar.act.decided_outcomes import Counted, Outcome
from safar.maps.anatomy import said
from safar.store.registry import Workspace

from .models import Choosing, OfferedAction


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """An action as it is described.

    Attributes
    ----------
    public_id, key
        What pages, and what events and programs name it by.
    name
        By language.
    kind, channel, segment_id, consent, at_most, within_days, since, until, state
        As of `models.OfferedAction`.
    """

    public_id: str
    key: str
    name: Mapping[str, str]
    kind: str
    channel: str
    segment_id: str
    consent: str
    at_most: int | None
    within_days: int
    since: datetime | None
    until: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class ChoosingFacts:
    """How a workspace chooses.

    Attributes
    ----------
    outcome
        What counts as having worked.
    epsilon
        The chance shared evenly by all that is allowed.
    at_most_in_all, in_all_days
        No more actions than these for one customer in so many days; any number when None.
    policy
        What was learnt, as `safar.act.policy_text.policy_of` reads it.
    learnt_at, learnt_from, learnt_of
        When, from how many decisions, and of what; None, 0 and empty before.
    """

    outcome: Outcome = field(default_factory=Outcome)
    epsilon: float = 0.1
    at_most_in_all: int | None = None
    in_all_days: int = 7
    policy: Mapping[str, Any] = field(default_factory=dict)
    learnt_at: datetime | None = None
    learnt_from: int = 0
    learnt_of: str = ""


def actions_of(workspace: Workspace, *, archived: bool = False) -> tuple[ActionFacts, ...]:
    """Return the actions of a workspace in the order they were described; those put away with ``archived``."""
    rows = OfferedAction.objects.filter(workspace_id=workspace.workspace_id).order_by("id")
    away = OfferedAction.State.ARCHIVED
    return tuple(_facts(row) for row in (rows.filter(state=away) if archived else rows.exclude(state=away)))


def action_of(workspace: Workspace, public_id: str) -> ActionFacts | None:
    """Return an action of the workspace; None where it has none such."""
    row = OfferedAction.objects.filter(workspace_id=workspace.workspace_id, public_id=public_id).first()
    return None if row is None else _facts(row)


def names_of(workspace: Workspace, language: str) -> Mapping[str, str]:
    """Return what actions are called, by their keys, also those put away."""
    rows = OfferedAction.objects.filter(workspace_id=workspace.workspace_id)
    return {row.key: said(row.name, language, "en") for row in rows}


def choosing_of(workspace: Workspace) -> ChoosingFacts:
    """Return how a workspace chooses: as usual where nobody has said anything."""
    row = Choosing.objects.filter(workspace_id=workspace.workspace_id).first()
    if row is None:
        return ChoosingFacts()
    counted: Counted = (
        "amount" if row.counted == "amount" else "how_many" if row.counted == "how_many" else "any"
    )
    return ChoosingFacts(
        Outcome(tuple(row.event_names), float(row.within_days), counted),
        row.epsilon,
        row.at_most_in_all,
        row.in_all_days,
        row.policy,
        row.learnt_at,
        row.learnt_from,
        row.learnt_of,
    )


def rule_of(found: ActionFacts | OfferedAction) -> Action:
    """Return the rules that an action stands under."""
    return Action(
        found.key,
        found.consent,
        found.at_most,
        timedelta(days=found.within_days),
        segment=found.segment_id,
        since=found.since,
        until=found.until,
    )


def _facts(row: OfferedAction) -> ActionFacts:
    return ActionFacts(
        row.public_id,
        row.key,
        row.name,
        row.kind,
        row.channel,
        row.segment_id,
        row.consent,
        row.at_most,
        row.within_days,
        row.since,
        row.until,
        row.state,
    )
