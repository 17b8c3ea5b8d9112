"""The grid: which period an instant lies in, found without division or search."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from safar.observe.grid import Grid
from safar.vocabulary.periods import Periodic, Periods
from safar.vocabulary.window import Window


def test_the_grid_finds_every_instant(rng: np.random.Generator) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    periods = Periodic("hour", time_zone="Europe/Berlin").touching(
        Window(datetime(2026, 3, 27, tzinfo=berlin), datetime(2026, 3, 31, tzinfo=berlin))
    )
    kept = periods.of(np.flatnonzero(np.arange(len(periods)) % 3 != 1))  # with gaps
    grid = Grid.of(kept)
    instants = rng.integers(grid.edges[0], grid.edges[-1], 5_000)
    bucket = (instants - grid.edges[0]) >> grid.shift
    found = grid.hint[bucket] + (instants >= grid.turn[bucket])
    assert grid.is_fine
    assert (found == np.searchsorted(grid.edges, instants, side="right") - 1).all()
    assert (grid.edges[grid.place] == kept.starts).all()
    assert (grid.edges[grid.place + 1] == kept.ends).all()


def test_a_grid_of_short_periods_says_that_it_is_not_fine() -> None:
    hour = 3_600_000_000
    grid = Grid.of(Periods(np.array([0, hour, hour + 5]), np.array([7, hour + 5, 2 * hour])))
    assert not grid.is_fine
    assert grid.edges.tolist() == [0, 7, hour, hour + 5, 2 * hour]
    assert grid.place.tolist() == [0, 2, 3]
