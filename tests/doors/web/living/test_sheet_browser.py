"""The sheet in a real browser: both directions, by keyboard, in place and without JavaScript, on a telephone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, expect

from a_shop import days_ago
from builders import an_event
from later import Later
from looking import faults
from safar.maps.anatomy import Binding, JourneyMap, Move, Stage, Step
from shop_maps import a_shop_map, lived_events
from watched_tabs import watched_tabs

pytestmark = pytest.mark.browser

services = Later("safar.doors.web.maps.services")
actors = Later("safar.doors.web.audit.actor")


@pytest.fixture
def address(shop, tell) -> str:
    tell(*lived_events())
    return f"/w/{shop.workspace_id}/journeys/maps/{services.create(shop, a_shop_map(), by=actors.SYSTEM)}"


@pytest.fixture
def open_tab(chromium_browser: Browser, served: str, let_in) -> Iterator[Callable[..., Page]]:
    """Return what opens a tab of an analyst; whatever the browser complains of fails the test."""
    with watched_tabs(chromium_browser, served) as opened:

        def open_tab(language: str = "en", width: int = 1280, *, scripts: bool = True) -> Page:
            return opened(
                let_in(language, "analyst"),
                viewport={"width": width, "height": 900},
                java_script_enabled=scripts,
            )

        yield open_tab


def left(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box
    return box["x"]


@pytest.mark.parametrize(("language", "is_first_right"), [("fa", True), ("ar", True), ("en", False)])
def test_the_first_step_begins_the_line(
    open_tab, address: str, language: str, *, is_first_right: bool
) -> None:
    page = open_tab(language)
    page.goto(address)
    assert (left(page, "#step-visit") > left(page, "#step-parcel")) is is_first_right
    bars = page.locator(".row-flow .wide-only .drawing-block, .row-flow .wide-only rect")
    assert bars.count() >= 3
    digits = {"fa": "۱۲", "ar": "١٢", "en": "12"}[language]
    expect(page.locator(".row-people td").first).to_contain_text(digits)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_number_opens_in_place_and_stands_in_the_address(open_tab, address: str) -> None:
    page = open_tab()
    page.goto(address)
    link = page.locator(".row-people td").nth(1).locator("a").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_have_text("Order")
    expect(page.locator("#panel")).to_be_focused()
    assert "about=step.order" in page.url
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    page.reload()
    expect(page.locator("#panel-title")).to_have_text("Order")
    page.get_by_role("link", name="See the rows").click()
    expect(page.locator("tbody tr")).to_have_count(8)


def test_a_mark_of_the_river_opens(open_tab, address: str) -> None:
    page = open_tab()
    page.goto(address)
    page.locator(".row-flow .wide-only a[href*='about=step.parcel']").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_have_text("Parcel")


def test_the_slider_moves_through_the_months(open_tab, address: str) -> None:
    page = open_tab()
    page.goto(address)
    slider = page.get_by_role("slider", name="Month")
    months = page.locator("[data-month]")
    if months.count() < 2:
        assert slider.is_hidden()
        return
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-month][aria-current]")).to_have_count(1)
    assert "since=" in page.url
    expect(slider).to_be_focused()
    name = page.locator("[data-month][aria-current]").get_attribute("title")
    assert slider.get_attribute("aria-valuetext") == name
    page.go_back()
    expect(page.locator("[data-month][aria-current]")).to_have_count(0)


#: Words of the drawings of a sheet that stand on one another, or reach beyond their drawing.
_MEETING = """() => [...document.querySelectorAll(".row-flow svg.drawing-strip")].flatMap((svg) => {
  const edge = svg.getBoundingClientRect();
  const words = [...svg.querySelectorAll("text")].map((each) => [each.textContent, each.getBoundingClientRect()]);
  const out = words.filter(([, box]) => edge.width && (box.left < edge.left - 1 || box.right > edge.right + 1));
  const on = words.filter(([, a], place) => words.slice(place + 1).some(([, b]) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4));
  return [...out, ...on].map(([said]) => said);
})"""


@pytest.fixture
def tangled(shop, tell) -> str:
    """A map of nine steps in two stages that people walk back and past in many ways."""
    ids = [f"s{number}" for number in range(9)]
    steps = [Step(step_id=each, name={"en": f"Step {each}"}, binding=Binding(events=each)) for each in ids]
    document = JourneyMap(
        stages=(
            Stage(stage_id="one", name={"en": "One"}, steps=tuple(steps[:5])),
            Stage(stage_id="two", name={"en": "Two"}, steps=tuple(steps[5:])),
        ),
        moves=tuple(Move(source=a, target=b) for a, b in pairwise(ids)),
    )
    ways = [
        "012345678",
        "010123",
        "0121012",
        "01234301",
        "02345678",
        "0145678",
        "01256",
        "05678",
        "012343434",
        "0780",
    ]
    for number, way in enumerate(ways * 3):
        for hour, step in enumerate(way):
            tell(an_event(ids[int(step)], days_ago(20) + timedelta(hours=hour), customer=f"c{number}"))
    return f"/w/{shop.workspace_id}/journeys/maps/{services.create(shop, document, by=actors.SYSTEM)}"


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_words_of_the_river_stand_on_nothing_and_are_not_cut(open_tab, tangled: str, language: str) -> None:
    page = open_tab(language)
    page.goto(tangled)
    words = page.locator(".row-flow .wide-only text")
    assert words.count() >= 10
    assert page.evaluate(_MEETING) == []
    page.set_viewport_size({"width": 390, "height": 900})
    for stage in ("one", "two"):
        page.locator(f"[data-stage={stage}]").click()
        shown = page.locator(".row-flow .narrow-only.is-open")
        expect(shown).to_have_count(1)
        assert shown.locator("text").count() >= 2
        assert page.evaluate(_MEETING) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


_CUT_TICKS = """() => {
  const edge = document.querySelector(".months").getBoundingClientRect();
  const shown = [...document.querySelectorAll(".months-year, .months-list a > span:not(.visually-hidden)")]
    .map((each) => [each.textContent, each.getBoundingClientRect()]).filter(([, box]) => box.width);
  const cut = shown.filter(([, box]) => box.left < edge.left - 1 || box.right > edge.right + 1);
  const on = shown.filter(([, a], place) => shown.slice(place + 1).some(([, b]) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3));
  return [...cut, ...on].map(([said]) => said);
}"""


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_each_month_of_the_slider_has_its_year_and_none_is_cut(
    open_tab, shop, tell, address: str, language: str
) -> None:
    tell(an_event("page", days_ago(23 * 30), customer="early"))
    page = open_tab(language, 1600)
    page.goto(address)
    names = page.locator("[data-month]").evaluate_all("(links) => links.map((each) => each.title)")
    assert len(set(names)) == len(names) >= 23
    years = page.locator(".months-year")
    assert years.count() in {2, 3}
    assert len(set(years.all_inner_texts())) == years.count()
    expect(page.locator("[data-month]").first).to_be_visible()
    assert page.evaluate(_CUT_TICKS) == []
    page.set_viewport_size({"width": 390, "height": 900})
    expect(page.locator("[data-month]").first).to_be_hidden()
    assert page.evaluate(_CUT_TICKS) == []
    slider = page.locator(".months-slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator(".months-now")).to_have_text(names[0])


def test_a_lane_goes_and_comes_back(open_tab, address: str) -> None:
    page = open_tab()
    page.goto(address)
    page.locator(".lanes-menu > summary").click()
    page.locator(".lanes-menu a", has_text="Voices").click()
    expect(page.locator(".row-quote")).to_have_count(0)
    assert "hide=quote" in page.url
    page.go_back()
    expect(page.locator(".row-quote")).to_have_count(1)


def test_without_javascript_everything_is_a_link(open_tab, address: str) -> None:
    page = open_tab(scripts=False)
    page.goto(address)
    page.locator(".row-people td").nth(1).locator("a").first.click()
    assert "about=step.order" in page.url
    expect(page.locator("#panel-title")).to_have_text("Order")
    page.locator("[data-month]").last.click()
    assert "since=" in page.url
    page.get_by_label("Period").select_option("30d")
    page.get_by_role("button", name="Show").click()
    assert "period=30d" in page.url
    page.get_by_role("link", name="Compare", exact=True).first.click()
    assert page.locator("h1").is_visible()


def test_a_telephone_shows_one_stage_at_a_time(open_tab, address: str) -> None:
    page = open_tab("fa", 390)
    page.goto(address)
    expect(page.locator("#step-visit")).to_be_visible()
    expect(page.locator("#step-order")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("[data-stage=buy]").click()
    expect(page.locator("#step-visit")).to_be_hidden()
    expect(page.locator("#step-order")).to_be_visible()
    expect(page.locator("#step-parcel")).to_be_visible()
    assert "stage=buy" in page.url
    drawings = page.locator(".row-flow .narrow-only.is-open > svg")
    expect(drawings).to_have_count(1)


@pytest.mark.parametrize(
    ("language", "width", "query"),
    [
        ("fa", 1280, ""),
        ("en", 1280, "?mode=compare&with=everybody"),
        ("ar", 1280, "?mode=designed"),
        ("fa", 390, "?customer=c1&stage=buy"),
        ("en", 1280, "?about=fitness"),
    ],
)
def test_axe_finds_nothing(open_tab, address: str, language: str, width: int, query: str) -> None:
    page = open_tab(language, width)
    page.goto(address + query)
    assert faults(page) == []
