"""How soon a page is there on a slow line: largest contentful paint of each page, cold, in a real Chromium.

A simulated shop on a real server; the line has 1.6 Mbit/s and 150 ms there and back, the processor a quarter of its
speed, the screen is 390 px wide. Each page is opened three times with an empty cache; the median counts.

    .venv/bin/python benchmarks/first_paint.py            # all pages
    .venv/bin/python benchmarks/first_paint.py today me   # those that start so

Needs the development set-up and a Chromium. Numbers depend on the machine: they are for comparing one run with another.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "scripts")]

import pictures
from furnish import Furnished, freshen, furnish
from pages import PLACES

RUNS = 3
LINE = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
SLOWER = 4
WATCH = """
window.largest = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.largest = entry.startTime;
}).observe({ type: "largest-contentful-paint", buffered: true });
"""


def paint(browser: Browser, address: str, cookies: list) -> tuple[float, float, int]:
    """Open a page once; return milliseconds to its largest paint, to its first byte, and bytes received."""
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        context.add_cookies(cookies)
        context.add_init_script(WATCH)
        page = context.new_page()
        net = context.new_cdp_session(page)
        net.send("Network.enable")
        net.send("Network.emulateNetworkConditions", LINE)
        net.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        received: list[float] = []
        net.on("Network.loadingFinished", lambda found: received.append(found["encodedDataLength"]))
        page.goto(address, wait_until="load")
        page.wait_for_timeout(600)  # late paints
        first = page.evaluate("performance.getEntriesByType('navigation')[0].responseStart")
        return page.evaluate("window.largest"), first, int(sum(received))


def main() -> None:
    asked = tuple(sys.argv[1:])
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("first_paint: no Chromium on this machine.")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        made = furnish(home)
        with pictures.serving(home) as served:
            measure(served, made, chromium, asked)


def measure(served: str, made: Furnished, chromium: str, asked: tuple[str, ...]) -> None:
    with sync_playwright() as playwright:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # an event loop of Playwright's is in this thread
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        print(f"{'page':<28}{'LCP ms':>8}{'first byte ms':>15}{'kB':>7}")
        for place in PLACES:
            if place.reader == "newcomer" or place.press or (asked and not place.name.startswith(asked)):
                continue
            freshen()
            cookies = [{"name": "safar_language", "value": "fa", "url": served}]
            session = made.sessions.get("fa" if place.reader == "member" else place.reader)
            if session is not None:
                cookies.append({"name": "safar_session", "value": session, "url": served})
            address = served + place.address.format(**made.names)
            runs = [paint(browser, address, cookies) for _ in range(RUNS)]
            largest, first, received = (statistics.median(each) for each in zip(*runs, strict=True))
            print(f"{place.name:<28}{largest:>8.0f}{first:>15.0f}{received / 1000:>7.0f}", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
