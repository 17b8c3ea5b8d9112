"""What is true in the simulated company, so that an analysis of its log can be checked.

Each effect is the difference between two worlds that share every random number and differ in one experience. No log
can show both; a simulation can.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Final

import numpy as np

from safar.vocabulary.time_zone import DAY_US

from .baskets import fill_baskets
from .chance import Flags, Floats
from .company import Company
from .lives import Orders
from .parameters import EXPERIENCES, Parameters
from .people import People
from .surveys import answer_values, felt_quality, metric_of
from .world import Intervention, World

_SOON_DAYS: Final = 90
_YEAR_DAYS: Final = 365
#: Whose first attempt is this long before the end has been watched for a year, deliveries included.
_WATCHED_DAYS: Final = _YEAR_DAYS + 15


@dataclass(frozen=True)
class Difference:
    """A mean difference between two worlds.

    Attributes
    ----------
    value
        World with the experience less world without; NaN when no customer can tell.
    standard_error
        Of ``value``, over customers; infinite below two of them.
    n
        Count of customers.
    """

    value: float
    standard_error: float
    n: int

    @classmethod
    def of(cls, differences: Floats) -> Difference:
        """Return the mean of differences, one a customer."""
        n = len(differences)
        value = float(differences.mean()) if n else math.nan
        return cls(value, float(differences.std(ddof=1)) / math.sqrt(n) if n > 1 else math.inf, n)


@dataclass(frozen=True)
class Effect:
    """What one bad experience does, on average, in this company.

    Attributes
    ----------
    experience
        Its name in the parameter file.
    order_share
        Of attempts to order, how many had it.
    customer_share
        Of customers who ever tried to order, how many had it.
    orders, value_usd
        Per known customer over the whole history: placed orders, and dollars of ``until``. The value at risk: what all
        of these experiences together cost, with the sign of a loss.
    repeat_in_90_days
        Probability of a second order within 90 days of the first attempt, if that attempt has the experience for
        certain against certainly not; over customers who can have it then.
    orders_in_a_year, value_usd_in_a_year
        The same for placed orders and dollars in the 365 days from the first attempt, itself included.
    repeat_in_90_days_of_exposed, value_usd_in_a_year_of_exposed
        The same, over those alone who do have it in the company as it is.
    answers
        By question that it speaks to: the shift of the mean answer about the first attempt, in points, if all answered;
        for NPS the shift of the score.
    """

    experience: str
    order_share: float
    customer_share: float
    orders: Difference
    value_usd: Difference
    repeat_in_90_days: Difference
    orders_in_a_year: Difference
    value_usd_in_a_year: Difference
    repeat_in_90_days_of_exposed: Difference
    value_usd_in_a_year_of_exposed: Difference
    answers: Mapping[str, Difference]


@dataclass(frozen=True)
class Truth:
    """What is true in a company.

    Attributes
    ----------
    parameters
        All of `truth.toml`.
    customers, seed, until
        The company that the effects were computed in; ``until`` in microseconds.
    effects
        By experience.
    """

    parameters: Parameters
    customers: int
    seed: int
    until: int
    effects: Mapping[str, Effect]


def truth(size: str | int = 20_000, *, seed: int = 1, until: datetime | None = None) -> Truth:
    """Return what is true in the company of a size, seed and end.

    Parameters
    ----------
    size, seed, until
        See `safar.demo.company.simulate`. A larger company has the same truth with smaller standard errors; with the
        size of the log at hand the effects are those of its very customers.

    Notes
    -----
    Lives are played, nothing is told: 20,000 customers take some seconds. Asking twice costs nothing.
    """
    return _truth(Company.of(size, seed=seed, until=until))


@cache
def _truth(company: Company) -> Truth:
    as_it_is = _outcomes(company)
    return Truth(
        parameters=company.world().truth,
        customers=company.customers,
        seed=company.seed,
        until=company.until,
        effects={name: _effect(company, as_it_is, name) for name in EXPERIENCES},
    )


#: What came of each customer in one world, a column a figure; yes and no as 1 and 0.
_Outcomes = dict[str, Floats]


def _outcomes(company: Company) -> _Outcomes:
    world = company.world()
    blocks = [
        _outcomes_of_block(world, *company.live(world, number)) for number in range(company.block_count)
    ]
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def _outcomes_of_block(world: World, people: People, orders: Orders) -> _Outcomes:
    """Return the figures of a block.

    ``first x`` tells whether the first attempt had the experience x, ``had x`` how many attempts had it, ``answer x``
    what would be answered to the question x about the first attempt (NaN for those who never tried).
    """
    count, who = len(people), orders.who
    value = fill_baskets(world, people, orders).value_usd * orders.placed
    first = np.flatnonzero(orders.attempt == 0)
    began = np.full(count, world.clock.until)
    began[who[first]] = orders.at[first]
    age_days = (orders.at - began[who]) / DAY_US
    attempts = orders.rows(first)

    def by_customer(weight: Floats | Flags) -> Floats:
        return np.bincount(who, weight.astype(np.float64), minlength=count).astype(np.float64)

    def of_first(values: Floats | Flags, otherwise: float) -> Floats:
        column = np.full(count, otherwise)
        column[who[first]] = values
        return column

    return {
        "attempts": by_customer(np.ones(len(orders))),
        "watched": (began < world.clock.until - _WATCHED_DAYS * DAY_US).astype(np.float64),
        "orders": by_customer(orders.placed),
        "value": by_customer(value),
        "repeats soon": (by_customer(orders.placed & (age_days < _SOON_DAYS)) > 1).astype(np.float64),
        "orders in a year": by_customer(orders.placed & (age_days < _YEAR_DAYS)),
        "value in a year": by_customer(value * (age_days < _YEAR_DAYS)),
        **{f"had {name}": by_customer(orders.happened[name]) for name in EXPERIENCES},
        **{f"first {name}": of_first(attempts.happened[name], 0.0) for name in EXPERIENCES},
        **{
            f"answer {key}": of_first(_points(world, people, attempts, key), np.nan)
            for key in world.truth.questions
        },
    }


def _points(world: World, people: People, orders: Orders, key: str) -> Floats:
    """Return the answers to a question in points; those to NPS as 100 for promoters, -100 for detractors, else 0."""
    felt = felt_quality(world, people, orders, key, np.full(len(orders), 1 << 30))
    values = answer_values(world, key, felt)
    if metric_of(key) == "nps":
        return 100.0 * (values >= 9) - 100.0 * (values <= 6)
    return values.astype(np.float64)


def _effect(company: Company, as_it_is: _Outcomes, name: str) -> Effect:
    without = _outcomes(replace(company, interventions=(Intervention(name),)))
    certain = _first_order(company, name, happens=True)
    never = _first_order(company, name, happens=False)
    # `certain` happens to whoever can have it, so it tells who can
    can = certain[f"first {name}"] > 0
    watched = as_it_is["watched"] > 0
    exposed = as_it_is[f"first {name}"] > 0
    truth = company.world().truth

    def of_first(figure: str, among: Flags) -> Difference:
        return Difference.of((certain[figure] - never[figure])[among])

    had, attempts = as_it_is[f"had {name}"], as_it_is["attempts"]
    return Effect(
        experience=name,
        order_share=float(had.sum() / attempts.sum()),
        customer_share=float((had > 0).sum() / (attempts > 0).sum()),
        orders=Difference.of(as_it_is["orders"] - without["orders"]),
        value_usd=Difference.of(as_it_is["value"] - without["value"]),
        repeat_in_90_days=of_first("repeats soon", can & watched),
        orders_in_a_year=of_first("orders in a year", can & watched),
        value_usd_in_a_year=of_first("value in a year", can & watched),
        repeat_in_90_days_of_exposed=of_first("repeats soon", exposed & watched),
        value_usd_in_a_year_of_exposed=of_first("value in a year", exposed & watched),
        answers={
            key: of_first(f"answer {key}", can)
            for key, question in truth.questions.items()
            if question.shift in truth.experience[name].satisfaction
        },
    )


def _first_order(company: Company, name: str, *, happens: bool) -> _Outcomes:
    hand = Intervention(name, happens=happens, first_order_only=True)
    return _outcomes(replace(company, interventions=(hand,)))
