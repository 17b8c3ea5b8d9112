"""Answering page by page: what is kept, what the log hears, and what sending twice does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from .conftest import a_survey, nps, single, text

EVENTS = (
    "select event_name, properties->>'question_key', properties->>'value', properties->>'verbatim'"
    " from events order by sequence"
)


def rows() -> list[Any]:
    from safar.doors.web.answering.models import Response

    return list(Response.objects.order_by("pk"))


def test_an_answer_is_kept_and_becomes_events(ask: Any, respond: Any, heard: Callable[[str], Any]) -> None:
    someone = respond(ask(a_survey([nps(is_required=True), text(comments_on="nps")])).address + "?lang=fa")
    assert rows() == []  # looking keeps nothing
    someone.send(nps="۹", why="عالی بود")
    assert someone.heading == "سپاسگزاریم"
    (row,) = rows()
    assert (row.state, row.language, row.answers) == (
        "complete",
        "fa",
        {"nps": {"value": 9.0}, "why": {"text": "عالی بود"}},
    )
    assert row.in_log
    assert heard(EVENTS) == [
        ("survey_answered", "nps", "9", "عالی بود"),
        ("survey_completed", None, None, None),
    ]
    (customer,) = {name for (name,) in heard("select customer_id from events")}
    assert customer == f"respondent-{row.public_id}"


def test_no_cookie_is_set_and_nothing_is_remembered_of_the_page(ask: Any, respond: Any) -> None:
    someone = respond(ask(a_survey([nps()])).address)
    for page in (someone.page, someone.send(nps="3"), someone.page):
        assert page.cookies == {}
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_what_is_wrong_is_said_and_nothing_is_kept(ask: Any, respond: Any) -> None:
    someone = respond(
        ask(
            a_survey(
                [nps(is_required=True), {"kind": "email", "question_id": "mail", "title": {"en": "Mail"}}]
            )
        ).address
    )
    answer = someone.send(nps="11", mail="nobody")
    assert answer.status_code == 422
    assert someone.errors == [
        "Please give a number from \u20680\u2069 to \u206810\u2069.",
        "Please check the e-mail address: something is missing.",
    ]
    assert 'href="#q-nps"' in someone.html
    assert 'value="nobody"' in someone.html
    assert rows() == []


def test_a_required_answer_is_asked_for_and_the_others_are_kept(ask: Any, respond: Any) -> None:
    someone = respond(ask(a_survey([nps(is_required=True), text()])).address)
    assert someone.send(why="I forgot").status_code == 422
    assert someone.errors == ["Please answer this question."]
    assert ">I forgot<" not in someone.html
    assert 'value="I forgot"' in someone.html
    assert rows()[0].answers == {"why": {"text": "I forgot"}}
    someone.send(nps="8", why="I forgot")
    assert rows()[0].state == "complete"
    assert len(rows()) == 1


def test_a_page_sent_twice_is_one_response(ask: Any, respond: Any, heard: Any) -> None:
    someone = respond(ask(a_survey([nps()])).address)
    form = someone.form
    someone.send(form, nps="9")
    again = someone.send(form, nps="2")
    assert again.status_code == 303
    assert [row.answers for row in rows()] == [{"nps": {"value": 9.0}}]
    assert len(heard("select distinct event_id from events")) == 2


def test_the_browsers_back_button_takes_the_way_back(ask: Any, respond: Any) -> None:
    someone = respond(ask(a_survey([single("city", "a", "b")], [nps()], [text()])).address)
    first = someone.form
    someone.send(city="a")
    someone.send(nps="1")
    assert 'name="why"' in someone.html
    someone.send(first, city="b")  # the first page, out of the browser's memory
    assert 'name="nps"' in someone.html
    assert 'value="1" checked' in someone.html
    someone.send(nps="7")
    someone.send(why="")
    (row,) = rows()
    assert (row.state, row.answers) == ("complete", {"city": {"choices": ["b"]}, "nps": {"value": 7.0}})


def test_going_back_by_our_button_keeps_what_was_typed(ask: Any, respond: Any) -> None:
    someone = respond(ask(a_survey([nps(is_required=True)], [text(is_required=True)])).address)
    someone.send(nps="4")
    someone.send(why="half a", _does="back")
    assert 'value="4" checked' in someone.html
    someone.send(nps="5")
    assert 'value="half a"' in someone.html


def test_who_may_not_go_back_does_not(ask: Any, respond: Any) -> None:
    someone = respond(ask(a_survey([nps()], [text()], can_go_back=False)).address)
    first = someone.form
    someone.send(nps="4")
    someone.send(first, nps="9")
    assert 'name="why"' in someone.html
    assert rows()[0].answers == {"nps": {"value": 4.0}}


def test_a_question_that_appears_is_shown_before_one_goes_on(ask: Any, respond: Any) -> None:
    why = text(
        is_required=True, show_when={"type": "test", "of": "question.nps", "compares": "<", "value": 7}
    )
    someone = respond(ask(a_survey([nps(), why])).address)
    assert 'name="why"' not in someone.html
    someone.send(nps="3")
    assert 'name="why"' in someone.html
    assert someone.errors == ["Please answer this question."]
    someone.send(nps="3", why="slow")
    assert rows()[0].state == "complete"


def test_the_language_is_switched_and_what_was_typed_stays(ask: Any, respond: Any) -> None:
    someone = respond(ask(a_survey([nps(), text()])).address)
    assert someone.heading == "How are we doing?"
    someone.send(nps="6", why="so so", _language_to="fa")
    assert (someone.heading, rows()) == ("حال ما چطور است؟", [])
    assert 'dir="rtl"' in someone.html
    assert 'value="so so"' in someone.html
    assert "۱۰" in someone.html
    someone.send(nps="6", why="so so")
    assert rows()[0].language == "fa"


def test_a_mail_marks_an_answer_and_sends_nothing(ask: Any, respond: Any) -> None:
    someone = respond(ask(a_survey([nps()])).address + "?q=nps&v=9")
    assert 'value="9" checked' in someone.html
    assert "Your answer is marked" in someone.html
    assert rows() == []


def test_hidden_fields_come_from_the_address(ask: Any, respond: Any) -> None:
    asked = ask(
        a_survey(
            [text(title={"en": "How was {{hidden.order}}?"})],
            hidden=[{"name": "order"}, {"name": "shop", "fallback": "web"}],
        )
    )
    someone = respond(f"{asked.address}?order=<b>77&other=1")
    assert "How was &lt;b&gt;77?" in someone.html
    someone.send(why="fine")
    assert rows()[0].hidden == {"order": "<b>77", "shop": "web"}


def test_a_repeated_page_is_asked_for_each_choice(ask: Any, respond: Any, heard: Any) -> None:
    used = {**single("used", "app", "site", "shop"), "kind": "multiple"}
    pages = a_survey([used], [nps(title={"en": "How is the {{item}}?"})])
    pages["pages"][1]["repeats_for"] = "used"
    someone = respond(ask(pages).address)
    someone.send(used=["app", "shop"])
    assert "How is the app?" in someone.html
    someone.send(**{"nps@app": "9"})
    assert "How is the shop?" in someone.html
    someone.send(**{"nps@shop": "2"})
    scores = "select properties->>'question_key', properties->>'value' from events"
    scores += " where properties->>'metric' = 'nps' order by 1"
    assert heard(scores) == [("nps.app", "9"), ("nps.shop", "2")]


def test_a_response_is_resumed_by_its_own_link_alone(ask: Any, respond: Any, browser: Any) -> None:
    asked = ask(a_survey([nps()], [text()]))
    someone = respond(asked.address)
    address = someone.send(nps="4").headers["Location"]
    assert 'name="why"' in browser.get(address).content.decode()
    other = ask(a_survey([nps()], key="other"))
    assert browser.get(address.replace(asked.token, other.token)).status_code == 404
    assert browser.get(f"{asked.address}/{'A' * 22}").status_code == 404


def test_a_changed_ticket_begins_anew(ask: Any, respond: Any) -> None:
    someone = respond(ask(a_survey([nps()])).address)
    answer = someone.send({**someone.form, "_ticket": "forged"}, nps="9")
    assert answer.headers["Location"] == someone.address
    assert rows() == []


def test_a_version_stays_under_who_began_with_it(ask: Any, respond: Any) -> None:
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.surveys import services
    from safar.listen.questionnaire.anatomy import read

    asked, by = ask(a_survey([nps()], [text()])), Actor("system")
    someone = respond(asked.address)
    someone.send(nps="4")
    services.replace(
        asked.workspace, asked.survey_id, read(a_survey([nps(title={"en": "New"})])), base=1, by=by
    )
    services.publish(asked.workspace, asked.survey_id, by=by)
    assert 'name="why"' in someone.html
    someone.send(why="old")
    assert [(row.version, row.state) for row in rows()] == [(1, "complete")]


def test_a_closed_survey_says_so(ask: Any, respond: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from safar.doors.web.answering import places
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.surveys import services

    monkeypatch.setattr(places, "_REMEMBERED_SECONDS", 0.0)
    asked = ask(a_survey([nps()]))
    someone = respond(asked.address)
    services.close(asked.workspace, asked.survey_id, by=Actor("system"))
    assert someone.send(nps="9").status_code == 410
    assert someone.heading == "This survey is closed"
    assert rows() == []


def test_trying_counts_nowhere(ask: Any, respond: Any, heard: Any) -> None:
    from safar.doors.web.answering.places import preview_token
    from safar.doors.web.answering.queries import response_counts

    asked = ask(a_survey([nps()], quotas=[{"quota_id": "q", "limit": 0}]), "test")
    for token in (asked.token, preview_token(asked.workspace, asked.survey_id)):
        someone = respond(f"/s/{token}")
        assert "counts nowhere" in someone.html
        someone.send(nps="9")
        assert someone.heading == "Thank you"
    assert [(row.is_test, row.state, row.in_log) for row in rows()] == [(True, "complete", False)] * 2
    assert heard("select count(*) from events") == [(0,)]
    assert response_counts(asked.workspace) == {}


def test_what_nobody_comes_back_to_is_given_up_and_told(ask: Any, respond: Any, heard: Any) -> None:
    from django.utils import timezone

    from safar.doors.web.answering import services

    someone = respond(ask(a_survey([nps()], [text()])).address)
    address = someone.send(nps="4").headers["Location"]
    now = timezone.now()
    assert (services.give_up(now + timedelta(hours=23)), services.write_waiting(now)) == (0, 0)
    assert services.give_up(now + timedelta(hours=25)) == 1
    assert services.write_waiting() == 1
    assert services.write_waiting() == 0
    asked = (
        "select event_name, properties->>'is_complete', properties->>'value' from events order by sequence"
    )
    assert heard(asked) == [("survey_answered", "false", "4"), ("survey_stopped", "false", None)]
    assert someone.browser.get(address).status_code == 410


def test_a_customer_who_is_erased_takes_his_responses_along(ask: Any, shop: Any) -> None:
    from safar.doors.web.answering import services
    from safar.doors.web.answering.places import place_for_programs
    from safar.doors.web.answering.whole import WholeResponse, keep_whole

    asked = ask(a_survey([nps(), text()]))
    place = place_for_programs(shop, asked.survey_id)
    for customer in ("ali", "", "sara"):
        keep_whole(place, WholeResponse(language="en", controls={"nps": ["9"]}, customer_id=customer))
    unknown = rows()[1].public_id
    assert services.forget_customer(shop, ["ali", f"respondent-{unknown}", ""]) == 2
    assert [row.customer_id for row in rows()] == ["sara"]


def test_another_workspaces_retention_is_its_own(ask: Any, respond: Any, shop: Any) -> None:
    from django.utils import timezone

    from safar.doors.web.answering import services

    respond(ask(a_survey([nps()])).address).send(nps="1")
    now = timezone.now()
    assert services.forget_as_kept(now + timedelta(days=9_000)) == 0  # the shop keeps all
    assert services.forget_before(shop, now - timedelta(days=1)) == 0
    assert services.forget_before(shop, now + timedelta(days=1)) == 1


def test_guessing_and_flooding_are_slowed(
    ask: Any, browser: Any, respond: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safar.doors.web.answering import visitors
    from safar.doors.web.api.rates import Rates

    monkeypatch.setattr(visitors, "_GUESSING", Rates(0.001, 2))
    monkeypatch.setattr(visitors, "_SENDING", Rates(0.001, 2))
    asked = ask(a_survey([nps()], [nps(question_id="again")]))
    someone = respond(asked.address)
    assert [browser.get(path).status_code for path in ("/s/nothing", "/s/nothing/stop")] == [404, 404]
    # what is right and what is wrong reads alike from now on
    paths = (
        asked.address,
        "/s/nothing",
        "/s/nothing/stop",
        f"{asked.address}/stop",
        f"{asked.address}/kiosk",
    )
    assert [browser.get(path).status_code for path in paths] == [429] * 5
    assert browser.get(f"{asked.address}/{'A' * 22}").status_code == 429
    assert browser.post("/s/nothing", {"_ticket": someone.form["_ticket"]}).status_code == 429
    # who answers behind the same address goes on
    someone.send(nps="9")
    assert someone.page.status_code == 200
    assert 'name="again"' in someone.html
    monkeypatch.setattr(visitors, "_GUESSING", Rates(0.001, 2))
    monkeypatch.setattr(visitors, "_SENDING", Rates(0.001, 1))
    sent = [browser.post(asked.address, {}).status_code for _ in range(2)]
    assert sent == [303, 429]


def test_a_salt_lives_for_a_day(ask: Any, respond: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import timezone

    from safar.doors.web.answering import visitors
    from safar.doors.web.answering.models import Salt

    respond(ask(a_survey([nps()])).address).send(nps="1")
    assert len(rows()[0].visitor) == 32
    assert visitors.forget_days() == 0
    tomorrow = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(visitors.timezone, "now", lambda: tomorrow)
    assert visitors.forget_days() == 1
    assert (rows()[0].visitor, Salt.objects.count()) == ("", 0)
