"""Names of months and days of the week, in three calendars and three languages, to show and to read."""

from __future__ import annotations

from functools import cache
from typing import Final, Literal

from .text import fold

Language = Literal["fa", "ar", "en"]
CalendarName = Literal["gregorian", "jalali", "hijri"]

#: Month names as pages show them: calendar, then language, then twelve names.
MONTHS: Final[dict[CalendarName, dict[Language, tuple[str, ...]]]] = {
    "gregorian": {
        "fa": (
            "ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن",
            "ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر",
        ),
        "ar": (
            "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو",
            "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
        ),
        "en": (
            "January", "February", "March", "April", "May", "June",
            "July", "August", "September", "October", "November", "December",
        ),
    },
    "jalali": {
        "fa": (
            "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
            "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
        ),
        "ar": (
            "فروردين", "أرديبهشت", "خرداد", "تير", "مرداد", "شهريور",
            "مهر", "آبان", "آذر", "دي", "بهمن", "إسفند",
        ),
        "en": (
            "Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar",
            "Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand",
        ),
    },
    "hijri": {
        "fa": (
            "محرم", "صفر", "ربیع‌الاول", "ربیع‌الثانی", "جمادی‌الاول", "جمادی‌الثانی",
            "رجب", "شعبان", "رمضان", "شوال", "ذیقعده", "ذیحجه",
        ),
        "ar": (
            "محرم", "صفر", "ربيع الأول", "ربيع الآخر", "جمادى الأولى", "جمادى الآخرة",
            "رجب", "شعبان", "رمضان", "شوال", "ذو القعدة", "ذو الحجة",
        ),
        "en": (
            "Muharram", "Safar", "Rabi I", "Rabi II", "Jumada I", "Jumada II",
            "Rajab", "Shaban", "Ramadan", "Shawwal", "Dhu al-Qadah", "Dhu al-Hijjah",
        ),
    },
}  # fmt: skip

#: Short month names for narrow axes; where a language has none the full name is used.
SHORT_MONTHS: Final[dict[tuple[CalendarName, Language], tuple[str, ...]]] = {
    ("gregorian", "en"): tuple(name[:3] for name in MONTHS["gregorian"]["en"]),
}

#: Names of days of the week from Monday to Sunday.
WEEKDAY_NAMES: Final[dict[Language, tuple[str, ...]]] = {
    "fa": ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"),
    "ar": ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}

#: Short names of days of the week from Monday to Sunday.
SHORT_WEEKDAYS: Final[dict[Language, tuple[str, ...]]] = {
    "fa": ("د", "س", "چ", "پ", "ج", "ش", "ی"),
    "ar": ("اثنين", "ثلاثاء", "أربعاء", "خميس", "جمعة", "سبت", "أحد"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}

#: Further spellings that are read but not shown: Levant and Iraq, Maghreb, Afghanistan, transliterations,
#: short forms.
_ALSO: Final[dict[CalendarName, tuple[str, ...]]] = {
    "gregorian": (
        "كانون الثاني|جانفي|janvier", "شباط|فيفري|فبرایر", "آذار|مارت|مارچ", "نيسان|أفريل|إبريل|آپریل|اپریل",
        "أيار|ماي|می", "حزيران|جوان|جون", "تموز|جويلية|يوليوز|جولای|ژوییه", "آب|أوت|غشت|آگوست|اگست",
        "أيلول|شتنبر|Sept", "تشرين الأول|أكتوبر|اکتوبر", "تشرين الثاني|نونبر|نومبر",
        "كانون الأول|دجنبر|دسمبر",
    ),
    "jalali": (
        "حمل", "ثور|Ordibehest", "جوزا", "سرطان", "اسد|امرداد|Amordad", "سنبله", "میزان", "عقرب", "قوس",
        "جدی|Day", "دلو", "حوت|Isfand|اسپند",
    ),
    "hijri": (
        "المحرم|Moharram", "", "ربيع أول|ربیع الاول|Rabi al-awwal|Rabi' al-awwal",
        "ربيع الثاني|ربیع الثانی|ربیع‌الآخر|Rabi al-thani|Rabi' al-thani|Rabi al-akhir",
        "جمادى الأول|جمادی الاولی|جمادی‌الاولی|Jumada al-ula|Jumada al-awwal",
        "جمادى الثانية|جمادى الثاني|جمادی‌الثانیه|جمادی‌الآخر|Jumada al-thani|Jumada al-akhirah", "",
        "Sha'ban|Shaaban", "Ramazan|Ramadhan", "", "ذي القعدة|ذوالقعده|ذی‌القعده|Dhu al-Qa'dah|Dhu al-Qidah",
        "ذي الحجة|ذوالحجه|ذی‌الحجه|ذی‌حجه|Dhu al-Hijja",
    ),
}  # fmt: skip


@cache
def month_by_name() -> dict[str, tuple[CalendarName, int]]:
    """Return calendar and month number (1…12) of every known month name, folded and without blanks."""
    found: dict[str, tuple[CalendarName, int]] = {}
    for calendar, also in _ALSO.items():
        shown = list(MONTHS[calendar].values())
        shown += [names for (of, _), names in SHORT_MONTHS.items() if of == calendar]
        for index in range(12):
            for name in (*(names[index] for names in shown), *also[index].split("|")):
                if name:
                    found.setdefault(name_key(name), (calendar, index + 1))
    return found


@cache
def weekday_keys() -> frozenset[str]:
    """Return every known name of a day of the week, folded and without blanks."""
    tables = (*WEEKDAY_NAMES.values(), *SHORT_WEEKDAYS.values())
    return frozenset(name_key(name) for names in tables for name in names)


def name_key(name: str) -> str:
    """Return a name as it is looked up: folded, letters only."""
    return "".join(filter(str.isalpha, fold(name)))
