"""The API as a whole: its resources, its description, its addresses."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import REF_TEMPLATE
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from . import (
    accounts,
    answers_files,
    asking,
    cases,
    causes,
    comments,
    customers,
    estimates,
    events,
    health,
    imports,
    keys,
    links,
    lived,
    maps,
    next_actions,
    numbers,
    people,
    personas,
    queries,
    questions,
    recommendations,
    responses,
    scores,
    segments,
    survey_results,
    surveys,
    tellings,
    topics,
    webhooks,
    work,
    working_time,
)
from .credentials import Token
from .json_body import json_of
from .problems import MEDIA_TYPE, PREFIX, Problem, handle

_DESCRIPTION: Final = (
    "What the pages of Safar can do, for programs. Show a token in the header `Authorization: Bearer sft_…`;"
    " it acts as its member, in one workspace. Lists are read page by page: ask again with `cursor` set to `next`."
    " Every error is a problem of RFC 9457 with a stable `code`."
)
#: What any operation may answer besides its own.
_PROBLEMS: Final = {
    400: "The request cannot be read.",
    401: "No valid token was shown.",
    403: "The token may not do this.",
    404: "There is nothing at this address.",
    413: "The body is too large.",
    422: "A value cannot be taken.",
    429: "The token asks too often: wait as many seconds as `Retry-After` says.",
    500: "Something broke on our side.",
    503: "Too much is asked of us at this moment: wait as many seconds as `Retry-After` says.",
}


class Door(NinjaAPI):
    """An API whose description says what each operation asks of its caller, and that every error is a problem."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> Any:
        """Return the OpenAPI document."""
        schema = super().get_openapi_schema(path_prefix=PREFIX, path_params=path_params)
        components = schema["components"]["schemas"]
        found = Problem.model_json_schema(ref_template=REF_TEMPLATE, mode="serialization")
        components.update(found.pop("$defs", {}))
        components["Problem"] = found
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        for path, method, operation in operations(self):
            described = schema["paths"][path][method]
            for status, meaning in _PROBLEMS.items():
                described["responses"].setdefault(status, {"description": meaning, "content": content})
            for status in (429, 503):
                described["responses"][status]["headers"] = {
                    "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}
                }
            guard = guard_of(operation)
            described["x-capability"] = guard.needed.value if guard.needed else None
            described["x-changes"] = changes_something(operation)
        return schema


def operations(api: NinjaAPI) -> list[tuple[str, str, Operation]]:
    """Return every operation with its path, as the description has it, and its method in small letters."""
    found = []
    for bound in api._get_bound_routers():
        for path, view in bound.path_operations.items():
            whole = "/".join(filter(None, (bound.prefix.strip("/"), path.strip("/"))))
            found += [
                (PREFIX + whole, method.lower(), operation)
                for operation in view.operations
                for method in operation.methods
            ]
    return found


def guard_of(operation: Operation) -> Token:
    """Return the guard of an operation: each has exactly one."""
    (guard,) = operation.auth_callbacks
    assert isinstance(guard, Token)
    return guard


def changes_something(operation: Operation) -> bool:
    """Whether a read-only token is refused."""
    return operation.methods[0] != "GET" and not guard_of(operation).is_reading


class _Renderer(BaseRenderer):
    """JSON with whole instants: Django's own cuts them to milliseconds."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Return the body."""
        return json.dumps(data, ensure_ascii=False, allow_nan=False, default=_as_text).encode(
            "utf-8", "backslashreplace"
        )


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)


class _Parser(Parser):
    """JSON, strictly."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body."""
        return json_of(request)


def _build() -> Door:
    api = Door(
        title="Safar",
        version="1",
        description=_DESCRIPTION,
        parser=_Parser(),
        renderer=_Renderer(),
        docs_url=None,
        openapi_url=None,
        urls_namespace="api",
    )
    handle(api)
    for module in (
        accounts,
        numbers,
        questions,
        scores,
        estimates,
        maps,
        lived,
        segments,
        personas,
        responses,
        answers_files,
        comments,
        topics,
        links,
        asking,
        working_time,
        # before the cases, whose ids stand where these names do
        tellings,
        causes,
        cases,
        surveys,
        survey_results,
        events,
        recommendations,
        next_actions,
        customers,
        queries,
        imports,
        work,
        people,
        keys,
        webhooks,
        health,
    ):
        api.add_router("", module.router)
    return api


API: Final = _build()
