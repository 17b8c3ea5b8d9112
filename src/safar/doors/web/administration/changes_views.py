"""The log of changes: of a workspace, and of the installation."""

from __future__ import annotations

from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from safar.doors.web.audit.queries import ChangesQuestion, actions_of, actors_of, changes, every_change
from safar.doors.web.design.export import export
from safar.doors.web.design.paging import cursor, read_cursor
from safar.doors.web.design.parts import EmptyState, Tab
from safar.doors.web.design.table import changed
from safar.doors.web.members.backend import MemberRequest
from safar.doors.web.members.guard import DeskRequest, administrator, desk
from safar.doors.web.members.policies import Capability
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .changes_page import change_line, days_between, export_columns, export_rows, kinds
from .forms import ChangesForm
from .installation import installation_locale
from .tabs import installation_tabs, settings_tabs


@require_safe
@desk(Capability.SEE_CHANGES)
def workspace_changes(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Show who changed what in the workspace."""
    return _changes(
        request,
        workspace.workspace_id,
        request.reader.locale(workspace),
        settings_tabs(workspace.workspace_id, request.capabilities, "settings-changes"),
        can_export=Capability.EXPORT in request.capabilities,
    )


@require_safe
@administrator
def installation_changes(request: MemberRequest) -> HttpResponseBase:
    """Show who changed what of the installation and of accounts."""
    locale = installation_locale(request.reader)
    return _changes(request, "", locale, installation_tabs("installation-changes"), can_export=True)


def _changes(
    request: MemberRequest, workspace_id: str, locale: Locale, tabs: list[Tab], *, can_export: bool
) -> HttpResponseBase:
    form = ChangesForm(
        request.GET,
        actors=[(name, name) for name in actors_of(workspace_id)],
        actions=kinds(actions_of(workspace_id)),
        locale=locale,
    )
    question = ChangesQuestion(workspace_id)
    if form.is_valid():
        since, until = days_between(form.cleaned_data["since"], form.cleaned_data["until"], locale)
        question = replace(
            question,
            actor=form.cleaned_data["who"],
            action=form.cleaned_data["what"],
            since=since,
            until=until,
        )
    query = changed(request.GET.urlencode(), after="", export="")
    wanted = request.GET.get("export", "")
    if wanted:
        if not can_export:
            raise PermissionDenied
        rows = export_rows(every_change(question))
        return export(_("Changes"), export_columns(), rows, wanted, locale, request.reader.direction)
    place = read_cursor(request.GET.get("after", ""), int)
    found, following = changes(question, before=place[0] if place else None)
    is_asked = any(request.GET.get(name) for name in ("who", "what", "since", "until"))
    shown = {
        "desk": "settings" if workspace_id else "",
        "tabs": tabs,
        "form": form,
        "lines": [change_line(change, locale) for change in found],
        "is_asked": is_asked,
        "next_query": changed(query, after=cursor(following)) if following is not None else "",
        "first_query": (query or "who=") if place else "",
        "csv_query": changed(query, export="csv"),
        "xlsx_query": changed(query, export="xlsx"),
        "can_export": can_export,
        "empty": EmptyState(_("No change fits"), _("Choose a longer time, or everybody."))
        if is_asked
        else EmptyState(
            _("Nothing has been changed yet"), _("Each change of settings, members and keys stands here.")
        ),
    }
    template = "administration/changes.html" if workspace_id else "administration/installation_changes.html"
    return render(request, template, shown, status=200 if form.is_valid() else 422)
