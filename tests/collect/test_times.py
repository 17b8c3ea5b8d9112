from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.collect.times import detect_time_format, read_instants
from safar.vocabulary.dates import DateFormat

ZONES = ["UTC", "Asia/Tehran", "Europe/London"]


@pytest.mark.parametrize(
    ("texts", "layout", "calendar"),
    [
        (["2010-12-01 08:26:00", "2011-12-09 12:50:00"], "ymd", "gregorian"),
        (["29/2/2016 01:16", "5/3/2016 12:00"], "dmy", "gregorian"),
        (["12/1/2010 8:26", "12/13/2010 8:26"], "mdy", "gregorian"),
        (["1402/01/05", "1403/12/30"], "ymd", "jalali"),
        (["۱۴۰۲/۰۱/۰۵ ۱۴:۳۰"], "ymd", "jalali"),
        (["30/12/1403"], "dmy", "jalali"),
        (["1445-09-01"], "ymd", "hijri"),
        (["19970101", "19980630"], "compact", "gregorian"),
        (["1700000000", "1700000001"], "epoch_s", "gregorian"),
        (["1700000000123"], "epoch_ms", "gregorian"),
        (["1700000000123456"], "epoch_us", "gregorian"),
        (["2010-12-30T14:32:00.000+01:00"], "ymd", "gregorian"),
        (["22 August 2026", "1 May 2026"], "ymd", "gregorian"),
    ],
)
def test_how_times_are_written_is_told_from_the_column(texts: list[str], layout: str, calendar: str) -> None:
    found = detect_time_format(["", *texts, " "])
    assert found is not None
    assert (found.layout, found.calendar, found.share) == (layout, calendar, 1)


@pytest.mark.parametrize(
    "texts",
    [[], ["", " "], ["NA"], ["17850", "12"], ["2.55", "3.39"], ["abc", "2026-01-01"], ["85123A"], ["20"]],
)
def test_what_is_no_column_of_times_is_none(texts: list[str]) -> None:
    assert detect_time_format(texts) is None


def test_a_few_slips_do_not_hide_a_column_of_dates() -> None:
    days = [f"2026-01-{day:02}" for day in range(1, 20)]
    found = detect_time_format([*days, "not yet"])
    assert found is not None
    assert (found.layout, found.share) == ("ymd", 0.95)
    assert detect_time_format([*days, "not yet", "never", "later"]) is None


def test_day_or_month_first_is_decided_by_one_day_above_12_among_many() -> None:
    early = [
        f"{day:02}/{month:02}/2016 0{hour}:00"
        for month in range(1, 13)
        for day in range(1, 13)
        for hour in range(9)
    ]
    found = detect_time_format(early)
    assert found is not None
    assert {found.layout, found.rival} == {"dmy", "mdy"}
    decided = detect_time_format([*early, "13/01/2016 09:00"])
    assert decided is not None
    assert (decided.layout, decided.rival) == ("dmy", "")
    other = detect_time_format([*early, "01/13/2016 09:00"])
    assert other is not None
    assert (other.layout, other.rival) == ("mdy", "")


def test_whether_texts_say_their_zone_and_have_a_clock() -> None:
    for text, zoned, has_clock in [
        ("2026-01-01", False, False),
        ("2026-01-01 10:00", False, True),
        ("2026-01-01T10:00:00Z", True, True),
    ]:
        found = detect_time_format([text])
        assert found is not None
        assert (found.zoned, found.has_clock) == (zoned, has_clock)


INSTANT = st.datetimes(datetime(1900, 1, 2), datetime(2200, 12, 30))  # noqa: DTZ001
SHAPES = ["day", "minute", "second", "milli", "micro", "Z", "offset", "T"]


def written(instant: datetime, shape: str) -> str:
    forms = {
        "day": f"{instant:%Y-%m-%d}",
        "minute": f"{instant:%Y-%m-%d %H:%M}",
        "second": f"{instant:%Y-%m-%d %H:%M:%S}",
        "milli": f"{instant:%Y-%m-%d %H:%M:%S}.{instant.microsecond // 1000:03}",
        "micro": f"{instant:%Y-%m-%d %H:%M:%S.%f}",
        "Z": f"{instant:%Y-%m-%dT%H:%M:%S}Z",
        "offset": f"{instant:%Y-%m-%d %H:%M:%S}{'+-'[instant.second % 2]}0{instant.hour % 10}:30",
        "T": f"{instant:%Y-%m-%dT%H:%M:%S.%f}",
    }
    text = forms[shape]
    return "0" * (4 - len(text.split("-")[0])) + text


@given(st.lists(INSTANT, min_size=1, max_size=20), st.sampled_from(SHAPES), st.sampled_from(ZONES))
def test_the_fast_way_reads_what_the_slow_way_reads(instants: list[datetime], shape: str, zone: str) -> None:
    texts = [written(instant, shape) for instant in instants]
    format_ = DateFormat("ymd", time_zone=zone)
    fast, refused = read_instants(texts, format_)
    slow, also_refused = format_.instants(texts)
    assert fast.tolist() == slow.tolist()
    assert refused == also_refused == {}


DIRTY = st.sampled_from(
    ["2026-02-30 10:00:00", "2026-13-01 10:00:00", "2026-01-01 24:00:00", "2026-01-01x10:00:00", "2026-01-01 10:00:60",
     "1405-01-01 10:00:00", "2026/01/01 10:00:00", "۲۰۲۶-01-01 10:00:00", "2026-01-01 10:00:0a", "2026-01-01 10:00:00"]
)  # fmt: skip


@given(st.lists(DIRTY, min_size=1, max_size=8))
def test_one_bad_text_costs_its_row_alone(texts: list[str]) -> None:
    format_ = DateFormat("ymd")
    fast, refused = read_instants(texts, format_)
    slow, also_refused = format_.instants(texts)
    assert fast.tolist() == slow.tolist()
    assert {row: type(refusal) for row, refusal in refused.items()} == {
        row: type(refusal) for row, refusal in also_refused.items()
    }


@given(st.lists(st.sampled_from(["29/2/2016 01:16", "5/3/2016 12:00", "31/2/2016", "?"]), max_size=30))
def test_repeated_texts_are_read_once_and_answered_each(texts: list[str]) -> None:
    format_ = DateFormat("dmy", time_zone="Asia/Tehran")
    fast, refused = read_instants(texts, format_)
    slow, also_refused = format_.instants(texts)
    assert fast.tolist() == slow.tolist()
    assert sorted(refused) == sorted(also_refused)


def test_a_local_time_is_read_on_its_own_clock() -> None:
    summer, winter = read_instants(
        ["2021-07-01 12:00:00", "2021-01-01 12:00:00"], DateFormat("ymd", time_zone="Asia/Tehran")
    )[0]
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert epoch + timedelta(microseconds=int(summer)) == datetime(2021, 7, 1, 7, 30, tzinfo=UTC)
    assert epoch + timedelta(microseconds=int(winter)) == datetime(2021, 1, 1, 8, 30, tzinfo=UTC)
    assert read_instants([], DateFormat("ymd"))[0].dtype == np.int64
