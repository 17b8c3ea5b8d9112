"""A sentence for each error of this app."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "personas.nameless": _("Give the persona a name that can be seen."),
    "personas.picture_refused": _(
        "This is no picture that can be shown: use a PNG, JPEG or WebP file below 1 MB, of at most 4,000 pixels a"
        " side."
    ),
    "personas.quote_empty": _("Nothing of this quote can be seen: write what the customer said."),
    "personas.unknown": _("There is no such persona here."),
    "personas.words_unkeepable": _(
        "The text holds a null character, an invisible sign that cannot be kept. Take it out, or type the text anew."
    ),
}
