"""Churn from a log: nothing of the future is known, reasons are told, forecasts of the simulated company hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from builders import an_event, micros, paths, together
from logs import write
from safar.measure.churn import ChurnQuestion, churn, expected_share
from safar.measure.churn_features import FEATURES, known_at, lives, stayed_away
from safar.measure.churn_model import ChurnRefused
from safar.measure.purchases import NothingBought
from safar.store.log import Log


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


@pytest.fixture(scope="module")
def company(demo_folder: Path) -> Iterator[Log]:
    with Log.open(demo_folder / "var/demo/workspaces/demo/log") as log:
        yield log


def test_what_is_known_by_hand_and_of_the_future_nothing(log: Log) -> None:
    answered = {"question_key": "nps", "value": 3, "scale_min": 0, "scale_max": 10}
    write(
        log,
        together(
            paths(
                {
                    "ali": "order_placed 09:00 > page 95d 09:00 > order_placed 20d 09:00 > order_placed 100d 09:00",
                    "sara": "page 1d 09:00 > order_placed 50d 09:00 > order_returned 60d 09:00",
                    "mina": "page 1d 09:00",
                    "old": "order_placed 09:00",
                },
                on="2026-01-01",
            ),
            an_event("survey_answered", "2026-02-10", customer="ali", properties=answered),
            an_event("survey_answered", "2026-04-12", customer="ali", properties=answered),
            an_event(
                "order_delivered",
                "2026-02-25",
                customer="sara",
                properties={"promised_at": "2026-02-24T00:00:00Z"},
            ),
            an_event(
                "order_delivered",
                "2026-02-25",
                customer="ali",
                properties={"promised_at": "2026-02-26T00:00:00Z"},
            ),
        ),
    )
    lived = lives(log)
    cut = micros("2026-04-11T09:00")  # when ali ordered again
    found = known_at(lived, cut, active_days=85)
    values = dict(
        zip(
            log.ids_of(lived.person[found.place]),
            np.column_stack([found.values[name] for name in FEATURES]).tolist(),
            strict=True,
        )
    )
    assert set(values) == {"ali", "sara"}
    ali, sara = (dict(zip(FEATURES, values[name], strict=True)) for name in ("ali", "sara"))
    assert (ali["days_since_order"], ali["tenure_days"], ali["orders"], ali["overdue"]) == (80, 100, 2, 4)
    assert (ali["orders_recent"], ali["visits_recent"], ali["low_answers"], ali["late_deliveries"]) == (
        1,
        1,
        1,
        0,
    )
    assert (sara["days_since_order"], sara["returns"], sara["late_deliveries"]) == (50, 1, 1)
    assert np.isnan(sara["overdue"])
    away = dict(zip(values, stayed_away(lived, found, cut, 10).tolist(), strict=True))
    assert away == {"ali": False, "sara": True}


def test_the_forecast_of_the_simulated_company_holds(company: Log) -> None:
    """Its report is of a horizon whose end is known: better than chance, and its probabilities are shares."""
    found = churn(company, ChurnQuestion(horizon_days=90, most=20))
    report = found.report
    assert report is not None
    assert report.auc.interval.low > 0.6
    assert report.brier.interval.high < report.brier_of_share
    assert report.lift.interval.low > 1
    apart = [abs(each.expected - each.churned.value) for each in report.bins]
    assert np.mean(apart) < 0.08
    assert found.expected_churn is not None
    assert found.expected_churn.value == pytest.approx(report.churned.value, abs=0.1)
    assert len(found.at_risk) == 20
    losses = [each.expected_loss or 0.0 for each in found.at_risk]
    assert losses == sorted(losses, reverse=True)
    assert found.total_loss is not None
    assert sum(losses) <= found.total_loss
    first = found.at_risk[0]
    assert first.year_value is not None
    assert first.expected_loss == pytest.approx(first.risk * first.year_value)
    reasons = [reason for each in found.at_risk for reason in each.reasons]
    assert reasons
    assert all(reason.raises >= 0.1 for reason in reasons)
    assert found.customer_table.column("customer_id")[0] == first.customer_id


def test_by_times_of_purchases_alone(company: Log) -> None:
    found = churn(company, ChurnQuestion(method="p_alive", order="risk", most=10))
    assert found.report is None
    risks = [each.risk for each in found.at_risk]
    assert risks == sorted(risks, reverse=True)
    assert all(reason.feature == "overdue" for each in found.at_risk for reason in each.reasons)
    assert found.expected_churn is not None
    assert 0.2 < found.expected_churn.value < 0.8


def test_how_many_will_leave_is_as_sure_as_chance_and_the_past_allow() -> None:
    """Risks alike leave chance all the same: with a spread of risks of 0 an interval of their mean would be none."""
    rng = np.random.default_rng(4)
    covered = 0
    for _ in range(400):
        true = rng.uniform(0.2, 0.6, 150)
        level = rng.binomial(300, true.mean()) / 300 / true.mean()
        told = expected_share(np.minimum(true * level, 1.0), 300, level=0.95)
        assert told is not None
        covered += float((rng.random(150) < true).mean()) in told.interval
    assert covered / 400 == pytest.approx(0.95, abs=0.03)
    certain = expected_share(np.ones(5), 5, level=0.95)
    assert certain is not None
    assert (certain.value, certain.interval.low) == (1.0, 1.0)
    assert expected_share(np.zeros(0), 5, level=0.95) is None


def test_a_short_log_is_refused_with_a_way_out(log: Log) -> None:
    write(log, paths({"ali": "order_placed 09:00 5 USD > order_placed 9d 09:00 5 USD"}))
    with pytest.raises(ChurnRefused, match="reach over 9 days") as refused:
        churn(log, ChurnQuestion())
    assert "p_alive" in refused.value.hint


def test_a_log_without_orders_is_refused(log: Log) -> None:
    write(log, paths({"ali": "page 09:00"}))
    with pytest.raises(NothingBought):
        churn(log, ChurnQuestion())


@pytest.mark.parametrize(
    "changed", [{"horizon_days": 0}, {"method": "guess"}, {"most": 0}, {"order": "name"}]
)
def test_what_makes_no_sense_is_refused(changed) -> None:
    with pytest.raises(ChurnRefused, match=next(iter(changed))):
        ChurnQuestion(**changed)
