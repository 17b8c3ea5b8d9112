"""Questions about journeys over the API: the library's numbers, in three forms; who is behind them; what is refused."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest

from safar.act.questions import KINDS
from safar.observe.flow import FlowQuestion, flow
from safar.observe.variants import VariantsAnswer
from safar.store.home import Home
from safar.store.registry import Workspace
from safar.vocabulary.progress import tell

Ask = Callable[..., Any]


@pytest.fixture
def ask(web_home: Home, shop: Workspace, browser: Any) -> Ask:
    """Ask the API as a member of the shop, with a token that may only read."""
    from safar.doors.web.members.services import add_member
    from safar.doors.web.members.tokens import create_token

    secrets: dict[str, str] = {}

    def ask(path: str, body: Any = None, role: str = "analyst", accept: str = "application/json") -> Any:
        if role not in secrets:
            member = add_member(f"{role}@example.com", role, "en", shop.workspace_id, role)
            secrets[role] = create_token(member, shop.workspace_id, "script")[1]
        headers = {"Authorization": f"Bearer {secrets[role]}", "Accept": accept}
        if body is None:
            return browser.get(f"/api/v1/{path}", headers=headers)
        return browser.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)

    return ask


def test_every_kind_is_listed_with_its_schema(ask: Ask) -> None:
    items = ask("questions").json()["items"]
    assert [each["kind"] for each in items] == list(KINDS)
    funnel = next(each for each in items if each["kind"] == "funnel")
    assert set(funnel["accepts"]["required"]) == {"steps", "within"}
    assert funnel["description"] == "How many go from one step to the next?"


def test_a_flow_is_the_librarys(ask: Ask, web_home: Home, shop: Workspace, a_month: None) -> None:
    answer = ask("questions/flow", {"pause": "P1D"}).json()
    expected = flow(web_home.log(shop.workspace_id), FlowQuestion(pause=timedelta(days=1)))
    assert answer["question"] == {"kind": "flow", "pause": "1d"}
    assert [each["name"] for each in answer["columns"]] == [
        "source",
        "target",
        "count",
        "customers",
        "median_gap_seconds",
        "p90_gap_seconds",
    ]
    assert [each["kind"] for each in answer["columns"]][2:5] == ["integer", "integer", "number"]
    assert answer["rows"] == [
        [
            edge.source,
            edge.target,
            edge.count,
            edge.customers,
            None if edge.median_gap is None else edge.median_gap.total_seconds(),
            None if edge.p90_gap is None else edge.p90_gap.total_seconds(),
        ]
        for edge in expected.edges
    ]
    assert answer["is_whole"]
    assert answer["provenance"]["rows_read"] == expected.provenance.rows_read
    cut = ask("questions/flow?limit=2", {"pause": "1d"}).json()
    assert (cut["rows"], cut["is_whole"], cut["key"]) == (answer["rows"][:2], False, answer["key"])


def test_the_parts_of_an_answer(ask: Ask, a_month: None) -> None:
    body = {"steps": ["page", "order_placed"], "within": "7d", "by": {"of": "@channel"}}
    whole = ask("questions/funnel", body).json()
    assert whole["parts"] == ["main", "groups", "differences", "times", "next"]
    groups = ask("questions/funnel?part=groups", body).json()
    assert [each["name"] for each in groups["columns"]][:3] == ["group", "step", "count"]
    assert sum(row[2] for row in groups["rows"] if row[1] == "order_placed") == whole["rows"][1][1]
    text = ask("questions/flow?part=totals", {}, accept="text/csv").content.decode()
    heads, values = csv.reader(io.StringIO(text, newline=""))
    assert heads == ["paths", "events"]
    assert sum(row[2] for row in ask("questions/flow", {}).json()["rows"] if row[0] is None) == int(values[0])
    refused = ask("questions/flow?part=group", {})
    assert (refused.status_code, refused.json()["code"]) == (404, "question.no_such_part")


@pytest.mark.parametrize("role", ["analyst", "owner"])
def test_who_are_customers_is_no_part_of_numbers(ask: Ask, a_month: None, role: str) -> None:
    refused = ask("questions/rfm?part=customer", {}, role=role)
    assert refused.json()["code"] == "question.no_such_part"


def test_the_same_table_as_csv_and_as_arrow(ask: Ask, a_month: None) -> None:
    body = {"steps": ["page", "order_placed"], "within": "7d"}
    rows = ask("questions/funnel", body).json()["rows"]
    assert [row[:2] for row in rows] == [["page", 65], ["order_placed", 60]]
    text = ask("questions/funnel", body, accept="text/csv")
    assert text.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.reader(io.StringIO(text.content.decode(), newline="")))
    assert [line[:2] for line in lines] == [["step", "count"], ["page", "65"], ["order_placed", "60"]]
    stream = ask("questions/funnel", body, accept="application/vnd.apache.arrow.stream")
    table = pa.ipc.open_stream(stream.content).read_all()
    assert table.column("count").to_pylist() == [65, 60]


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/csv;q=0", "application/json"),
        ("text/csv;q=0, */*", "application/json"),
        ("*/*", "application/json"),
        ("text/csv, */*;q=0.1", "text/csv"),
        ("application/json;q=0.5, text/csv", "text/csv"),
        ("text/csv;q=0.5, application/json", "application/json"),
    ],
)
def test_the_form_is_the_one_wanted_most(ask: Ask, a_month: None, accept: str, form: str) -> None:
    answer = ask("questions/flow", {}, accept=accept)
    assert answer.headers["Content-Type"].partition(";")[0] == form


def test_no_cell_of_csv_is_a_formula(ask: Ask, a_month: None) -> None:
    body = {"steps": [{"name": "=1+1", "event_names": ["page"]}, "order_placed"], "within": "7d"}
    text = ask("questions/funnel", body, accept="text/csv").content.decode()
    assert [line[0] for line in csv.reader(io.StringIO(text, newline=""))] == [
        "step",
        "'=1+1",
        "order_placed",
    ]


@pytest.mark.parametrize("body", ["[" * 100_000, '{"name": "\\ud800"}', '{"name": ' + "9" * 5_000 + "}"])
@pytest.mark.parametrize("path", ["query", "questions/flow"])
def test_bodies_that_cannot_be_read_are_refused_everywhere(ask: Ask, path: str, body: str) -> None:
    answer = ask(path, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "api.bad_request")


def test_customers_behind_a_number_page_by_page(ask: Ask, a_month: None) -> None:
    body = {"question": {}, "cell": {"source": "page", "target": "order_placed"}}
    found, cursor = [], ""
    for _ in range(9):
        page = ask(f"questions/flow/customers?limit=11&cursor={cursor}", body).json()
        assert len(page["items"]) <= 11
        found += [each["customer_id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(found) == sorted(f"c{days}" for days in range(1, 61) if days % 3)


def test_who_may_not_see_customers_sees_the_numbers_alone(ask: Ask, a_month: None) -> None:
    body = {"question": {}, "cell": {"source": None, "target": "page"}}
    assert ask("questions/flow", {}, role="viewer").status_code == 200
    refused = ask("questions/flow/customers", body, role="viewer")
    assert (refused.status_code, refused.json()["code"]) == (403, "api.forbidden")


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("questions/funnel", {"steps": ["page", 3], "within": "7d"}, 422, "question.refused"),
        ("questions/funnel", {"steps": ["page"], "within": "7d"}, 422, "funnel.refused"),
        ("questions/funnel", {"kind": "flow"}, 422, "question.refused"),
        ("questions/flow", [], 422, "question.refused"),
        ("questions/flow", {"paus": "1d"}, 422, "question.refused"),
        ("questions/flow", "{", 400, "api.bad_request"),
        ("questions/flow", '{"pause": NaN}', 400, "api.bad_request"),
        ("questions/flo", {}, 404, "question.unknown"),
        ("questions/flow/customers", {"question": {}}, 422, "question.refused"),
        ("questions/flow/customers", {"question": {}, "cell": {"source": [1]}}, 422, "question.refused"),
        ("questions/flow/customers", {"question": {}, "cell": {"source": "nowhere"}}, 422, "cell.refused"),
        ("questions/flow/customers?cursor=xx", {"question": {}, "cell": {}}, 422, "page.bad_cursor"),
        ("questions/sessions/customers", {"question": {}, "cell": {}}, 422, "cell.refused"),
    ],
)
def test_what_is_no_question_is_a_problem(
    ask: Ask, a_month: None, path: str, body: Any, status: int, code: str
) -> None:
    answer = ask(path, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_an_answer_ends_with_its_time(ask: Ask, a_month: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from safar.doors.web.api import questions

    monkeypatch.setattr(questions, "_WITHIN", timedelta(0))
    answer = ask("questions/variants", {"most": 7})
    assert (answer.status_code, answer.json()["code"]) == (422, "query.too_long")
    body = {"question": {}, "cell": {"source": None, "target": "page"}}
    assert ask("questions/flow/customers", body).json()["code"] == "query.too_long"


def test_making_the_table_counts_for_the_time_too(
    ask: Ask, a_month: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safar.doors.web.api import questions

    assert ask("questions/variants", {"most": 8}).status_code == 200
    monkeypatch.setattr(questions, "_WITHIN", timedelta(0))
    assert ask("questions/variants", {"most": 8}).status_code == 200, "it is kept"
    monkeypatch.setattr(VariantsAnswer, "table", property(lambda _answer: tell(1, 2)))
    answer = ask("questions/variants", {"most": 8})
    assert (answer.status_code, answer.json()["code"]) == (422, "query.too_long")


def test_one_too_many_is_told_when_to_come_again(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from safar.doors.web.api import questions

    monkeypatch.setattr(questions, "_places", threading.BoundedSemaphore(1))
    monkeypatch.setattr(questions, "_WAIT_SECONDS", 0.01)
    with questions._places:
        answer = ask("questions/flow", {})
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (
        503,
        "query.busy",
        "5",
    )
    assert ask("questions/flow", {}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"a":' * 5_000 + "1" + "}" * 5_000,
        '{"level":' + "9" * 5_000 + "}",
        r'{"steps": ["\ud800"]}',
    ],
    ids=["nested lists", "nested objects", "five thousand digits", "half a surrogate"],
)
@pytest.mark.parametrize("path", ["questions/funnel", "questions/funnel/customers"])
def test_json_that_cannot_be_read_is_refused(ask: Ask, path: str, body: str) -> None:
    answer = ask(path, body)
    assert answer.status_code == 400
    assert answer.json()["code"] == "api.bad_request"
