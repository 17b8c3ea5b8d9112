"""What a demo shows: furnished once from the simulated company, told in three languages, never forced on anybody."""

from __future__ import annotations

import html
from collections import Counter
from datetime import UTC, datetime
from importlib import import_module

import pytest

from later import Later
from safar.demo.company import fill
from safar.maps.reach import reach
from safar.observe.rule_text import rule_of

showcase = Later("safar.doors.web.showcase")
actors = Later("safar.doors.web.audit.actor")
maps = Later("safar.doors.web.maps.queries")
map_services = Later("safar.doors.web.maps.services")
personas = Later("safar.doors.web.personas.queries")
persona_services = Later("safar.doors.web.personas.services")
segments = Later("safar.doors.web.segments.queries")
segment_services = Later("safar.doors.web.segments.services")

answering = Later("safar.doors.web.answering.models")
inviting = Later("safar.doors.web.inviting.queries")
invitations = Later("safar.doors.web.inviting.models")
surveys = Later("safar.doors.web.surveys.queries")

SEGMENTS = {
    "fa": {"خریداران محتاط", "شکارچیان تخفیف", "خریداران وفادار"},
    "ar": {"المشترون الحذرون", "صائدو الخصومات", "المشترون الأوفياء"},
    "en": {"Careful buyers", "Deal hunters", "Loyal buyers"},
}


@pytest.fixture
def demo(web_home, shop, monkeypatch):
    """The shop, with the events of a simulated company; few visitors answer at its entrance."""
    monkeypatch.setattr(import_module("safar.doors.web.showcase_visits"), "_VISITS", 20)
    with web_home.log(shop.workspace_id).writer() as writer:
        fill(writer, 150, until=datetime(2026, 11, 20, 12, tzinfo=UTC))
    return shop


def standing(workspace) -> tuple[int, int, int]:
    """How many segments, personas and maps stand on the lists."""
    kept = (segments.segments_of, personas.personas_of, maps.maps_of)
    of_segments, of_personas, of_maps = (len(of(workspace)) for of in kept)
    return of_segments, of_personas, of_maps


def in_the_archive(workspace) -> tuple[int, int]:
    return tuple(len(of(workspace, archived=True)) for of in (segments.segments_of, maps.maps_of))


def test_a_demo_is_furnished_once(web_home, demo) -> None:
    showcase.furnish_showcase(demo, "ar")
    assert standing(demo) == (3, 3, 1)
    made = segments.segments_of(demo)
    assert {each.name for each in made} == SEGMENTS["ar"]
    assert all(each.size for each in made)
    told = personas.personas_of(demo)
    assert {each.segment_id for each in told} == {each.public_id for each in made}
    assert all({"fa", "ar", "en"} == set(each.name) == set(each.story["goals"]) for each in told)
    opened = maps.map_of(demo, maps.maps_of(demo)[0].public_id)
    assert opened.document.personas == tuple(each.public_id for each in told)

    log = web_home.log(demo.workspace_id)
    bound = [step for step in opened.document.steps if step.binding.events]
    assert len(bound) > 5
    of_nobody = [step.step_id for step in bound if not reach(log, rule_of(step.binding.events)).customers]
    assert of_nobody == []

    showcase.furnish_showcase(demo, "fa")
    assert standing(demo) == (3, 3, 1)
    assert {each.name for each in segments.segments_of(demo)} == SEGMENTS["ar"]


def test_what_was_archived_is_not_furnished_again(demo) -> None:
    showcase.furnish_showcase(demo, "en")
    assert {each.name for each in segments.segments_of(demo)} == SEGMENTS["en"]
    for each in maps.maps_of(demo):
        map_services.archive(demo, each.public_id, by=actors.SYSTEM)
    for each in personas.personas_of(demo):
        persona_services.put_away(demo, each.public_id, by=actors.SYSTEM)
    for each in segments.segments_of(demo):
        segment_services.archive(demo, each.public_id, by=actors.SYSTEM)
    showcase.furnish_showcase(demo, "en")
    assert standing(demo) == (0, 0, 0)
    assert in_the_archive(demo) == (3, 1)


def test_journeys_leads_to_the_living_map_in_the_readers_language(demo, let_in) -> None:
    from safar.doors.web.members.models import Member

    showcase.furnish_showcase(demo, "fa")
    told = personas.personas_of(demo)
    (shown,) = maps.maps_of(demo)
    browser = let_in("fa", "owner")
    for language in ("fa", "ar", "en"):
        Member.objects.update(language=language)
        led = browser.get(f"/w/{demo.workspace_id}/journeys")
        assert led.headers["Location"] == f"/w/{demo.workspace_id}/journeys/maps/{shown.public_id}"
        sheet = browser.get(led.headers["Location"])
        assert sheet.status_code == 200
        page = html.unescape(sheet.content.decode())
        assert f'<html lang="{language}"' in page
        assert [each.name[language] for each in told if each.name[language] not in page] == []


def test_who_was_asked_and_why_not_is_what_the_log_says(web_home, demo) -> None:
    showcase.furnish_showcase(demo, "en")
    by_key = {each.key: each for each in surveys.surveys_of(demo)}
    assert set(by_key) >= {"kano", "wallet"}
    for key in ("relational", "post_delivery", "post_support", "post_purchase"):
        rows = answering.Response.objects.filter(
            workspace_id=demo.workspace_id, survey_id=by_key[key].public_id
        )
        assert rows.exists(), key
    assert surveys.asked_names(demo, "fa").question("ces_checkout").startswith("«خرید برایم آسان بود.»")
    rounds = {
        (each.name, each.channel): each
        for key in ("relational", "post_delivery", "post_support")
        for each in inviting.rounds_of(demo, by_key[key].public_id)
    }
    assert set(rounds) == {
        ("After an order", "email"),
        ("The day after delivery", "sms"),
        ("The day after delivery", "email"),
        ("Once a problem is solved", "sms"),
    }
    mailed = rounds["After an order", "email"]
    asked = {"sent", "answered", "lapsed"}
    query = """
        SELECT count(*) FROM events
        WHERE event_name = 'survey_sent' AND properties->>'survey' = 'relational' AND channel = 'email'
        AND occurred_at >= ? AND occurred_at < ?
    """
    window = [mailed.created_at, invitations.Round.objects.get(public_id=mailed.public_id).looked_until]
    ((sent,),) = web_home.log(demo.workspace_id).sql(query, window).rows()
    assert sum(count for status, count in mailed.counts.items() if status in asked) == sent > 0
    rows = invitations.Invitation.objects.filter(workspace_id=demo.workspace_id)
    statuses = Counter(rows.values_list("status", flat=True))
    assert {"answered", "lapsed", "not_sampled", "no_address"} <= set(statuses)
    answered = rows.filter(status="answered")
    assert all(row.answered_at > row.sent_at for row in answered)
    assert not rows.filter(status="answered", answered_at=None).exists()


def test_features_and_spending_are_responses_and_no_new_events(web_home, demo, let_in) -> None:
    log = web_home.log(demo.workspace_id)
    asked = (
        "select count(*) from events where event_name = 'survey_answered' and properties->>'survey' = 'kano'"
    )
    before = log.sql(asked).one()[0]
    showcase.furnish_showcase(demo, "en")
    ids = {each.key: each.public_id for each in surveys.surveys_of(demo)}
    rows = answering.Response.objects.filter(workspace_id=demo.workspace_id)
    kano = rows.filter(survey_id=ids["kano"])
    assert (kano.count() * 10, log.sql(asked).one()[0]) == (before, before), "five features, each asked twice"
    assert set(kano.values_list("in_log", flat=True)) == {True}
    assert rows.filter(survey_id=ids["wallet"]).exists()
    browser, place = let_in("en", "owner"), f"/w/{demo.workspace_id}/listen/surveys"
    elsewhere = "Answered elsewhere, 90 days"
    assert elsewhere not in browser.get(place).content.decode()
    kano.delete()
    assert elsewhere in browser.get(place).content.decode(), "the log alone knows of the answers"


def test_visitors_answer_at_a_kiosk_and_on_the_site(demo) -> None:
    showcase.furnish_showcase(demo, "ar")
    (visits,) = (each for each in surveys.surveys_of(demo) if each.key == "shop_visit")
    links = inviting.links_of(demo, visits.public_id)
    assert {each.kind: each.name for each in links} == {"kiosk": "كشك مدخل المتجر", "widget": "زاوية الموقع"}
    rows = answering.Response.objects.filter(workspace_id=demo.workspace_id, survey_id=visits.public_id)
    assert rows.count() == 20
    assert set(rows.values_list("state", flat=True)) == {"complete", "stopped"}
    assert set(rows.values_list("channel", flat=True)) == {"kiosk", "web"}
    assert rows.filter(in_log=True).count() == 20
    moments = list(rows.order_by("pk").values_list("touched_at", flat=True))
    assert (max(moments) - min(moments)).days > 60
