"""The wizard's steps after the upload: what the columns are, the mapping as text, the dry run.

Each step has an address of its own and keeps its state on the server, so that nothing is lost by going back, signing in
again or coming tomorrow.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from safar.collect.import_record import import_folder
from safar.collect.mapping_file import mapping_toml
from safar.collect.shipped import shipped_mapping
from safar.doors.web.audit.actor import Actor
from safar.doors.web.homes import current_home
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal, SafarError

from . import services
from .addressed import address_of, facts_of, open_facts_of, redirect_to, rejects_file, row_in, version_in
from .errors import ChangedMeanwhile, ChoiceUnknown, FileGone
from .forms import EventForm, MappingForm, ReadingForm, SaveForm, known_unit, roles_posted
from .models import FileImport
from .page import columns_page, sentence_for, wizard_steps
from .queries import ImportFacts, mappings_for
from .reading import Reading
from .report_page import trial_part
from .trial import trial_rejects
from .understanding import understand
from .upload_views import as_download


@desk(Capability.IMPORT)
def columns(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Show what the file is understood to be, and take what a person says about it."""
    facts = open_facts_of(workspace, import_id)
    if facts is None:
        return redirect_to("import", workspace, import_id)
    row = row_in(facts)
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
    act, version = request.POST.get("act", "apply"), version_in(request)
    there = redirect_to("import-columns", workspace, row.import_id)
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
        return redirect_to("import-columns", workspace, row.import_id)
    return redirect_to("import-trial", workspace, row.import_id)


@desk(Capability.IMPORT)
def mapping(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Show the mapping as text, and take a changed one."""
    facts = open_facts_of(workspace, import_id)
    if facts is None:
        return redirect_to("import", workspace, import_id)
    row = row_in(facts)
    if request.method == "POST":
        form = MappingForm(request.POST)
        if form.is_valid():
            services.write_mapping(
                row, form.cleaned_data["toml"], version=version_in(request), by=Actor.of(request)
            )
            return redirect_to("import-columns", workspace, import_id)
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
    facts = facts_of(workspace, import_id)
    own = import_folder(current_home().imports_folder(workspace.workspace_id), import_id)
    if facts.report is not None and own.mapping_path.exists():
        toml = own.mapping_path.read_text("utf-8")
    else:
        toml = understand(row_in(facts), workspace).toml
    return as_download(HttpResponse(toml, content_type="application/toml; charset=utf-8"), "mapping.toml")


@require_POST
@desk(Capability.IMPORT)
def template(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Read the file by a mapping that was kept or is shipped; an empty choice drafts one."""
    facts = open_facts_of(workspace, import_id)
    if facts is None:
        return redirect_to("import", workspace, import_id)
    row, key = row_in(facts), request.POST.get("mapping", "")
    toml = _toml_of(row, workspace, key) if key else ""
    services.write_mapping(row, toml, version=version_in(request), by=Actor.of(request))
    return redirect_to("import-columns", workspace, import_id)


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
    facts = facts_of(workspace, import_id)
    form = SaveForm(request.POST)
    if form.is_valid():
        services.save_mapping(row_in(facts), workspace, form.cleaned_data["name"], by=Actor.of(request))
        messages.success(request, _("Kept. It is offered for the next file with these columns."))
    else:
        messages.error(request, _("It was not kept: it needs a name."))
    return redirect_to("import-columns", workspace, import_id)


@desk(Capability.IMPORT)
def trial(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponse:
    """Show what a dry run found, or its progress; start one."""
    facts = open_facts_of(workspace, import_id)
    if facts is None:
        return redirect_to("import", workspace, import_id)
    if request.method == "POST":
        return _try(request, workspace, row_in(facts))
    if facts.trial is None and facts.work is None:
        return redirect_to("import-columns", workspace, import_id)
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
        "then": address_of("import-trial", workspace, import_id),
        "has_failed": facts.work is not None and facts.work.status in ("failed", "cancelled"),
        "desk": "imports",
    }
    return render(request, "imports/trial.html", context)


@require_safe
@desk(Capability.IMPORT)
def trial_rejected(request: DeskRequest, workspace: Workspace, import_id: str) -> HttpResponseBase:
    """Give the rows that a dry run would reject."""
    own = import_folder(current_home().imports_folder(workspace.workspace_id), import_id)
    return rejects_file(trial_rejects(own.folder), _("rejected rows.csv"))
