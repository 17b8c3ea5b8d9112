"""The import in a real browser, in Persian: upload with progress, a column mended, dry run, import, report, undo."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

from safar.store.home import Home
from safar.store.registry import Workspace
from watched_tabs import WATCH

pytestmark = pytest.mark.browser


def an_export(folder: Path) -> Path:
    """Sixty orders whose customer stands in a column that does not say so, one without; amounts are in toman."""
    rows = ["سریال,ردیف سفارش,تاریخ,مبلغ"]
    rows += [f"{'' if n == 4 else f'm{n % 7}'},{n},۱۴۰۴/۰۲/{n % 28 + 1:02} ۱۰:۰۰,۱۲۵۰۰" for n in range(60)]
    path = folder / "سفارش‌های بهار.csv"
    path.write_text("\n".join(rows))
    return path


def test_a_manager_brings_a_file_in_and_takes_it_back(
    served: str, chromium: str, shop: Workspace, web_home: Home, tmp_path: Path
) -> None:
    from django.db import connections

    from safar.doors.web.members.services import add_member, create_sign_in_link

    add_member("sara@example.com", "سارا احمدی", "fa", shop.workspace_id, "manager")
    link = create_sign_in_link("sara@example.com", served)
    connections.close_all()
    said: list[str] = []
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fa-IR")
        context.add_init_script(WATCH)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(link)
        page.locator("main button").first.click()
        page.goto(f"{served}/w/{shop.workspace_id}/imports")
        page.locator("main a.button").first.click()

        page.set_input_files("#file", str(an_export(tmp_path)))
        page.locator("form[data-upload] button").click()
        page.wait_for_url("**/columns")
        expect(page.locator("h1")).to_have_text("سفارش‌های بهار.csv")
        expect(page.locator(".notice.is-bad")).to_contain_text("ستون")  # nobody is the customer yet

        page.get_by_label("سریال").select_option("customer")
        page.get_by_label("ردیف سفارش").select_option("order")
        page.locator("select[name=unit]").select_option("IRR*10")
        page.locator("button[value=apply]").click()
        expect(page.locator(".notice.is-bad")).to_have_count(0)
        expect(page.locator(".meaning")).to_contain_text("سریال")
        expect(page.locator(".meaning")).to_contain_text("تومان")
        expect(page.locator("td.is-wrong")).to_contain_text("مشتری ندارد")

        page.locator("button[value=try]").click()
        expect(page.locator("#headline")).to_contain_text("۵۹", timeout=20_000)
        expect(page.locator(".figures")).to_contain_text("۷۳۷٬۵۰۰\u00a0تومان")

        page.locator("main form[action$='/run'] button").click()
        expect(page.locator("#headline")).to_contain_text("۵۹", timeout=20_000)
        expect(page.locator("h1 .badge")).to_have_text("درون‌ریزی شد")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        log = web_home.log(shop.workspace_id)
        assert log.sql("select count(*), sum(amount)::bigint from events").one() == (59, 7_375_000)

        page.locator("a[href$='/undo']").click()
        page.locator("input[name=typed]").fill("سفارش‌های بهار.csv")
        page.locator("main form button.danger").click()
        expect(page.locator("h1 .badge")).to_have_text("پس گرفته شد", timeout=20_000)
        expect(page.locator("#headline")).to_contain_text("۵۹")
        assert log.sql("select count(*) from events").one() == (0,)
        assert page.evaluate("window.violations") == []
        assert {urlsplit(each.url).netloc for each in context.pages} == {urlsplit(served).netloc}
        assert said == []
        browser.close()
