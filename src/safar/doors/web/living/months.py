"""The time machine of a sheet: months of the reader's calendar that the data reach over, and what was decided when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from safar.doors.web.journeys.known import Known
from safar.doors.web.maps.queries import SnapshotFacts
from safar.show.locale import Locale
from safar.vocabulary.calendar import to_date
from safar.vocabulary.time_zone import local_days
from safar.vocabulary.window import to_microseconds

from .form import PeriodForm, SheetState

#: Months that the slider reaches back.
MOST_MONTHS: Final = 48
#: So many names of years have room beside one another on a telephone.
YEARS_WITH_ROOM: Final = 9


@dataclass(frozen=True, slots=True)
class Decided:
    """A version that was given a name in a month, and what was decided then."""

    name: str
    words: str
    when: str


@dataclass(frozen=True, slots=True)
class Month:
    """One stop of the slider.

    Attributes
    ----------
    name, short
        In the reader's words; ``short`` for the tick, without its year.
    year
        Stands over the first month that is shown of a year; empty over the others.
    is_short_year
        Whether so few months of that year are shown that its name has no room over them on a telephone.
    query
        Of the sheet at this month.
    is_current
        Whether the sheet shows it.
    decided
        What was decided in it.
    """

    name: str
    short: str
    year: str
    is_short_year: bool
    query: str
    is_current: bool
    decided: tuple[Decided, ...] = ()


def months(
    known: Known,
    form: PeriodForm,
    state: SheetState,
    locale: Locale,
    snapshots: tuple[SnapshotFacts, ...] = (),
) -> tuple[Month, ...]:
    """Return the months that the data reach over, the oldest first; none without data."""
    lens, zone = locale.calendar_lens, locale.time_zone
    window = form.window if form.is_valid() else None
    found = []
    spans = stretches(known, locale)
    years = [locale.period(start, "year") for start, _ in spans]
    for place, (start, end) in enumerate(spans):
        since, until = to_date(start).isoformat(), to_date(end - 1).isoformat()
        decided = tuple(
            Decided(each.name, each.decided, locale.date(each.at))
            for each in snapshots
            if start <= int(local_days([to_microseconds(each.at)], zone)[0]) < end
        )
        month = lens.window(start, end, zone)
        found.append(
            Month(
                locale.period(start, "month"),
                locale.period(start, "month", short=True),
                "" if place and years[place - 1] == years[place] else years[place],
                years.count(years[place]) * YEARS_WITH_ROOM < len(years),
                state.query(period=(("since", since), ("until", until))),
                window is not None and (window.start_us, window.end_us) == (month.start_us, month.end_us),
                decided,
            )
        )
    return tuple(found)


def stretches(known: Known, locale: Locale) -> list[tuple[int, int]]:
    """Return the first civil day of each month that the data reach over, and the one after its last."""
    if known.first_at is None or known.last_at is None:
        return []
    lens = locale.calendar_lens
    instants = [to_microseconds(each) for each in (known.first_at, known.last_at)]
    first, last = (int(day) for day in local_days(instants, locale.time_zone))
    starts = lens.period_starts(first, last + 1, "month")[-MOST_MONTHS:]
    return list(zip(starts.tolist(), lens.period_end(starts, "month").tolist(), strict=True))
