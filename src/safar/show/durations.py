"""Lengths of time and distances from now as words of a locale, with the plurals of its language."""

from __future__ import annotations

import datetime as dt
from typing import Final, NamedTuple

from safar.vocabulary.time_names import Language
from safar.vocabulary.window import to_microseconds

from .numbers import NO_VALUE, Numbers

_SECONDS: Final = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}


class _Unit(NamedTuple):
    """Arabic names of a unit, by how many there are (CLDR plural categories), and as objects of a preposition."""

    one: str
    two: str
    two_of: str
    few: str
    many: str
    other: str


_ARABIC: Final = {
    "year": _Unit("سنة واحدة", "سنتان", "سنتين", "سنوات", "سنة", "سنة"),
    "month": _Unit("شهر واحد", "شهران", "شهرين", "أشهر", "شهرًا", "شهر"),
    "day": _Unit("يوم واحد", "يومان", "يومين", "أيام", "يومًا", "يوم"),
    "hour": _Unit("ساعة واحدة", "ساعتان", "ساعتين", "ساعات", "ساعة", "ساعة"),
    "minute": _Unit("دقيقة واحدة", "دقيقتان", "دقيقتين", "دقائق", "دقيقة", "دقيقة"),
    "second": _Unit("ثانية واحدة", "ثانيتان", "ثانيتين", "ثوانٍ", "ثانية", "ثانية"),
}
_PERSIAN: Final = {
    "year": "سال",
    "month": "ماه",
    "day": "روز",
    "hour": "ساعت",
    "minute": "دقیقه",
    "second": "ثانیه",
}
_NOW: Final[dict[Language, str]] = {"en": "just now", "fa": "همین حالا", "ar": "الآن"}
_PAST: Final[dict[Language, str]] = {"en": "{} ago", "fa": "{} پیش", "ar": "قبل {}"}
_FUTURE: Final[dict[Language, str]] = {"en": "in {}", "fa": "{} دیگر", "ar": "بعد {}"}
_JOINED: Final[dict[Language, str]] = {"en": " ", "fa": " و ", "ar": " و"}


class Durations(Numbers):
    """How a locale writes lengths of time; `safar.show.locale.Locale` is one."""

    def duration(self, length: dt.timedelta | None) -> str:
        """Return a length of time in its two largest units, rounded down; below a second in hundredths.

        Examples
        --------
        >>> from safar.show.locale import Locale
        >>> Locale("ar").duration(dt.timedelta(days=2, hours=3))
        'يومان و٣ ساعات'
        """
        if length is None:
            return NO_VALUE
        size = abs(length)
        if size < dt.timedelta(seconds=1):
            return f"{self.number(size.total_seconds())} {self._name('second', 0, of=False)}"
        left = size // dt.timedelta(seconds=1)
        parts: list[tuple[str, int]] = []
        for unit, seconds in _SECONDS.items():
            count, left = divmod(left, seconds)
            if count or parts:
                parts.append((unit, count))
        text = _JOINED[self.language].join(
            self._counted(unit, count, of=False) for unit, count in parts[:2] if count
        )
        return f"{self.minus}{text}" if length < dt.timedelta(0) else text

    def relative(self, instant: dt.datetime, now: dt.datetime) -> str:
        """Return how far an instant lies from now, in its largest unit, rounded down; within a minute "just
        now".

        Parameters
        ----------
        instant, now
            Aware instants. Months are counted as 30 days and years as 365.

        Examples
        --------
        >>> from safar.show.locale import Locale
        >>> noon = dt.datetime(2026, 8, 22, 12, tzinfo=dt.UTC)
        >>> Locale("fa").relative(noon - dt.timedelta(days=3), noon)
        '۳ روز پیش'
        """
        seconds = (to_microseconds(instant) - to_microseconds(now)) / 1_000_000
        size = int(abs(seconds))
        if size < 60:
            return _NOW[self.language]
        spans = {"year": 365 * 86_400, "month": 30 * 86_400, **_SECONDS}
        unit, span = next((unit, span) for unit, span in spans.items() if size >= span)
        pattern = _PAST if seconds < 0 else _FUTURE
        return pattern[self.language].format(self._counted(unit, size // span, of=True))

    def _counted(self, unit: str, count: int, *, of: bool) -> str:
        """Return a count with its unit; ``of``: as the object of a preposition, which Arabic inflects."""
        name = self._name(unit, count, of=of)
        if self.language == "ar" and count in (1, 2):
            return name
        return f"{self.number(count)} {name}"

    def _name(self, unit: str, count: int, *, of: bool) -> str:
        if self.language == "fa":
            return _PERSIAN[unit]
        if self.language == "en":
            return unit if count == 1 else f"{unit}s"
        names = _ARABIC[unit]
        if count in (1, 2):
            return names.one if count == 1 else names.two_of if of else names.two
        if 3 <= count % 100 <= 10:
            return names.few
        return names.many if 11 <= count % 100 <= 99 else names.other
