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
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from pages import PLACES, Place
from playwright.sync_api import Browser, BrowserContext, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

EMAIL = "sara@safar.example"
LANGUAGES, THEMES, WIDTHS = ("fa", "ar", "en"), ("light", "dark"), (1440, 390)
#: Arabic readers of the pictures read the lunar calendar: the third of the three.
CALENDARS = {"fa": "jalali", "ar": "hijri", "en": "gregorian"}
#: Name in docs/pictures: page, state, language, theme, width.
SHOWN = {
    "today-fa": ("today", "data", "fa", "light", 1440),
    "today-ar": ("today", "data", "ar", "light", 1440),
    "today-en": ("today", "data", "en", "light", 1440),
    "today-en-dark": ("today", "year", "en", "dark", 1440),
    "today-fa-dark-phone": ("today", "data", "fa", "dark", 390),
    "today-ar-empty": ("today", "empty", "ar", "light", 1440),
    "today-fa-error": ("today", "failing", "fa", "light", 1440),
    "design-fa": ("design", "data", "fa", "light", 1440),
}
SERVE = """
import sys
from safar.doors.serve import serve
serve(sys.argv[1], port=0, on_ready=lambda address: print(address, flush=True))
"""


@dataclass(frozen=True)
class Picture:
    """One picture to take."""

    name: str
    address: str
    signed_in: bool
    language: str
    theme: str
    width: int


def fill(home: Path) -> None:
    """Make a home with a simulated shop, an empty workspace and a member of both, who also runs the installation."""
    from safar.demo.company import fill as fill_company  # noqa: PLC0415 - loads engines, only needed here
    from safar.doors.web.setup import prepare  # noqa: PLC0415

    prepare(home)
    from safar.doors.web.homes import current_home  # noqa: PLC0415 - needs Django configured
    from safar.doors.web.members.models import Member  # noqa: PLC0415
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
    add_member("ali@safar.example", "علی کریمی", "fa", "demo", "analyst")
    add_member("layla@safar.example", "ليلى الحسن", "ar", "demo", "agent")
    Member.objects.filter(email=EMAIL).update(is_administrator=True)
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


def every_picture(start: str = "") -> list[Picture]:
    """Return each page in each state, width, theme and language."""
    return [
        picture(f"{place.name}-{state}-{language}-{theme}-{width}", place, state, language, theme, width)
        for place in PLACES
        if place.name.startswith(start)
        for state in ("data", *place.states)
        for width, theme, language in product(WIDTHS, THEMES, LANGUAGES)
    ]


def picture(  # noqa: PLR0917 - what a picture is of
    name: str, place: Place, state: str, language: str, theme: str, width: int
) -> Picture:
    """Return one picture of a page in a state."""
    address = place.address if state == "data" else place.states[state]
    filled = address.format(w="demo", empty="new")
    return Picture(name, filled, place.signed_in, language, theme, width)


def take(browser: Browser, address: str, link: str, wanted: list[Picture], into: Path) -> None:
    """Sign in once and take every picture."""
    into.mkdir(parents=True, exist_ok=True)
    stranger = browser.new_context(reduced_motion="reduce")
    member = browser.new_context(reduced_motion="reduce")
    page = member.new_page()
    page.goto(link)
    page.locator("main button").click()
    page.wait_for_url("**/today")
    reads = ""
    for one in sorted(wanted, key=lambda each: each.language):
        if one.signed_in and one.language != reads:
            read_in(one.language)
            reads = one.language
        show(member if one.signed_in else stranger, address, one, into)
    member.close()
    stranger.close()


def read_in(language: str) -> None:
    """Let the member read in a language and its calendar."""
    from django.db import connections  # noqa: PLC0415 - needs Django configured

    from safar.doors.web.members.models import Member  # noqa: PLC0415

    Member.objects.filter(email=EMAIL).update(language=language, calendar=CALENDARS[language])
    connections.close_all()


def show(context: BrowserContext, address: str, one: Picture, into: Path) -> None:
    """Take one picture."""
    context.add_cookies(
        [
            {"name": name, "value": value, "url": address}
            for name, value in (("safar_theme", one.theme), ("safar_language", one.language))
        ]
    )
    page = context.new_page()
    page.set_viewport_size({"width": one.width, "height": 900 if one.width > 500 else 844})
    page.goto(address + one.address)
    # What asks for itself again and again never falls silent; what matters is there soon.
    page.wait_for_timeout(250)
    page.evaluate("document.fonts.ready")
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > one.width:
        print(f"pictures: {one.name} is {wide} wide at {urlsplit(page.url).path}", file=sys.stderr)
    page.screenshot(path=into / f"{one.name}.png", full_page=True)
    page.close()


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
        wanted = [picture(name, places[page], *how) for name, (page, *how) in SHOWN.items()]
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("pictures: no Chromium on this machine; `make test` installs Debian's.")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        fill(home)
        with serving(home) as address:
            link = sign_in_link(address)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
                )
                # Playwright keeps an event loop in this thread; what is asked of Django here is no part of it.
                os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
                take(browser, address, link, wanted, into)
                browser.close()
    print(f"pictures: {len(wanted)} in {into.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
