"""Addresses of the desk Journeys, below a workspace."""

from __future__ import annotations

from django.urls import path

from . import saved_views, views

urlpatterns = [
    path("journeys", views.journeys, name="journeys"),
    path("journeys/saved", saved_views.saved, name="journeys-saved"),
    path("journeys/saved/new", saved_views.save, name="journeys-save"),
    path("journeys/saved/score", saved_views.watch_score, name="journeys-watch-score"),
    path("journeys/saved/<int:saved_id>", saved_views.saved_one, name="journeys-saved-one"),
    path("journeys/saved/<int:saved_id>/edit", saved_views.edit, name="journeys-saved-edit"),
    path("journeys/saved/<int:saved_id>/delete", saved_views.delete, name="journeys-saved-delete"),
    path("journeys/saved/<int:saved_id>/do/<slug:act>", saved_views.act, name="journeys-saved-act"),
    path("journeys/alerts/<int:alert_id>", saved_views.acknowledge, name="journeys-alert"),
    path("journeys/<slug:kind>", views.explore, name="journeys-kind"),
    path("journeys/<slug:kind>/behind", views.behind, name="journeys-behind"),
]
