"""Asking customers: whom, within which budget, by which mail; what comes of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from a_shop import an_answer, days_ago
from builders import an_event
from later import Later
from mailing import text_of
from safar.listen.contact_budget import ContactBudget
from safar.store.home import Home
from safar.store.registry import Workspace

services = Later("safar.doors.web.inviting.services")
queries = Later("safar.doors.web.inviting.queries")
sending = Later("safar.doors.web.inviting.sending")
jobs = Later("safar.doors.web.inviting.jobs")
models = Later("safar.doors.web.inviting.models")
errors = Later("safar.doors.web.inviting.errors")
surveys = Later("safar.doors.web.surveys.services")
actors = Later("safar.doors.web.audit.actor")
members = Later("safar.doors.web.members.services")
segments = Later("safar.doors.web.segments.services")
work = Later("safar.doors.web.work.jobs")

SURVEY = {
    "format": "safar.survey/1",
    "key": "relational",
    "name": {"fa": "چقدر راضی هستید؟", "en": "How was it?"},
    "languages": ["fa", "en"],
    "pages": [
        {
            "page_id": "p",
            "questions": [
                {
                    "kind": "nps",
                    "question_id": "q",
                    "key": "nps",
                    "title": {"fa": "پیشنهاد؟", "en": "Recommend?"},
                }
            ],
        }
    ],
}


@pytest.fixture
def manager(shop: Workspace) -> Any:
    """A manager of the shop."""
    return actors.Actor(
        "member", members.add_member("sara@example.com", "Sara", "en", shop.workspace_id, "manager")
    )


@pytest.fixture
def survey(shop: Workspace, manager: Any) -> str:
    """A published survey with one question."""
    from safar.listen.questionnaire.anatomy import read

    public_id = surveys.create(shop, read(SURVEY), by=manager)
    surveys.publish(shop, public_id, by=manager)
    return public_id


@pytest.fixture
def people(tell: Callable[..., None]) -> None:
    """Three customers with addresses, one without; one answered yesterday."""
    tell(
        an_event(
            "identify", days_ago(9), customer="a", properties={"email": "a@example.com", "language": "fa"}
        ),
        an_event(
            "identify", days_ago(9), customer="b", properties={"email": "b@example.com", "language": "en"}
        ),
        an_event("identify", days_ago(9), customer="c", properties={"email": "c@example.com"}),
        an_event("identify", days_ago(9), customer="d", properties={"city": "Shiraz"}),
        an_answer("nps", 9, 1, "c"),
    )


def plan(**given: Any) -> Any:
    usual = {"name": "Spring", "channel": "email", "customer_ids": ("a", "b", "c", "d")}
    return services.RoundPlan(**{**usual, **given})


def standing(shop: Workspace, round_id: str) -> dict[str, str]:
    found, _ = queries.invitations_of(shop, round_id)
    return {each.customer_id: each.status for each in found}


@pytest.mark.usefixtures("people")
def test_everybody_is_asked_or_it_is_said_why_not(shop: Workspace, manager: Any, survey: str) -> None:
    round_id = services.start_round(shop, survey, plan(), by=manager)
    assert standing(shop, round_id) == {"a": "waiting", "b": "waiting", "c": "quarantine", "d": "no_address"}
    assert dict(queries.round_of(shop, round_id).counts) == {"waiting": 2, "quarantine": 1, "no_address": 1}
    # The same survey again: not for those who have it already.
    again = services.start_round(shop, survey, plan(name="Again"), by=manager)
    assert standing(shop, again)["a"] == "asked_lately"


def test_answers_are_taken_while_a_round_of_hundreds_is_judged(
    shop: Workspace,
    manager: Any,
    survey: str,
    tell: Callable[..., None],
    browser: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from django.db import connections

    from safar.doors.web.inviting import contacts

    everybody = [f"c{place}" for place in range(450)]
    tell(
        *(
            an_event("identify", days_ago(9), customer=each, properties={"email": f"{each}@example.com"})
            for each in everybody
        )
    )
    address = f"/s/{services.make_link(shop, survey, 'open', by=manager).token}"
    form = dict(
        re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', browser.get(address).content.decode())
    )
    read, statuses = contacts.told_by_each, []

    def answer() -> int:
        try:
            return int(browser.post(address, {**form, "_does": "next", "nps": "9"}).status_code)
        finally:
            connections.close_all()

    def reading(log: Any, persons: Any) -> Any:
        with ThreadPoolExecutor(1) as thread:  # whoever waited for the judge would wait for ever
            statuses.append(thread.submit(answer).result())
        return read(log, persons)

    monkeypatch.setattr(contacts, "told_by_each", reading)
    round_id = services.start_round(shop, survey, plan(customer_ids=everybody), by=manager)
    assert (dict(queries.round_of(shop, round_id).counts), statuses) == ({}, [])
    row = models.Round.objects.get(public_id=round_id)
    assert (row.is_drawn, row.named) == (False, everybody)
    for _ in range(2):
        jobs.tick_one.call(work.Progress(), workspace_id=shop.workspace_id)
    assert queries.round_of(shop, round_id).counts == {"waiting": 450}
    assert statuses == [303, 303, 303]  # of 450 customers the log is asked three times
    row.refresh_from_db()
    assert (row.is_drawn, row.named) == (True, [])


def test_who_is_erased_before_a_round_comes_to_him_is_named_no_more(
    shop: Workspace, manager: Any, survey: str
) -> None:
    everybody = [f"c{place}" for place in range(21)]
    round_id = services.start_round(shop, survey, plan(customer_ids=everybody), by=manager)
    services.forget_customer(shop, ["c0"])
    assert models.Round.objects.get(public_id=round_id).named == everybody[1:]
    services.forget_customer(shop, everybody)
    jobs.tick_one.call(work.Progress(), workspace_id=shop.workspace_id)
    assert standing(shop, round_id) == {}
    assert models.Round.objects.get(public_id=round_id).is_drawn


@pytest.mark.usefixtures("people")
def test_the_budget_holds_over_all_surveys_and_two_at_once(
    shop: Workspace, manager: Any, survey: str
) -> None:
    from django.db import connections

    services.change_budget(shop, ContactBudget(1, timedelta(days=30), timedelta(0), timedelta(0)), by=manager)

    def ask(place: int) -> dict[str, str]:
        try:
            found = services.start_round(
                shop, survey, plan(name=f"r{place}", customer_ids=("a",)), by=manager
            )
            return standing(shop, found)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        verdicts = sorted(each["a"] for each in threads.map(ask, range(4)))
    assert verdicts == ["budget", "budget", "budget", "waiting"]


@pytest.mark.usefixtures("people")
def test_a_mail_holds_the_first_question_and_the_log_knows_who_was_asked(
    shop: Workspace, manager: Any, survey: str, mail_server: Any, web_home: Home, settings_of: Any
) -> None:
    with settings_of(PUBLIC_URL="https://cx.example"):
        round_id = services.start_round(shop, survey, plan(remind_after=timedelta(days=2)), by=manager)
        jobs.tick_one.call(work.Progress(), workspace_id=shop.workspace_id)
        assert standing(shop, round_id) == {"a": "sent", "b": "sent", "c": "quarantine", "d": "no_address"}
        letters = {each["To"]: each for each in mail_server.wait_for(2)}
        assert set(letters) == {"a@example.com", "b@example.com"}
        found, _ = queries.invitations_of(shop, round_id, status="sent")
        token = next(each.token for each in found if each.customer_id == "a")
        html = text_of(letters["a@example.com"].get_payload(1))
        assert 'dir="rtl"' in html
        assert f"https://cx.example/s/{token}?q=q&amp;v=10" in html
        assert ">۱۰<" in html
        assert f"<https://cx.example/s/{token}/stop>" in letters["a@example.com"]["List-Unsubscribe"]
        sent = web_home.log(shop.workspace_id).sql(
            "select customer_id from events where event_name = 'survey_sent' order by customer_id"
        )
        assert [row[0] for row in sent.rows()] == ["a", "b"]
        # Nothing goes out twice; reminders once, to those alone who have not answered.
        assert services.note_answered(token)
        assert not services.note_answered(token)
        models.Invitation.objects.filter(status="sent").update(sent_at=days_ago(3))
        for _ in range(2):
            jobs.tick_one.call(work.Progress(), workspace_id=shop.workspace_id)
        assert [each["To"] for each in mail_server.wait_for(3)][2:] == ["b@example.com"]


@pytest.mark.usefixtures("people")
def test_whoever_it_happens_to_from_now_on_is_asked(
    shop: Workspace, manager: Any, survey: str, tell: Callable[..., None]
) -> None:
    tell(an_event("order_delivered", days_ago(1), customer="a"))  # before the round began
    asks = plan(customer_ids=(), event_names=("order_delivered",), delay=timedelta(hours=1))
    round_id = services.start_round(shop, survey, asks, by=manager)
    row = models.Round.objects.get(public_id=round_id)
    began = row.created_at
    strangers = [
        an_event("order_delivered", began + timedelta(minutes=4), customer=f"s{place}") for place in range(60)
    ]
    tell(*strangers, an_event("order_delivered", began + timedelta(minutes=5), customer="b"))
    sending.look(shop, row, began + timedelta(minutes=30))  # too early
    assert standing(shop, round_id) == {}
    for _ in range(2):
        sending.look(shop, row, began + timedelta(minutes=90))
    assert standing(shop, round_id)["b"] == "waiting"
    assert dict(queries.round_of(shop, round_id).counts) == {"waiting": 1, "no_address": 60}


@pytest.mark.usefixtures("people")
def test_who_asks_to_be_left_alone_is(shop: Workspace, manager: Any, survey: str, browser: Any) -> None:
    round_id = services.start_round(shop, survey, plan(customer_ids=("a",)), by=manager)
    (facts,), _ = queries.invitations_of(shop, round_id)
    address = f"/s/{facts.token}/stop"
    assert browser.get(address).status_code == 200
    assert not models.OptOut.objects.exists()  # programs that look through mails follow links
    assert browser.post(address).status_code == 200
    again = services.start_round(shop, survey, plan(name="Again"), by=manager)
    assert standing(shop, again)["a"] == "opted_out"
    assert browser.get("/s/nothing/stop").status_code == 404
    assert services.forget_customer(shop, ["a"]) == 3
    assert not models.OptOut.objects.exists()


@pytest.mark.usefixtures("people")
def test_a_segment_is_asked_in_the_background(shop: Workspace, manager: Any, survey: str) -> None:
    segment = segments.define(shop, "Shiraz or named", "any (has email?; has city = Shiraz)", by=manager)
    segments.catch_up(shop)
    round_id = services.start_round(shop, survey, plan(customer_ids=(), segment_id=segment), by=manager)
    assert standing(shop, round_id) == {}
    for _ in range(2):
        jobs.tick_one.call(work.Progress(), workspace_id=shop.workspace_id)
    assert standing(shop, round_id) == {"a": "waiting", "b": "waiting", "c": "quarantine", "d": "no_address"}
    services.stop_round(shop, round_id, by=manager)
    assert queries.round_of(shop, round_id).stopped_at is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": "pigeon"},
        {"name": " "},
        {"customer_ids": ()},
        {"rate": 0.0},
        {"customer_ids": (), "segment_id": "nothing"},
        {"open_for": timedelta(0)},
    ],
)
def test_plans_that_ask_nobody(shop: Workspace, manager: Any, survey: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(errors.RoundRefused):
        services.start_round(shop, survey, plan(**wrong), by=manager)
    assert queries.rounds_of(shop, survey) == ()


def test_a_draft_cannot_be_sent(shop: Workspace, manager: Any) -> None:
    from safar.listen.questionnaire.anatomy import read

    draft = surveys.create(shop, read({**SURVEY, "key": "other"}), by=manager)
    with pytest.raises(errors.NotPublished):
        services.start_round(shop, draft, plan(), by=manager)


def test_a_link_opens_closes_and_opens_again(shop: Workspace, manager: Any, survey: str) -> None:
    made = services.make_link(shop, survey, "open", by=manager, name="Poster", hidden={"place": "door"})
    assert queries.link(made.token) == made
    assert (made.why, dict(made.hidden)) == ("", {"place": "door"})
    services.close_link(shop, made.token, by=manager)
    assert queries.link(made.token).why == "closed"
    services.close_link(shop, made.token, is_closed=False, by=manager)
    assert queries.link(made.token).why == ""
    assert queries.link("nothing") is None
    assert queries.link("") is None
    with pytest.raises(errors.RoundRefused):
        services.make_link(shop, survey, "widget", by=manager, origins=["javascript:alert(1)"])
