"""A case from opening to closing: its clock, two members at once, what is behind many, who is told, erasure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from builders import an_event
from drawn_answers import said
from later import Later
from safar.maps.anatomy import read
from safar.store.home import Home
from safar.store.registry import Workspace

services = Later("safar.doors.web.cases.services")
rules = Later("safar.doors.web.cases.rule_services")
queries = Later("safar.doors.web.cases.queries")
models = Later("safar.doors.web.cases.models")
errors = Later("safar.doors.web.cases.errors")
report = Later("safar.doors.web.cases.report")
mapping = Later("safar.doors.web.cases.mapping")
tellings = Later("safar.doors.web.cases.tellings")
working = Later("safar.doors.web.cases.working")
furnishing = Later("safar.doors.web.cases.furnishing")
maps = Later("safar.doors.web.maps.services")
map_queries = Later("safar.doors.web.maps.queries")
actors = Later("safar.doors.web.audit.actor")
audit = Later("safar.doors.web.audit.models")
members = Later("safar.doors.web.members.services")


@pytest.fixture
def sara(shop: Workspace) -> Any:
    return actors.Actor(
        "member", members.add_member("sara@example.com", "سارا", "fa", shop.workspace_id, "agent")
    )


@pytest.fixture
def cause(shop: Workspace, sara: Any) -> str:
    return str(rules.name_cause(shop, {"en": "Late delivery", "fa": "دیررسیدن"}, by=sara))


@pytest.fixture
def case(shop: Workspace, sara: Any, tell: Callable[..., None]) -> Any:
    """A case of Mina, who gave 3 of 10 for late delivery."""
    rules.define_rule(shop, rules.RuleDraft("Unhappy", "nps <= 6"), by=sara)
    tell(said(3, "mina", words="The parcel came late", key="nps_delivery"))
    services.look_now(shop)
    return models.Case.objects.get()


def now_of(shop: Workspace, case: Any) -> Any:
    return queries.case_of(shop, case.public_id)


def test_it_is_taken_up_and_closed_with_what_was_behind_it(
    shop: Workspace, sara: Any, case: Any, cause: str
) -> None:
    services.move(shop, case.public_id, "open", version=1, by=sara)
    entry = services.note(shop, case.public_id, "Called her", is_message=True, by=sara)
    assert entry
    found = now_of(shop, case)
    with pytest.raises(errors.RootCauseNeeded):
        services.close(shop, case.public_id, services.Closing("", "solved"), version=found.version, by=sara)
    with pytest.raises(errors.RootCauseNeeded):
        services.close(shop, case.public_id, services.Closing(cause, ""), version=found.version, by=sara)
    assert now_of(shop, case).status == "open", "what was refused left nothing behind"
    services.close(
        shop,
        case.public_id,
        services.Closing(cause, "compensated", "A voucher"),
        version=found.version,
        by=sara,
    )
    found = now_of(shop, case)
    assert (found.status, found.outcome, found.root_cause, found.is_in_time, found.closed_by) == (
        "closed",
        "compensated",
        {"en": "Late delivery", "fa": "دیررسیدن"},
        True,
        "سارا",
    )
    assert [each.kind for each in queries.entries_of(shop, case.public_id)] == [
        "closed",
        "message",
        "status",
        "opened",
    ]
    services.reopen(shop, case.public_id, "It came late again", version=found.version, by=sara)
    found = now_of(shop, case)
    assert (found.status, found.reopened_count, found.root_cause, found.outcome) == ("reopened", 1, None, "")
    actions = list(audit.Change.objects.filter(action__startswith="case.").values_list("action", flat=True))
    assert sorted(actions) == ["case.closed", "case.reopened"]


def test_who_comes_second_loses_nothing(shop: Workspace, sara: Any, case: Any) -> None:
    services.prioritise(shop, case.public_id, "urgent", version=1, by=sara)
    with pytest.raises(errors.CaseChanged) as refused:
        services.assign(shop, case.public_id, "", version=1, by=sara)
    assert refused.value.context == {"version": 2}
    assert now_of(shop, case).owner_email == "sara@example.com"
    for number in range(3):
        services.note(shop, case.public_id, f"note {number}", by=sara)
    assert [each.text for each in queries.entries_of(shop, case.public_id)][:3] == [
        "note 2",
        "note 1",
        "note 0",
    ]


def test_its_clock_stands_while_it_waits(shop: Workspace, sara: Any, case: Any) -> None:
    calendar = working.working_time_of(shop)
    left = calendar.between(datetime.now(UTC), case.due_at)
    services.move(shop, case.public_id, "waiting", version=1, by=sara)
    assert not now_of(shop, case).is_late
    began = datetime.now(UTC) - timedelta(days=7)
    due = calendar.add(began, timedelta(hours=2))
    models.Case.objects.update(waiting_since=began, due_at=due)
    assert not now_of(shop, case).is_late, "it waits"
    assert queries.queue_counts(shop, sara.member)["late"] == 0
    services.move(shop, case.public_id, "open", version=2, by=sara)
    found = now_of(shop, case)
    assert abs(calendar.between(datetime.now(UTC), found.due_at) - timedelta(hours=2)) < timedelta(minutes=1)
    assert left <= timedelta(hours=8)


def test_a_note_asks_a_member_by_name(shop: Workspace, sara: Any, case: Any) -> None:
    omar = members.add_member("omar@example.com", "عمر", "ar", shop.workspace_id, "agent")
    viewer = members.add_member("viewer@example.com", "Viewer", "en", shop.workspace_id, "viewer")
    services.note(shop, case.public_id, "What do you think?", mentions=["omar@example.com"], by=sara)
    assert [each.public_id for each in queries.unread_mentions(shop, omar)] == [case.public_id]
    services.read_mentions(shop, case.public_id, by=actors.Actor("member", omar))
    assert queries.unread_mentions(shop, omar) == ()
    for stranger in (viewer.email, "nobody@example.com"):
        with pytest.raises(errors.NoteRefused):
            services.note(shop, case.public_id, "And you?", mentions=[stranger], by=sara)


def test_only_who_handles_cases_gets_one(shop: Workspace, sara: Any, case: Any) -> None:
    members.add_member("viewer@example.com", "Viewer", "en", shop.workspace_id, "viewer")
    with pytest.raises(errors.CaseNotSo):
        services.assign(shop, case.public_id, "viewer@example.com", version=1, by=sara)


def test_erasing_the_customer_takes_the_words_and_leaves_the_count(
    shop: Workspace, sara: Any, case: Any, cause: str
) -> None:
    services.note(shop, case.public_id, "Mina Karimi, call 0912", by=sara)
    services.close(shop, case.public_id, services.Closing(cause, "solved", "Told Mina"), version=2, by=sara)
    tellings.tell(shop, "Faster now", {"en": "We deliver faster"}, tellings.Audience(cause), by=sara)
    assert services.forget(shop, {"mina", "mina@example.com"}) == 1
    found = now_of(shop, case)
    assert (found.customer_id, found.words, found.status, found.value) == ("", "", "closed", 3.0)
    assert {each.text for each in queries.entries_of(shop, case.public_id)} == {""}
    assert not models.Told.objects.exists()
    for table in (models.Case, models.CaseEntry, models.Telling, models.Told):
        for row in table.objects.all().values():
            assert "mina" not in str(row).lower()
    assert report.case_report(shop, found.opened_at, datetime.now(UTC)).closed == 1


def test_the_report_counts_with_intervals(shop: Workspace, sara: Any, cause: str) -> None:
    now = datetime.now(UTC)
    for number in range(10):
        models.Case.objects.create(
            workspace_id=shop.workspace_id,
            public_id=f"case{number}",
            heard_key=f"k{number}",
            customer_id=f"c{number}",
            heard_at=now,
            opened_at=now - timedelta(days=1),
            due_at=now - timedelta(hours=1 if number < 2 else -1),
            status="closed" if number < 8 else "new",
            closed_at=now if number < 8 else None,
            root_cause=models.RootCause.objects.get() if number < 8 else None,
            outcome="solved" if number < 8 else "",
            reopened_count=number == 0,
        )
    found = report.case_report(shop, now - timedelta(days=2), now + timedelta(days=1))
    assert (found.opened, found.closed, found.live) == (10, 8, 2)
    assert (found.in_time.value, found.in_time.n) == (0.75, 8)
    # Wilson's interval of 6 of 8, by hand: centre (0.75 + 0.2401) / 1.4802, half 0.2779
    assert (round(found.in_time.interval.low, 3), round(found.in_time.interval.high, 3)) == (0.409, 0.929)
    assert found.reopened.value == 0.1
    assert [(each.n, each.of_all.value) for each in found.causes] == [(8, 1.0)]


MAP = {
    "format": "safar.map/1",
    "name": {"en": "Shopping"},
    "languages": ["en", "fa"],
    "stages": [
        {
            "stage_id": "g",
            "name": {"en": "All"},
            "steps": [
                {
                    "step_id": "receive",
                    "name": {"en": "Receive", "fa": "دریافت"},
                    "binding": {"events": "order_delivered", "question_keys": ["nps_delivery"]},
                    "owner": "سارا",
                }
            ],
        }
    ],
}


def test_what_is_behind_cases_becomes_an_opportunity_on_the_map(
    shop: Workspace, sara: Any, cause: str, tell: Any
) -> None:
    map_id = maps.create(shop, read(MAP), by=sara)
    members.add_member("other@example.com", "Other", "fa", shop.workspace_id, "agent")
    rules.define_rule(shop, rules.RuleDraft("Unhappy", "nps <= 6 and step is receive"), by=sara)
    tell(
        *[said(value, f"c{value}", key="nps_delivery") for value in (0, 4)],
        said(1, "elsewhere", key="nps_app"),
    )
    assert services.look_now(shop) == 2
    assert {each.owner for each in models.Case.objects.all()} == {sara.member}, "who answers for the step"
    for each in queries.cases_of(shop, queries.QueueQuestion()).cases:
        services.close(shop, each.public_id, services.Closing(cause, "solved"), version=each.version, by=sara)
    (found,) = report.opportunities(shop, datetime.now(UTC) - timedelta(days=1))
    assert (found.map_id, found.step_id, found.people, found.cases, found.n) == (map_id, "receive", 2, 2, 2)
    assert found.severity == pytest.approx(0.8)  # 1.0 and 0.6
    assert found.weight == pytest.approx(1.6)
    mapping.put_on_map(shop, found, since=datetime.now(UTC), by=sara)
    document = map_queries.map_of(shop, map_id).document
    (card,) = document.cards
    assert (card.step_id, card.text) == ("receive", {"en": "Late delivery", "fa": "دیررسیدن"})
    assert [lane.kind for lane in document.lanes if lane.lane_id == card.lane_id] == ["opportunity"]
    (evidence,) = card.evidence
    assert (evidence.n, evidence.words["en"]) == (2, "2 customers in 2 cases, severity 80% (n = 2)")
    assert evidence.link == f"/w/{shop.workspace_id}/listen/cases?which=all&step=receive&cause={cause}"
    assert queries.open_at_steps(shop, map_id) == {}


def test_you_said_we_did(shop: Workspace, sara: Any, case: Any, cause: str, web_home: Home) -> None:
    with pytest.raises(errors.TellingRefused):
        tellings.tell(shop, "Faster", {"en": "x"}, tellings.Audience(cause), by=sara)
    services.close(shop, case.public_id, services.Closing(cause, "solved"), version=1, by=sara)
    assert list(tellings.audience_of(shop, tellings.Audience(cause))) == ["mina"]
    made = tellings.tell(
        shop,
        "Faster",
        {"fa": "سریع‌تر شدیم", "en": "We are faster", "ar": " "},
        tellings.Audience(cause),
        by=sara,
    )
    found = tellings.telling_of(shop, made)
    assert (found.count, found.texts) == (1, {"fa": "سریع‌تر شدیم", "en": "We are faster"})
    assert [(customer, text, mail) for customer, _, text, mail in found.told] == [
        ("mina", "We are faster", "In the list")
    ]
    (event,) = [
        each
        for each in web_home.log(shop.workspace_id).timeline("mina")
        if each.event_name == "told_what_was_done"
    ]
    assert made in event.properties
    assert queries.entries_of(shop, case.public_id)[0].kind == "told"


def test_a_demo_is_furnished_once_and_alike(shop: Workspace, tell: Any) -> None:
    tell(
        *[
            said(
                number % 5, f"c{number}", minutes_ago=60 * 24 * number + 30, words="خیلی دیر رسید، افتضاح بود"
            )
            for number in range(20)
        ]
    )
    opened = furnishing.furnish(shop, "fa")
    assert opened > 10
    assert furnishing.furnish(shop, "fa") == 0
    statuses = set(models.Case.objects.values_list("status", flat=True))
    assert "closed" in statuses
    assert services.look_now(shop) == 0, "what was shown is not opened again"


def test_a_case_by_hand(shop: Workspace, sara: Any, tell: Any) -> None:
    tell(an_event("page", "2026-01-01", customer="mina"))
    made = services.open_by_hand(shop, "mina", "She called", by=sara)
    found = queries.case_of(shop, made)
    assert (found.status, found.owner, found.rule_name) == ("open", "سارا", "")
    assert queries.cases_of(shop, queries.QueueQuestion("mine", sara.member)).cases == (found,)
