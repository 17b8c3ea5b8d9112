"""Models of repeat buying with their uncertainty, beside lifetimes, on the same simulated customers in one run.

    python benchmarks/value_clv.py                                 # 2,357, 100 k, 1 M and 5 M customers
    python benchmarks/value_clv.py --sizes 2357 20000              # a look whether it works
    python benchmarks/value_clv.py --sizes 5000000 --no-peer       # without waiting for the peer

Customers follow BG/NBD in whole days. Measured is CPU time of this process, from arrays of (x, t_x, T) to parameters
with standard errors: Safar counts histories, fits, and has Hessian and sandwich; lifetimes fits and has the Hessian.
Both find the same parameters to 0.1 %, or the program ends with an error. Compilation is done before. The peer is in
the dependency group ``bench``. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

# one thread for the linear algebra of both, before NumPy is there
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "src")]

from safar.measure import bgnbd, gamma_gamma, mbgnbd, pareto_nbd
from safar.measure.repeat_counts import RepeatCounts

TRUTH = (0.25, 31.5, 0.8, 2.4)  # r, alpha in days, a, b: near those of CDNOW
SPEND = (6.0, 4.0, 16.0)
SIZES = (2_357, 100_000, 1_000_000, 5_000_000)
AHEAD = 182.0
#: The peer's Pareto/NBD has no errors and takes a quarter of an hour for a million.
_MOST_PARETO = 100_000


def customers(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return x, t_x, T in whole days, and the mean value of repeat purchases (0 without any)."""
    r, alpha, a, b = TRUTH
    rate, leaves = rng.gamma(r, 1 / alpha, count), rng.beta(a, b, count)
    age = rng.integers(91, 366, count)
    x, recent, now = np.zeros(count), np.zeros(count), np.zeros(count)
    who = np.arange(count)
    while len(who):
        now[who] += rng.standard_exponential(len(who)) / np.maximum(rate[who], 1e-12)
        day = np.ceil(now[who])
        who, day = who[day <= age[who]], day[day <= age[who]]
        x[who] += day > recent[who]  # a purchase is a day with an order
        recent[who] = day
        who = who[rng.random(len(who)) >= leaves[who]]
    p, q, gamma = SPEND
    again = x > 0
    value = np.zeros(count)
    value[again] = rng.gamma(p * x[again]) / (rng.gamma(q, 1 / gamma, int(again.sum())) * x[again])
    return x, recent, age.astype(float), value


def measured(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return what the work gives, its CPU seconds and its seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    found = work()
    return found, time.process_time() - cpu, time.perf_counter() - wall


def row(size: int, model: str, who: str, cpu: float, wall: float, **more: object) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"customers": size, "model": model, "who": who, "cpu_s": round(cpu, 4), "wall_s": round(wall, 4)}
    print(json.dumps({**told, "peak_mb_so_far": round(peak), **more}), flush=True)


def same(size: int, model: str, ours: np.ndarray, theirs: np.ndarray) -> None:
    """End the program where both find different parameters."""
    if not np.allclose(ours, theirs, rtol=1e-3 if size > 5000 else 1e-2):
        raise SystemExit(f"{model} of {size}: {ours} and {theirs} differ")


def run(size: int, peer: Any, rng: np.random.Generator) -> None:
    x, recent, age, value = customers(size, rng)
    again = x > 0
    fit, cpu, wall = measured(lambda: bgnbd.fit(x, recent, age))
    errors = fit.standard_errors
    row(size, "BG/NBD", "Safar", cpu, wall, parameters=fit.parameters.round(5).tolist(), histories=len(fit.counts),
        errors={name: round(each, 6) for name, each in errors.items()})  # fmt: skip
    counts, refit, _ = measured(lambda: bgnbd.fit_counts(fit.counts, start=fit))
    row(size, "BG/NBD refitted on kept counts", "Safar", refit, refit, iterations=counts.iterations)
    _, predicting, seconds = measured(lambda: fit.expected_purchases(AHEAD))
    row(size, "BG/NBD predicted", "Safar", predicting, seconds)
    mbg, mbg_cpu, seconds = measured(lambda: mbgnbd.fit(x, recent, age))
    row(size, "MBG/NBD", "Safar", mbg_cpu, seconds)
    pareto, pareto_cpu, seconds = measured(lambda: pareto_nbd.fit(x, recent, age))
    row(size, "Pareto/NBD", "Safar", pareto_cpu, seconds, iterations=pareto.iterations)
    spend, spend_cpu, seconds = measured(lambda: gamma_gamma.fit(x[again], value[again]))
    row(size, "Gamma-Gamma", "Safar", spend_cpu, seconds)
    if peer is None:
        return
    theirs, their_cpu, seconds = measured(lambda: peer.BetaGeoFitter().fit(x, recent, age))
    same(size, "BG/NBD", fit.parameters, theirs.params_.to_numpy())
    row(size, "BG/NBD", "lifetimes", their_cpu, seconds, times=round(their_cpu / cpu, 1))
    _, their_predicting, seconds = measured(
        lambda: theirs.conditional_expected_number_of_purchases_up_to_time(AHEAD, x, recent, age)
    )
    row(
        size,
        "BG/NBD predicted",
        "lifetimes",
        their_predicting,
        seconds,
        times=round(their_predicting / predicting, 1),
    )
    theirs, their_cpu, seconds = measured(lambda: peer.ModifiedBetaGeoFitter().fit(x, recent, age))
    same(size, "MBG/NBD", mbg.parameters, theirs.params_.to_numpy())
    row(size, "MBG/NBD", "lifetimes", their_cpu, seconds, times=round(their_cpu / mbg_cpu, 1))
    theirs, their_cpu, seconds = measured(lambda: peer.GammaGammaFitter().fit(x[again], value[again]))
    same(size, "Gamma-Gamma", spend.parameters, theirs.params_.to_numpy())
    row(size, "Gamma-Gamma", "lifetimes", their_cpu, seconds, times=round(their_cpu / spend_cpu, 1))
    if size <= _MOST_PARETO:
        theirs, their_cpu, seconds = measured(lambda: peer.ParetoNBDFitter().fit(x, recent, age))
        row(size, "Pareto/NBD", "lifetimes", their_cpu, seconds, times=round(their_cpu / pareto_cpu, 1),
            parameters=theirs.params_.round(5).tolist(), ours=pareto.parameters.round(5).tolist())  # fmt: skip


def warm(rng: np.random.Generator) -> None:
    """Compile, or load what was compiled, before anything is measured."""
    x, recent, age, value = customers(500, rng)
    for model in (bgnbd, mbgnbd, pareto_nbd):
        model.fit(x, recent, age).expected_purchases(AHEAD)
    gamma_gamma.fit(x[x > 0], value[x > 0])
    RepeatCounts.of(x, recent, age)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--seed", type=int, default=1405)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    peer = None if asked.no_peer else import_module("lifetimes")
    rng = np.random.default_rng(asked.seed)
    warm(rng)
    for size in asked.sizes:
        run(size, peer, rng)


if __name__ == "__main__":
    main()
