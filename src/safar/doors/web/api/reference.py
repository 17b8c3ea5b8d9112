"""The page that describes the API: its operations by subject, from the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.reader import Reader

from .credentials import BURST, PER_SECOND
from .door import Door, operations

#: What operations are about, in the order of the page.
_SUBJECTS: Final[dict[str, Promise | str]] = {
    "Account": pgettext_lazy("API", "Your token"),
    "Numbers": pgettext_lazy("API", "Numbers"),
    "Journeys": pgettext_lazy("API", "Journeys"),
    "Maps": pgettext_lazy("API", "Journey maps"),
    "Events": pgettext_lazy("API", "Events"),
    "Customers": pgettext_lazy("API", "Customers"),
    "Segments": pgettext_lazy("API", "Segments"),
    "Personas": pgettext_lazy("API", "Personas"),
    "Surveys": pgettext_lazy("API", "Surveys and responses"),
    "Asking": pgettext_lazy("API", "Asking: links and rounds"),
    "Comments": pgettext_lazy("API", "Comments and topics"),
    "Cases": pgettext_lazy("API", "Cases"),
    "Webhooks": pgettext_lazy("API", "Webhooks"),
    "Estimates": pgettext_lazy("API", "Estimates"),
    "Query": pgettext_lazy("API", "Questions in SQL"),
    "Imports": pgettext_lazy("API", "Imports"),
    "Work": pgettext_lazy("API", "Background work"),
    "Members": pgettext_lazy("API", "Members and invitations"),
    "Keys": pgettext_lazy("API", "Keys"),
    "Workspace": pgettext_lazy("API", "Workspace"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter or a field: its name, its type in JSON's words, whether it must be there, what it means."""

    name: str
    kind: str
    is_required: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class OperationPart:
    """One operation. Its meaning and its values are the OpenAPI document's own words, in English.

    Attributes
    ----------
    anchor
        Its place on the page.
    method, path, meaning
        As programs know them.
    needs
        The capability that the member's role must allow; empty for any member.
    changes
        Whether a read-only token is refused.
    parameters, body, answer
        Values of the address, of the request's body, and of the answer.
    """

    anchor: str
    method: str
    path: str
    meaning: str
    needs: str
    changes: bool
    parameters: tuple[Value, ...]
    body: tuple[Value, ...]
    answer: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """Operations about one thing."""

    anchor: str
    name: Promise | str
    operations: tuple[OperationPart, ...]


@dataclass(frozen=True, slots=True)
class ReferencePage:
    """The whole page.

    Attributes
    ----------
    example
        A request that can be copied.
    per_second, burst
        How often a token may ask in the long run, and at once.
    """

    subjects: tuple[Subject, ...]
    example: str
    per_second: str
    burst: str


def reference_page(api: Door, document: Mapping[str, Any], address: str, reader: Reader) -> ReferencePage:
    """Return the page.

    Parameters
    ----------
    document
        The OpenAPI document.
    address
        Where this installation is, for the example.
    reader
        Whose digits numbers are shown in.
    """
    schemas = document["components"]["schemas"]
    found: dict[str, list[OperationPart]] = {tag: [] for tag in _SUBJECTS}
    for path, method, operation in operations(api):
        described = document["paths"][path][method]
        found[described["tags"][0]].append(
            _part(path, method, described, schemas, next(iter(operation.response_models)))
        )
    return ReferencePage(
        subjects=tuple(
            Subject(tag.lower(), name, tuple(found[tag])) for tag, name in _SUBJECTS.items() if found[tag]
        ),
        example=f'curl -H "Authorization: Bearer sft_…" {address}/api/v1/me',
        per_second=reader.shape(f"{PER_SECOND:g}"),
        burst=reader.shape(str(BURST)),
    )


def _part(
    path: str, method: str, described: Mapping[str, Any], schemas: Mapping[str, Any], status: int
) -> OperationPart:
    body = described.get("requestBody", {}).get("content", {})
    answer = described["responses"].get(status, {}).get("content", {})
    return OperationPart(
        anchor=described["operationId"],
        method=method.upper(),
        path=path,
        meaning=described.get("description", described["summary"]),
        needs=described["x-capability"] or "",
        changes=described["x-changes"],
        parameters=tuple(
            Value(each["name"], _kind(each["schema"]), each["required"], each.get("description", ""))
            for each in described.get("parameters", ())
        ),
        body=tuple(value for each in body.values() for value in _values(each["schema"], schemas)),
        answer=tuple(value for each in answer.values() for value in _values(each["schema"], schemas)),
    )


def _values(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterable[Value]:
    whole = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    needed = whole.get("required", ())
    for name, each in whole.get("properties", {}).items():
        yield Value(name, _kind(each), name in needed, each.get("description", ""))


def _kind(schema: Mapping[str, Any]) -> str:
    """Return a type as a programmer writes it: `string`, `Money[]`, `integer | null`."""
    if "$ref" in schema:
        return re.sub(r"Shape\b", "", schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return " | ".join(f'"{each}"' for each in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(_kind(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"{_kind(schema.get('items', {}))}[]"
    return str(schema.get("format") or schema.get("type", "any"))
