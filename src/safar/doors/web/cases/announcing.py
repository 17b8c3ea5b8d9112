"""Telling programs that a case was opened or closed: ids and numbers, never what a customer wrote."""

from __future__ import annotations

from safar.doors.web.hooks.services import announce
from safar.store.registry import Workspace

from .models import Case


def announce_opened(workspace: Workspace, case: Case) -> None:
    """Tell that a case was opened, and its owner."""
    announce(workspace, "case.opened", _told(case), customer_id=case.customer_id)
    if case.owner is not None:
        from .letters import tell_owner  # noqa: PLC0415 - letters read this app's queries

        tell_owner(workspace, case.pk)


def announce_closed(workspace: Workspace, case: Case) -> None:
    """Tell that a case was closed, and how."""
    told = _told(case) | {
        "closed_at": None if case.closed_at is None else case.closed_at.isoformat(),
        "outcome": case.outcome,
        "root_cause": None if case.root_cause is None else dict(case.root_cause.names),
        "is_in_time": case.closed_at is not None and case.closed_at <= case.due_at,
    }
    announce(workspace, "case.closed", told, customer_id=case.customer_id)


def _told(case: Case) -> dict[str, object]:
    return {
        "case_id": case.public_id,
        "rule": case.rule_name,
        "customer_id": case.customer_id,
        "question_key": case.question_key,
        "metric": case.metric,
        "value": case.value,
        "priority": case.priority,
        "status": case.status,
        "step": case.step_id,
        "language": case.language,
        "opened_at": case.opened_at.isoformat(),
        "due_at": case.due_at.isoformat(),
    }
