"""The page Lifetime value shows what the library says, and customers only to those who may see them."""

from __future__ import annotations

import html
import re

import numpy as np


def text_of(answer) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(re.sub("[\u2066-\u2069\u200e\u200f]", "", text).split())


def test_the_page_shows_what_the_library_says(let_in, shop, desk, buyers, web_home) -> None:
    from safar.doors.web.value.words import money
    from safar.measure.clv import CLVQuestion, clv
    from safar.show.locale import Locale

    found = clv(web_home.log(shop.workspace_id), CLVQuestion(time_zone="Asia/Tehran"))
    page = text_of(let_in("en", "analyst").get(desk("/clv")))
    locale = Locale("en")
    assert found.total.customers == 120
    said = " ".join(money(found.total.value.value, "IRR", locale).split())
    assert f"To come in 1 year {said}" in page
    assert "of 120 customers" in page
    best = web_home.log(shop.workspace_id).ids_of(
        np.asarray(found.customers[np.argsort(-found.value)[:1]], np.uint64)
    )[0]
    assert best in page


def test_who_may_not_see_customers_sees_none(let_in, desk, buyers) -> None:
    page = text_of(let_in("en", "viewer").get(desk("/clv")))
    assert "To come in 1 year" in page
    assert "The most valuable customers" not in page
    assert not re.search(r"\bb\d+\b", page)


def test_another_horizon_brings_more(let_in, desk, buyers) -> None:
    browser = let_in("en", "analyst")
    short, long = (text_of(browser.get(desk(f"/clv?horizon={days}"))) for days in ("91", "1095"))
    assert "To come in 3 months" in short
    assert "To come in 3 years" in long


def test_persian_digits_and_wrong_rates(let_in, desk, buyers) -> None:
    browser = let_in("fa", "analyst")
    assert browser.get(desk("/clv?discount=۲۵&inflation=۴۰")).status_code == 200
    wrong = browser.get(desk("/clv?discount=abc"))
    assert wrong.status_code == 422
    assert wrong.content.decode().count("data-error-summary") == 1


def test_segments_stand_beside_everybody(let_in, shop, desk, buyers, web_home) -> None:
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.segments.services import define
    from safar.observe.segment_text import segment_of

    browser = let_in("en", "viewer")
    empty = text_of(browser.get(desk("/clv_by_segment")))
    assert "No segments yet" in empty
    define(shop, "Regulars", "did order_placed >= 20", by=SYSTEM)
    define(shop, "خریداران", "did order_placed", by=SYSTEM)
    shards = web_home.log(shop.workspace_id).paths().shards
    regulars = len(segment_of("did order_placed >= 20").persons(shards))
    page = text_of(browser.get(desk("/clv_by_segment")))
    assert "Everybody 120" in page
    assert f"Regulars {regulars}" in page
    assert "خریداران 120" in page
    assert "“خریداران” are 100.0% of customers and bring 100.0% of what is to come." in page
    one = text_of(browser.get(desk("/clv_by_segment?only=Regulars")))
    assert "خریداران 120" not in one
    link = f'href="{desk("/clv_by_segment")}?horizon=91"'
    assert link in browser.get(desk("/clv?horizon=91")).content.decode()
