"""What takes longer than a reader waits: counting very many responses, and files of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.words import filled
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.doors.web.surveys.frame import frame
from safar.doors.web.surveys.queries import OpenSurvey, Published, survey_of
from safar.doors.web.work.queries import WorkFacts, work_of
from safar.doors.web.work.services import start
from safar.maps.anatomy import said
from safar.show.locale import Locale
from safar.store.registry import Workspace

from . import files, made_files
from .jobs import begin_file, count, make_file
from .queries import BeingCounted

_MOST_REMEMBERED: Final = 256
#: Work that counts, by workspace and survey: who looks in meanwhile follows it as well.
_underway: dict[tuple[str, str], str] = {}
_lock: Final = threading.Lock()


def being_counted(
    request: DeskRequest, workspace: Workspace, survey: OpenSurvey, found: BeingCounted
) -> HttpResponse:
    """Show how far counting is; its page shows the results once it has ended."""
    locale = request.reader.locale(workspace)

    def begin() -> str:
        title = said(survey.draft.name, workspace.language, *survey.draft.languages) or survey.draft.key
        by, place = Actor.of(request), workspace.workspace_id
        return str(start(count, by=by, workspace_id=place, title=title, survey_id=survey.public_id).work_id)

    shown = {
        "title": _("These answers are being counted"),
        "about": filled(
            _(
                "%(counted)s of %(of)s responses are counted. The results appear here;"
                " later looks count new responses alone."
            ),
            counted=locale.number(found.counted),
            of=locale.number(found.of),
        ),
        "frame": frame(request, workspace, survey, "results"),
        "work": _followed(workspace, survey.public_id, begin),
        "address": request.get_full_path(),
        "desk": "listen",
    }
    return render(request, "results/being_made.html", shown)


def begun_file(
    request: DeskRequest, workspace: Workspace, published: Published, asked: files.FileAsked, locale: Locale
) -> HttpResponseRedirect:
    """Begin to write a file, and lead to the page that offers it."""
    work_id = begin_file(workspace, published, asked, locale, by=Actor.of(request))
    return redirect("survey-made-file", workspace.workspace_id, published.public_id, work_id)


@require_safe
@desk(Capability.EXPORT)
def made_file(request: DeskRequest, workspace: Workspace, survey_id: str, work_id: UUID) -> HttpResponse:
    """Show how far a file is, and offer it once it is written."""
    survey, work = _of_file(request, workspace, survey_id, work_id)
    title = _("The file is being written")
    about = _("You may leave this page: the file waits here for a day, and among your background work.")
    address = ""
    if work.result and made_files.is_there(workspace, str(work.result.get("file_id", ""))):
        title, about = _("The file is ready"), _("It waits here for a day.")
        address = reverse("survey-take-file", kwargs=_named(workspace, survey_id) | {"work_id": work_id})
    elif work.has_ended:
        title, about = _("There is no file here"), _("Ask for it again on the page of the results.")
    shown = {
        "title": title,
        "about": about,
        "frame": frame(request, workspace, survey, "results"),
        "work": work,
        "address": request.path,
        "file": address,
        "back": results_href(workspace, survey_id),
        "desk": "listen",
    }
    return render(request, "results/being_made.html", shown)


@require_safe
@desk(Capability.EXPORT)
def take_file(request: DeskRequest, workspace: Workspace, survey_id: str, work_id: UUID) -> FileResponse:
    """Give a file that was written in the background."""
    _survey, work = _of_file(request, workspace, survey_id, work_id)
    told: dict[str, Any] = dict(work.result or {})
    found = made_files.opened(workspace, str(told.get("file_id", "")))
    if found is None:
        raise Http404
    return FileResponse(found, as_attachment=True, filename=str(told["name"]))


def check_cell(workspace: Workspace, survey_id: str) -> None:
    """Refuse to show single responses of a survey that promises not to: nobody may be recognised."""
    if files.keeps_to_itself(workspace, survey_id):
        raise PermissionDenied(_("This survey promises that single responses are shown to nobody."))


def results_href(workspace: Workspace, survey_id: str) -> str:
    """Return the address of a survey's results."""
    return reverse("survey-results", kwargs=_named(workspace, survey_id))


def _of_file(
    request: DeskRequest, workspace: Workspace, survey_id: str, work_id: UUID
) -> tuple[OpenSurvey, WorkFacts]:
    survey, work = survey_of(workspace, survey_id), work_of(work_id, workspace.workspace_id)
    if survey is None or work is None or work.kind != make_file.kind:
        raise Http404
    if work.result and work.result.get("survey_id") != survey_id:
        raise Http404
    if Capability.SEE_CUSTOMERS not in request.capabilities:
        raise PermissionDenied
    check_cell(workspace, survey_id)
    return survey, work


def _followed(workspace: Workspace, survey_id: str, begin: Callable[[], str]) -> WorkFacts:
    """Return the work that counts a survey; begin it unless it is under way, or has failed just now."""
    place = (workspace.workspace_id, survey_id)
    with _lock:
        work_id = _underway.get(place)
    known = work_of(work_id, workspace.workspace_id) if work_id else None
    if known is not None and known.status not in {"succeeded", "cancelled"}:
        return known
    work_id = begin()
    with _lock:
        _underway[place] = work_id
        while len(_underway) > _MOST_REMEMBERED:
            del _underway[next(iter(_underway))]
    found = work_of(work_id, workspace.workspace_id)
    assert found is not None
    return found


def _named(workspace: Workspace, survey_id: str) -> dict[str, Any]:
    return {"workspace_id": workspace.workspace_id, "survey_id": survey_id}
