"""The shop's own clock: it runs faster when people buy more, in a season, on a weekend, in the evening.

A purchase process that is even in this clock is a Poisson process with just that intensity in calendar time, and the
order of events is the same in both. So BG/NBD holds exactly in the shop's weeks, and seasons and hours look real.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.calendar import HIJRI, calendar, weekday
from safar.vocabulary.time_zone import DAY_US, local_microseconds

from .chance import Floats, Ints
from .parameters import Parameters
from .places import Places

HOUR_US: Final = 3_600_000_000
WEEK_US: Final = 7 * DAY_US
_RAMADAN: Final = 9


class Clock:
    """Shop time and calendar time of each country between two instants.

    Parameters
    ----------
    truth
        Seasons and hours.
    where
        Countries, their time zones and weekends.
    until
        End of the history, microseconds since 1970-01-01 UTC, on a full hour.

    Attributes
    ----------
    start, until
        Ends of the history, microseconds.
    weeks
        Its length in weeks: of the calendar and of the shop's clock alike.
    """

    def __init__(self, truth: Parameters, where: Places, until: int) -> None:
        hours = truth.history.days * 24
        self.until = until
        self.start = until - hours * HOUR_US
        self.weeks = hours / 168.0
        instants = self.start + HOUR_US * np.arange(hours, dtype=np.int64)
        pace, offsets, strain = [], [], []
        for code, country in zip(where.country_codes, where.countries, strict=True):
            local = local_microseconds(instants, country.time_zone)
            factor, peak = _intensity(truth, code, local, country.weekend)
            pace.append(factor / factor.mean())
            offsets.append(local - instants)
            strain.append(peak)
        self._offset = np.stack(offsets)
        self._strain = np.stack(strain)
        ticks = np.cumsum(np.stack(pace), axis=1) / 168.0
        ticks *= self.weeks / ticks[:, -1:]
        # one rising line for all countries, so that one search answers for all of them
        self._stride = self.weeks + 1.0
        shop = np.concatenate([np.zeros((len(pace), 1)), ticks], axis=1)
        self._shop = (shop + self._stride * np.arange(len(pace))[:, None]).ravel()
        self._hours = hours

    def instant(self, country: Ints, shop_weeks: Floats) -> Ints:
        """Return the instant, in microseconds, at which the shop's clock of a country reads ``shop_weeks``.

        Before the start and after the end both clocks run alike, so that nothing is cut off silently.
        """
        inside = np.clip(shop_weeks, 0.0, self.weeks)
        hour = np.interp(
            inside + self._stride * country, self._shop, np.arange(len(self._shop), dtype=np.float64)
        )
        hour -= country * (self._hours + 1)
        found = self.start + np.round(hour * HOUR_US).astype(np.int64)
        return found + np.round((shop_weeks - inside) * WEEK_US).astype(np.int64)

    def shop_weeks(self, country: Ints, instant: Ints) -> Floats:
        """Return what the shop's clock of a country reads at an instant, in weeks since the start."""
        hour = (instant - self.start) / HOUR_US
        inside = np.clip(hour, 0.0, self._hours)
        place = inside + country * (self._hours + 1)
        read = np.interp(place, np.arange(len(self._shop), dtype=np.float64), self._shop)
        return np.asarray(read - self._stride * country + (hour - inside) / 168.0)

    def local(self, country: Ints, instant: Ints) -> Ints:
        """Return what the clocks of a country show at an instant, in microseconds since their 1970-01-01."""
        return instant + self._offset[country, self._bin(instant)]

    def utc(self, country: Ints, local: Ints) -> Ints:
        """Return the instant at which the clocks of a country show ``local`` (to the hour where they jump)."""
        return local - self._offset[country, self._bin(local)]

    def is_peak(self, country: Ints, instant: Ints) -> NDArray[np.bool_]:
        """Return whether deliveries are under strain."""
        return self._strain[country, self._bin(instant)]

    def _bin(self, instant: Ints) -> Ints:
        return np.clip((instant - self.start) // HOUR_US, 0, self._hours - 1)


def _intensity(
    truth: Parameters, country: str, local: Ints, weekend: tuple[int, int]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return how many come in each hour, and whether that is a peak."""
    days, hour = local // DAY_US, local % DAY_US // HOUR_US
    hijri_month = HIJRI.ymd(days)[1]
    factor = np.where(
        hijri_month == _RAMADAN, np.array(truth.hours.ramadan)[hour], np.array(truth.hours.usual)[hour]
    )
    factor = factor * np.where(np.isin(weekday(days), weekend), truth.hours.weekend, 1.0)
    peak = np.zeros(len(local), dtype=bool)
    for season in truth.season:
        if country not in season.countries:
            continue
        _, month, day = calendar(season.calendar).ymd(days)
        place = month * 100 + day
        (first_month, first_day), (last_month, last_day) = season.first, season.last
        inside = (place >= first_month * 100 + first_day) & (place <= last_month * 100 + last_day)
        factor = np.where(inside, factor * season.factor, factor)
        peak |= inside & bool(season.strain)
    return factor, peak
