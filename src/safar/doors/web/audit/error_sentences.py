"""What the errors of the log of changes say to people."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "audit.kept": _("What was noted in the log of changes stays there as it is."),
}
