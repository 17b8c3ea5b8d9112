"""A sentence for each error of this app."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "cli.survey_unknown": _("There is no such survey in this workspace, or no such version of it."),
    "surveys.archived": _("The survey is in the archive. Take it out to change it."),
    "surveys.base_unknown": _("The page was open for long, and the survey has changed. Load it anew."),
    "surveys.conflict": _(
        "Somebody else has changed the same meanwhile. Nothing is lost: look at both, then save again."
    ),
    "surveys.key_stays": _(
        "Answers are known by the key of the survey: it stays, and no two surveys share one."
    ),
    "surveys.not_published": _("The survey is not published yet."),
    "surveys.not_ready": _("The survey cannot be published yet. Its page says what is to be done."),
    "surveys.nothing_to_undo": _("There is no change of yours to take back or to do again."),
    "surveys.too_many_pictures": _("The survey has as many pictures as it can keep."),
    "surveys.unknown": _("There is no such survey."),
}
