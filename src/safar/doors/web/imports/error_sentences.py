"""What this desk's errors mean, in the reader's language."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "upload.missing": _("There is no file, or it is empty. Choose one and send it again."),
    "upload.too_large": _(
        "The file is larger than pages take here. Pack it (gzip or zstd), divide it, or import it at the terminal."
    ),
    "upload.cut_off": _("The file did not arrive whole. Send it again."),
    "upload.too_many": _("Several files are arriving at this moment. Try again when one of them is there."),
    "upload.disk_full": _(
        "The disk has no room for the file. Nothing was lost; free some room and send it again."
    ),
    "upload.too_many_columns": _(
        "The file has more columns than anybody can look through. Keep those that matter and send it again."
    ),
    "imports.changed_meanwhile": _(
        "Somebody else has changed this import since the page was shown. Look at it as it is now."
    ),
    "imports.goes_on": _("The import is under way or over; this cannot be changed any more."),
    "imports.file_gone": _(
        "The uploaded file is not there any more: it was imported, removed, or a person in it was erased. Upload it "
        "again."
    ),
    "imports.choice_unknown": _("The page does not offer such a choice."),
}
