"""A sentence for each error of this app."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "offering.refused": _(
        "An action cannot be like this. It needs a name and a key of its own, and ends after it begins."
    ),
    "offering.too_many": _("There are as many actions as can be chosen among. Put one away first."),
    "offering.unknown": _("There is no such action here."),
}
