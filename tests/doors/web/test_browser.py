"""Today in a real browser, on a real server: signed in by link, in three languages, with and without JavaScript."""

from __future__ import annotations

import re
import shlex
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

import serving
from safar.store.home import Home
from safar.store.registry import Workspace
from watched_tabs import WATCH

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium_browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page that is watched: what it complained of, and whom it asked."""

    page: Page
    served: str
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def is_clean(self) -> bool:
        assert self.page.evaluate("window.violations") == []
        assert self.said == []
        assert {urlsplit(address).netloc for address in self.asked} == {urlsplit(self.served).netloc}
        return True


@pytest.fixture
def visit(chromium_browser: Browser, served: str, shop: Workspace) -> Iterator[Visit]:
    """A member of the shop, signed in by link, at Today, in Persian."""
    with chromium_browser.new_context(viewport={"width": 1440, "height": 900}, locale="fa-IR") as context:
        yield signed_in(context, served, shop)


def signed_in(context: BrowserContext, served: str, shop: Workspace) -> Visit:
    from django.db import connections

    from safar.doors.web.members.services import add_member, create_sign_in_link

    add_member("sara@example.com", "سارا احمدی", "fa", shop.workspace_id, "owner")
    link = create_sign_in_link("sara@example.com", served)
    connections.close_all()
    context.add_init_script(WATCH)
    found = Visit(context.new_page(), served)
    found.page.on("console", lambda message: found.said.append(message.text))
    found.page.on("pageerror", lambda error: found.said.append(str(error)))
    found.page.on("request", lambda request: found.asked.append(request.url))
    found.page.goto(link)
    found.page.get_by_role("button", name="ورود", exact=True).click()
    expect(found.page).to_have_url(f"{served}/w/{shop.workspace_id}/today")
    return found


def language_of(page: Page) -> tuple[str | None, str | None]:
    root = page.locator("html")
    return root.get_attribute("lang"), root.get_attribute("dir")


def test_three_languages_one_after_another(visit: Visit, a_month) -> None:
    page = visit.page
    page.reload()
    number = page.locator("article", has=page.get_by_role("heading", name="سفارش‌ها")).locator("strong")
    assert language_of(page) == ("fa", "rtl")
    expect(number).to_have_text("۲۹")
    for language, direction, orders in (
        ("العربية", "rtl", "٢٩"),
        ("English", "ltr", "29"),
        ("فارسی", "rtl", "۲۹"),
    ):
        page.locator("header .reading-menu summary").click()
        page.get_by_role("button", name=language).click()
        expect(page.locator("article").nth(1).locator("strong")).to_have_text(orders)
        assert language_of(page)[1] == direction
    assert "Vazirmatn" in page.evaluate("getComputedStyle(document.body).fontFamily")
    assert page.evaluate("document.fonts.check('16px Vazirmatn', 'سفر')")
    assert visit.is_clean()


def test_the_period_changes_without_loading_the_page_again(visit: Visit, a_month) -> None:
    page = visit.page
    page.reload()
    page.evaluate("window.stayed = true")
    page.locator("a[href='?period=7d']").click()
    expect(page).to_have_url(re.compile(r"\?period=7d$"))
    expect(page.locator("article").nth(1).locator("strong")).to_have_text("۶")
    assert page.evaluate("window.stayed")
    assert page.locator("h1").count() == 1
    page.go_back()
    expect(page.locator("article").nth(1).locator("strong")).to_have_text("۲۹")
    assert visit.is_clean()


def test_a_definition_opens_by_keyboard_and_closes_on_escape(visit: Visit, a_month) -> None:
    page = visit.page
    page.reload()
    about = page.locator("details.about summary").first
    panel = page.locator(".about-panel").first
    about.focus()
    expect(panel).to_be_hidden()
    page.keyboard.press("Enter")
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(about).to_be_focused()


def test_a_definition_opens_where_a_pointer_rests(visit: Visit, a_month) -> None:
    page = visit.page
    page.reload()
    page.locator("details.about summary").nth(4).hover()
    expect(page.locator(".about-panel").nth(4)).to_be_visible()
    page.locator("h1").hover()
    expect(page.locator(".about-panel").nth(4)).to_be_hidden()


def test_everything_can_be_reached_by_keyboard(visit: Visit, a_month) -> None:
    page = visit.page
    page.reload()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.reload()
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.outerHTML.slice(0, 300)"))
    wanted = page.evaluate(
        "[...document.querySelectorAll('a[href], button, summary, select')]"
        ".filter((each) => each.checkVisibility()).map((each) => each.outerHTML.slice(0, 300))"
    )
    assert len(wanted) > 25
    assert [each for each in wanted if each not in reached] == []


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
@pytest.mark.parametrize("language", ["fa", "en"])
def test_nothing_hangs_over_the_edge(visit: Visit, a_month, width: int, language: str) -> None:
    from safar.doors.web.members.models import Member

    visit.page.set_viewport_size({"width": width, "height": 844})
    Member.objects.update(language=language)
    visit.page.reload()
    assert language_of(visit.page)[0] == language
    assert visit.page.evaluate("document.documentElement.scrollWidth") == width
    small = visit.page.evaluate(
        "[...document.querySelectorAll('a:not(.skip), button, summary')]"
        ".filter((each) => each.checkVisibility())"
        ".map((each) => [each.textContent.trim(), each.getBoundingClientRect()])"
        ".filter(([, box]) => box.height < 24 || box.width < 24).map(([text]) => text)"
    )
    assert small == []


def test_it_works_without_scripts(chromium_browser: Browser, served: str, shop: Workspace, a_month) -> None:
    with chromium_browser.new_context(java_script_enabled=False, locale="fa-IR") as context:
        page = context.new_page()
        from safar.doors.web.members.services import add_member, create_sign_in_link

        add_member("sara@example.com", "سارا", "fa", shop.workspace_id)
        page.goto(create_sign_in_link("sara@example.com", served))
        page.locator("main button").click()
        page.locator("a[href='?period=7d']").click()
        expect(page.locator("article").nth(1).locator("strong")).to_have_text("۶")
        page.locator("details.about summary").first.click()
        expect(page.locator(".about-panel").first).to_be_visible()
        page.locator("header .reading-menu summary").click()
        page.get_by_role("button", name="English").click()
        expect(page.locator("h1")).to_have_text("Today")
        expect(page).to_have_url(re.compile(r"\?period=7d$"))


def test_dark_by_choice_stays(visit: Visit) -> None:
    page = visit.page
    page.locator("header .reading-menu summary").click()
    page.get_by_label("روشن یا تیره").select_option("dark")
    page.get_by_role("button", name="اعمال").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 23, 26)"
    assert visit.is_clean()


def test_the_first_event_of_an_empty_shop(visit: Visit, web_home: Home, shop: Workspace, served: str) -> None:
    """What the empty page says to send is taken by the door, and is on the page at once."""
    page = visit.page
    expect(page.get_by_role("heading", name="هنوز چیزی اینجا رخ نداده است")).to_be_visible()
    (command,) = [text for text in page.locator("main code").all_text_contents() if text.startswith("curl")]
    program, address, flag, login, *rest = shlex.split(command.replace("\\\n", " "))
    assert (program, address, flag, login) == ("curl", f"{served}/v1/track", "-u", "$SAFAR_KEY:")
    _, secret = web_home.create_key(shop.workspace_id, name="website")
    request = urllib.request.Request(
        address,
        rest[rest.index("-d") + 1].encode(),
        {"Content-Type": "application/json", "Authorization": serving.basic(secret)},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 202
    page.reload()
    expect(page.locator("article").nth(1).locator("strong")).to_have_text("۱")
    expect(page.locator("article").nth(2)).to_contain_text("۲۵")
    assert visit.is_clean()


def test_the_page_is_light(visit: Visit, a_month, tmp_path: Path) -> None:
    """What a first visit brings over the wire, fonts and charts included, stays under 300 kB."""
    page = visit.page
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    received: list[float] = []
    client.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.reload(wait_until="networkidle")
    assert len(received) >= 9
    assert sum(received) < 300_000
