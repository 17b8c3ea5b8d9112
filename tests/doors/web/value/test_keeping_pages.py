"""The pages of customers at risk, revenue kept and service show what the library says, to those who may see it."""

from __future__ import annotations

import html
import re
from datetime import timedelta

from a_shop import days_ago
from builders import an_event


def text_of(answer) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(re.sub("[\u2066-\u2069\u200e\u200f]", "", text).split())


def test_customers_at_risk_are_those_of_the_library(let_in, shop, desk, buyers, web_home) -> None:
    from safar.measure.churn import ChurnQuestion, churn

    found = churn(web_home.log(shop.workspace_id), ChurnQuestion(method="p_alive"))
    page = text_of(let_in("en", "analyst").get(desk("/churn?method=p_alive")))
    assert f"of {found.customers} customers" in page
    listed = re.findall(r"\bb\d+\b", page)
    assert listed == [each.customer_id for each in found.at_risk[: len(listed)]]
    assert len(listed) >= 20
    assert "times the usual time since the last order" in page


def test_a_risk_learnt_says_how_good_it_was(let_in, desk, buyers) -> None:
    page = text_of(let_in("en", "analyst").get(desk("/churn?horizon=60")))
    assert "Who left had the higher risk" in page
    assert "Expected and left, tenth by tenth" in page


def test_who_may_not_see_customers_sees_numbers_alone(let_in, desk, buyers) -> None:
    page = text_of(let_in("en", "viewer").get(desk("/churn?method=p_alive")))
    assert "Expected to leave" in page
    assert not re.search(r"\bb\d+\b", page)


def test_revenue_kept_is_that_of_the_library_in_months_of_the_workspace(
    let_in, shop, desk, buyers, web_home
) -> None:
    from safar.measure.revenue_retention import RevenueRetentionQuestion, revenue_retention
    from safar.show.locale import Locale

    question = RevenueRetentionQuestion(
        period="quarter", most=8, calendar="jalali", time_zone="Asia/Tehran", week_starts="saturday"
    )
    found = revenue_retention(web_home.log(shop.workspace_id), question)
    last = found.periods[-1].kept
    assert last.nrr is not None
    answer = let_in("fa", "analyst").get(desk("/revenue_retention"))
    assert Locale("fa").percent(last.nrr.value, decimals=1) in answer.content.decode()
    assert "درآمد خالص نگه‌داشته" in text_of(answer)


def test_colleagues_read_one_number_whatever_their_calendars(let_in, shop, desk, buyers, web_home) -> None:
    """Quarters are the workspace's; a reader may still choose others."""
    from safar.measure.revenue_retention import RevenueRetentionQuestion, revenue_retention
    from safar.show.locale import Locale

    browser = let_in("en", "analyst")
    for calendar, query in ((shop.calendar, ""), ("hijri", "?calendar=hijri")):
        question = RevenueRetentionQuestion(
            period="quarter", most=8, calendar=calendar, time_zone=shop.time_zone
        )
        last = revenue_retention(web_home.log(shop.workspace_id), question).periods[-1].kept
        assert last.nrr is not None
        told = f"Net revenue kept {Locale('en').percent(last.nrr.value, decimals=1)}"
        assert told in text_of(browser.get(desk(f"/revenue_retention{query}")))
    assert text_of(browser.get(desk("/revenue_retention"))) != text_of(
        browser.get(desk("/revenue_retention?calendar=hijri"))
    )


def test_earned_growth_is_told_part_by_part(let_in, shop, desk, buyers, tell, web_home) -> None:
    from safar.measure.revenue_retention import RevenueRetentionQuestion, revenue_retention
    from safar.show.locale import Locale

    tell(
        an_event("referral_made", days_ago(700), customer="b0", properties={"referral_code": "FRIEND"}),
        an_event("identify", days_ago(699), customer="b1", properties={"referral_code": "FRIEND"}),
    )
    question = RevenueRetentionQuestion(
        period="quarter", most=8, calendar="jalali", time_zone="Asia/Tehran", earned_by=("referral",)
    )
    answer = revenue_retention(web_home.log(shop.workspace_id), question)
    last = answer.periods[-1].kept
    assert last.earned_growth is not None
    assert last.nrr is not None
    growth, kept, locale = last.earned_growth.value, last.nrr.value, Locale("en")
    (back,) = [dict(note.facts) for note in answer.notes if note.code == "revenue_retention.are_back"]
    page = text_of(let_in("en", "analyst").get(desk("/revenue_retention")))
    assert (
        f"Earned growth is {locale.percent(growth, decimals=1)}: of each 100 of the revenue before, the same"
        f" customers bring {locale.number(100 * kept, decimals=1)} now, and new ones who came through others"
        f" {locale.number(100 * (growth + 1 - kept), decimals=1)}."
    ) in page
    assert f"had skipped the period before brought {back['percent']}% of its revenue now." in page


def test_a_number_of_the_industry_needs_its_source(let_in, desk, buyers) -> None:
    browser = let_in("en", "analyst")
    without = browser.get(desk("/revenue_retention?industry=5"))
    assert without.status_code == 422
    assert "nobody can check it else" in text_of(without)
    page = text_of(browser.get(desk("/revenue_retention?industry=۹۹&source=A+report")))
    assert "by A report" in page


def test_a_number_of_the_industry_stands_beside_those_at_risk(let_in, desk, buyers) -> None:
    browser = let_in("en", "analyst")
    without = browser.get(desk("/churn?method=p_alive&industry=5"))
    assert (without.status_code, "nobody can check it else" in text_of(without)) == (422, True)
    page = text_of(browser.get(desk("/churn?method=p_alive&industry=0.1&source=A+report,+2025")))
    assert "than such companies lose: 0.1%, by A report, 2025." in page
    assert "More are expected to leave" in page


def test_service_by_hand(let_in, desk, tell, buyers) -> None:
    """Two conversations: answered after 10 and 30 minutes, one of them resolved at first contact."""
    events = []
    for which, wait, again in (("t1", 10, False), ("t2", 30, True)):
        names = ["conversation_started", "message_sent", "conversation_resolved"]
        minutes = [0, wait, wait + 20]
        if again:
            names, minutes = [*names, "conversation_reopened"], [*minutes, wait + 90]
        events += [
            an_event(
                name,
                days_ago(20, 9) + timedelta(minutes=minute),
                customer=which,
                channel="chat",
                properties={"conversation_id": which, "topic": {"t1": "delay", "t2": "law"}[which]},
            )
            for name, minute in zip(names, minutes, strict=True)
        ]
    said = {"question_key": "solved", "value": 1}
    events.append(an_event("survey_answered", days_ago(19), customer="t2", channel="chat", properties=said))
    tell(*events)
    browser = let_in("en", "analyst")
    defined = text_of(browser.get(desk("/service?by=all&hours=always&beyond=tax،+law&key=solved")))
    # gross, without return, net, asked; opened again
    assert re.search(
        r"All 2 50.0% \([^)]+\) 50.0% \([^)]+\) 100.0% \([^)]+\) 100.0% \([^)]+\) 50.0%", defined
    )
    page = text_of(browser.get(desk("/service?first=15m&hours=always")))
    assert "First answer, half within 20 minutes" in page
    assert "Resolved at first contact 50.0%" in page
    assert "First answer: 50.0%" in page
    assert "chat First answer 2 20 minutes" in page
    assert "All First answer 2 20 minutes" in text_of(browser.get(desk("/service?by=topic&hours=always")))


def test_how_long_customers_stay_is_that_of_the_library(let_in, shop, desk, buyers, web_home) -> None:
    from safar.measure.lifetimes import SurvivalQuestion, lifetimes
    from safar.show.locale import Locale

    orders = ("Order Completed", "order_placed")
    found = lifetimes(web_home.log(shop.workspace_id), SurvivalQuestion(orders, orders, silent_days=60)).fit
    assert found is not None
    (curve,) = found.curves
    after_a_year = curve.at(365)
    assert after_a_year is not None
    page = text_of(let_in("en", "analyst").get(desk("/survival?silence=60")))
    assert f"Followed {curve.n}" in page
    assert f"Still there after 365 days {Locale('en').percent(after_a_year.value, decimals=1)}" in page


def test_contracts_and_tables_say_what_to_send_until_they_are_there(let_in, desk, tell, buyers) -> None:
    browser = let_in("en", "analyst")
    assert "No contracts yet" in text_of(browser.get(desk("/survival?follow=contract")))
    told = browser.get(desk("/survival?follow=told"))
    assert (told.status_code, "Say which property tells it" in text_of(told)) == (422, True)
    tell(
        *(
            an_event(name, days_ago(day), customer=customer, properties={"plan": plan})
            for name, day, customer, plan in (
                ("subscription_started", 300, "ali", "month"),
                ("subscription_cancelled", 200, "ali", "month"),
                ("subscription_started", 300, "sara", "year"),
            )
        )
    )
    page = text_of(browser.get(desk("/survival?by=plan")))  # contracts come first where there are any
    assert "month 1 1 100 days" in page
    assert "year 1 0 more than half are still there" in page


def test_what_may_matter_is_called_by_words(web_home) -> None:
    from types import SimpleNamespace

    from safar.doors.web.value.survival_factors import factor_sentence
    from safar.measure.lifetime_factors import Factor
    from safar.show.locale import Locale
    from safar.vocabulary.interval import Estimate, Interval

    twice = Estimate(2.0, Interval(1.5, 2.5, 0.95), 400)
    asked = SimpleNamespace(locale=Locale("en"))
    for name, said in (("city_name", "City: far away"), ("payment_method", "payment method: far away")):
        factor = Factor(name, "far_away", "near", 1.0, 90, twice, 0.001, False, None)
        told = re.sub("[\u2068\u2069]", "", factor_sentence(asked, factor))
        assert told.startswith(f"“{said}” goes with leaving sooner: 2.00 times")


def test_clocks_run_in_the_working_time_of_the_workspace(let_in, shop, desk, tell, buyers) -> None:
    """Answered after an hour of the night: at once by the working time that the workspace keeps."""
    from safar.doors.web.cases.queries import working_hours
    from safar.doors.web.journeys.queries import known

    tell(
        *(
            an_event(name, days_ago(20, hour), customer="t", properties={"conversation_id": "t"})
            for name, hour in (("conversation_started", 2), ("message_sent", 3), ("conversation_resolved", 4))
        )
    )
    assert known(shop).working_time() == working_hours(shop)
    browser = let_in("en", "analyst")
    away = "At least half of the first answers came outside working time, while the clock stands still"
    page = text_of(browser.get(desk("/service")))
    assert "First answer, half within, in working time 0 seconds" in page
    assert away in page
    page = text_of(browser.get(desk("/service?hours=always")))
    assert "First answer, half within 1 hour" in page
    assert away not in page
    promised = text_of(browser.get(desk("/backlog?promised=30m")))
    assert "Resolved as promised 100.0%" in promised
    always = text_of(browser.get(desk("/backlog?promised=30m&hours=always")))
    assert "Resolved as promised 0.0%" in always


def test_the_backlog_is_that_of_the_library(let_in, desk, tell, buyers) -> None:
    assert "No conversations in this time" in text_of(let_in("en", "analyst").get(desk("/backlog")))
    moves = (
        ("conversation_started", 40, "a"),
        ("conversation_resolved", 30, "a"),
        ("conversation_reopened", 20, "a"),
        ("conversation_started", 10, "b"),
    )
    tell(
        *(
            an_event(name, days_ago(day), customer=which, properties={"conversation_id": which})
            for name, day, which in moves
        )
    )
    from django.test import Client

    from safar.doors.web.members.models import Member

    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(Member.objects.get(email="sara@example.com"))
    page = text_of(browser.get(desk("/backlog?every=month")))
    assert "Open now 2" in page
    assert "Opened again 100.0%" in page


def test_what_serving_costs_is_said_by_conversations_or_by_rates(let_in, desk, tell, buyers) -> None:
    browser = let_in("en", "viewer")
    assert "No conversation says what it cost" in text_of(browser.get(desk("/cost_to_serve?period=7d")))
    moves = [("a", "chat", 30), ("b", "phone", 90), ("c", "phone", 110)]
    for which, channel, cost in moves:
        told = {"conversation_id": which, "topic": "delivery"}
        tell(
            an_event("conversation_started", days_ago(20), customer=which, channel=channel, properties=told),
            an_event(
                "conversation_resolved",
                days_ago(19),
                customer=which,
                channel=channel,
                properties={**told, "cost": cost, "currency": "USD"},
            ),
        )
    page = text_of(browser.get(desk("/cost_to_serve")))
    assert "Cost of all conversations $230" in page
    assert "phone 2 $200 87% $100" in page
    assert "Customers who cost most" not in page
    by_rates = text_of(browser.get(desk("/cost_to_serve?conversation=2&rates=phone+5&currency=USD")))
    assert "Cost of all conversations $12" in by_rates
    wrong = browser.get(desk("/cost_to_serve?rates=phone"))
    assert (wrong.status_code, "Write a channel and what it costs" in text_of(wrong)) == (422, True)


def test_customers_who_cost_most_are_for_those_who_may_see_customers(let_in, desk, tell, buyers) -> None:
    told = {"conversation_id": "a", "cost": 30, "currency": "USD"}
    tell(an_event("conversation_started", days_ago(20), customer="b7", properties=told))
    page = text_of(let_in("en", "manager").get(desk("/cost_to_serve")))
    assert "Customers who cost most" in page
    assert "b7 1 $30" in page


def test_referral_is_that_of_the_library(let_in, shop, desk, tell, buyers, web_home) -> None:
    from safar.measure.referral import ReferralQuestion, referral
    from safar.show.locale import Locale

    browser = let_in("en", "analyst")
    assert "Nobody is known to have come through another" in text_of(browser.get(desk("/referral?within=90")))
    tell(
        an_event("referral_made", days_ago(700), customer="b0", properties={"referral_code": "FRIEND"}),
        *(
            an_event("identify", days_ago(699), customer=f"b{number}", properties={"referral_code": "FRIEND"})
            for number in (1, 2, 3)
        ),
    )
    found = referral(web_home.log(shop.workspace_id), ReferralQuestion())
    assert found.referred == 3
    assert found.referral_rate is not None
    page = text_of(browser.get(desk("/referral")))
    rate = Locale("en").percent(found.referral_rate.value, decimals=1)
    assert f"Came through others {rate}" in page
    assert (
        "Who brought most Customer Brought With those who came through them Links of the chain b0 3 3 1"
        in page
    )
    browser.force_login(_viewer(shop))
    assert "Who brought most" not in text_of(browser.get(desk("/referral")))


def test_share_of_wallet_is_known_where_customers_said_it(let_in, desk, tell, buyers) -> None:
    browser = let_in("en", "analyst")
    assert "No customer has said what they spend elsewhere" in text_of(browser.get(desk("/wallet")))
    tell(
        *(
            an_event(
                "survey_answered",
                days_ago(0, 1),
                customer=f"b{number}",
                properties={"question_key": "spend", "value": 10_000_000_000},
            )
            for number in range(120)
        )
    )
    page = text_of(browser.get(desk("/wallet?key=spend&days=365")))
    assert "Spent here, of all they spend 0." in page
    assert "120 customers" in page
    assert "Who spends most elsewhere" in page


def _viewer(shop):
    from safar.doors.web.members.services import add_member

    return add_member("reader@example.com", "R", "en", shop.workspace_id, "viewer")
