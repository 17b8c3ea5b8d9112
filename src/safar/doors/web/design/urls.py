"""Addresses of what all pages share."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("design", views.style_guide, name="design"),
    path("design/confirm", views.confirm_example, name="design-confirm"),
    path("design/undo", views.undo_example, name="design-undo"),
    path("design/calendar", views.calendar, name="design-calendar"),
    path("design/day", views.day, name="design-day"),
]
