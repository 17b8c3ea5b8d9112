"""A topic is named in each language, and read in the reader's wherever it is told of."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from a_shop import an_answer
from later import Later
from safar.listen.text.topic_document import TopicEditRefused
from safar.store.registry import Workspace

from .said import a_comment

services = Later("safar.doors.web.comments.services")
topic_services = Later("safar.doors.web.comments.topic_services")
topic_queries = Later("safar.doors.web.comments.topic_queries")
assigning = Later("safar.doors.web.comments.assigning")
queries = Later("safar.doors.web.comments.queries")
models = Later("safar.doors.web.comments.models")
actors = Later("safar.doors.web.audit.actor")
rule_words = Later("safar.doors.web.cases.rule_words")

Ask = Callable[..., Any]


@pytest.fixture
def by() -> Any:
    return actors.Actor("terminal", detail="sara")


@pytest.fixture
def courier(shop: Workspace, tell: Any, by: Any) -> str:
    """A topic that was found and is named by its words, in Arabic, with one comment."""
    tell(a_comment("The courier was late", 1, "ali", value=1), an_answer("nps", 9, 1, "sara"))
    services.catch_up(shop)
    made = str(topic_services.add(shop, {"ar": "المندوب"}, ["courier"], by=by))
    assigning.assign(shop.workspace_id, lambda *_: None)
    return made


@pytest.fixture
def ask(shop: Workspace, browser: Any) -> Ask:
    """Ask the API as an analyst of the shop."""
    from safar.doors.web.members.services import add_member
    from safar.doors.web.members.tokens import create_token

    member = add_member("ali@example.com", "Ali", "en", shop.workspace_id, "analyst")
    headers = {"Authorization": f"Bearer {create_token(member, shop.workspace_id, 'x', can_write=True)[1]}"}
    return lambda method, path, body: getattr(browser, method)(
        f"/api/v1/{path}", data=body, content_type="application/json", headers=headers
    )


def names_of(shop: Workspace, topic_id: str) -> dict[str, str]:
    return next(
        dict(each.name.names) for each in topic_queries.board(shop) if each.name.public_id == topic_id
    )


def test_a_name_is_given_in_one_language_and_the_others_stay(shop: Workspace, courier: str, by: Any) -> None:
    topic_services.rename(shop, courier, {"fa": " پیک ", "en": "Courier"}, by=by)
    assert names_of(shop, courier) == {"ar": "المندوب", "fa": "پیک", "en": "Courier"}
    topic_services.rename(shop, courier, {"ar": ""}, by=by)
    assert names_of(shop, courier) == {"fa": "پیک", "en": "Courier"}
    with pytest.raises(TopicEditRefused):
        topic_services.rename(shop, courier, {"fa": "", "en": " "}, by=by)
    assert names_of(shop, courier) == {"fa": "پیک", "en": "Courier"}


def test_a_name_of_no_one_language_stays_until_members_name_the_topic(
    shop: Workspace, courier: str, by: Any
) -> None:
    models.Topic.objects.filter(public_id=courier).update(names={"mixed": "پیک courier"})
    (topic,) = queries.topics_of(shop)
    assert [topic.said(each) for each in ("fa", "ar", "en")] == ["پیک courier"] * 3
    topic_services.rename(shop, courier, {"fa": "پیک", "ar": "", "en": ""}, by=by)
    (topic,) = queries.topics_of(shop)
    assert [topic.said(each) for each in ("fa", "ar", "en")] == ["پیک"] * 3


def test_pages_files_and_rules_say_it_in_the_readers_language(
    let_in: Callable[..., Any], shop: Workspace, courier: str, by: Any
) -> None:
    topic_services.rename(shop, courier, {"fa": "پیک", "en": "Courier"}, by=by)
    (comment,) = models.Comment.objects.values_list("pk", flat=True)
    services.correct(shop, comment, by=by, topics=[])
    services.correct(shop, comment, by=by, topics=[courier])
    (key,) = models.Topic.objects.values_list("key", flat=True)
    at = f"/w/{shop.workspace_id}/listen"
    for language, name, others in (
        ("fa", "پیک", ("المندوب", "Courier")),
        ("ar", "المندوب", ("پیک", "Courier")),
        ("en", "Courier", ("المندوب", "پیک")),
    ):
        browser = let_in(language, "manager")
        for page in ("topics", "comments", f"comments/{comment}", "cases/told/new"):
            shown = browser.get(f"{at}/{page}").content.decode()
            assert name in shown, (language, page)
            assert not [each for each in others if each in shown], (language, page)
        file = b"".join(browser.get(f"{at}/comments?export=csv").streaming_content).decode("utf-8-sig")
        assert name in next(csv.reader(io.StringIO(file.splitlines()[1])))
        assert rule_words.topic_names(shop, language)[key] == name
    topic_services.archive(shop, courier, by=by)
    assert rule_words.topic_names(shop, "fa")[key] == "پیک"  # cases and rules go on naming it


def test_the_form_says_what_is_read_where_there_is_no_name(
    let_in: Callable[..., Any], shop: Workspace, courier: str
) -> None:
    browser, at = let_in("en", "manager"), f"/w/{shop.workspace_id}/listen/topics/{courier}"
    page = browser.get(at).content.decode()
    assert page.count('placeholder="المندوب"') == 3
    assert page.count('value="المندوب"') == 1
    assert browser.post(f"{at}/names", {"fa": "پیک", "ar": "", "en": ""}).status_code == 302
    assert names_of(shop, courier) == {"fa": "پیک"}
    refused = browser.post(f"{at}/names", {"fa": "", "ar": "", "en": ""})
    assert (refused.status_code, names_of(shop, courier)) == (422, {"fa": "پیک"})


def test_programs_change_one_name(ask: Ask, courier: str) -> None:
    changed = ask("patch", f"topics/{courier}", {"names": {"en": "Courier"}})
    assert (changed.status_code, changed.json()["names"]) == (200, {"ar": "المندوب", "en": "Courier"})
    changed = ask("patch", f"topics/{courier}", {"names": {"ar": ""}})
    assert changed.json()["names"] == {"en": "Courier"}
    assert ask("patch", f"topics/{courier}", {"names": {"en": ""}}).json()["code"] == "topics.edit_refused"
