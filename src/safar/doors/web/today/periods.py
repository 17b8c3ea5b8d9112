"""The stretches of time that Today can show, in the reader's calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from safar.show.locale import Locale
from safar.vocabulary.calendar import Calendar, Period
from safar.vocabulary.errors import Refusal, nearest
from safar.vocabulary.time_zone import day_starts, local_days
from safar.vocabulary.window import Window, from_microseconds, to_microseconds

_HOUR_US: Final = 3_600_000_000


class UnknownChoice(Refusal, LookupError):
    """The address names a period or grouping that Today does not have."""

    code = "today.unknown_choice"


@dataclass(frozen=True, slots=True)
class Choice:
    """One period to choose.

    Attributes
    ----------
    key
        Its name in the address.
    days
        How many days it reaches back, today included; 0 when it starts with ``since``.
    since
        The period of the calendar whose start it starts with; None when it counts days.
    groupings
        By what it can be grouped, the usual one first.
    """

    key: str
    days: int
    since: Period | None
    groupings: tuple[Period, ...]


CHOICES: Final = (
    Choice("7d", 7, None, ("day",)),
    Choice("30d", 30, None, ("day", "week")),
    Choice("90d", 90, None, ("week", "day", "month")),
    Choice("month", 0, "month", ("day", "week")),
    Choice("year", 0, "year", ("month", "week")),
)
USUAL: Final = "30d"
_COARSER: Final[dict[Period, Period]] = {"day": "week", "week": "month"}

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Stretch:
    """One bar or point of a trend: a part of the chosen window.

    Attributes
    ----------
    start_day
        First civil day of the calendar period, which may lie before the window.
    window
        Its instants inside the chosen window.
    is_partial
        The data end inside it, or it began before the window.
    """

    start_day: int
    window: Window
    is_partial: bool

    @property
    def is_after_data(self) -> bool:
        """Whether the data end before it: nothing is known of it."""
        return self.window.start == self.window.end


@dataclass(frozen=True, slots=True)
class Cut:
    """The chosen window cut along the calendar.

    Attributes
    ----------
    unit
        Into days, weeks or months.
    stretches
        Oldest first.
    """

    unit: Period
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A period as chosen, as instants.

    Attributes
    ----------
    choice
        What was chosen.
    window
        From the first day's start to where the data end (see `data_end`).
    before
        What a change is compared with: as many days earlier, up to the same time of the day.
    before_days
        First and end civil day of ``before``, half-open, for its name.
    days
        First and end civil day of what was chosen, today included, half-open.
    has_data
        The data reach into the period. If not, ``window`` is the whole of it, and nothing can be compared.
    cut
        The window cut as chosen.
    coarse
        The same cut coarser, for scores of which there are few; equal to ``cut`` where nothing coarser is offered.
    """

    choice: Choice
    window: Window
    before: Window
    days: tuple[int, int]
    before_days: tuple[int, int]
    has_data: bool
    cut: Cut
    coarse: Cut

    @property
    def windows(self) -> tuple[Window, ...]:
        """What the library is asked about: the window, the one before, each stretch, each coarse stretch."""
        stretches = self.cut.stretches + (() if self.coarse is self.cut else self.coarse.stretches)
        return (self.window, self.before, *(stretch.window for stretch in stretches))

    def of_cut(self, values: Sequence[Value]) -> Sequence[Value]:
        """Return those of the library's values, one for each window, that belong to ``cut``."""
        return values[2 : 2 + len(self.cut.stretches)]

    def of_coarse(self, values: Sequence[Value]) -> Sequence[Value]:
        """Return those of the library's values, one for each window, that belong to ``coarse``."""
        return values[-len(self.coarse.stretches) :]


def data_end(now: datetime, last_event_at: datetime | None) -> datetime:
    """Return until when the data are taken as complete: the first full hour after the last event, at most now.

    A shop that is quiet for an hour, a file that ends last night, a simulated company: what comes after the last
    event is not known to be nothing. In the hour that is running the data end with the last event itself. Events from
    the future (a device with a wrong clock) do not move the end beyond the last full hour.

    Parameters
    ----------
    now, last_event_at
        Aware instants; None for a log without events, which ends at the last full hour.
    """
    now_us = to_microseconds(now)
    last_us = now_us if last_event_at is None else to_microseconds(last_event_at)
    following_hour = (last_us // _HOUR_US + 1) * _HOUR_US
    if following_hour <= now_us:
        return from_microseconds(following_hour)
    if last_event_at is None or last_us > now_us:
        return from_microseconds(now_us // _HOUR_US * _HOUR_US)
    return from_microseconds(last_us + 1)


def chosen(
    key: str, grouping: str, *, now: datetime, locale: Locale, last_event_at: datetime | None = None
) -> Chosen:
    """Return the chosen period around ``now``, cut along the reader's calendar.

    Parameters
    ----------
    key
        Of a `Choice`; empty for the usual one.
    grouping
        ``day``, ``week`` or ``month``; empty for the usual one of the choice. One that the choice does not
        have gives the usual one too.
    now
        Aware instant.
    locale
        Calendar, time zone, first day of the week.
    last_event_at
        The last event of the log: both windows end where the data end. Of ``now`` only the hour matters, so that
        answers can be kept.

    Raises
    ------
    UnknownChoice
        No such period or grouping.
    """
    choice = _choice(key or USUAL)
    unit = _grouping(grouping, choice)
    calendar, zone = locale.calendar_lens, locale.time_zone
    today = int(local_days([to_microseconds(now)], zone)[0])
    first, before_first = _first_days(choice, today, calendar)
    whole = calendar.window(first, today + 1, zone)
    end = data_end(now, last_event_at)
    has_data = end > whole.start
    window = Window(whole.start, end) if has_data else whole
    known_until = max(end, whole.start)
    # The day in which the window ends, and as many days earlier the one in which the window before ends.
    last_day = int(local_days([window.end_us - 1], zone)[0])
    before_last = min(before_first + last_day - first, first - 1)
    day_before = calendar.window(before_last, before_last + 1, zone)
    elapsed = timedelta(microseconds=window.end_us - int(day_starts([last_day], zone)[0]))
    before_start = calendar.window(before_first, before_last + 1, zone).start
    cut = Cut(unit, _stretches(first, today + 1, unit, locale, known_until))
    coarser = _COARSER.get(unit)
    coarse = cut
    if coarser in choice.groupings:
        coarse = Cut(coarser, _stretches(first, today + 1, coarser, locale, known_until))
    return Chosen(
        choice=choice,
        window=window,
        before=Window(before_start, min(day_before.start + elapsed, day_before.end)),
        days=(first, today + 1),
        before_days=(before_first, before_last + 1),
        has_data=has_data,
        cut=cut,
        coarse=coarse,
    )


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the workspace so far, and the same stretch of the week before.

    Attributes
    ----------
    now, before
        As instants; ``before`` ends at the same time of the same day of the week.
    days, before_days
        First and end civil day, half-open, for their names.
    is_over
        It is the whole week before the one in which the data end.
    """

    now: Window
    before: Window
    days: tuple[int, int]
    before_days: tuple[int, int]
    is_over: bool = False


def week_so_far(*, now: datetime, locale: Locale, last_event_at: datetime | None) -> Week:
    """Return the week in which the data end; while a day of it is not over yet, the whole one before.

    Parameters
    ----------
    now, last_event_at
        Aware instants; None for a log without events.
    locale
        Time zone, first day of the week.
    """
    calendar, zone = locale.calendar_lens, locale.time_zone
    end = data_end(now, last_event_at)
    last_day = int(local_days([to_microseconds(end) - 1], zone)[0])
    first = int(calendar.period_start(last_day, "week", week_starts=locale.week_starts))
    if last_day == first:
        return Week(
            calendar.window(first - 7, first, zone),
            calendar.window(first - 14, first - 7, zone),
            (first - 7, first),
            (first - 14, first - 7),
            is_over=True,
        )
    elapsed = end - calendar.window(last_day, last_day + 1, zone).start
    day_before = calendar.window(last_day - 7, last_day - 6, zone)
    return Week(
        Window(calendar.window(first, last_day + 1, zone).start, end),
        Window(
            calendar.window(first - 7, last_day - 6, zone).start,
            min(day_before.start + elapsed, day_before.end),
        ),
        (first, last_day + 1),
        (first - 7, last_day - 6),
    )


def _choice(key: str) -> Choice:
    for choice in CHOICES:
        if choice.key == key:
            return choice
    known = [choice.key for choice in CHOICES]
    raise UnknownChoice(
        f"Today has no period {key!r}.",
        hint=nearest(key, known) or f"Use one of {', '.join(known)}.",
        period=key,
    )


def _grouping(name: str, choice: Choice) -> Period:
    known = sorted({each for one in CHOICES for each in one.groupings})
    if name and name not in known:
        raise UnknownChoice(
            f"Today cannot group by {name!r}.",
            hint=nearest(name, known) or f"Use one of {', '.join(known)}.",
            grouping=name,
        )
    return next((each for each in choice.groupings if each == name), choice.groupings[0])


def _first_days(choice: Choice, today: int, calendar: Calendar) -> tuple[int, int]:
    """Return the first civil day of the window and of the one before."""
    if choice.since is None:
        first = today - choice.days + 1
        return first, first - choice.days
    first = int(calendar.period_start(today, choice.since))
    return first, int(calendar.period_start(first - 1, choice.since))


def _stretches(first: int, end: int, unit: Period, locale: Locale, data_end: datetime) -> tuple[Stretch, ...]:
    calendar, zone = locale.calendar_lens, locale.time_zone
    starts = calendar.period_starts(first, end, unit, week_starts=locale.week_starts)
    ends = calendar.period_end(starts, unit)
    found = []
    for start, stop in zip(starts.tolist(), ends.tolist(), strict=True):
        whole = calendar.window(start, stop, zone)
        inside = calendar.window(max(start, first), min(stop, end), zone)
        window = Window(min(inside.start, data_end), min(inside.end, data_end))
        found.append(Stretch(start, window, is_partial=start < first or data_end < whole.end))
    return tuple(found)
