"""Addresses of the API, below ``/api/``."""

from __future__ import annotations

from django.urls import path, re_path

from . import views
from .door import API

urlpatterns = [
    path("", views.reference, name="api-reference"),
    path("openapi.json", views.openapi, name="api-openapi"),
    path("v1/", API.urls),
    re_path("^v1/(?P<rest>.*)$", views.unknown),
]
