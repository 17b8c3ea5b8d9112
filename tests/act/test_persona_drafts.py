"""Drafts of personas: planted groups are found, none where there are none, each described by what sets it apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from builders import an_event, together
from logs import write
from safar.act.clusters import clustered
from safar.act.definitions import defined_by
from safar.act.persona_drafts import DraftsQuestion, DraftsRefused, drafts
from safar.act.persona_drift import Habit, Portrait, drift, portrait
from safar.observe.among import Did, Segment
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.window import Window

START = datetime(2026, 3, 21, tzinfo=UTC)
MONTH = Window(START, START + timedelta(days=30))
RULES = tuple(StepRule(name, (name,)) for name in ("look", "pay", "ask"))
#: Events of each kind, on average, of two kinds of people.
KINDS = np.array([[8.0, 0.2, 0.2], [0.5, 5.0, 3.0]])


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory):
    """Two hundred people of one kind and a hundred of the other."""
    chance = np.random.default_rng(5)
    kinds = np.repeat([0, 1], [200, 100])
    events = []
    for who, counts in enumerate(chance.poisson(KINDS[kinds])):
        for rule, count in zip(RULES, counts.tolist(), strict=True):
            for turn in range(count):
                at = START + timedelta(hours=int(chance.integers(600)), seconds=turn)
                events.append(an_event(rule.name, at, customer=f"{'ab'[kinds[who]]}{who}"))
        events.append(an_event("came", START, customer=f"{'ab'[kinds[who]]}{who}"))
    with Log.create(tmp_path_factory.mktemp("drafts") / "log", shard_count=2) as log:
        write(log, together(*events))
        yield log


def test_planted_groups_are_found_and_described(log: Log) -> None:
    found = drafts(log, DraftsQuestion(RULES, MONTH, most_groups=4))
    assert (found.chosen, found.looked_at, found.notes) == (2, 300, ())
    lookers, payers = found.drafts
    assert abs(lookers.share.value - 2 / 3) < 0.03
    assert {each.name for each in payers.apart} == {"look", "pay", "ask"}
    assert all(each.effect > 0 for each in payers.apart if each.name != "look")
    assert min(lookers.precision, lookers.recall, payers.precision, payers.recall) > 0.9
    # the definition is a segment like any other: it takes who it says, in the log
    members = [log.ids_of(payers.segment.of(shard).person) for shard in log.paths().shards]
    taken = [each for ids in members for each in ids]
    assert sum(each.startswith("b") for each in taken) / len(taken) > 0.9
    assert found == drafts(log, DraftsQuestion(RULES, MONTH, most_groups=4))


def test_a_number_of_groups_can_be_asked_for_and_is_told_not_to_stand(tmp_path: Path) -> None:
    chance = np.random.default_rng(2)
    events = [
        an_event(rule.name, START + timedelta(minutes=turn), customer=f"c{who}")
        for who in range(150)
        for rule in RULES
        for turn in range(int(chance.poisson(2)))
    ]
    with Log.create(tmp_path / "log", shard_count=1) as log:
        write(log, together(*events))
        found = drafts(log, DraftsQuestion(RULES, most_groups=4, groups=4))
        assert (found.chosen, len(found.drafts)) == (4, 4)
        assert "personas.unstable" in {note.code for note in found.notes}
        alone = drafts(log, DraftsQuestion(RULES, most_groups=4))
        assert (alone.chosen, [note.code for note in alone.notes]) == (1, ["personas.no_groups"])


def test_few_customers_show_no_groups(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log", shard_count=1) as log:
        write(log, an_event("pay", START))
        found = drafts(log, DraftsQuestion(RULES))
    assert (found.drafts, [note.code for note in found.notes]) == ((), ["personas.few"])


@pytest.mark.parametrize("seed", range(3))
def test_where_habits_do_not_belong_together_there_are_no_groups(seed: int) -> None:
    counts = np.random.default_rng(seed).negative_binomial(0.6, 0.2, (600, 5))
    assert clustered(np.log1p(counts), most_groups=4).groups is None


def test_three_planted_groups_are_three() -> None:
    chance = np.random.default_rng(1)
    kinds = chance.integers(0, 3, 600)
    means = np.array([[1, 9, 0.3, 2], [7, 1, 3, 1], [0.3, 0.3, 9, 1]])
    found = clustered(np.log1p(chance.poisson(means[kinds])), most_groups=5)
    assert found.groups is not None
    assert adjusted_rand_score(kinds, found.groups) > 0.9


def test_rows_that_are_all_alike_have_no_groups() -> None:
    assert clustered(np.ones((50, 3)), most_groups=3).groups is None


def test_a_definition_is_at_most_three_conditions() -> None:
    counts = np.array([[place, place % 7] for place in range(60)])
    inside = (counts[:, 0] >= 20) & (counts[:, 0] <= 40) & (counts[:, 1] >= 2)
    found = defined_by(RULES[:2], counts, inside, window=MONTH)
    said = {(did.what.name, did.at_least, did.at_most) for did in found.segment.did}
    # cut at one of twenty quantiles
    assert said == {("look", 18, None), ("look", 0, 41), ("pay", 2, None)}
    taken = (counts[:, 0] >= 18) & (counts[:, 0] <= 41) & (counts[:, 1] >= 2)
    assert (found.precision, found.recall) == (inside.sum() / taken.sum(), 1.0)
    assert {did.window for did in found.segment.did} == {MONTH}


@pytest.mark.parametrize(
    "asked", [{"rules": RULES[:1]}, {"rules": RULES, "groups": 9}, {"rules": RULES, "most_groups": 1}]
)
def test_groups_that_cannot_be_looked_for_are_refused(asked: dict) -> None:
    with pytest.raises(DraftsRefused):
        DraftsQuestion(**asked)


def test_a_portrait_is_a_plain_mean(log: Log) -> None:
    payers = Segment("payers", (Did(RULES[1], 3),))
    found = portrait(log, RULES, payers, MONTH)
    rows = log.sql(
        "with counts as (select customer_id, sum((event_name = 'pay')::int) pays, sum((event_name = 'ask')::int) asks"
        " from events group by 1) select count(*), avg(asks), avg(ln(1 + asks)), stddev(ln(1 + asks)) from counts where"
        " pays >= 3"
    ).rows()
    customers, per_customer, mean, spread = rows[0]
    asks = found.habits[2]
    assert (found.customers, asks.name) == (customers, "ask")
    assert asks.per_customer == pytest.approx(per_customer)
    assert (asks.mean, asks.spread) == (pytest.approx(mean), pytest.approx(spread))


def test_drift_is_seldom_seen_where_there_is_none() -> None:
    chance = np.random.default_rng(3)

    def drawn(mean: float) -> Portrait:
        rows = chance.normal(mean, 1.0, (300, 5))
        columns = zip("abcde", rows.mean(axis=0), rows.std(axis=0, ddof=1), strict=True)
        return Portrait(tuple(Habit(name, each, spread, each) for name, each, spread in columns), 300)

    alarms = sum(any(shift.is_clear for shift in drift(drawn(1.0), drawn(1.0))) for _ in range(400))
    assert alarms / 400 < 0.05
    found = sum(all(shift.is_clear for shift in drift(drawn(1.0), drawn(1.5))) for _ in range(100))
    assert found / 100 > 0.95
    covered = sum(
        shift.effect.interval.low <= 0.3 <= shift.effect.interval.high
        for _ in range(200)
        for shift in drift(drawn(1.0), drawn(1.3))
    )
    assert 0.92 < covered / 1000 < 0.98


def test_nobody_drifts() -> None:
    empty = Portrait((), 0)
    assert drift(empty, Portrait((Habit("a", 1, 1, 1),), 50)) == ()


def test_of_many_customers_some_are_fitted_and_everybody_is_put_into_a_group() -> None:
    chance = np.random.default_rng(11)
    kinds = np.repeat([0, 1], [6_000, 3_000])
    found = clustered(np.log1p(chance.poisson(KINDS[kinds])), most_groups=3)
    assert found.groups is not None
    assert found.groups.shape == (9_000,)
    assert adjusted_rand_score(kinds, found.groups) > 0.9
