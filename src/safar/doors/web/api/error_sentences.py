"""What the errors of the API mean, as sentences."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "api.bad_request": _("The request cannot be read."),
    "api.body_too_large": _("The body of the request is too large."),
    "api.forbidden": _("The role of this member does not allow it."),
    "api.invalid": _("A value of the request cannot be taken."),
    "api.key_reused": _("This Idempotency-Key was sent before, with another request. Nothing was done."),
    "api.method_not_allowed": _("This address does not take this kind of request."),
    "api.not_confirmed": _("It cannot be undone, and it was not confirmed. Nothing was done."),
    "api.not_found": _("There is nothing at this address."),
    "api.read_only": _("This token may only read."),
    "api.refused": _("The request was not accepted."),
    "api.too_many_requests": _("This token asks too often. Wait a moment."),
    "api.unauthorized": _("A valid token is needed."),
}
