"""The count of a survey's responses is that of exactly the responses there are, whatever happened to them."""

from __future__ import annotations

import random
from collections import Counter, OrderedDict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pyreadstat
import pytest

from later import Later
from safar.listen.questionnaire.anatomy import Answer, read
from safar.listen.questionnaire.tally import tally
from safar.store.registry import Workspace

actors = Later("safar.doors.web.audit.actor")
answering = Later("safar.doors.web.answering.services")
brought = Later("safar.doors.web.answering.brought")
counting = Later("safar.doors.web.results.counting")
facts = Later("safar.doors.web.answering.queries")
jobs = Later("safar.doors.web.results.jobs")
making = Later("safar.doors.web.results.making_views")
made_files = Later("safar.doors.web.results.made_files")
models = Later("safar.doors.web.answering.models")
own_models = Later("safar.doors.web.results.models")
queries = Later("safar.doors.web.results.queries")
services = Later("safar.doors.web.results.services")
surveys = Later("safar.doors.web.surveys.services")
worker = Later("safar.doors.web.work.worker")

AT = datetime(2026, 3, 21, 9, 30, tzinfo=UTC)
CHOICES = [{"choice_id": each, "words": {"en": each}} for each in ("price", "care", "speed")]
#: “Why?” is asked only of who is unhappy, and the second page comes once for each thing that was chosen.
PAGES = [
    {
        "page_id": "p",
        "questions": [
            {"kind": "nps", "question_id": "nps", "title": {"en": "Recommend?"}, "can_not_apply": True},
            {
                "kind": "text",
                "question_id": "why",
                "title": {"en": "Why?"},
                "show_when": {"type": "test", "of": "question.nps", "compares": "<=", "value": 6},
            },
            {"kind": "multiple", "question_id": "liked", "title": {"en": "What?"}, "choices": CHOICES},
            {"kind": "number", "question_id": "times", "title": {"en": "How often?"}},
            {"kind": "ranking", "question_id": "rank", "title": {"en": "Order?"}, "choices": CHOICES},
        ],
    },
    {
        "page_id": "each",
        "repeats_for": "liked",
        "questions": [
            {"kind": "csat", "question_id": "csat", "title": {"en": "How?"}},
            {"kind": "text", "question_id": "more", "title": {"en": "More?"}},
        ],
    },
]


def a_survey(workspace: Workspace, **more: Any) -> str:
    document = {
        "format": "safar.survey/1",
        "key": "counted",
        "name": {"en": "Counted"},
        "languages": ["en", "fa"],
        "pages": PAGES,
    }
    public_id = surveys.create(workspace, read(document | more), by=actors.SYSTEM)
    surveys.publish(workspace, public_id, by=actors.SYSTEM)
    return str(public_id)


def some_answers(draw: random.Random) -> dict[str, Answer]:
    liked = tuple(draw.sample(["price", "care", "speed"], draw.randint(0, 3)))
    order = draw.sample(["price", "care", "speed"], 3)
    found = {
        "nps": Answer(value=draw.randint(0, 10)) if draw.random() < 0.9 else Answer(does_not_apply=True),
        "why": Answer(text=f"secret {draw.randint(0, 99)}"),
        "liked": Answer(choices=liked),
        "times": Answer(value=draw.choice([0.1, 0.2, 3.0, 1e9])),
        "rank": Answer(rows={each: Answer(value=place) for place, each in enumerate(order, 1)}),
    }
    for each in liked:
        found[f"csat@{each}"] = Answer(value=draw.randint(1, 5))
        found[f"more@{each}"] = Answer(text=f"private {draw.randint(0, 99)}")
    return {key: answer for key, answer in found.items() if draw.random() < 0.8}


def bring(place: Workspace, survey_id: str, draw: random.Random, count: int, file_id: str = "") -> None:
    rows = [
        brought.Brought(
            source="test",
            own_id=f"{draw.random()}",
            started_at=AT + timedelta(minutes=draw.randint(0, 500)),
            finished_at=AT + timedelta(minutes=500, seconds=draw.randint(0, 9)),
            answers=some_answers(draw),
            language=draw.choice(["en", "fa"]),
            channel=draw.choice(["web", "sms"]),
            customer_id=f"c{draw.randint(0, 30)}",
        )
        for _ in range(count)
    ]
    assert brought.keep_brought(place, survey_id, 1, rows, file_id=file_id) == count


def recounted(place: Workspace, survey_id: str, wanted: Any, least: int = 1) -> dict[str, Any]:
    """Count everything anew, the plain way."""
    survey = surveys_published(place, survey_id)
    page = facts.responses_of(place, survey_id, limit=10_000)
    ended = [each for each in reversed(page.responses) if each.state != "open"]
    chosen = [
        each
        for each in ended
        if each.state in ({"complete"} if wanted.is_complete else {"complete", "stopped"})
        and wanted.language in {"", each.language}
        and wanted.channel in {"", each.channel}
        and not set(wanted.without) & set(each.marks)
    ]
    chosen = chosen[: len(chosen) - len(chosen) % least]
    found = tally(
        survey, ((place, facts.answers_that_count(survey, each)) for place, each in enumerate(chosen))
    )
    seconds = [each.seconds for each in chosen if each.seconds and each.is_complete]
    return {
        "responses": found.responses,
        "questions": [
            (each.asked, each.answered, each.not_applicable, each.counts, each.means)
            for each in found.questions
        ],
        "texts": [
            Counter((chosen[number].public_id, text) for number, text in each.texts)
            for each in found.questions
        ],
        "states": Counter(each.state for each in ended),
        "marks": Counter(mark for each in ended for mark in each.marks),
        "languages": Counter(each.language for each in ended).keys(),
        "seconds": median(seconds) if seconds else None,
        "first": min((each.finished_at for each in chosen if each.finished_at), default=None),
        "last": max((each.finished_at for each in chosen if each.finished_at), default=None),
        "read": len(ended),
    }


def surveys_published(place: Workspace, survey_id: str) -> Any:
    from msgspec import structs

    from safar.doors.web.surveys.queries import promised_cell, published

    asked = published(place, survey_id)
    assert asked is not None
    return structs.replace(asked.survey, least_cell=promised_cell(place, survey_id))


def kept(place: Workspace, survey_id: str, wanted: Any) -> dict[str, Any]:
    """What the kept count says, in the same form."""
    found = queries.results(place, survey_id, wanted)
    return {
        "responses": found.found.responses,
        "questions": [
            (each.asked, each.answered, each.not_applicable, each.counts, each.means)
            for each in found.found.questions
        ],
        "texts": [
            Counter((found.text_ids[number], text) for number, text in each.texts)
            for each in found.found.questions
        ],
        "states": Counter(found.states),
        "marks": Counter(found.marks),
        "languages": Counter(found.languages).keys(),
        "seconds": found.typical_seconds,
        "first": found.first_at,
        "last": found.last_at,
        "read": found.read,
    }


@pytest.fixture
def memories(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], OrderedDict[Any, Any]]:
    """Go on as another process: with the same tables, and a memory of its own."""
    kept_by = [OrderedDict[Any, Any]() for _ in range(2)]

    def go_on(number: int) -> OrderedDict[Any, Any]:
        monkeypatch.setattr("safar.doors.web.results.counting._counts", kept_by[number])
        return kept_by[number]

    return go_on


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch, web_home: object) -> None:
    monkeypatch.setattr("safar.doors.web.results.counting.PIECE", 4)


def happens(place: Workspace, survey_id: str, draw: random.Random) -> None:
    """One of all that happens to responses."""
    rows = models.Response.objects.filter(workspace_id=place.workspace_id)
    what = draw.choice(["bring", "bring", "file", "take back", "open", "end", "give up", "erase", "retain"])
    if what == "bring":
        bring(place, survey_id, draw, draw.randint(1, 9))
    elif what == "file":
        bring(place, survey_id, draw, draw.randint(1, 9), file_id=f"f{draw.randint(0, 2)}")
    elif what == "take back":
        brought.take_back(place, f"f{draw.randint(0, 2)}")
    elif what == "open":  # begun now, ended later than those that begin after it
        bring(place, survey_id, draw, 2, file_id="open")
        rows.filter(link="open").update(state="open", link="", finished_at=None, touched_at=AT)
    elif what == "end":
        rows.filter(pk__in=[each.pk for each in rows.filter(state="open")[:1]]).update(
            state="complete", finished_at=AT + timedelta(days=1), marks=["speeder"], touched_at=AT
        )
    elif what == "give up":
        answering.give_up(AT + timedelta(days=2))
    elif what == "erase":
        answering.forget_customer(place, [f"c{draw.randint(0, 30)}"])
        if draw.random() < 0.5:
            services.forget_gone(place)
    else:
        oldest = rows.filter(state="complete").order_by("touched_at").first()
        if oldest is not None:
            answering.forget_before(place, oldest.touched_at + timedelta(microseconds=1))


@pytest.mark.parametrize("least", [1, 3])
@pytest.mark.usefixtures("small_pieces")
def test_the_count_is_that_of_the_responses_there_are(
    shop: Workspace, memories: Callable[[int], OrderedDict[Any, Any]], least: int
) -> None:
    draw = random.Random(least)
    survey_id = a_survey(shop, least_cell=least)
    wants = [
        queries.Wanted(),
        *(
            ()
            if least > 1
            else (
                queries.Wanted(language="fa", is_complete=False),
                queries.Wanted(channel="sms", without=("speeder",)),
            )
        ),
    ]
    for turn in range(40):
        happens(shop, survey_id, draw)
        memory = memories(turn % 2)
        if draw.random() < 0.15:  # it was restarted
            memory.clear()
        for wanted in wants:
            assert kept(shop, survey_id, wanted) == recounted(shop, survey_id, wanted, least), turn
    rows = own_models.CountedPiece.objects.filter(workspace_id=shop.workspace_id)
    assert rows.exists()
    assert not any(b"secret" in bytes(row.piece) or b"private" in bytes(row.piece) for row in rows)


@pytest.mark.usefixtures("small_pieces")
def test_after_a_restart_only_what_is_in_no_piece_is_left(
    shop: Workspace, memories: Callable[[int], OrderedDict[Any, Any]]
) -> None:
    survey_id, draw = a_survey(shop), random.Random(7)
    memories(0)
    bring(shop, survey_id, draw, 10)
    before = kept(shop, survey_id, queries.Wanted())
    memories(1)
    assert queries.results_at_once(shop, survey_id, queries.Wanted()).read == 10
    count = counting.count_of(shop, survey_id, surveys_published(shop, survey_id))
    assert [len(piece.numbers) for piece in count._pieces] == [4, 4, 2]
    assert kept(shop, survey_id, queries.Wanted()) == before
    answering.forget_customer(shop, [f"c{each}" for each in range(31)])
    services.forget_gone(shop)
    assert not own_models.CountedPiece.objects.filter(workspace_id=shop.workspace_id).exists()


def test_what_takes_long_is_counted_in_the_background(
    shop: Workspace, let_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    survey_id, draw = a_survey(shop), random.Random(3)
    bring(shop, survey_id, draw, 5)
    monkeypatch.setattr("safar.doors.web.results.queries.AT_ONCE", 4)
    browser, address = let_in("en"), f"/w/{shop.workspace_id}/listen/surveys/{survey_id}/results"
    pages = [browser.get(address).content.decode() for _ in range(2)]
    assert all("These answers are being counted" in page for page in pages)
    assert worker.Worker().run_waiting() == 1  # the second look followed the same work
    page = browser.get(address).content.decode()
    assert "being counted" not in page
    assert "results-card" in page


def test_a_file_of_many_answers_is_offered_when_it_is_written(
    shop: Workspace, let_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    survey_id, draw = a_survey(shop), random.Random(3)
    bring(shop, survey_id, draw, 5)
    browser, address = let_in("en", "analyst"), f"/w/{shop.workspace_id}/listen/surveys/{survey_id}/results"
    at_once = b"".join(browser.get(f"{address}.csv?words=1").streaming_content)
    monkeypatch.setattr("safar.doors.web.results.made_files.AT_ONCE", 4)
    begun = browser.get(f"{address}.csv?words=1")
    assert begun.status_code == 302
    place = begun["Location"]
    assert b"The file is being written" in browser.get(place).content
    assert browser.get(f"{place}/file").status_code == 404
    assert worker.Worker().run_waiting() == 1
    assert f'href="{place}/file"' in browser.get(place).content.decode()
    taken = browser.get(f"{place}/file")
    assert b"".join(taken.streaming_content) == at_once
    assert at_once.count(b"\r\n") == 6
    assert taken["Content-Disposition"] == 'attachment; filename="counted.csv"'
    other = a_survey(shop, key="other")
    assert browser.get(place.replace(survey_id, other)).status_code == 404
    services.forget_gone(shop)
    assert browser.get(f"{place}/file").status_code == 404
    assert b"There is no file here" in browser.get(place).content
    assert let_in("en", "viewer").get(place).status_code == 403


def test_a_day_is_a_day_in_the_file(shop: Workspace, let_in: Callable[..., Any], tmp_path: Path) -> None:
    day = {"kind": "date", "question_id": "day", "title": {"en": "When?"}}
    survey_id = a_survey(shop, pages=[{"page_id": "p", "questions": [day]}])
    rows = [
        brought.Brought(
            source="x", own_id=text, started_at=AT, finished_at=AT, answers={"day": Answer(text=text)}
        )
        for text in ("2026-03-21", "1399-12-30")
    ]
    brought.keep_brought(shop, survey_id, 1, rows)
    browser, place = let_in("en", "analyst"), f"/w/{shop.workspace_id}/listen/surveys/{survey_id}"
    file = tmp_path / "days.sav"
    file.write_bytes(b"".join(browser.get(f"{place}/results.sav").streaming_content))
    found, _ = pyreadstat.read_sav(str(file), output_format="dict")
    assert found["day"][0] == date(2026, 3, 21)
    lines = b"".join(browser.get(f"{place}/results.csv").streaming_content).decode().splitlines()
    assert [line.rpartition(",")[2] for line in lines[1:]] == ["2026-03-21", "1399-12-30"]
