"""Addresses of respondents."""

from __future__ import annotations

from django.urls import path

from . import kiosk_views, views

urlpatterns = [
    path("<str:token>", views.survey, name="answer"),
    path("<str:token>/picture/<str:picture_id>", views.picture, name="answer-picture"),
    path("<str:token>/kiosk", kiosk_views.kiosk, name="kiosk"),
    path("<str:token>/kiosk/worker.js", kiosk_views.worker, name="kiosk-worker"),
    path("<str:token>/kiosk/responses", kiosk_views.responses, name="kiosk-responses"),
    path("<str:token>/<str:public_id>", views.response, name="answer-response"),
]
