"""Addresses of the app, below a workspace."""

from __future__ import annotations

from django.urls import path

from . import export_views, views

urlpatterns = [
    path("journeys/maps/<slug:map_id>", views.sheet, name="living-map"),
    path("journeys/maps/<slug:map_id>/export.<slug:form>", export_views.export_map, name="living-export"),
    path("journeys/maps/<slug:map_id>/panel", views.panel, name="living-panel"),
    path("journeys/maps/<slug:map_id>/behind", views.behind, name="living-behind"),
    path("journeys/maps/<slug:map_id>/thread", views.thread, name="living-thread"),
    path("journeys/maps/<slug:map_id>/add", views.add, name="living-add"),
    path("journeys/maps/<slug:map_id>/undo-add", views.undo, name="living-undo"),
]
