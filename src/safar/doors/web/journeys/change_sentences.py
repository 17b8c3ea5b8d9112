"""A sentence for each change that this desk notes."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "journeys.customers_exported": _("Took a list of customers away as a file."),
    "journeys.exported": _("Took an answer about journeys away as a file."),
    "question.alert_acknowledged": _(
        "Acknowledged that the number of the question “%(target)s” has changed."
    ),
    "question.alert_raised": _("Told that the number of the question “%(target)s” has left its interval."),
    "question.changed": _("Changed the saved question “%(target)s”."),
    "question.deleted": _("Deleted the saved question “%(target)s”."),
    "question.pinned": _("Put the question “%(target)s” on Today."),
    "question.saved": _("Saved the question “%(target)s”."),
    "question.unpinned": _("Took the question “%(target)s” off Today."),
    "question.unwatched": _("Stopped watching the question “%(target)s”."),
    "question.watched": _("Began to watch the question “%(target)s”."),
}
#: What the values before and after are called.
FIELDS: Final[dict[str, Promise | str]] = {
    "customers": _("Customers"),
    "kind": _("Kind of question"),
    "notes": _("Notes"),
    "query": _("What is asked"),
    "title": _("Title"),
}
