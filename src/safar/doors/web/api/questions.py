"""Questions about journeys and value: as JSON in, as a table out; and the customers behind one number."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, Any, Final, cast

from django.http import HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import Field

from safar.act.questions import KINDS
from safar.doors.web.design.answers import answer as kept
from safar.doors.web.design.export import harmless
from safar.doors.web.design.paging import BadCursor, read_cursor
from safar.doors.web.design.paging import cursor as cursor_of
from safar.doors.web.members.policies import Capability
from safar.observe.answer_parts import MAIN, part_names
from safar.observe.answer_parts import part as part_of
from safar.observe.behind import Cell
from safar.observe.executors import shared_executor
from safar.observe.question_json import question_key, read, schema, told
from safar.observe.question_shapes import QuestionRefused
from safar.observe.questions import kind_of
from safar.store.log import Log
from safar.store.sql_process import QueryBusy
from safar.store.sql_rules import QueryTooLong
from safar.store.table import Table
from safar.vocabulary.progress import watched

from .credentials import ApiRequest, Token
from .json_body import json_of
from .shapes import Cursor, Limit, NoteShape, Page, ProvenanceShape, note, plain, provenance

router = Router(tags=["Journeys"])
_WITHIN: Final = timedelta(seconds=20)
_MOST_ROWS: Final = 10_000
#: Walks use all cores: two at once, for programs; pages have their own.
_AT_ONCE: Final = 2
_WAIT_SECONDS: Final = 2.0
_places = threading.BoundedSemaphore(_AT_ONCE)
_ARROW: Final = "application/vnd.apache.arrow.stream"
_CSV: Final = "text/csv"
_JSON: Final = "application/json"
_SEE: Final = Token(Capability.SEE_NUMBERS, is_reading=True)

KindName = Annotated[str, Path(description="Which question; `GET questions` lists them.")]


class KindShape(Schema):
    """A kind of question."""

    kind: str
    description: str
    accepts: dict[str, Any] = Field(description="JSON Schema of its questions.")
    has_customers: bool = Field(description="The customers behind its numbers can be asked for.")


class Kinds(Schema):
    """All kinds of questions."""

    items: list[KindShape]


class ColumnShape(Schema):
    """A column of the table."""

    name: str = Field(description="Lengths of time are in seconds, and end in `_seconds`.")
    kind: str = Field(description="`text`, `integer`, `number`, `boolean`, `instant` or `list`.")


class JourneyAnswer(Schema):
    """The answer: its table, its caveats, and where it came from."""

    question: dict[str, Any] = Field(description="As it was understood; what is as by default is left out.")
    key: str = Field(description="Stands for the question: equal ones have the same.")
    columns: list[ColumnShape]
    rows: list[list[Any]]
    is_whole: bool = Field(description="False where there are more rows than `limit`.")
    parts: list[str] = Field(
        description="The tables that the answer has: this is the one asked for by `part`."
    )
    notes: list[NoteShape]
    provenance: ProvenanceShape


class PersonShape(Schema):
    """A customer behind a number."""

    customer_id: str


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


_QUESTIONS: Final = {"anyOf": [schema(name) for name in KINDS]}
_BEHIND: Final = {
    "type": "object",
    "properties": {
        "question": _QUESTIONS,
        "cell": {
            "type": "object",
            "description": "Which number, by names of the table's columns: `source` and `target` of a flow.",
            "additionalProperties": {"type": ["string", "integer", "null"]},
        },
    },
    "required": ["question", "cell"],
    "additionalProperties": False,
}
_OTHER_FORMS: Final = {
    "responses": {
        200: {"content": {"text/csv": {"schema": {"type": "string"}}, _ARROW: {"schema": {"type": "string"}}}}
    }
}


@router.get("questions", auth=Token(Capability.SEE_NUMBERS), response=Kinds)
def kinds(request: ApiRequest) -> Kinds:
    """List the kinds of questions about journeys and value, each with the JSON Schema of its questions."""
    return Kinds(
        items=[
            KindShape(
                kind=kind.name,
                description=(kind.question.__doc__ or "").partition("\n")[0],
                accepts=schema(kind.name),
                has_customers=kind.adds is not None,
            )
            for kind in KINDS.values()
        ]
    )


@router.post(
    "questions/{kind}",
    auth=_SEE,
    response=JourneyAnswer,
    openapi_extra={**_body(_QUESTIONS), **_OTHER_FORMS},
)
def ask(
    request: ApiRequest,
    kind: KindName,
    limit: Annotated[int, Query(ge=1, le=_MOST_ROWS)] = 1_000,
    part: Annotated[
        str, Query(description="Which table of the answer: `totals` for its single numbers, …")
    ] = MAIN,
) -> JourneyAnswer | HttpResponse:
    """Answer a question about journeys or value: the same numbers as on the pages. The body is the question, `{}`
    where nothing need be said. With `Accept: text/csv` or `application/vnd.apache.arrow.stream` the whole table comes
    in that form. Two are answered at once; one is stopped after 20 seconds."""
    question = read(json_of(request), kind=kind)
    form = _form(request)
    with answering(), in_time():
        answer = kept(request.auth.workspace.workspace_id, request.auth.log, _answered, question, exact=True)
        table = part_of(answer, part)  # some are worked out when first asked for
    if form == _ARROW:
        return HttpResponse(table.arrow_stream(), content_type=_ARROW)
    table = table.in_seconds()
    if form == _CSV:
        return HttpResponse(_csv(table), content_type="text/csv; charset=utf-8")
    return JourneyAnswer(
        question=told(question),
        key=question_key(question),
        columns=[
            ColumnShape(name=name, kind=each) for name, each in zip(table.names, table.kinds(), strict=True)
        ],
        rows=[[plain(value) for value in row] for row in table.of_rows(range(min(limit, len(table)))).rows()],
        is_whole=len(table) <= limit,
        parts=list(part_names(answer)),
        notes=[note(each) for each in getattr(answer, "notes", ())],
        provenance=provenance(answer.provenance),
    )


@router.post(
    "questions/{kind}/customers",
    auth=Token(Capability.SEE_CUSTOMERS, is_reading=True),
    response=Page[PersonShape],
    openapi_extra=_body(_BEHIND),
)
def customers_behind(
    request: ApiRequest, kind: KindName, limit: Limit = 100, cursor: Cursor = ""
) -> Page[PersonShape]:
    """List the customers behind one number of an answer, page by page."""
    said = json_of(request)
    cell = said.get("cell") if isinstance(said, dict) else None
    if not isinstance(cell, dict) or said.keys() - {"question", "cell"}:
        raise QuestionRefused(
            "The body names no question and cell.", hint='Send {"question": {…}, "cell": {…}}.', path="/cell"
        )
    question = read(said.get("question", {}), kind=kind)
    ids, following = customers_of(request.auth.log, question, _cell(cell), limit=limit, cursor=cursor)
    return Page[PersonShape](items=[PersonShape(customer_id=each) for each in ids], next=following)


def customers_of(
    log: Log, question: Any, cell: Cell, *, limit: int, cursor: str
) -> tuple[list[str], str | None]:
    """Return a page of the customers behind a number, and the cursor of the next one.

    Raises
    ------
    BadCursor, CellRefused, QueryBusy, QueryTooLong
    """
    after = read_cursor(cursor, str)
    start_after = None if after is None else _person(after[0])
    with answering(), in_time() as deadline:
        behind = kind_of(question).behind(
            log, question, cell, limit=limit, after=start_after, check=deadline.check
        )
    last = int(behind.persons[-1]) if behind.has_more else None
    return log.ids_of(behind.persons), None if last is None else cursor_of(f"{last:x}")


def _form(request: ApiRequest) -> str:
    """Return the form that is asked for by name and wanted most; JSON where none is."""
    named = [
        (each.quality, f"{each.main_type}/{each.sub_type}")
        for each in request.accepted_types
        if f"{each.main_type}/{each.sub_type}" in {_ARROW, _CSV, _JSON}
    ]
    return max(named, key=lambda each: each[0], default=(0.0, _JSON))[1]


def _answered(log: Log, question: Any) -> Any:
    return kind_of(question).ask(log, question, executor=shared_executor())


@contextmanager
def answering() -> Iterator[None]:
    """Wait for one of the places of those who are answered at once.

    Raises
    ------
    QueryBusy
    """
    if not _places.acquire(timeout=_WAIT_SECONDS):
        raise QueryBusy(
            "As many questions are being answered as may be at once.",
            hint="Ask again in a few seconds.",
            retry_after=max(1, round(_WITHIN.total_seconds() / 4)),
        )
    try:
        yield
    finally:
        _places.release()


class _Deadline:
    """The end of the time that an answer may take."""

    def __init__(self) -> None:
        self._end = time.monotonic() + _WITHIN.total_seconds()

    def check(self, *_: object) -> None:
        """Raise `QueryTooLong` when it is over."""
        if time.monotonic() > self._end:
            raise QueryTooLong(
                f"The answer takes longer than {_WITHIN.total_seconds():g} seconds.",
                hint="Ask about a shorter time or fewer customers.",
            )


@contextmanager
def in_time() -> Iterator[_Deadline]:
    """Stop the walks in this block, between two shards, when their time is over."""
    deadline = _Deadline()
    with watched(deadline.check):
        yield deadline


def _cell(said: dict[str, Any]) -> dict[str, str | int | None]:
    for name, value in said.items():
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            raise QuestionRefused(
                f"At /cell/{name} stands {value!r}; allowed is a text, a whole number or null.",
                path=f"/cell/{name}",
            )
    return cast("dict[str, str | int | None]", said)


def _person(key: str) -> int:
    try:
        return int(key, 16)
    except ValueError:
        raise BadCursor("The cursor was made for another list.", hint="Begin at the first page.") from None


def _csv(table: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(map(harmless, table.names))
    for row in table.rows():
        writer.writerow([_cell_text(plain(value)) for value in row])
    return text.getvalue()


def _cell_text(value: object) -> object:
    """Return a value as CSV holds it; a text that a spreadsheet would compute gets a quote before it, as on pages."""
    if isinstance(value, list | bool):
        return json.dumps(value, ensure_ascii=False)
    return harmless(value) if isinstance(value, str) else value
