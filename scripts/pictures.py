"""Pictures of the pages, of a simulated shop on a real server in a real browser.

    .venv/bin/python scripts/pictures.py          the ones that documents show, into docs/pictures/
    .venv/bin/python scripts/pictures.py --all    every language, theme, width and state, into build/pictures/

Needs the development set-up and a Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

EMAIL = "sara@safar.example"
LANGUAGES, THEMES, WIDTHS = ("fa", "ar", "en"), ("light", "dark"), (1440, 390)
#: What each state of Today is shown at.
STATES = {
    "data": "/w/demo/today",
    "year": "/w/demo/today?period=year",
    "empty": "/w/new/today",
    "error": "/w/demo/today?period=31d",
    "missing": "/w/nobody/today",
}
#: Name in docs/pictures: language, theme, width, state.
SHOWN = {
    "today-fa": ("fa", "light", 1440, "data"),
    "today-ar": ("ar", "light", 1440, "data"),
    "today-en": ("en", "light", 1440, "data"),
    "today-en-dark": ("en", "dark", 1440, "year"),
    "today-fa-dark-phone": ("fa", "dark", 390, "data"),
    "today-ar-empty": ("ar", "light", 1440, "empty"),
    "today-fa-error": ("fa", "light", 1440, "error"),
}
SERVE = """
import sys
from safar.doors.serve import serve
serve(sys.argv[1], port=0, on_ready=lambda address: print(address, flush=True))
"""


def fill(home: Path) -> None:
    """Make a home with a simulated shop, an empty workspace and a member of both."""
    from safar.demo.company import fill as fill_company  # noqa: PLC0415 - loads engines, only needed here
    from safar.doors.web.setup import prepare  # noqa: PLC0415

    prepare(home)
    from safar.doors.web.homes import current_home  # noqa: PLC0415 - needs Django configured
    from safar.doors.web.members.services import add_member  # noqa: PLC0415

    opened = current_home()
    for workspace_id, name in (("demo", "فروشگاه سفر"), ("new", "New shop")):
        opened.create_workspace(
            name,
            workspace_id=workspace_id,
            language="fa",
            calendar="jalali",
            time_zone="Asia/Tehran",
            currency="IRR",
        )
        add_member(EMAIL, "سارا احمدی", "fa", workspace_id, "owner")
    log = opened.log("demo")
    with log.writer() as writer:
        fill_company(writer, "small", until=datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
    log.compact()


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


def sign_in_link(address: str) -> str:
    """Return a fresh link for the member."""
    from safar.doors.web.members.services import create_sign_in_link  # noqa: PLC0415 - needs Django configured

    return create_sign_in_link(EMAIL, address)


def take(
    browser: Browser, address: str, link: str, wanted: dict[str, tuple[str, str, int, str]], into: Path
) -> None:
    """Sign in once and take every picture."""
    into.mkdir(parents=True, exist_ok=True)
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.locator("main button").click()
    for name, (language, theme, width, state) in wanted.items():
        page.set_viewport_size({"width": width, "height": 900 if width > 500 else 844})
        page.goto(address + "/w/demo/today")
        page.locator("header details.menu").first.locator("summary").click()
        page.locator("select[name=theme]").select_option(theme)
        page.locator(f"button[lang={language}]").click()
        page.goto(address + STATES[state], wait_until="networkidle")
        page.evaluate("document.fonts.ready")
        page.screenshot(path=into / f"{name}.png", full_page=True)
    context.close()


def main() -> None:
    """Take the pictures that were asked for."""
    parser = argparse.ArgumentParser(description="Pictures of the pages.")
    parser.add_argument("--all", action="store_true", help="all of them, into build/pictures/")
    asked = parser.parse_args()
    wanted, into = SHOWN, ROOT / "docs" / "pictures"
    if asked.all:
        into = ROOT / "build" / "pictures"
        wanted = {
            f"today-{language}-{theme}-{width}-{state}": (language, theme, width, state)
            for state, width, theme, language in product(STATES, WIDTHS, THEMES, LANGUAGES)
        }
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("pictures: no Chromium on this machine; `make test` installs Debian's.")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        fill(home)
        with serving(home) as address:
            link = sign_in_link(address)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                take(browser, address, link, wanted, into)
                browser.close()
    print(f"pictures: {len(wanted)} in {into.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
