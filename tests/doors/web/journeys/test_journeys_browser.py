"""The builder of steps and the question in a real browser: by buttons, by keyboard, by hand; the address follows."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from watched_tabs import watched_tabs

pytestmark = pytest.mark.browser

QUERY = "step=page&step=product_viewed&step=order_placed"


@pytest.fixture
def tab(chromium_browser: Browser, served: str, let_in, ten_paths) -> Iterator[Page]:
    """A tab of an analyst who reads English."""
    with watched_tabs(chromium_browser, served) as opened:
        yield opened(let_in("en", "analyst"), viewport={"width": 1280, "height": 900})


def steps(page: Page) -> list[str]:
    return page.eval_on_selector_all("[data-steps=step] input", "each => each.map((one) => one.value)")


def asked(page: Page) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get("step", [])


def test_steps_are_moved_by_buttons_and_the_answer_follows(tab: Page, desk) -> None:
    tab.goto(desk(f"/funnel?{QUERY}"))
    expect(tab.locator("#row-s2")).to_contain_text("Placed an order")
    tab.locator("[data-step]").nth(2).get_by_role("button", name="Move up").click()
    assert steps(tab) == ["page", "order_placed", "product_viewed", ""]
    expect(tab.locator("#row-s1")).to_contain_text("Placed an order")
    expect(tab.locator("#question-news")).to_have_text("Step order_placed is number 2 now.")
    assert asked(tab) == ["page", "order_placed", "product_viewed"]
    tab.go_back()
    expect(tab.locator("#row-s2")).to_contain_text("Placed an order")


def test_steps_are_moved_by_keyboard_alone(tab: Page, desk) -> None:
    tab.goto(desk(f"/funnel?{QUERY}"))
    tab.locator("[data-steps=step] input").nth(0).focus()
    tab.keyboard.press("Alt+ArrowDown")
    assert steps(tab) == ["product_viewed", "page", "order_placed", ""]
    assert tab.evaluate("document.activeElement.value") == "page", "who moves a step stays on it"
    expect(tab.locator("#row-s0")).to_contain_text("Looked at a product")
    tab.locator("[data-step]").nth(1).get_by_role("button", name="Take out").focus()
    tab.keyboard.press("Enter")
    assert steps(tab) == ["product_viewed", "order_placed", ""]
    expect(tab.locator("#row-s1")).to_contain_text("Placed an order")
    assert asked(tab) == ["product_viewed", "order_placed"]


def test_steps_are_dragged(tab: Page, desk) -> None:
    tab.goto(desk(f"/funnel?{QUERY}"))
    rows = tab.locator("[data-steps=step] [data-step]")
    grip, to = rows.nth(2).locator(".step-grip"), rows.nth(0)
    place, target = grip.bounding_box(), to.bounding_box()
    assert place
    assert target
    tab.mouse.move(place["x"] + 8, place["y"] + 10)
    tab.mouse.down()
    tab.mouse.move(target["x"] + 40, target["y"] + 30, steps=4)
    tab.mouse.move(target["x"] + 40, target["y"] + 3, steps=4)
    tab.mouse.up()
    assert steps(tab) == ["order_placed", "page", "product_viewed", ""]
    expect(tab.locator("#row-s0")).to_contain_text("Placed an order")
    assert asked(tab) == ["order_placed", "page", "product_viewed"]


def test_a_step_is_added_and_a_wrong_one_is_said(tab: Page, desk) -> None:
    tab.goto(desk("/funnel?step=page&step=product_viewed"))
    tab.locator("[data-steps=step] ~ [data-add-step]").click()
    expect(tab.locator("[data-steps=step] input").last).to_be_focused()
    tab.keyboard.type("Buy: order_placed [channel = web]")
    tab.keyboard.press("Enter")
    expect(tab.locator("#row-s2")).to_contain_text("Buy")
    assert asked(tab) == ["page", "product_viewed", "Buy: order_placed [channel = web]"]


def test_a_choice_asks_again_by_itself(tab: Page, desk) -> None:
    tab.goto(desk("/flow"))
    expect(tab.locator("#row-e0")).to_contain_text("10")
    tab.get_by_label("A path is").select_option("1h")
    expect(tab.locator("#row-e0")).to_contain_text("14")
    assert parse_qs(urlsplit(tab.url).query) == {"pause": ["1h"]}
    tab.locator("input[type=range]").evaluate(
        "(slider) => { slider.value = 40; slider.dispatchEvent(new Event('input', {bubbles: true}));"
        " slider.dispatchEvent(new Event('change', {bubbles: true})); }"
    )
    expect(tab.locator(".range output")).to_have_text("40%")
    expect(tab.locator(".drawing-card")).to_contain_text("connections are hidden")


def test_a_question_is_saved_pinned_and_found_on_today(tab: Page, desk) -> None:
    tab.goto(desk(f"/funnel?{QUERY}"))
    tab.locator("details.save summary").click()
    tab.get_by_label("Title").fill("Way to the order")
    tab.locator("details.save button").click()
    expect(tab.locator(".saved-head h2")).to_have_text("Way to the order")
    tab.get_by_role("button", name="Put on Today").click()
    expect(tab.locator(".saved-head .badge.is-info")).to_have_text("on Today")
    tab.goto(desk("").replace("/journeys", "/today"))
    expect(tab.locator(".pinned-card")).to_contain_text("30.0%")
    tab.locator(".pinned-card a").click()
    expect(tab.locator(".saved-head h2")).to_have_text("Way to the order")


def test_a_customer_is_three_presses_from_a_number(tab: Page, desk) -> None:
    tab.goto(desk(f"/funnel?{QUERY}"))
    tab.locator("#row-s2 a").first.click()
    expect(tab.locator("h1")).to_contain_text("Customers who got to step")
    tab.locator("tbody a").first.click()
    tab.wait_for_url("**/customer?id=c*")
