"""Every address of the people's door."""

from __future__ import annotations

from django.urls import include, path

from .design.failures import bad_request, forbidden, not_found, server_error
from .today.views import front

handler400 = bad_request
handler403 = forbidden
handler404 = not_found
handler500 = server_error

urlpatterns = [
    path("", front, name="front"),
    path("", include("safar.doors.web.members.urls")),
    path("", include("safar.doors.web.design.urls")),
    path("api/", include("safar.doors.web.api.urls")),
    path("", include("safar.doors.web.administration.installation_urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.today.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.customers.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.events.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.imports.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.work.urls")),
    path("w/<slug:workspace_id>/", include("safar.doors.web.administration.urls")),
]
