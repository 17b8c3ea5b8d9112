"""A sentence for each change that this desk notes. Customers are named by their digest alone."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "customer.erased": _("Erased the customer %(target)s; the proof is kept."),
    "customer.erasure_asked": _("Asked to erase the customer %(target)s."),
    "customer.exported": _("Took everything about the customer %(target)s away as a file."),
    "customers.exported": _("Took a list of customers away as a file."),
    "customer.joined": _("Joined two ids of the customer %(target)s."),
    "customer.parted": _("Parted an id from the customer %(target)s."),
}
