"""A map of sixty bound steps on a small log: its sheet opens whole, and a telephone shows one stage of it at a time."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, expect

from a_shop import days_ago
from builders import an_event
from later import Later
from safar.maps.anatomy import Binding, Card, JourneyMap, Lane, LaneKind, Move, Stage, Step
from safar.vocabulary.digits import fold_digits

services = Later("safar.doors.web.maps.services")
actors = Later("safar.doors.web.audit.actor")

STAGES, STEPS = 6, 60
IDS = [f"s{number}" for number in range(STEPS)]


def a_step(number: int) -> Step:
    name = {"fa": f"گام شمارهٔ {number}", "en": f"Step no. {number}"}
    return Step(step_id=IDS[number], name=name, binding=Binding(events=f"Done {number}: done_{number}"))


def a_long_map() -> JourneyMap:
    """Return a line of sixty steps in six stages, ten each, with a pain at each step."""
    size = STEPS // STAGES
    return JourneyMap(
        name={"fa": "سفری دراز", "en": "A long way"},
        languages=("fa", "en"),
        lanes=(Lane(lane_id="pain", kind=LaneKind.PAIN),),
        stages=tuple(
            Stage(
                stage_id=f"g{stage}",
                name={"fa": f"مرحلهٔ {stage}", "en": f"Stage {stage}"},
                steps=tuple(a_step(number) for number in range(stage * size, (stage + 1) * size)),
            )
            for stage in range(STAGES)
        ),
        moves=tuple(Move(source=a, target=b) for a, b in pairwise(IDS)),
        cards=tuple(
            Card(card_id=f"c-{each}", step_id=each, lane_id="pain", text={"en": f"Hurts at {each}"})
            for each in IDS
        ),
    )


@pytest.fixture
def address(shop, tell) -> str:
    """The map's address; each of twenty customers has gone three steps further than the one before."""
    begun = days_ago(20)
    tell(
        *(
            an_event(f"done_{step}", begun + timedelta(minutes=step), customer=f"c{who}")
            for who in range(20)
            for step in range(3 * (who + 1))
        )
    )
    return f"/w/{shop.workspace_id}/journeys/maps/{services.create(shop, a_long_map(), by=actors.SYSTEM)}"


def people_of(page: str) -> list[int]:
    """Return the number of people that each cell of their lane begins with."""
    row = re.search(r'<tr class="row-people">(.*?)</tr>', page, re.DOTALL)
    assert row
    cells = re.findall(r'<td class="cell.*?</td>', row[1], re.DOTALL)
    numbers = (re.search("[0-9]+", fold_digits(re.sub("<[^>]+>", " ", cell))) for cell in cells)
    return [int(number[0]) for number in numbers if number]


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_map_of_sixty_steps_opens_whole(address: str, let_in, language: str) -> None:
    found = let_in(language, "analyst").get(address)
    assert found.status_code == 200
    page = found.content.decode()
    assert re.findall(r'id="step-(s\d+)"', page) == IDS
    assert re.findall(r"Hurts at (s\d+)", page) == IDS
    assert people_of(page) == [20 - number // 3 for number in range(STEPS)]


@pytest.mark.browser
def test_a_telephone_shows_one_stage_of_it_at_a_time(
    address: str, let_in, chromium_browser: Browser, served: str
) -> None:
    from django.conf import settings
    from django.db import connections

    name = settings.SESSION_COOKIE_NAME
    cookie = let_in("fa", "analyst").cookies[name].value
    connections.close_all()
    context = chromium_browser.new_context(base_url=served, viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": name, "value": cookie, "url": served}])
    page = context.new_page()
    try:
        page.goto(address)
        steps = page.locator(".step-row th.step")
        expect(steps).to_have_count(STEPS)
        for stage in (0, 3, STAGES - 1):
            page.locator(f"[data-stage=g{stage}]").click()
            expect(page.locator(f"#step-s{10 * stage}")).to_be_visible()
            shown = steps.evaluate_all(
                "all => all.filter((each) => each.checkVisibility()).map((each) => each.id)"
            )
            assert shown == [f"step-s{10 * stage + number}" for number in range(10)]
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    finally:
        context.close()
