"""A sentence for each change that this app notes."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "contact_budget.changed": _("Changed how often customers are asked."),
    "survey.link_closed": _("Closed the link “%(target)s” of a survey."),
    "survey.link_made": _("Made the link “%(target)s” to a survey."),
    "survey.link_opened": _("Opened the link “%(target)s” of a survey again."),
    "survey.links_taken": _("Took the personal links of “%(target)s” away as a file."),
    "survey.link_appears": _("Said when “%(target)s” appears on pages."),
    "survey.round_started": _("Began to ask customers: “%(target)s”."),
    "survey.round_stopped": _("Stopped asking customers: “%(target)s”."),
}
#: What the values before and after are called.
FIELDS: Final[dict[str, Promise | str]] = {
    "most": _("At most so many invitations"),
    "within_days": _("In so many days"),
    "quarantine_days": _("Days of rest after an answer"),
    "same_survey_days": _("Days until the same survey again"),
    "consent": _("Consent that is needed"),
}
