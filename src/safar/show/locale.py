"""A locale: in which language, calendar, digits, time zone and currency a reader is shown what Safar knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from safar.vocabulary.calendar import Weekday, weekday_number
from safar.vocabulary.calendar import calendar as calendar_named
from safar.vocabulary.errors import Refusal, nearest
from safar.vocabulary.money import exponent
from safar.vocabulary.time_names import CalendarName, Language
from safar.vocabulary.time_zone import time_zone as zone_named

from .dates import Dates
from .durations import Durations
from .money import Amounts
from .numbers import DIGITS, Digits

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


class UnknownLanguage(Refusal, LookupError):
    """Neither fa, ar nor en."""

    code = "locale.unknown_language"


class UnknownDigits(Refusal, LookupError):
    """Neither persian, arabic nor latin."""

    code = "locale.unknown_digits"


#: What CLDR calls the digits.
_NUMBERING: Final = {"persian": "arabext", "arabic": "arab", "latin": "latn"}


@dataclass(frozen=True)
class _Habits:
    calendar: CalendarName
    digits: Digits
    time_zone: str
    currency: str
    week_starts: Weekday


#: What readers of a language expect until they say otherwise.
_HABITS: Final[dict[Language, _Habits]] = {
    "fa": _Habits("jalali", "persian", "Asia/Tehran", "IRR", "saturday"),
    "ar": _Habits("gregorian", "arabic", "Asia/Riyadh", "SAR", "sunday"),
    "en": _Habits("gregorian", "latin", "UTC", "USD", "monday"),
}


def weeks_of(language: Language, calendar: CalendarName) -> Weekday:
    """Return the day on which weeks of a workspace start: a Jalali calendar has Persian weeks."""
    return _HABITS["fa" if calendar == "jalali" else language].week_starts


@dataclass(frozen=True, init=False)
class Locale(Amounts, Dates, Durations):
    """How one reader is shown numbers, money, dates and lengths of time. Frozen and hashable.

    Parameters
    ----------
    language
        ``"fa"``, ``"ar"`` or ``"en"``.
    calendar, digits, time_zone, currency, week_starts
        By default what readers of the language expect: Persian Jalali, ۰۱۲۳, Asia/Tehran, IRR (shown as
        toman), Saturday; Arabic Gregorian, ٠١٢٣, Asia/Riyadh, SAR, Sunday; English Gregorian, 0123, UTC, USD,
        Monday.

    Examples
    --------
    >>> reader = Locale("ar", calendar="hijri")
    >>> reader.date(20687)
    '٩ ربيع الأول ١٤٤٨\\xa0هـ'
    """

    language: Language
    calendar: CalendarName
    digits: Digits
    time_zone: str
    currency: str
    week_starts: Weekday

    def __init__(
        self,
        language: Language,
        *,
        calendar: CalendarName | None = None,
        digits: Digits | None = None,
        time_zone: str | None = None,
        currency: str | None = None,
        week_starts: Weekday | None = None,
    ) -> None:
        if language not in _HABITS:
            raise UnknownLanguage(
                f"Safar does not speak {language!r}.",
                hint=f"Use one of {', '.join(LANGUAGES)}.",
                language=str(language),
            )
        habits = _HABITS[language]
        chosen = {
            "language": language,
            "calendar": calendar or habits.calendar,
            "digits": digits or habits.digits,
            "time_zone": time_zone or habits.time_zone,
            "currency": currency or habits.currency,
            "week_starts": week_starts or habits.week_starts,
        }
        for name, value in chosen.items():
            object.__setattr__(self, name, value)
        calendar_named(self.calendar)
        zone_named(self.time_zone)
        exponent(self.currency)
        weekday_number(self.week_starts)
        if self.digits not in DIGITS:
            raise UnknownDigits(
                f"{self.digits!r} are no digits Safar writes.",
                hint=nearest(str(self.digits), DIGITS) or f"Use one of {', '.join(DIGITS)}.",
                digits=str(self.digits),
            )

    @property
    def numbers_tag(self) -> str:
        """The language with its digits as browsers call them (BCP 47): for numbers that scripts write.

        >>> Locale("fa").numbers_tag, Locale("fa", digits="latin").numbers_tag
        ('fa-u-nu-arabext', 'fa-u-nu-latn')
        """
        return f"{self.language}-u-nu-{_NUMBERING[self.digits]}"

    @property
    def direction(self) -> Literal["rtl", "ltr"]:
        """The direction of reading: for ``<html dir>`` and for charts."""
        return "ltr" if self.language == "en" else "rtl"
