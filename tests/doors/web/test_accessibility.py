"""Parts of pages under axe-core and by keyboard alone; what a page says when the net or the session is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from looking import faults
from watched_tabs import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def context(chromium_browser: Browser, served: str) -> Iterator[BrowserContext]:
    with chromium_browser.new_context(base_url=served, reduced_motion="reduce", locale="fa-IR") as found:
        yield found


@pytest.fixture
def page(context: BrowserContext, served: str, let_in) -> Page:
    """A page of an owner of the shop, signed in, in Persian."""
    sign_in(context, served, let_in("fa", role="owner"))
    return context.new_page()


def test_axe_finds_what_is_wrong(page: Page) -> None:
    page.goto("/design")
    page.evaluate("document.querySelector('#id_name').closest('.field').querySelector('label').remove()")
    assert {fault.partition(":")[0] for fault in faults(page)} == {"label", "label-title-only"}


#: Everything that the Tab key should stop at, in the order of the page: of radio buttons only one each.
_STOPS = """() => {
  const groups = new Set();
  const all = document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']");
  return [...all].filter((each) => {
    if (each.disabled || each.type === "hidden" || each.tabIndex < 0 || !each.checkVisibility()) return false;
    if (each.type !== "radio") return true;
    return groups.has(each.name) ? false : groups.add(each.name);
  }).map((each, place) => (each.dataset.stop = place));
}"""
_STOOD = """() => {
  const each = document.activeElement, style = getComputedStyle(each), box = each.getBoundingClientRect();
  const isSeen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.width > 0 &&
    box.bottom > 0 && box.top < innerHeight;
  return [each.dataset.stop === undefined ? null : Number(each.dataset.stop), isSeen];
}"""


@pytest.mark.parametrize("width", [1440, 390])
def test_tab_reaches_everything_in_order_and_shows_where_it_is(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/design", wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    stops = page.evaluate(_STOPS)
    assert len(stops) > 40
    stood = []
    for _stop in stops:
        page.keyboard.press("Tab")
        stood.append(tuple(page.evaluate(_STOOD)))
    assert [each for each in zip(stops, stood, strict=True) if each[1] != (each[0], True)] == []


def test_escape_closes_what_opened_and_gives_the_focus_back(page: Page) -> None:
    page.goto("/design")
    menu = page.locator(".reading-menu summary")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".reading-menu .menu-panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".reading-menu .menu-panel")).to_be_hidden()
    expect(menu).to_be_focused()

    asking = page.locator("a[data-dialog]")
    asking.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="این مشتری پاک شود؟")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("برای تأیید، این را بنویسید")).to_be_focused()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(asking).to_be_focused()


def test_the_calendar_by_keyboard_from_right_to_left(page: Page) -> None:
    page.goto("/design")
    day = page.locator("#id_day")
    day.fill("۱۴۰۵/۰۸/۳۰")
    expect(page.locator("#id_day_reading")).to_have_text("شنبه ۳۰ آبان ۱۴۰۵")
    page.locator("#id_day ~ [data-open-calendar]").click()
    focused = page.locator(".calendar button:focus")
    expect(focused).to_have_attribute("data-typed", "1405/08/30")
    assert faults(page) == []
    for key, typed in (
        ("ArrowRight", "1405/08/29"),
        ("ArrowLeft", "1405/08/30"),
        ("ArrowLeft", "1405/09/01"),
        ("ArrowUp", "1405/08/24"),
        ("PageDown", "1405/09/24"),
        ("Shift+PageUp", "1404/09/24"),
        ("Home", "1404/09/22"),
        ("End", "1404/09/28"),
    ):
        page.keyboard.press(key)
        expect(focused).to_have_attribute("data-typed", typed)
    page.keyboard.press("Enter")
    expect(day).to_have_value("1404/09/28")
    expect(page.locator("#id_day_reading")).to_have_text("جمعه ۲۸ آذر ۱۴۰۴")
    expect(page.locator(".calendar")).to_have_count(0)
    page.locator("#id_day ~ [data-open-calendar]").click()
    expect(focused).to_have_attribute("data-typed", "1404/09/28")
    page.keyboard.press("Escape")
    expect(page.locator(".calendar")).to_have_count(0)
    expect(page.locator("#id_day ~ [data-open-calendar]")).to_be_focused()


def test_faults_of_a_form_are_read_first_and_lead_to_their_fields(page: Page) -> None:
    page.goto("/design")
    page.get_by_role("button", name="ذخیره").last.click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert faults(page) == []
    page.locator("[data-error-summary] a[href='#id_email']").click()
    expect(page.locator("#id_email")).to_be_focused()


def test_a_part_says_when_there_is_no_connection_and_when_the_session_ended(
    page: Page, context: BrowserContext
) -> None:
    page.goto("/design")
    part = page.locator("#guide-loaded")
    page.route("**/design/day**", lambda route: route.abort())
    page.locator("#load-part").click()
    expect(part.get_by_role("alert")).to_contain_text("ارتباط با سفر برقرار نیست")
    expect(part).not_to_have_attribute("aria-busy", "true")
    expect(part).to_contain_text("هنوز بارگذاری نشده است.")  # what was there stays
    page.unroute("**/design/day**")
    context.clear_cookies()
    page.locator("#load-part").click()
    again = part.get_by_role("link", name="دوباره وارد شوید")
    expect(again).to_have_attribute("href", "/sign-in?next=%2Fdesign")
    expect(page.locator("h1").first).to_have_text("راهنمای طراحی")


def test_what_is_on_its_way_is_marked(page: Page) -> None:
    page.goto("/design")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/design/day**", hold)
    page.locator("#load-part").click()
    expect(page.locator("#guide-loaded")).to_have_attribute("aria-busy", "true")
    expect(page.locator("html")).to_have_class(re.compile("is-busy"))
    held[0].continue_()
    expect(page.locator("#guide-loaded")).to_have_text("شنبه ۳۱ مرداد ۱۴۰۵")
    expect(page.locator("#guide-loaded")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("html")).not_to_have_class(re.compile("is-busy"))


def test_heads_of_a_table_that_fits_stay_at_the_top_of_the_window(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto("/design")
    table = page.locator(".rows table").first
    head = table.locator("thead th").first
    table.locator("tbody tr").last.scroll_into_view_if_needed()
    page.evaluate(
        "(last) => scrollTo(0, last.getBoundingClientRect().top + scrollY - 120)",
        table.locator("tr").last.element_handle(),
    )
    assert head.evaluate("(each) => Math.round(each.getBoundingClientRect().top)") == 0
    page.set_viewport_size({"width": 390, "height": 500})
    frame = page.locator(".rows-frame").first
    expect(frame).not_to_have_class(re.compile("is-fitting"))
    assert frame.evaluate("(each) => each.scrollWidth > each.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_without_javascript_everything_still_works(chromium_browser: Browser, served: str, let_in) -> None:
    with chromium_browser.new_context(
        base_url=served, java_script_enabled=False, viewport={"width": 390, "height": 844}
    ) as context:
        sign_in(context, served, let_in("en", role="owner"))
        page = context.new_page()
        page.goto("/")
        page.locator(".nav-menu summary").click()
        expect(page.locator(".nav-menu").get_by_role("link", name="Today")).to_be_visible()
        page.goto("/design")
        page.get_by_role("link", name="Erase").click()
        page.get_by_label("Type this to confirm").fill("c-1")
        page.get_by_role("button", name="Erase the customer").click()
        expect(page.get_by_role("alert")).to_contain_text("Nothing has been changed.")


def test_on_a_telephone_what_is_pressed_is_high_enough_and_long_names_widen_nothing(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/design")
    pressed = page.locator("main :is(.button, .pill, summary, .rows thead a, .with-button > button):visible")
    heights = pressed.evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().height)")
    assert len(heights) > 20
    assert min(heights) >= 40
    page.evaluate(
        "document.querySelectorAll('h1, h2, main p, main li').forEach((e) => e.prepend('a'.repeat(60)))"
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 390
