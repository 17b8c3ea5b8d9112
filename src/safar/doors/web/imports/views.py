"""Pages of imports: the list, the report of one, and what is done about it: run it, take it back, throw it away."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from safar.collect.import_record import import_folder
from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.answers import answer
from safar.doors.web.design.confirm import Confirmation, unconfirmed
from safar.doors.web.design.export import export_table
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.design.sizes import size_in_words
from safar.doors.web.design.words import filled
from safar.doors.web.homes import current_home
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.store.registry import Workspace

from . import services
from .addressed import address_of, facts_of, redirect_to, rejects_file, row_in
from .page import imports_table, no_imports, state_of
from .queries import held_of, imports_of
from .report_page import report_part
from .upload_views import READABLE

_A_PAGE: Final = 25
_MOST_IN_FILE: Final = 10_000


@require_safe
@desk(Capability.IMPORT)
def imports(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """List the imports, newest first; all of them in a file."""
    locale, form = request.reader.locale(workspace), request.GET.get("export", "")
    key = None if form else read_cursor(request.GET.get("after", ""), str)
    found, following = imports_of(
        workspace.workspace_id, before=key[0] if key else "", limit=_MOST_IN_FILE if form else _A_PAGE
    )
    table = imports_table(
        found,
        following,
        workspace,
        locale,
        is_first=key is None,
        can_export=Capability.EXPORT in request.capabilities,
    )
    if form:
        return export_table(table, form, locale, request.reader.direction)
    context = {
        "table": table,
        "empty": no_imports(workspace.workspace_id),
        "formats": READABLE,
        "desk": "imports",
    }
    return render(request, "imports/imports.html", context)


@require_safe
@desk(Capability.IMPORT)
def one(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Show where an import stands: its report, its progress, or the step that waits."""
    facts = facts_of(workspace, import_id)
    if facts.state in ("waiting", "trying", "tried"):
        name = "import-columns" if facts.state == "waiting" else "import-trial"
        return redirect_to(name, workspace, import_id)
    locale = request.reader.locale(workspace)
    held = 0
    if facts.report is not None:
        place = workspace.workspace_id
        held = answer(place, current_home().log(place), held_of, facts.report.source, exact=True)
    name, tone = state_of(facts)
    context = {
        "facts": facts,
        "state": name,
        "tone": tone,
        "part": report_part(facts, held, locale) if facts.report else None,
        "held": locale.number(held),
        "size": size_in_words(facts.size, locale),
        "when": locale.datetime(facts.started_at),
        "is_over": facts.state in ("finished", "failed", "stopped", "undone"),
        "can_undo": facts.report is not None and facts.state in ("finished", "failed", "stopped"),
        # What came in is shown to who may see customers.
        "events_query": urlencode({"source": facts.report.source})
        if held and facts.report and Capability.SEE_CUSTOMERS in request.capabilities
        else "",
        "can_go_on": facts.row is not None and facts.has_file and facts.state in ("stopped", "failed"),
        "then": address_of("import", workspace, import_id),
        "desk": "imports",
    }
    return render(request, "imports/report.html", context)


@require_POST
@desk(Capability.IMPORT)
def run(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Start the import, or let it go on."""
    row = row_in(facts_of(workspace, import_id))
    services.start_import(
        row, workspace, keeps_file=request.POST.get("keeps_file") == "on", by=Actor.of(request)
    )
    return redirect_to("import", workspace, import_id)


@require_safe
@desk(Capability.IMPORT)
def rejected(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponseBase:
    """Give the rows that were rejected: as they stood in the file, to be mended there and imported."""
    own = import_folder(current_home().imports_folder(workspace.workspace_id), import_id)
    return rejects_file(own.rejects_path, _("rejected rows.csv"))


@desk(Capability.IMPORT)
def undo(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Ask for the file's name, then take the import back."""
    facts = facts_of(workspace, import_id)
    back = address_of("import", workspace, import_id)
    if facts.report is None or facts.state not in ("finished", "failed", "stopped"):
        return redirect(back)
    locale = request.reader.locale(workspace)
    log = current_home().log(workspace.workspace_id)
    held = held_of(log, facts.report.source)
    confirmation = Confirmation(
        title=_("Take this import back?"),
        sentences=(
            filled(
                _("All %(events)s events that it brought leave the log; reports and numbers change at once."),
                events=locale.number(held),
            ),
            _("Customers whom only this import had joined come apart again."),
            _("Type the file's name. The file can be imported again afterwards."),
        ),
        expected=facts.file_name,
        submit=_("Take it back"),
        back=back,
    )
    if (asks := unconfirmed(request, confirmation)) is not None:
        return asks
    services.start_undo(workspace, import_id, by=Actor.of(request))
    return redirect(back)


@require_POST
@desk(Capability.IMPORT)
def discard(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Throw an uploaded file away that was not imported."""
    services.discard(row_in(facts_of(workspace, import_id)), by=Actor.of(request))
    messages.success(request, _("The file was thrown away. Nothing of it was kept."))
    return redirect("imports", workspace_id=workspace.workspace_id)


@require_POST
@desk(Capability.IMPORT)
def remove_file(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Remove the file of an import that is over."""
    services.remove_file(row_in(facts_of(workspace, import_id)), by=Actor.of(request))
    messages.success(request, _("The file was removed. What it brought stays."))
    return redirect_to("import", workspace, import_id)
