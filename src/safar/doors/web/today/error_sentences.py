"""A sentence for each refusal of the desk Today."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "today.unknown_fact": _("Today has no such number."),
}
