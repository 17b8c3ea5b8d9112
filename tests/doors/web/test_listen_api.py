"""Listening for programs: answers of files, widgets and codes, working time, causes, messages, topics, aspects."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from a_shop import days_ago
from builders import an_event
from later import Later
from safar.listen.text.topic_document import Topics
from safar.store.registry import Workspace

surveys = Later("safar.doors.web.surveys.services")
actors = Later("safar.doors.web.audit.actor")
audit = Later("safar.doors.web.audit.models")
answering = Later("safar.doors.web.answering.models")
case_services = Later("safar.doors.web.cases.services")
comments = Later("safar.doors.web.comments.services")
comment_models = Later("safar.doors.web.comments.models")
topic_services = Later("safar.doors.web.comments.topic_services")

Send = Callable[..., Any]


@pytest.fixture
def survey(shop: Workspace) -> str:
    from safar.listen.questionnaire.anatomy import read

    questions = [
        {"kind": "nps", "question_id": "q", "key": "nps", "title": {"en": "Recommend?"}},
        {"kind": "text", "question_id": "why", "title": {"en": "Why?"}},
    ]
    document = read(
        {
            "format": "safar.survey/1",
            "key": "relational",
            "name": {"en": "Relational"},
            "pages": [{"page_id": "p", "questions": questions}],
        }
    )
    public_id = str(surveys.create(shop, document, by=actors.SYSTEM))
    surveys.publish(shop, public_id, by=actors.SYSTEM)
    return public_id


def _work() -> None:
    from safar.doors.web.work.worker import Worker

    Worker().run_waiting()


def test_answers_of_a_file_are_planned_brought_in_and_taken_back(
    shop: Workspace, send: Send, survey: str
) -> None:
    place = f"surveys/{survey}/answers-files"
    table = "respondent,Recommend?,comment,when\na,9,good,2026-03-01 10:00\nb,ten,bad,2026-03-02 10:00\n"
    sent = send("post", f"{place}?file_name=old.csv", raw=table.encode())
    assert sent.status_code == 201, sent.content
    file = sent.json()
    assert (file["is_waiting"], file["origin"], file["responses"], file["lines"]) == (True, "table", 0, 2)
    assert {each["head"]: each["to"] for each in file["columns"]} == {
        "respondent": "",
        "Recommend?": "q",
        "comment": "",
        "when": "",
    }
    assert file["answers"] == {"q": 1}
    assert [(each["head"], each["count"], each["example"]) for each in file["problems"]] == [
        ("Recommend?", 1, "ten")
    ]
    at = f"{place}/{file['file_id']}"
    refused = send("patch", at, {"columns": {"comment": "nothing"}})
    assert (refused.status_code, refused.json()["code"]) == (422, "results.plan_refused")
    plan = {"respondent": "@customer", "comment": "why", "when": "@finished"}
    planned = send("patch", at, {"columns": plan}).json()
    assert planned["answers"] == {"q": 1, "why": 2}
    begun = send("post", f"{at}/run")
    assert begun.status_code == 202
    _work()
    assert send("get", f"work/{begun.json()['work_id']}").json()["status"] == "succeeded"
    rows = answering.Response.objects.filter(survey_id=survey).order_by("pk")
    assert [(row.customer_id, sorted(row.answers)) for row in rows] == [("a", ["q", "why"]), ("b", ["why"])]
    assert [
        (each["file_id"], each["is_waiting"], each["responses"])
        for each in send("get", place).json()["items"]
    ] == [(file["file_id"], False, 2)]
    assert send("delete", at).status_code == 404, "it does not wait any more"
    undone = send("post", f"{at}/undo")
    assert undone.status_code == 202
    _work()
    assert not rows.all().exists()
    assert send("get", at).status_code == 404
    actions = set(audit.Change.objects.values_list("action", flat=True))
    assert {"survey.answers_brought", "survey.answers_taken_back"} <= actions


def test_a_file_that_waits_is_put_away_and_who_may_not_sends_none(send: Send, survey: str) -> None:
    place = f"surveys/{survey}/answers-files"
    for role in ("viewer", "agent"):
        assert send("post", f"{place}?file_name=a.csv", raw=b"q\n9\n", role=role).status_code == 403
    assert send("get", place).json()["items"] == []
    made = send("post", f"{place}?file_name=a.csv", raw=b"q\n9\n").json()
    assert send("delete", f"{place}/{made['file_id']}").status_code == 200
    assert send("get", f"{place}/{made['file_id']}").json()["code"] == "results.unknown_file"
    assert send("post", "surveys/nothing/answers-files?file_name=a.csv", raw=b"q\n9\n").status_code == 404


def test_a_widget_is_told_when_it_appears_and_a_link_is_a_code(send: Send, survey: str) -> None:
    place = f"surveys/{survey}/links"
    made = send("post", place, {"kind": "widget", "origins": ["https://shop.example"]}).json()
    assert made["appears"]["trigger"] == "page"
    at = f"{place}/{made['token']}"
    rules = {"pages": ["/checkout*"], "trigger": "event", "event_name": "order_placed", "share": 0.5}
    told = send("put", f"{at}/appears", {"origins": ["https://Shop.example:8443"], "appears": rules}).json()
    assert told["origins"] == ["https://shop.example:8443"]
    assert {name: told["appears"][name] for name in rules} == rules
    refused = send("put", f"{at}/appears", {"origins": [], "appears": {"trigger": "event"}})
    assert (refused.status_code, refused.json()["code"]) == (422, "inviting.widget_refused")
    assert send("put", f"{at}/appears", {"origins": []}, role="viewer").status_code == 403
    kiosk = send("post", place, {"kind": "kiosk"}).json()
    assert kiosk["appears"] is None
    assert kiosk["address"].endswith("/kiosk")
    drawn = send("get", f"{place}/{kiosk['token']}/qr", role="viewer")
    assert drawn.headers["Content-Type"] == "image/svg+xml"
    assert drawn.content.startswith(b"<?xml")
    assert send("get", f"{place}/{kiosk['token']}/qr?form=png").content.startswith(b"\x89PNG")
    assert send("get", f"{place}/nothing/qr").status_code == 404


def test_working_time_is_kept_and_says_when_something_is_due(send: Send) -> None:
    usual = send("get", "working-time", role="viewer").json()
    assert usual["hours"]["thursday"] == []
    assert usual["hours"]["saturday"] == [["09:00", "17:00"]]
    nowruz = send("get", "working-time/holidays?country=IR").json()["items"][0]
    assert (nowruz["calendar"], nowruz["month"], nowruz["day"], nowruz["name"]) == ("jalali", 1, 1, "nowruz")
    week = {day: [["08:00", "24:00"]] for day in usual["hours"]}
    day_off = {"calendar": "gregorian", "month": 12, "day": 25, "name": "Ours"}
    kept = send("put", "working-time", {"hours": week, "holidays": [day_off]})
    assert kept.status_code == 200, kept.content
    assert kept.json()["hours"]["friday"] == [["08:00", "24:00"]]
    assert [each["name"] for each in kept.json()["holidays"]] == ["Ours"]
    due = send("get", "working-time/due?minutes=60", role="viewer").json()
    assert due["due_at"] > due["asked_at"]
    for wrong in ({"monday": [["17:00", "09:00"]]}, {"monday": [["9 o'c", "10:00"]]}, {}):
        refused = send("put", "working-time", {"hours": wrong})
        assert (refused.status_code, refused.json()["code"]) == (422, "working_time.refused"), wrong
    assert send("put", "working-time", {"hours": week}, role="analyst").status_code == 403
    assert send("get", "working-time").json() == kept.json()


def test_root_causes_are_named_and_customers_are_told(shop: Workspace, send: Send) -> None:
    cause = send("post", "cases/causes", {"en": "Courier", "fa": "پیک"}).json()
    assert (cause["names"], cause["is_archived"], cause["cases"]) == (
        {"en": "Courier", "fa": "پیک"},
        False,
        0,
    )
    at = f"cases/causes/{cause['cause_id']}"
    assert send("patch", at, {"names": {"en": "Couriers"}, "is_archived": True}).json()["is_archived"]
    assert send("patch", at, {"is_archived": False}).json()["names"] == {"en": "Couriers"}
    assert send("post", "cases/causes", {}).json()["code"] == "cases.root_cause_refused"
    assert send("patch", "cases/causes/nothing", {"is_archived": True}).status_code == 404
    assert send("post", "cases/causes", {"en": "x"}, role="agent").status_code == 403
    heard = {"words": "late", "language": "fa"}
    for customer in ("ali", "sara"):
        made = case_services.open_by_hand(shop, customer, "late", heard=heard, by=actors.SYSTEM)
        said = {"version": 1, "root_cause": cause["cause_id"], "outcome": "solved"}
        assert send("post", f"cases/{made}/close", said).status_code == 200
    audience = {"root_cause": cause["cause_id"]}
    counted = send("post", "cases/tellings/audience", audience).json()
    assert counted == {
        "customers": 2,
        "languages": {"fa": 2},
        "unreached": {"no_address": 2},
        "is_mailed": False,
    }
    new = {"title": "Couriers", "texts": {"fa": "پیک‌ها عوض شدند."}, "audience": audience}
    assert send("post", "cases/tellings", new, role="agent").status_code == 403
    told = send("post", "cases/tellings", new)
    assert told.status_code == 201, told.content
    assert told.json()["customers"] == 2
    assert [each["telling_id"] for each in send("get", "cases/tellings").json()["items"]] == [
        told.json()["telling_id"]
    ]
    at = f"cases/tellings/{told.json()['telling_id']}"
    first = send("get", f"{at}/customers?limit=1").json()
    assert first["items"][0] == {
        "customer_id": "sara",
        "language": "fa",
        "text": "پیک‌ها عوض شدند.",
        "status": "listed",
    }
    following = send("get", f"{at}/customers?limit=1&cursor={first['next']}").json()
    assert ([each["customer_id"] for each in following["items"]], following["next"]) == (["ali"], None)
    nobody = {**new, "audience": {"topic": "nothing"}}
    assert send("post", "cases/tellings", nobody).json()["code"] == "cases.telling_refused"
    assert send("get", "cases/tellings/nothing").json()["code"] == "cases.telling_unknown"


def test_topics_are_discovered_looked_at_and_taken(shop: Workspace, send: Send, tell: Any) -> None:
    tell(
        an_event(
            "message_received", days_ago(1), customer="a", properties={"text": "The courier was very late"}
        )
    )
    comments.catch_up(shop)
    asked = send("post", "topics/proposals")
    assert asked.status_code == 202, asked.content
    proposal = asked.json()
    assert (proposal["is_ready"], proposal["work_status"], proposal["topics"]) == (False, "waiting", [])
    topic_services.keep_proposal(
        proposal["proposal_id"],
        Topics().add("courier", ["courier"]).add("price", ["price"]),
        {"courier": (1, 1)},
        1,
    )
    at = f"topics/proposals/{proposal['proposal_id']}"
    ready = send("get", at).json()
    assert ready["is_ready"]
    keys = {each["name"]: each["key"] for each in ready["topics"]}
    assert send("get", "topics/proposals", role="viewer").status_code == 403
    assert send("get", "topics/proposals").json()["items"][0]["proposal_id"] == proposal["proposal_id"]
    assert send("post", f"{at}/take", {"topics": [keys["courier"]]}).json() == {"taken": 1}
    assert [each["words"] for each in send("get", "topics").json()["items"]] == [["courier"]]
    assert send("get", at).status_code == 404
    again = send("post", "topics/proposals").json()
    assert send("post", f"topics/proposals/{again['proposal_id']}/take", {"topics": ["x"]}).status_code == 404
    topic_services.keep_proposal(again["proposal_id"], Topics().add("price", ["price"]), {}, 1)
    assert send("delete", f"topics/proposals/{again['proposal_id']}").status_code == 200
    assert send("get", "topics/proposals").json()["items"] == []


def test_aspects_are_counted_and_comments_narrowed_to_them(shop: Workspace, send: Send, tell: Any) -> None:
    tell(
        an_event("message_received", days_ago(2), customer="a", properties={"text": "The price is too high"}),
        an_event("message_received", days_ago(1), customer="b", properties={"text": "Hello there"}),
    )
    comments.catch_up(shop)
    comment_models.Mention.objects.update(sentiment=-1)
    board = send("get", "comments/aspects?days=7", role="viewer").json()
    assert board["comments"] == 2
    (price,) = board["aspects"]
    assert (price["aspect"], price["names"]["fa"]) == ("price", "قیمت")
    assert (price["comments"]["negative"], price["before"]["negative"], price["change"]) == (1, 0, None)
    assert send("get", "comments/aspects?language=ar").json()["aspects"] == []
    found = send("get", "comments?aspect=price&feels=negative", role="agent").json()["items"]
    assert [each["text"] for each in found] == ["The price is too high"]
    assert send("get", "comments?aspect=price&feels=positive", role="agent").json()["items"] == []


def test_responses_are_taken_away_as_a_file(shop: Workspace, send: Send, survey: str) -> None:
    given = {"answers": {"q": 9, "why": "good"}, "customer_id": "ali", "language": "en"}
    assert send("post", f"surveys/{survey}/responses", given).status_code == 201
    at = f"surveys/{survey}/responses/file"
    answer = send("get", f"{at}?form=csv", role="analyst")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert (row["customer_id"], row["q"]) == ("ali", "9")
    sav = b"".join(send("get", f"{at}?form=sav", role="analyst").streaming_content)
    assert sav[:4] in {b"$FL2", b"$FL3"}
    book = b"".join(send("get", f"{at}?form=xlsx&words=true&language=fa", role="analyst").streaming_content)
    assert book.startswith(b"PK")
    assert send("get", at, role="agent").status_code == 403
    assert send("get", f"{at}?form=svg").status_code == 422
    assert send("get", "surveys/nothing/responses/file").status_code == 404
    assert audit.Change.objects.filter(action="survey.responses_taken").count() == 3


def test_many_responses_are_written_in_the_background(
    shop: Workspace, send: Send, survey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safar.doors.web.results import made_files
    from safar.doors.web.work import queries as works

    assert send("post", f"surveys/{survey}/responses", {"answers": {"q": 9}}).status_code == 201
    monkeypatch.setattr(made_files, "AT_ONCE", 0)
    at = f"surveys/{survey}/responses/file"
    begun = send("get", f"{at}?form=sav", role="analyst")
    told = begun.json()
    assert (begun.status_code, told["address"]) == (202, f"/api/v1/{at}/{told['work_id']}")
    work = works.work_of(told["work_id"], shop.workspace_id)
    assert (work.kind, work.title.endswith(".sav")) == ("results.file", True)
    fetched = send("get", f"{at}/{told['work_id']}", role="analyst")
    assert (fetched.status_code, fetched.json()) == (202, told)
    assert send("get", f"{at}/{told['work_id']}", role="agent").status_code == 403
    assert send("get", f"{at}/{UUID(int=0)}", role="analyst").status_code == 404
