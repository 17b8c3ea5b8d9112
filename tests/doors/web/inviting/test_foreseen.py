"""Before anybody is asked it is said how many would be, and why others would not."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from a_shop import an_answer, days_ago
from builders import an_event
from later import Later
from safar.store.home import Home
from safar.store.registry import Workspace

from .test_asking_api import a_survey

segments = Later("safar.doors.web.segments.services")
actors = Later("safar.doors.web.audit.actor")
models = Later("safar.doors.web.inviting.models")
NOBODY = "Nobody is chosen yet: choose a segment, or an event after which to ask."


@pytest.fixture
def place(shop: Workspace) -> str:
    """Where a round is begun."""
    return f"/w/{shop.workspace_id}/listen/surveys/{a_survey(shop)}/ask/new"


@pytest.fixture
def segment(shop: Workspace, tell: Callable[..., None]) -> str:
    """Three customers with addresses, one without; one of them answered yesterday."""
    tell(
        *(
            an_event("identify", days_ago(9), customer=each, properties={"email": f"{each}@example.com"})
            for each in "abc"
        ),
        an_event("identify", days_ago(9), customer="d", properties={"city": "Shiraz"}),
        an_answer("nps", 9, 1, "c"),
    )
    found = segments.define(shop, "All", "any (has email?; has city = Shiraz)", by=actors.Actor("system"))
    segments.catch_up(shop)
    return str(found)


def words(answer: Any) -> str:
    """Return what a page says, its marks taken out."""
    said = unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(re.sub("[\u2068\u2069]", "", said).split())


def test_who_would_be_asked_and_why_others_not(let_in: Callable[..., Any], place: str, segment: str) -> None:
    browser = let_in("en", "manager")
    wanted = {"segment": segment, "channel": "email", "share": "100"}
    told = (
        "2 of 4 customers would be asked now. 1 not asked: no address known 1 not asked: answered lately"
        " not asked: no address known d"
    )
    assert words(browser.get(f"{place}/foreseen", wanted)) == told
    page = browser.post(place, {**wanted, "name": "Spring", "do": "look"})
    assert (page.status_code, told in words(page), 'value="Spring"' in page.content.decode()) == (
        200,
        True,
        True,
    )
    assert not models.Round.objects.exists()
    assert not models.Invitation.objects.exists()


def test_programs_look_before_they_ask(
    shop: Workspace, send: Callable[..., Any], segment: str, tell: Callable[..., None]
) -> None:
    place = f"surveys/{a_survey(shop)}/rounds"
    found = send("post", f"{place}/foreseen", {"channel": "email", "customer_ids": ["a", "d", "d"]}).json()
    assert found == {
        "customers": 2,
        "judged": 2,
        "counts": {"ask": 1, "no_address": 1},
        "verdicts": {"a": "ask", "d": "no_address"},
    }
    found = send("post", f"{place}/foreseen", {"channel": "email", "segment_id": segment}).json()
    assert (found["customers"], found["counts"], found["verdicts"]) == (
        4,
        {"ask": 2, "no_address": 1, "quarantine": 1},
        {},
    )
    wrong = send("post", f"{place}/foreseen", {"channel": "email", "segment_id": "0123456789abcdef"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "inviting.round_refused")
    assert send("post", f"{place}/foreseen", {"channel": "sms"}, role="analyst").status_code == 403
    assert not models.Round.objects.exists()


def test_nobody_is_the_start_and_an_event_is_waited_for(
    let_in: Callable[..., Any], place: str, segment: str
) -> None:
    browser = let_in("en", "manager")
    page = words(browser.get(place))
    assert NOBODY in page
    assert "Everybody " not in page.partition("Segment")[2].partition("After this event")[0]
    assert "when the event has happened" in words(
        browser.get(f"{place}/foreseen", {"segment": segment, "event": "order_completed"})
    )
    # what cannot be read is as usual, what is not here is nobody
    assert "2 of 4" in words(
        browser.get(f"{place}/foreseen", {"segment": segment, "share": "x", "channel": "x"})
    )
    assert words(browser.get(f"{place}/foreseen", {"segment": "0123456789abcdef"})) == NOBODY


def test_who_may_not_ask_is_told_nothing(let_in: Callable[..., Any], place: str, segment: str) -> None:
    assert let_in("en", "analyst").get(f"{place}/foreseen", {"segment": segment}).status_code == 403


def test_a_segment_of_another_workspace_is_nobody(
    web_home: Home, let_in: Callable[..., Any], place: str, segment: str
) -> None:
    other = web_home.create_workspace("Other", workspace_id="other", language="en", currency="USD")
    theirs = segments.define(other, "Theirs", "did order_placed", by=actors.Actor("system"))
    browser = let_in("en", "manager")
    assert words(browser.get(f"{place}/foreseen", {"segment": theirs, "share": "100"})) == NOBODY
    assert "2 of 4" in words(browser.get(f"{place}/foreseen", {"segment": segment, "share": "100"}))
