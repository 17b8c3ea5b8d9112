"""Addresses of next best actions, below the desk Value of a workspace."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("value/actions", views.actions, name="actions"),
    path("value/actions/new", views.describe, name="action-new"),
    path("value/actions/choosing", views.choosing, name="actions-choosing"),
    path("value/actions/<slug:public_id>", views.edit, name="action"),
    path("value/actions/<slug:public_id>/turn", views.turn, name="action-turn"),
]
