"""Pages of imports: the list, the wizard's steps after the upload, the report, taking back.

Each step has an address of its own and keeps its state on the server, so that nothing is lost by going back, signing in
again or coming tomorrow.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from safar.collect.import_record import import_folder
from safar.collect.mapping_file import mapping_toml
from safar.collect.shipped import shipped_mapping
from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.answers import answer
from safar.doors.web.design.confirm import Confirmation, ConfirmForm, confirmation_page
from safar.doors.web.design.export import export_table
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.design.sizes import size_in_words
from safar.doors.web.design.words import filled
from safar.doors.web.homes import current_home
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal, SafarError

from . import services
from .errors import ChangedMeanwhile, ChoiceUnknown, FileGone
from .forms import EventForm, MappingForm, ReadingForm, SaveForm, known_unit, roles_posted
from .models import FileImport
from .page import columns_page, imports_table, no_imports, sentence_for, state_of, wizard_steps
from .queries import ImportFacts, held_of, import_of, imports_of, mappings_for
from .reading import Reading
from .report_page import report_part, trial_part
from .trial import trial_rejects
from .understanding import understand
from .upload_views import READABLE, as_download

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
    facts = _facts(workspace, import_id)
    if facts.state in ("waiting", "trying", "tried"):
        name = "import-columns" if facts.state == "waiting" else "import-trial"
        return _to(name, workspace, import_id)
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
        "then": _at("import", workspace, import_id),
        "desk": "imports",
    }
    return render(request, "imports/report.html", context)


@desk(Capability.IMPORT)
def columns(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Show what the file is understood to be, and take what a person says about it."""
    facts = _open(workspace, import_id)
    if facts is None:
        return _to("import", workspace, import_id)
    row = _row(facts)
    if request.method == "POST":
        return _columns_posted(request, workspace, facts, row)
    return _columns_shown(request, workspace, facts, row)


def _columns_shown(
    request: DeskRequest,
    workspace: Workspace,
    facts: ImportFacts,
    row: FileImport,
    *,
    reading_form: ReadingForm | None = None,
    event_form: EventForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    locale = request.reader.locale(workspace)
    try:
        known = understand(row, workspace)
    except FileGone as error:
        return render(
            request,
            "imports/gone.html",
            {"facts": facts, "sentence": sentence_for(error, locale), "desk": "imports"},
            status=410,
        )
    except Refusal as error:
        # What was said about the file makes it unreadable: say so over what the file says of itself.
        if not row.reading:
            return _unreadable(request, workspace, facts, error)
        refusal = refusal or sentence_for(error, locale)
        row.reading = {}
        known = understand(row, workspace)
    shape = known.preview.shape
    context = {
        "page": columns_page(
            facts, known, mappings_for(workspace.workspace_id, shape.names, shape.format), workspace, locale
        ),
        "steps": wizard_steps(facts, 1, workspace.workspace_id),
        "reading_form": reading_form
        or ReadingForm.shown(
            Reading.of(row.reading), format_=shape.format, zone=workspace.time_zone, locale=locale
        ),
        "event_form": event_form
        or EventForm(
            initial={"unit": row.unit, "event_name": row.event_name},
            locale=locale,
            currency=workspace.currency,
        ),
        "save_form": SaveForm(),
        "row": row,
        "refusal": refusal,
        "desk": "imports",
    }
    return render(request, "imports/columns.html", context, status=status)


def _unreadable(
    request: DeskRequest, workspace: Workspace, facts: ImportFacts, error: SafarError
) -> HttpResponse:
    context = {
        "facts": facts,
        "sentence": sentence_for(error, request.reader.locale(workspace)),
        "detail": str(error),
        "desk": "imports",
    }
    return render(request, "imports/gone.html", context, status=422)


def _columns_posted(
    request: DeskRequest, workspace: Workspace, facts: ImportFacts, row: FileImport
) -> HttpResponse:
    locale, by = request.reader.locale(workspace), Actor.of(request)
    act, version = request.POST.get("act", "apply"), _version(request)
    there = _to("import-columns", workspace, row.import_id)
    if act == "start-over":
        services.start_over(row, version=version, by=by)
        return there
    known = understand(row, workspace)
    reading_form = ReadingForm(
        request.POST, format_=known.preview.shape.format, zone=workspace.time_zone, locale=locale
    )
    event_form = EventForm(request.POST, locale=locale, currency=workspace.currency)
    if not (reading_form.is_valid() and event_form.is_valid()):
        return _columns_shown(
            request, workspace, facts, row, reading_form=reading_form, event_form=event_form, status=422
        )
    unit = event_form.cleaned_data["unit"]
    if unit and not known_unit(unit):
        raise ChoiceUnknown(f"{unit!r} is no unit of money.")
    names = known.look.shape.names
    try:
        row = services.choose(
            row,
            version=version,
            reading=reading_form.reading(),
            roles={} if known.is_written else roles_posted(request.POST, names),
            shown_roles=known.roles,
            unit=unit,
            event_name=event_form.cleaned_data["event_name"],
            by=by,
        )
    except ChangedMeanwhile as error:
        row.refresh_from_db()
        return _columns_shown(request, workspace, facts, row, refusal=sentence_for(error, locale), status=409)
    if act != "try":
        return there
    return _try(request, workspace, row)


def _try(request: DeskRequest, workspace: Workspace, row: FileImport) -> HttpResponse:
    """Start a dry run; where nothing can be tried, the columns say why."""
    try:
        services.start_trial(row, workspace, by=Actor.of(request))
    except Refusal:
        return _to("import-columns", workspace, row.import_id)
    return _to("import-trial", workspace, row.import_id)


@desk(Capability.IMPORT)
def mapping(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Show the mapping as text, and take a changed one."""
    facts = _open(workspace, import_id)
    if facts is None:
        return _to("import", workspace, import_id)
    row = _row(facts)
    if request.method == "POST":
        form = MappingForm(request.POST)
        if form.is_valid():
            services.write_mapping(
                row, form.cleaned_data["toml"], version=_version(request), by=Actor.of(request)
            )
            return _to("import-columns", workspace, import_id)
    else:
        form = MappingForm(initial={"toml": row.written or understand(row, workspace).toml})
    context = {
        "facts": facts,
        "form": form,
        "row": row,
        "steps": wizard_steps(facts, 1, workspace.workspace_id),
        "desk": "imports",
    }
    return render(request, "imports/mapping.html", context, status=422 if form.errors else 200)


@require_safe
@desk(Capability.IMPORT)
def mapping_file(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponseBase:
    """Give the mapping as a file: of an import that has begun the one that was used."""
    facts = _facts(workspace, import_id)
    own = import_folder(current_home().imports_folder(workspace.workspace_id), import_id)
    if facts.report is not None and own.mapping_path.exists():
        toml = own.mapping_path.read_text("utf-8")
    else:
        toml = understand(_row(facts), workspace).toml
    return as_download(HttpResponse(toml, content_type="application/toml; charset=utf-8"), "mapping.toml")


@require_POST
@desk(Capability.IMPORT)
def template(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Read the file by a mapping that was kept or is shipped; an empty choice drafts one."""
    facts = _open(workspace, import_id)
    if facts is None:
        return _to("import", workspace, import_id)
    row, key = _row(facts), request.POST.get("mapping", "")
    toml = _toml_of(row, workspace, key) if key else ""
    services.write_mapping(row, toml, version=_version(request), by=Actor.of(request))
    return _to("import-columns", workspace, import_id)


def _toml_of(row: FileImport, workspace: Workspace, key: str) -> str:
    shape = understand(row, workspace).preview.shape
    offered = {each.key: each for each in mappings_for(workspace.workspace_id, shape.names, shape.format)}
    if key not in offered:
        raise ChoiceUnknown(f"The mapping {key!r} is not offered for this file.")
    shipped = shipped_mapping(key.removeprefix("shipped:"))
    return offered[key].toml or (mapping_toml(shipped) if shipped else "")


@require_POST
@desk(Capability.IMPORT)
def save(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Keep how the file is read, for the next of its kind."""
    facts = _facts(workspace, import_id)
    form = SaveForm(request.POST)
    if form.is_valid():
        services.save_mapping(_row(facts), workspace, form.cleaned_data["name"], by=Actor.of(request))
        messages.success(request, _("Kept. It is offered for the next file with these columns."))
    else:
        messages.error(request, _("It was not kept: it needs a name."))
    return _to("import-columns", workspace, import_id)


@desk(Capability.IMPORT)
def trial(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Show what a dry run found, or its progress; start one."""
    facts = _open(workspace, import_id)
    if facts is None:
        return _to("import", workspace, import_id)
    if request.method == "POST":
        return _try(request, workspace, _row(facts))
    if facts.trial is None and facts.work is None:
        return _to("import-columns", workspace, import_id)
    locale = request.reader.locale(workspace)
    is_shown = facts.trial is not None and facts.state == "tried"
    context = {
        "facts": facts,
        "part": trial_part(facts, locale) if is_shown else None,
        "can_import": is_shown
        and facts.is_trial_fresh
        and facts.trial is not None
        and facts.trial.report.events > 0,
        "is_stale": is_shown and not facts.is_trial_fresh,
        "steps": wizard_steps(facts, 2, workspace.workspace_id),
        "then": _at("import-trial", workspace, import_id),
        "has_failed": facts.work is not None and facts.work.status in ("failed", "cancelled"),
        "desk": "imports",
    }
    return render(request, "imports/trial.html", context)


@require_POST
@desk(Capability.IMPORT)
def run(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Start the import, or let it go on."""
    row = _row(_facts(workspace, import_id))
    services.start_import(
        row, workspace, keeps_file=request.POST.get("keeps_file") == "on", by=Actor.of(request)
    )
    return _to("import", workspace, import_id)


@require_safe
@desk(Capability.IMPORT)
def rejected(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponseBase:
    """Give the rows that were rejected: as they stood in the file, to be mended there and imported."""
    own = import_folder(current_home().imports_folder(workspace.workspace_id), import_id)
    return _file(own.rejects_path, _("rejected rows.csv"))


@require_safe
@desk(Capability.IMPORT)
def trial_rejected(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponseBase:
    """Give the rows that a dry run would reject."""
    own = import_folder(current_home().imports_folder(workspace.workspace_id), import_id)
    return _file(trial_rejects(own.folder), _("rejected rows.csv"))


def _file(path: Path, name: str) -> HttpResponseBase:
    try:
        opened = path.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(opened, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


@desk(Capability.IMPORT)
def undo(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Ask for the file's name, then take the import back."""
    facts = _facts(workspace, import_id)
    back = _at("import", workspace, import_id)
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
    if request.method == "POST":
        form = ConfirmForm(facts.file_name, request.POST)
        if form.is_valid():
            services.start_undo(workspace, import_id, by=Actor.of(request))
            return redirect(back)
        return confirmation_page(request, confirmation, form)
    return confirmation_page(request, confirmation)


@require_POST
@desk(Capability.IMPORT)
def discard(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Throw an uploaded file away that was not imported."""
    services.discard(_row(_facts(workspace, import_id)), by=Actor.of(request))
    messages.success(request, _("The file was thrown away. Nothing of it was kept."))
    return redirect("imports", workspace_id=workspace.workspace_id)


@require_POST
@desk(Capability.IMPORT)
def remove_file(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Remove the file of an import that is over."""
    services.remove_file(_row(_facts(workspace, import_id)), by=Actor.of(request))
    messages.success(request, _("The file was removed. What it brought stays."))
    return _to("import", workspace, import_id)


def _facts(workspace: Workspace, import_id: str) -> ImportFacts:
    facts = import_of(workspace.workspace_id, import_id)
    if facts is None:
        raise Http404
    return facts


def _open(workspace: Workspace, import_id: str) -> ImportFacts | None:
    """Return an import whose steps are still open; None for one that has begun."""
    facts = _facts(workspace, import_id)
    is_again = facts.state == "undone" and facts.has_file
    is_refused = facts.state == "failed" and facts.report is None
    return facts if facts.state in ("waiting", "trying", "tried") or is_again or is_refused else None


def _row(facts: ImportFacts) -> FileImport:
    if facts.row is None:
        raise Http404
    return facts.row


def _at(name: str, workspace: Workspace, import_id: str) -> str:
    return reverse(name, kwargs={"workspace_id": workspace.workspace_id, "import_id": import_id})


def _to(name: str, workspace: Workspace, import_id: str) -> HttpResponse:
    return redirect(_at(name, workspace, import_id))


def _version(request: DeskRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0
