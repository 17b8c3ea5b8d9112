"""A sentence for each refusal of the app of cases, and of the library that it stands on."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "cases.changed_meanwhile": _(
        "Somebody has changed this case since you opened it. Nothing of yours is lost: read what changed, then send it"
        " again."
    ),
    "cases.not_so": _("The case does not stand where this can be done. Read it again."),
    "cases.note_refused": _("A note needs words, and can ask only members who work here."),
    "cases.root_cause_needed": _("A case is closed with what was behind it and how it ended. Choose both."),
    "cases.root_cause_refused": _("A root cause needs a name."),
    "cases.root_cause_unknown": _("There is no such root cause here."),
    "cases.rule_refused": _("A rule needs a name of its own, a priority, and times that are times."),
    "cases.rule_unknown": _("There is no such rule here."),
    "cases.telling_refused": _("There is nobody to tell, or nothing to say."),
    "cases.telling_unknown": _("There is no such message here."),
    "cases.unknown": _("There is no such case here."),
    "cli.case_unknown": _("There is no such case in this workspace."),
    "loop.rule_refused": _(
        "A rule needs a condition, and cannot wait for an answer and for silence at once. Make two rules of it."
    ),
    "working_time.holiday_refused": _("There is no such day in that calendar."),
    "working_time.never_open": _(
        "There is not so much working time within ten years. Look at the hours and the days off."
    ),
    "working_time.refused": _(
        "These hours are no hours: each span ends after it begins, and none lies within another."
    ),
}
