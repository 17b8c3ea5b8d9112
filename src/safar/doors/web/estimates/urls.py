"""Addresses of estimates, below a workspace: before those of the desk Value, which take any name for a question."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("value/estimates", views.estimates, name="estimates"),
    path("value/estimates/new", views.keep, name="estimate-new"),
    path("value/estimates/<slug:public_id>", views.estimate, name="estimate"),
    path("value/estimates/<slug:public_id>/delete", views.delete, name="estimate-delete"),
]
