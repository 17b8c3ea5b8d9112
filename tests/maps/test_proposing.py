"""Proposals: what looks like which step, in three languages, in three logs; and steps that a map lacks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bound_map import a_step
from builders import a_path, an_event, together
from logs import write
from real_paths import real_paths
from safar.collect.shipped import shipped_mapping
from safar.maps.anatomy import JourneyMap, Stage, Step
from safar.maps.proposing import propose, propose_steps
from safar.maps.step_words import TOPICS, stems, topics_of
from safar.observe.rule_text import rule_of
from safar.store.log import Log

NAMES = {
    "aware": ("آگاهی", "الوعي", "Awareness"),
    "look": ("بررسی کالا", "معاينة المنتج", "Consideration"),
    "basket": ("سبد خرید", "سلة التسوق", "Cart"),
    "buy": ("خرید", "الشراء", "Purchase"),
    "got": ("تحویل", "التوصيل", "Delivery"),
    "care": ("پشتیبانی", "الدعم", "Support"),
    "loyal": ("وفاداری", "الولاء", "Loyalty"),
}
LANGUAGES = ("fa", "ar", "en")


def a_shop(*languages: str) -> JourneyMap:
    """Return a map of a shop that is bound to nothing, its names in these languages."""
    steps = tuple(
        Step(
            step_id=f"s{place}",
            name={language: names[LANGUAGES.index(language)] for language in languages},
        )
        for place, names in enumerate(NAMES.values())
    )
    return JourneyMap(stages=(Stage(stage_id="all", steps=steps),))


@pytest.fixture(scope="module")
def company(demo_folder: Path) -> Iterator[Log]:
    with Log.open(demo_folder / "var" / "demo" / "workspaces" / "demo" / "log") as log:
        yield log


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_company_is_bound_in_each_language(company: Log, language: str) -> None:
    found = {each.step_id: each for each in propose(company, a_shop(language))}
    assert {step: set(each.event_names) for step, each in found.items()} == {
        "s0": {"campaign_sent", "campaign_opened", "campaign_clicked"},
        "s1": {"product_viewed", "search_performed", "wishlist_added"},
        "s2": {"cart_added", "cart_viewed"},
        "s3": {"order_placed", "payment_started", "payment_failed", "checkout_started"},
        "s4": {"order_shipped", "order_delivered"},
        "s5": {
            "conversation_started",
            "conversation_resolved",
            "conversation_reopened",
            "conversation_handed_over",
            "message_received",
            "message_sent",
        },
        "s6": {"referral_made", "coupon_redeemed"},
    }
    assert {step: set(each.question_keys) for step, each in found.items() if each.question_keys} == {
        "s1": {"csat_product"},
        "s3": {"ces_checkout"},
        "s4": {"csat_delivery"},
        "s5": {"csat_support", "ces_support"},
        "s6": {"nps"},
    }
    for each in found.values():
        assert rule_of(each.rule).event_names == each.event_names
        assert 0.25 <= each.score <= 1
        assert {dict(reason.facts).get("event") for reason in each.why} >= set(each.event_names)


def test_what_no_step_takes_becomes_a_step(company: Log) -> None:
    found = {each.topic: each for each in propose_steps(company, a_shop("en"))}
    assert list(found) == ["visit", "account", "return"]
    assert set(found["visit"].event_names) == {"page", "screen", "store_visited"}
    assert (found["return"].event_names, found["return"].after) == (("order_returned",), "s5")
    assert found["return"].name["fa"] == "بازگشت کالا"
    counted = company.sql(
        "SELECT count(*) FROM events WHERE event_name IN ('page', 'screen', 'store_visited')"
    )
    assert found["visit"].events == pytest.approx(counted.one()[0], rel=0.05)


def test_what_is_bound_is_left_alone(tmp_path: Path) -> None:
    told = {"question_key": "csat_delivery", "metric": "csat", "scale_min": 1, "scale_max": 5, "value": 5}
    with Log.create(tmp_path / "log") as log:
        write(
            log, a_path("order_placed 09:00 > order_shipped 10:00 > parcel-handed-over 12:00 > xyzzy 13:00")
        )
        write(log, together(an_event("survey_answered", "2026-03-22", properties=told)))
        steps = (
            a_step("Delivery", "order_shipped", question_keys=("csat_delivery",)),
            Step(step_id="parcel", name={"en": "Parcel"}),
        )
        document = JourneyMap(stages=(Stage(stage_id="s", steps=steps),))
        (found,) = propose(log, document)
        assert (found.step_id, found.event_names, found.question_keys) == (
            "parcel",
            ("parcel-handed-over",),
            (),
        )
        assert [each.topic for each in propose_steps(log, document)] == ["payment"]


def test_an_empty_log_proposes_nothing(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        assert propose(log, a_shop("fa")) == ()
        assert propose_steps(log, a_shop("fa")) == ()


@pytest.mark.data
def test_a_shop_that_calls_its_events_as_it_likes(shared_data: Path, tmp_path: Path) -> None:
    with real_paths("ecom_users", shared_data, tmp_path) as log:
        found = {each.step_id: set(each.event_names) for each in propose(log, a_shop("fa", "en"))}
        assert found["s2"] == {"cart", "add_to_cart"}
        assert found["s3"] >= {"purchase", "payment_details", "payment_error", "shipping_details"}
        assert found["s1"] >= {"catalog", "product_view", "compare", "search", "filter_results"}
        assert found["s5"] == {"support_chat"}
        rest = {each.topic: set(each.event_names) for each in propose_steps(log, a_shop("fa", "en"))}
        assert rest["visit"] >= {"home"}


def test_what_online_retail_is_imported_as_is_bound(tmp_path: Path) -> None:
    mapping = shipped_mapping("online_retail")
    assert mapping is not None
    placed, returned = (rule.name for rule in mapping.event)
    with Log.create(tmp_path / "log") as log:
        write(log, a_path(f"{placed} 09:00 > {placed} 1d 10:00 > {returned} 2d 10:00"))
        (found,) = propose(log, a_shop("ar"))
        assert (found.step_id, found.event_names) == ("s3", ("order_placed",))
        (lacking,) = propose_steps(log, a_shop("ar"))
        assert (lacking.topic, lacking.event_names, lacking.events) == ("return", ("order_returned",), 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_topic_knows_its_own_name(language: str) -> None:
    for topic in TOPICS:
        assert topic.topic_id in topics_of(stems(topic.name[language])), topic.topic_id


def test_words_of_one_stem_are_one() -> None:
    assert stems("Product Viewed") == stems("productViewed") == stems("products_viewed")
    assert stems("تحويل") == stems("تحویل")
    assert topics_of(stems("سفارش‌ها")) == {"payment": 1}
