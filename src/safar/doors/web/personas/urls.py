"""Addresses of personas, below a workspace."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("customers/personas", views.personas, name="personas"),
    path("customers/personas/new", views.describe, name="persona-new"),
    path("customers/personas/drafts", views.drafts, name="persona-drafts"),
    path("customers/personas/drafts/<slug:run_id>", views.run, name="persona-run"),
    path("customers/personas/<slug:public_id>", views.persona, name="persona"),
    path("customers/personas/<slug:public_id>/edit", views.edit, name="persona-edit"),
    path("customers/personas/<slug:public_id>/picture", views.picture, name="persona-picture"),
    path("customers/personas/<slug:public_id>/quote", views.quote, name="persona-quote"),
    path(
        "customers/personas/<slug:public_id>/quotes/<int:quote_id>/away",
        views.unquote,
        name="persona-unquote",
    ),
    path("customers/personas/<slug:public_id>/portrait", views.take_portrait, name="persona-portrait"),
    path("customers/personas/<slug:public_id>/away", views.put_away, name="persona-away"),
]
