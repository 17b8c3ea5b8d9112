"""Pages of members: the files that respondents sent."""

from __future__ import annotations

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.store.registry import Workspace

from .files import file_path, served_name
from .places import check_shows_single
from .queries import file_of, response_of


@require_safe
@desk(Capability.SEE_CUSTOMERS)
def response_file(request: DeskRequest, workspace: Workspace, sent_file_id: str) -> HttpResponseBase:
    """Give a file that a respondent sent, to save: no browser shows what a stranger made."""
    del request
    found = file_of(workspace, sent_file_id)
    path = file_path(workspace.workspace_id, sent_file_id)
    whole = None if found is None else response_of(workspace, found.response_id)
    if found is None or whole is None or not path.is_file():
        raise Http404
    check_shows_single(workspace, whole.survey_id)
    response = FileResponse(path.open("rb"), content_type=found.content_type)
    name = served_name(found.name, found.content_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
