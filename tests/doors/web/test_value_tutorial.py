"""The tutorial of the desk Value, every step of it by clicking: from the demo's link to an estimate that is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
import value_tutorial
from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


def test_a_manager_finds_what_to_fix_and_keeps_the_estimate(
    chromium_browser: Browser, tmp_path: Path
) -> None:
    seen: list[str] = []
    said: list[str] = []
    with (
        value_tutorial.demo_served(tmp_path, "small") as link,
        chromium_browser.new_context(
            locale="fa-IR", viewport={"width": 1280, "height": 960}, reduced_motion="reduce"
        ) as context,
    ):
        page = context.new_page()
        page.on("pageerror", lambda error: said.append(str(error)))
        today = value_tutorial.sign_in(page, link)
        value_tutorial.walk(page, today, value_tutorial.DONE["fa"], seen.append)
        assert value_tutorial.DONE["fa"] in page.locator("main").inner_text()
    assert seen == ["value-overview", "value-at-risk", "value-what-if", "estimate"]
    assert said == []
