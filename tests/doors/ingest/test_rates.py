from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from safar.doors.ingest.rates import Rates, TokenBucket


def test_a_burst_of_one_second_passes_and_then_the_rate_holds() -> None:
    bucket = TokenBucket.full(2.0, 100.0)
    assert [bucket.seconds_to_wait(100.0) for _ in range(3)] == [0.0, 0.0, 0.5]
    assert bucket.seconds_to_wait(100.5) == 0.0
    assert bucket.seconds_to_wait(100.5) == 0.5
    assert [bucket.seconds_to_wait(999.0) for _ in range(3)] == [0.0, 0.0, 0.5]


def test_a_rate_below_one_a_second() -> None:
    bucket = TokenBucket.full(0.25, 0.0)
    assert (bucket.seconds_to_wait(0.0), bucket.seconds_to_wait(0.0)) == (0.0, 4.0)
    assert (bucket.seconds_to_wait(3.0), bucket.seconds_to_wait(4.0)) == (1.0, 0.0)


def test_each_key_has_its_own_bucket_and_a_changed_rate_counts_at_once() -> None:
    rates = Rates()
    assert rates.whole_seconds_to_wait("a", None, 0.0) == 0
    assert [rates.whole_seconds_to_wait("a", 1.0, 0.0) for _ in range(2)] == [0, 1]
    assert rates.whole_seconds_to_wait("b", 1.0, 0.0) == 0
    assert [rates.whole_seconds_to_wait("a", 3.0, 0.0) for _ in range(4)] == [0, 0, 0, 1]


@given(st.floats(0.1, 50), st.lists(st.floats(0, 0.5), max_size=200))
def test_never_more_than_the_rate_and_one_burst(rate: float, pauses: list[float]) -> None:
    bucket = TokenBucket.full(rate, 0.0)
    now, passed = 0.0, 0
    for pause in pauses:
        now += pause
        passed += bucket.seconds_to_wait(now) == 0.0
    assert passed <= max(1.0, rate) + rate * now + 1e-6
