"""Verbs about rules and root causes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from safar.act.loop_rule_text import loop_condition_of, loop_text_of
from safar.act.loop_rules import LoopRule, Priority
from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.members.policies import Capability
from safar.doors.web.members.queries import members_who_may
from safar.store.registry import Workspace

from .errors import CaseRuleRefused, RootCauseRefused, UnknownCaseRule, UnknownRootCause
from .following import begin_following
from .models import RootCause, Rule
from .public_ids import new_id

MOST_RULES: Final = 100
MOST_CAUSES: Final = 100
_LONGEST_NAME: Final = 120
#: What the log of changes calls a column otherwise.
_FIELDS: Final = {"text": "when"}


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """What a rule is to be.

    Attributes
    ----------
    name, text
        What it is called, and when it opens a case (`safar.act.loop_rule_text`).
    priority, due_minutes, quiet_days
        Of its cases: how urgent, due after how much working time, no second one for so long.
    owner
        Address of a member whom it names; empty leaves it to step, language and load.
    team
        A word for who takes it; may be empty.
    escalations
        Pairs of minutes of working time past the due time, and a role.
    """

    name: str
    text: str
    priority: str = Priority.NORMAL
    due_minutes: int = 480
    quiet_days: int = 14
    owner: str = ""
    team: str = ""
    escalations: tuple[tuple[int, str], ...] = ()


def define_rule(workspace: Workspace, draft: RuleDraft, *, is_on: bool = True, by: Actor) -> str:
    """Make a rule; return its public id. It looks at what is said from now on.

    Raises
    ------
    RuleUnreadable, LoopRuleRefused, CaseRuleRefused
    """
    values = _checked(workspace, draft)
    with transaction.atomic():
        rows = Rule.objects.filter(workspace_id=workspace.workspace_id)
        if rows.count() >= MOST_RULES:
            raise CaseRuleRefused(f"There are {MOST_RULES} rules already.", hint="Remove one first.")
        if is_on and not rows.filter(is_on=True).exists():
            begin_following(workspace)
        row = Rule.objects.create(
            workspace_id=workspace.workspace_id,
            public_id=new_id(),
            is_on=is_on,
            created_by=by.member,
            **values,
        )
        record(
            by,
            "case_rule.defined",
            workspace_id=workspace.workspace_id,
            target=row.name,
            after={"when": row.text},
        )
    return str(row.public_id)


def change_rule(workspace: Workspace, public_id: str, draft: RuleDraft, *, by: Actor) -> None:
    """Change a rule; cases that it opened stay as they are.

    Raises
    ------
    UnknownCaseRule, RuleUnreadable, LoopRuleRefused, CaseRuleRefused
    """
    with transaction.atomic():
        row = _locked(workspace, public_id)
        values = _checked(workspace, draft, of=row)
        before = {name: _plain(getattr(row, name)) for name in values}
        after = {name: _plain(value) for name, value in values.items() if _plain(value) != before[name]}
        if not after:
            return
        for name, value in values.items():
            setattr(row, name, value)
        row.changed_at = timezone.now()
        row.save()
        record(
            by,
            "case_rule.changed",
            workspace_id=workspace.workspace_id,
            target=row.name,
            before={_FIELDS.get(name, name): before[name] for name in after},
            after={_FIELDS.get(name, name): value for name, value in after.items()},
        )


def switch_rule(workspace: Workspace, public_id: str, *, is_on: bool, by: Actor) -> None:
    """Let a rule open cases, or not any more.

    Raises
    ------
    UnknownCaseRule
    """
    with transaction.atomic():
        row = _locked(workspace, public_id)
        if row.is_on == is_on:
            return
        if is_on and not Rule.objects.filter(workspace_id=row.workspace_id, is_on=True).exists():
            begin_following(workspace)
        row.is_on, row.changed_at = is_on, timezone.now()
        row.save(update_fields=["is_on", "changed_at"])
        action = "case_rule.switched_on" if is_on else "case_rule.switched_off"
        record(by, action, workspace_id=row.workspace_id, target=row.name)


def remove_rule(workspace: Workspace, public_id: str, *, by: Actor) -> None:
    """Remove a rule; its cases stay.

    Raises
    ------
    UnknownCaseRule
    """
    with transaction.atomic():
        row = _locked(workspace, public_id)
        record(
            by, "case_rule.removed", workspace_id=row.workspace_id, target=row.name, before={"when": row.text}
        )
        row.delete()


def name_cause(workspace: Workspace, names: Mapping[str, str], *, public_id: str = "", by: Actor) -> str:
    """Name a root cause, a new one or one that is there; return its public id.

    Parameters
    ----------
    names
        By language.

    Raises
    ------
    UnknownRootCause, RootCauseRefused
    """
    said = {
        language: " ".join(name.split())[:_LONGEST_NAME] for language, name in names.items() if name.strip()
    }
    if not said:
        raise RootCauseRefused("A root cause needs a name.", hint="Give it one in one language at least.")
    with transaction.atomic():
        rows = RootCause.objects.select_for_update().filter(workspace_id=workspace.workspace_id)
        if public_id:
            row = rows.filter(public_id=public_id).first()
            if row is None:
                raise UnknownRootCause("There is no such root cause.", hint="Look at the list.")
            row.names = said
            row.save(update_fields=["names"])
        else:
            if rows.count() >= MOST_CAUSES:
                raise RootCauseRefused(f"There are {MOST_CAUSES} root causes.", hint="Rename one instead.")
            last = rows.aggregate(last=Max("place"))["last"] or 0
            row = RootCause.objects.create(
                workspace_id=workspace.workspace_id, public_id=new_id(), names=said, place=last + 1
            )
        target = next(iter(said.values()))
        record(by, "root_cause.named", workspace_id=workspace.workspace_id, target=target)
    return str(row.public_id)


def archive_cause(workspace: Workspace, public_id: str, *, is_archived: bool = True, by: Actor) -> None:
    """Offer a root cause no more, or again; cases that were closed with it keep it.

    Raises
    ------
    UnknownRootCause
    """
    with transaction.atomic():
        rows = RootCause.objects.select_for_update().filter(workspace_id=workspace.workspace_id)
        row = rows.filter(public_id=public_id).first()
        if row is None:
            raise UnknownRootCause("There is no such root cause.", hint="Look at the list.")
        if row.is_archived != is_archived:
            row.is_archived = is_archived
            row.save(update_fields=["is_archived"])
            action = "root_cause.archived" if is_archived else "root_cause.taken_out"
            record(by, action, workspace_id=workspace.workspace_id, target=str(row))


def text_read(text: str) -> str:
    """Return when a rule opens a case, in one spelling.

    Raises
    ------
    RuleUnreadable
    """
    return loop_text_of(loop_condition_of(text))


def _checked(workspace: Workspace, draft: RuleDraft, *, of: Rule | None = None) -> dict[str, Any]:
    name = " ".join(draft.name.split())
    others = Rule.objects.filter(workspace_id=workspace.workspace_id, name=name)
    if of is not None:
        others = others.exclude(pk=of.pk)
    if not name or len(name) > _LONGEST_NAME or others.exists():
        raise CaseRuleRefused(
            "A rule needs a name of its own.", hint=f"Give 1 to {_LONGEST_NAME} signs.", field="name"
        )
    if draft.priority not in set(Priority) or any(minutes < 0 for minutes, _role in draft.escalations):
        raise CaseRuleRefused(
            "A rule needs a priority and times that are times.", hint="Look at the form again."
        )
    LoopRule(  # refuses what cannot be
        loop_condition_of(draft.text),
        Priority(draft.priority),
        timedelta(minutes=draft.due_minutes),
        timedelta(days=draft.quiet_days),
    )
    handlers = {
        member.email: member for member in members_who_may(workspace.workspace_id, Capability.HANDLE_CASES)
    }
    if draft.owner and draft.owner not in handlers:
        raise CaseRuleRefused(f"{draft.owner} handles no cases here.", hint="Choose a member.", field="owner")
    values = asdict(draft) | {"name": name, "text": text_read(draft.text), "owner": handlers.get(draft.owner)}
    return values | {"escalations": sorted([minutes, role] for minutes, role in draft.escalations)}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | list) or value is None else str(value)


def _locked(workspace: Workspace, public_id: str) -> Rule:
    rows = Rule.objects.select_for_update(of=("self",)).select_related("owner")
    row = rows.filter(workspace_id=workspace.workspace_id, public_id=public_id).first()
    if row is None:
        raise UnknownCaseRule("There is no such rule here.", hint="Look at the list of rules.")
    return row
