"""Addresses below a workspace's."""

from __future__ import annotations

from django.urls import path

from . import views, widget_views

urlpatterns = [
    path("listen/contact", views.contact_budget, name="contact-budget"),
    path("listen/surveys/<slug:survey_id>/ask", views.ask, name="survey-ask"),
    path("listen/surveys/<slug:survey_id>/ask/links", views.new_link, name="survey-link-new"),
    path("listen/surveys/<slug:survey_id>/ask/links/<slug:token>", views.link, name="survey-link"),
    path("listen/surveys/<slug:survey_id>/ask/links/<slug:token>.<str:form>", views.qr, name="survey-qr"),
    path(
        "listen/surveys/<slug:survey_id>/ask/links/<slug:token>/appears",
        widget_views.settings,
        name="survey-widget",
    ),
    path("listen/surveys/<slug:survey_id>/ask/new", views.new_round, name="survey-round-new"),
    path(
        "listen/surveys/<slug:survey_id>/ask/new/foreseen", views.round_foreseen, name="survey-round-foreseen"
    ),
    path("listen/surveys/<slug:survey_id>/ask/<slug:round_id>", views.one_round, name="survey-round"),
]
