"""An answer as a file: its numbers as CSV, Excel or Parquet, a drawing as SVG or PNG, all of it as one page of HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.export import UnknownExport, export
from safar.doors.web.design.table import Column
from safar.doors.web.members.policies import Capability
from safar.show.drawing import png, standalone
from safar.store.registry import Workspace
from safar.store.table import Table

from . import services
from .forms import QuestionForm
from .kind import KindPage
from .page import CUSTOMER_TABLE, JourneyPage
from .standalone import standalone_page

if TYPE_CHECKING:
    from safar.doors.web.members.guard import DeskRequest

FORMS: Final = ("csv", "xlsx", "parquet", "svg", "png", "html")


def file_of(
    request: DeskRequest, workspace: Workspace, kind: KindPage, form: QuestionForm, question: Any
) -> HttpResponseBase:
    """Return the file that the address asks for, and note who took it away.

    Numbers have the names, the units and the order that the notebook and the API give them.

    Raises
    ------
    UnknownExport
    """
    from .views import answered_page  # noqa: PLC0415 - the page is made by the same view

    asked_for = request.GET["export"]
    if asked_for not in FORMS:
        raise UnknownExport(
            f"{asked_for!r} is no form of a file.", hint=f"Use one of {', '.join(FORMS)}.", form=asked_for
        )
    page = answered_page(request, workspace, kind, form, question, has_links=False)
    if page.shown is None:
        return redirect(page.address)
    name = f"{workspace.workspace_id}-{kind.key}"
    customers = None
    locale = request.reader.locale(workspace)
    if asked_for in {"svg", "png"}:
        response: HttpResponseBase = _drawing(page.shown.drawings, request.GET.get("drawing", ""), asked_for)
    elif asked_for == "html":
        response = render(request, "journeys/standalone.html", {"page": standalone_page(page, locale)})
    else:
        table = _table(request, page)
        if request.GET.get("table") == CUSTOMER_TABLE:
            name, customers = f"{name}-customers", len(table)
        if asked_for == "parquet":
            response = HttpResponse(table.parquet(), content_type="application/vnd.apache.parquet")
        else:
            columns, rows = _lines(table)
            response = export(name, columns, rows, asked_for, locale, "ltr")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.{asked_for}")
    services.note_export(workspace, asked_for, kind.key, customers=customers, by=Actor.of(request))
    return response


def _drawing(drawings: Sequence[Any], key: str, form: str) -> HttpResponse:
    for drawing in drawings:
        if drawing.key == key or not key:
            if form == "svg":
                return HttpResponse(standalone(drawing.svg), content_type="image/svg+xml; charset=utf-8")
            return HttpResponse(png(drawing.svg), content_type="image/png")
    raise Http404


def _table(request: DeskRequest, page: JourneyPage) -> Table:
    """Return the table of the answer that the address asks for.

    Raises
    ------
    PermissionDenied
        It names customers, and the member may not see them.
    """
    name = request.GET.get("table", "") or "table"
    if name == CUSTOMER_TABLE and page.kind.customer_list:
        if Capability.SEE_CUSTOMERS not in request.capabilities:
            raise PermissionDenied
    elif name not in {"table", *(each for each, _called in page.kind.further_tables)}:
        raise Http404
    if page.answer is None:  # the library refused: there is nothing to take away
        raise Http404
    found: Table = getattr(page.answer, name)
    return found


def _lines(table: Table) -> tuple[list[Column], Iterator[list[object]]]:
    """Return the columns and lines of a table; lengths of time in seconds, which their heads say."""
    columns = table.columns()
    spans = {name for name, values in columns.items() if any(isinstance(each, timedelta) for each in values)}
    instants = {
        name for name, values in columns.items() if any(isinstance(each, datetime) for each in values)
    }
    heads = [
        Column(name, f"{name}_seconds" if name in spans else name, "when" if name in instants else "text")
        for name in columns
    ]
    return heads, ([_plain(value) for value in row] for row in zip(*columns.values(), strict=True))


def _plain(value: object) -> object:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return value.total_seconds() if isinstance(value, timedelta) else value
