"""A key in a real browser on a real server: made, its snippet copied and run, the first event told."""

from __future__ import annotations

import shlex
import shutil
import subprocess

import pytest
from playwright.sync_api import expect, sync_playwright

from safar.store.registry import Workspace

pytestmark = pytest.mark.browser


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_a_copied_snippet_sends_the_first_event_and_the_page_says_so(
    served: str, shop: Workspace, chromium: str
) -> None:
    from django.db import connections

    from safar.doors.web.members.services import add_member, create_sign_in_link

    add_member("sara@example.com", "Sara", "en", shop.workspace_id, "owner")
    link = create_sign_in_link("sara@example.com", served)
    connections.close_all()
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=served)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(link)
        page.locator("main form button").click()
        page.goto(f"{served}/w/{shop.workspace_id}/settings/keys")
        page.get_by_label("Name").fill("website")
        page.get_by_role("button", name="Make the key").click()
        expect(page.locator("#proof")).to_contain_text("Waiting for the first event")
        page.locator("#snippet-curl").get_by_role("button", name="Copy").click()
        command = page.evaluate("navigator.clipboard.readText()")
        assert command.startswith(f"curl {served}/v1/track")
        sent = subprocess.run(
            [*shlex.split(command.replace("\\\n", " ")), "--silent", "--show-error"],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
        assert '"accepted":1' in sent.stdout
        expect(page.locator("#proof")).to_contain_text("The first event arrived: ", timeout=15_000)
        expect(page.locator("#proof")).to_contain_text("test_event")
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        browser.close()
    assert said == []
