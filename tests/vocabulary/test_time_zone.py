"""Time zones over columns against `zoneinfo`, one instant at a time, and against the compiled zone files."""

from __future__ import annotations

import datetime as dt
import importlib.resources
import struct
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.vocabulary.time_zone import (
    DAY_US,
    SECOND_US,
    UnknownTimeZone,
    day_starts,
    instants_of_local,
    local_days,
    local_microseconds,
    time_zone,
)

EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001  # a clock's own reading
#: Changes at midnight, of half an hour, of a day, twice a year around Ramadan, none at all.
ZONES = [
    "UTC",
    "Asia/Tehran",
    "Asia/Kabul",
    "Asia/Baghdad",
    "Asia/Beirut",
    "Asia/Gaza",
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Pacific/Apia",
    "Pacific/Kiritimati",
]
each_zone = pytest.mark.parametrize("zone", ZONES)


def reading(instant_us: int, zone: str) -> int:
    """Return what the clock shows, by the standard library."""
    seconds, microseconds = divmod(instant_us, SECOND_US)
    local = dt.datetime.fromtimestamp(seconds, ZoneInfo(zone)).replace(tzinfo=None)
    return (local - EPOCH) // dt.timedelta(microseconds=1) + microseconds


def changes(zone: str) -> list[int]:
    """Return the instants, in seconds, at which a zone's file says that something changes."""
    package, _, name = f"tzdata.zoneinfo.{zone.replace('/', '.')}".rpartition(".")
    data = importlib.resources.files(package).joinpath(name).read_bytes()
    assert data[:4] == b"TZif"
    counts = struct.unpack(">6l", data[20:44])
    isut, isstd, leap, times, types, chars = counts
    second = 44 + times * 5 + types * 6 + chars + leap * 8 + isstd + isut
    times = struct.unpack(">6l", data[second + 20 : second + 44])[3]
    return list(struct.unpack(f">{times}q", data[second + 44 : second + 44 + 8 * times]))


@each_zone
def test_clocks_read_as_the_standard_library_says_around_every_change(zone: str) -> None:
    first, end = (int(dt.datetime(year, 1, 1, tzinfo=dt.UTC).timestamp()) for year in (1901, 2038))
    near = [
        second * SECOND_US + shift
        for second in changes(zone)
        if first <= second < end
        for shift in (-DAY_US, -SECOND_US, -1, 0, 1, SECOND_US, DAY_US)
    ]
    near.append(0)
    assert local_microseconds(near, zone).tolist() == [reading(instant, zone) for instant in near]


@each_zone
@given(instants=st.lists(st.integers(-2 * 10**15, 7 * 10**15), min_size=1, max_size=20))
def test_clocks_read_as_the_standard_library_says_at_any_instant(zone: str, instants: list[int]) -> None:
    assert local_microseconds(instants, zone).tolist() == [reading(instant, zone) for instant in instants]


def test_no_zone_changes_twice_within_a_day() -> None:
    """Zones are probed once a day: two changes between probes could cancel each other and go unseen."""
    first, end = (int(dt.datetime(year, 1, 1, tzinfo=dt.UTC).timestamp()) for year in (1900, 2038))
    unseen = []
    for zone in sorted(
        set(ZONES) | {"Asia/Riyadh", "Asia/Dubai", "Asia/Istanbul", "Europe/Berlin", "Asia/Amman"}
    ):
        known = changes(zone)
        for second in known:
            day = second // 86_400 * 86_400
            inside = [other for other in known if day < other <= day + 86_400]
            if first <= second < end and len(inside) > 1:
                unseen.append((zone, dt.datetime.fromtimestamp(second, dt.UTC)))
    assert unseen == []


@each_zone
def test_a_day_starts_with_the_first_instant_that_is_of_that_day_or_later(zone: str) -> None:
    days = np.arange(-3000, 25_000)
    starts = day_starts(days, zone)
    assert (np.diff(starts) >= 0).all()
    assert (local_days(starts, zone) >= days).all()
    assert (local_days(starts - 1, zone) < days).all()


def test_midnights_that_do_not_exist() -> None:
    tehran = dt.date(2021, 3, 22)  # 00:00 became 01:00
    start = day_starts([(tehran - dt.date(1970, 1, 1)).days], "Asia/Tehran")[0]
    assert dt.datetime.fromtimestamp(start // SECOND_US, dt.UTC) == dt.datetime(
        2021, 3, 21, 20, 30, tzinfo=dt.UTC
    )
    assert reading(int(start), "Asia/Tehran") % DAY_US == 3600 * SECOND_US
    skipped = (dt.date(2011, 12, 30) - dt.date(1970, 1, 1)).days
    before, empty, after = day_starts([skipped - 1, skipped, skipped + 1], "Pacific/Apia").tolist()
    assert before < empty == after


def test_tehran_has_kept_one_offset_since_2022() -> None:
    summers = [
        int(dt.datetime(year, 7, 1, tzinfo=dt.UTC).timestamp()) * SECOND_US for year in (2021, 2022, 2023)
    ]
    offsets = (local_microseconds(summers, "Asia/Tehran") - summers) / (3600 * SECOND_US)
    assert offsets.tolist() == [4.5, 4.5, 3.5]


@each_zone
@given(readings=st.lists(st.integers(-2 * 10**15, 4 * 10**15), min_size=1, max_size=20))
def test_readings_become_instants_as_the_standard_library_says(zone: str, readings: list[int]) -> None:
    expected = []
    for local in readings:
        naive = EPOCH + dt.timedelta(microseconds=local)
        instant = naive.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC).replace(tzinfo=None)
        expected.append((instant - EPOCH) // dt.timedelta(microseconds=1))
    assert instants_of_local(readings, zone).tolist() == expected


@each_zone
def test_readings_around_every_change_become_instants(zone: str) -> None:
    first, end = (int(dt.datetime(year, 1, 1, tzinfo=dt.UTC).timestamp()) for year in (1901, 2038))
    readings = [
        reading(second * SECOND_US, zone) + shift * SECOND_US
        for second in changes(zone)
        if first <= second < end
        for shift in (-86_400, -7_200, -3_601, -3_600, -1_800, -1, 0, 1, 1_800, 3_599, 3_600, 86_400)
    ]
    expected = []
    for local in readings:
        instant = (EPOCH + dt.timedelta(microseconds=local)).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
        expected.append((instant.replace(tzinfo=None) - EPOCH) // dt.timedelta(microseconds=1))
    assert instants_of_local(np.array(readings, dtype=np.int64), zone).tolist() == expected


def test_a_reading_shown_twice_is_the_first_and_one_skipped_keeps_the_old_offset() -> None:
    twice = (dt.datetime(2021, 9, 21, 23, 30) - EPOCH) // dt.timedelta(microseconds=1)  # noqa: DTZ001
    skipped = (dt.datetime(2021, 3, 22, 0, 30) - EPOCH) // dt.timedelta(microseconds=1)  # noqa: DTZ001
    found = instants_of_local([twice, skipped], "Asia/Tehran")
    assert [dt.datetime.fromtimestamp(each // SECOND_US, dt.UTC).isoformat() for each in found.tolist()] == [
        "2021-09-21T19:00:00+00:00",
        "2021-03-21T21:00:00+00:00",
    ]


def test_instants_far_beyond_the_years_of_the_database_keep_the_nearest_offset() -> None:
    extremes = np.array([-(2**62), 2**62], dtype=np.int64)
    assert (local_microseconds(extremes, "Asia/Tehran") - extremes).tolist() == [
        12_344_000_000,
        12_600_000_000,
    ]
    assert (local_microseconds([-(2**63), 2**63 - 1], "UTC") == [-(2**63), 2**63 - 1]).all()


def test_an_unknown_zone_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownTimeZone, match="Asia/Tehran"):
        time_zone("Asia/Teheran")
    for text in ("", "/etc/passwd", "../UTC", "Asia"):
        with pytest.raises(UnknownTimeZone):
            local_days([0], text)
