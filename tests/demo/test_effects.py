"""The known truth: signs, sizes, and that the declared confounders are the ones to adjust for."""

import math
from dataclasses import replace

import numpy as np
import pytest

from safar.demo.baskets import fill_baskets
from safar.demo.company import Company
from safar.demo.effects import Difference, Truth, truth
from safar.demo.lives import Orders
from safar.demo.parameters import EXPERIENCES, parameters
from safar.demo.world import Intervention

from .conftest import UNTIL

TRUTH = parameters()
QUESTIONS = {
    "late_delivery": {"csat_delivery", "nps"},
    "payment_error": {"ces_checkout", "nps"},
    "repeated_explanation": {"csat_support", "ces_support", "nps"},
    "wrong_description": {"csat_product", "nps"},
    "damaged_parcel": {"csat_delivery", "csat_product", "nps"},
}


@pytest.fixture(scope="module")
def known() -> Truth:
    return truth(10_000, seed=3, until=UNTIL)


@pytest.mark.parametrize("experience", EXPERIENCES)
def test_every_bad_experience_costs_satisfaction_orders_and_money(known: Truth, experience: str) -> None:
    effect = known.effects[experience]
    for figure in (
        effect.orders,
        effect.value_usd,
        effect.repeat_in_90_days,
        effect.orders_in_a_year,
        effect.value_usd_in_a_year,
    ):
        assert figure.value < -2.0 * figure.standard_error < 0.0
    assert set(effect.answers) == QUESTIONS[experience]
    for figure in effect.answers.values():
        assert figure.value < -10.0 * figure.standard_error
    assert 0.0 < effect.order_share < effect.customer_share < 0.4


def test_experiences_rank_as_planted(known: Truth) -> None:
    costs = {name: -effect.value_usd.value for name, effect in known.effects.items()}
    assert max(costs, key=costs.__getitem__) == "late_delivery"
    assert min(costs, key=costs.__getitem__) == "damaged_parcel"
    per_case = {name: -effect.answers["nps"].value for name, effect in known.effects.items()}
    assert max(per_case, key=per_case.__getitem__) == "wrong_description"
    assert min(per_case, key=per_case.__getitem__) == "payment_error"


def test_people_leave_as_often_as_the_file_says() -> None:
    """After a first order, with nobody leaving by nature, the probability is 1 - exp(-hazards)."""
    experience = TRUTH.experience["late_delivery"]
    hazard = (
        experience.leave - TRUTH.mediation.leave_per_satisfaction_lost * experience.satisfaction["overall"]
    )
    others = tuple(Intervention(name) for name in EXPERIENCES if name != "late_delivery")
    company = Company.of(20_000, seed=8, until=UNTIL)
    leaves = first_orders(replace(company, interventions=(*others, Intervention("late_delivery", True))))
    late = leaves.happened["late_delivery"]
    expected = -math.expm1(-hazard)
    error = math.sqrt(expected * (1 - expected) / late.sum())
    assert abs(float(leaves.leaves[late].mean()) - expected) < 4 * error
    assert not leaves.leaves[~late].any()


def first_orders(company: Company) -> Orders:
    world = company.world()
    blocks = [company.live(world, number)[1] for number in range(company.block_count)]
    firsts = [orders.rows(orders.attempt == 0) for orders in blocks]
    columns = {
        name: np.concatenate([getattr(each, name) for each in firsts])
        for name, value in vars(firsts[0]).items()
        if isinstance(value, np.ndarray)
    }
    happened = {name: np.concatenate([each.happened[name] for each in firsts]) for name in EXPERIENCES}
    return Orders(**columns, happened=happened)


def test_the_effects_of_a_world_without_experiences_vanish() -> None:
    company = Company.of(2_000, seed=3, until=UNTIL, without=EXPERIENCES)
    world = company.world()
    _, orders = company.live(world, 0)
    assert not orders.overall.any()
    assert orders.placed.all()
    # whoever leaves does so after a repeat purchase, by nature
    assert (orders.place[orders.leaves] >= 1).all()


def test_naive_differences_mislead_and_the_declared_confounders_mend_it() -> None:
    """What was spent on an order, and how its customer is by nature: a late delivery can change neither."""
    company = Company.of(60_000, seed=6, until=UNTIL)
    world = company.world()
    late, value, stays, strata = [], [], [], []
    for number in range(company.block_count):
        people, orders = company.live(world, number)
        baskets = fill_baskets(world, people, orders)
        rows = np.flatnonzero((orders.attempt == 0) & orders.delivered)
        late.append(orders.happened["late_delivery"][rows])
        value.append(np.log(baskets.value_usd[rows]))
        stays.append(people.leave_probability[orders.who[rows]])
        trouble = orders.at[rows] > world.clock.until - TRUTH.trouble.days * 86_400_000_000
        key = people.city[orders.who[rows]] * 1000 + orders.category[rows] * 10
        strata.append(key + orders.is_peak[rows] * 2 + trouble)
    flags = np.concatenate(late)
    for outcome in (np.concatenate(value), np.concatenate(stays)):
        naive = outcome[flags].mean() - outcome[~flags].mean()
        error = outcome.std() * math.sqrt(1 / flags.sum() + 1 / (~flags).sum())
        assert naive < -5 * error
        adjusted = stratified(flags, outcome, np.concatenate(strata))
        assert abs(adjusted) < 3.5 * error
        assert abs(adjusted) < abs(naive) / 2


def stratified(flags: np.ndarray, outcome: np.ndarray, strata: np.ndarray) -> float:
    """The difference within strata, weighted by how much each can tell."""
    _, place = np.unique(strata, return_inverse=True)
    n1, n0 = np.bincount(place, flags), np.bincount(place, ~flags)
    s1, s0 = np.bincount(place, outcome * flags), np.bincount(place, outcome * ~flags)
    both = (n1 > 0) & (n0 > 0)
    weight = n1[both] * n0[both] / (n1 + n0)[both]
    return float((weight * (s1[both] / n1[both] - s0[both] / n0[both])).sum() / weight.sum())


def test_the_truth_tells_where_it_comes_from(known: Truth) -> None:
    assert known.parameters is parameters()
    assert (known.customers, known.seed, known.until) == (10_000, 3, int(UNTIL.timestamp() * 1e6))
    assert truth(10_000, seed=3, until=UNTIL) is known


def test_a_company_too_small_to_tell_says_so() -> None:
    effect = truth(2, seed=1, until=UNTIL).effects["damaged_parcel"]
    assert effect.orders.n == 2
    assert effect.repeat_in_90_days_of_exposed.n == 0
    assert math.isnan(effect.repeat_in_90_days_of_exposed.value)
    assert math.isinf(effect.repeat_in_90_days_of_exposed.standard_error)


def test_a_difference_by_hand() -> None:
    found = Difference.of(np.array([-1.0, 0.0, 0.0, -3.0]))
    # mean -1, squares 0 1 1 4, variance 2, over 4 customers
    assert (found.value, found.standard_error, found.n) == (-1.0, pytest.approx(math.sqrt(2.0 / 4.0)), 4)
