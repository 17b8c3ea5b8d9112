"""A kiosk in a real browser: it goes on without a line and over a restart, and sends each answer once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from looking import faults

from .conftest import a_survey, nps, single, text

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(chromium: str, served: str, tmp_path: Path) -> Iterator[Any]:
    """Open a browser that keeps what it is given in a folder: the same one each time."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    contexts: list[BrowserContext] = []
    with sync_playwright() as playwright:

        def opened(*, offline: bool = False) -> Page:
            context = playwright.chromium.launch_persistent_context(
                str(tmp_path / "browser"),
                executable_path=chromium,
                args=flags,
                base_url=served,
                locale="en-GB",
                reduced_motion="reduce",
                offline=offline,
            )
            contexts.append(context)
            return context.new_page()

        yield opened
        for context in contexts:
            context.close()


def answer(page: Page, point: int, why: str) -> None:
    page.get_by_role("button", name="Start", exact=True).click()
    page.locator(f'[name="nps"][value="{point}"]').check(force=True)
    page.get_by_role("button", name="Next").click()
    if point < 7:
        page.locator('[name="why"]').fill(why)
        page.get_by_role("button", name="Next").click()
    expect(page.locator(".ending h1")).to_have_text("Thank you" if point < 7 else "Glad to hear")
    page.get_by_role("button", name="Start anew").click()


def test_a_kiosk_answers_without_a_line_and_over_a_restart(ask: Any, opened: Any, web_home: Any) -> None:
    from django.db import connections

    from safar.doors.web.answering.models import Response

    glad = {"type": "test", "of": "question.nps", "compares": ">=", "value": 7}
    asked = ask(
        a_survey(
            [nps(is_required=True)],
            [text(is_required=True, title={"en": "Why {{question.nps}}?"})],
            jumps=[{"after": "p1", "to": "glad", "when": glad}],
            endings=[
                {"ending_id": "glad", "title": {"en": "Glad to hear"}, "when": glad},
                {"ending_id": "thanks", "title": {"en": "Thank you"}},
            ],
        ),
        "kiosk",
        channel="kiosk",
    )
    connections.close_all()
    page = opened()
    page.goto(f"{asked.address}/kiosk?idle=30")
    expect(page.locator("#kiosk[data-kept]")).to_be_attached()
    assert faults(page) == []
    page.context.set_offline(True)
    page.reload()
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_have_text("Please answer this question.")
    assert faults(page) == []
    page.get_by_role("button", name="Start anew").click()
    for point, why in ((3, "slow"), (9, ""), (5, "dear")):
        answer(page, point, why)
    expect(page.locator(".waiting")).to_have_attribute("data-count", "3")
    page.context.close()
    again = opened(offline=True)
    again.goto(f"{asked.address}/kiosk?idle=30")
    expect(again.locator(".waiting")).to_have_attribute("data-count", "3")
    again.context.set_offline(False)
    expect(again.locator(".waiting")).to_be_hidden(timeout=15_000)
    rows = list(Response.objects.filter(survey_id=asked.survey_id).order_by("started_at"))
    assert [(row.state, row.channel, row.ending, row.answers) for row in rows] == [
        ("complete", "kiosk", "thanks", {"nps": {"value": 3.0}, "why": {"text": "slow"}}),
        ("complete", "kiosk", "glad", {"nps": {"value": 9.0}}),
        ("complete", "kiosk", "thanks", {"nps": {"value": 5.0}, "why": {"text": "dear"}}),
    ]
    # when it was answered, not when it was sent
    assert all(row.finished_at < row.touched_at for row in rows)
    asked_of = "select count(*), count(distinct event_id) from events where event_name = 'survey_completed'"
    assert web_home.log(asked.workspace.workspace_id).sql(asked_of).rows() == [(3, 3)]
    connections.close_all()


def test_what_a_kiosk_sends_twice_is_one_and_what_it_sends_wrong_is_dropped(ask: Any, browser: Any) -> None:
    from safar.doors.web.answering.models import Response

    asked = ask(a_survey([nps(is_required=True), single("city", "a", "b")]), "kiosk")
    kept = {"name": "one", "language": "fa", "started_at": 1_790_000_000.0, "ended_at": 1_790_000_030.5}
    address = f"{asked.address}/kiosk/responses"

    def send(**differs: Any) -> Any:
        return browser.post(address, {**kept, **differs}, content_type="application/json")

    whole = {"nps": ["9"], "city": ["nowhere"], "x": ["1"]}
    assert [send(controls=whole).json() for _ in range(2)] == [{"state": "complete"}] * 2
    assert send(name="two", controls={"city": ["a"]}).json() == {"state": "stopped"}
    assert send(name="three", controls=[]).status_code == 400
    assert browser.post(ask(a_survey([nps()], key="b")).address + "/kiosk/responses", {}).status_code == 404
    first, second = Response.objects.order_by("pk")
    assert (first.answers, first.seconds, first.language) == ({"nps": {"value": 9.0}}, 30.5, "fa")
    assert (second.state, second.answers) == ("stopped", {"city": {"choices": ["a"]}})


def test_what_was_answered_before_a_new_version_is_read_as_it_was_asked(ask: Any, browser: Any) -> None:
    import msgspec

    from safar.doors.web.answering.models import Response
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.surveys import queries, services
    from safar.listen.questionnaire.anatomy import read

    asked = ask(a_survey([single("city", "a", "b")]), "kiosk")
    assert 'data-version="1"' in browser.get(f"{asked.address}/kiosk").content.decode()
    pages = read(a_survey([single("city", "b", "c")])).pages
    draft = queries.survey_of(asked.workspace, asked.survey_id)
    services.apply(
        asked.workspace,
        asked.survey_id,
        lambda survey: msgspec.structs.replace(survey, pages=pages),
        base=draft.revision,
        by=SYSTEM,
    )
    services.publish(asked.workspace, asked.survey_id, by=SYSTEM)
    kept = {"language": "fa", "started_at": 1_790_000_000.0, "ended_at": 1_790_000_030.5}

    def send(**differs: Any) -> Any:
        return browser.post(
            f"{asked.address}/kiosk/responses", {**kept, **differs}, content_type="application/json"
        )

    assert send(name="old", version=1, controls={"city": ["a"]}).json() == {"state": "complete"}
    assert send(name="new", version=2, controls={"city": ["c"]}).json() == {"state": "complete"}
    assert send(name="none", version=9, controls={"city": ["c"]}).status_code == 404
    rows = Response.objects.order_by("pk").values_list("version", "answers")
    assert list(rows) == [(1, {"city": {"choices": ["a"]}}), (2, {"city": {"choices": ["c"]}})]


def test_how_long_a_kiosk_waits_may_be_said_and_nonsense_is_passed_over(ask: Any, browser: Any) -> None:
    asked = ask(a_survey([nps()]), "kiosk")
    for said, waits in (("30", 30), ("۹۰", 90), ("9" * 5_000, 60), ("1", 5), ("-5", 60), ("²", 60)):
        page = browser.get(f"{asked.address}/kiosk", {"idle": said})
        assert (page.status_code, f'data-idle="{waits}"' in page.content.decode()) == (200, True), said[:9]


def test_who_walks_away_leaves_the_kiosk_for_the_next(ask: Any, opened: Any) -> None:
    from django.db import connections

    from safar.doors.web.answering.models import Response

    asked = ask(a_survey([single("city", "a", "b")], [nps(is_required=True)]), "kiosk")
    connections.close_all()
    page = opened()
    page.goto(f"{asked.address}/kiosk?idle=5")
    page.get_by_role("button", name="Start", exact=True).click()
    page.locator('[name="city"][value="b"]').check(force=True)
    page.get_by_role("button", name="Next").click()
    with page.expect_response("**/kiosk/responses"):
        expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible(timeout=10_000)
    (row,) = Response.objects.all()
    assert (row.state, row.answers, row.in_log) == ("stopped", {"city": {"choices": ["b"]}}, True)
    connections.close_all()
