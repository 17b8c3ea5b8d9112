"""Asking a customer again after his case: the case says what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from a_shop import days_ago
from builders import an_event
from drawn_answers import said
from later import Later
from safar.listen.questionnaire.anatomy import read
from safar.store.registry import Workspace

services = Later("safar.doors.web.cases.services")
rules = Later("safar.doors.web.cases.rule_services")
queries = Later("safar.doors.web.cases.queries")
thanking = Later("safar.doors.web.cases.thanking")
inviting = Later("safar.doors.web.inviting.models")
surveys = Later("safar.doors.web.surveys.services")
actors = Later("safar.doors.web.audit.actor")

ASKED = "To be asked again: Relational. The personal link is among the invitations of the survey."


@pytest.fixture
def survey(shop: Workspace) -> str:
    """A published survey with one question."""
    page = {"page_id": "p", "questions": [{"kind": "nps", "question_id": "q", "title": {"en": "Recommend?"}}]}
    document = read(
        {"format": "safar.survey/1", "key": "relational", "name": {"en": "Relational"}, "pages": [page]}
    )
    public_id = surveys.create(shop, document, by=actors.SYSTEM)
    surveys.publish(shop, public_id, by=actors.SYSTEM)
    return str(public_id)


@pytest.fixture
def case(shop: Workspace, tell: Callable[..., None]) -> Any:
    """A case of Mina, who has answered minutes ago."""
    rules.define_rule(shop, rules.RuleDraft("Unhappy", "nps <= 6"), by=actors.SYSTEM)
    phone = {"phone": "09121234567"}
    tell(an_event("identify", days_ago(9), customer="mina", properties=phone), said(3, "mina"))
    assert services.look_now(shop) == 1
    return queries.cases_of(shop, queries.QueueQuestion()).cases[0]


def asked(shop: Workspace, survey: str, case: Any) -> tuple[str, str, str]:
    """Ask again; return what was said, how the entry of the case is called, and the invitation's status."""
    sentence = thanking.ask_again(shop, case, survey, by=actors.SYSTEM)
    entry = queries.entries_of(shop, case.public_id)[0]
    assert entry.text == sentence
    plain = sentence.replace("\u2068", "").replace("\u2069", "")
    return plain, entry.kind, inviting.Invitation.objects.order_by("-id")[0].status


def test_who_has_just_answered_is_asked_until_the_budget_ends(
    shop: Workspace, survey: str, case: Any
) -> None:
    assert asked(shop, survey, case) == (ASKED, "message", "waiting")
    assert asked(shop, survey, case) == (ASKED, "message", "waiting")
    assert asked(shop, survey, case) == (
        "Not asked again (Relational): the customer was asked as often as the budget of contacts allows.",
        "note",
        "budget",
    )


def test_the_survey_that_asks_the_cases_question_is_offered_first(shop: Workspace, survey: str) -> None:
    page = {
        "page_id": "p",
        "questions": [
            {"kind": "nps", "question_id": "q", "key": "nps_delivery", "title": {"en": "And now?"}}
        ],
    }
    made = {"format": "safar.survey/1", "key": "delivery", "name": {"en": "Delivery"}, "pages": [page]}
    answered = surveys.create(shop, read(made), by=actors.SYSTEM)
    assert thanking.survey_of_question(shop, "nps_delivery") == ""
    surveys.publish(shop, answered, by=actors.SYSTEM)
    assert thanking.survey_of_question(shop, "nps_delivery") == answered
    assert thanking.survey_of_question(shop, "nobody_asks") == ""


def test_who_wants_to_be_left_alone_is(shop: Workspace, survey: str, case: Any) -> None:
    inviting.OptOut.objects.create(
        workspace_id=shop.workspace_id, customer_id="mina", at=datetime.now(UTC) - timedelta(days=1)
    )
    assert asked(shop, survey, case) == (
        "Not asked again (Relational): the customer does not want to be asked.",
        "note",
        "opted_out",
    )


def test_who_has_not_agreed_is_not_asked(shop: Workspace, survey: str, case: Any) -> None:
    inviting.Budget.objects.create(workspace_id=shop.workspace_id, consent="surveys")
    assert asked(shop, survey, case) == (
        "Not asked again (Relational): the customer has not agreed to it.",
        "note",
        "no_consent",
    )
