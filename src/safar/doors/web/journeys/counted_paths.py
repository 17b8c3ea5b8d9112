"""What pages that count paths say alike: how many there are, and that there are none."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.design.parts import EmptyState

from .kind import Asked, Figure


def nothing_happened() -> EmptyState:
    """Return what stands where no event fits a question."""
    return EmptyState(
        _("Nothing happened here"),
        _("No event fits this question. Ask about a longer period, or with fewer conditions."),
    )


def paths_figure(asked: Asked) -> Figure:
    """Return how many paths an answer rests on, and what a path is."""
    return Figure(
        pgettext("flow", "Paths"),
        asked.locale.number(asked.answer.paths),
        _("visits") if asked.question.pause else _("customers, each with all that they did"),
    )
