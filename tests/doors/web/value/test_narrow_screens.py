"""On a telephone the tab in use is in sight and the answer stands before the form, with JavaScript and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

import serving
from safar.store.home import Home

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(web_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = serving.start(
        web_home.folder, tmp_path_factory.mktemp("served") / "errors.txt", ingest_only=False
    )
    yield server.address
    assert server.stop() == 0, server.said()


@pytest.fixture
def opened(chromium_browser: Browser, served: str, let_in, desk, buyers) -> Iterator[Callable[..., Page]]:
    """Open a page of the desk as an analyst who reads Persian, on a screen so wide."""
    from django.conf import settings  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    name = settings.SESSION_COOKIE_NAME
    cookie = let_in("fa", "analyst").cookies[name].value
    connections.close_all()
    contexts = []

    def opened(below: str, *, width: int = 390, scripts: bool = True) -> Page:
        context = chromium_browser.new_context(
            base_url=served, viewport={"width": width, "height": 844}, java_script_enabled=scripts
        )
        context.add_cookies([{"name": name, "value": cookie, "url": served}])
        contexts.append(context)
        page = context.new_page()
        page.goto(desk(below))
        return page

    yield opened
    for context in contexts:
        context.close()


def test_both_tabs_in_use_are_in_sight(opened) -> None:
    page = opened("/kano")
    for place in (0, 1):
        expect(page.locator(".subnav [aria-current]").nth(place)).to_be_in_viewport(ratio=1)


def test_the_form_is_folded_once_there_is_an_answer(opened) -> None:
    page = opened("/rfm")
    form = page.locator("#question .question-body")
    expect(form).to_be_hidden()
    assert page.locator("#answer .figures").bounding_box()["y"] < 844
    page.locator(".question-fold > summary").focus()
    page.keyboard.press("Enter")
    expect(form).to_be_visible()
    page.locator("#question .question-body .button").click()
    expect(form).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('.question-fold > summary')")
    expect(page.locator("#answer .figures")).to_be_in_viewport()


def test_without_scripts_it_is_folded_too_and_opens(opened) -> None:
    page = opened("/rfm", scripts=False)
    form = page.locator("#question .question-body")
    expect(form).to_be_hidden()
    page.locator(".question-fold > summary").click()
    expect(form).to_be_visible()
    page.locator("#question .question-body .button").click()
    page.wait_for_url("**/rfm?*")
    expect(form).to_be_hidden()


def test_the_form_stays_open_where_there_is_no_answer_and_beside_one(opened) -> None:
    expect(opened("/kano").locator("#question .question-body")).to_be_visible()
    wide = opened("/rfm", width=1280)
    expect(wide.locator("#question .question-body")).to_be_visible()
    expect(wide.locator(".question-fold > summary")).to_be_hidden()
    wide.locator("#question .button").focus()
    assert wide.evaluate("document.activeElement.matches('#question .button')")
