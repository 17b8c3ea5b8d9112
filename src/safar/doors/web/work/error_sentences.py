"""A sentence for each error code of this desk."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "work.defect": _(
        "Something broke on our side while this was done. Retry it; if it fails again, tell who runs Safar."
    ),
    "work.goes_on": _("Only work that failed or was cancelled can be retried."),
    "work.has_ended": _("This work has already ended; there is nothing to cancel."),
    "work.not_allowed": _("Your role does not allow this work, or does not any more."),
    "work.process_ended": _("The process ended before the work was done. Retry it when you like."),
    "work.unknown": _("There is no such work, or it is not yours."),
}
