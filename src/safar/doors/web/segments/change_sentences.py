"""A sentence for each change that this app notes."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "segment.archived": _("Archived the segment “%(target)s”."),
    "segment.changed": _("Changed the segment “%(target)s”."),
    "segment.defined": _("Defined the segment “%(target)s”."),
    "segment.taken_out": _("Took the segment “%(target)s” out of the archive."),
}
#: What the values before and after are called.
FIELDS: Final[dict[str, Promise | str]] = {
    "name": _("Name"),
    "text": _("Who belongs to it"),
}
