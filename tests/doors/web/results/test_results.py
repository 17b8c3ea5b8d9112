"""What a survey found: on its page, in files, through the API; answers brought in from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pyreadstat
import pytest
from msgspec import structs

from builders import an_event
from later import Later
from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.anatomy import Answer, Page, Survey, read
from safar.store.home import Home
from safar.store.registry import Workspace
from safar.vocabulary.window import Window

surveys = Later("safar.doors.web.surveys.services")
brought = Later("safar.doors.web.answering.brought")
queries = Later("safar.doors.web.results.queries")
bringing = Later("safar.doors.web.results.bringing")
told_events = Later("safar.doors.web.results.told_events")
jobs = Later("safar.doors.web.results.jobs")
published = Later("safar.doors.web.surveys.queries")
responses = Later("safar.doors.web.answering.queries")
actors = Later("safar.doors.web.audit.actor")
members = Later("safar.doors.web.members.services")
tokens = Later("safar.doors.web.members.tokens")
inviting = Later("safar.doors.web.inviting.services")
models = Later("safar.doors.web.inviting.models")
work = Later("safar.doors.web.work.jobs")

AT = datetime(2026, 3, 21, 9, 30, tzinfo=UTC)
QUESTIONS = [
    {"kind": "nps", "question_id": "q", "key": "nps", "title": {"fa": "پیشنهاد می‌کنید؟", "en": "Recommend?"}},
    {
        "kind": "multiple",
        "question_id": "m",
        "title": {"fa": "چه چیزی؟", "en": "What?"},
        "choices": [
            {"choice_id": "price", "words": {"fa": "قیمت", "en": "Price"}},
            {"choice_id": "care", "words": {"fa": "رسیدگی", "en": "Care"}},
        ],
    },
    {
        "kind": "single",
        "question_id": "s",
        "title": {"fa": "کجا؟", "en": "Where?"},
        "choices": [
            {"choice_id": "shop", "words": {"fa": "فروشگاه", "en": "Shop"}},
            {"choice_id": "web", "words": {"fa": "وب", "en": "Web"}},
        ],
    },
    {"kind": "text", "question_id": "w", "comments_on": "q", "title": {"fa": "چرا؟", "en": "Why?"}},
]


def a_survey(workspace: Workspace, **more: Any) -> str:
    document = read(
        {
            "format": "safar.survey/1",
            "key": "relational",
            "name": {"fa": "نظرسنجی", "en": "Survey"},
            "languages": ["fa", "en"],
            "pages": [{"page_id": "p", "questions": QUESTIONS}],
            **more,
        }
    )
    public_id = surveys.create(workspace, document, by=actors.SYSTEM)
    surveys.publish(workspace, public_id, by=actors.SYSTEM)
    return str(public_id)


def keep(workspace: Workspace, survey_id: str, *answers: dict[str, Answer]) -> None:
    rows = [
        brought.Brought(
            source="test",
            own_id=str(place),
            started_at=AT,
            finished_at=AT + timedelta(seconds=40 + place),
            answers=each,
            language="fa" if place % 2 else "en",
            channel="web",
            customer_id=f"c{place}",
        )
        for place, each in enumerate(answers)
    ]
    assert brought.keep_brought(workspace, survey_id, 1, rows) == len(rows)


def counted(page: str) -> str:
    """What the first card says of how many answered, without marks of direction."""
    card = page.split('class="card padded results-card"')[1]
    return re.sub(r"<[^>]*>|[\u2066-\u2069]", "", card.split('<p class="soft">')[1].split("</p>")[0])


THREE = (
    {"q": Answer(value=10), "m": Answer(choices=("price", "care")), "s": Answer(choices=("shop",))},
    {"q": Answer(value=9), "m": Answer(choices=("price",)), "w": Answer(text="ارزان بود 🙂")},
    {"q": Answer(value=2), "s": Answer(choices=("web",))},
)


def test_the_newest_responses_are_counted_again_when_one_comes_in(shop: Workspace) -> None:
    survey_id = a_survey(shop)
    keep(shop, survey_id, *THREE)
    found = queries.results(shop, survey_id, queries.Wanted())
    assert (found.found.responses, found.states, found.typical_seconds) == (3, {"complete": 3}, 41.0)
    nps, multiple, *_ = found.found.questions
    assert {each.choice: each.count for each in nps.counts if each.count} == {"2": 1, "9": 1, "10": 1}
    assert [(each.choice, each.count) for each in multiple.counts] == [("price", 2), ("care", 1)]
    assert queries.results(shop, survey_id, queries.Wanted()) is found
    assert queries.results(shop, survey_id, queries.Wanted(language="fa")).found.responses == 1
    more = brought.Brought(
        source="x", own_id="9", started_at=AT, finished_at=AT, answers={"q": Answer(value=0)}
    )
    brought.keep_brought(shop, survey_id, 1, [more])
    assert queries.results(shop, survey_id, queries.Wanted()).found.responses == 4


def test_the_page_and_single_responses(shop: Workspace, let_in: Callable[..., Any]) -> None:
    survey_id = a_survey(shop)
    keep(shop, survey_id, *THREE)
    browser, place = let_in("fa", "analyst"), f"/w/{shop.workspace_id}/listen/surveys/{survey_id}"
    page = browser.get(f"{place}/results").content.decode()
    assert "پیشنهاد می‌کنید؟" in page
    assert "ارزان بود 🙂" in page
    assert counted(page) == "۳ پاسخ"
    listed = browser.get(f"{place}/responses").content.decode()
    assert listed.count(f"/listen/surveys/{survey_id}/responses/") == 3
    (newest, *_) = responses.responses_of(shop, survey_id).responses
    one = browser.get(f"{place}/responses/{newest.public_id}").content.decode()
    assert "وب" in one
    assert "۲ از ۱۰" in re.sub("[\u2066-\u2069]", "", one)
    assert browser.get(f"{place}/responses/nothing").status_code == 404


def test_who_may_not_see_customers_sees_numbers_alone(shop: Workspace, let_in: Callable[..., Any]) -> None:
    survey_id = a_survey(shop)
    keep(shop, survey_id, *THREE)
    browser, place = let_in("fa", "viewer"), f"/w/{shop.workspace_id}/listen/surveys/{survey_id}"
    page = browser.get(f"{place}/results").content.decode()
    assert counted(page) == "۳ پاسخ"
    assert "ارزان بود" not in page
    assert browser.get(f"{place}/responses").status_code == 403
    assert browser.get(f"{place}/results.csv").status_code == 403


def test_a_least_cell_hides_single_responses_always_and_few_of_them_wholly(
    shop: Workspace, let_in: Callable[..., Any]
) -> None:
    survey_id = a_survey(shop, least_cell=5)
    keep(shop, survey_id, *THREE)
    browser, place = let_in("en", "owner"), f"/w/{shop.workspace_id}/listen/surveys/{survey_id}"
    page = browser.get(f"{place}/results").content.decode()
    assert "Too few answers to show" in page
    assert "ارزان بود" not in page
    for path in ("responses", "results.csv", "results.sav"):
        assert browser.get(f"{place}/{path}").status_code == 403


def test_what_is_told_of_a_least_cell_is_never_of_fewer(shop: Workspace) -> None:
    survey_id = a_survey(shop, least_cell=3)
    keep(shop, survey_id, *THREE, {"q": Answer(value=5)}, {"q": Answer(value=6)})
    found = queries.results(shop, survey_id, queries.Wanted())
    # five came: three are told of; of the questions that fewer answered, nothing
    assert (found.found.responses, [each.question.question_id for each in found.found.questions]) == (
        3,
        ["q"],
    )
    # a part of them is no way round, nor is another version
    assert queries.results(shop, survey_id, queries.Wanted(language="fa")) is found
    surveys.apply(
        shop, survey_id, lambda survey: structs.replace(survey, least_cell=1), base=1, by=actors.SYSTEM
    )
    surveys.publish(shop, survey_id, by=actors.SYSTEM)
    assert published.promised_cell(shop, survey_id) == 3
    assert queries.results(shop, survey_id, queries.Wanted(language="fa")).found.responses == 3


def test_files_in_words_with_codes_and_for_spss(
    shop: Workspace, let_in: Callable[..., Any], tmp_path: Path
) -> None:
    survey_id = a_survey(shop)
    keep(shop, survey_id, *THREE)
    browser, place = let_in("fa", "analyst"), f"/w/{shop.workspace_id}/listen/surveys/{survey_id}"
    codes = b"".join(browser.get(f"{place}/results.csv")).decode("utf-8-sig").splitlines()
    assert codes[0].endswith(",q,m_price,m_care,s,w")
    assert codes[1].endswith(",10,1,1,shop,")
    words = b"".join(browser.get(f"{place}/results.csv?words=1")).decode("utf-8-sig").splitlines()
    assert words[1].endswith(",10,1,1,فروشگاه,")
    file = tmp_path / "x.sav"
    file.write_bytes(b"".join(browser.get(f"{place}/results.sav")))
    found, meta = pyreadstat.read_sav(str(file), output_format="dict")
    assert list(found["q"]) == [10, 9, 2]
    assert list(found["s"]) == [1, None, 2]
    assert list(found["w"]) == ["", "ارزان بود 🙂", ""]
    labels = meta.variable_value_labels
    assert labels["s"] == {1.0: "فروشگاه", 2.0: "وب"}
    assert labels["m_price"] == {0.0: "خیر", 1.0: "بله"}
    assert (labels["language"], labels["state"]["complete"]) == (
        {"fa": "فارسی", "en": "English"},
        "کامل",
    )
    assert [meta.variable_measure[name] for name in ("q", "s", "seconds")] == ["ordinal", "nominal", "scale"]
    # both files tell the same time
    told = dict(zip(codes[0].split(","), codes[1].split(","), strict=True))["finished_at"]
    assert found["finished_at"][0].isoformat(timespec="seconds") == told[:19]
    assert shop.time_zone in meta.column_names_to_labels["finished_at"]
    assert meta.column_names_to_labels["q"] == "پیشنهاد می‌کنید؟"


def test_programs_read_the_same_numbers(shop: Workspace, browser: Any) -> None:
    survey_id = a_survey(shop)
    keep(shop, survey_id, *THREE)
    member = members.add_member("p@example.com", "p", "en", shop.workspace_id, "viewer")
    secret = tokens.create_token(member, shop.workspace_id, "script")[1]
    headers = {"Authorization": f"Bearer {secret}"}
    found = browser.get(f"/api/v1/surveys/{survey_id}/results", headers=headers).json()
    assert (found["responses"], found["read"], found["states"]) == (3, 3, {"complete": 3})
    price = found["questions"][1]["counts"][0]
    assert (price["choice"], price["count"], price["share"]["value"]) == ("price", 2, 1.0)
    assert browser.get("/api/v1/surveys/nothing/results", headers=headers).status_code == 404


CSV = (
    "Timestamp,Recommend?,What?,Where?,Why?\n"
    '2026/03/21 9:30:00,9,"Price, Care",Shop,fine\n'
    "2026/03/22 18:05:10,eleven,Price,Moon,\n"
)


def test_answers_of_google_forms_come_in_once(
    shop: Workspace, let_in: Callable[..., Any], web_home: Home
) -> None:
    survey_id = a_survey(shop)
    browser, place = let_in("en", "manager"), f"/w/{shop.workspace_id}/listen/surveys/{survey_id}"
    file = BytesIO(CSV.encode())
    file.name = "answers.csv"
    sent = browser.post(f"{place}/bring", {"file": file})
    assert sent.status_code == 302, sent.content.decode()[-2000:]
    page = browser.get(sent["Location"]).content.decode()
    assert "Google Forms" in page
    assert "eleven" in page
    asked = published.published(shop, survey_id)
    waiting = bringing.waiting_file(shop, survey_id, sent["Location"].rsplit("/", 1)[1])
    assert [column.to for column in waiting.plan.columns] == ["@finished", "q", "m", "s", "w"]
    for new in (2, 0):
        counts = bringing.bring_in(shop, waiting, asked, lambda _: None)
        assert (counts["read"], counts["new"], counts["problems"]) == (2, new, 2)
    rows = web_home.log(shop.workspace_id).sql(
        "select occurred_at::varchar, properties->>'value', properties->>'verbatim' from events"
        " where event_name = 'survey_answered' and properties->>'question_key' = 'nps'"
    )
    ((at, value, words),) = rows.rows()
    assert (at[:16], float(value), words) == ("2026-03-21 06:00", 9.0, "fine")  # half past nine in Tehran
    assert browser.get(f"/w/{shop.workspace_id}/listen/surveys/other/bring").status_code == 404


def test_files_that_hold_no_answers(shop: Workspace, let_in: Callable[..., Any]) -> None:
    survey_id = a_survey(shop)
    browser, place = let_in("en", "manager"), f"/w/{shop.workspace_id}/listen/surveys/{survey_id}"

    def send(content: bytes) -> Any:
        file = BytesIO(content)
        file.name = "answers.csv"
        return browser.post(f"{place}/bring", {"file": file})

    assert send(b"").status_code == 422
    strange = send(b"\x00\x01\x02\x03" * 100)  # a table of one strange column: nothing can be brought in
    assert b'value="bring"' not in browser.get(strange["Location"]).content
    assert browser.post(strange["Location"], {"do": "away"}).status_code == 302
    assert browser.get(strange["Location"]).status_code == 404


def test_answers_that_programs_told_become_responses(
    shop: Workspace, tell: Callable[..., None], web_home: Home
) -> None:
    survey_id = a_survey(shop)
    told = {"survey": "relational", "question_key": "nps", "metric": "nps", "scale_min": 0, "scale_max": 10}
    tell(
        an_event("survey_answered", AT, customer="a", properties={**told, "value": 9, "invitation_id": "i1"}),
        an_event("survey_answered", AT, customer="b", properties={**told, "value": 3, "verbatim": "late"}),
        an_event("survey_answered", AT, customer="c", properties={**told, "value": 3, "survey": "other"}),
        an_event("survey_answered", AT, customer="d", properties={**told, "value": 77}),
    )
    log = web_home.log(shop.workspace_id)
    before = log.sql("select count(*) from events").one()[0]
    window = Window(AT - timedelta(days=1), AT + timedelta(days=1))
    asked = published.published(shop, survey_id)
    assert [told_events.adopt(shop, asked, window, most=100) for _ in range(2)] == [2, 0]
    found = queries.results(shop, survey_id, queries.Wanted()).found
    assert {each.choice: each.count for each in found.questions[0].counts if each.count} == {"3": 1, "9": 1}
    assert found.questions[3].texts[0][1] == "late"
    assert log.sql("select count(*) from events").one()[0] == before


def test_told_choices_rows_and_numbers_become_one_response_of_their_invitation(
    shop: Workspace, tell: Callable[..., None], let_in: Callable[..., Any]
) -> None:
    there, missing, like, dislike = (
        kinds.Choice(choice_id=each, words={"en": each}) for each in ("there", "missing", "like", "dislike")
    )
    named = {"en": "Same day"}
    features = kinds.Matrix(
        question_id="q1", key="same_day", title=named, rows=(there, missing), columns=(like, dislike)
    )
    spent = kinds.Number(question_id="q2", key="spent", title={"en": "Spent"}, unit={"en": "rials"}, lowest=0)
    survey = Survey(key="kano", name={"en": "Kano"}, pages=(Page(page_id="p", questions=(features, spent)),))
    survey_id = surveys.create(shop, survey, by=actors.SYSTEM)
    surveys.publish(shop, survey_id, by=actors.SYSTEM)

    def said(key: str, invitation: str, seconds: int = 0, **what: Any) -> Any:
        told = {"survey": "kano", "question_key": key, "invitation_id": invitation, **what}
        return an_event("survey_answered", AT + timedelta(seconds=seconds), customer="a", properties=told)

    tell(
        said("same_day.there", "i1", metric="choice", choices=["like"]),
        said("same_day.missing", "i1", 6, metric="choice", choices=["dislike"]),
        said("spent", "i1", 12, metric="number", value=120),
        said("same_day.there", "i2", metric="choice", choices=["love"]),
        said("same_day.elsewhere", "i3", metric="choice", choices=["like"]),
        said("spent", "i4", metric="number", value=-1),
        said("spent", "i5", -600, metric="number", value=80),
    )
    window = Window(AT - timedelta(days=1), AT + timedelta(days=1))
    assert told_events.adopt(shop, published.published(shop, survey_id), window, most=100) == 2
    row, _spent = responses.responses_of(shop, survey_id).responses
    assert row.answers == {
        "q1": Answer(rows={"there": Answer(choices=("like",)), "missing": Answer(choices=("dislike",))}),
        "q2": Answer(value=120.0),
    }
    said = let_in("en", "analyst").get(f"/w/{shop.workspace_id}/listen/surveys/{survey_id}/results")
    page = re.sub(r"[\u2066-\u2069\u200e]", "", said.content.decode())
    assert re.findall(r"<text[^>]*>(like|there)</text>", page)[:2] == ["like", "there"], (
        "what was chosen comes first"
    )
    assert '<th scope="row"><bdi dir="auto">there – like</bdi></th>' in page
    assert "100.00 rials" in page


def test_times_that_nobody_knows_are_no_times_and_words_lead_to_their_response(
    shop: Workspace, let_in: Callable[..., Any]
) -> None:
    survey_id = a_survey(shop)
    keep(shop, survey_id, *THREE)
    once = brought.Brought(
        source="x",
        own_id="1",
        started_at=AT,
        finished_at=AT,
        answers={"q": Answer(value=8), "w": Answer(text="ok")},
    )
    brought.keep_brought(shop, survey_id, 1, [once])
    found = queries.results(shop, survey_id, queries.Wanted())
    assert found.typical_seconds == 41.0  # of 40, 41 and 42 seconds: the fourth has one time alone
    (newest, *_) = responses.responses_of(shop, survey_id).responses
    page = let_in("en", "analyst").get(f"/w/{shop.workspace_id}/listen/surveys/{survey_id}/results")
    said = re.sub(r"[\u2066-\u2069]", "", page.content.decode())
    assert f'/responses/{newest.public_id}" dir="auto">ok</a>' in said
    groups = re.findall(r'<li class="is-(\w+)"><span>[^<]*</span> <b>(?:<[^>]*>)?([^<]*)', said)
    assert groups == [("promoters", "50% · 2"), ("passives", "25% · 1"), ("detractors", "25% · 1")]


def test_the_response_rate_is_of_invitations_that_went_out(
    shop: Workspace, let_in: Callable[..., Any]
) -> None:
    survey_id = a_survey(shop)
    keep(shop, survey_id, *THREE)
    people = tuple(f"p{number}" for number in range(8))
    plan = inviting.RoundPlan(name="Spring", channel="sms", customer_ids=people)
    inviting.start_round(shop, survey_id, plan, by=actors.SYSTEM)
    statuses = ("answered", "sent", "sent", "lapsed", "waiting", "failed", "budget", "no_address")
    for row, status in zip(models.Invitation.objects.order_by("pk"), statuses, strict=True):
        models.Invitation.objects.filter(pk=row.pk).update(status=status)
    page = let_in("en", "viewer").get(f"/w/{shop.workspace_id}/listen/surveys/{survey_id}/results")
    said = " ".join(re.sub(r"<[^>]*>|[\u2066-\u2069]", " ", page.content.decode()).split())
    # Wilson at 95 %: 1 of 4 is 4.6 % to 69.9 %
    assert "Response rate 25% 5% to 70% , of 4 invitations" in said


def test_a_process_that_dies_while_answers_come_in_brings_none_twice_and_loses_none(
    shop: Workspace, web_home: Home
) -> None:
    survey_id = a_survey(shop)
    asked = published.published(shop, survey_id)
    lines = "".join(f"r{number},{number % 11}\n" for number in range(1_200))
    waiting = bringing.keep_file(shop, asked, "answers.csv", BytesIO(f"id,q\n{lines}".encode()))

    def die(read: int) -> None:
        if read == 1_000:
            raise SystemExit

    with pytest.raises(SystemExit):
        bringing.bring_in(shop, waiting, asked, die)
    counts = bringing.bring_in(shop, waiting, asked, lambda _: None)
    assert (counts["read"], counts["new"], counts["there"]) == (1_200, 200, 1_000)
    rows = web_home.log(shop.workspace_id).sql(
        "select count(*), count(distinct event_id) from events where event_name = 'survey_answered'"
    )
    assert rows.one() == (1_200, 1_200)
