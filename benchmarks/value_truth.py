"""Is the value at risk of the simulated company recovered, and do its intervals cover the truth?

    PYTHONPATH=src .venv/bin/python benchmarks/value_truth.py [--customers 10000] [--companies 20] [--horizon 180]

Each company is played twice with the same random numbers, once with an experience switched off in first orders: the
difference is the truth for these very customers. What an analyst sees of first orders is compared with it: plain, and
adjusted for town, goods, channel, payment and season. Generators of our own, where every assumption holds, come
first.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from safar.demo.alike import AlikeCustomers
from safar.demo.baskets import fill_baskets
from safar.demo.company import Company
from safar.demo.lives import APP, WEB
from safar.demo.parameters import EXPERIENCES
from safar.demo.world import Intervention
from safar.explain import doubly_robust
from safar.explain.learners import Learner

DAY_US = 86_400_000_000
UNTIL = datetime(2026, 11, 21, tzinfo=UTC)
Columns = dict[str, np.ndarray]


def first_orders(company: Company, experience: str, horizon: int) -> Columns:
    """Return a row for each first attempt that can have the experience and is followed for the horizon."""
    world, parts = company.world(), []
    for block in range(company.block_count):
        people, orders = company.live(world, block)
        baskets = fill_baskets(world, people, orders)
        first = np.flatnonzero(orders.attempt == 0)
        who = orders.who[first]
        began = np.full(len(people), 1 << 62)
        began[who] = orders.at[first]
        age = orders.at - began[orders.who]
        counts = orders.placed & (age <= horizon * DAY_US) & ((age > 0) | (experience == "payment_error"))
        value = np.bincount(orders.who, baskets.value_usd * counts, minlength=len(people))
        placed = np.bincount(orders.who, counts, minlength=len(people))
        online = ((orders.channel == WEB) | (orders.channel == APP)) & ~orders.on_delivery
        can = {"payment_error": online, "repeated_explanation": orders.contacted}.get(
            experience, orders.delivered
        )
        rows = np.flatnonzero(can[first] & (began[who] + horizon * DAY_US <= company.until))
        of, mine = first[rows], who[rows]
        day = orders.at[of] // DAY_US
        lived = {f"had {name}": orders.happened[name][of] for name in EXPERIENCES}
        parts.append(
            {
                "number": people.number[mine],
                "value": value[mine],
                "returned": (placed[mine] > 0).astype(float),
                "city": people.city[mine].astype(str),
                "category": orders.category[of].astype(str),
                "channel": orders.channel[of].astype(str),
                "on delivery": orders.on_delivery[of].astype(float),
                "day": day.astype(float),
                "month": day.astype("datetime64[D]").astype("datetime64[M]").astype(str),
                **lived,
            }
        )
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def compared(company: Company, experience: str, horizon: int, outcome: str) -> tuple[float, ...] | None:
    """Return truth, adjusted, plain, standard error and half of the interval."""
    lived = first_orders(company, experience, horizon)
    hand = Intervention(experience, first_order_only=True)
    spared = first_orders(replace(company, interventions=(hand,)), experience, horizon)
    had = lived[f"had {experience}"]
    if had.sum() < doubly_robust.FEWEST:
        return None
    there = had & np.isin(lived["number"], spared["number"])
    place = np.searchsorted(spared["number"], lived["number"][there])
    truth = float((lived[outcome][there] - spared[outcome][place]).mean())
    known = {name: lived[name] for name in ("city", "category", "channel", "on delivery", "day", "month")}
    if experience == "repeated_explanation":  # whoever had to ask, had a reason
        known |= {f"had {name}": lived[f"had {name}"] for name in EXPERIENCES if name != experience}
    found = doubly_robust.fit(lived[outcome], had.astype(float), known, learner="linear")
    half = found.effect.interval.high - found.effect.value
    return truth, found.effect.value, found.naive.value, found.standard_error, half


#: Worlds where every assumption holds: what is brought, customers, about the share of bad occasions, towns and months,
#: occasions of each customer. Few exposed and many columns stand in it, and money of which a hundredth brings a fifth.
WORLDS = (
    AlikeCustomers("regular", 400, 0.12),
    AlikeCustomers("regular", 800, 0.1, towns=30, months=12),
    AlikeCustomers("returned", 400, 0.12),
    AlikeCustomers("returned", 800, 0.1, towns=30, months=12),
    AlikeCustomers("returned", 3_000, 0.02),
    AlikeCustomers("returned", 400, 0.15, occasions=3),
    AlikeCustomers("money", 400, 0.12),
    AlikeCustomers("money", 800, 0.1, towns=30, months=12),
    AlikeCustomers("money", 3_000, 0.02),
    AlikeCustomers("money", 400, 0.15, occasions=3),
    AlikeCustomers("heavy", 800, 0.2),
    AlikeCustomers("heavy", 3_000, 0.02),
)


def generated(world: AlikeCustomers, draws: int, learner: Learner) -> str:
    """Return how often the interval covers where every assumption holds, as a line of the table."""
    truth, rows = world.truth(), []
    for seed in range(draws):
        drawn = world.draw(np.random.default_rng([11, seed]))
        found = doubly_robust.fit(
            drawn.value, drawn.exposed, drawn.known, customers=drawn.customers, learner=learner, seed=seed
        )
        ends = found.effect.interval
        rows.append(
            (
                found.effect.value,
                found.standard_error,
                drawn.made[drawn.exposed].mean() in ends,
                truth in ends,
                found.exposed_customers,
            )
        )
    value, error, these, such, exposed = np.array(rows, float).T
    spread = value.std()
    return (
        f"{world.brought:9}{world.customers:7,}{exposed.mean():9.0f}{world.towns + world.months:9}"
        f"{world.occasions:11}{(value.mean() - truth) / spread:+9.2f}{error.mean() / spread:9.2f}"
        f"{these.mean():9.1%}{such.mean():8.1%}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--companies", type=int, default=20)
    parser.add_argument("--horizon", type=int, default=180)
    parser.add_argument(
        "--generated", type=int, default=1_000, help="draws of each world of our own; 0: none"
    )
    parser.add_argument("--learner", choices=("linear", "boosting", "best"), default="linear")
    parser.add_argument("--only", choices=EXPERIENCES, action="append")
    asked = parser.parse_args()
    if asked.generated:
        print(f"where assumptions hold, {asked.generated:,} draws each, {asked.learner}: 95 % intervals")
        print("brought  customers exposed  columns  occasions  bias/sd  error/sd  covers these and such")
        for world in WORLDS:
            print(generated(world, asked.generated, asked.learner), flush=True)
    for experience in asked.only or EXPERIENCES:
        for outcome in ("value", "returned"):
            found = [
                each
                for seed in range(1, asked.companies + 1)
                for each in [
                    compared(
                        Company.of(asked.customers, seed=seed, until=UNTIL),
                        experience,
                        asked.horizon,
                        outcome,
                    )
                ]
                if each is not None
            ]
            if not found:
                print(f"{experience}, {outcome}: too few to compare")
                continue
            rows = np.array(found, float)
            truth, adjusted, plain, error, half = rows.T
            spread = np.std(adjusted - truth) / np.sqrt(len(found))
            # of all customers there could be the truth is what companies have in common
            of_all = np.mean(np.abs(adjusted - truth.mean()) <= half)
            of_these = np.mean(np.abs(adjusted - truth) <= half)
            print(
                f"{experience}, {outcome}: truth {truth.mean():.3f}, adjusted {adjusted.mean():.3f} ± {spread:.3f},"
                f" plain {plain.mean():.3f}; standard error {error.mean():.3f}; of {len(found)} companies covered:"
                f" what these very customers lost {of_these:.0%}, what such customers lose {of_all:.0%}",
                flush=True,
            )


if __name__ == "__main__":
    main()
