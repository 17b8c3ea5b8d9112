"""Background work of cases: rules look at what arrived, late cases are escalated."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from safar.doors.web.homes import current_home
from safar.doors.web.work.jobs import Progress, every, job
from safar.vocabulary.errors import SafarError

from .escalating import escalate_late
from .forgetting import forget_as_kept
from .mailing import send_thanks, send_told, write_told
from .models import LIVE, Case, Rule, Thanked, Told
from .services import look_now

logger: Final = logging.getLogger("safar.cases")


@job("cases.look_at_one", name=_("Rules look at new answers"), resumable=True)
def look_at_one(workspace_id: str) -> dict[str, object]:
    """Let the rules of one workspace look, after somebody answered."""
    return {"opened": look_now(current_home().workspace(workspace_id))}


@every(timedelta(minutes=1), "cases.look", name=_("Rules look at new answers and open cases"))
def look_at_all(progress: Progress) -> dict[str, object]:
    """Let the rules of all workspaces look at what has arrived."""
    opened = 0
    places = Rule.objects.filter(is_on=True).values_list("workspace_id", flat=True).distinct()
    for done, place in enumerate(sorted(places)):
        progress.report(done)
        try:
            opened += look_now(current_home().workspace(place))
        except SafarError as error:  # trouble with one workspace troubles no other
            logger.warning("the rules of %s could not look: %s", place, error.code)
    return {"opened": opened}


@every(timedelta(minutes=5), "cases.escalate", name=_("Telling of late cases"))
def escalate_all(progress: Progress) -> dict[str, object]:
    """Tell who is to know that cases are late."""
    told = 0
    places = Case.objects.filter(status__in=LIVE).values_list("workspace_id", flat=True).distinct()
    for done, place in enumerate(sorted(places)):
        progress.report(done)
        try:
            told += escalate_late(current_home().workspace(place))
        except SafarError as error:
            logger.warning("the late cases of %s could not be told: %s", place, error.code)
    return {"told": told}


@every(
    timedelta(hours=1), "cases.forget", name=_("Cases forget what is too old, and what the log has no more")
)
def forget_all(progress: Progress) -> dict[str, object]:
    """Take customers off cases whose answers are older than a workspace keeps, or no longer in its log."""
    forgotten = 0
    for done, workspace in enumerate(current_home().workspaces()):
        progress.report(done)
        try:
            forgotten += forget_as_kept(workspace)
        except SafarError as error:
            logger.warning("the cases of %s could not forget: %s", workspace.workspace_id, error.code)
    return {"cases": forgotten}


@job("cases.tell_one", name=_("Telling customers what was done"), resumable=True)
def tell_one(workspace_id: str) -> dict[str, object]:
    """Mail the messages of one workspace, right after one was written."""
    workspace = current_home().workspace(workspace_id)
    write_told(workspace)
    return {"sent": send_told(workspace) + send_thanks(workspace)}


@every(timedelta(minutes=1), "cases.tell", name=_("Telling customers what was done"))
def tell_all(progress: Progress) -> dict[str, object]:
    """Mail what waits in all workspaces, and tell the logs what they do not know."""
    sent = 0
    left = Told.objects.filter(Q(status=Told.Status.WAITING) | Q(in_log=False))
    places = set(left.values_list("telling__workspace_id", flat=True).distinct().order_by())
    waiting = Thanked.objects.filter(status=Thanked.Status.WAITING)
    places.update(waiting.values_list("case__workspace_id", flat=True).distinct().order_by())
    for done, place in enumerate(sorted(places)):
        progress.report(done)
        try:
            workspace = current_home().workspace(place)
            write_told(workspace)
            sent += send_told(workspace) + send_thanks(workspace)
        except SafarError as error:
            logger.warning("customers of %s could not be told: %s", place, error.code)
    return {"sent": sent}
