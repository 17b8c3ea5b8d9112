"""A sentence for each refusal of the app of webhooks."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "hooks.address_private": _(
        "This address leads into a private network. An owner of the workspace may consent to that first."
    ),
    "hooks.refused": _("Safar does not send to such an address, or nothing was chosen to be told."),
    "hooks.too_many": _("There are as many webhooks as a workspace may have. Remove one first."),
    "hooks.unknown": _("There is no such webhook or message here."),
}
