"""A sentence for each refusal of the app of segments."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "cli.segment_unknown": _("There is no such segment in this workspace."),
    "segments.archived": _("This segment is archived. Take it out of the archive to change it."),
    "segments.name_refused": _("A segment needs a name of its own, which no other segment here has."),
    "segments.too_many": _("There are as many segments here as can be kept current. Archive one first."),
    "segments.unknown": _("There is no such segment here."),
}
