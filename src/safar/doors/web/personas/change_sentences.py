"""A sentence for each change that this app notes."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "persona.archived": _("Put the persona “%(target)s” away."),
    "persona.changed": _("Changed the persona “%(target)s”."),
    "persona.described": _("Described the persona “%(target)s”."),
    "persona.drafts_asked": _("Looked for groups of customers who live alike."),
    "persona.portrait_taken": _(
        "Took the habits of the persona “%(target)s” as they are now for its usual ones."
    ),
    "persona.quoted": _("Added a quote to the persona “%(target)s”."),
    "persona.unquoted": _("Took a quote away from the persona “%(target)s”."),
}
