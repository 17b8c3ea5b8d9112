"""A sentence for each change of maps that is noted."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "map.archived": _("Put the map “%(target)s” into the archive."),
    "map.comment_reopened": _("Opened a comment on the map “%(target)s” again."),
    "map.comment_resolved": _("Resolved a comment on the map “%(target)s”."),
    "map.commented": _("Commented on the map “%(target)s”."),
    "map.created": _("Made the map “%(target)s”."),
    "map.edited": _("Changed the map “%(target)s”."),
    "map.exported": _("Took the map “%(target)s” away as a file."),
    "map.file_attached": _("Attached a file to the map “%(target)s”."),
    "map.file_removed": _("Removed a file from the map “%(target)s”."),
    "map.restored": _("Brought the map “%(target)s” back to an earlier version."),
    "map.shared": _("Made a link that shows the map “%(target)s”."),
    "map.snapshot_kept": _("Kept a version of the map “%(target)s”."),
    "map.unarchived": _("Took the map “%(target)s” out of the archive."),
    "map.unshared": _("Withdrew a link that showed the map “%(target)s”."),
}
#: What the values before and after are called.
FIELDS: Final[dict[str, Promise | str]] = {
    "bytes": _("Bytes"),
    "file": _("File"),
    "lived": _("With what was lived"),
    "revision": _("Revision"),
}
