"""Addresses of the installation, below ``/installation``."""

from __future__ import annotations

from django.urls import path

from . import backups_views, changes_views, health_views, workspaces_views

urlpatterns = [
    path("installation", health_views.installation, name="installation"),
    path("installation/health", health_views.installation_health, name="installation-health"),
    path("installation/health/check", health_views.installation_check, name="installation-check"),
    path("installation/backups", backups_views.backups_page, name="installation-backups"),
    path("installation/backups/make", backups_views.backup_make, name="installation-backup-make"),
    path("installation/backups/<slug:name>", backups_views.backup, name="installation-backup"),
    path(
        "installation/backups/<slug:name>/verify",
        backups_views.backup_verify,
        name="installation-backup-verify",
    ),
    path(
        "installation/backups/<slug:name>/download",
        backups_views.backup_download,
        name="installation-backup-download",
    ),
    path(
        "installation/backups/<slug:name>/delete",
        backups_views.backup_delete,
        name="installation-backup-delete",
    ),
    path("installation/workspaces", workspaces_views.workspaces, name="installation-workspaces"),
    path("installation/changes", changes_views.installation_changes, name="installation-changes"),
    path("installation/work/<uuid:work_id>", backups_views.installation_work, name="installation-work"),
    path(
        "installation/work/<uuid:work_id>/cancel",
        backups_views.installation_work_cancel,
        name="installation-work-cancel",
    ),
]
