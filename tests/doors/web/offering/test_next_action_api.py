"""What to do next, asked over real sockets: consent, limits that hold for two at once, decisions that are on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import serving
from builders import an_event
from safar.store.home import Home
from safar.store.registry import Workspace


@pytest.fixture
def describe(web_home: Home, shop: Workspace) -> Callable[..., str]:
    """Describe an action that is on."""
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.offering.services import ActionWords, define

    def describe(key: str, *, state: str = "on", **words: Any) -> str:
        return define(shop, key, ActionWords(name={"en": key.title()}, **words), by=SYSTEM, state=state)

    return describe


@pytest.fixture
def token(web_home: Home, shop: Workspace) -> Callable[..., str]:
    from safar.doors.web.members.services import add_member
    from safar.doors.web.members.tokens import create_token

    def token(role: str = "agent", *, can_write: bool = True) -> str:
        member = add_member(f"{role}{can_write}@example.com", "M", "en", shop.workspace_id, role)
        return create_token(member, shop.workspace_id, "shop", can_write=can_write)[1]

    return token


@pytest.fixture
def ask(browser: Any, token: Callable[..., str]) -> Callable[..., Any]:
    shown: dict[str, str] = {}

    def ask(customer: str, role: str = "agent", **body: Any) -> Any:
        secret = shown[role] = shown.get(role) or token(role)
        return browser.post(
            f"/api/v1/customers/{customer}/next-action",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )

    return ask


@pytest.fixture(autouse=True)
def known(tell: Callable[..., None]) -> None:
    """Two customers who were here."""
    at = datetime.now(UTC) - timedelta(days=2)
    tell(*[an_event("page", at, customer=each) for each in ("c1", "fresh")])


def decisions(web_home: Home, shop: Workspace) -> list[dict[str, Any]]:
    found = web_home.log(shop.workspace_id).sql(
        "select event_id::varchar as id, customer_id, channel, properties from events"
        " where event_name = 'action_decided' order by sequence"
    )
    columns = found.columns()
    return [
        {"id": one, "customer": who, "channel": channel, **json.loads(said)}
        for one, who, channel, said in zip(
            columns["id"], columns["customer_id"], columns["channel"], columns["properties"], strict=True
        )
    ]


def test_a_decision_is_told_with_its_chance_and_is_in_the_log(
    web_home: Home, shop: Workspace, describe: Callable[..., str], ask: Callable[..., Any]
) -> None:
    describe("mail", channel="email", consent="email")
    describe("call", kind="call", channel="phone")
    describe("later", since=datetime.now(UTC) + timedelta(days=1))
    describe("paused", state="paused")
    answer = ask("c1")
    assert answer.status_code == 200
    told = answer.json()
    assert set(told["probabilities"]) == {"call", "nothing"}
    assert told["probabilities"][told["action"]] == told["probability"]
    assert min(told["probabilities"].values()) >= 0.05
    assert told["withheld"] == {"mail": "no_consent", "later": "not_now"}
    (logged,) = decisions(web_home, shop)
    assert (logged["id"], logged["customer"], logged["action"]) == (told["decision_id"], "c1", told["action"])
    assert (logged["probability"], logged["probabilities"]) == (told["probability"], told["probabilities"])


def test_consent_opens_what_it_is_for_and_withdrawing_closes_it(
    tell: Callable[..., None], describe: Callable[..., str], ask: Callable[..., Any]
) -> None:
    describe("mail", consent="email")
    tell(an_event("identify", datetime.now(UTC), customer="c1", properties={"consent": {"email": True}}))
    assert ask("c1").json()["withheld"] == {}
    tell(an_event("identify", datetime.now(UTC), customer="c1", properties={"consent": {"email": False}}))
    answer = ask("c1").json()
    assert (answer["action"], answer["withheld"]) == ("nothing", {"mail": "no_consent"})


def test_only_a_channel_is_asked_for(describe: Callable[..., str], ask: Callable[..., Any]) -> None:
    describe("mail", channel="email")
    describe("call", channel="phone")
    answer = ask("c1", channel="phone").json()
    assert set(answer["probabilities"]) == {"call", "nothing"}
    assert answer["withheld"] == {"mail": "other_channel"}


def test_who_may_not_is_refused_and_nothing_is_decided(
    web_home: Home, shop: Workspace, browser: Any, token: Callable[..., str], describe: Callable[..., str]
) -> None:
    describe("mail")
    for secret, status in ((token("viewer"), 403), (token("agent", can_write=False), 403), ("sft_no", 401)):
        answer = browser.post(
            "/api/v1/customers/c1/next-action",
            "{}",
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )
        assert answer.status_code == status
    assert decisions(web_home, shop) == []


def test_asking_twice_with_one_key_decides_once(
    web_home: Home, shop: Workspace, browser: Any, token: Callable[..., str], describe: Callable[..., str]
) -> None:
    describe("mail")
    secret = token()
    answers = [
        browser.post(
            "/api/v1/customers/c1/next-action",
            "{}",
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "one"},
        ).json()
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len(decisions(web_home, shop)) == 1


@pytest.fixture
def two_servers(web_home: Home, shop: Workspace, tmp_path: Path) -> Iterator[list[serving.Server]]:
    from django.db import connections

    connections.close_all()
    servers = [
        serving.start(web_home.folder, tmp_path / "one.txt", ingest_only=False),
        serving.start(web_home.folder, tmp_path / "two.txt", ingest_only=False, web_only=True),
    ]
    yield servers
    for server in servers:
        server.stop()


def test_limits_are_exact_for_many_at_once_in_two_processes(
    web_home: Home,
    shop: Workspace,
    describe: Callable[..., str],
    token: Callable[..., str],
    two_servers: list[serving.Server],
) -> None:
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.offering.services import choose_by

    describe("mail", at_most=2)
    describe("call", at_most=3)
    choose_by(
        shop,
        event_names=(),
        within_days=7,
        counted="any",
        epsilon=1.0,
        at_most_in_all=4,
        in_all_days=7,
        by=SYSTEM,
    )
    secret = token()

    def one(number: int) -> Any:
        headers = {"Authorization": f"Bearer {secret}"}
        path = "/api/v1/customers/c1/next-action"
        return two_servers[number % 2].ask("POST", path, {}, headers, secret="")

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(one, range(24)))
    assert {answer.status for answer in answers} == {200}
    done = [answer.json["action"] for answer in answers]
    logged = [each["action"] for each in decisions(web_home, shop)]
    assert sorted(logged) == sorted(done)
    assert logged.count("mail") <= 2
    assert logged.count("call") <= 3
    assert logged.count("mail") + logged.count("call") == 4
    assert answers[-1].json["withheld"].keys() == {"mail", "call"}


def test_what_is_learnt_moves_chances_and_leaves_a_floor(
    web_home: Home,
    shop: Workspace,
    describe: Callable[..., str],
    ask: Callable[..., Any],
    tell: Callable[..., None],
) -> None:
    from safar.act.decisions import Decision, events_of
    from safar.doors.web.offering.queries import choosing_of
    from safar.doors.web.offering.services import learn

    describe("mail")
    at = datetime.now(UTC) - timedelta(days=20)
    chances = (("mail", 0.5), ("nothing", 0.5))
    made = [Decision(f"c{each}", at, ("mail", "nothing")[each % 2], chances) for each in range(200)]
    tell(
        events_of(made),
        *[an_event("order_placed", at + timedelta(days=1), customer=f"c{each}") for each in range(0, 200, 2)],
        an_event("page", datetime.now(UTC), customer="z"),
    )
    assert learn(shop) == 200
    assert learn(shop) == 0, "nothing new"
    assert choosing_of(shop).learnt_from == 200
    told = ask("fresh").json()
    assert told["probabilities"]["mail"] == pytest.approx(0.95, abs=0.01)
    assert told["probabilities"]["nothing"] >= 0.05
    assert told["policy"] == "thompson 1"


def test_who_is_not_known_is_not_decided_for(
    web_home: Home, shop: Workspace, describe: Callable[..., str], ask: Callable[..., Any]
) -> None:
    describe("mail")
    assert ask("mistyped").status_code == 404
    assert decisions(web_home, shop) == []
