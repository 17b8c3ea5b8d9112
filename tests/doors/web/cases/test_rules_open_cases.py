"""Rules follow the log: who gets a case, once, with an owner and a due time; silences; late cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from builders import an_event
from drawn_answers import said
from later import Later
from safar.store.home import Home
from safar.store.registry import Workspace

services = Later("safar.doors.web.cases.services")
rules = Later("safar.doors.web.cases.rule_services")
queries = Later("safar.doors.web.cases.queries")
models = Later("safar.doors.web.cases.models")
following = Later("safar.doors.web.cases.following")
trial = Later("safar.doors.web.cases.rule_trial")
escalating = Later("safar.doors.web.cases.escalating")
actors = Later("safar.doors.web.audit.actor")
members = Later("safar.doors.web.members.services")


@pytest.fixture
def sara(shop: Workspace) -> Any:
    """An agent of the shop, who reads Persian."""
    return actors.Actor(
        "member", members.add_member("sara@example.com", "سارا", "fa", shop.workspace_id, "agent")
    )


@pytest.fixture
def omar(shop: Workspace) -> Any:
    """A manager of the shop, who reads Arabic."""
    return actors.Actor(
        "member", members.add_member("omar@example.com", "عمر", "ar", shop.workspace_id, "manager")
    )


def define(shop: Workspace, by: Any, text: str = "nps <= 6", **values: Any) -> str:
    return str(rules.define_rule(shop, rules.RuleDraft("Detractors", text, **values), by=by))


def opened(shop: Workspace) -> list[Any]:
    return list(models.Case.objects.filter(workspace_id=shop.workspace_id).order_by("id"))


def test_a_low_score_opens_one_case(shop: Workspace, sara: Any, tell: Any, web_home: Home) -> None:
    tell(said(1, "before", minutes_ago=60 * 24 * 5))
    define(shop, sara)
    tell(said(3, "mina", words="دیر رسید"), said(9, "happy"))
    assert services.look_now(shop) == 1
    assert services.look_now(shop) == 0
    web_home.log(shop.workspace_id).compact()
    assert services.look_now(shop) == 0
    (case,) = opened(shop)
    assert (case.customer_id, case.value, case.words, case.status) == ("mina", 3.0, "دیر رسید", "new")
    assert (case.owner, case.priority, case.rule_name) == (sara.member, "normal", "Detractors")
    assert case.due_at > case.opened_at


def test_personal_data_stays_out_of_cases(shop: Workspace, sara: Any, tell: Any) -> None:
    define(shop, sara)
    tell(said(3, "mina", words="دیر رسید، زنگ بزنید 09121234567 یا mina@example.com"))
    tried = trial.tried(shop, following.rule_of(models.Rule.objects.get()))
    assert services.look_now(shop) == 1
    (case,) = opened(shop)
    kept = "دیر رسید، زنگ بزنید [شماره تلفن] یا [ایمیل]"
    assert case.words == kept
    assert [each.words for each in tried.examples] == [kept]


def test_the_same_event_in_the_tail_and_in_a_part_is_one(
    shop: Workspace, sara: Any, tell: Any, web_home: Home
) -> None:
    define(shop, sara, quiet_days=0)
    tell(said(2, "a"))
    assert services.look_now(shop) == 1
    case = queries.cases_of(shop, queries.QueueQuestion()).cases[0]
    cause = rules.name_cause(shop, {"en": "Late"}, by=sara)
    services.close(shop, case.public_id, services.Closing(cause, "solved"), version=case.version, by=sara)
    web_home.log(shop.workspace_id).ask_to_seal()
    web_home.log(shop.workspace_id).compact()
    tell(said(1, "b"))
    assert services.look_now(shop) == 1
    assert [case.customer_id for case in opened(shop)] == ["a", "b"]


def test_a_look_that_was_cut_off_left_nothing_and_is_done_again(
    shop: Workspace, sara: Any, tell: Any
) -> None:
    from django.db import transaction

    define(shop, sara)
    tell(said(1))
    with transaction.atomic():
        assert services.look_now(shop) == 1
        transaction.set_rollback(True)  # what a kill leaves
    assert opened(shop) == []
    assert services.look_now(shop) == 1
    assert services.look_now(shop) == 0


def test_one_open_case_a_customer_and_rule(shop: Workspace, sara: Any, tell: Any) -> None:
    define(shop, sara)
    tell(said(2), said(1, minutes_ago=4))
    assert services.look_now(shop) == 1
    tell(said(0, minutes_ago=3))
    assert services.look_now(shop) == 0


def test_who_reads_the_language_takes_it_then_who_has_fewest(
    shop: Workspace, sara: Any, omar: Any, tell: Any
) -> None:
    define(shop, sara)
    tell(said(1, "a"), said(1, "b"))
    services.look_now(shop)
    assert [case.owner for case in opened(shop)] == [sara.member, sara.member]
    tell(
        an_event(
            "survey_answered",
            datetime.now(UTC),
            customer="c",
            properties={"metric": "nps", "scale_min": 0, "scale_max": 10, "value": 0, "language": "en"},
        )
    )
    services.look_now(shop)
    assert opened(shop)[-1].owner == omar.member, "nobody reads English: who has fewest"


def test_who_was_asked_and_stays_silent(shop: Workspace, sara: Any, tell: Any) -> None:
    define(shop, sara, "unanswered >= 7d")
    now = datetime.now(UTC)
    tell(
        an_event(
            "survey_sent", now - timedelta(days=8), customer="silent", properties={"invitation_id": "i1"}
        ),
        an_event(
            "survey_sent", now - timedelta(days=8), customer="spoke", properties={"invitation_id": "i2"}
        ),
        an_event(
            "survey_answered",
            now - timedelta(days=1),
            customer="spoke",
            properties={"invitation_id": "i2", "value": 1},
        ),
        an_event(
            "survey_sent", now - timedelta(days=2), customer="young", properties={"invitation_id": "i3"}
        ),
        an_event("survey_sent", now - timedelta(days=60), customer="old", properties={"invitation_id": "i4"}),
    )
    assert services.look_now(shop) == 1
    assert [case.customer_id for case in opened(shop)] == ["silent"]
    assert services.look_now(shop, now=now + timedelta(hours=2)) == 0


def test_who_was_not_seen_for_long(shop: Workspace, sara: Any, tell: Any) -> None:
    define(shop, sara, "unseen >= 30d and spent >= 100")
    now = datetime.now(UTC)
    for customer, days in (("gone", 31), ("poor", 31), ("here", 3), ("long gone", 90)):
        tell(an_event("page", now - timedelta(days=days), customer=customer))
    for customer in ("gone", "here", "long gone"):
        tell(
            an_event(
                "order_placed", now - timedelta(days=95), customer=customer, amount=50_000, currency="IRR"
            )
        )
    tell(an_event("campaign_sent", now - timedelta(days=1), customer="gone"))
    assert services.look_now(shop) == 1
    assert [case.customer_id for case in opened(shop)] == ["gone"]


def test_a_late_case_is_escalated_level_by_level(shop: Workspace, sara: Any, omar: Any, tell: Any) -> None:
    define(shop, sara, escalations=((0, "manager"), (480, "owner")))
    tell(said(1))
    services.look_now(shop)
    (case,) = opened(shop)
    assert escalating.escalate_late(shop, now=case.due_at - timedelta(seconds=1)) == 0
    assert escalating.escalate_late(shop, now=case.due_at) == 1
    assert escalating.escalate_late(shop, now=case.due_at + timedelta(minutes=1)) == 0
    assert escalating.escalate_late(shop, now=case.due_at + timedelta(days=7)) == 1
    case.refresh_from_db()
    assert case.escalated == 2
    told = [each.facts["roles"] for each in case.entries.filter(kind="escalated").order_by("id")]
    assert told == [["manager"], ["owner"]]
