"""A sentence for each refusal of the app of estimates."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "estimates.already_scored": _(
        "This estimate is scored already: what was said and what came stay as they are."
    ),
    "estimates.refused": _(
        "An estimate needs a name, what it is of, and a number that lies within its interval."
    ),
    "estimates.units_differ": _("The estimate and the outcome are not of one currency, or not equally sure."),
    "estimates.unknown": _("There is no such estimate here."),
}
