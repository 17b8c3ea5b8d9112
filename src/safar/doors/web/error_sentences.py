"""A sentence for each error code, for people who did not write the code."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "safar": _("Something went wrong."),
    "refusal": _("This cannot be done as asked."),
    "fault": _("Something broke on our side."),
    "today.unknown_choice": _("Today has no such period."),
}


def sentence_of(code: str) -> str:
    """Return the sentence for an error code in the language of the moment."""
    return str(SENTENCES.get(code, SENTENCES["safar"]))
