"""Drivers at size: LMG with bootstraps on the covariance matrix, beside pingouin's, which fits every model by itself.

    PYTHONPATH=src .venv/bin/python benchmarks/value_drivers.py [--rows 2000] [--peer]

The peer (pingouin, GPL, in no dependency of ours) has no intervals: its one fit stands beside one of ours.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import time
from collections.abc import Callable

import numpy as np

from safar.explain import drivers
from safar.explain.relative_importance import lmg, relative_weights


def survey(rows: int, columns: int, seed: int = 1) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=rows)
    made = {
        f"q{place}": np.clip(np.round(3 + 0.6 * mood + rng.normal(size=rows)), 1, 5)
        for place in range(columns)
    }
    outcome = sum(each / (place + 2) for place, each in enumerate(made.values())) + rng.normal(size=rows)
    return np.asarray(outcome), made


def timed(work: Callable[[], object], repeat: int = 1) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(repeat):
        work()
    return (time.perf_counter() - wall) / repeat, (time.process_time() - cpu) / repeat


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--peer", action="store_true")
    asked = parser.parse_args()
    if asked.peer and importlib.util.find_spec("pingouin") is None:
        parser.error(
            "--peer needs pingouin, whose licence (GPL) keeps it out of our groups: install it yourself."
        )
    print(f"{asked.rows} rows, 500 bootstraps; seconds of wall and of CPU")
    for columns in (8, 12, 15):
        outcome, made = survey(asked.rows, columns)
        wall, cpu = timed(lambda: drivers.fit(outcome, made))  # noqa: B023 - called at once
        print(f"LMG, {columns} drivers, no gaps: {wall:.2f} / {cpu:.2f}")
    outcome, made = survey(asked.rows, 12)
    rng = np.random.default_rng(2)
    gaps = {name: np.where(rng.random(asked.rows) < 0.3, np.nan, each) for name, each in made.items()}
    wall, cpu = timed(lambda: drivers.fit(outcome, gaps))
    print(f"LMG, 12 drivers, three in ten answers missing: {wall:.2f} / {cpu:.2f}")
    outcome, many = survey(asked.rows, 40)
    wall, cpu = timed(lambda: drivers.fit(outcome, many))
    print(f"relative weights, 40 drivers: {wall:.2f} / {cpu:.2f}")
    covariance = np.cov([*made.values(), outcome])
    wall, cpu = timed(lambda: lmg(covariance), 20)
    print(f"one LMG, 12 drivers: {1000 * wall:.2f} / {1000 * cpu:.2f} ms")
    wall, cpu = timed(lambda: relative_weights(covariance), 20)
    print(f"one set of relative weights: {1000 * wall:.2f} / {1000 * cpu:.2f} ms")
    if asked.peer:
        import pandas  # only beside the peer
        import pingouin  # in none of our groups

        frame = pandas.DataFrame(made)
        wall, cpu = timed(lambda: pingouin.linear_regression(frame, outcome, relimp=True))
        print(f"pingouin, one LMG, 12 drivers: {1000 * wall:.0f} / {1000 * cpu:.0f} ms")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
