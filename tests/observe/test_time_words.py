"""Lengths of time in words: whatever a page writes is read back, and nothing else passes for one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from safar.observe.time_text import length_of
from safar.show.locale import Locale
from safar.vocabulary.time_names import Language
from safar.vocabulary.window import DurationUnreadable

_COUNTS = (1, 2, 3, 10, 11, 23)


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_what_a_page_writes_is_read_back(language: Language) -> None:
    locale = Locale(language)
    single = [timedelta(days=count) for count in (*_COUNTS, 45, 100, 1_000, 12_000)]
    joined = [timedelta(days=days, hours=hours) for days in _COUNTS for hours in _COUNTS]
    shorter = [
        timedelta(hours=hours, minutes=minutes) for hours in (0, *_COUNTS) for minutes in (1, 2, 30, 59)
    ]
    seconds = [timedelta(seconds=count) for count in (*_COUNTS, 59)]
    for length in (*single, *joined, *shorter, *seconds):
        assert length_of(locale.duration(length)) == length, locale.duration(length)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("۷ روز", timedelta(days=7)),
        ("۷روز", timedelta(days=7)),
        ("7 روز", timedelta(days=7)),
        ("۲ هفته", timedelta(weeks=2)),
        ("۱٫۵ ساعت", timedelta(minutes=90)),
        ("٧ أيام", timedelta(days=7)),
        ("أسبوعين", timedelta(weeks=2)),
        ("يوم واحد", timedelta(days=1)),
        ("ساعة واحدة و٣٠ دقيقة", timedelta(minutes=90)),
        ("2 Days, 4 hours", timedelta(days=2, hours=4)),
        ("1 hour and 30 min", timedelta(minutes=90)),
        ("۴۵m", timedelta(minutes=45)),
    ],
)
def test_people_write_lengths_in_words(text: str, length: timedelta) -> None:
    assert length_of(text) == length


@pytest.mark.parametrize(
    "text",
    [
        "-3 days",
        "۷ ماه",
        "7 days ago",
        "روز",
        "7",
        "7 8 days",
        "3 days 2",
        "3 يومان",
        "days 3",
        "soon",
        "واحد",
        "1.000.5 days",
    ],
)
def test_nothing_else_is_a_length(text: str) -> None:
    with pytest.raises(DurationUnreadable):
        length_of(text)


def test_a_unit_said_twice_is_refused() -> None:
    with pytest.raises(DurationUnreadable, match="each unit once"):
        length_of("2 days 3 days")
