"""Every address of the people's door."""

from __future__ import annotations

from django.urls import include, path

from .design.failures import bad_request, forbidden, not_found, server_error
from .inviting.views import stop
from .inviting.widgets import widgets
from .living.export_views import shared
from .today.views import front

handler400 = bad_request
handler403 = forbidden
handler404 = not_found
handler500 = server_error

urlpatterns = [
    # First, for they are asked for most.
    path("s/widgets.json", widgets, name="survey-widgets"),
    path("s/<str:token>/stop", stop, name="ask-no-more"),
    path("s/", include("safar.doors.web.answering.public_urls")),
    path("", front, name="front"),
    path("", include("safar.doors.web.members.urls")),
    path("", include("safar.doors.web.design.urls")),
    path("m/<str:token>", shared, name="shared-map"),
    path("api/", include("safar.doors.web.api.urls")),
    path("", include("safar.doors.web.administration.installation_urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.today.urls")),
    # Before those of the journeys, which take any name for a kind of question.
    path("w/<slug:workspace_id>/", include("safar.doors.web.maps.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.living.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.journeys.urls")),
    # Before those of Value, which take any name for a kind of question.
    path("w/<slug:workspace_id>/", include("safar.doors.web.offering.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.estimates.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.value.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.segments.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.personas.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.customers.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.surveys.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.answering.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.inviting.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.results.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.scores.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.comments.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.cases.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.hooks.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.events.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.imports.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.work.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.administration.urls")),
]
