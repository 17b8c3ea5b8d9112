"""Programs ask customers: links, rounds, the budget; who may, and what is not theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from builders import an_event
from later import Later
from safar.store.home import Home
from safar.store.registry import Workspace

surveys = Later("safar.doors.web.surveys.services")
actors = Later("safar.doors.web.audit.actor")
models = Later("safar.doors.web.inviting.models")


def a_survey(workspace: Workspace) -> str:
    from safar.listen.questionnaire.anatomy import read

    page = {"page_id": "p", "questions": [{"kind": "nps", "question_id": "q", "title": {"en": "Recommend?"}}]}
    document = read(
        {"format": "safar.survey/1", "key": "relational", "name": {"en": "Relational"}, "pages": [page]}
    )
    public_id = surveys.create(workspace, document, by=actors.SYSTEM)
    surveys.publish(workspace, public_id, by=actors.SYSTEM)
    return str(public_id)


def test_links_and_rounds_by_programs(
    shop: Workspace, send: Callable[..., Any], tell: Callable[..., None]
) -> None:
    from django.utils import timezone

    tell(an_event("identify", timezone.now(), customer="a", properties={"phone": "09121234567"}))
    place = f"surveys/{a_survey(shop)}"
    made = send("post", f"{place}/links", {"name": "Door", "hidden": {"branch": "7"}}).json()
    assert (made["kind"], made["hidden"], made["why"]) == ("open", {"branch": "7"}, "")
    assert made["address"].endswith(f"/s/{made['token']}")
    closed = send("patch", f"{place}/links/{made['token']}", {"is_closed": True}).json()
    assert closed["why"] == "closed"
    assert [each["token"] for each in send("get", f"{place}/links", role="viewer").json()["items"]] == [
        made["token"]
    ]
    asks = {"name": "Spring", "channel": "sms", "customer_ids": ["a", "stranger"]}
    one = send("post", f"{place}/rounds", asks).json()
    assert one["counts"] == {"waiting": 1, "no_address": 1}
    listed = send("get", f"{place}/rounds/{one['round_id']}/invitations?status=waiting", role="agent").json()
    assert [(each["customer_id"], each["status"]) for each in listed["items"]] == [("a", "waiting")]
    stopped = send("post", f"{place}/rounds/{one['round_id']}/stop").json()
    assert stopped["stopped_at"] is not None
    budget = {"most": 1, "within_days": 7, "quarantine_days": 0, "same_survey_days": 0, "consent": "surveys"}
    assert send("put", "contact-budget", budget).json() == budget
    assert send("get", "contact-budget", role="viewer").json() == budget


@pytest.mark.parametrize(
    "closes_at", ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"]
)
def test_a_link_that_closes_when_no_calendar_reaches_is_refused(
    shop: Workspace, send: Callable[..., Any], closes_at: str
) -> None:
    place = f"surveys/{a_survey(shop)}/links"
    refused = send("post", place, {"closes_at": closes_at})
    assert (refused.status_code, refused.json()["code"]) == (422, "inviting.round_refused")
    assert not models.Link.objects.exists()
    made = send("post", place, {"closes_at": "2199-12-31T23:59:59+03:30"})
    assert (made.status_code, made.json()["closes_at"]) == (201, "2199-12-31T20:29:59Z")


def test_who_may_not_changes_nothing(shop: Workspace, send: Callable[..., Any]) -> None:
    place = f"surveys/{a_survey(shop)}"
    asks = {"name": "Spring", "channel": "sms", "customer_ids": ["a"]}
    for role in ("viewer", "agent", "analyst"):
        assert send("post", f"{place}/links", {}, role=role).status_code == 403
        assert send("post", f"{place}/rounds", asks, role=role).status_code == 403
    assert not models.Link.objects.exists()
    assert not models.Round.objects.exists()


def test_what_is_another_workspaces_is_not_there(
    web_home: Home, shop: Workspace, send: Callable[..., Any]
) -> None:
    other = web_home.create_workspace("Other")
    theirs = a_survey(other)
    for path in ("links", "rounds"):
        assert send("get", f"surveys/{theirs}/{path}").status_code == 404
    ours = a_survey(shop)
    refused = send("post", f"surveys/{ours}/rounds", {"name": "x", "channel": "sms"})
    assert (refused.status_code, refused.json()["code"]) == (422, "inviting.round_refused")
    assert send("get", f"surveys/{ours}/rounds/nothing").status_code == 404
