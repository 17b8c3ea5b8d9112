"""The page of a map in a real browser: it fetches nothing, complains of nothing, and fits a telephone and paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request

from later import Later
from looking import faults
from shop_maps import a_shop_map, lived_events

pytestmark = pytest.mark.browser

services = Later("safar.doors.web.maps.services")
actors = Later("safar.doors.web.audit.actor")


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_page_stands_alone(
    chromium_browser: Browser, shop, tell, let_in, tmp_path: Path, language: str
) -> None:
    tell(*lived_events())
    made = services.create(shop, a_shop_map(), by=actors.SYSTEM)
    answer = let_in("en", "agent").get(
        f"/w/{shop.workspace_id}/journeys/maps/{made}/export.html", {"language": language}
    )
    file = tmp_path / "map.html"
    file.write_bytes(answer.content)
    page = chromium_browser.new_page(viewport={"width": 1280, "height": 900})
    fetched: list[str] = []
    said: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith("data:"):
            fetched.append(request.url)

    page.on("request", note)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file.as_uri())
    assert faults(page) == []
    assert page.locator(".whole table").is_visible()
    # Words of a drawing keep their size, however wide its columns are.
    heights = (
        "[...document.querySelectorAll('.whole .drawing-emotion text')].map(each => each.getBBox().height)"
    )
    wide = page.evaluate(heights)
    page.set_viewport_size({"width": 1900, "height": 900})
    assert page.evaluate(heights) == wide != []
    bars = page.locator('.whole .drawing-river rect[width="10"]').all()
    places = [bar.bounding_box()["x"] for bar in bars]
    heads = [head.bounding_box() for head in page.locator(".whole thead tr").nth(1).locator("th").all()]
    middles = [head["x"] + head["width"] / 2 for head in heads]
    assert [abs(place + 5 - middle) < 2 for place, middle in zip(places, middles, strict=True)] == [True] * 3
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".parts table").is_visible()
    assert faults(page) == []
    paper = page.pdf(prefer_css_page_size=True)
    assert b"/MediaBox [0 0 841.91998 594.95996]" in paper
    assert said == []
    assert fetched == [file.as_uri()]
    page.close()
