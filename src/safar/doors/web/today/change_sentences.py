"""A sentence for each change that this desk notes."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "numbers.exported": _("Took numbers of Today away as a file."),
}
#: What the values before and after are called.
FIELDS: Final[dict[str, Promise | str]] = {
    "form": _("Form of the file"),
    "fact": _("Which number"),
    "period": _("Period"),
}
