"""Other ways in and out: invitations, frames, files, programs."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from .conftest import a_survey, nps, single, text

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)


@pytest.fixture
def invited(ask: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Invite a customer; return the invitation's token."""
    from safar.doors.web.answering import places
    from safar.doors.web.inviting.models import Invitation, Round

    monkeypatch.setattr(places, "_REMEMBERED_SECONDS", 0.0)

    def invited(document: dict[str, Any]) -> Any:
        asked = ask(document)
        place = asked.workspace.workspace_id
        of_round = Round.objects.create(
            workspace_id=place,
            survey_id=asked.survey_id,
            public_id="r1",
            channel="email",
            open_for=timedelta(days=9),
        )
        return Invitation.objects.create(
            workspace_id=place,
            survey_id=asked.survey_id,
            of_round=of_round,
            public_id="i1",
            customer_id="ali",
            token="abcdefghijkmnpqrstuv",
            language="fa",
            status=Invitation.Status.SENT,
        )

    return invited


def test_an_invitation_is_answered_once_by_its_customer(invited: Any, respond: Any, heard: Any) -> None:
    invitation = invited(a_survey([nps()], [text()]))
    address = f"/s/{invitation.token}"
    someone, elsewhere = respond(address), respond(address)
    assert someone.heading == "حال ما چطور است؟"
    someone.send(nps="9")
    elsewhere.send(nps="2")  # on another device: the same response
    assert 'name="why"' in respond(address).html or 'name="why"' in elsewhere.html
    elsewhere.send(why="خوب")
    again = respond(address)
    assert again.page.headers["Location"].startswith(f"{address}/")
    assert again.browser.get(again.page.headers["Location"]).status_code == 200
    invitation.refresh_from_db()
    assert (invitation.status, invitation.answered_at is None, invitation.opened_at is None) == (
        "answered",
        False,
        False,
    )
    told = "select customer_id, properties->>'invitation_id', properties->>'value' from events"
    told += " where properties->>'metric' = 'nps'"
    assert heard(told) == [("ali", "i1", "2")]


def test_pages_of_the_links_origins_alone_may_frame_it(ask: Any, browser: Any) -> None:
    asked = ask(a_survey([nps()]), "widget", origins=["https://shop.example", "https://other.example"])
    page = browser.get(f"{asked.address}?embed=1")
    assert page.headers["Content-Security-Policy"].endswith(
        "frame-ancestors https://shop.example https://other.example"
    )
    assert "is-embedded" in page.content.decode()
    assert "?embed=1" in page.content.decode()
    assert browser.get(asked.address).headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    plain = ask(a_survey([nps()], key="plain"))
    page = browser.get(f"{plain.address}?embed=1")
    assert page.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")


def a_file(**more: Any) -> dict[str, Any]:
    return {
        "kind": "file",
        "question_id": "file",
        "title": {"en": "Bill"},
        "takes": ["image", "pdf"],
        "most_mb": 1,
    } | more


def test_files_are_told_by_their_bytes_and_given_to_who_sees_customers(
    ask: Any, respond: Any, let_in: Any, web_home: Any
) -> None:
    from django.test import Client

    from safar.doors.web.answering.models import Response, ResponseFile
    from safar.doors.web.answering.services import forget_customer
    from safar.doors.web.members.services import add_member

    asked = ask(a_survey([a_file(at_most=2), nps(is_required=True)]))
    someone = respond(asked.address)

    def sent(name: str, content: bytes, **controls: Any) -> None:
        someone.send(None, **{"file.upload": SimpleUploadedFile(name, content, "image/png")}, **controls)

    for name, content in (
        ("a.png", b"<svg onload=alert(1)>"),
        ("b.png", PNG + bytes(1 << 20)),
        ("c.png", b""),
    ):
        sent(name, content, nps="9")
        assert someone.page.status_code == 422
    assert ResponseFile.objects.count() == 0
    sent("bill.html", PNG)  # without the score: the page comes again, and the file is there
    assert "bill.html" in someone.html
    (kept,) = ResponseFile.objects.all()
    someone.send(None, nps="9", file=[kept.public_id, "x" * 22])
    (row,) = Response.objects.all()
    assert (row.state, row.answers["file"]) == ("complete", {"files": [kept.public_id]})
    address = f"/w/{asked.workspace.workspace_id}/listen/files/{kept.public_id}"
    viewer, agent = Client(SERVER_NAME="127.0.0.1"), Client(SERVER_NAME="127.0.0.1")
    viewer.force_login(add_member("v@example.com", "v", "en", asked.workspace.workspace_id, "viewer"))
    agent.force_login(add_member("a@example.com", "a", "en", asked.workspace.workspace_id, "agent"))
    assert viewer.get(address).status_code == 403
    answer = agent.get(address)
    assert b"".join(answer.streaming_content) == PNG
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bill.html.png"'
    answer.close()
    path = web_home.workspace_folder(asked.workspace.workspace_id) / "answers" / kept.public_id
    assert path.exists()
    assert forget_customer(asked.workspace, [f"respondent-{row.public_id}"]) == 1
    assert (path.exists(), ResponseFile.objects.count()) == (False, 0)


def test_what_comes_after_the_end_is_not_kept(ask: Any, respond: Any) -> None:
    from safar.doors.web.answering.models import Response, ResponseFile

    asked = ask(a_survey([a_file()]))
    someone = respond(asked.address)
    begun = someone.form

    def sent(name: str) -> None:
        someone.send(begun, **{"file.upload": SimpleUploadedFile(name, b"%PDF-1.7", "")})

    sent("a.pdf")
    assert Response.objects.get().state == "complete"
    for state in ("complete", "screened", "stopped"):
        Response.objects.update(state=state)
        sent("b.pdf")
    assert list(ResponseFile.objects.values_list("name", flat=True)) == ["a.pdf"]
    assert Response.objects.count() == 1


@pytest.mark.usefixtures("shop")
def test_every_table_takes_the_same_ids_of_customers() -> None:
    from django.apps import apps

    fields = [
        (each.__name__, field.max_length)
        for each in apps.get_models()
        for field in each._meta.get_fields()
        if field.name == "customer_id" and field.max_length
    ]
    # of the rest, which have no limit, none refuses what another took
    assert sorted(fields) == [
        (name, 512) for name in ("Case", "Delivery", "Invitation", "OptOut", "Response", "Thanked", "Told")
    ]


def test_another_respondents_file_is_not_ones_own(ask: Any, respond: Any) -> None:
    from safar.doors.web.answering.models import Response, ResponseFile

    asked = ask(a_survey([a_file()], [text()]))
    respond(asked.address).send(None, **{"file.upload": SimpleUploadedFile("a.pdf", b"%PDF-1.7", "")})
    taken = ResponseFile.objects.get().public_id
    respond(asked.address).send(file=taken)
    assert [row.answers for row in Response.objects.order_by("pk")] == [{"file": {"files": [taken]}}, {}]


def test_a_page_larger_than_its_files_may_be_is_not_read(ask: Any, browser: Any) -> None:
    asked = ask(a_survey([nps()]))
    large = io.BytesIO(bytes(3 << 20))
    large.name = "x"
    assert browser.post(asked.address, {"file": large}).status_code == 413


@pytest.fixture
def program(let_in: Any, shop: Any) -> Any:
    """Ask the API with the token of a manager."""
    from django.test import Client

    from safar.doors.web.members.services import add_member
    from safar.doors.web.members.tokens import create_token

    member = add_member("m@example.com", "m", "en", shop.workspace_id, "manager")
    _, secret = create_token(member, shop.workspace_id, "program", can_write=True)
    return Client(SERVER_NAME="127.0.0.1", headers={"Authorization": f"Bearer {secret}"})


def test_a_program_gives_a_response_and_reads_it(ask: Any, program: Any, heard: Any) -> None:
    table = {
        "kind": "matrix",
        "question_id": "agree",
        "title": {"en": "Agree?"},
        "is_scale": True,
        "rows": [
            {"choice_id": "price", "words": {"en": "price"}},
            {"choice_id": "speed", "words": {"en": "speed"}},
        ],
        "columns": [{"choice_id": "no", "words": {"en": "no"}}, {"choice_id": "yes", "words": {"en": "yes"}}],
    }
    asked = ask(a_survey([nps(is_required=True), single("city", "a", "b"), table]))
    address = f"/api/v1/surveys/{asked.survey_id}/responses"

    def give(**body: Any) -> Any:
        return program.post(address, body, content_type="application/json")

    answers = {"nps": 9, "city": "b", "agree": {"price": 1, "speed": "yes"}}
    given = give(answers=answers, name="call 7", customer_id="ali", channel="phone", language="fa",
                 started_at="2026-05-01T10:00:00Z", ended_at="2026-05-01T10:01:30Z")  # fmt: skip
    assert given.status_code == 201
    told = given.json()
    assert (told["state"], told["seconds"], told["customer_id"], told["channel"]) == (
        "complete",
        90.0,
        "ali",
        "phone",
    )
    assert told["answers"] == {
        "nps": {"value": 9.0},
        "city": {"choices": ["b"]},
        "agree": {"rows": {"price": {"value": 1.0}, "speed": {"value": 2.0}}},
    }
    assert (
        give(answers=answers, name="call 7", customer_id="ali").json()["response_id"] == told["response_id"]
    )
    assert program.get(f"/api/v1/responses/{told['response_id']}").json() == told
    assert program.get(address).json() == {"items": [told], "next": None}
    assert heard("select count(*), count(distinct event_id) from events") == [(5, 5)]
    refused = [
        give(answers=each).json()["code"] for each in ({"city": "a"}, {"nps": 11}, {"nps": 1, "city": "c"})
    ]
    assert refused == ["answer.missing", "answer.out_of_range", "answer.no_such_choice"]
    assert give(answers={"nps": 1}, surprise=1).status_code == 422
    assert (
        program.post(
            "/api/v1/surveys/0000/responses", {"answers": {}}, content_type="application/json"
        ).status_code
        == 404
    )
    assert len(program.get(address).json()["items"]) == 1
    # clocks that are centuries behind count as ten years behind, and no day is too early to be read
    for far in ("0001-01-01T00:00:00+14:00", "1700-01-01T00:00:00Z"):
        late = give(answers=answers, started_at=far, ended_at=far)
        assert (late.status_code, late.json()["state"]) == (201, "complete")
    early, *_ = heard("select min(occurred_at)::varchar from events where event_name = 'survey_completed'")
    assert int(early[0][:4]) >= 2010


def test_responses_from_elsewhere_are_brought_in_once(ask: Any, heard: Any) -> None:
    from datetime import UTC, datetime

    from safar.doors.web.answering.brought import Brought, BroughtAnswersUnknown, keep_brought
    from safar.doors.web.answering.queries import given
    from safar.listen.questionnaire.anatomy import Answer

    asked = ask(a_survey([nps()], [text(comments_on="nps")]))
    at = datetime(2025, 3, 1, tzinfo=UTC)
    brought = [
        Brought(
            source="limesurvey",
            own_id=str(number),
            started_at=at,
            finished_at=at + timedelta(minutes=number),
            answers={"nps": Answer(value=float(number)), "why": Answer(text="so")},
        )
        for number in range(3)
    ]
    kept = [
        keep_brought(asked.workspace, asked.survey_id, 1, each) for each in (brought[:2], brought, brought)
    ]
    assert kept == [2, 1, 0]
    told = "select properties->>'value', properties->>'verbatim', occurred_at::date::text from events"
    told += " where event_name = 'survey_answered' order by 1"
    assert heard(told) == [(str(number), "so", "2025-03-01") for number in range(3)]
    assert [(each.kind, each.channel, each.seconds) for each in given(asked.workspace, asked.survey_id)] == [
        ("import", "limesurvey", 60.0 * number) for number in range(3)
    ]
    strange = [Brought(source="x", own_id="1", started_at=at, finished_at=at, answers={"nothing": Answer()})]
    with pytest.raises(BroughtAnswersUnknown, match="nothing"):
        keep_brought(asked.workspace, asked.survey_id, 1, strange)


def test_single_responses_are_not_shown_where_a_survey_promises_it(ask: Any, program: Any) -> None:
    asked = ask(a_survey([nps()], least_cell=5))
    address = f"/api/v1/surveys/{asked.survey_id}/responses"
    given = program.post(address, {"answers": {"nps": 9}}, content_type="application/json")
    one = f"/api/v1/responses/{given.json()['response_id']}"
    refused = [program.get(each) for each in (address, one)]
    assert [(each.status_code, each.json()["code"]) for each in refused] == [
        (403, "answering.single_responses")
    ] * 2


def test_a_widget_says_on_whose_path_an_answer_lies_and_proves_nothing(
    ask: Any, respond: Any, heard: Any
) -> None:
    asked = ask(a_survey([nps()]), "widget", origins=["https://shop.example"])
    plain = ask(a_survey([nps()], key="plain"))
    known = "8a4f0a52-3c1d-4b7e-9c55-0f6f1f3b2d11"
    for address in (
        f"{asked.address}?visitor={known}",
        f"{asked.address}?visitor=ali",
        f"{plain.address}?visitor={known}",
    ):
        respond(address).send(nps="9")
    customers = [
        name for (name,) in heard("select customer_id from events where event_name = 'survey_completed'")
    ]
    assert customers.count(known) == 1
    assert sum(name.startswith("respondent-") for name in customers) == 2


def test_what_a_survey_keeps_to_itself_is_not_told_to_the_log(ask: Any, program: Any, heard: Any) -> None:
    asked = ask(a_survey([nps(), text(comments_on="nps")], least_cell=5))
    given = program.post(
        f"/api/v1/surveys/{asked.survey_id}/responses",
        {"answers": {"nps": 2, "why": "my chief shouts"}, "customer_id": "ali"},
        content_type="application/json",
    )
    assert given.status_code in {201, 403}  # its answers are not shown to who gave them either
    rows = heard("select customer_id, properties from events")
    assert len(rows) >= 2
    assert all(customer.startswith("respondent-") and "shouts" not in told for customer, told in rows)
    assert heard("select properties->>'value' from events where event_name = 'survey_answered'") == [("2",)]
