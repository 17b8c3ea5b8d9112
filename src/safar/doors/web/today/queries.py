"""What Today asks the library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from safar.doors.web.design.answers import Kept, answer, kept_answer
from safar.doors.web.homes import current_home
from safar.explain.changes import ChangesAnswer, ChangesQuestion, changes
from safar.listen.all_metrics import AllMetricsQuestion, all_metrics
from safar.listen.ces import CesAnswer
from safar.listen.csat import CsatAnswer
from safar.listen.nps import NpsAnswer
from safar.listen.response import ResponseAnswer, ResponseQuestion, response
from safar.measure.revenue import RevenueAnswer, RevenueQuestion, revenue
from safar.observe.overview import OverviewAnswer, OverviewQuestion, overview
from safar.show.locale import Locale
from safar.store.log import Log
from safar.store.registry import Workspace
from safar.vocabulary.calendar import Weekday
from safar.vocabulary.time_names import CalendarName
from safar.vocabulary.window import from_microseconds, to_microseconds

from .periods import Chosen, Week, chosen, week_so_far

#: Every time zone's midnight is a multiple of this after UTC's.
_QUARTER: Final = timedelta(minutes=15)
#: Data that end longer ago are old: the page says so.
FRESH: Final = timedelta(days=1)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class TodayQuestion:
    """What a reader of Today asks: the same for a quarter of an hour, whatever happens meanwhile.

    Attributes
    ----------
    workspace_id, main_currency
        Whose numbers, and the currency to name first.
    period, grouping
        As in the address.
    until
        The last instant of the running quarter of an hour.
    calendar, time_zone, week_starts
        By which days are cut.
    """

    workspace_id: str
    main_currency: str
    period: str
    grouping: str
    until: datetime
    calendar: CalendarName
    time_zone: str
    week_starts: Weekday

    @property
    def lens(self) -> Locale:
        """What cuts time as the reader does."""
        return Locale("en", calendar=self.calendar, time_zone=self.time_zone, week_starts=self.week_starts)


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


def end_of_data(workspace: Workspace, now: datetime) -> datetime | None:
    """Return the instant of the last event where the data are old; None for fresh ones and without any."""
    last = last_event_at(workspace)
    return last if last is not None and now - last > FRESH else None


def today_answers(workspace: Workspace, period: Chosen) -> TodayAnswers:
    """Ask the workspace's log everything that Today shows of a period, exactly as it is now."""
    log = current_home().log(workspace.workspace_id)
    return _answers(workspace.workspace_id, log, period, workspace.currency)


def today_of_reader(
    workspace: Workspace, period: str, grouping: str, *, now: datetime, locale: Locale
) -> Kept[TodayAnswers]:
    """Return what Today shows a reader: while events arrive and it takes long, as of a few seconds ago.

    Raises
    ------
    UnknownChoice
        No such period or grouping.
    """
    question = TodayQuestion(
        workspace.workspace_id,
        locale.currency,
        period,
        grouping,
        _end_of_quarter(now),
        locale.calendar,
        locale.time_zone,
        locale.week_starts,
    )
    log = current_home().log(workspace.workspace_id)
    kept = kept_answer(workspace.workspace_id, log, _today, question)
    if kept.answer.is_empty and not kept.is_current:
        # The first events are what a newcomer waits for.
        return kept_answer(workspace.workspace_id, log, _today, question, exact=True)
    return kept


@dataclass(frozen=True, slots=True)
class WeekQuestion:
    """What changed this week? ``until`` as in `TodayQuestion`; days and weeks as those of the workspace."""

    until: datetime
    time_zone: str
    week_starts: Weekday


@dataclass(frozen=True, slots=True)
class WeekAnswers:
    """What changed in which week; ``first_event_at`` is where the log begins."""

    week: Week
    changes: ChangesAnswer
    first_event_at: datetime | None

    @property
    def has_history(self) -> bool:
        """Whether the log was there in the week before, but for a tenth of it."""
        before = self.week.before
        return self.first_event_at is not None and self.first_event_at - before.start <= before.duration / 10


def changes_of_week(workspace: Workspace, *, now: datetime, locale: Locale) -> Kept[WeekAnswers]:
    """Return what changed in the week that the data end in; see `week_so_far`."""
    question = WeekQuestion(_end_of_quarter(now), locale.time_zone, locale.week_starts)
    return kept_answer(workspace.workspace_id, current_home().log(workspace.workspace_id), _week, question)


def _week(log: Log, question: WeekQuestion) -> WeekAnswers:
    history = log.info()
    lens = Locale("en", time_zone=question.time_zone, week_starts=question.week_starts)
    week = week_so_far(now=question.until, locale=lens, last_event_at=history.last_at)
    return WeekAnswers(week, changes(log, ChangesQuestion(week.now, week.before)), history.first_at)


def _end_of_quarter(now: datetime) -> datetime:
    quarters = to_microseconds(now) // (_QUARTER // _MICROSECOND) + 1
    return from_microseconds(quarters * (_QUARTER // _MICROSECOND) - 1)


def _today(log: Log, question: TodayQuestion) -> TodayAnswers:
    period = chosen(
        question.period,
        question.grouping,
        now=question.until,
        locale=question.lens,
        last_event_at=log.info().last_at,
    )
    return _answers(question.workspace_id, log, period, question.main_currency)


def warm_today(log: Log, *, now: datetime) -> None:
    """Ask a log what Today asks, for the sake of what stays in memory."""
    locale = Locale("en")
    period = chosen("", "", now=now, locale=locale, last_event_at=log.info().last_at)
    overview(log, OverviewQuestion(period.windows))
    revenue(log, RevenueQuestion(period.windows))
    all_metrics(log, AllMetricsQuestion(period.windows))
    _week(log, WeekQuestion(_end_of_quarter(now), locale.time_zone, locale.week_starts))


def _answers(place: str, log: Log, period: Chosen, main_currency: str) -> TodayAnswers:
    windows = period.windows
    scores = answer(place, log, all_metrics, AllMetricsQuestion(windows), exact=True)
    return TodayAnswers(
        chosen=period,
        overview=answer(place, log, overview, OverviewQuestion(windows), exact=True),
        revenue=answer(place, log, revenue, RevenueQuestion(windows, main_currency), exact=True),
        response=answer(place, log, response, ResponseQuestion(windows), exact=True),
        nps=scores.nps,
        csat=scores.csat,
        ces=scores.ces,
    )
