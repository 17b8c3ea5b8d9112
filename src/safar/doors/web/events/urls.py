"""Addresses of the desk Events, below a workspace."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("events", views.events, name="events"),
    path("events/event", views.event, name="event"),
]
