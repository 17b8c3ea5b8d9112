"""Background work of asking: who is due, what is sent, whom to remind."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from safar.doors.web.homes import current_home
from safar.doors.web.work.jobs import Progress, every, job
from safar.vocabulary.errors import SafarError

from .forgetting import forget_before
from .models import Invitation, Round
from .sending import draw, lapse, look, send_waiting, tell_sent

logger: Final = logging.getLogger("safar.inviting")


@job("inviting.tick_one", name=_("Invitations to the surveys of a workspace"), resumable=True)
def tick_one(progress: Progress, *, workspace_id: str) -> dict[str, object]:
    """Ask who is due in one workspace, right after a round began."""
    return {"sent": _tick(progress, workspace_id, timezone.now())}


@every(timedelta(minutes=1), "inviting.tick", name=_("Invitations to surveys"))
def tick_all(progress: Progress) -> dict[str, object]:
    """Ask who is due in all workspaces."""
    now, sent = timezone.now(), 0
    lapse(now)
    places = {
        *Round.objects.filter(stopped_at=None).values_list("workspace_id", flat=True),
        *Invitation.objects.filter(sent_at__isnull=False, told_at=None).values_list(
            "workspace_id", flat=True
        ),
    }
    for place in sorted(places):
        try:
            sent += _tick(progress, place, now)
        except SafarError as error:  # trouble with one workspace troubles no other
            logger.warning("nobody could be asked in %s: %s", place, error.code)
    return {"sent": sent}


@every(timedelta(hours=6), "inviting.forget", name=_("Forgetting invitations that are too old"))
def forget() -> dict[str, object]:
    """Remove invitations older than their workspaces keep events."""
    now, count = timezone.now(), 0
    for workspace in current_home().workspaces():
        if workspace.retention_days is not None:
            count += forget_before(workspace, now - timedelta(days=workspace.retention_days))
    return {"invitations": count}


def _tick(progress: Progress, workspace_id: str, now: datetime) -> int:
    workspace, sent = current_home().workspace(workspace_id), 0
    rows = Round.objects.filter(workspace_id=workspace_id, stopped_at=None).order_by("pk")
    for done, row in enumerate(rows.iterator()):
        progress.report(done)
        if row.trigger == Round.Trigger.EVENT:
            look(workspace, row, now)
        elif not row.is_drawn:
            draw(workspace, row, now)
        elif not _has_more(row):
            continue
        sent += send_waiting(workspace, row, now)
        tell_sent(workspace)
    tell_sent(workspace)
    return sent


def _has_more(row: Round) -> bool:
    """Whether somebody of a round that is drawn still waits, or may be reminded."""
    open_ones = (Invitation.Status.WAITING, Invitation.Status.SENT)
    return Invitation.objects.filter(of_round=row, status__in=open_ones).exists()
