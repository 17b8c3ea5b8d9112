"""The causal model: BG/NBD where nothing bad happens, and what each bad experience changes."""

import math

import numpy as np
import pytest

from safar.demo.company import Company
from safar.demo.lives import STORE
from safar.demo.parameters import EXPERIENCES, parameters

from .conftest import UNTIL

TRUTH = parameters()


def purchases(company: Company) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Frequency x, recency t_x and age T of each buyer, in weeks of the shop's clock and of the calendar."""
    world = company.world()
    columns: dict[str, list[tuple[np.ndarray, ...]]] = {"shop": [], "calendar": []}
    for number in range(company.block_count):
        people, orders = company.live(world, number)
        orders = orders.rows(orders.placed)
        first = np.flatnonzero(np.diff(orders.who, prepend=-1))
        last = np.append(first[1:], len(orders)) - 1
        shop = world.clock.shop_weeks(people.country[orders.who], orders.at)
        calendar = (orders.at - world.clock.start) / (7 * 86_400e6)
        for name, weeks in (("shop", shop), ("calendar", calendar)):
            columns[name].append((last - first, weeks[last] - weeks[first], world.clock.weeks - weeks[first]))
    return {
        name: tuple(np.concatenate(column) for column in zip(*blocks, strict=True))
        for name, blocks in columns.items()
    }


def log_likelihood(parameters: np.ndarray, x: np.ndarray, t_x: np.ndarray, age: np.ndarray) -> float:
    """BG/NBD (P. Fader, B. Hardie, K. Lee, 2005), of r, alpha, a, b in logarithms."""
    r, alpha, a, b = np.exp(parameters)
    counts, place = np.unique(x, return_inverse=True)
    lg = math.lgamma
    of_count = np.array(
        [
            lg(r + n) - lg(r) + r * math.log(alpha) + lg(b + n) + lg(a + b) - lg(b) - lg(a + b + n)
            for n in counts.tolist()
        ]
    )
    left = (
        np.log(a) - np.log(b + np.maximum(x, 1) - 1) + (r + x) * (np.log(alpha + age) - np.log(alpha + t_x))
    )
    each = of_count[place] - (r + x) * np.log(alpha + age) + np.where(x > 0, np.logaddexp(0.0, left), 0.0)
    return float(each.sum())


def fitted(x: np.ndarray, t_x: np.ndarray, age: np.ndarray) -> tuple[np.ndarray, float]:
    """Maximum likelihood by the simplex of J. Nelder and R. Mead (1965)."""

    def cost(point: np.ndarray) -> float:
        return -log_likelihood(point, x, t_x, age)

    start = np.array([0.0, 2.0, 0.0, 1.0])
    points = [start, *(start + 0.4 * np.eye(4))]
    costs = [cost(point) for point in points]
    for _ in range(500):
        order = np.argsort(costs)
        points, costs = [points[i] for i in order], [costs[i] for i in order]
        if costs[-1] - costs[0] < 1e-5:
            break
        middle = np.mean(points[:-1], axis=0)
        reflected = 2.0 * middle - points[-1]
        value = cost(reflected)
        if value < costs[0]:
            expanded = 3.0 * middle - 2.0 * points[-1]
            further = cost(expanded)
            points[-1], costs[-1] = (expanded, further) if further < value else (reflected, value)
        elif value < costs[-2]:
            points[-1], costs[-1] = reflected, value
        else:
            inner = 0.5 * (middle + points[-1])
            value = cost(inner)
            if value < costs[-1]:
                points[-1], costs[-1] = inner, value
            else:
                points = [points[0], *(0.5 * (points[0] + point) for point in points[1:])]
                costs = [cost(point) for point in points]
    best = int(np.argmin(costs))
    return points[best], -costs[best]


def test_the_likelihood_is_the_published_one() -> None:
    # customer 1516 of CDNOW's sample and one who never came back; summed by hand from the paper's formula
    point = np.log([0.243, 4.414, 0.793, 2.426])
    lonely = log_likelihood(point, np.array([0]), np.array([0.0]), np.array([38.86]))
    assert lonely == pytest.approx(0.243 * math.log(4.414 / (4.414 + 38.86)))
    # P(X(39) = 0) = .5737864
    assert math.exp(log_likelihood(point, np.array([0]), np.array([0.0]), np.array([39.0]))) == pytest.approx(
        0.5737864, abs=1e-6
    )


def test_where_nothing_bad_happens_bg_nbd_holds() -> None:
    truth = TRUTH.purchase
    planted = np.log([truth.r, truth.alpha, truth.a, truth.b])
    found = purchases(Company.of(30_000, seed=5, until=UNTIL, without=EXPERIENCES))
    point, best = fitted(*found["shop"])
    # the likelihood ratio of four parameters: chi-squared, 0.999 quantile
    assert 2.0 * (best - log_likelihood(planted, *found["shop"])) < 18.47
    assert np.exp(point[:2]) == pytest.approx([truth.r, truth.alpha], rel=0.06)
    # seasons and hours, which an analyst does not take out, move the estimates but little
    point, _ = fitted(*found["calendar"])
    assert np.exp(point[:2]) == pytest.approx([truth.r, truth.alpha], rel=0.08)
    a, b = np.exp(point[2:])
    assert a / (a + b) == pytest.approx(truth.a / (truth.a + truth.b), rel=0.08)


def test_with_bad_experiences_people_leave_more() -> None:
    truth = TRUTH.purchase
    planted = np.log([truth.r, truth.alpha, truth.a, truth.b])
    found = purchases(Company.of(30_000, seed=5, until=UNTIL))
    _, best = fitted(*found["shop"])
    assert 2.0 * (best - log_likelihood(planted, *found["shop"])) > 18.47


@pytest.mark.parametrize("experience", EXPERIENCES)
def test_without_an_experience_nobody_has_it_and_nothing_else_moves(experience: str, lived) -> None:
    _, people, orders = lived
    company = Company.of(2_000, seed=11, until=UNTIL, without=experience)
    others, better = company.live(company.world(), 0)
    assert orders.happened[experience].any()
    assert not better.happened[experience].any()
    for name in vars(people):
        assert (getattr(people, name) == getattr(others, name)).all(), name
    # until the first time it happens, a life is the same in both worlds
    had = np.flatnonzero(orders.happened[experience])
    first_had = np.full(len(people), np.iinfo(np.int64).max)
    np.minimum.at(first_had, orders.who[had], orders.attempt[had])
    before = orders.attempt < first_had[orders.who]
    untouched = better.attempt < first_had[better.who]
    for name in ("who", "at", "channel", "placed", "late_days", "taste", "overall"):
        assert (getattr(orders, name)[before] == getattr(better, name)[untouched]).all(), name
    # and whoever has it never orders more often afterwards
    count = np.bincount(orders.who[orders.placed], minlength=len(people))
    better_count = np.bincount(better.who[better.placed], minlength=len(people))
    never_had = first_had == np.iinfo(np.int64).max
    assert (count[never_had] == better_count[never_had]).all()
    assert count.sum() < better_count.sum()


def test_experiences_happen_as_often_as_planted(lived) -> None:
    world, people, orders = lived
    goods = world.goods
    brought = orders.delivered
    wrong = TRUTH.exposure.wrong_description * float(goods.wrong[orders.category[brought]].mean())
    assert_share(orders.happened["wrong_description"][brought], wrong)
    damaged = TRUTH.exposure.damaged_parcel * float(goods.fragile[orders.category[brought]].mean())
    assert_share(orders.happened["damaged_parcel"][brought], damaged)
    chats = orders.contacted & ~orders.is_peak & (orders.support_channel == 0)
    assert_share(orders.happened["repeated_explanation"][chats], TRUTH.support_channels["chat"].repeat)
    remote = brought & (people.tier[orders.who] == 2) & ~orders.is_peak & ~goods.bulky[orders.category]
    remote &= orders.at < world.clock.until - TRUTH.trouble.days * 86_400_000_000
    assert_share(orders.happened["late_delivery"][remote], TRUTH.tiers["remote"].late)
    failed = orders.failures > 0
    assert (failed == orders.happened["payment_error"]).all()
    assert_share(~orders.placed[failed], TRUTH.exposure.lost_after_payment_error)


def test_what_cannot_happen_does_not(lived) -> None:
    _, people, orders = lived
    in_store = orders.channel == STORE
    assert in_store.any()
    for name in ("late_delivery", "payment_error", "wrong_description", "damaged_parcel"):
        assert not orders.happened[name][in_store].any()
    assert not orders.happened["repeated_explanation"][~orders.contacted].any()
    assert not (orders.failures > 0)[orders.on_delivery].any()
    assert ((orders.late_days > 0) == orders.happened["late_delivery"]).all()
    assert orders.late_days.max() <= 9
    # after leaving there is no next attempt
    last = np.append(orders.who[1:] != orders.who[:-1], True)
    assert last[orders.leaves].all()
    assert (np.diff(orders.at)[~last[:-1]] >= 0).all()
    assert people.first_visit_at.max() < UNTIL.timestamp() * 1e6


def assert_share(flags: np.ndarray, expected: float) -> None:
    """The share of flags is the expected one, within four standard errors."""
    error = math.sqrt(expected * (1.0 - expected) / len(flags))
    assert abs(float(flags.mean()) - expected) < 4.0 * error
