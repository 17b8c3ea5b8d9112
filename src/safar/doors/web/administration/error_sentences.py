"""What the errors of the settings say to people."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "backup.unknown": _("There is no such backup in the folder of backups."),
}
