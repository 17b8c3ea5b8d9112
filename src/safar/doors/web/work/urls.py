"""Addresses of this desk, below ``/w/<workspace>/``."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("work", views.works, name="works"),
    path("work/<uuid:work_id>", views.piece, name="work-piece"),
    path("work/<uuid:work_id>/cancel", views.cancel, name="work-cancel"),
    path("work/<uuid:work_id>/retry", views.retry, name="work-retry"),
]
