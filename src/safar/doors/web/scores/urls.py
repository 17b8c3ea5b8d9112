"""Addresses below a workspace's."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("listen/scores", views.scores, name="scores"),
    path("listen/scores/one", views.score, name="score"),
    path("listen/scores/answers", views.answers, name="score-answers"),
]
