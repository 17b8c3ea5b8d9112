"""Recommendations beside ALS of implicit: quality on a time split, CPU of the fit, and how fast one list comes.

    python benchmarks/value_recommend.py                       # Online Retail and Groceries, all models, the peer
    python benchmarks/value_recommend.py --customers 2000      # planted truth alone, a look whether it works
    python benchmarks/value_recommend.py --no-peer             # where implicit is not installed

Every model learns from the first four fifths of the interactions by time (of groceries, whose baskets have no time,
from a random four fifths) and is judged by the last fifth, 20 items, none that the customer had had. The peer is ALS in
several settings. Each then answers for 2,000 customers, one at a time. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "src")]

from threadpoolctl import threadpool_limits

from safar.act.recommend.evaluation import judged
from safar.act.recommend.fitting import MODELS
from safar.act.recommend.interactions import Interactions, interactions_of
from safar.act.recommend.popular import popularity
from safar.act.recommend.recommender import Recommender, fit
from safar.act.recommend.rules import Rules

DATA = HERE.parent.parent / "shared" / "data"
K = 20
#: Factors, regularisation, confidence.
SETTINGS = ((32, 0.1, 1), (64, 1, 1), (64, 10, 1), (64, 1, 10), (64, 50, 5), (128, 10, 2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--customers", type=int, default=0, help="planted truth alone, of so many customers")
    parser.add_argument("--no-peer", action="store_true")
    asked = parser.parse_args()
    sets: dict[str, Callable[[], Interactions]] = (
        {"planted": lambda: planted(asked.customers)}
        if asked.customers
        else {"planted": lambda: planted(20_000), "groceries": groceries, "online_retail": online_retail}
    )
    for name, read in sets.items():
        compare(name, read(), has_peer=not asked.no_peer)


def compare(name: str, interactions: Interactions, *, has_peer: bool) -> None:
    split = int(np.quantile(interactions.time, 0.8)) + 1
    before, after = interactions.before(split), interactions.since(split)
    had = before.matrix()
    known = np.asarray(had.sum(axis=0)).ravel() > 0
    wanted = after.matrix().multiply(known[None, :]).tocsr()
    wanted = (wanted - wanted.multiply(had > 0)).tocsr()
    wanted.eliminate_zeros()
    judges = np.flatnonzero((np.diff(had.indptr) > 0) & (np.diff(wanted.indptr) > 0))[:5_000]
    print(
        f"\n{name}: {len(interactions.customers):,} customers, {len(interactions.items):,} items;"
        f" judged by {len(judges):,}"
    )
    print(f"{'model':24} {'recall@20':>9} {'nDCG@20':>8} {'fit CPU s':>9} {'p50 ms':>7} {'p99 ms':>7}")
    for model in MODELS:
        with suppress(ValueError), threadpool_limits(1):
            learnt, seconds = timed(lambda model=model: fit(before, model))
            row(model, learnt, judges, wanted, seconds)
    if has_peer:
        peers(before, had, judges, wanted)


def peers(before: Interactions, had: Any, judges: Any, wanted: Any) -> None:
    als = import_module("implicit.als").AlternatingLeastSquares
    for factors, regularisation, alpha in SETTINGS:
        model = als(
            factors=factors,
            regularization=regularisation,
            alpha=alpha,
            iterations=15,
            random_state=0,
            num_threads=1,
        )
        _, seconds = timed(lambda model=model: model.fit(csr_matrix(had), show_progress=False))
        scorer: Any = Scored(model)
        learnt = Recommender(
            "als", before.customers, before.items, had, scorer, popularity(before), learnt_from=len(before)
        )
        row(f"als {factors} {regularisation:g} {alpha:g}", learnt, judges, wanted, seconds)


class Scored:
    """The peer's factors as item weights: customers are fitted again from their histories."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def scores(self, histories: Any) -> Any:
        users = self._model.recalculate_user(np.arange(histories.shape[0]), csr_matrix(histories))
        return np.asarray(users @ self._model.item_factors.T, np.float64)

    def parts(self, items: Any, targets: Any) -> Any:
        return self._model.item_factors[items] @ self._model.item_factors[targets].T


def row(name: str, learnt: Recommender, judges: Any, wanted: Any, seconds: float) -> None:
    found = judged(learnt, judges, wanted[judges], K, Rules())
    chance = np.random.default_rng(0)
    ids = learnt.customers[chance.integers(0, len(learnt.customers), 2_000)].tolist()
    learnt.recommend(ids[:3], K)
    took = [timed(lambda one=one: learnt.recommend([one], K), time.perf_counter)[1] * 1e3 for one in ids]
    print(
        f"{name:24} {found.recall.mean():9.4f} {found.ndcg.mean():8.4f} {seconds:9.2f}"
        f" {np.percentile(took, 50):7.2f} {np.percentile(took, 99):7.2f}",
        flush=True,
    )


def timed(work: Callable[[], Any], clock: Callable[[], float] = time.process_time) -> tuple[Any, float]:
    start = clock()
    found = work()
    return found, clock() - start


def planted(customers: int) -> Interactions:
    """Return customers with two of forty interests of twenty items each, popularity that falls off, and strays."""
    chance = np.random.default_rng(7)
    interests = chance.integers(0, 40, (customers, 2))
    whose = np.repeat(np.arange(customers), 20)
    fall = 1 / np.arange(1, 21)
    item = interests[whose, chance.integers(0, 2, len(whose))] * 20 + chance.choice(
        20, len(whose), p=fall / fall.sum()
    )
    stray = chance.random(len(whose)) < 0.15
    item[stray] = chance.integers(0, 800, stray.sum())
    return interactions_of(whose, item.astype(str), chance.integers(0, 10**13, len(whose)))


def groceries() -> Interactions:
    """Return baskets as customers; a random fifth of the items is "later", since baskets have no time."""
    with gzip.open(DATA / "groceries" / "groceries.csv.gz", "rt") as file:
        rows = [(row["transaction"], row["item"]) for row in csv.DictReader(file)]
    basket, item = (np.array(each) for each in zip(*rows, strict=True))
    return interactions_of(basket, item, np.random.default_rng(0).permutation(len(item)) + 1)


def online_retail() -> Interactions:
    def rows() -> Iterator[tuple[str, str, str, str]]:
        path = DATA / "online_retail" / "online_retail_2010_2011.csv.gz"
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                if (
                    row[6].isdigit()
                    and not row[0].startswith("C")
                    and float(row[3]) > 0
                    and float(row[5]) > 0
                ):
                    yield row[6], row[1], row[4], row[0]

    customer, item, at, invoice = zip(*rows(), strict=True)
    return interactions_of(customer, item, np.array(at, "datetime64[us]"), basket=invoice)


if __name__ == "__main__":
    main()
