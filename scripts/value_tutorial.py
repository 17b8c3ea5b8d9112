"""The tutorial of the desk Value, walked: from `safar demo` to an estimate that is kept, in a real browser.

    .venv/bin/python scripts/value_tutorial.py               the pictures of docs/tutorials/what-to-fix.*, a few minutes
    .venv/bin/python scripts/value_tutorial.py fa            only those of one language

The same walk is a test on a smaller shop: `tests/doors/web/test_value_tutorial.py`.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from tutorial import LOCALES, ROOT, served

#: A first answer of a large shop is counted in the background.
LONG = 300_000
#: Where a long page is cut, below its drawing.
_CUT = 1330
#: What will be done, as it is typed on the way.
DONE = {"fa": "پیک دوم در شمال", "ar": "ساعٍ ثانٍ في الشمال", "en": "A second courier in the north"}


def demo_served(folder: Path, size: str) -> AbstractContextManager[str]:
    """Serve a simulated shop as `make demo` does; yield the link that signs its member in."""
    return served(folder, "demo", r"http://\S+/sign-in/\S+", "--size", size, within=LONG / 1000)


def sign_in(page: Page, link: str) -> str:
    """Open the link of the demo; return the address of the first page."""
    page.goto(link)
    page.locator("main form button.button").click()
    page.wait_for_url("**/today")
    return page.url


def walk(page: Page, today: str, done: str, seen: Callable[[str], None]) -> None:
    """Do every step of the tutorial by clicking; call ``seen`` with the name of each picture."""
    page.goto(today)
    page.locator("nav a[href$='/value']:visible").first.click()
    page.locator(".value-overview [aria-busy=true]").first.wait_for(state="detached", timeout=LONG)
    seen("value-overview")
    page.locator(".value-overview a[href*='/value/value_at_risk']").first.click()
    page.locator("#answer table tbody tr").first.wait_for(timeout=LONG)
    seen("value-at-risk")
    page.locator(".journeys-parts a[href*='/value/value_what_if']").click()
    slider = page.locator("input[type=range][name$=late_delivery]")
    slider.wait_for()
    page.locator("#answer table tbody tr").first.wait_for(timeout=LONG)
    slider.fill("50")
    page.wait_for_url("**late_delivery=50**", timeout=LONG)
    page.locator("#answer svg").first.wait_for(timeout=LONG)
    seen("value-what-if")
    page.locator(".journeys-parts a[href*='/value/value_at_risk']").click()
    page.locator("#answer a[href*='estimates/new'][href*='late_delivery']").click(timeout=LONG)
    page.fill("input[name=name]", done)
    page.locator("main form[method=post] button.button").click()
    page.wait_for_url(re.compile(r"/value/estimates/(?!new)"), timeout=LONG)
    seen("estimate")


def main() -> None:
    """Take the pictures of the tutorials, of a shop large enough to tell what costs most."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("value_tutorial: no Chromium on this machine; `make test` installs Debian's.")
    into = ROOT / "docs" / "pictures"
    with (
        tempfile.TemporaryDirectory() as name,
        demo_served(Path(name), "medium") as link,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        with browser.new_page() as first:
            today, signed_in = sign_in(first, link), first.context.storage_state()
        for language in sys.argv[1:] or LOCALES:
            page = browser.new_page(
                locale=LOCALES[language],
                viewport={"width": 1280, "height": 960},
                reduced_motion="reduce",
                storage_state=signed_in,
            )

            def seen(what: str, page: Page = page, language: str = language) -> None:
                page.wait_for_timeout(400)
                size = page.evaluate("document.documentElement.scrollHeight")
                page.screenshot(
                    path=into / f"{what}-{language}.png",
                    full_page=True,
                    clip={"x": 0, "y": 0, "width": 1280, "height": min(size, _CUT)},
                )

            walk(page, today, DONE[language], seen)
        browser.close()


if __name__ == "__main__":
    main()
