"""The periods of Today: in each calendar, with the window before, cut without gap or overlap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.doors.web.today.periods import CHOICES, UnknownChoice, chosen, data_end
from safar.show.locale import Locale
from safar.vocabulary.calendar import to_date
from safar.vocabulary.window import Window

NOON = datetime(2026, 11, 21, 9, 40, tzinfo=UTC)  # 30 Aban 1405, 13:10 in Tehran
FA, AR_HIJRI, EN = Locale("fa"), Locale("ar", calendar="hijri"), Locale("en")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_thirty_days_in_tehran() -> None:
    found = chosen("30d", "", now=NOON, locale=FA)
    assert FA.range(*found.days) == "۱ تا ۳۰ آبان ۱۴۰۵"
    assert found.window.start == datetime(2026, 10, 22, 20, 30, tzinfo=UTC)
    assert found.window.end == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    assert found.before.start == datetime(2026, 9, 22, 20, 30, tzinfo=UTC)
    # thirty days earlier, at the same time: 12:30 on Tehran's clock, nine hours of UTC
    assert found.before.end == datetime(2026, 10, 22, 9, 0, tzinfo=UTC)
    assert (found.cut.unit, len(found.cut.stretches)) == ("day", 30)
    assert [stretch.is_partial for stretch in found.cut.stretches] == [False] * 29 + [True]
    assert found.coarse.unit == "week"


@pytest.mark.parametrize(
    ("locale", "month", "before", "year"),
    [
        (FA, "۱ تا ۳۰ آبان ۱۴۰۵", "۱ تا ۳۰ مهر ۱۴۰۵", "۱ فروردین تا ۳۰ آبان ۱۴۰۵"),
        (EN, "1 to 21 Nov 2026", "1 to 21 Oct 2026", "1 Jan to 21 Nov 2026"),
        (
            AR_HIJRI,
            "١ إلى ١١ جمادى الآخرة ١٤٤٨\u00a0هـ",
            "١ إلى ١١ جمادى الأولى ١٤٤٨\u00a0هـ",
            "١ محرم إلى ١١ جمادى الآخرة ١٤٤٨\u00a0هـ",
        ),
    ],
)
def test_this_month_and_this_year_are_of_the_readers_calendar(
    locale: Locale, month: str, before: str, year: str
) -> None:
    found = chosen("month", "", now=NOON, locale=locale)
    assert (locale.range(*found.days), locale.range(*found.before_days)) == (month, before)
    assert locale.range(*chosen("year", "", now=NOON, locale=locale).days) == year


def test_a_longer_month_is_not_compared_beyond_the_shorter_one_before() -> None:
    found = chosen("month", "", now=datetime(2026, 3, 31, 12, tzinfo=UTC), locale=EN)
    assert EN.range(*found.before_days) == "1 to 28 Feb 2026"
    assert found.before.end <= found.window.start


@pytest.mark.parametrize(("locale", "weekday", "weeks"), [(FA, 5, 14), (Locale("ar"), 6, 13), (EN, 0, 13)])
def test_weeks_start_as_the_reader_expects(locale: Locale, weekday: int, weeks: int) -> None:
    """Ninety days up to Saturday 21 November 2026, which starts a week only in Iran."""
    found = chosen("90d", "week", now=NOON, locale=locale).cut.stretches
    assert {to_date(stretch.start_day).weekday() for stretch in found} == {weekday}
    assert len(found) == weeks


def test_few_scores_may_be_coarser_whatever_was_asked_for() -> None:
    for period, grouping, coarse in (
        ("30d", "day", "week"),
        ("90d", "day", "week"),
        ("90d", "week", "month"),
    ):
        assert chosen(period, grouping, now=NOON, locale=EN).coarse.unit == coarse
    coarsest = chosen("30d", "week", now=NOON, locale=EN)
    assert coarsest.coarse is coarsest.cut
    assert len(coarsest.windows) == 2 + len(coarsest.cut.stretches)
    usual = chosen("30d", "", now=NOON, locale=EN)
    assert len(usual.windows) == 2 + 30 + len(usual.coarse.stretches)
    values = list(range(len(usual.windows)))
    assert list(usual.of_cut(values)) == list(range(2, 32))
    assert list(usual.of_coarse(values)) == values[32:]


def test_a_grouping_that_the_period_does_not_have_gives_its_usual_one() -> None:
    assert chosen("7d", "month", now=NOON, locale=EN).cut.unit == "day"


@pytest.mark.parametrize(("key", "by", "hint"), [("31d", "", '"30d"'), ("30d", "weak", '"week"')])
def test_unknown_choices_are_refused_with_the_nearest(key: str, by: str, hint: str) -> None:
    with pytest.raises(UnknownChoice) as refused:
        chosen(key, by, now=NOON, locale=EN)
    assert hint in refused.value.hint


def test_within_an_hour_the_question_stays_the_same() -> None:
    one = chosen("30d", "", now=NOON, locale=FA)
    assert chosen("30d", "", now=NOON + timedelta(minutes=19), locale=FA) == one
    assert chosen("30d", "", now=NOON + timedelta(minutes=21), locale=FA) != one


@pytest.mark.parametrize(
    ("last", "end"),
    [
        ("2026-11-21T07:10", "2026-11-21T08:00"),  # a quiet hour: complete to the full hour after the event
        ("2026-11-21T08:59:59.999999", "2026-11-21T09:00"),
        ("2026-11-21T09:20", "2026-11-21T09:20:00.000001"),  # in the hour that is running: with the event
        ("2026-11-21T09:50", "2026-11-21T09:00"),  # a clock ahead of ours
        ("2027-01-01T00:00", "2026-11-21T09:00"),
        ("2026-11-10T23:30", "2026-11-11T00:00"),
    ],
)
def test_the_data_end_soon_after_the_last_event(last: str, end: str) -> None:
    assert data_end(NOON, at(last)) == at(end)


def test_data_that_end_at_midnight_are_compared_with_as_much() -> None:
    """A company simulated up to 00:00 today: today is unknown, not empty, and no day before it is cut."""
    found = chosen("30d", "", now=NOON, locale=EN, last_event_at=at("2026-11-20T23:59:30"))
    assert found.window == Window(at("2026-10-23T00:00"), at("2026-11-21T00:00"))
    assert found.before == Window(at("2026-09-23T00:00"), at("2026-10-22T00:00"))
    assert [stretch.is_partial for stretch in found.cut.stretches] == [False] * 29 + [True]
    assert [stretch.is_after_data for stretch in found.cut.stretches] == [False] * 29 + [True]
    assert found.cut.stretches[-1].window.duration == timedelta(0)
    assert EN.range(*found.before_days) == "23 Sep to 21 Oct 2026"


def test_old_data_shift_the_window_before_by_as_much() -> None:
    found = chosen("30d", "", now=NOON, locale=FA, last_event_at=at("2026-11-05T14:20"))
    assert found.window.end == at("2026-11-05T15:00")
    assert found.before.end == at("2026-10-06T15:00")
    assert found.window.duration == found.before.duration
    partial = [place for place, stretch in enumerate(found.cut.stretches) if stretch.is_partial]
    assert partial[0] == 13  # 5 November; the period starts on 23 October
    assert partial == list(range(13, 30))
    assert not found.cut.stretches[13].is_after_data


def test_data_that_end_before_the_period() -> None:
    found = chosen("7d", "", now=NOON, locale=EN, last_event_at=at("2026-11-01T00:00"))
    assert not found.has_data
    assert all(stretch.is_after_data for stretch in found.cut.stretches)
    assert found.window.duration == timedelta(days=7)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(0), timedelta(days=100)),
    st.sampled_from(CHOICES),
    st.sampled_from(["", "day", "week", "month"]),
    st.sampled_from(
        [FA, AR_HIJRI, EN, Locale("en", time_zone="America/New_York"), Locale("fa", calendar="hijri")]
    ),
)
def test_stretches_tile_the_window(now: datetime, age: timedelta, choice, by: str, locale: Locale) -> None:
    found = chosen(choice.key, by, now=now, locale=locale, last_event_at=now - age)
    assert found.window.end <= now + timedelta(microseconds=1) or not found.has_data
    assert found.before.start < found.before.end <= found.window.start
    for cut in (found.cut, found.coarse):
        windows = [stretch.window for stretch in cut.stretches]
        assert windows[0].start == found.window.start
        assert windows[-1].end == (found.window.end if found.has_data else found.window.start)
        assert all(one.end == following.start for one, following in pairwise(windows))
        assert cut.stretches[-1].is_partial
