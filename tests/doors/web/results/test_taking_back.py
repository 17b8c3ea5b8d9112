"""What a file brought is taken back whole; responses that show events of others go when those go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from builders import an_event
from later import Later
from safar.listen.questionnaire.anatomy import Answer, read
from safar.store.home import Home
from safar.store.registry import Workspace
from safar.vocabulary.window import Window

surveys = Later("safar.doors.web.surveys.services")
published = Later("safar.doors.web.surveys.queries")
brought = Later("safar.doors.web.answering.brought")
answering = Later("safar.doors.web.answering.models")
answering_services = Later("safar.doors.web.answering.services")
queries = Later("safar.doors.web.results.queries")
told_events = Later("safar.doors.web.results.told_events")
jobs = Later("safar.doors.web.results.jobs")
actors = Later("safar.doors.web.audit.actor")
works = Later("safar.doors.web.work.models")
work = Later("safar.doors.web.work.jobs")

AT = datetime(2026, 3, 21, 9, 30, tzinfo=UTC)


@pytest.fixture
def survey(shop: Workspace) -> str:
    """A published survey with one question."""
    question = {"kind": "nps", "question_id": "q", "key": "nps", "title": {"en": "Recommend?"}}
    page = {"page_id": "p", "questions": [question]}
    document = read(
        {"format": "safar.survey/1", "key": "relational", "name": {"en": "Survey"}, "pages": [page]}
    )
    public_id = surveys.create(shop, document, by=actors.SYSTEM)
    surveys.publish(shop, public_id, by=actors.SYSTEM)
    return str(public_id)


def bring(shop: Workspace, survey: str, file_id: str, *names: str) -> int:
    rows = [
        brought.Brought(
            source="forms",
            own_id=name,
            started_at=AT,
            finished_at=AT,
            answers={"q": Answer(value=9)},
            customer_id=name,
        )
        for name in names
    ]
    return int(brought.keep_brought(shop, survey, 1, rows, file_id=file_id))


def answered(web_home: Home, shop: Workspace) -> set[str]:
    """Return whose answers are in the log."""
    query = "SELECT customer_id FROM events WHERE event_name IN ('survey_answered', 'survey_completed')"
    return {customer for (customer,) in web_home.log(shop.workspace_id).sql(query).rows()}


def counted(shop: Workspace, survey: str) -> int:
    """Return how many responses the results page counts."""
    return sum(
        each.count for each in queries.results(shop, survey, queries.Wanted()).found.questions[0].counts
    )


def test_what_a_file_brought_is_taken_back(shop: Workspace, survey: str, web_home: Home) -> None:
    assert bring(shop, survey, "first", "a", "b") == 2
    assert bring(shop, survey, "second", "b", "c") == 1, "b was here"
    # one that a killed process kept and did not tell the log of: the sweep does
    answering.Response.objects.filter(customer_id="c").update(in_log=False)
    answering_services.write_waiting(None)
    assert [(each.file_id, each.count) for each in brought.brought_files(shop, survey)] == [
        ("second", 1),
        ("first", 2),
    ]
    assert counted(shop, survey) == 3
    assert brought.take_back(shop, "unknown") == 0
    for removed in (2, 0):
        found = jobs.take_back_file.call(workspace_id=shop.workspace_id, file_id="first")
        assert found == {"responses": removed}
    assert answered(web_home, shop) == {"c"}
    assert counted(shop, survey) == 1
    assert bring(shop, survey, "third", "a", "b") == 2, "it can come again"
    assert answered(web_home, shop) == {"a", "b", "c"}


def test_the_page_takes_a_file_back(
    shop: Workspace, survey: str, web_home: Home, let_in: Callable[..., Any]
) -> None:
    bring(shop, survey, "first", "a", "b")
    browser = let_in("en", "manager")
    place = f"/w/{shop.workspace_id}/listen/surveys/{survey}/bring"
    assert "Take these answers back" in browser.get(place).content.decode()
    assert browser.post(place, {"do": "take_back", "file_id": "other"}).status_code == 404
    assert browser.post(place, {"do": "take_back", "file_id": "first"}).status_code == 302
    asked = works.Work.objects.get(kind="results.take_back")
    assert asked.arguments["file_id"] == "first"


def test_responses_go_with_the_events_they_show(
    shop: Workspace, survey: str, tell: Callable[..., None], web_home: Home
) -> None:
    told = {"survey": "relational", "question_key": "nps", "metric": "nps", "scale_min": 0, "scale_max": 10}
    late = AT + timedelta(days=9)
    tell(
        an_event("survey_answered", AT, customer="a", properties={**told, "value": 9, "invitation_id": "i1"}),
        an_event("survey_answered", AT, customer="b", properties={**told, "value": 3}),
        an_event("survey_answered", late, customer="c", properties={**told, "value": 4, "response_id": "r1"}),
        an_event("survey_answered", late, customer="d", properties={**told, "value": 5}),
    )
    window = Window(AT - timedelta(days=1), AT + timedelta(days=30))
    assert told_events.adopt(shop, published.published(shop, survey), window, most=100) == 4
    assert bring(shop, survey, "file", "e") == 1
    forget: Any = jobs.forget.call
    assert forget(work.Progress()) == {"responses": 0}
    web_home.log(shop.workspace_id).forget_before(AT + timedelta(days=5))
    assert forget(work.Progress()) == {"responses": 2}
    kept = answering.Response.objects.order_by("customer_id").values_list("customer_id", flat=True)
    assert list(kept) == ["c", "d", "e"], "what a file brought is not theirs to forget"
