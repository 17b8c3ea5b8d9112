"""What Today asks the library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from safar.doors.web.design.answers import answer
from safar.doors.web.homes import current_home
from safar.listen.all_scores import AllScoresQuestion, all_scores
from safar.listen.ces import CesAnswer
from safar.listen.csat import CsatAnswer
from safar.listen.nps import NpsAnswer
from safar.listen.response import ResponseAnswer, ResponseQuestion, response
from safar.measure.revenue import RevenueAnswer, RevenueQuestion, revenue
from safar.observe.overview import OverviewAnswer, OverviewQuestion, overview
from safar.store.registry import Workspace

from .periods import Chosen


@dataclass(frozen=True, slots=True)
class TodayAnswers:
    """Every number of Today, as the library gave it: window 0 is the chosen one, 1 the one before, then
    the trend."""

    chosen: Chosen
    overview: OverviewAnswer
    revenue: RevenueAnswer
    response: ResponseAnswer
    nps: NpsAnswer
    csat: CsatAnswer
    ces: CesAnswer

    @property
    def is_empty(self) -> bool:
        """Whether the workspace has no events at all."""
        return self.overview.first_event_at is None

    @property
    def history_starts_at(self) -> datetime | None:
        """The first event when more than a tenth of the window before lies ahead of it, else None.

        Counts of such a window are no fair comparison: the log did not exist yet for a part of it.
        """
        first, before = self.overview.first_event_at, self.chosen.before
        if first is None or first - before.start <= before.duration / 10:
            return None
        return first


def last_event_at(workspace: Workspace) -> datetime | None:
    """Return the instant of the last event of the workspace's log; None without events. Reads no events."""
    return current_home().log(workspace.workspace_id).info().last_at


def today_answers(workspace: Workspace, chosen: Chosen) -> TodayAnswers:
    """Ask the workspace's log everything that Today shows."""
    log = current_home().log(workspace.workspace_id)
    windows, place = chosen.windows, workspace.workspace_id
    scores = answer(place, log, all_scores, AllScoresQuestion(windows))
    return TodayAnswers(
        chosen=chosen,
        overview=answer(place, log, overview, OverviewQuestion(windows)),
        revenue=answer(place, log, revenue, RevenueQuestion(windows, workspace.currency)),
        response=answer(place, log, response, ResponseQuestion(windows)),
        nps=scores.nps,
        csat=scores.csat,
        ces=scores.ces,
    )
