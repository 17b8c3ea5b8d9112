"""Backups of the installation: made, checked, taken away, deleted, planned."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.design.confirm import Confirmation, unconfirmed
from safar.doors.web.design.export import export_table
from safar.doors.web.design.parts import Crumb
from safar.doors.web.design.table import sorted_table
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.homes import current_home
from safar.doors.web.members.backend import MemberRequest
from safar.doors.web.members.guard import administrator
from safar.doors.web.work import services as work
from safar.doors.web.work.page import WorkCard, work_card
from safar.doors.web.work.queries import WorkFacts, latest_work, work_of

from .backups import (
    BackupFacts,
    UnknownBackup,
    backup_folder,
    backups,
    backups_folder,
    delete_backup,
    tar_bytes,
    tar_stream,
)
from .backups_page import backups_table, restore_command, verdict_of
from .forms import BackupPlanForm
from .health_page import backup_fact
from .installation import installation_locale
from .jobs import make_backup, verify_backup
from .models import BackupPlan
from .services import change_backup_plan
from .tabs import installation_tabs

_PAGE = "installation-backups"


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def backups_page(request: MemberRequest) -> HttpResponseBase:
    """List the backups; change the plan of daily ones."""
    locale, plan = installation_locale(request.reader), BackupPlan.objects.first() or BackupPlan()
    form = BackupPlanForm(
        request.POST if request.method == "POST" else None,
        initial={"is_daily": plan.is_daily, "keep": plan.keep},
        locale=locale,
    )
    if form.is_bound and form.is_valid():
        change_backup_plan(by=Actor.of(request), **form.cleaned_data)
        toast(request, _("The plan is saved."))
        return redirect(_PAGE)
    found = backups()
    table = backups_table(found, locale, can_export=True)
    table = sorted_table(table, request.GET.get("sort", ""))
    if request.GET.get("export") and not form.is_bound:
        return export_table(table, request.GET["export"], locale, request.reader.direction)
    latest = latest_work("", kind=make_backup.kind)
    shown = {
        "tabs": installation_tabs(_PAGE),
        "form": form,
        "table": table,
        "last": backup_fact(found, locale, timezone.now()),
        "folder": str(backups_folder()),
        "work": latest,
        "card": _card(latest, request),
    }
    return render(request, "administration/backups.html", shown, status=422 if form.is_bound else 200)


@require_POST
@administrator
def backup_make(request: MemberRequest) -> HttpResponse:
    """Begin a backup, unless one is being made."""
    latest = latest_work("", kind=make_backup.kind)
    if latest is None or latest.has_ended:
        work.start(make_backup, by=Actor.of(request), member_id=request.user.pk)
    return redirect(_PAGE)


@require_safe
@administrator
def backup(request: MemberRequest, name: str) -> HttpResponse:
    """Show one backup: what it holds, how it is restored, what a check found."""
    found = _found(name)
    locale = installation_locale(request.reader)
    latest = latest_work("", kind=verify_backup.kind)
    is_its_own = latest is not None and latest.title == name
    shown = {
        "tabs": installation_tabs(_PAGE),
        "crumbs": (Crumb(_("Backups"), reverse(_PAGE)),),
        "backup": found,
        "table": backups_table([found], locale),
        "verdict": verdict_of(latest, name, locale),
        "work": latest if is_its_own else None,
        "card": _card(latest, request) if is_its_own else None,
        "command": restore_command(backup_folder(name), Path(current_home().folder)),
    }
    return render(request, "administration/backup.html", shown)


@require_POST
@administrator
def backup_verify(request: MemberRequest, name: str) -> HttpResponse:
    """Begin to compare every file with its list."""
    found = _found(name)
    latest = latest_work("", kind=verify_backup.kind)
    if latest is None or latest.has_ended:
        work.start(verify_backup, by=Actor.of(request), title=found.name, name=found.name)
    else:
        toast(request, _("Another backup is being checked. Wait until that has ended."), "warn")
    return redirect("installation-backup", name=found.name)


@require_POST
@administrator
def backup_download(request: MemberRequest, name: str) -> HttpResponseBase:
    """Send a backup as one tar file while it is read."""
    found = _found(name)
    if found.error_code:
        raise Http404
    record(Actor.of(request), "backup.downloaded", target=found.name)
    response = StreamingHttpResponse(tar_stream(found.name), content_type="application/x-tar")
    response.headers["Content-Length"] = str(tar_bytes(found.name))
    response.headers["Content-Disposition"] = str(
        content_disposition_header(as_attachment=True, filename=f"{found.name}.tar")
    )
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def backup_delete(request: MemberRequest, name: str) -> HttpResponseBase:
    """Ask for the backup's name, then delete it."""
    found = _found(name)
    confirmation = Confirmation(
        title=_("Delete this backup?"),
        sentences=(
            _("It is deleted from the folder at once and cannot be brought back."),
            _("To confirm, type the name of its folder."),
        ),
        expected=found.name,
        submit=_("Delete the backup"),
        back=reverse("installation-backup", kwargs={"name": found.name}),
    )
    if (asks := unconfirmed(request, confirmation)) is not None:
        return asks
    with transaction.atomic():
        record(Actor.of(request), "backup.deleted", target=found.name)
        delete_backup(found.name)
    toast(request, filled(_("The backup %(name)s is deleted."), name=found.name))
    return redirect(_PAGE)


@require_safe
@administrator
def installation_work(request: MemberRequest, work_id: UUID) -> HttpResponse:
    """Show how far a piece of the installation's work is: a part that follows itself until it has ended."""
    found = work_of(work_id, "")
    if found is None:
        raise Http404
    if request.headers.get("HX-Request-Type") != "partial":
        return redirect("installation")
    response = render(
        request, "administration/installation_work.html", {"work": found, "card": _card(found, request)}
    )
    if found.has_ended:
        response.headers["HX-Refresh"] = "true"
    return response


@require_POST
@administrator
def installation_work_cancel(request: MemberRequest, work_id: UUID) -> HttpResponse:
    """Let a piece of the installation's work end."""
    work.cancel(work_id, by=Actor.of(request))
    toast(request, _("It will end at the next safe moment."), "info")
    return redirect("installation")


def _card(found: WorkFacts | None, request: MemberRequest) -> WorkCard | None:
    return None if found is None else work_card(found, installation_locale(request.reader), may_steer=True)


def _found(name: str) -> BackupFacts:
    try:
        folder = backup_folder(name)
    except UnknownBackup as error:
        raise Http404 from error
    return next(each for each in backups() if each.name == folder.name)
