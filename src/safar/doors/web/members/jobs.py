"""What the clock does for members."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from safar.doors.web.work.jobs import every

from .sessions import sweep_sessions


@every(timedelta(hours=1), "members.sweep_sessions", name=_("Forgetting sessions that ended"))
def forget_ended_sessions() -> dict[str, object]:
    """Forget the sessions that nobody used for too long, with the data they held."""
    return {"forgotten": sweep_sessions()}
