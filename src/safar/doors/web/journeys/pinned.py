"""What Today shows of this desk: cards of pinned questions, and alerts."""

from __future__ import annotations

from dataclasses import dataclass

from safar.show.locale import Locale
from safar.store.registry import Workspace

from .queries import open_alerts, saved_questions
from .saved_page import AlertLine, PinnedCard, alert_line, pinned_cards


@dataclass(frozen=True, slots=True)
class PinnedPanel:
    """What ``journeys/pinned.html`` is given: nothing is computed for it."""

    cards: tuple[PinnedCard, ...]
    alerts: tuple[AlertLine, ...]


def pinned_panel(workspace: Workspace, locale: Locale) -> PinnedPanel:
    """Return what stands on Today."""
    alerts = open_alerts(workspace)
    return PinnedPanel(
        cards=pinned_cards(workspace, saved_questions(workspace, pinned=True), alerts, locale),
        alerts=tuple(alert_line(workspace, each, locale) for each in alerts),
    )
