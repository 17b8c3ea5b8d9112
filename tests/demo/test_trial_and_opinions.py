"""What the company tried and asked is found again by Safar's own analyses: the lift, the features, the wallet."""

from __future__ import annotations

import numpy as np
import pytest

from safar.demo.company import fill, simulate
from safar.demo.opinions import SPENT_EVERYWHERE
from safar.demo.parameters import parameters
from safar.explain.experiments.logged import ExperimentQuestion, LoggedMetric, logged_experiment
from safar.explain.experiments.planned_looks import PlannedLooks
from safar.explain.kano_rows import KanoQuestion, kano_of
from safar.measure.wallet import WalletQuestion, wallet
from safar.store.log import Log

from .conftest import UNTIL, UNTIL_US, Told

TRUTH = parameters()
DAY_US = 86_400_000_000
ADDED = {"experiment_viewed", "wishlist_added"}


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """The company of 4,000 customers."""
    log = Log.create(tmp_path_factory.mktemp("company") / "log", shard_count=2)
    with log.writer() as writer:
        fill(writer, 4_000, seed=6, until=UNTIL)
    return log


def test_everybody_is_shown_one_arm_once_while_it_runs(told: Told) -> None:
    rows = told.rows("experiment_viewed")
    shown = told.properties(rows)
    assert {each["experiment"] for each in shown} == {TRUTH.trial.name}
    counts = {arm: sum(each["variation"] == arm for each in shown) for arm in TRUTH.trial.arms}
    assert sum(counts.values()) == len(shown) == len(set(told.ids[rows]))
    assert abs(counts["control"] - counts["heart"]) < 4 * len(shown) ** 0.5
    at = told.batch.occurred_at[rows]
    assert UNTIL_US - TRUTH.trial.from_days * DAY_US <= at.min()
    assert at.max() < UNTIL_US - TRUTH.trial.to_days * DAY_US + DAY_US // 2
    # whoever keeps a wish does so soon after; some say who they are in between
    first = dict(zip(told.ids[rows].tolist(), at.tolist(), strict=True))
    wishes = [row for row in told.rows("wishlist_added").tolist() if told.ids[row] in first]
    assert len(wishes) > 0.95 * len(told.rows("wishlist_added")) > 100
    assert all(0 < told.batch.occurred_at[row] - first[told.ids[row]] < DAY_US // 2 for row in wishes)


def test_the_planted_lift_is_recovered_and_orders_are_left_alone(log: Log) -> None:
    wished, ordered = LoggedMetric("wished", ("wishlist_added",)), LoggedMetric("ordered", ("order_placed",))
    asked = ExperimentQuestion(metrics=(wished, ordered), primary="wished", within_days=14)
    found = logged_experiment(log, asked)
    arms = TRUTH.trial.arms
    assert (found.name, found.result.control) == (TRUTH.trial.name, "control")
    assert not found.result.sample_ratio.is_off
    lift = found.result.of("wished")
    assert arms["heart"].wishes - arms["control"].wishes in lift.best.absolute.interval
    assert arms["control"].wishes in lift.control.interval
    assert arms["heart"].wishes in lift.treated.interval
    assert lift.is_clear
    assert 0 in found.result.of("ordered").best.absolute.interval
    n = min(found.result.arms.values())
    looked = ExperimentQuestion(
        metrics=(wished,), within_days=14, looks=PlannedLooks(4, customers=round(n * 1.6))
    )
    look = logged_experiment(log, looked).result.of("wished").look
    assert look is not None
    assert (look.place, look.count, look.ends) == (2, 4, True), "it might have ended before its time"


def test_features_are_seen_as_planted(log: Log) -> None:
    found = kano_of(log, KanoQuestion())
    assert {each.feature for each in found.features} == set(TRUTH.kano.features)
    assert not found.notes
    for each in found.features:
        planted = TRUTH.kano.features[each.feature]
        n = sum(each.found.counts.values())
        assert each.found.category == max(planted, key=planted.__getitem__)
        for kind, share in planted.items():
            seen = each.found.counts[kind] / n
            assert seen == pytest.approx(share, abs=4 * (share * (1 - share) / n) ** 0.5)


def test_the_share_of_wallet_is_the_planted_one_less_what_came_back(log: Log) -> None:
    found = wallet(log, WalletQuestion())
    truth = TRUTH.wallet
    ((ordered, returned),) = log.sql(
        "SELECT sum(amount) FILTER (event_name = 'order_placed'), sum(amount) FILTER (event_name = 'order_returned')"
        " FROM events WHERE currency = 'IRR'"
    ).rows()
    planted = (truth.a - 1) / (truth.a + truth.b - 1) * (1 - float(returned / ordered))
    assert found.currency == "IRR"
    assert found.share is not None
    assert planted in found.share.interval
    assert found.share.interval.high - found.share.interval.low < 0.09
    assert not [note for note in found.notes if note.code == "wallet.said_less"]


def test_answers_to_both_surveys_belong_to_invitations(told: Told) -> None:
    invited = {
        each["invitation_id"] for each in told.of("survey_sent") if each["survey"] in {"kano", "wallet"}
    }
    answers = [each for each in told.of("survey_answered") if each["survey"] in {"kano", "wallet"}]
    assert {each["invitation_id"] for each in answers} < invited
    features = len(TRUTH.kano.features)
    of_kano = [each["invitation_id"] for each in answers if each["survey"] == "kano"]
    assert {of_kano.count(each) for each in of_kano[:20]} == {2 * features}
    spent = [each for each in answers if each["survey"] == "wallet"]
    assert {each["question_key"] for each in spent} == {SPENT_EVERYWHERE}
    assert all(each["value"] > 0 for each in spent)


def test_what_was_tried_and_asked_leaves_all_else_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids, times and delays of all other events are those of a company that tried and asked nothing."""
    whole = Told(next(simulate(300, seed=4, until=UNTIL)))
    monkeypatch.setattr("safar.demo.telling.try_out", lambda *_: None)
    monkeypatch.setattr("safar.demo.telling.ask_opinions", lambda *_: None)
    without = Told(next(simulate(300, seed=4, until=UNTIL)))
    more = set(whole.names) - set(without.names)
    assert more == ADDED
    ids = {each.tobytes(): place for place, each in enumerate(whole.batch.event_id)}
    assert len(ids) == len(whole.batch)
    places = np.array([ids[each.tobytes()] for each in without.batch.event_id])
    for column in ("occurred_at", "received_at", "amount"):
        assert np.array_equal(getattr(whole.batch, column)[places], getattr(without.batch, column))
    assert np.array_equal(whole.names[places], without.names)
    assert np.array_equal(whole.ids[places], without.ids)
    assert whole.properties(places) == without.properties(np.arange(len(without.batch)))
