"""Every kind of question, answered in each language: with the pointer, with the keyboard alone, without JavaScript."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from every_kind import every_kind
from looking import COLOURS, faults
from watched_tabs import WATCH

pytestmark = pytest.mark.browser

#: What each question keeps, whoever answers it, in whichever language.
ANSWERS = {
    "nps": {"value": 9.0},
    "why": {"text": "good خوب"},
    "csat": {"value": 4.0},
    "ces": {"value": 7.0},
    "stars": {"value": 3.0},
    "points": {"value": 2.0},
    "city": {"choices": ["other"], "text": "Qom"},
    "liked": {"choices": ["price", "support"]},
    "city_list": {"choices": ["riyadh"]},
    "city_picture": {"choices": ["london"]},
    "agree": {"rows": {"price": {"value": 5.0}, "speed": {"value": 4.0}, "support": {"value": 1.0}}},
    "gap": {"rows": {f"{row}.{side}": {"value": value} for row, side, value in (
        ("price", "first", 5.0), ("price", "second", 2.0), ("speed", "first", 1.0), ("speed", "second", 3.0))}},
    "image": {"rows": {"slow": {"value": 6.0}, "dear": {"value": 1.0}, "cold": {"value": 7.0}}},
    "rank": {"choices": ["speed", "price", "support", "packing"],
             "rows": {"speed": {"value": 1.0}, "price": {"value": 2.0}, "support": {"value": 3.0},
                      "packing": {"value": 4.0}}},
    "sum": {"rows": {"price": {"value": 50.0}, "speed": {"value": 30.0}, "support": {"value": 20.0}}},
    "slider": {"value": 51.0},
    "number": {"value": 12.0},
    "date": {"text": "2026-03-21"},
    "phone": {"text": "+989121234567"},
    "email": {"text": "sara@example.com"},
    "consent": {"value": 1.0},
    "goal": {"value": 0.5, "choices": ["buy"], "text": "no size"},
}  # fmt: skip
#: 21 March 2026 as readers of each language type it.
DATES = {"fa": ("۱", "1", "۱۴۰۵"), "ar": ("٢١", "3", "٢٠٢٦"), "en": ("21", "3", "2026")}
_CHECKED = ("nps=9", "csat=4", "ces=7", "stars=3", "points=2", "city=other", "liked=price", "liked=support",
            "city_picture=london", "agree.price=5", "agree.speed=4", "agree.support=1", "gap.price.first=5",
            "gap.price.second=2", "gap.speed.first=1", "gap.speed.second=3", "image.slow=6", "image.dear=1",
            "image.cold=7", "consent=yes", "goal=buy", "goal.done=partly")  # fmt: skip
_TYPED = {"why": "good خوب", "city.other": "Qom", "sum.price": "۵۰", "sum.speed": "٣٠", "sum.support": "20",
          "number": "۱۲", "phone": "۰۹۱۲۱۲۳۴۵۶۷", "email": "Sara@Example.com", "goal.why": "no size"}  # fmt: skip


@pytest.fixture
def asked(shop: Any) -> Any:
    from django.db import connections

    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.inviting.services import make_link
    from safar.doors.web.surveys import services
    from safar.listen.questionnaire.anatomy import read

    by = Actor("system")
    survey_id = services.create(shop, read(every_kind()), by=by)
    picture = services.keep_picture(shop, survey_id, a_picture(), by=by)
    services.replace(shop, survey_id, read(every_kind(picture=picture)), base=1, by=by)
    services.publish(shop, survey_id, by=by)
    link = make_link(shop, survey_id, "open", by=by)
    connections.close_all()
    return link


def a_picture() -> bytes:
    """A PNG of one colour, 800 by 400."""

    def piece(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = (b"\0" + b"\xdf\xe7\xe6" * 800) * 400
    head = piece(b"IHDR", struct.pack(">IIBBBBB", 800, 400, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + piece(b"IDAT", zlib.compress(rows)) + piece(b"IEND", b"")


@pytest.fixture
def opened(chromium_browser: Browser, served: str) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []

    def opened(**options: Any) -> Page:
        shared = {"base_url": served, "reduced_motion": "reduce", "viewport": {"width": 390, "height": 844}}
        contexts.append(chromium_browser.new_context(**(shared | options)))
        contexts[-1].add_init_script(WATCH)
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()


def kept() -> dict[str, Any]:
    from django.db import connections

    from safar.doors.web.answering.models import Response

    (row,) = Response.objects.all()
    connections.close_all()
    assert (row.state, row.in_log) == ("complete", True)
    return dict(row.answers)


def fill(page: Page, language: str, check: Callable[[Any], None], upload: Path) -> None:
    """Answer what is on the page, whatever it is."""
    for wish in _CHECKED:
        name, _, value = wish.partition("=")
        control = page.locator(f'[name="{name}"][value="{value}"]')
        if control.count():
            check(control)
    for name, words in _TYPED.items():
        if page.locator(f'[name="{name}"]').count():
            page.locator(f'[name="{name}"]').fill(words)
    if page.locator('[name="city_list"]').count():
        page.locator('[name="city_list"]').select_option("riyadh")
    if page.locator('[name="date.day"]').count():
        day, month, year = DATES[language]
        page.locator('[name="date.day"]').fill(day)
        page.locator('[name="date.month"]').select_option(month)
        page.locator('[name="date.year"]').fill(year)
        page.locator('[name="file.upload"]').set_input_files(upload)


def check_kept(found: dict[str, Any], language: str) -> None:
    (file_id,) = found.pop("file")["files"]
    assert len(file_id) == 22
    tree, click = found.pop("tree"), found.pop("click")
    assert (tree["choices"], tree["value"]) == (["help", "returns"], 1.0)
    assert click["value"] == 1.0
    assert click["point"] == pytest.approx((0.75, 0.75), abs=0.01)
    assert found == ANSWERS, language


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_with_the_pointer(asked: Any, opened: Any, language: str, tmp_path: Path) -> None:
    upload = tmp_path / "goods.html"
    upload.write_bytes(a_picture())
    page = opened()
    page.goto(f"/s/{asked.token}?lang={language}")
    pages = 0
    while page.locator("form#survey").count():
        pages += 1
        if language == "fa":  # the same marks in each language, and it takes its time
            assert faults(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        fill(page, language, lambda control: control.check(force=True), upload)
        if page.locator("[data-ranking]").count():
            speed = page.locator(".ranks li", has=page.locator('[name="rank.speed"]'))
            speed.drag_to(page.locator(".ranks li").first)
            page.locator("[type=range]").focus()
            page.keyboard.press("ArrowLeft" if language != "en" else "ArrowRight")
        if page.locator("[data-tree]").count():
            page.locator('.opens[value="tree help"]').click()
            page.locator('[name="tree"][value="returns"]').check(force=True)
            picture = page.locator('[name="click.pixel"]')
            picture.scroll_into_view_if_needed()
            box = picture.bounding_box()
            picture.click(position={"x": box["width"] * 0.75, "y": box["height"] * 0.75})
        with page.expect_navigation():
            page.locator("button.go").click()
    assert pages == 7
    assert page.evaluate("window.violations") == []
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, COLOURS) == []
    check_kept(kept(), language)


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_without_javascript(asked: Any, opened: Any, language: str, tmp_path: Path) -> None:
    upload = tmp_path / "goods.png"
    upload.write_bytes(a_picture())
    page = opened(java_script_enabled=False)
    page.goto(f"/s/{asked.token}?lang={language}")
    while page.locator("form#survey").count():
        fill(page, language, lambda control: control.check(force=True), upload)
        if page.locator('[name="slider"]').count():
            page.locator('[name="slider"]').fill("51")
            for place, name in enumerate(("speed", "price", "support", "packing"), 1):
                page.locator(f'[name="rank.{name}"]').select_option(str(place))
        if page.locator("[data-tree]").count():
            with page.expect_navigation():
                page.locator('.opens[value="tree help"]').click()
            page.locator('[name="tree"][value="returns"]').check(force=True)
            fill(page, language, lambda control: control.check(force=True), upload)
            picture = page.locator('[name="click.pixel"]')
            box = picture.bounding_box()
            assert (box["width"], box["height"]) == (320, pytest.approx(161, abs=2))
            with page.expect_navigation():
                picture.click(position={"x": 240, "y": 120})  # sends the page as well
        else:
            with page.expect_navigation():
                page.locator("button.go").click()
    check_kept(kept(), language)


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_with_the_keyboard_alone(asked: Any, opened: Any, language: str, tmp_path: Path) -> None:
    upload = tmp_path / "goods.png"
    upload.write_bytes(a_picture())
    page = opened()
    page.goto(f"/s/{asked.token}?lang={language}")

    def press(control: Any) -> None:
        control.focus()  # a group is one stop of Tab, its options are reached by arrows
        page.keyboard.press("Space")
        assert control.is_checked()

    while page.locator("form#survey").count():
        fill(page, language, press, upload)
        if page.locator("[data-ranking]").count():
            up = page.locator(".ranks li", has=page.locator('[name="rank.speed"]')).locator("button").first
            up.focus()
            page.keyboard.press("Enter")
            page.locator("[type=range]").focus()
            page.keyboard.press("ArrowRight" if language == "en" else "ArrowLeft")
        if page.locator("[data-tree]").count():
            page.locator('.opens[value="tree help"]').focus()
            page.keyboard.press("Enter")
            press(page.locator('[name="tree"][value="returns"]'))
            picture = page.locator('[name="click.pixel"]')
            picture.focus()
            for key in ("ArrowRight", "ArrowDown"):
                for _ in range(12):
                    page.keyboard.press(key)
            page.keyboard.press("Enter")
        page.locator("button.go").focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
    found = kept()
    assert found["click"]["point"] == pytest.approx([0.74, 0.74], abs=0.001)
    found["click"]["point"] = [0.75, 0.75]
    check_kept(found, language)


def test_the_first_page_weighs_little(asked: Any, opened: Any, served: str) -> None:
    """All that a phone fetches to see the first page, packed as it travels."""
    page = opened()
    weights: list[int] = []
    page.on("requestfinished", lambda request: weights.append(request.sizes()["responseBodySize"]))
    page.goto(f"/s/{asked.token}?lang=fa")
    page.wait_for_load_state("networkidle")
    assert len(weights) == 3  # the page, its style, its script
    assert sum(weights) < 16_000


def test_errors_are_summed_up_and_lead_to_their_questions(asked: Any, opened: Any) -> None:
    page = opened()
    page.goto(f"/s/{asked.token}?lang=en")
    page.locator("button.go").click()
    summary = page.locator("#problems")
    assert summary.evaluate("each => each === document.activeElement")
    assert faults(page) == []
    summary.get_by_role("link").click()
    assert page.url.endswith("#q-nps")
    page.emulate_media(color_scheme="dark")
    assert faults(page, COLOURS) == []
