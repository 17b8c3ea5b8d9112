"""Addresses of this desk, below ``/w/<workspace>/``."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
