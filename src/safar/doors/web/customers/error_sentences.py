"""A sentence for each error of this desk."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "customer.unknown": _("Nobody is known here by this id."),
    "customer.unknown_erasure": _("There is no such erasure, or it is done already."),
    "ranking.refused": _("Customers cannot be put in this order."),
}
