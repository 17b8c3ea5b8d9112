"""Addresses of the settings, below ``/w/<workspace>/``."""

from __future__ import annotations

from django.urls import path

from . import changes_views, health_views, keys_views, members_views, workspace_views

urlpatterns = [
    path("settings", workspace_views.settings, name="settings"),
    path("settings/workspace", workspace_views.workspace_settings, name="settings-workspace"),
    path("settings/workspace/retention", workspace_views.retention, name="settings-retention"),
    path("settings/workspace/forget/<int:days>", workspace_views.forget, name="settings-forget"),
    path("settings/workspace/two-factor", workspace_views.two_factor, name="settings-two-factor"),
    path("settings/members", members_views.members, name="settings-members"),
    path("settings/members/<slug:member>", members_views.member, name="settings-member"),
    path("settings/members/<slug:member>/remove", members_views.member_remove, name="settings-member-remove"),
    path("settings/members/<slug:member>/reset", members_views.member_reset, name="settings-member-reset"),
    path(
        "settings/invitations/<int:invitation_id>/again",
        members_views.invitation_again,
        name="settings-invitation-again",
    ),
    path(
        "settings/invitations/<int:invitation_id>/withdraw",
        members_views.invitation_withdraw,
        name="settings-invitation-withdraw",
    ),
    path("settings/keys", keys_views.keys, name="settings-keys"),
    path("settings/keys/<slug:key_id>", keys_views.key, name="settings-key"),
    path("settings/keys/<slug:key_id>/arrived", keys_views.key_arrived, name="settings-key-arrived"),
    path("settings/keys/<slug:key_id>/revoke", keys_views.key_revoke, name="settings-key-revoke"),
    path("settings/changes", changes_views.workspace_changes, name="settings-changes"),
    path("settings/health", health_views.workspace_health, name="settings-health"),
    path("settings/health/check", health_views.workspace_check, name="settings-check"),
]
