"""Addresses of the desk Today, below a workspace."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [path("today", views.today, name="today")]
