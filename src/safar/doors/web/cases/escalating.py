"""Late cases: level by level, who is to know is told."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from safar.act.case_owners import Escalation, escalations_reached
from safar.doors.web.hooks.services import announce
from safar.store.registry import Workspace

from .letters import tell_late
from .models import LIVE, Case, CaseEntry, EntryKind, Status
from .working import working_time_of


def escalate_late(workspace: Workspace, *, now: datetime | None = None) -> int:
    """Escalate the cases of a workspace that are late; return how many levels were reached."""
    at, working, reached = now or timezone.now(), working_time_of(workspace), 0
    late = Case.objects.filter(
        workspace_id=workspace.workspace_id, status__in=LIVE, due_at__lte=at, rule__isnull=False
    ).exclude(status=Status.WAITING)
    for pk in late.order_by("due_at").values_list("pk", flat=True):
        with transaction.atomic():
            case = Case.objects.select_for_update(of=("self",)).select_related("rule").get(pk=pk)
            levels = [
                Escalation(timedelta(minutes=minutes), role)
                for minutes, role in (case.rule.escalations if case.rule is not None else ())
            ]
            level = escalations_reached(case.due_at, levels, now=at, working=working)
            if level <= case.escalated or case.status not in LIVE:
                continue
            roles = [each.role for each in levels[case.escalated : level]]
            case.escalated = level
            case.version += 1
            case.save(update_fields=["escalated", "version"])
            CaseEntry.objects.create(
                case=case, kind=EntryKind.ESCALATED, at=at, facts={"level": level, "roles": roles}
            )
            told = {"case_id": case.public_id, "level": level, "due_at": case.due_at.isoformat()}
            announce(workspace, "case.escalated", told, customer_id=case.customer_id)
        reached += len(roles)
        for role in roles:
            tell_late(workspace, pk, role)
    return reached
