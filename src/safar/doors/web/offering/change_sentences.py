"""A sentence for each change that this app notes."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "action.defined": _("Described the action %(target)s."),
    "action.changed": _("Changed the action %(target)s."),
    "action.turned": _("Turned the action %(target)s on or off, or put it away."),
    "choosing.changed": _("Changed how next actions are chosen."),
}
#: What the values before and after are called.
FIELDS: Final[dict[str, Promise | str]] = {
    "at_most": _("At most so many times"),
    "at_most_in_all": _("At most so many actions together"),
    "channel": _("Channel"),
    "consent": _("Consent it needs"),
    "counted": _("What is counted"),
    "epsilon": _("Chance left to trying"),
    "event_names": _("Events that count"),
    "in_all_days": _("Together within so many days"),
    "kind": _("What it is"),
    "name": _("Name"),
    "segment_id": _("Segment"),
    "since": _("From"),
    "state": _("State"),
    "until": _("Until"),
    "within_days": _("Within so many days"),
}
