"""Addresses of webhooks, below a workspace's settings."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("settings/webhooks", views.webhooks, name="settings-webhooks"),
    path("settings/webhooks/<slug:webhook_id>", views.webhook, name="settings-webhook"),
    path("settings/webhooks/<slug:webhook_id>/do", views.do, name="settings-webhook-do"),
    path("settings/webhooks/<slug:webhook_id>/remove", views.remove, name="settings-webhook-remove"),
]
