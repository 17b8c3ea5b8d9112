"""The live list in a real browser: an event that comes in through the ingest door appears by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect, sync_playwright

import serving
from safar.store.home import Home
from safar.store.registry import Workspace

pytestmark = pytest.mark.browser


def test_an_event_that_comes_in_appears_by_itself(
    web_home: Home, shop: Workspace, tmp_path, chromium: str
) -> None:
    from django.db import connections

    from safar.doors.web.members.services import add_member, create_sign_in_link

    _, secret = web_home.create_key(shop.workspace_id, name="shop", channel="web")
    server = serving.start(web_home.folder, tmp_path / "errors.txt", ingest_only=False, secret=secret)
    try:
        add_member("sara@example.com", "سارا", "fa", shop.workspace_id, "agent")
        link = create_sign_in_link("sara@example.com", server.address)
        connections.close_all()
        assert server.track("page", "first", properties={"path": "/"}).status in {200, 202}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium,
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            page = browser.new_page(locale="fa-IR")
            said: list[str] = []
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(link)
            page.get_by_role("button", name="ورود", exact=True).click()
            page.goto(f"{server.address}/w/{shop.workspace_id}/events")
            rows = page.locator("#events-rows tbody tr")
            expect(rows).to_have_count(1)
            page.evaluate("window.stayed = true")

            server.track("order_placed", "new", properties={"order_id": "o1"})
            expect(rows).to_have_count(2)
            expect(rows.first).to_have_class("is-new")
            expect(rows.first).to_contain_text("new")
            expect(page.locator("#live-news")).to_contain_text("۱")

            rows.first.get_by_role("link").first.click()
            expect(page.get_by_role("dialog")).to_contain_text("order_id")
            page.keyboard.press("Escape")

            page.locator("#live button").click()
            server.track("page", "later")
            page.wait_for_timeout(3000)
            expect(rows).to_have_count(2)
            page.locator("#live button").click()
            expect(rows).to_have_count(3)
            assert page.evaluate("window.stayed")
            assert said == []
            browser.close()
    finally:
        assert server.stop() == 0, server.said()
