"""A sentence for each refusal of the app of asking."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "contact_budget.refused": _(
        "How often customers are asked is a count, and days between 0 and ten years."
    ),
    "inviting.not_published": _("Publish the survey first: nobody can answer a draft."),
    "inviting.round_refused": _("Nobody can be asked like that."),
    "inviting.unknown_link": _("There is no such link here."),
    "inviting.unknown_round": _("There is no such round of invitations here."),
    "inviting.widget_refused": _("A survey cannot appear on pages like that. Check its rules."),
}
