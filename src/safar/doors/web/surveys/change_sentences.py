"""A sentence for each change of surveys that is noted."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SENTENCES: Final[dict[str, Promise | str]] = {
    "survey.archived": _("Put the survey “%(target)s” into the archive."),
    "survey.closed": _("Closed the survey “%(target)s”."),
    "survey.created": _("Began the survey “%(target)s”."),
    "survey.edited": _("Changed the draft of the survey “%(target)s”."),
    "survey.published": _("Published a version of the survey “%(target)s”."),
    "survey.reopened": _("Opened the survey “%(target)s” again."),
    "survey.unarchived": _("Took the survey “%(target)s” out of the archive."),
}

#: What the values before and after are called.
FIELDS: Final[dict[str, Promise | str]] = {"version": pgettext_lazy("of a survey", "version")}
