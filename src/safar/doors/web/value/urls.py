"""Addresses of the desk Value, below a workspace."""

from __future__ import annotations

from django.urls import path

from safar.doors.web.journeys import saved_views
from safar.doors.web.journeys import views as questions

from . import views

_DESK = {"desk": "value"}

urlpatterns = [
    path("value", views.value, name="value"),
    path("value/saved", saved_views.saved, _DESK, name="value-saved"),
    path("value/<slug:kind>", questions.explore, _DESK, name="value-kind"),
    path("value/<slug:kind>/behind", questions.behind, _DESK, name="value-behind"),
]
