"""A sentence for each change that this desk notes."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "import.uploaded": _("Uploaded the file %(target)s."),
    "import.started": _("Started the import of %(target)s."),
    "import.undone": _("Took the import of %(target)s back."),
    "import.discarded": _("Threw the uploaded file %(target)s away."),
    "import.file_removed": _("Removed the file %(target)s; what it brought stayed."),
    "mapping.saved": _("Saved how a file is read as “%(target)s”."),
}
#: What the values before and after are called.
FIELDS: Final[dict[str, Promise | str]] = {"size": _("Size in bytes"), "events": _("Events")}
