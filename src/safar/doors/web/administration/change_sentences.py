"""What the actions of the settings are called in the log of changes."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.reader import LANGUAGE_NAMES, CalendarChoice
from safar.doors.web.members.policies import Role

SENTENCES: Final[dict[str, Promise | str]] = {
    "workspace.created": _("The workspace %(target)s was made."),
    "workspace.changed": _("Settings of the workspace %(target)s were changed."),
    "workspace.retention_changed": _("How long the workspace %(target)s keeps events was changed."),
    "key.created": _("The key %(target)s was made."),
    "key.revoked": _("The key %(target)s was revoked."),
    "backup.made": _("The backup %(target)s was made."),
    "backup.downloaded": _("The backup %(target)s was downloaded."),
    "backup.deleted": _("The backup %(target)s was deleted."),
    "backup.plan_changed": _("The plan of daily backups was changed."),
}
#: Names of the values before and after; many of them are those of other apps' changes too.
FIELDS: Final[dict[str, Promise | str]] = {
    "name": _("Name"),
    "language": _("Language"),
    "calendar": _("Calendar"),
    "digits": _("Digits"),
    "time_zone": _("Time zone"),
    "currency": _("Currency"),
    "retention_days": _("Days that events are kept"),
    "needs_two_factor": _("Two-factor sign-in required"),
    "channel": _("Channel"),
    "origins": _("Allowed web origins"),
    "requests_per_second": _("Requests a second"),
    "role": _("Role"),
    "email": _("E-mail address"),
    "is_daily": _("A backup every day"),
    "keep": pgettext_lazy("backups", "Kept"),
}
VALUES: Final[dict[str, dict[str, Promise | str]]] = {
    "role": dict(Role.choices),
    "language": dict(LANGUAGE_NAMES),
    "calendar": {value: label for value, label in CalendarChoice.choices if value},
}
