"""What all pages of the desk Value have in common: they open in every language, on every log, for programs as well."""

from __future__ import annotations

import html
import json
import re

import pytest

LANGUAGES = ("fa", "ar", "en")
#: What these buyers tell nothing of: the page says what to bring.
UNANSWERED = {"kano", "next_best_action"}


def test_every_page_opens_in_every_language(shop, desk, buyers, keys) -> None:
    from django.test import Client

    from safar.doors.web.members.services import add_member

    for language in LANGUAGES:
        browser = Client(SERVER_NAME="127.0.0.1")
        browser.force_login(
            add_member(f"{language}@example.com", "M", language, shop.workspace_id, "analyst")
        )
        for key in keys:
            answer = browser.get(desk(f"/{key}"))
            assert answer.status_code == 200, (key, language)
            text = answer.content.decode()
            assert "data-error-summary" not in text, (key, language)
            # A caveat without a sentence shows its code.
            assert re.findall(r"<li>([a-z_]+\.[a-z_]+)</li>", text) == [], (key, language)


def test_a_log_without_orders_says_what_to_bring(let_in, desk, tell, keys) -> None:
    from a_shop import days_ago
    from builders import an_event

    tell(an_event("page", days_ago(3), customer="c1"))
    browser = let_in("en", "owner")
    for key in keys:
        answer = browser.get(desk(f"/{key}"))
        assert answer.status_code == 200, key
        assert "data-error-summary" not in answer.content.decode(), key


def test_a_log_without_events_is_no_error(let_in, desk, keys) -> None:
    browser = let_in("en", "owner")
    for below in ("", *(f"/{key}" for key in keys)):
        assert "No paths yet" in browser.get(desk(below)).content.decode(), below


def test_every_page_says_its_question_for_programs(let_in, desk, buyers, keys) -> None:
    from safar.observe.question_json import read, told

    browser = let_in("fa", "analyst")
    for key in keys:
        text = browser.get(desk(f"/{key}")).content.decode()
        said, request, _command = map(
            html.unescape, re.findall(r'<pre dir="ltr"><code>(.*?)</code></pre>', text, re.DOTALL)
        )
        question = json.loads(said)
        assert told(read(question)) == question, key
        assert request == f"POST /api/v1/questions/{question['kind']}"


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "html"])
def test_the_numbers_leave_as_files(let_in, desk, buyers, keys, form) -> None:
    browser = let_in("fa", "owner")
    for key in keys:
        answer = browser.get(desk(f"/{key}?export={form}"))
        if key in UNANSWERED and form != "html":
            assert answer.status_code == 404, (key, form)
            continue
        assert answer.status_code == 200, (key, form)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert len(body) > 80, (key, form)


def test_other_members_numbers_are_no_ones(let_in, browser, desk, web_home, buyers) -> None:
    from safar.doors.web.members.services import add_member

    other = web_home.create_workspace("Another")
    browser.force_login(add_member("x@example.com", "X", "en", other.workspace_id, "owner"))
    assert browser.get(desk("/clv")).status_code == 404
    assert browser.get(desk("/flow")).status_code == 404


def test_a_page_of_another_desk_is_not_here(let_in, desk, buyers) -> None:
    assert let_in("en", "owner").get(desk("/flow")).status_code == 404


def test_who_sees_numbers_alone_gets_no_customer_from_any_door(
    let_in, shop, web_home, desk, buyers, keys
) -> None:
    """Tables of answers leave as files and through the API for everybody who may see numbers."""
    from safar.act.questions import kind_of
    from safar.observe.question_json import read

    log = web_home.log(shop.workspace_id)
    browser = let_in("en", "analyst")
    for key in keys:
        text = browser.get(desk(f"/{key}")).content.decode()
        (said, *_) = map(
            html.unescape, re.findall(r'<pre dir="ltr"><code>(.*?)</code></pre>', text, re.DOTALL)
        )
        if key in UNANSWERED:
            continue
        question = read(json.loads(said))
        found = kind_of(question).ask(log, question)
        assert "customer_id" not in found.table.names, key
        assert not {f"b{number}" for number in range(120)} & {
            str(value) for column in found.table.columns().values() for value in column
        }, key
