"""A sentence for each change that this desk notes."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "work.cancelled": _("Cancelled the background work %(target)s."),
    "work.retried": _("Retried the background work %(target)s."),
}
