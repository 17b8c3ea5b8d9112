"""From outside the company looks like one, and its figures are those of the parameter file."""

import math

import numpy as np
import pytest

from safar.demo.company import simulate
from safar.demo.parameters import parameters
from safar.demo.summary import Summary, summarise

from .conftest import UNTIL, UNTIL_US, Told

TRUTH = parameters()


@pytest.fixture(scope="module")
def summary() -> Summary:
    return summarise(simulate(6_000, seed=2, until=UNTIL))


def test_the_figures_are_plausible(summary: Summary) -> None:
    assert 0.02 < summary.conversion < 0.04
    assert 0.10 < summary.response_rate < 0.30
    assert 18 < summary.nps < 32
    assert 0.6 < summary.top_two_share("csat_delivery") < 0.8
    assert 0.5 < summary.top_two_share("ces_checkout") < 0.8
    assert 0.05 < summary.searches_without_result / summary.searches < 0.2
    assert 0.10 < summary.late / summary.delivered < 0.20
    assert 30 < np.median(summary.amounts["IRR"]) / 1_150_000 < 60
    assert 90 < summary.events.total() / 6_000 < 180


def test_every_language_has_its_comments(summary: Summary) -> None:
    assert {language: len(texts) > 100 for language, texts in summary.comments.items()} == {
        "fa": True,
        "ar": True,
        "en": True,
    }


def test_seasons_show(summary: Summary) -> None:
    months = summary.orders_by_month
    # before Nowruz against the month after it, twice
    for year in (2025, 2026):
        assert months[f"{year}-03"] > months[f"{year}-04"]
    # White Friday
    assert months["2025-11"] > 1.15 * months["2025-10"]
    assert months["2026-10"] > 1.2 * months["2025-10"]


def test_something_has_happened_of_late(summary: Summary) -> None:
    recent = summary.recent_late / summary.recent_delivered
    usual = (summary.late - summary.recent_late) / (summary.delivered - summary.recent_delivered)
    error = math.sqrt(usual * (1 - usual) / summary.recent_delivered)
    assert recent - usual > 5 * error


def test_the_recent_trouble_is_in_its_cities_and_lowers_satisfaction(told: Told) -> None:
    cities = {each["order_id"]: each["city"] for each in told.of("order_placed")}
    since = UNTIL_US - 28 * 86_400_000_000
    rows = told.rows("order_delivered")
    rows = rows[told.batch.occurred_at[rows] > since]
    late: dict[bool, list[bool]] = {True: [], False: []}
    for each in told.properties(rows):
        late[cities[each["order_id"]] in TRUTH.trouble.cities].append(each["late_days"] > 0)
    assert np.mean(late[True]) == pytest.approx(TRUTH.trouble.late, abs=0.16)
    assert np.mean(late[False]) < 0.3
    delivered_late = {e["order_id"]: e["late_days"] > 0 for e in told.of("order_delivered")}
    scores: dict[bool, list[int]] = {True: [], False: []}
    for each in told.of("survey_answered"):
        if each["question_key"] == "csat_delivery":
            scores[delivered_late["N" + each["invitation_id"][1:]]].append(each["value"])
    assert np.mean(scores[False]) - np.mean(scores[True]) > 1.2


def test_those_who_answer_are_not_those_who_were_asked(told: Told) -> None:
    late = {e["order_id"]: e["late_days"] > 3 for e in told.of("order_delivered")}
    answered = {e["invitation_id"] for e in told.of("survey_answered")}
    shares: dict[bool, list[bool]] = {True: [], False: []}
    for each in told.of("survey_sent"):
        if each["survey"] == "post_delivery":
            shares[late["N" + each["invitation_id"][1:]]].append(each["invitation_id"] in answered)
    assert np.mean(shares[True]) > np.mean(shares[False])


def test_the_lines_name_the_figures(summary: Summary) -> None:
    lines = summary.lines()
    assert f"{summary.events.total():,} events under {summary.ids:,} ids" in lines
    assert len(lines) > 15


def test_a_summary_counts_by_hand() -> None:
    batch = next(simulate(30, seed=3, until=UNTIL))
    told = Told(batch)
    summary = summarise([batch])
    assert summary.events["order_placed"] == len(told.rows("order_placed"))
    assert summary.late == sum(each["late_days"] > 0 for each in told.of("order_delivered"))
    assert summary.sent.total() == len(told.rows("survey_sent"))
    assert summary.answered.total() == len(
        {(each["survey"], each["invitation_id"]) for each in told.of("survey_answered")}
    )
    assert summary.searches_without_result == sum(
        each["result_count"] == 0 for each in told.of("search_performed")
    )
    assert summary.ids == len(set(batch.customer_id))
