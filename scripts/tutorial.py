"""The tutorial of the living map, walked: from an empty home to a poster, in a real browser, at `safar serve`.

    .venv/bin/python scripts/tutorial.py               the pictures of docs/tutorials, into docs/pictures/
    .venv/bin/python scripts/tutorial.py fa            only those of one language

The file is Online Retail where it lies beside the checkout, otherwise a made one with its columns. The same walk is a
test: `tests/doors/web/test_tutorial.py`.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
REAL_FILE = ROOT.parent / "shared" / "data" / "online_retail" / "online_retail_2010_2011.csv.gz"
COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
LOCALES = {"fa": "fa-IR", "ar": "ar-EG", "en": "en-GB"}
#: What takes long is done in the background: of 541,909 rows, on a machine that does other things too.
LONG = 90_000


@dataclass(frozen=True)
class Told:
    """What is typed on the way, in one language."""

    member: str
    workspace: str
    segment: str
    persona: str


TOLD = {
    "fa": Told("سارا احمدی", "فروشگاه هدیه", "خریداران همیشگی", "مریم، خریدار همیشگی"),
    "ar": Told("ليلى الحسن", "متجر الهدايا", "المشترون الدائمون", "مريم، المشترية الدائمة"),
    "en": Told("Emma Green", "Gift shop", "Regular buyers", "Mary, a regular buyer"),
}


def a_sample(path: Path, *, seed: int = 7, customers: int = 300) -> Path:
    """Write a file with the columns of Online Retail: invoices of a year, some of them cancelled, some of nobody."""
    rng = np.random.default_rng(seed)
    goods = (
        ("85123A", "WHITE HANGING HEART", 2.55),
        ("71053", "METAL LANTERN", 3.39),
        ("22423", "CAKESTAND", 12.75),
    )
    first, invoice = datetime(2010, 12, 1, 8), 536365  # noqa: DTZ001 - the clock of the file
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for customer in range(customers):
            who = "" if customer % 10 == 9 else str(12346 + customer)
            for _ in range(int(rng.geometric(0.35))):
                at = first + timedelta(minutes=int(rng.integers(0, 365 * 24 * 60)))
                lines = [goods[each] for each in rng.permutation(3)[: rng.integers(1, 4)]]
                quantities = [int(each) for each in rng.integers(1, 13, len(lines))]
                rows.writerows(_lines(str(invoice), at, lines, quantities, who))
                if rng.random() < 0.15:
                    back = at + timedelta(days=int(rng.integers(1, 20)))
                    rows.writerows(_lines(f"C{invoice}", back, lines[:1], [-quantities[0]], who))
                invoice += 1
    return path


def _lines(
    number: str, at: datetime, goods: list[tuple[str, str, float]], quantities: list[int], who: str
) -> Iterator[tuple[object, ...]]:
    for (code, name, price), quantity in zip(goods, quantities, strict=True):
        yield number, code, name, quantity, f"{at:%Y-%m-%d %H:%M:%S}", price, who, "United Kingdom"


@contextmanager
def served(folder: Path, command: str, link: str, *words: str, within: float) -> Iterator[str]:
    """Run a command that serves a home of its own; yield the ``link`` that it says ``within`` so many seconds."""
    told = folder / "told.txt"
    run = [sys.executable, "-m", "safar.doors.cli", command, "--home", str(folder / "home"), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with told.open("w") as file:
        process = subprocess.Popen([*run, *words], stdout=file, stderr=file, env=environment)
    try:
        deadline = time.monotonic() + within
        while not (found := re.search(link, told.read_text())):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(told.read_text())
            time.sleep(0.1)
        yield found[0]
    finally:
        process.terminate()
        process.wait(60)


def newly_served(folder: Path) -> AbstractContextManager[str]:
    """Serve an empty home as `make serve` does; yield the link where the first account is made."""
    return served(folder, "serve", r"http://[^/\s]+/welcome/\S+", within=60)


def walk(page: Page, welcome: str, file: Path, told: Told, seen: Callable[[str], None]) -> Path:
    """Do every step of the tutorial by clicking; call ``seen`` with the name of each picture; return the poster."""
    page.goto(welcome)
    page.fill("#id_email", "first@shop.example")
    page.fill("#id_name", told.member)
    page.fill("#id_password", "roads of nishapur")
    page.fill("#id_workspace_name", told.workspace)
    page.locator("main form.form button.button").last.click()
    page.wait_for_url("**/today")
    bring_in(page, file, seen)
    page.locator("nav a[href$='/journeys']:visible").first.click()
    page.locator("main a[href$='/maps/new']").first.click()
    page.locator("li.map-tile:has(input[value=online_shop]) button").click()
    page.wait_for_url("**/edit")
    page.locator("main a[href$='/proposals']").first.click()
    page.wait_for_url("**/proposals")
    seen("proposals")
    page.locator("li.map-proposal form button").first.click()
    page.locator("li.map-proposal").wait_for(state="detached")
    page.locator("nav a[href$='/journeys']:visible").first.click()
    page.locator(".living-facts").wait_for()
    page.locator("select[name=period]").select_option("all")
    page.wait_for_url("**period=all**")
    page.locator(".living-facts").wait_for()
    seen("map")
    living = page.url
    page.locator(".living-facts .living-value").first.click()
    page.locator(".living-aside a[href*='/behind']").first.click()
    page.wait_for_url("**/behind**")
    seen("rows")
    describe(page, told, seen)
    page.goto(living)
    page.locator(".personas a[href*='of=persona']").first.click()
    page.wait_for_url("**of=persona**")
    seen("persona")
    page.locator("details.menu:has(a[href*='export.pdf']) > summary").click()
    with page.expect_download(timeout=LONG) as poster:
        page.locator("a[href*='export.pdf']").first.click()
    return Path(poster.value.path())


def bring_in(page: Page, file: Path, seen: Callable[[str], None]) -> None:
    """Import the file by its shipped mapping."""
    page.locator("main a[href$='/imports/new']").first.click()
    page.set_input_files("#file", file)
    page.locator("form[data-upload] button").click()
    page.wait_for_url("**/columns", timeout=LONG)
    page.locator("button[value='shipped:online_retail']").click()
    page.locator("button[value=try]").click()
    run = page.locator("main form[action$='/run'] button")
    run.wait_for(timeout=LONG)
    seen("import")
    run.click()
    page.locator("h1 .badge.is-good").wait_for(timeout=LONG)


def describe(page: Page, told: Told, seen: Callable[[str], None]) -> None:
    """Define a segment as text, and describe a persona of it."""
    page.locator("nav a[href$='/customers']:visible").first.click()
    page.locator("main a[href$='/customers/segments']").first.click()
    page.locator("main a[href$='/segments/new']").first.click()
    page.fill("#segment-name", told.segment)
    page.locator("button[value='view.text']").click()
    page.locator("#segment-text").fill("ordered >= 3")
    page.locator("button[value=save]").click()
    page.wait_for_url(re.compile(r"/customers/segments/[0-9a-f]+$"))
    page.locator("main a[href$='/customers/personas']").first.click()
    page.locator("main a[href$='/personas/new']").first.click()
    page.locator("select[name=segment]").select_option(label=told.segment)
    page.locator("details[open] input[name^=name_]").fill(told.persona)
    page.locator("form.persona-form .actions button").click()
    page.wait_for_url(re.compile(r"/customers/personas/[0-9a-f]+$"))


def main() -> None:
    """Take the pictures of the tutorials."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("tutorial: no Chromium on this machine; `make test` installs Debian's.")
    into = ROOT / "docs" / "pictures"
    for language in sys.argv[1:] or LOCALES:
        with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
            file = REAL_FILE if REAL_FILE.exists() else a_sample(Path(name) / "online_retail.csv")
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(
                locale=LOCALES[language], viewport={"width": 1280, "height": 860}, reduced_motion="reduce"
            )

            def seen(what: str, page: Page = page, language: str = language) -> None:
                page.wait_for_timeout(400)
                if what in {"map", "persona"}:  # what is bound lies further on
                    page.locator(
                        ".living-main a[href*='about=step.order']"
                    ).first.scroll_into_view_if_needed()
                page.screenshot(path=into / f"tutorial-{what}-{language}.png")

            began = time.monotonic()
            with newly_served(Path(name)) as welcome:
                poster = walk(page, welcome, file, TOLD[language], seen)
                print(
                    f"{language}: {time.monotonic() - began:.0f} s, poster of {poster.stat().st_size} bytes",
                    file=sys.stderr,
                )
            browser.close()


if __name__ == "__main__":
    main()
