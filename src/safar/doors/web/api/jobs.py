"""What the clock does for the API."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from safar.doors.web.work.jobs import every

from .once import forget


@every(timedelta(hours=1), "api.forget_answers", name=_("Forgetting old answers of the API"))
def forget_answers() -> dict[str, object]:
    """Forget the answers that were kept to be given again."""
    return {"forgotten": forget()}
