"""Choosing what to do for one customer: rules first, then chance; the decision is on disk before it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np

from safar.act.action_rules import Allowed, allowed_actions
from safar.act.decided_outcomes import FEATURES, features_now, known_now
from safar.act.decisions import NOTHING, Decision
from safar.act.policy_text import policy_of
from safar.doors.web import scribe
from safar.doors.web.homes import current_home
from safar.doors.web.segments.queries import memberships_of
from safar.store.disk import exclusive
from safar.store.newest import key_of_id
from safar.store.registry import Workspace
from safar.vocabulary.event import stable_event_id
from safar.vocabulary.lifecycle import ACTION_DECIDED
from safar.vocabulary.window import to_microseconds

from .models import OfferedAction
from .queries import ActionFacts, actions_of, choosing_of, rule_of

#: Decisions for customers of one such part of all wait for each other; those of other parts do not.
_PARTS: Final = 64
_FOLDER: Final = "deciding"
_EVENT_NAME: Final = min(ACTION_DECIDED)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen for a customer.

    Attributes
    ----------
    decision
        With the chances of all that was allowed, and what was not.
    decision_id
        Of its event.
    action
        None for doing nothing.
    """

    decision: Decision
    decision_id: UUID
    action: ActionFacts | None


def decide(
    workspace: Workspace, customer_id: str, *, channel: str = "", now: datetime | None = None
) -> Chosen:
    """Choose what to do for a customer now, and write it into the log; on disk when it returns.

    Two that ask about one customer at once, in any process, are answered one after the other: the second one's limits
    count what the first one chose.

    Parameters
    ----------
    customer_id
        Any id of the customer.
    channel
        Only actions of this channel; of all when empty.
    now
        By default the present.
    """
    place = workspace.workspace_id
    log = current_home().log(place)
    part = key_of_id(log.identity.person_of(customer_id)) % _PARTS
    folder = current_home().workspace_folder(place) / _FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    with exclusive(folder / f"{part}.lock", wait=True):
        return _decide(workspace, customer_id, channel, now or datetime.now(UTC))


def _decide(workspace: Workspace, customer_id: str, channel: str, now: datetime) -> Chosen:
    place = workspace.workspace_id
    log, chosen_by = current_home().log(place), choosing_of(workspace)
    actions = [each for each in actions_of(workspace) if each.state == OfferedAction.State.ON]
    rules = [rule_of(each) for each in actions]
    in_all = timedelta(days=chosen_by.in_all_days)
    known = known_now(
        log,
        customer_id,
        now,
        within=max([in_all, *(each.within for each in rules)]),
        segments=_segments(workspace, customer_id, actions),
    )
    allowed = _of_channel(
        allowed_actions(rules, known, now, at_most_in_all=chosen_by.at_most_in_all, within=in_all),
        actions,
        channel,
    )
    features = features_now(log, customer_id, now)
    if rules:
        policy = policy_of(chosen_by.policy, rules, len(FEATURES), epsilon=chosen_by.epsilon)
        decision = policy.decide(customer_id, features, allowed, now, rng=np.random.default_rng())
    else:
        decision = Decision(customer_id, now, NOTHING, ((NOTHING, 1.0),))
    key = ("decision", customer_id, str(to_microseconds(now)), decision.action)
    mine = {each.key: each for each in actions}.get(decision.action)
    draft = scribe.EventDraft(
        key=key,
        name=_EVENT_NAME,
        customer_id=customer_id,
        occurred_at=now,
        properties=decision.properties,
        channel=mine.channel if mine else "",
    )
    scribe.write(place, [draft])
    return Chosen(decision, UUID(bytes=stable_event_id(*key)), mine)


def _segments(workspace: Workspace, customer_id: str, actions: Sequence[ActionFacts]) -> frozenset[str]:
    """Return the segments the customer is in, where an action asks for one."""
    if not any(each.segment_id for each in actions):
        return frozenset()
    return frozenset(each.public_id for each in memberships_of(workspace, [customer_id])[customer_id])


def _of_channel(allowed: Allowed, actions: Sequence[ActionFacts], channel: str) -> Allowed:
    """Return what is left of actions on one channel."""
    if not channel:
        return allowed
    others = {each.key for each in actions if each.channel != channel}
    return Allowed(
        tuple(name for name in allowed.actions if name not in others),
        (*allowed.withheld, *((name, "other_channel") for name in allowed.actions if name in others)),
    )
