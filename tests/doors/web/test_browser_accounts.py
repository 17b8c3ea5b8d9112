"""The way in, in a real browser on a real server: set up, invite, accept, a second step, and back with it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from django_otp.oath import TOTP
from playwright.sync_api import Browser, Page, expect, sync_playwright

pytestmark = pytest.mark.browser

PASSWORD = "سیب‌های سرخ باغ"
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@pytest.fixture(scope="module")
def chromium_browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


def send(page: Page) -> None:
    page.locator("main form.form button.button").last.click()


def test_set_up_invite_accept_two_steps_and_back_in_persian(
    chromium_browser: Browser, served: str, shop
) -> None:
    from django.db import connections
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.members.models import Member
    from safar.doors.web.members.services import create_set_up_link, invite

    link = create_set_up_link(served)
    connections.close_all()
    with chromium_browser.new_context(locale="fa-IR") as context:
        page = context.new_page()
        page.goto(link)
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        page.fill("#id_email", "sara@shop.example")
        page.fill("#id_name", "سارا احمدی")
        page.fill("#id_password", PASSWORD)
        page.locator("[data-reveal]").click()
        expect(page.locator("#id_password")).to_have_attribute("type", "text")
        send(page)
        expect(page).to_have_url(re.compile(r"/today$"))
    sara = Member.objects.get()
    invited = invite(
        "omid@shop.example", shop.workspace_id, "analyst", by=Actor("member", sara), base_url=served
    )
    connections.close_all()
    with chromium_browser.new_context(locale="fa-IR") as context:
        page = context.new_page()
        page.goto(invited.link)
        page.fill("#id_name", "امید رضایی")
        page.fill("#id_password", PASSWORD)
        send(page)
        expect(page).to_have_url(f"{served}/w/{shop.workspace_id}/today")
        page.goto(f"{served}/me/two-factor")
        assert page.locator("img.qr").evaluate("picture => picture.complete && picture.naturalWidth > 0")
        clock = TOTP(TOTPDevice.objects.get(user__email="omid@shop.example").bin_key)
        clock.time = time.time() - 30
        page.fill("#id_code", f"{clock.token():06d}".translate(PERSIAN))
        send(page)
        assert len(page.locator("pre code").inner_text().split()) == 10
        page.locator("details.account-menu summary").click()
        page.get_by_role("button", name="خروج").click()
        expect(page).to_have_url(f"{served}/sign-in")
        page.fill("#id_email", "Omid@Shop.example")
        page.fill("#id_password", PASSWORD)
        send(page)
        expect(page).to_have_url(f"{served}/sign-in/code")
        clock.time = time.time()
        page.fill("#id_code", f"{clock.token():06d}".translate(PERSIAN))
        send(page)
        expect(page).to_have_url(f"{served}/w/{shop.workspace_id}/today")
    connections.close_all()
