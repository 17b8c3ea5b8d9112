"""A sentence for each refusal of the desk Journeys."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "journeys.not_followed": _("This kind of question has no number that could be pinned or watched."),
    "journeys.unknown_saved": _("There is no such saved question here."),
}
