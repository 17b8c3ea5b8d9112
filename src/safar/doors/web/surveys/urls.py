"""Addresses below a workspace's."""

from __future__ import annotations

from django.urls import path

from . import views, views_builder, views_kept

urlpatterns = [
    path("listen/surveys", views.surveys, name="surveys"),
    path("listen/surveys/asking", views.asking, name="survey-asking"),
    path("listen/surveys/new", views.new, name="survey-new"),
    path("listen/surveys/templates/<slug:key>", views.template_preview, name="survey-template"),
    path("listen/surveys/<slug:survey_id>", views_builder.survey, name="survey"),
    path("listen/surveys/<slug:survey_id>/edit", views_builder.edit, name="survey-edit"),
    path("listen/surveys/<slug:survey_id>/preview", views_builder.preview, name="survey-preview"),
    path("listen/surveys/<slug:survey_id>/try", views_builder.try_out, name="survey-try"),
    path(
        "listen/surveys/<slug:survey_id>/pictures/<slug:picture_id>",
        views_builder.picture,
        name="survey-picture",
    ),
    path("listen/surveys/<slug:survey_id>/translation", views_kept.translation, name="survey-translation"),
    path(
        "listen/surveys/<slug:survey_id>/translation.csv",
        views_kept.translation_file,
        name="survey-translation-file",
    ),
    path("listen/surveys/<slug:survey_id>/survey.json", views_kept.definition, name="survey-definition"),
    path("listen/surveys/<slug:survey_id>/publish", views_kept.publish, name="survey-publish"),
    path("listen/surveys/<slug:survey_id>/versions", views_kept.versions, name="survey-versions"),
    path("listen/surveys/<slug:survey_id>/state", views_kept.turn, name="survey-state"),
]
