"""What desks need to make a job of their own, and this desk's own one."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .registry import Cancelled, Job, Progress, every, job
from .services import forget_old

__all__ = ["Cancelled", "Job", "Progress", "every", "forget_ended_work", "job"]


@every(timedelta(days=1), "work.forget", name=_("Forgetting old background work"))
def forget_ended_work() -> dict[str, object]:
    """Forget work that ended long ago."""
    return {"forgotten": forget_old(timezone.now())}
