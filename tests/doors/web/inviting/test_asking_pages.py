"""How a survey is asked, on its pages: links whole, codes to print, surveys on sites; who may, and what is not his."""

from __future__ import annotations

import struct
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from builders import an_event
from later import Later
from safar.store.home import Home
from safar.store.registry import Workspace

from .test_asking_api import a_survey

services = Later("safar.doors.web.inviting.services")
queries = Later("safar.doors.web.inviting.queries")
actors = Later("safar.doors.web.audit.actor")


@pytest.fixture
def survey(shop: Workspace) -> str:
    return a_survey(shop)


def place_of(workspace: Workspace, survey: str) -> str:
    return f"/w/{workspace.workspace_id}/listen/surveys/{survey}/ask"


def test_a_link_is_shown_whole_and_its_code_is_a_drawing_and_a_picture(
    shop: Workspace, survey: str, let_in: Callable[..., Any]
) -> None:
    browser, place = let_in("en", "manager"), place_of(shop, survey)
    assert browser.post(f"{place}/links", {"kind": "kiosk", "name": "Door"}).status_code == 302
    (made,) = queries.links_of(shop, survey)
    page = browser.get(place).content.decode()
    assert f">http://127.0.0.1/s/{made.token}/kiosk</a>" in page
    drawing = browser.get(f"{place}/links/{made.token}.svg")
    assert (drawing["Content-Type"], b"<svg" in drawing.content) == ("image/svg+xml", True)
    picture = browser.get(f"{place}/links/{made.token}.png")
    width, height = struct.unpack(">II", picture.content[16:24])
    assert (picture["Content-Type"], width == height, width > 400) == ("image/png", True, True)
    assert browser.get(f"{place}/links/{made.token}.exe").status_code == 404
    refused = browser.post(f"{place}/links", {"kind": "pigeon"})
    assert (refused.status_code, len(queries.links_of(shop, survey))) == (422, 1)


def test_a_survey_on_pages_is_told_where_and_when_it_appears(
    shop: Workspace, survey: str, let_in: Callable[..., Any]
) -> None:
    browser, place = let_in("en", "manager"), place_of(shop, survey)
    leads = browser.post(f"{place}/links", {"kind": "widget", "name": "Shop"})["Location"]
    (made,) = queries.links_of(shop, survey)
    given = {
        "origins": "https://shop.example\nhttp://localhost:8080",
        "look": "inline",
        "corner": "end",
        "pages": "/checkout/*",
        "trigger": "event",
        "event_name": "order_placed",
        "delay_seconds": "۵",
        "share": "25",
        "again_after_days": "",
    }
    assert browser.post(leads, given).status_code == 302
    kept = queries.link(made.token)
    assert kept.origins == ("https://shop.example", "http://localhost:8080")
    assert dict(kept.appears) == {
        "look": "inline",
        "pages": ["/checkout/*"],
        "trigger": "event",
        "event_name": "order_placed",
        "delay_seconds": 5,
        "share": 0.25,
    }
    page = unescape(browser.get(leads).content.decode())
    assert '<script async src="http://127.0.0.1/i/safar.js" data-key="WRITE_KEY"' in page
    assert f'<div data-safar-survey="{made.token}"></div>' in page
    for wrong in (
        {"origins": "javascript:alert(1)"},
        {"event_name": ""},
        {"pages": "checkout"},
        {"share": "0"},
    ):
        assert browser.post(leads, {**given, **wrong}).status_code == 422
    assert queries.link(made.token) == kept
    assert let_in("en", "viewer").get(leads).status_code == 403


def test_the_file_of_links_is_taken_by_a_press_and_only_by_who_may(
    shop: Workspace, survey: str, tell: Callable[..., None], let_in: Callable[..., Any]
) -> None:
    from django.utils import timezone

    tell(
        an_event("identify", timezone.now(), customer="=a", properties={"phone": "09121234567"}),
    )
    plan = services.RoundPlan(name="Spring", channel="sms", customer_ids=("=a", "stranger"))
    round_id = services.start_round(shop, survey, plan, by=actors.SYSTEM)
    browser, place = let_in("en", "manager"), f"{place_of(shop, survey)}/{round_id}"
    for _ in range(2):  # looking sends nothing, whatever the address says
        assert browser.get(f"{place}?export=csv").status_code == 200
    assert queries.round_of(shop, round_id).counts == {"waiting": 1, "no_address": 1}
    (facts,), _ = queries.invitations_of(shop, round_id, status="waiting")
    for role in ("viewer", "agent", "analyst"):
        assert let_in("en", role).post(place, {"do": "take"}).status_code == 403
    browser = let_in("en", "manager")
    lines = b"".join(browser.post(place, {"do": "take"})).decode("utf-8-sig").splitlines()
    # a customer who is called like a formula is none to a spreadsheet
    assert lines[1].startswith(f"'=a,'+989121234567,fa,http://127.0.0.1/s/{facts.token},")
    assert "would like to know how it was for you" in lines[1]
    assert not {"\u2066", "\u2067", "\u2068", "\u2069"} & set("".join(lines))
    assert queries.round_of(shop, round_id).counts == {"sent": 1, "no_address": 1}
    page = browser.get(place).content.decode()
    assert 'value="take"' not in page
    assert 'value="retake"' in page


def test_what_is_another_workspaces_is_not_there(
    web_home: Home, shop: Workspace, survey: str, let_in: Callable[..., Any]
) -> None:
    other = web_home.create_workspace("Other")
    theirs = a_survey(other)
    link = services.make_link(other, theirs, "widget", by=actors.SYSTEM)
    plan = services.RoundPlan(name="Theirs", channel="sms", customer_ids=("a",))
    round_id = services.start_round(other, theirs, plan, by=actors.SYSTEM)
    browser, ours = let_in("en", "owner"), place_of(shop, survey)
    for path in (f"links/{link.token}.svg", f"links/{link.token}/appears", round_id):
        assert browser.get(f"{ours}/{path}").status_code == 404
        assert browser.post(f"{ours}/{path}", {"do": "take"}).status_code in {404, 405}
    assert browser.post(f"{ours}/links/{link.token}").status_code == 404
    assert browser.get(place_of(shop, theirs)).status_code == 404
    assert queries.link(link.token).why == ""
    assert queries.round_of(other, round_id).stopped_at is None
