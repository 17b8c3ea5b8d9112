"""The API: what each resource answers, and how it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from a_shop import days_ago
from builders import an_event
from safar.store.home import Home
from safar.store.registry import Workspace
from safar.store.sql_process import SqlProcesses

Ask = Callable[..., Any]


@pytest.fixture
def ask(web_home: Home, shop: Workspace, browser: Any) -> Ask:
    """Ask the API as an owner of the shop, with a token that may write."""
    from safar.doors.web.members.services import add_member
    from safar.doors.web.members.tokens import create_token

    owner = add_member("sara@example.com", "سارا", "fa", shop.workspace_id, "owner")
    secret = create_token(owner, shop.workspace_id, "script", can_write=True)[1]

    def ask(method: str, path: str, body: object = None, **headers: str) -> Any:
        sent = {} if body is None else {"data": body, "content_type": "application/json"}
        found = {"Authorization": f"Bearer {secret}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        return getattr(browser, method)(f"/api/v1/{path}", headers=found, **sent)

    return ask


def test_a_token_says_whom_it_acts_as(ask: Ask, shop: Workspace) -> None:
    me = ask("get", "me").json()
    assert (me["email"], me["role"], me["token"], me["can_write"]) == (
        "sara@example.com",
        "owner",
        "script",
        True,
    )
    assert me["workspace"]["workspace_id"] == shop.workspace_id
    assert me["workspace"]["name"] == "فروشگاه <تهران>"
    assert "manage_keys" in me["capabilities"]


def test_settings_are_changed_in_part_and_noted_as_the_tokens(ask: Ask) -> None:
    before = ask("get", "workspace").json()
    after = ask("patch", "workspace", {"name": "New", "retention_days": 400}).json()
    assert after == before | {"name": "New", "retention_days": 400}
    first, second = ask("get", "changes?limit=2").json()["items"]
    assert (second["action"], second["before"], second["after"]) == (
        "workspace.changed",
        {"name": "فروشگاه <تهران>"},
        {"name": "New"},
    )
    assert (first["action"], first["actor_kind"], first["actor"]) == (
        "workspace.retention_changed",
        "token",
        "sara@example.com",
    )
    assert ask("patch", "workspace", {"retention_days": None}).json()["retention_days"] is None


def test_a_field_that_is_not_there_is_refused_and_nothing_changes(ask: Ask) -> None:
    before = ask("get", "workspace").json()
    answer = ask("patch", "workspace", {"name": "New", "workspace_id": "other"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "api.invalid"
    assert [each["where"] for each in answer.json()["errors"]] == ["body.change.workspace_id"]
    assert ask("get", "workspace").json() == before


def test_a_key_is_made_shown_once_and_revoked(ask: Ask, web_home: Home) -> None:
    made = ask("post", "keys", {"name": "website", "channel": "web", "origins": ["https://shop.example"]})
    assert made.status_code == 201
    key = made.json()
    assert web_home.key_of(key["secret"]).key_id == key["key_id"]
    listed = ask("get", "keys").json()["items"]
    assert [each["name"] for each in listed] == ["website"]
    assert "secret" not in listed[0]
    assert ask("delete", f"keys/{key['key_id']}").json()["revoked_at"] is not None
    assert web_home.key_of(key["secret"]) is None
    assert ask("delete", "keys/key_nothing").status_code == 404


def test_somebody_is_invited_and_the_invitation_taken_back(ask: Ask) -> None:
    made = ask("post", "invitations", {"email": "reza@example.com", "role": "agent"})
    assert made.status_code == 201
    assert made.json()["link"].startswith("http://127.0.0.1/invitation/")
    (one,) = ask("get", "invitations").json()["items"]
    assert (one["email"], one["role"]) == ("reza@example.com", "agent")
    assert ask("delete", f"invitations/{one['invitation_id']}").status_code == 204
    assert ask("get", "invitations").json()["items"] == []
    assert ask("delete", f"invitations/{one['invitation_id']}").json()["code"] == "invitation.unknown"


def test_an_address_that_would_add_a_line_to_a_mail_is_refused(ask: Ask) -> None:
    for address in (
        "reza@example.com\nBcc: all@example.com",
        "reza@example.com\r\n\r\nhello",
        "a\x00@b.example",
    ):
        answer = ask("post", "invitations", {"email": address, "role": "agent"})
        assert answer.status_code == 422, address
    assert ask("get", "invitations").json()["items"] == []


def test_the_last_owner_stays(ask: Ask) -> None:
    answer = ask("patch", "members/sara@example.com", {"role": "viewer"})
    assert (answer.status_code, answer.json()["code"]) == (403, "member.last_owner")
    assert ask("get", "me").json()["role"] == "owner"


def test_numbers_are_raw_with_how_sure_they_are(ask: Ask, a_month: None) -> None:
    today = ask("get", "today?period=30d&by=day").json()
    assert today["customers"]["value"] > 0
    assert len(today["orders"]["trend"]) == 30
    (revenue,) = today["revenue"]
    assert revenue["currency"] == "IRR"
    assert revenue["value"]["minor"] == today["orders"]["value"] * 2_500_000
    assert revenue["value"]["amount"] == str(revenue["value"]["minor"])
    nps = today["nps"]["value"]
    assert nps["interval"]["low"] <= nps["value"] <= nps["interval"]["high"]
    assert nps["interval"]["level"] == 0.95
    assert nps["n"] == sum(point["value"]["n"] for point in today["nps"]["trend"] if point["value"])
    assert today["nps"]["provenance"]["rows_read"] > 0


def test_events_follow_each_other_page_by_page(ask: Ask, a_month: None) -> None:
    whole = [each["event_id"] for each in ask("get", "events?name=order_placed&limit=500").json()["items"]]
    assert len(whole) == 60
    paged: list[str] = []
    cursor = ""
    while True:
        page = ask("get", f"events?name=order_placed&limit=7&cursor={cursor}").json()
        paged += [each["event_id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert paged == whole
    assert ask("get", "events?cursor=broken").json()["code"] == "page.bad_cursor"


def test_events_are_taken_away_as_lines_and_as_csv(ask: Ask, tell: Any) -> None:
    tell(an_event("order_placed", days_ago(1), customer="=1+1", amount=5, currency="IRR"))
    lines = b"".join(ask("get", "events/export").streaming_content).decode().splitlines()
    assert len(lines) == 1
    assert '"customer_id": "=1+1"' in lines[0]
    table = b"".join(ask("get", "events/export?form=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert table[0].startswith("event_id,customer_id,")
    assert "'=1+1" in table[1]


def test_two_ids_become_one_person_and_come_apart(ask: Ask, tell: Any) -> None:
    tell(an_event("page", days_ago(2), customer="a1"), an_event("page", days_ago(1), customer="a2"))
    joined = ask("post", "customers/join", {"first": "a1", "second": "a2", "reason": "same voice"}).json()
    assert (joined["person"], joined["ids"]) == ("a1", ["a1", "a2"])
    assert [each["note"] for each in joined["history"]] == ["same voice"]
    assert len(ask("get", "customers/a2/timeline").json()["items"]) == 2
    assert ask("get", "customers/a2").json()["ids"] == ["a1", "a2"]
    assert ask("post", "customers/a1/part", {"customer_id": "a2"}).json()["ids"] == ["a2"]
    assert len(ask("get", "customers/a2/timeline").json()["items"]) == 1
    refused = ask("post", "customers/join", {"first": "a1", "second": "nobody"})
    assert (refused.status_code, refused.json()["code"]) == (404, "customer.unknown")


def test_erasing_asks_for_the_id_again(ask: Ask, tell: Any) -> None:
    tell(an_event("page", days_ago(2), customer="a1"))
    refused = ask("post", "customers/a1/erase", {"confirm": "a2"})
    assert (refused.status_code, refused.json()["code"]) == (422, "api.not_confirmed")
    assert ask("get", "work").json()["items"] == []
    begun = ask("post", "customers/a1/erase", {"confirm": "a1"})
    assert begun.status_code == 202
    assert begun.json()["proof"] is None
    (work,) = ask("get", "work").json()["items"]
    assert work["work_id"] == begun.json()["work_id"]
    assert ask("get", f"erasures/{begun.json()['erasure_id']}").json()["status"] == "waiting"


def test_a_file_is_sent_understood_and_begun(ask: Ask, browser: Any) -> None:
    rows = "customer_id,event,time\n" + "".join(
        f"c{day},order,2026-01-{day:02} 10:00:00\n" for day in range(1, 9)
    )
    sent = browser.generic(
        "POST",
        "/api/v1/imports?file_name=..%2F%E2%80%AEorders.csv",
        rows.encode(),
        content_type="application/octet-stream",
        headers={"Authorization": ask("get", "me").wsgi_request.headers["Authorization"]},
    )
    assert sent.status_code == 201, sent.content
    found = sent.json()
    assert (found["file_name"], found["bytes"], found["state"]) == ("orders.csv", len(rows), "waiting")
    read = ask("get", f"imports/{found['import_id']}/mapping").json()
    assert "[event]" in read["mapping"] or "event" in read["mapping"]
    stale = ask("put", f"imports/{found['import_id']}/mapping", {"version": 99, "mapping": read["mapping"]})
    assert stale.status_code in {409, 422}
    assert ask("post", f"imports/{found['import_id']}/try", {}).status_code == 202
    assert [each["import_id"] for each in ask("get", "imports").json()["items"]] == [found["import_id"]]


def test_sql_answers_rows_and_says_when_there_are_more(ask: Ask, a_month: None) -> None:
    counted = "select count(*) as n from events where event_name = ?"
    answer = ask("post", "query", {"sql": counted, "parameters": ["page"]})
    assert answer.json() == {"columns": ["n"], "rows": [[120]], "is_whole": True}
    cut = ask("post", "query", {"sql": "select i from range(5) t(i) order by i", "limit": 2}).json()
    assert (cut["rows"], cut["is_whole"]) == ([[0], [1]], False)
    large = ask(
        "post", "query", {"sql": "select 9007199254740993::BIGINT, 'nan'::DOUBLE, interval 1 day"}
    ).json()
    assert large["rows"][0][:2] == ["9007199254740993", None]


def test_a_query_is_stopped_when_its_time_is_over(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from safar.doors.web.api import queries

    monkeypatch.setattr(queries, "_WITHIN", timedelta(seconds=0.2))
    answer = ask("post", "query", {"sql": "select count(*) from range(100000000000) a, range(1000) b"})
    assert (answer.status_code, answer.json()["code"]) == (422, "query.too_long")


def test_a_query_that_bursts_memory_is_refused_and_the_next_one_is_answered(ask: Ask, a_month: None) -> None:
    bomb = ask("post", "query", {"sql": "select list_sum(range(2000000000))"})
    assert (bomb.status_code, bomb.json()["code"]) == (422, "query.too_large")
    assert ask("post", "query", {"sql": "select count(*) from events"}).json()["rows"] != [[0]]


def test_a_query_too_many_is_told_when_to_come_again(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from safar.doors.web.api import queries

    occupied = SqlProcesses(at_once=1)
    occupied._places.acquire()
    monkeypatch.setattr(queries, "processes", lambda: occupied)
    answer = ask("post", "query", {"sql": "select 1"})
    assert (answer.status_code, answer.json()["code"]) == (503, "query.busy")
    assert answer.headers["Retry-After"] == "5"
    occupied._places.release()
    assert ask("post", "query", {"sql": "select 1"}).json()["rows"] == [[1]]
    occupied.close()


def test_what_is_sent_twice_with_one_key_is_made_once(ask: Ask) -> None:
    first = ask("post", "keys", {"name": "website"}, Idempotency_Key="a")
    again = ask("post", "keys", {"name": "website"}, Idempotency_Key="a")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["secret"]
    assert again.json() == first.json() | {"secret": ""}
    other = ask("post", "keys", {"name": "another"}, Idempotency_Key="a")
    assert (other.status_code, other.json()["code"]) == (422, "api.key_reused")
    assert ask(
        "post", "invitations", {"email": "x@example.com", "role": "agent"}, Idempotency_Key="a"
    ).json()["code"] == ("api.key_reused")
    assert [each["name"] for each in ask("get", "keys").json()["items"]] == ["website"]
    assert ask("get", "invitations").json()["items"] == []
    invited = ask("post", "invitations", {"email": "x@example.com", "role": "agent"}, Idempotency_Key="b")
    asked_again = ask("post", "invitations", {"email": "x@example.com", "role": "agent"}, Idempotency_Key="b")
    assert asked_again.json() == invited.json() | {"link": ""}
    noted = [each["action"] for each in ask("get", "changes").json()["items"]]
    assert (noted.count("key.created"), noted.count("member.invited")) == (1, 1)


def test_no_kept_answer_holds_a_secret_and_each_is_forgotten_after_a_day(ask: Ask) -> None:
    from django.utils import timezone

    from safar.doors.web.api.models import KeptAnswer
    from safar.doors.web.api.once import forget

    made = ask("post", "keys", {"name": "website"}, Idempotency_Key="a").json()
    kept = KeptAnswer.objects.get()
    assert made["secret"] not in json.dumps(kept.body)
    assert kept.body["key_id"] == made["key_id"]
    assert forget() == 0
    KeptAnswer.objects.update(answered_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert ask("post", "keys", {"name": "second"}, Idempotency_Key="a").json()["secret"]
    KeptAnswer.objects.update(answered_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert forget() == 1
    assert not KeptAnswer.objects.exists()


def test_a_refused_request_keeps_its_key_free(ask: Ask) -> None:
    from safar.doors.web.api.models import KeptAnswer

    ask("post", "keys", {"name": "website"})
    refused = ask("post", "keys", {"name": "website"}, Idempotency_Key="a")
    assert (refused.status_code, refused.json()["code"]) == (422, "key.exists")
    assert not KeptAnswer.objects.exists()
    assert ask("post", "keys", {"name": "another"}, Idempotency_Key="a").status_code == 201
    too_long = ask("post", "keys", {"name": "third"}, Idempotency_Key="a" * 256)
    assert (too_long.status_code, too_long.json()["code"]) == (422, "api.invalid")


def test_keys_of_two_tokens_are_apart(ask: Ask, shop: Workspace, browser: Any) -> None:
    from safar.doors.web.members.services import add_member
    from safar.doors.web.members.tokens import create_token

    other_owner = add_member("reza@example.com", "رضا", "fa", shop.workspace_id, "owner")
    secret = create_token(other_owner, shop.workspace_id, "other", can_write=True)[1]
    assert ask("post", "keys", {"name": "website"}, Idempotency_Key="a").status_code == 201
    other = ask("post", "keys", {"name": "shop"}, Idempotency_Key="a", Authorization=f"Bearer {secret}")
    assert other.status_code == 201, other.json()
    assert other.json()["name"] == "shop"


def test_a_file_that_is_sent_twice_is_one_import(
    ask: Ask, browser: Any, web_home: Home, shop: Workspace
) -> None:
    rows = b"customer_id,event,time\nc1,order,2026-01-01 10:00:00\n"

    def send(body: bytes, key: str, name: str = "orders.csv") -> Any:
        return browser.generic(
            "POST",
            f"/api/v1/imports?file_name={name}",
            body,
            content_type="application/octet-stream",
            headers={
                "Authorization": ask("get", "me").wsgi_request.headers["Authorization"],
                "Idempotency-Key": key,
            },
        )

    first = send(rows, "a")
    assert first.status_code == 201
    assert send(rows, "a").json() == first.json()
    for changed in (send(rows + b"c2,order,2026-01-02 10:00:00\n", "a"), send(rows, "a", "other.csv")):
        assert (changed.status_code, changed.json()["code"]) == (422, "api.key_reused")
    assert send(b"", "b").json()["code"] == "upload.missing"
    assert [each["import_id"] for each in ask("get", "imports").json()["items"]] == [
        first.json()["import_id"]
    ]
    folder = web_home.imports_folder(shop.workspace_id)
    assert [path.name for path in folder.iterdir()] == [first.json()["import_id"]]
    assert send(rows, "c").json()["import_id"] != first.json()["import_id"]


def test_who_may_not_is_noted_in_the_log(
    browser: Any, shop: Workspace, web_home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    from safar.doors.web.members.services import add_member
    from safar.doors.web.members.tokens import create_token

    viewer = add_member("viewer@example.com", "Viewer", "en", shop.workspace_id, "viewer")
    token, secret = create_token(viewer, shop.workspace_id, "reads")
    shown = {"Authorization": f"Bearer {secret}"}
    assert browser.get("/api/v1/keys", headers=shown).status_code == 403
    body = {"data": {"name": "New"}, "content_type": "application/json"}
    browser.force_login(viewer)
    assert browser.get(f"/w/{shop.workspace_id}/imports").status_code == 403
    assert f"refused token {token.pk} in {shop.workspace_id}: manage_keys is needed" in caplog.text
    assert f"refused member {viewer.pk} in {shop.workspace_id}: import is needed" in caplog.text
    owner = add_member("owner@example.com", "Owner", "en", shop.workspace_id, "owner")
    token, secret = create_token(owner, shop.workspace_id, "reads")
    shown = {"Authorization": f"Bearer {secret}"}
    assert browser.patch("/api/v1/workspace", headers=shown, **body).status_code == 403
    assert f"refused token {token.pk} in {shop.workspace_id}: it may only read" in caplog.text


def test_a_token_that_asks_too_often_waits(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from safar.doors.web.api import credentials
    from safar.doors.web.api.rates import Rates

    monkeypatch.setattr(credentials, "_rates", Rates(0.5, 3))
    statuses = [ask("get", "me").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = ask("get", "me")
    assert refused.json()["code"] == "api.too_many_requests"
    assert refused.headers["Retry-After"] == "2"


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("fa", "در این نشانی چیزی نیست."),
        ("ar", "لا شيء في هذا العنوان."),
        ("en", "There is nothing at this address."),
    ],
)
def test_a_problem_is_titled_in_the_language_that_is_asked_for(ask: Ask, language: str, title: str) -> None:
    answer = ask("get", "nothing", Accept_Language=language)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": title,
        "status": 404,
        "code": "api.not_found",
        "detail": title,
        "hint": "The operations are listed at /api/.",
    }


def test_a_wrong_method_is_a_problem_that_names_the_right_ones(ask: Ask) -> None:
    answer = ask("delete", "me")
    assert (answer.status_code, answer.json()["code"]) == (405, "api.method_not_allowed")
    assert answer.headers["Allow"] == "GET"


def test_a_bug_is_a_problem_with_a_number(ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    from safar.doors.web.api import health

    monkeypatch.setattr(health, "log_health", lambda workspace: 1 / 0)
    answer = ask("get", "health")
    assert (answer.status_code, answer.json()["code"]) == (500, "fault")
    number = answer.json()["detail"].split()[-1].rstrip(".")
    assert f"failure {number}" in caplog.text
    assert "ZeroDivision" not in answer.content.decode()


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_the_page_lists_every_operation(browser: Any, web_home: Home, language: str) -> None:
    from safar.doors.web.api.door import API, operations

    page = browser.get("/api/", headers={"Accept-Language": language})
    assert page.status_code == 200
    text = page.content.decode()
    assert f'<html lang="{language}"' in text
    for path, _, operation in operations(API):
        assert f"<code>{path}</code>" in text, path
        assert operation.view_func.__doc__ is not None


def test_an_https_address_makes_cookies_secure(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom safar.doors.web.setup import configure\nconfigure(sys.argv[1])\n"
        "from django.conf import settings as s\n"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.SESSION_COOKIE_NAME,"
        " s.CSRF_COOKIE_NAME)\n"
        "import django\ndjango.setup()\nfrom django.test import Client\n"
        "print(Client().get('/sign-in', secure=True).headers.get('Strict-Transport-Security'))"
    )

    def said(**more: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / "home")],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | more,
        )
        return done.stdout.strip()

    assert said(SAFAR_PUBLIC_URL="https://cx.example").splitlines() == [
        "True True 31536000 __Host-safar_session __Host-safar_csrf",
        "max-age=31536000; includeSubDomains",
    ]
    assert said().splitlines() == ["False False 0 safar_session safar_csrf", "None"]
