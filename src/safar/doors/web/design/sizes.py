"""Sizes of files and memory in a reader's words."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from safar.show.locale import Locale

from .words import filled

_STEP: Final = 1000
_UNITS: Final[tuple[Promise | str, ...]] = (
    _("%(size)s B"),
    _("%(size)s kB"),
    _("%(size)s MB"),
    _("%(size)s GB"),
    _("%(size)s TB"),
)


def size_in_words(count: int, locale: Locale) -> str:
    """Return a number of bytes in the largest unit that it fills, with one decimal below ten."""
    value, unit = float(count), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    decimals = 1 if unit and value < 10 else 0
    return filled(str(_UNITS[unit]), size=locale.number(round(value, decimals), decimals=decimals))
