"""Surveys over the API: begun, replaced by several, checked, published, closed; who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from safar.listen.questionnaire.anatomy import read, told
from safar.listen.questionnaire.templates import TEMPLATES, template
from surveys_of_tests import a_survey

Send = Callable[..., Any]


@pytest.fixture
def survey_id(send: Send) -> str:
    made = send("post", "surveys", {"document": told(a_survey())})
    assert made.status_code == 201, made.content
    return str(made.json()["survey_id"])


def test_a_survey_is_begun_published_and_closed(send: Send, survey_id: str) -> None:
    found = send("get", f"surveys/{survey_id}")
    assert (found["ETag"], read(found.json()["document"])) == ('"1"', a_survey())
    made = send("post", f"surveys/{survey_id}/publish", {"note": "first"})
    assert (made.status_code, made.json()["number"], made.json()["note"]) == (200, 1, "first")
    (listed,) = send("get", "surveys").json()["items"]
    assert (listed["state"], listed["version"], listed["has_changes"]) == ("open", 1, False)
    assert read(send("get", f"surveys/{survey_id}/versions/1").json()) == a_survey()
    assert send("post", f"surveys/{survey_id}/close").json()["state"] == "closed"
    assert send("delete", f"surveys/{survey_id}").json()["is_archived"] is True
    assert send("get", "surveys").json()["items"] == []


def test_what_two_changed_at_once_comes_back(send: Send, survey_id: str) -> None:
    mine, theirs = (a_survey(name={"en": name}) for name in ("Mine", "Theirs"))
    first = send("put", f"surveys/{survey_id}", {"document": told(mine)}, **{"If-Match": '"1"'})
    assert (first.status_code, first["ETag"]) == (200, '"2"')
    second = send("put", f"surveys/{survey_id}", {"document": told(theirs), "base": 1})
    assert (second.status_code, second.json()["code"]) == (409, "surveys.conflict")
    assert send("get", f"surveys/{survey_id}").json()["name"] == {"en": "Mine"}


def test_what_the_check_finds_keeps_it_from_being_published(send: Send, survey_id: str) -> None:
    document = told(a_survey()) | {"jumps": [{"after": "p1", "to": "nowhere"}]}
    send("put", f"surveys/{survey_id}", {"document": document})
    found = send("get", f"surveys/{survey_id}/check").json()["items"]
    assert [(each["severity"], each["code"], each["path"]) for each in found] == [
        ("error", "jump.to_nowhere", "jumps[0].to")
    ]
    refused = send("post", f"surveys/{survey_id}/publish", {})
    assert (refused.status_code, refused.json()["code"]) == (422, "surveys.not_ready")
    assert send("get", f"surveys/{survey_id}").json()["state"] == "draft"


def test_templates_and_the_schema_are_there(send: Send) -> None:
    assert [each["key"] for each in send("get", "surveys/templates").json()["items"]] == list(TEMPLATES)
    made = send("post", "surveys", {"template": "delivery"}).json()
    assert read(made["document"]) == template("delivery")
    assert "$defs" in send("get", "surveys/schema").json()["survey"]
    assert send("post", "surveys", {"document": {"pages": 1}}).json()["code"] == "survey.unreadable"


@pytest.mark.parametrize(("role", "writes", "publishes"), [("viewer", 403, 403), ("analyst", 201, 403)])
def test_who_may_write_and_who_may_publish(
    send: Send, survey_id: str, role: str, writes: int, publishes: int
) -> None:
    assert send("get", "surveys", role=role).status_code == 200
    assert send("post", "surveys", {"template": "exit"}, role=role).status_code == writes
    assert send("post", f"surveys/{survey_id}/publish", {}, role=role).status_code == publishes
    assert send("get", f"surveys/{survey_id}").json()["state"] == "draft"
