"""Recommendations: by hand, beside the arithmetic done plainly, under rules, caught up, and kept in a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from safar.act.recommend.fitting import MODELS, also_bought, ease, graph_filter, item_cosine
from safar.act.recommend.interactions import (
    DAY_US,
    Interactions,
    InteractionsRefused,
    interactions_of,
)
from safar.act.recommend.popular import popularity, season
from safar.act.recommend.recommender import Reason, UnknownItem, fit
from safar.act.recommend.rules import Rules
from safar.act.recommend.saved import load, save
from safar.store.arrays import ArraysDamaged

NEVER_FADING = float("inf")


@pytest.fixture
def bought() -> Interactions:
    """Three who drink tea, two who drink coffee, one of whom also buys a cup; a day apart each."""
    rows = [
        ("ann", "tea"),
        ("ann", "pot"),
        ("ben", "tea"),
        ("ben", "pot"),
        ("cas", "tea"),
        ("dan", "coffee"),
        ("dan", "mill"),
        ("eve", "coffee"),
        ("eve", "cup"),
    ]
    days = np.arange(len(rows)) * DAY_US
    groups = {"tea": "drink", "coffee": "drink", "pot": "thing", "mill": "thing", "cup": "thing"}
    return interactions_of(*zip(*rows, strict=True), days, groups=groups)


def clubs(rng: np.random.Generator, customers: int = 400, items: int = 40, each: int = 8) -> Interactions:
    """Return customers of four clubs, who take nine times in ten an item of their club; over 100 days."""
    club = np.arange(customers) % 4
    whose = np.repeat(np.arange(customers), each)
    own = rng.random(len(whose)) < 0.9
    item = np.where(
        own, rng.integers(0, items // 4, len(whose)) * 4 + club[whose], rng.integers(0, items, len(whose))
    )
    return interactions_of(whose, item.astype(str), rng.integers(0, 100, len(whose)) * DAY_US)


def test_columns_become_places(bought: Interactions) -> None:
    assert bought.items == ("coffee", "cup", "mill", "pot", "tea")
    assert bought.matrix().toarray()[0].tolist() == [0, 0, 0, 1, 1]
    assert len(bought.before(3 * DAY_US)) == 3
    assert len(bought.since(3 * DAY_US)) == 6


def test_the_largest_weight_of_a_pair_counts() -> None:
    found = interactions_of(["a", "a"], ["tea", "tea"], [1, 2], weight=[0.2, 1.0])
    assert found.matrix().toarray().tolist() == [[1.0]]


def test_what_is_no_interaction_is_refused() -> None:
    with pytest.raises(InteractionsRefused):
        interactions_of(["a"], ["tea", "pot"])
    with pytest.raises(InteractionsRefused):
        interactions_of([""], ["tea"])
    with pytest.raises(InteractionsRefused):
        interactions_of(["a"], ["tea"], weight=[0.0])


def test_cosines_by_hand(bought: Interactions) -> None:
    found = np.stack([item_cosine(bought).beside(item) for item in range(5)])
    coffee, mill, pot, tea = (bought.items.index(each) for each in ("coffee", "mill", "pot", "tea"))
    assert found[tea, pot] == pytest.approx((1 / 2 + 1 / 2) / (3 * 2) ** 0.5)
    assert found[coffee, mill] == pytest.approx((1 / 2) / 2**0.5)
    assert found[tea, coffee] == 0 == found[tea, tea]


def test_what_is_bought_together_is_counted_by_order() -> None:
    found = interactions_of(
        ["a", "a", "a", "b", "b"], ["tea", "pot", "cup", "tea", "pot"], basket=[1, 1, 2, 3, 3]
    )
    weights = np.stack([also_bought(found, shrink=1.0).beside(item) for item in range(3)])
    cup, pot, tea = range(3)
    assert weights[tea, pot] == pytest.approx(2 / (2 + 1))
    assert weights[tea, cup] == 0


def test_the_autoencoder_is_the_least_squares_guess_of_each_item(rng: np.random.Generator) -> None:
    found = clubs(rng, customers=120, items=12)
    matrix = found.matrix().toarray()
    weights = ease(found, ridge=20.0).right
    assert weights is not None
    for item in range(3):
        others = [each for each in range(12) if each != item]
        some = matrix[:, others]
        plain = np.linalg.solve(some.T @ some + 20 * np.eye(11), some.T @ matrix[:, item])
        assert weights[others, item] == pytest.approx(plain, abs=1e-5)


def test_the_graph_filter_is_its_formula(rng: np.random.Generator) -> None:
    found = clubs(rng, customers=60, items=12)
    matrix = found.matrix().toarray()
    by_customer, by_item = matrix.sum(axis=1), matrix.sum(axis=0)
    balanced = matrix / np.sqrt(by_customer)[:, None] / np.sqrt(by_item)[None, :]
    vectors = np.linalg.svd(balanced)[2][:4]
    low = (vectors.T @ vectors) * np.sqrt(by_item)[None, :] / np.sqrt(by_item)[:, None]
    plain = matrix @ (balanced.T @ balanced + 0.3 * low)
    assert graph_filter(found, rank=4).scores(found.matrix()) == pytest.approx(plain, abs=1e-4)


def test_too_many_items_for_a_whole_matrix_are_refused() -> None:
    many = interactions_of(["a"] * 6_001, np.arange(6_001).astype(str))
    with pytest.raises(InteractionsRefused, match="6001 items are too many"):
        ease(many)


@pytest.mark.parametrize("model", [name for name in MODELS if name != "popular"])
def test_every_model_finds_the_club(rng: np.random.Generator, model: str) -> None:
    bought = clubs(rng)
    # an order a customer: what is in one order is then what one club likes
    found = fit(replace(bought, basket=bought.customer), model)
    shown = found.recommend([0, 1, 2, 3], 3)
    own = sum(int(each.item) % 4 == customer for customer in range(4) for each in shown[customer])
    assert own >= 10, "of twelve, where chance finds three"


def test_a_customer_is_shown_what_goes_with_what_he_has_and_why(bought: Interactions) -> None:
    found = fit(bought)
    (shown,) = found.recommend(["cas"], 2)
    assert (shown[0].item, shown[0].because) == ("pot", "tea")
    assert found.reasons("cas", "pot") == (Reason("had", "tea", 1.0),)


def test_reasons_add_up_to_the_score(rng: np.random.Generator) -> None:
    for model in ("item_cosine", "graph_filter", "ease"):
        found = fit(clubs(rng), model)
        row = found.histories[[5]]
        had = row.indices.astype(np.int64)
        shown = found.recommend([5], 1)[0][0]
        assert found.weights is not None
        parts = found.weights.parts(had, np.array([found.items.index(shown.item)]))[:, 0] * row.data
        assert parts.sum() == pytest.approx(shown.score, rel=1e-5)
        reasons = found.reasons(5, shown.item, most=1)
        assert reasons[0].item == found.items[had[parts.argmax()]] == shown.because


def test_who_is_not_known_is_shown_what_is_popular(bought: Interactions) -> None:
    found = fit(bought, half_life_days=NEVER_FADING)
    shown = found.recommend(["nobody"], 2)[0]
    assert [each.item for each in shown] == ["tea", "coffee"]
    assert [each.because for each in shown] == [None, None]
    assert found.reasons("nobody", "tea") == (Reason("popular", "", 1.0),)


def test_nothing_is_shown_that_rules_forbid(bought: Interactions) -> None:
    found = fit(bought)

    def shown(**rules: object) -> set[str]:
        return {each.item for each in found.recommend(["ann"], 5, rules=Rules(**rules))[0]}  # type: ignore[arg-type]

    assert shown() == {"coffee", "cup", "mill"}
    assert shown(again=True) == {"coffee", "cup", "mill", "pot", "tea"}
    assert shown(in_stock=frozenset({"cup", "tea"})) == {"cup"}
    assert shown(never=frozenset({"mill"})) == {"coffee", "cup"}
    assert shown(never=frozenset({"mill", "coffee", "cup"})) == set()


def test_groups_are_limited_and_fill_up_where_nothing_else_is_left(bought: Interactions) -> None:
    found = fit(bought, half_life_days=NEVER_FADING)

    def shown(k: int) -> list[str]:
        return [each.item for each in found.recommend(["nobody"], k, rules=Rules(most_of_a_group=1))[0]]

    assert shown(2) == ["tea", "pot"]
    assert set(shown(5)) == {"tea", "pot", "coffee", "cup", "mill"}
    with pytest.raises(InteractionsRefused):
        Rules(most_of_a_group=0)


def test_what_is_popular_fades() -> None:
    found = interactions_of(["a", "b", "c"], ["old", "old", "new"], [0, 0, 60 * DAY_US])
    assert popularity(found, half_life_days=30).counts.tolist() == [1.0, 0.5]
    assert popularity(found, half_life_days=NEVER_FADING).counts.tolist() == [1.0, 2.0]


def test_a_season_is_found_and_used(rng: np.random.Generator) -> None:
    days = rng.integers(0, 730, 6_000)
    month = (days.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12) + 1
    is_winter = np.isin(month, (12, 1, 2))
    item = np.where(rng.random(6_000) < np.where(is_winter, 0.8, 0.2), "scarf", "shirt")
    found = interactions_of(np.arange(6_000), item, days * DAY_US)
    seasons = season(found)
    assert seasons is not None
    january, july = seasons.on(date(2026, 1, 10)), seasons.on(date(2026, 7, 10))
    assert january[0] > 1.8
    assert july[0] < 0.75
    recommender = fit(found, "popular", half_life_days=NEVER_FADING)
    first = {
        day: recommender.recommend(["new"], 1, rules=Rules(on=day))[0][0].item
        for day in (date(2026, 1, 10), date(2026, 7, 10))
    }
    assert list(first.values()) == ["scarf", "shirt"]
    assert season(found.before(200 * DAY_US)) is None


def test_what_goes_beside_an_item(bought: Interactions) -> None:
    found = fit(bought)
    assert [each.item for each in found.beside("tea")] == ["pot"]
    assert fit(bought, "popular").beside("tea") == ()
    with pytest.raises(UnknownItem, match='Did you mean "tea"'):
        found.beside("teas")


@pytest.mark.parametrize("model", ["item_cosine", "graph_filter", "ease"])
def test_catching_up_is_the_same_as_the_whole_history(rng: np.random.Generator, model: str) -> None:
    everything = clubs(rng)
    first = everything.before(80 * DAY_US)
    more = everything.since(80 * DAY_US)
    learnt = fit(first, model)
    caught = learnt.caught_up(more)
    # the weights of before, the histories and what is popular of the whole
    whole = fit(everything, model)
    assert caught.histories.toarray() == pytest.approx(whole.histories.toarray())
    assert caught.popularity.counts == pytest.approx(whole.popularity.counts)
    assert caught.weights is learnt.weights
    assert caught.unknown_items == 0


def test_catching_up_with_new_customers_and_new_items(bought: Interactions) -> None:
    found = fit(bought).caught_up(
        interactions_of(["new", "new", "ann"], ["tea", "kettle", "coffee"], [20 * DAY_US] * 3)
    )
    assert found.unknown_items == 1
    assert found.recommend(["new"], 1)[0][0].item == "pot"
    assert "coffee" not in {each.item for each in found.recommend(["ann"], 5)[0]}


@pytest.mark.parametrize("model", list(MODELS))
def test_a_kept_recommender_says_the_same(rng: np.random.Generator, tmp_path: Path, model: str) -> None:
    learnt = fit(clubs(rng), model)
    save(learnt, tmp_path / "recommender")
    kept = load(tmp_path / "recommender")
    assert kept.recommend(range(20), 5) == learnt.recommend(range(20), 5)
    assert kept.reasons(3, "7") == learnt.reasons(3, "7")
    more = clubs(rng)
    assert kept.caught_up(more).recommend([3], 5) == learnt.caught_up(more).recommend([3], 5)


def test_a_kept_recommender_keeps_texts_seasons_and_groups(bought: Interactions, tmp_path: Path) -> None:
    long = replace(bought, time=bought.time * 50)
    learnt = fit(long, calendar="jalali")
    save(learnt, tmp_path / "recommender")
    kept = load(tmp_path / "recommender")
    rules = Rules(on=date(2026, 3, 21), most_of_a_group=1, again=True)
    assert kept.recommend(["ann", "آنا"], 3, rules=rules) == learnt.recommend(["ann", "آنا"], 3, rules=rules)
    assert kept.season is not None
    assert kept.season.calendar == "jalali"
    (tmp_path / "other").write_bytes(b"x" * 100)
    with pytest.raises(ArraysDamaged):
        load(tmp_path / "other")


def test_an_unknown_model_is_refused(bought: Interactions) -> None:
    with pytest.raises(InteractionsRefused, match='Did you mean "item_cosine"'):
        fit(bought, "item_cosin")
