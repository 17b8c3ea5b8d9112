"""What the errors of shared parts of pages say to people."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "page.bad_cursor": _("This place in the list is not there any more. Start again at its beginning."),
    "page.too_many_workbooks": _(
        "Several Excel sheets are being written at this moment. Try again when one of them is there, or take CSV."
    ),
    "page.unknown_export": _("Rows can be taken away as CSV or as an Excel sheet."),
}
