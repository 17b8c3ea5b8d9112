"""The builders say what the tests believe they say."""

from __future__ import annotations

import pytest

from builders import a_path, an_event, micros, paths, together


def test_a_path_reads_names_times_days_and_amounts() -> None:
    path = a_path("visit 09:00 > pay 09:20:30 250000 IRR > delivered 3d 17:00", customer="sara")
    assert list(path.customer_id) == ["sara"] * 3
    assert list(path.event_name) == ["visit", "pay", "delivered"]
    assert path.occurred_at.tolist() == [
        micros("2026-03-21T09:00"),
        micros("2026-03-21T09:20:30"),
        micros("2026-03-24T17:00"),
    ]
    assert path.amount.tolist() == [0, 250000, 0]
    assert list(path.currency) == ["", "IRR", ""]


def test_micros_counts_from_1970_utc() -> None:
    assert micros("1970-01-02T00:00") == 86_400_000_000
    assert micros("1970-01-01T03:30+03:30") == 0


def test_the_same_words_are_the_same_event() -> None:
    once, again = an_event("pay", "2026-03-21T09:00"), an_event("pay", "2026-03-21T09:00")
    other = an_event("pay", "2026-03-21T09:00", customer="c2")
    assert once.event_id.tobytes() == again.event_id.tobytes() != other.event_id.tobytes()


def test_paths_number_the_customers_and_keep_the_order() -> None:
    both = paths(["a 09:00 > b 09:01", "a 08:00"])
    assert list(both.customer_id) == ["c1", "c1", "c2"]
    assert len(together(both, both)) == 6


def test_a_step_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ValueError, match="'pay nine'"):
        a_path("visit 09:00 > pay nine")
