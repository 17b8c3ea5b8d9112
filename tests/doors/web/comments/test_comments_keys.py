"""Comments by keyboard in a real browser: from one to the next, opened, in either direction, and never while typing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from later import Later
from safar.store.registry import Workspace

from .said import a_comment

pytestmark = pytest.mark.browser
services = Later("safar.doors.web.comments.services")


@pytest.fixture
def page(chromium: str, served: str, shop: Workspace, let_in: Any, tell: Any) -> Iterator[Page]:
    from django.conf import settings
    from django.db import connections

    tell(*(a_comment(f"نظر {word}", 1 + place, word) for place, word in enumerate(("یکم", "دوم", "سوم"))))
    services.catch_up(shop)
    name = settings.SESSION_COOKIE_NAME
    cookie = let_in("fa", "agent").cookies[name].value
    connections.close_all()
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        context = browser.new_context(locale="fa-IR")
        context.add_cookies([{"name": name, "value": cookie, "url": served}])
        page = context.new_page()
        page.goto(f"{served}/w/{shop.workspace_id}/listen/comments")
        yield page
        browser.close()


def test_keys_lead_from_comment_to_comment(page: Page) -> None:
    here = page.locator("article.comment:focus")
    expect(page.locator("[data-comment-keys]")).to_be_visible()
    page.keyboard.press("j")
    expect(here).to_contain_text("نظر یکم")
    expect(page.locator("[data-comment-place]")).to_have_text("نظر ۱ از ۳")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(here).to_contain_text("نظر سوم")
    # on a Persian keyboard the key J writes another letter
    page.evaluate(
        "document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'ن', code: 'KeyK', bubbles: true, cancelable: true}))"
    )
    expect(here).to_contain_text("نظر دوم")
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("نظر دوم")
    page.keyboard.press("j")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("?")
    expect(page.locator("[data-comment-help]")).to_contain_text("نظر بعدی")
    page.keyboard.press("Escape")
    page.locator("details.comments-filter > summary").click()
    page.locator("#id_q").focus()
    page.keyboard.type("jk?")
    expect(page.locator("#id_q")).to_have_value("jk?")
    expect(page.locator("dialog[open]")).to_have_count(0)
