"""Dates and times as people and files write them, read exactly or refused."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from .calendar import CALENDARS, to_date
from .calendar import calendar as calendar_named
from .civil import DateOutOfRange, NoSuchDate
from .digits import BIDI_MARKS, fold_digits
from .errors import Refusal, nearest
from .text import fold
from .time_names import CalendarName, month_by_name, name_key, weekday_keys
from .time_zone import DAY_US, SECOND_US, instants_of_local, time_zone

#: How the parts of a date follow each other; ``compact`` is eight digits, epochs count from 1970-01-01 UTC.
Layout = Literal["ymd", "dmy", "mdy", "compact", "epoch_s", "epoch_ms", "epoch_us"]
LAYOUTS: Final[tuple[Layout, ...]] = get_args(Layout)

#: Gregorian years that a typed date may fall in: beyond lie slips of the keyboard and dates of another
#: calendar.
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200
_FIRST_DAY: Final = (dt.date(FIRST_YEAR, 1, 1) - dt.date(1970, 1, 1)).days
_END_DAY: Final = (dt.date(LAST_YEAR + 1, 1, 1) - dt.date(1970, 1, 1)).days

_MARKS: Final = str.maketrans("\u00a0\u202f\u2212", "  -", BIDI_MARKS)
_NUMERIC: Final = re.compile(r"([0-9]{1,4})([-/.])([0-9]{1,2})\2([0-9]{1,4})\Z", re.ASCII)
_COMPACT: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})\Z", re.ASCII)
_CLOCK: Final = re.compile(
    r"""([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?
        \s*(am|pm|a\.m\.|p\.m\.|ق\.ظ\.?|ب\.ظ\.?|ص|م)?
        \s*(z|utc|gmt|[+-][0-9]{2}(?::?[0-9]{2})?)?\Z""",
    re.ASCII | re.VERBOSE,
)
_AFTERNOON: Final = ("pm", "p.m.", "ب.ظ", "ب.ظ.", "م")
_LONGEST: Final = 64
_EPOCH: Final = re.compile(r"-?[0-9]{1,17}(\.[0-9]{1,9})?\Z", re.ASCII)
_EPOCH_UNITS: Final = {"epoch_s": SECOND_US, "epoch_ms": 1000, "epoch_us": 1}
#: "Month", as it stands behind a month's name in Persian: ``مرداد ماه``, ``مردادماه``.
_MONTH_WORD: Final = fold("ماه")
#: Words around a date that say nothing new: eras, ordinals, prepositions; folded.
_FILLERS: Final = frozenset(fold("ه هش ق هق م ad ah ap sh th st nd rd of at ساعت في الساعة").split())


class DateUnreadable(Refusal, ValueError):
    """The text is no date."""

    code = "date.unreadable"


class DateAmbiguous(Refusal, ValueError):
    """The text reads as two different dates."""

    code = "date.ambiguous"


class DateOfOtherCalendar(Refusal, ValueError):
    """The date is written in another calendar than the one declared."""

    code = "date.other_calendar"


class DateTooFar(Refusal, ValueError):
    """The date lies outside the Gregorian years 1900 to 2200."""

    code = "date.too_far"


class UnknownLayout(Refusal, LookupError):
    """No such order of the parts of a date."""

    code = "date.unknown_layout"


def parse_date(text: str, *, calendar: str = "gregorian", day_first: bool | None = None) -> dt.date:
    """Return the (Gregorian) date that a person or a file wrote in a calendar.

    Parameters
    ----------
    text
        ``2026-08-22``, ``2026/8/22``, ``20260822``, ``22.8.2026``, ``22 August 2026``, ``۳۱ مرداد ۱۴۰۵``;
        digits of any of the three scripts, month names of the three languages, the day of the week is read
        over.
    calendar
        The calendar the text is written in.
    day_first
        How to read two small numbers before the year: True day, month; False month, day. By default only what
        is clear is read: a day above 12, two equal numbers, or a calendar that nobody writes month first
        (Jalali, Hijri).

    Raises
    ------
    DateUnreadable, DateAmbiguous, NoSuchDate
    DateOfOtherCalendar
        When the year or the month's name belongs to another calendar; the hint names it.
    DateTooFar
        When the date lies outside the Gregorian years 1900 to 2200.

    Examples
    --------
    >>> parse_date("۱۴۰۵/۰۵/۳۱", calendar="jalali").isoformat()
    '2026-08-22'
    """
    clean = _clean(text)
    parts = _COMPACT.match(clean)
    if parts:
        return to_date(_civil_day(text, calendar, *map(int, parts.groups())))
    parts = _NUMERIC.match(clean)
    if parts is None:
        return to_date(_named(text, clean, calendar))
    first, second, third = (parts[place] for place in (1, 3, 4))
    if len(first) >= 3:
        return to_date(_civil_day(text, calendar, int(first), int(second), int(third)))
    if len(third) < 3:
        raise _unreadable(text, "Write the year with four digits.")
    if calendar == "gregorian" and not FIRST_YEAR <= int(third) <= LAST_YEAR:
        raise _wrong_year(text, calendar, int(third))  # more telling than which comes first, day or month
    day, month = int(first), int(second)
    if day_first is False or (day_first is None and calendar == "gregorian" and month > 12 >= day):
        day, month = month, day
    elif day_first is None and calendar == "gregorian" and day <= 12 and day != month:
        raise DateAmbiguous(
            f"{text!r} is {third}-{month:02}-{day:02} or {third}-{day:02}-{month:02}.",
            hint="Say which comes first, the day or the month, or write the year first.",
            text=text,
        )
    return to_date(_civil_day(text, calendar, int(third), month, day))


@dataclass(frozen=True, slots=True)
class DateFormat:
    """How one column of a file writes its instants: compiled once, read a million times.

    Parameters
    ----------
    layout
        ``"ymd"``, ``"dmy"``, ``"mdy"`` (separated by ``-``, ``/`` or ``.``, or with a month's name),
        ``"compact"`` (20260822), ``"epoch_s"``, ``"epoch_ms"`` or ``"epoch_us"`` (numbers since 1970-01-01
        UTC).
    calendar
        Of the written dates.
    time_zone
        IANA name of the clock that wrote them; a zone in the text itself (``Z``, ``+03:30``) wins.

    Notes
    -----
    A date without a time is the first instant of that day. A time that the clocks skipped is read as if they
    had not been moved; one that they showed twice is the first of the two (PEP 495).

    Examples
    --------
    >>> DateFormat("dmy", time_zone="Asia/Tehran").instant("31/12/2025 08:30")
    1767157200000000
    """

    layout: Layout = "ymd"
    calendar: CalendarName = "gregorian"
    time_zone: str = "UTC"
    _days: _Memo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.layout not in LAYOUTS:
            raise UnknownLayout(
                f"{self.layout!r} is not an order of the parts of a date.",
                hint=nearest(str(self.layout), LAYOUTS) or f"Use one of {', '.join(LAYOUTS)}.",
                layout=str(self.layout),
            )
        calendar_named(self.calendar)
        time_zone(self.time_zone)
        object.__setattr__(self, "_days", _Memo(self._read_day))

    def instant(self, text: str) -> int:
        """Return the instant of one text, in microseconds since 1970-01-01 UTC.

        Raises
        ------
        DateUnreadable, DateOfOtherCalendar, DateTooFar, NoSuchDate
        """
        instants, refused = self.instants([text])
        if refused:
            raise refused[0]
        return int(instants[0])

    def instants(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], dict[int, Refusal]]:
        """Return the instants of a column, in microseconds since 1970-01-01 UTC, and why rows were refused.

        Returns
        -------
        instants
            int64, one per text; 0 where the row was refused.
        refused
            The refusal by row number; empty when all were read.
        """
        read = self._read_epoch if self.layout.startswith("epoch") else self._read
        refused: dict[int, Refusal] = {}
        found: list[int] = []
        zoned: list[int] = []
        for row, text in enumerate(texts):
            try:
                local, is_utc = read(text)
            except Refusal as refusal:
                refused[row] = refusal
                local, is_utc = 0, True
            found.append(local)
            if is_utc:
                zoned.append(row)
        instants = np.array(found, dtype=np.int64)
        if len(zoned) == len(texts) or self.time_zone == "UTC":
            return instants, refused
        shifted = instants_of_local(instants, self.time_zone)
        shifted[zoned] = instants[zoned]
        return shifted, refused

    def __reduce__(self) -> tuple[type[DateFormat], tuple[Layout, CalendarName, str]]:
        return DateFormat, (self.layout, self.calendar, self.time_zone)  # what it remembers stays behind

    def _read(self, text: str) -> tuple[int, bool]:
        """Return microseconds and whether they count in UTC (else on the clock of the zone)."""
        date, clock = _divided(text)
        since, offset = _CLOCKS[clock]
        day = self._days[date]
        if offset is None:
            return day * DAY_US + since, False
        return day * DAY_US + since - offset, True

    def _read_day(self, text: str) -> int:
        return _laid_out(text, self.layout, self.calendar)

    def _read_epoch(self, text: str) -> tuple[int, bool]:
        clean = _clean(text)
        if not _EPOCH.match(clean):
            raise _unreadable(text, "Write the seconds, milliseconds or microseconds since 1970 as a number.")
        instant = int(Decimal(clean) * _EPOCH_UNITS[self.layout])
        if not _FIRST_DAY * DAY_US <= instant < _END_DAY * DAY_US:
            raise _too_far(text, "Check the unit: seconds, milliseconds or microseconds.")
        return instant, True


def _divided(text: str) -> tuple[str, str]:
    """Return the date and the time of day of a text; the time is empty when there is none."""
    colon = text.find(":")
    if colon < 0:
        return text, ""
    gap = text.rfind(" ", 0, colon)
    if gap < 0:
        gap = text.find("T", 0, colon)
    if gap >= 0:
        return text[:gap], text[gap + 1 :]
    clean = _clean(text)
    if clean == text:
        raise _unreadable(text, "Put a blank or a T between the date and the time.")
    return _divided(clean)


class _Memo(dict[str, int]):
    """Civil days by their text; a million rows have few distinct dates."""

    def __init__(self, read: Callable[[str], int]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> int:
        day = self._read(text)
        if len(self) >= 65_536:
            self.clear()
        self[text] = day
        return day


class _Clocks(dict[str, tuple[int, int | None]]):
    """Microseconds since midnight and the offset written with it, by the text of a time of day."""

    def __missing__(self, text: str) -> tuple[int, int | None]:
        read = _read_clock(text) if text else (0, None)
        if len(self) >= 100_000:
            self.clear()
        self[text] = read
        return read


_CLOCKS: Final = _Clocks()


def _read_clock(text: str) -> tuple[int, int | None]:
    parts = _CLOCK.match(_clean(text).lower())
    if parts is None:
        raise _unreadable(text, "Write the time as 14:05 or 14:05:09.")
    hour, minute, second = int(parts[1]), int(parts[2]), int(parts[3] or 0)
    if parts[5]:
        if not 1 <= hour <= 12:
            raise _unreadable(text, "Hours before and after noon run from 1 to 12.")
        hour = hour % 12 + (12 if parts[5] in _AFTERNOON else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise _unreadable(text, "Hours run to 23, minutes and seconds to 59.")
    microsecond = int((parts[4] or "").ljust(6, "0")[:6])
    return ((hour * 60 + minute) * 60 + second) * SECOND_US + microsecond, _read_offset(text, parts[6])


def _read_offset(text: str, zone: str | None) -> int | None:
    if zone is None:
        return None
    if not zone.startswith(("+", "-")):
        return 0
    hours, minutes = int(zone[1:3]), int(zone[3:].lstrip(":") or 0)
    if hours > 18 or minutes > 59:
        raise _unreadable(text, "An offset from UTC looks like +03:30.")
    size = (hours * 60 + minutes) * 60 * SECOND_US
    return -size if zone[0] == "-" else size


def _laid_out(text: str, layout: Layout, calendar: CalendarName) -> int:
    clean = _clean(text)
    parts = (_COMPACT if layout == "compact" else _NUMERIC).match(clean)
    if parts is None:
        if layout == "compact":
            raise _unreadable(text, "Write eight digits: year, month, day.")
        return _named(text, clean, calendar)
    groups = parts.groups() if layout == "compact" else (parts[1], parts[3], parts[4])
    named = dict(zip("ymd" if layout == "compact" else layout, groups, strict=True))
    if len(named["y"]) != 4:
        raise _unreadable(text, f"Write the year with four digits, in the order {layout}.")
    if len(named["d"]) > 2:
        raise _unreadable(text, f"Write the parts in the order {layout}.")
    return _civil_day(text, calendar, int(named["y"]), int(named["m"]), int(named["d"]))


def _named(text: str, clean: str, calendar: str) -> int:
    """Return the civil day of a date with a month's name."""
    if len(clean) > _LONGEST:
        raise _unreadable(text, "A date is no longer than 64 characters.")
    folded = fold(clean)
    numbers = re.findall(r"[0-9]+", folded)
    month = _month_in([name_key(word) for word in re.split(r"[^\w']+|[0-9_]+", folded)])
    if month is None or len(numbers) != 2:
        raise _unreadable(
            text, "Write it as 2026-08-22, 22/8/2026 or 22 August 2026, in digits of any script."
        )
    of_calendar, number = month
    if of_calendar != calendar:
        raise DateOfOtherCalendar(
            f"{text!r} names a month of the {of_calendar} calendar, but {calendar} was declared.",
            hint=f'Declare calendar="{of_calendar}".',
            text=text,
            calendar=of_calendar,
        )
    first, last = numbers
    year, day = (first, last) if len(first) > 2 else (last, first)
    if len(year) != 4:
        raise _unreadable(text, "Write the year with four digits.")
    return _civil_day(text, calendar, int(year), number, int(day))


def _month_in(words: list[str]) -> tuple[CalendarName, int] | None:
    """Return calendar and number of the month that the words name, with at most a day of the week around it."""
    words = [word.removesuffix(_MONTH_WORD) for word in words if word not in _FILLERS]
    words = [word for word in words if word]
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            found = month_by_name().get("".join(words[start:end]))
            if found and {"".join(words[:start]), "".join(words[end:])} <= weekday_keys() | {""}:
                return found
    return None


def _civil_day(text: str, calendar: str, year: int, month: int, day: int) -> int:
    """Return the civil day, or refuse a year of another calendar or of another age."""
    if calendar == "gregorian":
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise _wrong_year(text, calendar, year)
        try:
            return dt.date(year, month, day).toordinal() - 719_163
        except ValueError:
            pass  # the calendar says it with the date's name
    try:
        found = calendar_named(calendar).day(year, month, day)
    except DateOutOfRange:
        raise _wrong_year(text, calendar, year) from None
    except NoSuchDate as refusal:
        raise NoSuchDate(f"{text!r}: {refusal.message}", hint=refusal.hint, **refusal.context) from None
    if not _FIRST_DAY <= found < _END_DAY:
        raise _too_far(text, "Check the year.")
    return found


#: Years that, seen in a date declared to be of another calendar, point to this one.
_LOOKS_LIKE: Final[tuple[tuple[int, int, CalendarName], ...]] = (
    (1300, 1424, "jalali"),
    (1425, 1500, "hijri"),
    (FIRST_YEAR, LAST_YEAR, "gregorian"),
)


def _wrong_year(text: str, calendar: str, year: int) -> Refusal:
    for first, last, other in _LOOKS_LIKE:
        if first <= year <= last and other != calendar:
            return DateOfOtherCalendar(
                f"{text!r} has the year {year}, which is {other.capitalize()}, but {calendar} was declared.",
                hint=f'Declare calendar="{other}", or write the year of the {calendar} calendar.',
                text=text,
                calendar=other,
            )
    reach = CALENDARS[calendar]
    allowed = (
        f"{FIRST_YEAR} to {LAST_YEAR}"
        if calendar == "gregorian"
        else f"{reach.first_year()} to {reach.last_year()}"
    )
    return _too_far(text, f"Write a year from {allowed}.")


def _too_far(text: str, hint: str) -> DateTooFar:
    shown = _shown(text)
    return DateTooFar(
        f"{shown!r} lies outside the years {FIRST_YEAR} to {LAST_YEAR}.",
        hint=hint,
        text=shown,
        first_year=FIRST_YEAR,
        last_year=LAST_YEAR,
    )


def _unreadable(text: str, hint: str) -> DateUnreadable:
    return DateUnreadable(f"{_shown(text)!r} is not a date or time.", hint=hint, text=_shown(text))


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _clean(text: str) -> str:
    plain = text if text.isascii() else fold_digits(text).translate(_MARKS)
    return plain.strip(" \t\r\n,،")
