from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.doors.ingest.instants import behind_by, many_microseconds, microseconds
from safar.doors.ingest.limits import Limits

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T03:30:00+03:30", 0),
        ("2026-11-21T19:00:00.123Z", 1795287600123000),
        ("2026-11-21T19:00:00.123456Z", 1795287600123456),
        ("2026-11-21T19:00:00.123456789Z", 1795287600123456),
        ("2026-11-21 19:00:00", 1795287600000000),
        ("2026-11-21", 1795219200000000),
    ],
)
def test_an_instant(text: str, expected: int) -> None:
    assert microseconds(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-02-30T00:00:00Z",
        "2026-11-21T25:00:00Z",
        "1795287600123",
        "2026-11-21T19:00:00Z\x00",
        "۲۰۲۶-11-21",
    ],
)
def test_no_instant(text: str) -> None:
    with pytest.raises(ValueError):
        microseconds(text)
    with pytest.raises(ValueError):
        many_microseconds(["2026-11-21T19:00:00Z"] * 30 + [text])


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.lists(st.datetimes(timezones=ZONES).filter(lambda instant: 1 < instant.year < 9999)))
def test_many_are_as_many_single_ones(instants: list[datetime]) -> None:
    texts = [instant.isoformat() for instant in instants]
    assert many_microseconds(texts).tolist() == [
        (instant - EPOCH) // timedelta(microseconds=1) for instant in instants
    ]


@given(
    st.lists(st.datetimes(), min_size=16),
    st.sampled_from(["seconds", "milliseconds", "microseconds"]),
)
def test_one_shape_is_read_at_one_go_to_the_same_instants(instants: list[datetime], precision: str) -> None:
    texts = [instant.isoformat(timespec=precision) + "Z" for instant in instants]
    assert many_microseconds(texts).tolist() == [microseconds(text) for text in texts]


@given(
    st.lists(
        st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", fullmatch=True),
        min_size=16,
        max_size=20,
    )
)
def test_texts_that_only_look_like_instants_are_refused_either_way(texts: list[str]) -> None:
    try:
        expected = [microseconds(text) for text in texts]
    except ValueError:
        if not any(
            text.startswith("0000") for text in texts
        ):  # NumPy knows a year 0; the door refuses it as too old
            with pytest.raises(ValueError):
                many_microseconds(texts)
    else:
        assert many_microseconds(texts).tolist() == expected


@pytest.mark.parametrize(
    ("sent_at", "expected"), [(0, 600_000_000), (599_000_000, 0), (1_200_000_000, -600_000_000)]
)
def test_a_clock_is_corrected_when_it_is_off_by_more_than_a_network(sent_at: int, expected: int) -> None:
    assert behind_by(sent_at, 600_000_000, Limits()) == expected
