"""A sentence for each change that this app notes."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "webhook.changed": _("Changed the webhook to %(target)s."),
    "webhook.made": _("Made a webhook to %(target)s."),
    "webhook.removed": _("Removed the webhook to %(target)s."),
    "webhook.replayed": _("Sent a message to %(target)s again."),
    "webhook.rotated": _("Gave the webhook to %(target)s another secret."),
    "webhook.stopped": _("Turned the webhook to %(target)s off: it took nothing for days."),
    "webhook.tried": _("Sent a test message to %(target)s."),
}
#: What the values before and after are called.
FIELDS: Final[dict[str, Promise | str]] = {
    "allows_private": _("May lead into a private network"),
    "delivery": _("Message"),
    "is_on": _("Is on"),
    "kinds": _("What is told"),
    "url": _("Address"),
}
