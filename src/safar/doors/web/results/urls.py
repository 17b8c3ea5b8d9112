"""Addresses below a workspace's."""

from __future__ import annotations

from django.urls import path

from . import bring_views, making_views, views

urlpatterns = [
    path("listen/surveys/<slug:survey_id>/results", views.survey_results, name="survey-results"),
    path("listen/surveys/<slug:survey_id>/results.<str:form>", views.survey_file, name="survey-file"),
    path(
        "listen/surveys/<slug:survey_id>/files/<uuid:work_id>",
        making_views.made_file,
        name="survey-made-file",
    ),
    path(
        "listen/surveys/<slug:survey_id>/files/<uuid:work_id>/file",
        making_views.take_file,
        name="survey-take-file",
    ),
    path("listen/surveys/<slug:survey_id>/bring", bring_views.send_answers, name="survey-bring"),
    path(
        "listen/surveys/<slug:survey_id>/bring/<slug:file_id>",
        bring_views.plan_answers,
        name="survey-bring-plan",
    ),
    path("listen/surveys/<slug:survey_id>/responses", views.survey_responses, name="survey-responses"),
    path(
        "listen/surveys/<slug:survey_id>/responses/<slug:response_id>",
        views.survey_response,
        name="survey-response",
    ),
]
