"""Surveys on the pages of a shop's site: another origin, a strict policy, a real browser."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

import serving
from a_shop import days_ago
from builders import an_event
from looking import faults
from safar.store.home import Home
from safar.store.registry import Workspace
from web_site import WebSite

pytestmark = pytest.mark.browser

HTML = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Shop</title>
<script async src="{safar}/i/safar.js" data-key="{key}" data-persist data-surveys></script></head>
<body><main><h1>Shop</h1><button id="buy">Buy</button>{body}</main></body></html>"""
SURVEY = {
    "key": "shopping",
    "name": {"en": "Two questions", "fa": "دو پرسش"},
    "languages": ["en", "fa"],
    "hidden": [{"name": "order_id"}],
    "pages": [
        {
            "page_id": "p1",
            "questions": [
                {"kind": "nps", "question_id": "nps", "title": {"en": "Recommend?", "fa": "توصیه می‌کنید؟"}}
            ],
        }
    ],
    "endings": [{"ending_id": "e", "title": {"en": "Thank you", "fa": "سپاس"}}],
}


class Site(WebSite):
    """The shop's website: every path shows the same page, whose policy allows Safar and nothing else."""

    def __init__(self, safar: str, key: str) -> None:
        self.key = key
        self.body = ""
        self.language = "en"
        super().__init__(
            lambda _: HTML.format(safar=safar, key=key, body=self.body, language=self.language),
            f"default-src 'none'; script-src {safar}; connect-src {safar}; frame-src {safar}",
        )


@pytest.fixture
def site(served: str, web_home: Home, shop: Workspace) -> Iterator[Site]:
    _, secret = web_home.create_key(shop.workspace_id, name="website", channel="web", origins=["*"])
    site = Site(served, secret)
    yield site
    site.close()


@pytest.fixture
def widget(site: Site, shop: Workspace) -> Callable[..., str]:
    """Publish the survey and let it appear on the site; return the link's token."""
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.inviting.services import make_link
    from safar.doors.web.surveys import services
    from safar.listen.questionnaire.anatomy import read

    def widget(*, origins: tuple[str, ...] = (), **appears: Any) -> str:
        by = Actor("system")
        survey_id = services.create(shop, read({**SURVEY, "key": f"shopping{time.monotonic_ns()}"}), by=by)
        services.publish(shop, survey_id, by=by)
        token = make_link(
            shop, survey_id, "widget", by=by, origins=origins or (site.origin,), appears=appears
        ).token
        time.sleep(1.2)  # the served process remembers for a second what it knew of keys and surveys
        return token

    return widget


@pytest.fixture
def visit(chromium_browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Open the site in a browser profile of its own; nothing may go elsewhere or break a policy."""
    opened = []
    wrong: list[str] = []
    elsewhere: list[str] = []

    def visit(path: str = "/", *, init: str = "", is_asked: bool = True, **options: Any) -> Page:
        context = chromium_browser.new_context(locale="en-GB", reduced_motion="reduce", **options)
        context.set_default_timeout(15_000)
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        context.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        context.on("request", lambda asked: elsewhere.append(asked.url))
        if init:
            context.add_init_script(init)
        opened.append(context)
        page = context.new_page()
        if is_asked:
            with page.expect_response("**/s/widgets.json*"):
                page.goto(site.origin + path)
        else:
            page.goto(site.origin + path, wait_until="networkidle")
        settled(page)
        if is_asked:  # what is to be drawn has been told; the page around it may still be at work
            page.wait_for_load_state("networkidle")
        return page

    yield visit
    for context in opened:
        context.close()
    assert [text for text in wrong if "favicon" not in text] == []
    assert [url for url in elsewhere if not re.match(r"http://(localhost|127\.0\.0\.1):", url)] == []


def panel(page: Page) -> Any:
    return page.get_by_role("dialog")


def frame(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def responses(shop: Workspace) -> list[Any]:
    from safar.doors.web.answering.models import Response

    return list(Response.objects.filter(workspace_id=shop.workspace_id).order_by("pk"))


def settled(page: Page) -> None:
    """Let the script decide."""
    page.wait_for_timeout(200)


def test_a_survey_appears_is_answered_and_closed(
    widget: Callable[..., str], visit: Callable[..., Page], shop: Workspace, site: Site
) -> None:
    widget()
    page = visit("/shoes")
    expect(panel(page)).to_be_visible()
    assert panel(page).get_attribute("aria-label") == "Two questions"
    assert page.evaluate("document.activeElement === document.body")
    expect(page.get_by_role("status")).to_have_text(
        "A short survey has opened: Two questions. It is the last thing on this page."
    )
    height = page.evaluate(
        "document.querySelector('body > div').shadowRoot.querySelector('iframe').clientHeight"
    )
    assert 150 < height < 800
    frame(page).locator('[name="nps"][value="9"]').press("Space")
    frame(page).locator('button[name="_does"][value="next"], button[type="submit"]').last.click()
    expect(frame(page).get_by_role("heading", name="Thank you")).to_be_visible()
    (row,) = responses(shop)
    assert (row.state, row.kind, row.language) == ("complete", "widget", "en")
    assert page.evaluate("JSON.parse(localStorage.getItem('safar.anonymous'))") == row.customer_id
    page.get_by_role("button", name="Close").click()
    expect(panel(page)).to_have_count(0)
    with page.expect_response("**/s/widgets.json*"):
        page.reload()
    settled(page)
    expect(panel(page)).to_have_count(0)


def test_escape_closes_it_from_the_page_and_from_within(
    widget: Callable[..., str], visit: Callable[..., Page]
) -> None:
    token = widget(trigger="event", event_name="never")
    page = visit()
    for inside in (False, True):
        page.locator("#buy").focus()
        page.evaluate(f"safar.survey('{token}')")
        expect(panel(page)).to_be_visible()
        expect(page.get_by_role("button", name="Close")).to_be_focused()
        if inside:
            frame(page).locator('[name="nps"]').first.focus()
        page.keyboard.press("Escape")
        expect(panel(page)).to_have_count(0)
        expect(page.locator("#buy")).to_be_focused()
        expect(page.locator("iframe")).to_have_count(0)


def test_it_waits_for_its_event_and_takes_fields_along(
    widget: Callable[..., str], visit: Callable[..., Page], shop: Workspace
) -> None:
    widget(trigger="event", event_name="order_placed")
    page = visit("/thanks")
    expect(panel(page)).to_have_count(0)
    page.evaluate("safar.track('order_placed', {order_id: 'A17', total: 3})")
    expect(panel(page)).to_be_visible()
    frame(page).locator('[name="nps"][value="3"]').press("Space")
    frame(page).locator('button[name="_does"][value="next"], button[type="submit"]').last.click()
    expect(frame(page).get_by_role("heading", name="Thank you")).to_be_visible()
    (row,) = responses(shop)
    assert row.hidden == {"order_id": "A17"}


def test_it_appears_on_its_pages_alone_also_in_one_page_sites(
    widget: Callable[..., str], visit: Callable[..., Page]
) -> None:
    widget(pages=["/cart", "/help/*"])
    page = visit("/carton")
    expect(panel(page)).to_have_count(0)
    page.evaluate("history.pushState({}, '', '/help/delivery?x=1')")
    expect(panel(page)).to_be_visible()


def test_it_appears_when_the_pointer_leaves(widget: Callable[..., str], visit: Callable[..., Page]) -> None:
    widget(trigger="exit")
    page = visit()
    page.mouse.move(300, 200)
    page.evaluate("document.documentElement.dispatchEvent(new MouseEvent('mouseleave', {clientY: 400}))")
    settled(page)
    expect(panel(page)).to_have_count(0)
    page.evaluate("document.documentElement.dispatchEvent(new MouseEvent('mouseleave', {clientY: -2}))")
    expect(panel(page)).to_be_visible()


def test_it_stands_in_its_place_in_the_pages_language(
    widget: Callable[..., str], visit: Callable[..., Page], site: Site
) -> None:
    site.body = f'<div data-safar-survey="{widget(look="inline")}"></div>'
    site.language = "fa"
    page = visit()
    expect(frame(page).locator("html")).to_have_attribute("dir", "rtl")
    expect(frame(page).get_by_text("توصیه می‌کنید؟")).to_be_visible()
    assert page.locator("iframe").get_attribute("title") == "دو پرسش"
    expect(panel(page)).to_have_count(0)


def test_a_phone_and_right_to_left(
    widget: Callable[..., str], visit: Callable[..., Page], site: Site
) -> None:
    site.language = "fa"
    widget()
    page = visit(viewport={"width": 390, "height": 780})
    expect(panel(page)).to_be_visible()
    assert panel(page).get_attribute("dir") == "rtl"
    expect(page.get_by_role("button", name="بستن")).to_be_visible()
    box = panel(page).bounding_box()
    assert (box["x"], round(box["width"])) == (0, 390)
    assert box["y"] + box["height"] <= 780
    assert faults(page) == []


def test_who_does_not_want_to_be_followed_is_not_asked(
    widget: Callable[..., str], visit: Callable[..., Page]
) -> None:
    widget()
    page = visit(
        is_asked=False, init="Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})"
    )
    expect(panel(page)).to_have_count(0)
    assert page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])") == "[{},{}]"


def lot(text: str) -> float:
    """What the script draws of a text: FNV-1a, stirred."""
    drawn = 2166136261
    for sign in text:
        drawn = (drawn ^ ord(sign)) * 16777619 & 0xFFFFFFFF
    drawn = (drawn ^ drawn >> 15) * 2246822507 & 0xFFFFFFFF
    return (drawn ^ drawn >> 13) / 2**32


def test_a_share_is_drawn_by_the_visitors_id(widget: Callable[..., str], visit: Callable[..., Page]) -> None:
    drawn = [lot(f"abcdefghij{number:08}") for number in range(4_000)]
    assert 940 < sum(each < 0.25 for each in drawn) < 1_060  # 1,000, within a little more than two deviations
    token = widget(share=0.3)
    names = [f"visitor-{number}" for number in range(100)]
    inside = next(name for name in names if lot(token + name) < 0.3)
    outside = next(name for name in names if lot(token + name) >= 0.3)
    for name, count in ((inside, 1), (outside, 0)):
        page = visit(
            init=f"if (window === top && location.host) localStorage.setItem('safar.anonymous', '\"{name}\"')"
        )
        expect(panel(page)).to_have_count(count)


def test_a_page_of_another_origin_is_told_nothing(
    widget: Callable[..., str], visit: Callable[..., Page]
) -> None:
    widget(origins=("https://elsewhere.example",))
    expect(panel(visit())).to_have_count(0)


def test_a_segment_is_asked_as_far_as_visitors_are_known(
    widget: Callable[..., str], site: Site, browser: Any, shop: Workspace, tell: Callable[..., None]
) -> None:
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.segments import services

    buyer, other = (f"8a4f0a52-3c1d-4b7e-9c55-0f6f1f3b2d1{digit}" for digit in "12")
    for customer, name in ((buyer, "order_placed"), ("ali", "order_placed"), (other, "page")):
        tell(an_event(name, days_ago(2), customer=customer))
    segment_id = services.define(shop, "Buyers", "did order_placed", by=Actor("system"))
    services.catch_up(shop)
    token = widget(segment_id=segment_id)

    def told(visitor: str, origin: str = site.origin) -> list[dict[str, Any]]:
        query = {"key": site.key, "visitor": visitor}
        found: list[dict[str, Any]] = browser.get(
            "/s/widgets.json", query, headers={"Origin": origin}
        ).json()["widgets"]
        return found

    (one,) = told(buyer)
    assert (one["token"], one["trigger"], one["hidden"]) == (token, "page", ["order_id"])
    assert one["words"]["fa"]["direction"] == "rtl"
    assert (told(other), told(""), told(buyer, "https://elsewhere.example")) == ([], [], [])
    assert told("ali") == []  # a buyer, and nobody learns that by guessing


def test_the_scripts_are_small(served: str, tmp_path: Path) -> None:
    server = serving.Server(served, None, tmp_path)  # type: ignore[arg-type]
    answer = server.ask("GET", "/i/surveys.js", headers={"Accept-Encoding": "gzip"})
    assert (answer.status, answer.headers["content-encoding"]) == (200, "gzip")
    assert len(answer.body) < 5_000
    assert len(server.ask("GET", "/i/surveys.js").body) < 10_240
