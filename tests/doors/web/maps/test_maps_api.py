"""Maps over the API: made, read, edited by several, replaced, archived; versions; how they are lived; who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from designed_maps import a_map
from later import Later
from safar.maps.anatomy import read, told
from safar.maps.lived import lived_map
from safar.maps.lived_question import lived_question
from safar.maps.templates import TEMPLATES
from safar.store.home import Home
from safar.store.registry import Workspace

Send = Callable[..., Any]
members = Later("safar.doors.web.members.services")
tokens = Later("safar.doors.web.members.tokens")
models = Later("safar.doors.web.maps.models")


@pytest.fixture
def usual_role() -> str:
    return "analyst"


@pytest.fixture
def map_id(send: Send) -> str:
    """The map ``a → b`` with a card ``k``."""
    made = send("post", "maps", {"document": told(a_map("a", "b", cards={"k": "a"}))})
    assert made.status_code == 201, made.content
    return str(made.json()["map_id"])


def text(words: str) -> dict[str, str]:
    return {"edit": "card.text", "of": "k", "language": "en", "text": words}


def test_a_map_is_made_and_read(send: Send, map_id: str) -> None:
    found = send("get", f"maps/{map_id}")
    assert found["ETag"] == '"1"'
    assert read(found.json()["document"]) == a_map("a", "b", cards={"k": "a"})
    (listed,) = send("get", "maps").json()["items"]
    assert (listed["map_id"], listed["name"], listed["steps"], listed["changed_by"]) == (
        map_id, {"en": "Shop"}, 2, "analyst",
    )  # fmt: skip


@pytest.mark.parametrize("key", TEMPLATES)
def test_a_map_is_made_of_a_template(send: Send, key: str) -> None:
    offered = send("get", "maps/templates").json()["items"]
    made = send("post", "maps", {"template": key}, **{"Idempotency-Key": "one"})
    again = send("post", "maps", {"template": key}, **{"Idempotency-Key": "one"})
    assert made.status_code == again.status_code == 201
    assert made.json()["map_id"] == again.json()["map_id"]
    assert made.json()["name"] == next(each["name"] for each in offered if each["key"] == key)
    assert models.JourneyMap.objects.count() == 1


def test_edits_by_two_programs_merge_and_conflicts_come_back(send: Send, map_id: str) -> None:
    first = send("post", f"maps/{map_id}/edits", {"base": 1, "edits": [text("first")]}, role="manager")
    assert (first["ETag"], first.json()["conflicts"]) == ('"2"', [])
    owner = {"edit": "step.owner", "of": "b", "value": "Care"}
    second = send(
        "post", f"maps/{map_id}/edits", {"edits": [text("second"), owner]}, **{"If-Match": '"1"'}
    ).json()
    (conflict,) = second["conflicts"]
    assert (conflict["target"], conflict["kept"], conflict["edit"]) == (
        "card/k/text/en",
        "first",
        text("second"),
    )
    assert [card["text"]["en"] for card in second["document"]["cards"]] == ["first", "second"]
    assert second["document"]["stages"][0]["steps"][1]["owner"] == "Care"
    kinds = send("get", f"maps/{map_id}/edits").json()["items"]
    assert [(each["revision"], each["by"]) for each in kinds] == [(3, "analyst"), (2, "manager")]
    assert send("get", f"maps/{map_id}?revision=1").json()["document"]["cards"][0]["text"] == {"en": "k"}


def test_a_document_replaces_and_the_archive_takes(send: Send, map_id: str) -> None:
    done = send("put", f"maps/{map_id}", {"base": 1, "document": told(a_map("a", "n", "b"))})
    assert [step["step_id"] for step in done.json()["document"]["stages"][0]["steps"]] == ["a", "n", "b"]
    assert send("delete", f"maps/{map_id}").json()["is_archived"]
    refused = send("post", f"maps/{map_id}/edits", {"edits": [text("x")]})
    assert (refused.status_code, refused.json()["code"]) == (422, "maps.archived")
    assert [each["map_id"] for each in send("get", "maps?archived=true").json()["items"]] == [map_id]
    assert not send("post", f"maps/{map_id}/unarchive").json()["is_archived"]


def test_a_version_is_kept_and_comes_back(send: Send, map_id: str) -> None:
    kept = send("post", f"maps/{map_id}/snapshots", {"name": "Before", "decided": "Faster"}).json()
    send("post", f"maps/{map_id}/edits", {"edits": [text("after")]})
    at = f"maps/{map_id}/snapshots/{kept['snapshot_id']}"
    assert send("get", at).json()["document"]["cards"][0]["text"] == {"en": "k"}
    back = send("post", f"{at}/restore").json()
    assert (back["revision"], back["document"]["cards"][0]["text"]) == (3, {"en": "k"})
    assert [each["name"] for each in send("get", f"maps/{map_id}/snapshots").json()["items"]] == ["Before"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("post", "maps", {}, 422, "api.invalid"),
        ("post", "maps", {"document": {}, "template": "online_shop"}, 422, "api.invalid"),
        ("post", "maps", {"document": {"format": "other"}}, 422, "map.unreadable"),
        ("post", "maps", {"template": "onlineshop"}, 422, "map.unknown_template"),
        ("post", "maps/{id}/edits", {"edits": []}, 422, "api.invalid"),
        ("post", "maps/{id}/edits", {"edits": [{"edit": "card.shout"}]}, 422, "map.edit_unreadable"),
        ("post", "maps/{id}/edits", {"edits": [{"edit": "card.remove", "of": "gone"}]}, 422, "map.unknown_part"),
        ("post", "maps/{id}/edits", {"base": 9, "edits": [{"edit": "card.remove", "of": "k"}]}, 422,
         "maps.base_unknown"),
        ("put", "maps/{id}", {"document": {"stages": 1}}, 422, "map.unreadable"),
        ("get", "maps/none", None, 404, "api.not_found"),
        ("post", "maps/none/edits", {"base": 1, "edits": [{"edit": "card.remove", "of": "k"}]}, 404, "maps.unknown"),
        ("get", "maps/{id}/snapshots/1", None, 404, "api.not_found"),
        ("post", "maps/{id}/snapshots/1/restore", None, 404, "maps.unknown"),
        ("get", "maps/{id}/lived?since=2026-01-01T00:00:00Z", None, 422, "api.invalid"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_problem_and_changes_nothing(
    send: Send, map_id: str, method: str, path: str, body: Any, status: int, code: str
) -> None:
    answer = send(method, path.replace("{id}", map_id), body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert send("get", f"maps/{map_id}").json()["revision"] == 1
    assert models.JourneyMap.objects.count() == 1


def test_a_bad_if_match_is_refused(send: Send, map_id: str) -> None:
    for tag in ("*", '"x"', '"99999999999"'):
        answer = send("post", f"maps/{map_id}/edits", {"edits": [text("x")]}, **{"If-Match": tag})
        assert answer.json()["code"] == "api.invalid"


@pytest.mark.parametrize("role", ["viewer", "agent"])
def test_who_only_reads_changes_nothing(send: Send, map_id: str, role: str) -> None:
    assert send("get", f"maps/{map_id}", role=role).status_code == 200
    asked = (
        ("post", "maps", {"template": "online_shop"}),
        ("post", f"maps/{map_id}/edits", {"edits": [text("x")]}),
        ("put", f"maps/{map_id}", {"document": told(a_map("a"))}),
        ("delete", f"maps/{map_id}", None),
        ("post", f"maps/{map_id}/snapshots", {"name": "x"}),
    )
    for method, path, body in asked:
        answer = send(method, path, body, role=role)
        assert (answer.status_code, answer.json()["code"]) == (403, "api.forbidden")
    assert (models.JourneyMap.objects.count(), models.MapEdit.objects.count()) == (1, 0)


def test_another_workspace_finds_nothing(send: Send, map_id: str, web_home: Home, browser: Any) -> None:
    other = web_home.create_workspace("Other")
    member = members.add_member("other@example.com", "Other", "en", other.workspace_id, "owner")
    secret = tokens.create_token(member, other.workspace_id, "script", can_write=True)[1]
    headers = {"Authorization": f"Bearer {secret}"}
    for path in (
        f"maps/{map_id}",
        f"maps/{map_id}/edits",
        f"maps/{map_id}/snapshots",
        f"maps/{map_id}/lived",
    ):
        assert browser.get(f"/api/v1/{path}", headers=headers).status_code == 404
    assert browser.delete(f"/api/v1/maps/{map_id}", headers=headers).status_code == 404
    assert models.JourneyMap.objects.filter(is_archived=True).count() == 0


def test_how_a_map_is_lived_is_the_librarys_answer(
    send: Send, shop: Workspace, web_home: Home, a_month: None
) -> None:
    document = told(a_map("a", "b"))
    steps = document["stages"][0]["steps"]
    steps[0]["binding"] = {"events": "page"}
    steps[1]["binding"] = {"events": "order_placed", "question_keys": ["nps"], "revenue": "order_placed"}
    made = send("post", "maps", {"document": document}).json()
    answer = send("get", f"maps/{made['map_id']}/lived").json()
    wanted = lived_map(web_home.log(shop.workspace_id), lived_question(read(document), window=None))
    assert [each["customers"] for each in answer["steps"]] == [65, 60]
    assert [each["customers"] for each in answer["steps"]] == [each.customers for each in wanted.steps]
    assert answer["fitness"]["value"] == wanted.conformance.fitness.value
    assert answer["steps"][1]["revenue"] == [{"minor": 150_000_000, "currency": "IRR", "amount": "150000000"}]
    assert [(each["channel"], each["events"]) for each in answer["steps"][0]["channels"]] == list(
        wanted.steps[0].channels
    )
    assert answer["moves"][0] == {
        "source": "a", "target": "b", "kind": "designed", "count": 60, "customers": 60, "skipped": [],
    }  # fmt: skip
    viewer = send("get", f"maps/{made['map_id']}/lived", role="viewer").json()
    assert {each["voices"] is None for each in viewer["steps"]} == {True}
    assert {each["voices"] is None for each in answer["steps"]} == {False}


def test_the_schemas_are_published(send: Send) -> None:
    found = send("get", "maps/schema").json()
    assert found["map"]["$defs"]["JourneyMap"]["properties"].keys() >= {"stages", "lanes", "moves", "cards"}
    assert "card.text" in str(found["edits"])


def test_who_sees_no_customers_is_not_told_whom_cards_rest_on(send: Send, map_id: str) -> None:
    evidence = {"kind": "anecdote", "words": {"en": "Ali said"}, "link": "/w/shop/customer?id=ali", "n": 3}
    bare = {"kind": "anecdote", "n": 3}
    card = {"card_id": "m", "step_id": "a", "lane_id": "pain", "evidence": [evidence]}
    edits = [{"edit": "card.evidence", "of": "k", "value": [evidence]}, {"edit": "card.add", "card": card}]
    assert send("post", f"maps/{map_id}/edits", {"edits": edits}).status_code == 200
    kept = send("post", f"maps/{map_id}/snapshots", {"name": "Before"}).json()["snapshot_id"]
    for role, told_evidence in (("agent", evidence), ("viewer", bare)):
        for path in (f"maps/{map_id}", f"maps/{map_id}?revision=2", f"maps/{map_id}/snapshots/{kept}"):
            document = send("get", path, role=role).json()["document"]
            assert [each["evidence"] for each in document["cards"]] == [[told_evidence], [told_evidence]]
        (made,) = send("get", f"maps/{map_id}/edits", role=role).json()["items"]
        assert made["edits"][0]["value"] == made["edits"][1]["card"]["evidence"] == [told_evidence]


def test_a_base_is_a_number_and_nothing_that_could_be_one(send: Send, map_id: str) -> None:
    refused = send("post", f"maps/{map_id}/edits", {"base": True, "edits": [text("x")]})
    assert (refused.status_code, refused.json()["code"]) == (422, "api.invalid")
