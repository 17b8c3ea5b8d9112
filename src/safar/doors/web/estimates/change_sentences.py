"""A sentence for each change that this app notes."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "estimate.deleted": _("Deleted the estimate “%(target)s”."),
    "estimate.kept": _("Kept the estimate “%(target)s”."),
    "estimate.scored": _("Scored the estimate “%(target)s”."),
}
#: What the values before and after are called.
FIELDS: Final[dict[str, Promise | str]] = {
    "metric": _("What of"),
    "value": _("Estimate"),
    "low": _("From"),
    "high": _("To"),
    "outcome": _("What came"),
    "outcome_from": _("Measured by"),
}
