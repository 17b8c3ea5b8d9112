"""Addresses below a workspace's."""

from __future__ import annotations

from django.urls import path

from . import member_views

urlpatterns = [
    path("listen/files/<str:sent_file_id>", member_views.response_file, name="response-file"),
]
