"""Pictures of the pages, of a simulated shop on a real server in a real browser.

    .venv/bin/python scripts/pictures.py               the ones that documents show, into docs/pictures/
    .venv/bin/python scripts/pictures.py --all         all pages, languages, themes, widths, states: build/pictures/
    .venv/bin/python scripts/pictures.py --all today   only pages whose name starts so

Needs the development set-up and a Chromium. The pages are listed in `scripts/pages.py`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from furnish import Furnished, freshen, furnish
from pages import PLACES, Part, Place
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

LANGUAGES, THEMES, WIDTHS = ("fa", "ar", "en"), ("light", "dark"), (1440, 390)
#: Of a map: down to the end of the river.
_CUT = 1066
#: An answer that is worked on and comes to where it is waited for, and how many milliseconds it may take.
_COMING, _PATIENCE = ".work[aria-busy=true][hx-get*='then=']", 300_000
#: Name in docs/pictures: page, state, language, theme, width; where a long page is cut.
SHOWN = {
    "today-fa": ("today", "data", "fa", "light", 1440),
    "today-ar": ("today", "data", "ar", "light", 1440),
    "today-en": ("today", "data", "en", "light", 1440),
    "today-en-dark": ("today", "year", "en", "dark", 1440),
    "today-fa-dark-phone": ("today", "data", "fa", "dark", 390),
    "today-ar-empty": ("today", "empty", "ar", "light", 1440),
    "today-fa-error": ("today", "failing", "fa", "light", 1440),
    "living-map-fa": ("living-map", "data", "fa", "light", 1440, _CUT),
    "living-map-en": ("living-map", "data", "en", "light", 1440, _CUT),
    "design-fa": ("design", "data", "fa", "light", 1440),
}
SERVE = """
import sys
from safar.doors.serve import serve
serve(sys.argv[1], port=0, on_ready=lambda address: print(address, flush=True))
"""


@dataclass(frozen=True)
class Picture:
    """One picture to take; of a part on its way (``loading``) or one that does not come (``lost``) too."""

    name: str
    place: Place
    state: str
    language: str
    theme: str
    width: int
    height: int | None = None


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """Serve the home; yield its address."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(home)], stdout=subprocess.PIPE, text=True, cwd=ROOT / "src"
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(60)


def every_picture(start: str = "") -> list[Picture]:
    """Return each page in each state, width, theme and language."""
    return [
        Picture(f"{place.name}-{state}-{language}-{theme}-{width}", place, state, language, theme, width)
        for place in PLACES
        if place.name.startswith(start)
        for state in ("data", *place.states, *_part_states(place))
        for width, theme, language in product(WIDTHS, THEMES, LANGUAGES)
    ]


def _part_states(place: Place) -> list[str]:
    states = {
        "loading": any(part.busy for part in place.parts),
        "lost": any(part.broken for part in place.parts),
    }
    return [state for state, has_it in states.items() if has_it]


def take(browser: Browser, address: str, made: Furnished, wanted: list[Picture], into: Path) -> None:
    """Take every picture, each by the reader of its page."""
    into.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        freshen()
        contexts: dict[str, BrowserContext] = {}
        for one in wanted:
            if one.language != language or one.place.reader == "newcomer":
                continue
            reader = one.place.reader
            if reader not in contexts:
                contexts[reader] = entered(
                    browser, address, made.sessions.get(language if reader == "member" else reader)
                )
            show(contexts[reader], address, one, made, into)
        for context in contexts.values():
            context.close()


def entered(browser: Browser, address: str, session: str | None) -> BrowserContext:
    """Return a browser with a session; without one it is a stranger's."""
    context = browser.new_context(reduced_motion="reduce")
    if session is not None:
        context.add_cookies([{"name": "safar_session", "value": session, "url": address}])
    return context


def show(context: BrowserContext, address: str, one: Picture, made: Furnished, into: Path) -> None:
    """Take one picture."""
    context.add_cookies(
        [
            {"name": name, "value": value, "url": address}
            for name, value in (("safar_theme", one.theme), ("safar_language", one.language))
        ]
    )
    page = context.new_page()
    page.set_viewport_size({"width": one.width, "height": 900 if one.width > 500 else 844})
    if one.state in {"loading", "lost"}:
        _open_part(page, address, one, made)
    else:
        shown = one.place.address if one.state == "data" else one.place.states[one.state]
        page.goto(address + shown.format(**made.names))
        page.locator(_COMING).first.wait_for(state="detached", timeout=_PATIENCE)
        page.wait_for_load_state()
    if one.place.press:
        page.locator(one.place.press).click()
    # What asks for itself again and again never falls silent; what matters is there soon.
    page.wait_for_timeout(250)
    page.evaluate("document.fonts.ready")
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > one.width:
        print(f"pictures: {one.name} is {wide} wide at {urlsplit(page.url).path}", file=sys.stderr)
    cut = None if one.height is None else {"x": 0, "y": 0, "width": one.width, "height": one.height}
    page.screenshot(path=into / f"{one.name}.png", full_page=True, clip=cut)
    page.close()


def _open_part(page: Page, address: str, one: Picture, made: Furnished) -> None:
    """Open a page and let one of its parts wait for its answer, or never get one."""
    is_lost = one.state == "lost"
    part: Part = next(part for part in one.place.parts if (part.broken if is_lost else part.busy))
    page.route(part.asks, (lambda route: route.abort()) if is_lost else (lambda _route: None))
    page.goto(address + one.place.address.format(**made.names))
    if part.press:
        page.locator(part.press).first.click()
    page.locator(part.broken if is_lost else part.busy).wait_for()


def main() -> None:
    """Take the pictures that were asked for."""
    parser = argparse.ArgumentParser(description="Pictures of the pages.")
    parser.add_argument("--all", action="store_true", help="all of them, into build/pictures/")
    parser.add_argument("start", nargs="?", default="", help="with --all: only pages whose name starts so")
    asked = parser.parse_args()
    if asked.all:
        wanted, into = every_picture(asked.start), ROOT / "build" / "pictures"
    else:
        places, into = {place.name: place for place in PLACES}, ROOT / "docs" / "pictures"
        wanted = [Picture(name, places[page], *how) for name, (page, *how) in SHOWN.items()]
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("pictures: no Chromium on this machine; `make test` installs Debian's.")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        made = furnish(home)
        with serving(home) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            # Playwright keeps an event loop in this thread; what is asked of Django here is no part of it.
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
            take(browser, address, made, wanted, into)
            browser.close()
    print(f"pictures: {len(wanted)} in {into.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
