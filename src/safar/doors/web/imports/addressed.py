"""The import that an address names, and the addresses of its pages."""

from __future__ import annotations

from pathlib import Path

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from safar.doors.web.members.guard import DeskRequest
from safar.store.registry import Workspace

from .models import FileImport
from .queries import ImportFacts, import_of


def facts_of(workspace: Workspace, import_id: str) -> ImportFacts:
    """Return the import; nothing is at the address of another."""
    facts = import_of(workspace.workspace_id, import_id)
    if facts is None:
        raise Http404
    return facts


def open_facts_of(workspace: Workspace, import_id: str) -> ImportFacts | None:
    """Return an import whose steps are still open; None for one that has begun."""
    facts = facts_of(workspace, import_id)
    is_again = facts.state == "undone" and facts.has_file
    is_refused = facts.state == "failed" and facts.report is None
    return facts if facts.state in ("waiting", "trying", "tried") or is_again or is_refused else None


def row_in(facts: ImportFacts) -> FileImport:
    """Return the row of an import; one of the terminal has none, and so nothing to do here."""
    if facts.row is None:
        raise Http404
    return facts.row


def address_of(name: str, workspace: Workspace, import_id: str) -> str:
    """Return where a page about an import is."""
    return reverse(name, kwargs={"workspace_id": workspace.workspace_id, "import_id": import_id})


def redirect_to(name: str, workspace: Workspace, import_id: str) -> HttpResponse:
    """Lead to a page about an import."""
    return redirect(address_of(name, workspace, import_id))


def version_in(request: DeskRequest) -> int:
    """Return which state of the import the form was made of; 0, which none is, where it does not say."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def rejects_file(path: Path, name: str) -> HttpResponseBase:
    """Send rows that were rejected, as they are kept."""
    try:
        opened = path.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(opened, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")
