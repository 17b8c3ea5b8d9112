"""Drafts that are too large, or hold what nobody can read; and a table of texts that comes in parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from later import Later
from safar.listen.questionnaire.anatomy import read
from safar.store.registry import Workspace

actors = Later("safar.doors.web.audit.actor")
members = Later("safar.doors.web.members.services")
models = Later("safar.doors.web.surveys.models")
queries = Later("safar.doors.web.surveys.queries")
surveys = Later("safar.doors.web.surveys.services")
tokens = Later("safar.doors.web.members.tokens")

SURVEY = {"format": "safar.survey/1", "key": "large", "name": {"en": "Large"}, "languages": ["en", "fa"]}


def pages(questions: int) -> list[dict[str, Any]]:
    asked = [
        {"kind": "text", "question_id": f"q{each}", "title": {"en": f"Question {each}?"}}
        for each in range(questions)
    ]
    return [{"page_id": "p", "questions": asked}]


def test_programs_are_refused_what_is_too_large(shop: Workspace, browser: Any) -> None:
    member = members.add_member("p@example.com", "p", "en", shop.workspace_id, "manager")
    headers = {
        "Authorization": f"Bearer {tokens.create_token(member, shop.workspace_id, 'script', can_write=True)[1]}"
    }

    def code(survey: dict[str, Any]) -> str:
        sent = browser.post(
            "/api/v1/surveys", {"document": survey}, content_type="application/json", headers=headers
        )
        assert sent.status_code == 422, sent.content
        return str(sent.json()["code"])

    assert code({**SURVEY, "pages": pages(501)}) == "survey.too_large"
    assert code({**SURVEY, "languages": ["en", "<script>"]}) == "survey.language_unreadable"
    assert code({**SURVEY, "name": {"en": "a\x00b"}}) == "survey.sign_refused"
    assert not models.Survey.objects.filter(workspace_id=shop.workspace_id).exists()


def test_a_long_table_of_texts_comes_in_parts(shop: Workspace, let_in: Callable[..., Any]) -> None:
    survey_id = surveys.create(shop, read({**SURVEY, "pages": pages(400)}), by=actors.SYSTEM)
    browser, address = (
        let_in("en", "manager"),
        f"/w/{shop.workspace_id}/listen/surveys/{survey_id}/translation",
    )
    first, second = browser.get(address).content.decode(), browser.get(f"{address}?part=2").content.decode()
    names = [set(re.findall(r'name="(text:[^"]+)"', page)) for page in (first, second)]
    assert [len(each) for each in names] == [600, 202]
    assert not names[0] & names[1]
    assert 'href="?part=2"' in first
    assert 'href="?part=2" aria-current="page"' in second
    sent = browser.post(
        f"{address}?part=2", {"base": "1", "text:fa:pages[p].questions[q399].title": "پرسش آخر؟"}
    )
    assert sent["Location"] == f"{address}?part=2"
    assert queries.survey_of(shop, survey_id).draft.question("q399").title["fa"] == "پرسش آخر؟"
    refused = browser.post(address, {"base": "2", "text:fa:name": "a\x07b"}, follow=True)
    assert "a sign that nobody can read" in refused.content.decode()
    assert "fa" not in queries.survey_of(shop, survey_id).draft.name
