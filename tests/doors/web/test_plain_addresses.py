"""U+0000, which no text of people holds and PostgreSQL can neither look for nor keep: refused at the door."""

from __future__ import annotations

from typing import Any

import pytest

from later import Later
from safar.store.registry import Workspace

members = Later("safar.doors.web.members.services")
tokens = Later("safar.doors.web.members.tokens")


@pytest.mark.parametrize(
    "below", ["customers/%00", "listen/cases/a%00b", "today?period=%00", "customers?q=a%00"]
)
def test_no_address_of_a_page_holds_it(let_in: Any, shop: Workspace, below: str) -> None:
    answer = let_in("en", "owner").get(f"/w/{shop.workspace_id}/{below}")
    assert answer.status_code == 400
    assert "It does not look like anything that a page of ours sends." in answer.content.decode()


@pytest.fixture
def program(browser: Any, shop: Workspace) -> Any:
    """A program of an owner."""
    member = members.add_member("omid@example.com", "Omid", "fa", shop.workspace_id, "owner")
    _, secret = tokens.create_token(member, shop.workspace_id, "robot", can_write=True)

    def send(method: str, place: str, said: object = None) -> Any:
        headers = {"Authorization": f"Bearer {secret}"}
        return getattr(browser, method)(
            f"/api/v1/{place}", said, content_type="application/json", headers=headers
        )

    return send


@pytest.mark.parametrize(
    "place", ["webhooks/%00", "estimates/a%00b", "cases?step=%00", "surveys/%00/responses"]
)
def test_no_address_of_a_program_holds_it(program: Any, place: str) -> None:
    answer = program("get", place)
    assert (answer.status_code, answer.json()["code"]) == (400, "api.bad_request")


@pytest.mark.parametrize(
    ("place", "said", "where"),
    [
        ("links", {"name": "a\0"}, "name"),
        ("links", {"origins": ["https://a.example", "\0"]}, "origins"),
        ("links", {"hidden": {"branch": "7\0"}}, "hidden.branch"),
        ("links", {"hidden": {"branch\0": "7"}}, "hidden.branch\0.[key]"),
        ("responses", {"answers": {}, "hidden": {"branch": "7\0"}}, "hidden.branch"),
        ("rounds", {"name": "a", "channel": "sms", "words": {"fa": "\0"}}, "words.fa"),
    ],
)
def test_no_text_of_a_program_holds_it(program: Any, place: str, said: dict[str, object], where: str) -> None:
    answer = program("post", f"surveys/s/{place}", said)
    assert (answer.status_code, answer.json()["code"]) == (422, "api.invalid")
    assert answer.json()["detail"] == f"body.new.{where}: Value error, a text cannot hold U+0000"
