"""A sentence for each change that this app notes."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SENTENCES: Final[dict[str, Promise | str]] = {
    "case.closed": _("Closed the case %(target)s."),
    "case.opened": _("Opened the case %(target)s by hand."),
    "case.reopened": _("Opened the case %(target)s again."),
    "case_rule.changed": _("Changed the rule “%(target)s”."),
    "case_rule.defined": _("Made the rule “%(target)s”."),
    "case_rule.removed": _("Removed the rule “%(target)s”."),
    "case_rule.switched_off": _("Switched the rule “%(target)s” off."),
    "case_rule.switched_on": _("Switched the rule “%(target)s” on."),
    "cases.exported": _("Took the cases away as a file."),
    "customers.told": _("Told customers what was done: “%(target)s”."),
    "opportunity.added": _("Put what is behind cases on the map “%(target)s” as an opportunity."),
    "root_cause.archived": _("Offers the root cause “%(target)s” no more."),
    "root_cause.named": _("Named the root cause “%(target)s”."),
    "root_cause.taken_out": _("Offers the root cause “%(target)s” again."),
    "working_time.kept": _("Changed the working time."),
}
#: What the values before and after are called.
FIELDS: Final[dict[str, Promise | str]] = {
    "days": _("Working days a week"),
    "due_minutes": _("Due after minutes of working time"),
    "escalations": _("Who is told when it is late"),
    "holidays": _("Days off"),
    "owner": pgettext_lazy("of a case", "Owner"),
    "priority": _("Priority"),
    "quiet_days": _("Days without a second case"),
    "team": _("Team"),
    "told": _("Customers"),
    "when": _("When it opens a case"),
}
