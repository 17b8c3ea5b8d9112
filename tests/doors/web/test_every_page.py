"""Every page in each of its states, in a real browser: axe-core, contrast in the dark, a phone's width, the weight of a
first visit, and nothing for the browser to complain of; parts of pages on their way and when they do not come.

The home of `scripts/furnish.py` is made and served by processes of its own, once for all tests. One tab for each reader
goes from page to page.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from furnish import Furnished
from pages import PLACES, STATUSES, Part, Place
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Route, expect

import serving
from looking import COLOURS, faults
from safar.store.home import Home

pytestmark = pytest.mark.browser

#: Bytes of a cold visit: page, styles, scripts, font and drawings together.
_HEAVIEST = 300_000
#: How Chromium notes an answer that is no success; there is nothing to mend in that.
_ANSWERED = "Failed to load resource: the server responded with a status of"


@dataclass
class Tab:
    """One tab that goes from page to page as one reader; in Persian with an empty cache each time."""

    page: Page
    net: CDPSession
    said: list[str]
    received: list[int]

    def go(self, address: str) -> int:
        """Open an address as on a first visit, in light and wide; return its status."""
        self.page.goto("about:blank")  # what the page before still wanted is over
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": 1280, "height": 800})
        self.said.clear()
        self.received.clear()
        answer = self.page.goto(address)
        assert answer is not None
        return answer.status


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory, root: Path) -> tuple[Path, Furnished]:
    folder = tmp_path_factory.mktemp("furnished") / "home"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SAFAR_")}
    made = subprocess.run(
        [sys.executable, str(root / "scripts" / "furnish.py"), str(folder), "40"],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert made.returncode == 0, made.stderr
    return folder, Furnished(**json.loads(made.stdout))


@pytest.fixture(scope="module")
def served(furnished: tuple[Path, Furnished], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    errors = tmp_path_factory.mktemp("served") / "errors.txt"
    server = serving.start(furnished[0], errors, ingest_only=False)
    yield server.address
    assert server.stop() == 0, server.said()


@pytest.fixture(scope="module")
def tab_of(
    chromium_browser: Browser, served: str, furnished: tuple[Path, Furnished]
) -> Iterator[Callable[[str, str], Tab]]:
    """Return the tab of a reader in a language."""
    contexts: list[BrowserContext] = []
    tabs: dict[tuple[str, str], Tab] = {}

    def opened(reader: str, language: str) -> Tab:
        context = chromium_browser.new_context(base_url=served, reduced_motion="reduce", locale="en-US")
        contexts.append(context)
        context.add_cookies([{"name": "safar_language", "value": language, "url": served}])
        session = furnished[1].sessions.get(language if reader == "member" else reader)
        if session is not None:
            context.add_cookies([{"name": "safar_session", "value": session, "url": served}])
        page = context.new_page()
        tab = Tab(page, context.new_cdp_session(page), [], [])
        tab.net.send("Network.enable")
        # What a first visit brings is weighed in one language.
        tab.net.send("Network.setCacheDisabled", {"cacheDisabled": language == "fa"})
        tab.net.on("Network.loadingFinished", lambda found: tab.received.append(found["encodedDataLength"]))
        tab.net.send("Log.enable")
        tab.net.on("Log.entryAdded", lambda found: tab.said.append(found["entry"]["text"]))
        # The summary of errors may be in focus before the browser comes to do the same.
        page.on(
            "console",
            lambda message: message.text.startswith("Autofocus processing") or tab.said.append(message.text),
        )
        page.on("pageerror", lambda error: tab.said.append(str(error)))
        return tab

    def tab_of(reader: str, language: str) -> Tab:
        if (reader, language) not in tabs:
            tabs[reader, language] = opened(reader, language)
        return tabs[reader, language]

    yield tab_of
    for context in contexts:
        context.close()


def shown(tab: Tab, place: Place, address: str, status: int, language: str) -> Page:
    """Open a page and see that it is the one, and that the browser has nothing to say about it."""
    assert tab.go(address) == status
    if place.press:
        with tab.page.expect_navigation():
            tab.page.locator(place.press).click()
    assert tab.page.locator("html").get_attribute("lang") == language
    assert [each for each in tab.said if status == 200 or not each.startswith(_ANSWERED)] == []
    return tab.page


LOOKS = [
    pytest.param(place, address, STATUSES.get(state, 200), id=f"{place.name}-{state}")
    for place in PLACES
    if place.reader != "newcomer"
    for state, address in {"data": place.address, **place.states}.items()
]


@pytest.mark.parametrize(("place", "address", "status"), LOOKS)
def test_a_page_is_whole(tab_of, furnished, place: Place, address: str, status: int) -> None:
    tab = tab_of(place.reader, "fa")
    page = shown(tab, place, address.format(**furnished[1].names), status, "fa")
    page.evaluate("document.fonts.ready.then(() => null)")
    assert len(tab.received) >= 5  # page, styles, font, two scripts
    assert sum(tab.received) < _HEAVIEST
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, COLOURS) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize(
    "place",
    [place for place in PLACES if place.reader in {"member", "stranger", "half"}],
    ids=lambda place: place.name,
)
def test_a_page_fits_a_phone_in_english_too(tab_of, furnished, place: Place) -> None:
    tab = tab_of(place.reader, "en")
    page = shown(tab, place, place.address.format(**furnished[1].names), 200, "en")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390


PARTS = [
    pytest.param(place, part, id=f"{place.name}-{number}")
    for place in PLACES
    for number, part in enumerate(place.parts)
]


@pytest.mark.parametrize(("place", "part"), PARTS)
def test_a_part_says_that_it_is_on_its_way_and_that_it_did_not_come(
    tab_of, furnished, place: Place, part: Part
) -> None:
    tab = tab_of("member", "fa")
    page = tab.page
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    try:
        page.route(part.asks, hold)
        assert tab.go(place.address.format(**furnished[1].names)) == 200
        if part.press:
            page.locator(part.press).first.click()
        if part.busy:
            expect(page.locator(part.busy)).to_have_count(1)
            assert faults(page) == []
        if part.broken:
            page.route(part.asks, lambda route: route.abort())
            for route in held:
                route.abort()
            expect(page.locator(part.broken)).to_be_visible()
            assert faults(page) == []
    finally:
        page.goto("about:blank")
        page.unroute_all(behavior="ignoreErrors")


def test_the_first_page_of_a_new_home(
    chromium_browser: Browser, web_home: Home, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from django.db import connections

    from safar.doors.web.members.services import create_set_up_link

    errors = tmp_path_factory.mktemp("served") / "errors.txt"
    server = serving.start(web_home.folder, errors, ingest_only=False)
    link = create_set_up_link(server.address)
    connections.close_all()
    with chromium_browser.new_context(locale="fa-IR", reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(str(link))
        assert page.locator("html").get_attribute("lang") == "fa"
        assert faults(page) == []
        page.emulate_media(color_scheme="dark")
        assert faults(page, COLOURS) == []
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert server.stop() == 0, server.said()
