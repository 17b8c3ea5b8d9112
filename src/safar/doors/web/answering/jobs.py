"""Periodic work on responses: giving up, telling the log what was left behind, forgetting."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from safar.doors.web.work.jobs import every

from . import services
from .visitors import forget_days


@every(timedelta(minutes=1), "answering.write", name=_("Telling the log of answers that it has not heard"))
def write() -> dict[str, object]:
    """Write the events of responses that ended, where the process that kept them died or the disk was full."""
    return {"responses": services.write_waiting(timezone.now())}


@every(timedelta(minutes=15), "answering.give_up", name=_("Ending responses that nobody comes back to"))
def give_up() -> dict[str, object]:
    """End responses that nobody has touched for a day, and tell the log how far they came."""
    return {"responses": services.give_up(timezone.now())}


@every(timedelta(hours=6), "answering.forget", name=_("Forgetting responses that are too old"))
def forget() -> dict[str, object]:
    """Remove responses older than their workspaces keep, the salts of past days, and files that nobody sent whole."""
    return {
        "responses": services.forget_as_kept(),
        "visitors": forget_days(),
        "files": services.clear_loose_files(timezone.now()),
    }
