"""A sentence for each change that this app notes."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "survey.answers_brought": _("Brought in answers that were collected elsewhere: “%(target)s”."),
    "survey.answers_taken_back": _("Took back answers that a file brought to “%(target)s”."),
    "survey.responses_taken": _("Took the responses of “%(target)s” away as a file."),
}
#: What the values before and after are called.
FIELDS: Final[dict[str, Promise | str]] = {}
