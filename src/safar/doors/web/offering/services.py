"""Verbs of next best actions: describe one, change it, turn it on or off; say how is chosen; choose; learn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from safar.act.action_rules import Action
from safar.act.action_values import learnt_policy
from safar.act.decided_outcomes import Counted, NothingDecided, Outcome, decided
from safar.act.decisions import NOTHING
from safar.act.policy_text import policy_text
from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.homes import current_home
from safar.store.registry import Workspace
from safar.vocabulary.names import visible_line

from .deciding import Chosen, decide
from .errors import ActionRefused, TooManyActions, UnknownAction
from .models import Choosing, OfferedAction
from .queries import choosing_of, rule_of

__all__ = [
    "MOST_ACTIONS",
    "ActionWords",
    "Chosen",
    "change",
    "choose_by",
    "decide",
    "define",
    "learn",
    "turn",
]

#: Actions of a workspace that are chosen among.
MOST_ACTIONS: Final = 50
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionWords:
    """What an action is.

    Attributes
    ----------
    name
        By language.
    kind
        ``message``, ``offer`` or ``call``.
    channel
        As the log names it; empty for none.
    segment_id
        Public id of the segment that may get it; empty for everybody.
    consent
        Purpose that a customer must have agreed to; empty where none is needed.
    at_most, within_days
        So many times within so many days for one customer; any number when None.
    since, until
        From which instant on, and before which.
    """

    name: Mapping[str, str]
    kind: str = OfferedAction.Kind.MESSAGE
    channel: str = ""
    segment_id: str = ""
    consent: str = ""
    at_most: int | None = None
    within_days: int = 7
    since: datetime | None = None
    until: datetime | None = None


def define(
    workspace: Workspace, key: str, words: ActionWords, *, by: Actor, state: str = OfferedAction.State.PAUSED
) -> str:
    """Describe an action; return its public id.

    Parameters
    ----------
    key
        What events and programs name it by: small Latin letters, digits and ``_``. It never changes.

    Raises
    ------
    ActionRefused, TooManyActions
    """
    place = workspace.workspace_id
    _check(words)
    if not _KEY.fullmatch(key) or key == NOTHING:
        raise ActionRefused(
            f"{key!r} is no key.", hint="Small Latin letters, digits and _, such as call_back."
        )
    with transaction.atomic():
        mine = OfferedAction.objects.filter(workspace_id=place)
        if mine.filter(key=key).exists():
            raise ActionRefused(
                f"There is an action with the key {key!r}.", hint="Give another one.", key=key
            )
        if mine.exclude(state=OfferedAction.State.ARCHIVED).count() >= MOST_ACTIONS:
            raise TooManyActions(f"There are {MOST_ACTIONS} actions.", hint="Put one away first.")
        row = OfferedAction.objects.create(
            workspace_id=place, key=key, state=state, created_by=by.member, **_values(words)
        )
        record(by, "action.defined", workspace_id=place, target=key, after=_told(_values(words)))
    return str(row.public_id)


def change(workspace: Workspace, public_id: str, words: ActionWords, *, by: Actor) -> None:
    """Change what an action is.

    Raises
    ------
    UnknownAction, ActionRefused
    """
    _check(words)
    with transaction.atomic():
        row = _locked(workspace, public_id)
        given = _values(words)
        after = {name: value for name, value in given.items() if value != getattr(row, name)}
        if not after:
            return
        before = {name: getattr(row, name) for name in after}
        for name, value in after.items():
            setattr(row, name, value)
        row.save()
        record(
            by,
            "action.changed",
            workspace_id=row.workspace_id,
            target=row.key,
            before=_told(before),
            after=_told(after),
        )


def turn(workspace: Workspace, public_id: str, state: str, *, by: Actor) -> None:
    """Turn an action on, pause it, or put it away.

    Raises
    ------
    UnknownAction
    """
    with transaction.atomic():
        row = _locked(workspace, public_id)
        if row.state == state:
            return
        before, row.state = row.state, OfferedAction.State(state)
        row.save(update_fields=["state"])
        record(
            by,
            "action.turned",
            workspace_id=row.workspace_id,
            target=row.key,
            before={"state": before},
            after={"state": state},
        )


def choose_by(
    workspace: Workspace,
    *,
    event_names: tuple[str, ...],
    within_days: int,
    counted: Counted,
    epsilon: float,
    at_most_in_all: int | None,
    in_all_days: int,
    by: Actor,
) -> None:
    """Say what counts as having worked, how much is left to trying, and how many actions one customer gets together.

    Raises
    ------
    ImpossibleDecision
    """
    Outcome(event_names, within_days, counted)
    given: dict[str, Any] = {
        "event_names": list(event_names),
        "within_days": within_days,
        "counted": counted,
        "epsilon": min(max(epsilon, 0.01), 1.0),
        "at_most_in_all": at_most_in_all,
        "in_all_days": in_all_days,
    }
    with transaction.atomic():
        row, _is_new = Choosing.objects.select_for_update().get_or_create(workspace_id=workspace.workspace_id)
        after = {name: value for name, value in given.items() if value != getattr(row, name)}
        if not after:
            return
        before = {name: getattr(row, name) for name in after}
        for name, value in after.items():
            setattr(row, name, value)
        if after.keys() & {
            "event_names",
            "within_days",
            "counted",
        }:  # what was learnt was about something else
            row.policy, row.learnt_at, row.learnt_from, row.learnt_of = {}, None, 0, ""
        row.save()
        record(by, "choosing.changed", workspace_id=workspace.workspace_id, before=before, after=after)


def learn(workspace: Workspace) -> int:
    """Learn anew what actions bring, from all decisions whose time is over; return of how many, 0 for nothing new."""
    chosen = choosing_of(workspace)
    log = current_home().log(workspace.workspace_id)
    of = f"{log.version} {chosen.outcome}"[:200]
    if of == chosen.learnt_of:
        return 0
    rows = OfferedAction.objects.filter(workspace_id=workspace.workspace_id)
    actions: list[Action] = [rule_of(row) for row in rows]
    if not actions:
        return 0
    try:
        found = decided(log, chosen.outcome)
    except NothingDecided:
        return 0
    policy = learnt_policy(found, actions, epsilon=chosen.epsilon)
    with transaction.atomic():
        row, _is_new = Choosing.objects.select_for_update().get_or_create(workspace_id=workspace.workspace_id)
        told = policy_text(policy) | {"version": int(row.policy.get("version", 0)) + 1}
        row.policy, row.learnt_at, row.learnt_from, row.learnt_of = told, timezone.now(), len(found), of
        row.save(update_fields=["policy", "learnt_at", "learnt_from", "learnt_of"])
    return len(found)


def _check(words: ActionWords) -> None:
    if not any(map(visible_line, words.name.values())):
        raise ActionRefused("The action is called nothing.", hint="Give it a name in one language.")
    if words.since is not None and words.until is not None and words.until <= words.since:
        raise ActionRefused("The action ends before it begins.", hint="Give a later end, or none.")
    if words.kind not in OfferedAction.Kind.values or words.within_days < 1 or (words.at_most or 0) < 0:
        raise ActionRefused("An action cannot be like this.", hint="Look at its kind and its limits.")


def _values(words: ActionWords) -> dict[str, Any]:
    names = {language: visible_line(text) for language, text in words.name.items()}
    return asdict(words) | {"name": {language: text for language, text in names.items() if text}}


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()
    }


def _locked(workspace: Workspace, public_id: str) -> OfferedAction:
    row = (
        OfferedAction.objects.select_for_update(of=("self",))
        .filter(workspace_id=workspace.workspace_id, public_id=public_id)
        .first()
    )
    if row is None:
        raise UnknownAction("There is no such action here.", hint="Look at the list of actions.")
    return row
