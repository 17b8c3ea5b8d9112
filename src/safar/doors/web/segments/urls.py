"""Addresses of segments, below a workspace."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("customers/segments", views.segments, name="segments"),
    path("customers/segments/new", views.new, name="segment-new"),
    path("customers/segments/preview", views.preview, name="segment-preview"),
    path("customers/segments/<slug:public_id>", views.segment, name="segment"),
    path("customers/segments/<slug:public_id>/edit", views.edit, name="segment-edit"),
    path("customers/segments/<slug:public_id>/archive", views.archive, name="segment-archive"),
]
