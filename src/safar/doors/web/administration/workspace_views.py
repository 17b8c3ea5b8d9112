"""Settings of the workspace itself: name, language, calendar, time zone, currency, how long events are kept."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.confirm import Confirmation, unconfirmed
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.doors.web.members.queries import needs_two_factor
from safar.doors.web.members.services import require_two_factor
from safar.store.registry import Workspace
from safar.vocabulary.calendar import weekday_number

from .forms import RetentionForm, TwoFactorForm, WorkspaceForm
from .queries import events_before
from .services import change_retention, change_workspace
from .tabs import first_page, settings_tabs

_PAGE = "settings-workspace"
#: 1970-01-05, as a day since 1970-01-01.
_A_MONDAY = 4


@require_safe
@desk(Capability.SEE_NUMBERS)
def settings(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Lead to the first page of the settings that the member may see."""
    page = first_page(request.capabilities)
    if page is None:
        raise PermissionDenied
    return redirect(page, workspace_id=workspace.workspace_id)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.CHANGE_WORKSPACE)
def workspace_settings(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Show the settings; take changed ones."""
    locale = request.reader.locale(workspace)
    form = (
        WorkspaceForm(request.POST, locale=locale)
        if request.method == "POST"
        else WorkspaceForm.of(workspace, locale=locale)
    )
    if form.is_bound and form.is_valid():
        change_workspace(workspace.workspace_id, by=Actor.of(request), **form.cleaned_data)
        toast(request, _("The settings are saved."))
        return redirect(_PAGE, workspace_id=workspace.workspace_id)
    return _page(request, workspace, form=form)


@require_POST
@desk(Capability.CHANGE_WORKSPACE)
def retention(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Keep events longer at once; ask first before any are forgotten."""
    form = RetentionForm(request.POST, locale=request.reader.locale(workspace))
    if not form.is_valid():
        return _page(request, workspace, retention_form=form)
    days: int | None = form.cleaned_data["days"]
    if days is not None and days < (workspace.retention_days or days + 1):
        address = reverse("settings-forget", kwargs={"workspace_id": workspace.workspace_id, "days": days})
        return redirect(address)
    change_retention(workspace.workspace_id, days, by=Actor.of(request))
    toast(request, _("The settings are saved."))
    return redirect(_PAGE, workspace_id=workspace.workspace_id)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.CHANGE_WORKSPACE)
def forget(request: DeskRequest, workspace: Workspace, days: int) -> HttpResponseBase:
    """Ask for the workspace's name before events are forgotten; then keep only so many days."""
    checked = RetentionForm({"days": str(days)})
    if not checked.is_valid():
        return _page(request, workspace, retention_form=checked)
    locale = request.reader.locale(workspace)
    instant = timezone.now() - timedelta(days=days)
    count = events_before(workspace, instant)
    many = ngettext(
        "%(count)s event from before %(day)s will be forgotten within a minute.",
        "%(count)s events from before %(day)s will be forgotten within a minute.",
        count,
    )
    confirmation = Confirmation(
        title=filled(
            ngettext("Keep only %(count)s day of events?", "Keep only %(count)s days of events?", days),
            count=locale.number(days),
        ),
        sentences=(
            filled(many, count=locale.number(count), day=locale.date(instant))
            if count
            else filled(
                _("No event is older than %(day)s: none will be forgotten now."), day=locale.date(instant)
            ),
            _("From then on, each day, those that became too old. Forgotten events cannot be brought back."),
            _("To confirm, type the name of the workspace."),
        ),
        expected=workspace.name,
        submit=_("Forget older events"),
        back=reverse(_PAGE, kwargs={"workspace_id": workspace.workspace_id}),
    )
    if (asks := unconfirmed(request, confirmation)) is not None:
        return asks
    change_retention(workspace.workspace_id, days, by=Actor.of(request))
    toast(request, _("The settings are saved. Older events are being forgotten."))
    return redirect(confirmation.back)


@require_POST
@desk(Capability.CHANGE_WORKSPACE)
def two_factor(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Open the workspace only to members with a second factor, or to all again."""
    form = TwoFactorForm(request.POST)
    form.is_valid()
    require_two_factor(workspace.workspace_id, needed=form.cleaned_data["needed"], by=Actor.of(request))
    toast(request, _("The settings are saved."))
    return redirect(_PAGE, workspace_id=workspace.workspace_id)


def _page(
    request: DeskRequest,
    workspace: Workspace,
    *,
    form: WorkspaceForm | None = None,
    retention_form: RetentionForm | None = None,
) -> HttpResponse:
    locale = request.reader.locale(workspace)
    shown = {
        "desk": "settings",
        "tabs": settings_tabs(workspace.workspace_id, request.capabilities, _PAGE),
        "form": form or WorkspaceForm.of(workspace, locale=locale),
        "retention_form": retention_form
        or RetentionForm(initial={"days": workspace.retention_days}, locale=locale),
        "two_factor_form": TwoFactorForm(initial={"needed": needs_two_factor(workspace.workspace_id)}),
        "week_starts": filled(
            _("Weeks begin on %(day)s: they follow the calendar and the language of the workspace."),
            day=locale.weekday_name(_A_MONDAY + weekday_number(locale.week_starts)),
        ),
    }
    is_wrong = any(each is not None and each.is_bound for each in (form, retention_form))
    return render(request, "administration/workspace.html", shown, status=422 if is_wrong else 200)
