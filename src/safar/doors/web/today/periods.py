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
from safar.vocabulary.window import Window, to_microseconds

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
        It is not over yet, or began before the window.
    """

    start_day: int
    window: Window
    is_partial: bool


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
        From the first day's start to the end of today.
    before
        What a change is compared with: as many days earlier, up to the same hour of the day.
    before_days
        First and end civil day of ``before``, half-open, for its name.
    days
        First and end civil day of ``window``, half-open.
    cut
        The window cut as chosen.
    coarse
        The same cut coarser, for scores of which there are few; equal to ``cut`` where the reader asked
        for his grouping, or where nothing coarser is offered.
    """

    choice: Choice
    window: Window
    before: Window
    days: tuple[int, int]
    before_days: tuple[int, int]
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


def chosen(key: str, grouping: str, *, now: datetime, locale: Locale) -> Chosen:
    """Return the chosen period around ``now``, cut along the reader's calendar.

    Parameters
    ----------
    key
        Of a `Choice`; empty for the usual one.
    grouping
        ``day``, ``week`` or ``month``; empty for the usual one of the choice. One that the choice does not
        have gives the usual one too.
    now
        Aware instant. Only its day and hour matter, so that answers can be kept for an hour.
    locale
        Calendar, time zone, first day of the week.

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
    before_end = min(before_first + (today - first) + 1, first)
    hour = to_microseconds(now) // _HOUR_US * _HOUR_US
    elapsed_today = timedelta(microseconds=hour - int(day_starts([today], zone)[0]))
    last_before = calendar.window(before_end - 1, before_end, zone)
    before_start = calendar.window(before_first, before_end, zone).start
    before = Window(before_start, min(last_before.start + max(elapsed_today, timedelta(0)), last_before.end))
    cut = Cut(unit, _stretches(first, today + 1, unit, locale))
    coarser = _COARSER.get(unit)
    coarse = cut
    if not grouping and coarser in choice.groupings:
        coarse = Cut(coarser, _stretches(first, today + 1, coarser, locale))
    return Chosen(
        choice=choice,
        window=calendar.window(first, today + 1, zone),
        before=before,
        days=(first, today + 1),
        before_days=(before_first, before_end),
        cut=cut,
        coarse=coarse,
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


def _stretches(first: int, end: int, unit: Period, locale: Locale) -> tuple[Stretch, ...]:
    calendar, zone = locale.calendar_lens, locale.time_zone
    starts = calendar.period_starts(first, end, unit, week_starts=locale.week_starts)
    ends = calendar.period_end(starts, unit)
    return tuple(
        Stretch(
            start_day=start,
            window=calendar.window(max(start, first), min(stop, end), zone),
            is_partial=start < first or stop >= end,
        )
        for start, stop in zip(starts.tolist(), ends.tolist(), strict=True)
    )
