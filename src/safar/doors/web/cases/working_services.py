"""The verb about working time: keep it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.store.registry import Workspace
from safar.vocabulary.holidays import Holiday
from safar.vocabulary.working_time import Span, WorkingTime

from .models import WorkingCalendar
from .working import holiday_row


def keep_working_time(
    workspace: Workspace, hours: Sequence[Sequence[Span]], holidays: Sequence[Holiday], *, by: Actor
) -> None:
    """Say when people of a workspace are at work; cases that are open keep their due times.

    Raises
    ------
    WorkingTimeRefused
    """
    checked = WorkingTime(tuple(map(tuple, hours)), workspace.time_zone, tuple(holidays))
    with transaction.atomic():
        WorkingCalendar.objects.update_or_create(
            workspace_id=workspace.workspace_id,
            defaults={
                "hours": [[list(span) for span in day] for day in checked.hours],
                "holidays": [holiday_row(each) for each in checked.holidays],
                "changed_at": timezone.now(),
            },
        )
        record(
            by,
            "working_time.kept",
            workspace_id=workspace.workspace_id,
            after={"holidays": len(checked.holidays), "days": sum(bool(day) for day in checked.hours)},
        )
