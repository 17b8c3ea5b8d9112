"""A sentence for each refusal of files of responses."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "results.file_too_large": _("This file of answers is too large. Split it into several files."),
    "results.plan_refused": _(
        "A column is not in the file, or is to be something that the survey does not have."
    ),
    "results.times_unreadable": _(
        "The times in the file cannot be read, or day and month may be either way round."
        " Write them as 2026-03-21 09:30, or leave the column out."
    ),
    "results.unknown_file": _("There is no such file of answers here. Send it again."),
    "spss.refused": _("These columns cannot be told to SPSS. Take another kind of file."),
}
