"""The workspaces of the installation: listed and made."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.export import export_table
from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.reader import LANGUAGE_NAMES, CalendarChoice
from safar.doors.web.design.table import Cell, Column, Row, Table, sorted_table
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.homes import current_home
from safar.doors.web.members.backend import MemberRequest
from safar.doors.web.members.guard import administrator
from safar.doors.web.members.queries import members_of, workspace_ids_of
from safar.show.locale import Locale
from safar.store.registry import WorkspaceExists

from .forms import NewWorkspaceForm
from .installation import installation_locale
from .services import create_workspace
from .tabs import installation_tabs

_PAGE = "installation-workspaces"


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def workspaces(request: MemberRequest) -> HttpResponseBase:
    """List the workspaces; make one, whose owner is who makes it."""
    locale = installation_locale(request.reader)
    usual = {
        "language": locale.language,
        "calendar": locale.calendar,
        "time_zone": locale.time_zone,
        "currency": locale.currency,
    }
    form = NewWorkspaceForm(request.POST if request.method == "POST" else None, initial=usual, locale=locale)
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        try:
            made = create_workspace(
                asked["name"],
                by=Actor.of(request),
                workspace_id=asked["workspace_id"] or None,
                language=asked["language"],
                calendar=asked["calendar"],
                time_zone=asked["time_zone"],
                currency=asked["currency"],
            )
        except WorkspaceExists as error:
            form.add_error("workspace_id", sentence_of(error.code))
        else:
            toast(request, filled(_("The workspace %(name)s is made. You are its owner."), name=made.name))
            return redirect("settings", workspace_id=made.workspace_id)
    table = _table(request, locale)
    table = sorted_table(table, request.GET.get("sort", ""))
    if request.GET.get("export") and not form.is_bound:
        return export_table(table, request.GET["export"], locale, request.reader.direction)
    shown = {
        "tabs": installation_tabs(_PAGE),
        "form": form,
        "table": table,
    }
    return render(request, "administration/workspaces.html", shown, status=422 if form.is_bound else 200)


def _table(request: MemberRequest, locale: Locale) -> Table:
    own = set(workspace_ids_of(request.user))
    found = current_home().workspaces()
    counts = {each.workspace_id: len(members_of(each.workspace_id)) for each in found}
    return Table(
        caption=_("Workspaces of this installation"),
        columns=(
            Column("name", pgettext("of a workspace", "Name")),
            Column("id", _("Id"), "code"),
            Column("members", pgettext("settings", "Members"), "number"),
            Column("language", _("Language")),
            Column("calendar", _("Calendar")),
            Column("time_zone", _("Time zone"), "code"),
            Column("currency", _("Currency"), "code"),
            Column("created", pgettext("a workspace", "Made"), "when"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(
                        each.name,
                        # Who looks after the machine sees no company's numbers unless he works there.
                        href=reverse("today", kwargs={"workspace_id": each.workspace_id})
                        if each.workspace_id in own
                        else "",
                    ),
                    Cell(each.workspace_id),
                    Cell(locale.number(counts[each.workspace_id]), value=counts[each.workspace_id]),
                    Cell(LANGUAGE_NAMES[each.language]),
                    Cell(str(CalendarChoice(each.calendar).label)),
                    Cell(each.time_zone),
                    Cell(each.currency),
                    Cell(locale.date(each.created_at), value=each.created_at),
                ),
                key=each.workspace_id,
            )
            for each in found
        ),
        can_export=True,
        empty=EmptyState(_("There is no workspace yet"), _("Make the first one below.")),
    )
