"""Windows are half-open; lengths of time have units."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.vocabulary.window import (
    DurationUnreadable,
    InstantOutOfRange,
    NaiveInstant,
    Window,
    WindowReversed,
    duration,
    from_microseconds,
    to_microseconds,
)

NOON = datetime(2026, 8, 22, 12, tzinfo=UTC)


def test_the_start_is_inside_and_the_end_is_not() -> None:
    window = Window(NOON, NOON + timedelta(hours=1))
    assert NOON in window
    assert NOON + timedelta(hours=1) not in window
    assert NOON + timedelta(minutes=59, seconds=59, microseconds=999_999) in window
    assert window.duration == timedelta(hours=1)
    assert window.before() == Window(NOON - timedelta(hours=1), NOON)


def test_times_beyond_the_years_that_can_be_named_are_refused() -> None:
    tehran = timezone(timedelta(hours=3, minutes=30))
    with pytest.raises(InstantOutOfRange, match="years 1 to 9999"):
        Window(datetime(1, 1, 1, tzinfo=tehran), NOON)
    with pytest.raises(InstantOutOfRange) as refused:
        Window(datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)).before()
    assert (refused.value.code, bool(refused.value.hint)) == ("window.out_of_range", True)
    assert Window(datetime(2, 1, 1, tzinfo=UTC), datetime(3, 1, 1, tzinfo=UTC)).before().start == datetime(
        1, 1, 1, tzinfo=UTC
    )


def test_ends_are_kept_in_utc_so_equal_windows_are_equal() -> None:
    tehran = timezone(timedelta(hours=3, minutes=30))
    there = Window(datetime(2026, 8, 22, 15, 30, tzinfo=tehran), datetime(2026, 8, 22, 16, 30, tzinfo=tehran))
    here = Window(NOON, NOON + timedelta(hours=1))
    assert there == here
    assert hash(there) == hash(here)
    assert there.start.tzinfo is UTC


def test_an_empty_window_contains_nothing() -> None:
    assert NOON not in Window(NOON, NOON)


def test_what_is_no_window_is_refused() -> None:
    with pytest.raises(WindowReversed, match="before it starts"):
        Window(NOON, NOON - timedelta(microseconds=1))
    with pytest.raises(NaiveInstant, match="has no time zone"):
        Window(NOON.replace(tzinfo=None), NOON)
    with pytest.raises(NaiveInstant):
        assert NOON.replace(tzinfo=None) not in Window(NOON, NOON)


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)))  # noqa: DTZ001
def test_microseconds_and_back(moment: datetime) -> None:
    instant = moment.replace(tzinfo=UTC)
    assert from_microseconds(to_microseconds(instant)) == instant
    assert (
        Window.from_us(to_microseconds(instant), to_microseconds(instant) + 1).end_us
        - to_microseconds(instant)
        == 1
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30m", 1800),
        ("7d", 604_800),
        ("1w 2h", 612_000),
        ("1h30m", 5400),
        (" 1H 30M ", 5400),
        ("90s", 90),
        ("250ms", 0.25),
        ("1.5h", 5400),
        ("۳۰m", 1800),
        ("0s", 0),
        ("1w 1d 1h 1m 1s 1ms", 694_861.001),
    ],
)
def test_lengths_of_time(text: str, seconds: float) -> None:
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("30", "no unit: write 30s, 30m, 30h or 30d"),
        ("1.5", "no unit"),
        ("", "with units"),
        ("m", "with units"),
        ("-5m", "with units"),
        ("5 minutes", "with units"),
        ("5min", "with units"),
        ("3 months", "no fixed length"),
        ("2y", "no fixed length"),
        ("1h 1h", "once, from large to small"),
        ("1m 1h", "once, from large to small"),
        ("1h, 1m", "with units"),
        ("1h 30", "with units"),
        ("9999999w", "with units"),
        ("1." * 300_000 + "x", "with units"),
        (".5 months", "no fixed length"),
        (30, "no unit: write 30s"),
        (1.5, "no unit"),
        (timedelta(seconds=-1), "not negative"),
    ],
)
def test_what_is_no_length_of_time_is_refused(text: object, hint: str) -> None:
    with pytest.raises(DurationUnreadable, match=hint):
        duration(text)  # type: ignore[arg-type]


def test_a_timedelta_stays_as_it_is() -> None:
    assert duration(timedelta(days=2)) == timedelta(days=2)
