"""Lengths of time and distances from now, with the plurals of each language."""

from __future__ import annotations

import datetime as dt

import pytest

from safar.show.locale import Locale

FA, AR, EN = Locale("fa"), Locale("ar"), Locale("en")
NOW = dt.datetime(2026, 8, 22, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("length", "fa", "ar", "en"),
    [
        (dt.timedelta(days=3, hours=4, minutes=5), "۳ روز و ۴ ساعت", "٣ أيام و٤ ساعات", "3 days 4 hours"),
        (dt.timedelta(days=1), "۱ روز", "يوم واحد", "1 day"),
        (dt.timedelta(days=2, hours=1), "۲ روز و ۱ ساعت", "يومان وساعة واحدة", "2 days 1 hour"),
        (dt.timedelta(days=2, minutes=5), "۲ روز", "يومان", "2 days"),
        (dt.timedelta(days=11), "۱۱ روز", "١١ يومًا", "11 days"),
        (dt.timedelta(days=100), "۱۰۰ روز", "١٠٠ يوم", "100 days"),
        (dt.timedelta(days=103), "۱۰۳ روز", "١٠٣ أيام", "103 days"),
        (dt.timedelta(days=1234), "۱٬۲۳۴ روز", "١٬٢٣٤ يومًا", "1,234 days"),
        (dt.timedelta(hours=1, minutes=30), "۱ ساعت و ۳۰ دقیقه", "ساعة واحدة و٣٠ دقيقة", "1 hour 30 minutes"),
        (dt.timedelta(seconds=59.9), "۵۹ ثانیه", "٥٩ ثانية", "59 seconds"),
        (dt.timedelta(seconds=0.25), "۰٫۲۵ ثانیه", "٠٫٢٥ ثانية", "0.25 seconds"),
        (dt.timedelta(0), "۰ ثانیه", "٠ ثانية", "0 seconds"),
        (None, "—", "—", "—"),
    ],
)
def test_lengths(length: dt.timedelta | None, fa: str, ar: str, en: str) -> None:
    assert [FA.duration(length), AR.duration(length), EN.duration(length)] == [fa, ar, en]


def test_a_negative_length_has_a_minus() -> None:
    assert EN.duration(dt.timedelta(hours=-3)) == "−3 hours"
    assert FA.duration(dt.timedelta(hours=-3)) == "\u200e−۳ ساعت"
    assert AR.duration(dt.timedelta(hours=-3)) == "\u061c−٣ ساعات"


@pytest.mark.parametrize(
    ("seconds", "fa", "ar", "en"),
    [
        (0, "همین حالا", "الآن", "just now"),
        (-59, "همین حالا", "الآن", "just now"),
        (-60, "۱ دقیقه پیش", "قبل دقيقة واحدة", "1 minute ago"),
        (-7_300, "۲ ساعت پیش", "قبل ساعتين", "2 hours ago"),
        (-3 * 86_400, "۳ روز پیش", "قبل ٣ أيام", "3 days ago"),
        (-29 * 86_400, "۲۹ روز پیش", "قبل ٢٩ يومًا", "29 days ago"),
        (-31 * 86_400, "۱ ماه پیش", "قبل شهر واحد", "1 month ago"),
        (-364 * 86_400, "۱۲ ماه پیش", "قبل ١٢ شهرًا", "12 months ago"),
        (-800 * 86_400, "۲ سال پیش", "قبل سنتين", "2 years ago"),
        (3_600, "۱ ساعت دیگر", "بعد ساعة واحدة", "in 1 hour"),
        (2 * 86_400, "۲ روز دیگر", "بعد يومين", "in 2 days"),
    ],
)
def test_distances_from_now(seconds: int, fa: str, ar: str, en: str) -> None:
    instant = NOW + dt.timedelta(seconds=seconds)
    assert [locale.relative(instant, NOW) for locale in (FA, AR, EN)] == [fa, ar, en]
