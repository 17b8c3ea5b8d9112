from datetime import UTC, datetime

import numpy as np
import pytest

from safar.demo.clock import HOUR_US, WEEK_US, Clock
from safar.demo.parameters import parameters
from safar.demo.places import places

from .conftest import UNTIL_US

IRAN, SAUDI_ARABIA = (places().country_codes.index(code) for code in ("IR", "SA"))


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock(parameters(), places(), UNTIL_US)


def at(year: int, month: int, day: int, hour: int = 0) -> np.ndarray:
    return np.array([int(datetime(year, month, day, hour, tzinfo=UTC).timestamp()) * 1_000_000])


def pace(clock: Clock, country: int, start: np.ndarray, hours: int) -> float:
    """How fast the shop's clock runs: 1 on average."""
    ends = clock.shop_weeks(np.array([country]), start + hours * HOUR_US)
    return float((ends - clock.shop_weeks(np.array([country]), start))[0] * 168 / hours)


def test_both_clocks_agree_at_the_ends_in_every_country(clock: Clock) -> None:
    countries = np.arange(len(places().countries))
    ends = np.full(len(countries), clock.until)
    assert clock.shop_weeks(countries, np.full(len(countries), clock.start)) == pytest.approx(0.0)
    assert clock.shop_weeks(countries, ends) == pytest.approx(clock.weeks)
    assert clock.weeks == pytest.approx(731 / 7)
    assert clock.until - clock.start == 731 * 24 * HOUR_US


def test_an_instant_survives_the_way_there_and_back(clock: Clock, rng: np.random.Generator) -> None:
    country = rng.integers(len(places().countries), size=5000)
    instant = clock.start + rng.integers(clock.until - clock.start, size=5000)
    back = clock.instant(country, clock.shop_weeks(country, instant))
    # in the dead of night a microsecond is less than the clock can tell
    assert np.abs(back - instant).max() < 2_000


def test_it_never_runs_backwards(clock: Clock, rng: np.random.Generator) -> None:
    weeks = np.sort(rng.uniform(-1.0, clock.weeks + 1.0, size=5000))
    for country in range(len(places().countries)):
        assert (np.diff(clock.instant(np.full(5000, country), weeks)) >= 0).all()


def test_beyond_the_ends_it_runs_like_the_calendar(clock: Clock) -> None:
    country = np.array([IRAN])
    after = clock.instant(country, np.array([clock.weeks + 2.0]))
    assert int(after[0]) == clock.until + 2 * WEEK_US
    before = clock.instant(country, np.array([-1.0]))
    assert int(before[0]) == clock.start - WEEK_US


def test_nowruz_slows_iran_and_not_arabia(clock: Clock) -> None:
    holidays = at(2026, 3, 21)  # 1 Farvardin 1405
    before = at(2026, 3, 6)
    assert pace(clock, IRAN, holidays, 5 * 24) < 0.6
    assert pace(clock, IRAN, before, 7 * 24) > 1.4
    assert 0.8 < pace(clock, SAUDI_ARABIA, at(2026, 4, 20), 7 * 24) < 1.1


def test_ramadan_moves_shopping_into_the_night(clock: Clock) -> None:
    ramadan, usual = at(2026, 2, 25, 21), at(2026, 4, 29, 21)  # midnight in Riyadh
    night = pace(clock, SAUDI_ARABIA, ramadan, 3)
    assert night > 2 * pace(clock, SAUDI_ARABIA, usual, 3)


def test_weekends_are_the_countrys_own(clock: Clock) -> None:
    # 2026-06-04 is a Thursday; days begin at 20:30 UTC the day before in Tehran, at 21:00 in Riyadh
    thursday = pace(clock, IRAN, at(2026, 6, 3, 20), 24) / pace(clock, IRAN, at(2026, 6, 1, 20), 24)
    assert thursday == pytest.approx(parameters().hours.weekend, rel=0.02)
    thursday = pace(clock, SAUDI_ARABIA, at(2026, 6, 3, 21), 24) / pace(
        clock, SAUDI_ARABIA, at(2026, 6, 1, 21), 24
    )
    assert thursday == pytest.approx(1.0, rel=0.001)


def test_local_time_is_the_countrys(clock: Clock) -> None:
    noon = at(2026, 6, 4, 12)
    assert int((clock.local(np.array([IRAN]), noon) - noon)[0]) == 3.5 * HOUR_US
    local = clock.local(np.array([SAUDI_ARABIA]), noon)
    assert (clock.utc(np.array([SAUDI_ARABIA]), local) == noon).all()


def test_peaks_strain_deliveries(clock: Clock) -> None:
    assert clock.is_peak(np.array([IRAN]), at(2025, 11, 25))[0]
    assert not clock.is_peak(np.array([IRAN]), at(2026, 5, 25))[0]
