"""Health of log and disk: a workspace's own, and the machine's."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.export import export_table
from safar.doors.web.design.table import sorted_table
from safar.doors.web.homes import current_home
from safar.doors.web.members.backend import MemberRequest
from safar.doors.web.members.guard import DeskRequest, administrator, desk
from safar.doors.web.members.policies import Capability
from safar.doors.web.work.page import work_card
from safar.doors.web.work.queries import latest_work
from safar.doors.web.work.services import start
from safar.store.registry import Workspace

from .backups import backups
from .health import machine
from .health_page import (
    backup_fact,
    check_report,
    disk_fact,
    log_facts,
    machine_facts,
    upkeep_fact,
    workspaces_table,
)
from .installation import installation_locale
from .jobs import check_home, check_log
from .queries import log_health
from .tabs import installation_tabs, settings_tabs
from .upkeep_failures import UPKEEP_FAILURES


@require_safe
@desk(Capability.SEE_HEALTH)
def workspace_health(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Show how the workspace's log stands, and what the last check of it found."""
    locale, now = request.reader.locale(workspace), timezone.now()
    health = log_health(workspace)
    disk = machine(current_home().folder)
    failure = UPKEEP_FAILURES.of(workspace.workspace_id)
    work = latest_work(workspace.workspace_id, kind=check_log.kind)
    shown = {
        "desk": "settings",
        "tabs": settings_tabs(workspace.workspace_id, request.capabilities, "settings-health"),
        "facts": (
            *log_facts(health, locale, now),
            disk_fact(disk.free_bytes, disk.disk_bytes, health.bytes_a_day, locale),
            upkeep_fact([failure] if failure else [], locale, now),
        ),
        "work": work,
        "report": check_report(work, locale, now),
    }
    return render(request, "administration/health.html", shown)


@require_POST
@desk(Capability.SEE_HEALTH)
def workspace_check(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Let the doctor look at the workspace's log, unless he is at it."""
    latest = latest_work(workspace.workspace_id, kind=check_log.kind)
    if latest is None or latest.has_ended:
        start(check_log, by=Actor.of(request), workspace_id=workspace.workspace_id)
    return redirect("settings-health", workspace_id=workspace.workspace_id)


@require_safe
@administrator
def installation(request: MemberRequest) -> HttpResponse:
    """Lead to the first page of the installation."""
    return redirect("installation-health")


@require_safe
@administrator
def installation_health(request: MemberRequest) -> HttpResponseBase:
    """Show how the machine and all logs stand, and what the last check found."""
    locale, now, home = installation_locale(request.reader), timezone.now(), current_home()
    logs = [(workspace, log_health(workspace)) for workspace in home.workspaces()]
    table = workspaces_table(logs, locale, now)
    table = sorted_table(table, request.GET.get("sort", ""))
    if request.GET.get("export"):
        return export_table(table, request.GET["export"], locale, request.reader.direction)
    found = machine(home.folder)
    failures = [UPKEEP_FAILURES.of(workspace.workspace_id) for workspace, _health in logs]
    growth = sum(health.bytes_a_day for _workspace, health in logs)
    work = latest_work("", kind=check_home.kind)
    shown = {
        "tabs": installation_tabs("installation-health"),
        "facts": (
            disk_fact(found.free_bytes, found.disk_bytes, growth, locale),
            backup_fact(backups(), locale, now),
            upkeep_fact([failure for failure in failures if failure], locale, now),
            *machine_facts(found, locale),
        ),
        "table": table,
        "work": work,
        "card": None if work is None else work_card(work, locale, may_steer=True),
        "report": check_report(work, locale, now),
    }
    return render(request, "administration/installation_health.html", shown)


@require_POST
@administrator
def installation_check(request: MemberRequest) -> HttpResponse:
    """Let the doctor look at the whole home, unless he is at it."""
    latest = latest_work("", kind=check_home.kind)
    if latest is None or latest.has_ended:
        start(check_home, by=Actor.of(request))
    return redirect("installation-health")
