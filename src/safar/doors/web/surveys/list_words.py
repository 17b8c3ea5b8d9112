"""What the states of a survey are called."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

STATE_NAMES: Final[dict[str, Promise | str]] = {
    "draft": pgettext_lazy("state of a survey", "Draft"),
    "open": pgettext_lazy("state of a survey", "Open"),
    "closed": pgettext_lazy("state of a survey", "Closed"),
}
