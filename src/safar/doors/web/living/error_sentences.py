"""A sentence for each error code of the app."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "living.nothing_to_export": _("The map has no steps yet, so there is nothing to take away."),
    "living.too_many_cards": _(
        "The map has more cards than a picture or a poster can show. Hide some of its rows, or take it as CSV or JSON."
    ),
    "living.map_gone": _("The map or the segment is not there any more. Open the list of maps."),
}
