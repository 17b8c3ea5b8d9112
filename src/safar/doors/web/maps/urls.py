"""Addresses of the app, below a workspace."""

from __future__ import annotations

from django.urls import path

from . import views_edit, views_list, views_more, views_proposals

_MAP = "journeys/maps/<slug:map_id>"

urlpatterns = [
    path("journeys/maps", views_list.maps, name="maps"),
    path("journeys/maps/new", views_list.new, name="map-new"),
    path(f"{_MAP}/duplicate", views_list.duplicate, name="map-duplicate"),
    path(f"{_MAP}/archive", views_list.archive, name="map-archive"),
    path(f"{_MAP}/edit", views_edit.edit, name="map-edit"),
    path(f"{_MAP}/edit/do", views_edit.do, name="map-do"),
    path(f"{_MAP}/edits", views_edit.edits, name="map-edits"),
    path(f"{_MAP}/undo", views_edit.undo, name="map-undo"),
    path(f"{_MAP}/redo", views_edit.redo, name="map-redo"),
    path(f"{_MAP}/settle", views_edit.settle, name="map-settle"),
    path(f"{_MAP}/proposals", views_proposals.proposals, name="map-proposals"),
    path(f"{_MAP}/rule", views_edit.rule, name="map-rule"),
    path(f"{_MAP}/comments", views_more.comments, name="map-comments"),
    path(f"{_MAP}/versions", views_more.versions, name="map-versions"),
    path(f"{_MAP}/versions/<int:snapshot_id>", views_more.version, name="map-version"),
    path(f"{_MAP}/versions/<int:snapshot_id>/restore", views_more.restore, name="map-restore"),
    path(f"{_MAP}/settings", views_more.settings, name="map-settings"),
    path(f"{_MAP}/shares", views_more.shares, name="map-shares"),
    path(f"{_MAP}/shares/<slug:share_id>/withdraw", views_more.unshare, name="map-unshare"),
    path(f"{_MAP}/files", views_more.attach, name="map-attach"),
    path(f"{_MAP}/files/<slug:file_id>", views_more.file, name="map-file"),
]
