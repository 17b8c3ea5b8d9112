"""Addresses of this desk, below ``/w/<workspace>/``."""

from __future__ import annotations

from django.urls import path

from . import upload_views, views, wizard_views

urlpatterns = [
    path("imports", views.imports, name="imports"),
    path("imports/new", upload_views.new, name="import-new"),
    path("imports/sample.csv", upload_views.sample, name="import-sample"),
    path("imports/<slug:import_id>", views.one, name="import"),
    path("imports/<slug:import_id>/columns", wizard_views.columns, name="import-columns"),
    path("imports/<slug:import_id>/mapping", wizard_views.mapping, name="import-mapping"),
    path("imports/<slug:import_id>/mapping.toml", wizard_views.mapping_file, name="import-mapping-file"),
    path("imports/<slug:import_id>/template", wizard_views.template, name="import-template"),
    path("imports/<slug:import_id>/save", wizard_views.save, name="import-save"),
    path("imports/<slug:import_id>/trial", wizard_views.trial, name="import-trial"),
    path(
        "imports/<slug:import_id>/trial/rejects.csv", wizard_views.trial_rejected, name="import-trial-rejects"
    ),
    path("imports/<slug:import_id>/run", views.run, name="import-run"),
    path("imports/<slug:import_id>/rejects.csv", views.rejected, name="import-rejects"),
    path("imports/<slug:import_id>/undo", views.undo, name="import-undo"),
    path("imports/<slug:import_id>/discard", views.discard, name="import-discard"),
    path("imports/<slug:import_id>/file", views.remove_file, name="import-remove-file"),
]
