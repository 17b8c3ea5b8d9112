"""SQL over the workspace's own events."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Annotated, Final

from django.conf import settings
from ninja import Router, Schema
from pydantic import Field

from safar.doors.web.members.policies import Capability
from safar.store.sql_process import SqlProcesses

from .credentials import ApiRequest, Token
from .shapes import Body, plain

router = Router(tags=["Query"])
_WITHIN: Final = timedelta(seconds=20)
_MOST_ROWS: Final = 10_000


class Sql(Body):
    """A question in SQL."""

    sql: Annotated[str, Field(min_length=1, max_length=20_000)] = Field(
        description="One SELECT over the view `events`; `describe events` lists its columns."
    )
    parameters: Annotated[list[str | int | float | bool | None], Field(max_length=100)] = Field(
        default=[], description="Values for `?`, in order."
    )
    limit: Annotated[int, Field(ge=1, le=_MOST_ROWS)] = 1_000


class Answer(Schema):
    """Rows of an answer. Values that JSON does not have (instants, exact numbers, ids) come as text."""

    columns: list[str]
    rows: list[list[object]]
    is_whole: bool = Field(description="False where there are more rows than `limit`.")


@router.post("query", auth=Token(Capability.QUERY, is_reading=True), response=Answer)
def query(request: ApiRequest, question: Sql) -> Answer:
    """Answer one SELECT over the events of the workspace: at most 10,000 rows, stopped after 20 seconds, and where it
    needs too much memory. Two are answered at once; where others are, `query.busy` says when to ask again."""
    table = processes().answer(
        request.auth.log, question.sql, question.parameters or None, within=_WITHIN, limit=question.limit + 1
    )
    rows = table.rows()
    return Answer(
        columns=table.names,
        rows=[[plain(value) for value in row] for row in rows[: question.limit]],
        is_whole=len(rows) <= question.limit,
    )


@cache
def processes() -> SqlProcesses:
    """Return what answers queries, the same for all threads."""
    return SqlProcesses(megabytes=settings.QUERY_MB)
