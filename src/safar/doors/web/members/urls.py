"""Addresses of signing in and out, of joining, and of one's own account."""

from __future__ import annotations

from django.urls import path

from . import account_views, joining, views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/code", views.sign_in_code, name="sign-in-code"),
    path("sign-in/<str:token>", views.sign_in_link, name="sign-in-link"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("forgotten", views.forgotten, name="forgotten"),
    path("reset/<str:token>", views.reset, name="reset"),
    path("reading", views.reading, name="reading"),
    path("welcome/<str:token>", joining.welcome, name="welcome"),
    path("invitation/<str:token>", joining.invitation, name="invitation"),
    path("me", account_views.me, name="me"),
    path("me/example", account_views.me_example, name="me-example"),
    path("me/password", account_views.me_password, name="me-password"),
    path("me/confirm", account_views.me_confirm, name="me-confirm"),
    path("me/two-factor", account_views.me_two_factor, name="me-two-factor"),
    path("me/two-factor/key.svg", account_views.me_two_factor_key, name="me-two-factor-key"),
    path("me/two-factor/recovery-codes", account_views.me_recovery_codes, name="me-recovery-codes"),
    path("me/sessions", account_views.me_sessions, name="me-sessions"),
    path("me/tokens", account_views.me_tokens, name="me-tokens"),
    path("me/tokens/<int:token_id>/end", account_views.me_token_end, name="me-token-end"),
    path("me/workspaces", account_views.me_workspaces, name="me-workspaces"),
    path("me/workspaces/<slug:workspace_id>/leave", account_views.me_leave, name="me-leave"),
]
