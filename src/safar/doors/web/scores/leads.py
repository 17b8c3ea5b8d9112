"""Where the numbers of the page of one score lead: to the answers behind them, and to what was written with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse

from safar.doors.web.comments.queries import Filters
from safar.listen.distribution import Bin
from safar.listen.trend import TrendPoint
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .reading import Reading


@dataclass(frozen=True, slots=True)
class Leads:
    """The addresses behind numbers, all of them empty for who may not see customers."""

    workspace: Workspace
    reading: Reading
    sees_customers: bool

    def to_answers(self, **more: str) -> str:
        """Return where the single answers are."""
        if not self.sees_customers:
            return ""
        address = reverse("score-answers", kwargs={"workspace_id": self.workspace.workspace_id})
        return f"{address}?{self.reading.asked.query(**more)}"

    def to_bin(self, one: Bin) -> str:
        """Return where the answers within a bar of the distribution are."""
        return self.to_answers(lowest=f"{one.low:g}", highest=f"{one.high:g}")

    def to_point(self, point: TrendPoint) -> str:
        """Return where the answers of a period are; empty without any."""
        if not point.score:
            return ""
        return self.to_answers(since=str(point.window.start_us), until=str(point.window.end_us))

    def to_group(self, name: str) -> str:
        """Return where the answers of a group are."""
        return self.to_answers(group=name)

    def to_comments(self, locale: Locale) -> str:
        """Return where the comments to the question are, of the days that are looked at."""
        if not self.sees_customers:
            return ""
        zone, now = ZoneInfo(locale.time_zone), self.reading.times.now
        last = (now.end - timedelta(microseconds=1)).astimezone(zone).date()
        wanted = Filters(asked=self.reading.asked.key, since=now.start.astimezone(zone).date(), until=last)
        address = reverse("comments", kwargs={"workspace_id": self.workspace.workspace_id})
        return f"{address}?{wanted.query(locale)}"
