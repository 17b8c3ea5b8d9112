"""On a telephone the tab in use is in sight and the answer stands before the form, with JavaScript and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from watched_tabs import watched_tabs

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(chromium_browser: Browser, served: str, let_in, desk, buyers) -> Iterator[Callable[..., Page]]:
    """Open a page of the desk as an analyst who reads Persian, on a screen so wide."""
    analyst = let_in("fa", "analyst")
    with watched_tabs(chromium_browser, served) as tab:

        def opened(below: str, *, width: int = 390, scripts: bool = True) -> Page:
            page = tab(analyst, viewport={"width": width, "height": 844}, java_script_enabled=scripts)
            page.goto(desk(below))
            return page

        yield opened


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
