"""Background work of webhooks: sending what is due, forgetting what is old."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from safar.doors.web.work.jobs import every, job

from .delivering import deliver_due
from .services import forget_old


@job("hooks.deliver_soon", name=_("Telling other programs"), resumable=True)
def deliver_soon() -> dict[str, object]:
    """Send what was just announced."""
    return {"delivered": deliver_due()}


@every(timedelta(minutes=1), "hooks.deliver", name=_("Telling other programs what is due"))
def deliver() -> dict[str, object]:
    """Send what is due: what was announced, and what failed before."""
    return {"delivered": deliver_due()}


@every(timedelta(days=1), "hooks.forget", name=_("Forgetting old messages to other programs"))
def forget_old_deliveries() -> dict[str, object]:
    """Forget deliveries that ended long ago."""
    return {"forgotten": forget_old()}
