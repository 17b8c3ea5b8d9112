"""A sentence for each refusal about maps."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "cli.map_unknown": _("There is no such map in this workspace."),
    "map.apart": _("The two maps differ in their design. Compare two times, or two personas, of one map."),
    "map.binding_unreadable": _(
        "What a step of the map is bound to cannot be read. Open the step and correct it."
    ),
    "map.edit_refused": _("This change would leave something that is no good map."),
    "map.edit_unreadable": _("This is no change of a map that could be read."),
    "map.part_taken": _("The map has a part of this id already."),
    "map.sheet_refused": _("The table cannot be read as a map. The rows that are wrong are named."),
    "map.unknown_part": _("The map has no such part. Somebody may have removed it."),
    "map.unknown_template": _("There is no such template."),
    "map.unreadable": _("This is no journey map that could be read."),
    "maps.archived": _("The map is archived. Take it out of the archive to change it."),
    "maps.attachment_lost": _("The file is not where it was kept."),
    "maps.attachment_refused": _(
        "Only pictures (PNG, JPEG, WebP, GIF) and PDF files of at most 5 MB are kept, and 200 for one map."
    ),
    "maps.base_unknown": _("The map has never been at this revision. Load it again."),
    "maps.comment_refused": _(
        "A comment needs a few words, a part of the map that is there, and members who work here."
    ),
    "maps.nothing_to_undo": _("There is nothing of yours to undo, or to do again."),
    "maps.share_ended": _("This link shows nothing any more. Ask whoever sent it for a new one."),
    "maps.share_refused": _(
        "A link shows one language and one persona of the map, and lives for a year at most."
    ),
    "maps.snapshot_refused": _("A version needs a short name."),
    "maps.unknown": _("There is no such map here, or no such part of it."),
}
