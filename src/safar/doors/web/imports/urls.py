"""Addresses of this desk, below ``/w/<workspace>/``."""

from __future__ import annotations

from django.urls import path

from . import upload_views, views

urlpatterns = [
    path("imports", views.imports, name="imports"),
    path("imports/new", upload_views.new, name="import-new"),
    path("imports/sample.csv", upload_views.sample, name="import-sample"),
    path("imports/<slug:import_id>", views.one, name="import"),
    path("imports/<slug:import_id>/columns", views.columns, name="import-columns"),
    path("imports/<slug:import_id>/mapping", views.mapping, name="import-mapping"),
    path("imports/<slug:import_id>/mapping.toml", views.mapping_file, name="import-mapping-file"),
    path("imports/<slug:import_id>/template", views.template, name="import-template"),
    path("imports/<slug:import_id>/save", views.save, name="import-save"),
    path("imports/<slug:import_id>/trial", views.trial, name="import-trial"),
    path("imports/<slug:import_id>/trial/rejects.csv", views.trial_rejected, name="import-trial-rejects"),
    path("imports/<slug:import_id>/run", views.run, name="import-run"),
    path("imports/<slug:import_id>/rejects.csv", views.rejected, name="import-rejects"),
    path("imports/<slug:import_id>/undo", views.undo, name="import-undo"),
    path("imports/<slug:import_id>/discard", views.discard, name="import-discard"),
    path("imports/<slug:import_id>/file", views.remove_file, name="import-remove-file"),
]
