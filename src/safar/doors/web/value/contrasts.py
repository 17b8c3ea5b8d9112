"""What annoys and what delights: the words and columns that pages of drivers share."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safar.doors.web.design.table import Column

LEANS: Final = {
    "annoys": gettext_lazy("Annoys where it is low"),
    "delights": gettext_lazy("Delights where it is high"),
    "both": gettext_lazy("Either, or both"),
}


def contrast_columns() -> tuple[Column, ...]:
    """Return the columns of each answer: what its two ends do, and which it does more."""
    return (
        Column("driver", _("Answer")),
        Column("penalty", _("Where it is lowest"), "number"),
        Column("reward", _("Where it is highest"), "number"),
        Column("lean", _("What it does more")),
    )
