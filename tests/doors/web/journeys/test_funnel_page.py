"""The page Funnel: both rates with their intervals, who got where, groups and their difference, the builder."""

from __future__ import annotations

import re
from urllib.parse import quote

from page_rows import cells_of, plain

STEPS = "step=page&step=product_viewed&step=order_placed"


def test_steps_with_both_rates(let_in, desk, ten_paths) -> None:
    text = let_in("en", "analyst").get(desk(f"/funnel?{STEPS}")).content.decode()
    # Wilson's 95% intervals of 10/10, 6/10, 3/10 and 3/6.
    assert cells_of(text, "s0")[:5] == ["1. Visited", "10", "100.0% (72.2% to 100.0%)", "—", "4"]
    assert cells_of(text, "s1") == [
        "2. Looked at a product", "6", "60.0% (31.3% to 83.2%)", "60.0% (31.3% to 83.2%)", "3",
        "2 days", "2 days", "2 days",
    ]  # fmt: skip
    assert cells_of(text, "s2") == [
        "3. Placed an order", "3", "30.0% (10.8% to 60.3%)", "50.0% (18.8% to 81.2%)", "—",
        "3 days", "1 day", "1 day",
    ]  # fmt: skip
    assert "95% interval: 10.8% to 60.3%, of 10 customers" in plain(text)


def test_time_within_ends_it(let_in, desk, ten_paths) -> None:
    text = let_in("en", "analyst").get(desk(f"/funnel?{STEPS}&within=48h")).content.decode()
    assert cells_of(text, "s1")[1] == "6"
    assert cells_of(text, "s2")[1] == "0"


def test_who_got_where_and_who_was_lost(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    text = browser.get(desk(f"/funnel?{STEPS}")).content.decode().replace("&amp;", "&")
    lost = next(
        link for link in re.findall(r'href="([^"]*behind[^"]*)"', text) if quote('"lost":1,"step":1') in link
    )
    shown = browser.get(lost).content.decode()
    assert set(re.findall(r"/customer\?id=(c\d)", shown)) == {"c3", "c4", "c5"}
    assert "Customers who got to step 2 and no farther" in plain(shown)
    done = desk(f"/funnel/behind?{STEPS}&cell=" + quote('{"step":2,"lost":0}'))
    assert set(re.findall(r"/customer\?id=(c\d)", browser.get(done).content.decode())) == {"c0", "c1", "c2"}


def test_what_those_lost_did_next(let_in, desk, ten_paths) -> None:
    text = let_in("en", "analyst").get(desk(f"/funnel?{STEPS}")).content.decode()
    assert cells_of(text, "n0-0") == ["Visited", "Visited", "4", "100%"]
    assert cells_of(text, "n1-0") == ["Looked at a product", "nothing more", "3", "100%"]


def test_two_groups_and_their_difference(let_in, desk, ten_paths) -> None:
    groups = "group=" + quote("Buyers: did order_placed") + "&group=" + quote("Others: did not order_placed")
    text = let_in("en", "analyst").get(desk(f"/funnel?{STEPS}&{groups}")).content.decode()
    assert cells_of(text, "g0")[:4] == ["Buyers", "3", "3", "100.0% (43.9% to 100.0%)"]
    assert cells_of(text, "g1")[:4] == ["Others", "7", "0", "0.0% (0.0% to 35.4%)"]
    assert cells_of(text, "d2")[1].startswith("+100.0 (")
    assert "may be chance" in cells_of(text, "d2")[1], "seven and three are too few for a verdict"


def test_told_apart_by_a_property_and_by_weeks(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    steps = "step=product_viewed&step=order_placed"
    by_plan = browser.get(desk(f"/funnel?{steps}&by=of:plan")).content.decode()
    assert cells_of(by_plan, "g0")[:4] == ["pro", "6", "3", "50.0% (18.8% to 81.2%)"]
    by_day = browser.get(desk(f"/funnel?{STEPS}&by=day")).content.decode()
    assert cells_of(by_day, "g0")[1:3] == ["10", "3"]


def test_a_funnel_of_one_step_is_refused(let_in, desk, ten_paths) -> None:
    answer = let_in("en", "analyst").get(desk("/funnel?step=page"))
    assert answer.status_code == 422
    assert "Give 2 to 30 steps." in answer.content.decode()


def test_a_funnel_begins_with_what_the_log_has(let_in, desk, ten_paths) -> None:
    answer = let_in("en", "analyst").get(desk("/funnel"))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert re.findall(r'name="step" value="([^"]*)"', text) == ["page", "product_viewed", "order_placed", ""]
    assert cells_of(text, "s2")[1] == "3"


def test_strict_order_and_voids(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    strict = browser.get(desk("/funnel?step=page&step=order_placed&order=strict")).content.decode()
    assert cells_of(strict, "s1")[1] == "0"
    void = browser.get(desk("/funnel?step=page&step=order_placed&unless=product_viewed")).content.decode()
    assert cells_of(void, "s1")[1] == "0"
    free = browser.get(desk("/funnel?step=order_placed&step=page&order=unordered")).content.decode()
    assert cells_of(free, "s1")[1] == "3"


def test_in_persian_it_runs_from_right_to_left(let_in, desk, ten_paths) -> None:
    text = let_in("fa", "analyst").get(desk(f"/funnel?{STEPS}")).content.decode()
    assert '<html lang="fa" dir="rtl"' in text
    assert "۱. بازدید کرد" in plain(text)


def test_an_event_is_called_by_its_words_and_a_misspelt_one_is_told(let_in, desk, ten_paths) -> None:
    browser = let_in("fa", "analyst")
    said = browser.get(desk(f"/funnel?step=page&step={quote('کالایی را دید')}")).content.decode()
    assert 'value="product_viewed"' in said
    assert cells_of(said, "s1")[1] == "۶"
    assert "در داده‌ها رویدادی به نام" not in plain(said)
    wrong = plain(browser.get(desk("/funnel?step=page&step=product_viwed")).content.decode())
    assert "در داده‌ها رویدادی به نام «product_viwed» نیست. منظورتان «product_viewed» است؟" in wrong
    far = plain(browser.get(desk("/funnel?step=page&step=zzzzzz")).content.decode())
    assert "در داده‌ها رویدادی به نام «zzzzzz» نیست." in far
    # A step that takes any of some names is whole with one of them.
    either = plain(browser.get(desk("/funnel?step=page,screen&step=product_viewed")).content.decode())
    assert "در داده‌ها رویدادی به نام" not in either


def test_a_funnel_is_told_apart_by_channel(let_in, desk, ten_paths) -> None:
    page = let_in("en", "analyst").get(desk("/funnel?step=product_viewed&step=order_placed&by=channel"))
    text = page.content.decode()
    assert cells_of(text, "g0")[:3] == ["app", "6", "3"]
    assert '<option value="channel" selected>Channel</option>' in text
