"""The kiosk: one page that holds the survey, asks one respondent after the other, and sends when there is a line."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_POST, require_safe

from safar.doors.web.design.static_files import static_files

from .interface import chosen_language, tongue
from .keeping import AnswersNotKept
from .kiosk_page import IDLE_SECONDS, LEAST_IDLE, MOST_IDLE, KioskPage, logic, spoken
from .page import piped_name
from .places import NowhereToAnswer, Place, survey_at
from .views import at_place, closed_page, too_many, with_policy
from .visitors import seconds_to_wait
from .whole import WholeResponse, keep_whole

_WORKER = "js/kiosk_worker.js"
_KINDS = frozenset({"kiosk", "test"})
_SECONDS = re.compile(r"\d{1,6}")


class _Waiting(msgspec.Struct, forbid_unknown_fields=True):
    """A response as a kiosk kept it: instants in seconds since 1970, and which version was asked (0: not said)."""

    name: str
    language: str
    started_at: float
    ended_at: float
    controls: dict[str, list[str]]
    version: int = 0


@at_place
@require_safe
def kiosk(request: HttpRequest, place: Place) -> HttpResponseBase:
    """Show the kiosk of a survey."""
    language = chosen_language(place.survey, request, wanted=(request.GET.get("lang", ""), place.language))
    if place.kind not in _KINDS:
        raise NowhereToAnswer("The link is none of a kiosk.", hint="Make a link for a kiosk.")
    if place.over:
        return closed_page(place, language, place.over)
    named = {"token": place.token}
    page = KioskPage(
        tongue=tongue(language),
        title=piped_name(place.survey, language),
        company=place.workspace.name,
        spoken=tuple(
            spoken(
                place,
                each,
                lambda picture_id: reverse("answer-picture", kwargs={**named, "picture_id": picture_id}),
            )
            for each in place.survey.languages
        ),
        logic=logic(place.survey),
        action=reverse("kiosk-responses", kwargs=named),
        worker=reverse("kiosk-worker", kwargs=named),
        scope=reverse("kiosk", kwargs=named),
        idle=_idle(request.GET.get("idle", "")),
        is_test=place.is_test,
        version=place.version,
    )
    with translation.override(tongue(language).interface):
        answer = HttpResponse(render_to_string("answering/kiosk.html", {"page": page}))
    return with_policy(answer, None, language)


@at_place
@require_safe
def worker(request: HttpRequest, place: Place) -> HttpResponseBase:
    """Give the program that keeps the kiosk's page in the browser while there is no line."""
    _, files = static_files()
    answer = HttpResponse(files[_WORKER].plain, content_type="text/javascript; charset=utf-8")
    answer.headers["Service-Worker-Allowed"] = reverse("kiosk", kwargs={"token": place.token})
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@at_place
@require_POST
def responses(request: HttpRequest, place: Place) -> HttpResponseBase:
    """Take a response that a kiosk has kept; sent again, it is the same one.

    A survey that was closed or published anew meanwhile takes what was answered before, as it was asked then.
    """
    if place.kind not in _KINDS:
        raise NowhereToAnswer("The link is none of a kiosk.", hint="Make a link for a kiosk.")
    seconds = seconds_to_wait(request, place.link)
    if seconds:
        return too_many(seconds)
    try:
        waiting = msgspec.json.decode(request.body, type=_Waiting)
        started, ended = (_instant(each) for each in (waiting.started_at, waiting.ended_at))
    except (msgspec.MsgspecError, ValueError, OverflowError, OSError):
        return JsonResponse({"state": "unreadable"}, status=400)
    if waiting.version and waiting.version != place.version:
        place = replace(place, survey=survey_at(place, waiting.version), version=waiting.version)
    given = WholeResponse(
        name=waiting.name[:100],
        language=waiting.language,
        controls=waiting.controls,
        started_at=started,
        ended_at=ended,
    )
    try:
        moved = keep_whole(place, given, takes_parts=True)
    except AnswersNotKept:  # the kiosk has it still
        return JsonResponse({"state": "later"}, status=503)
    told: dict[str, Any] = {"state": moved.row.state}
    return JsonResponse(told)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _idle(text: str) -> int:
    return min(max(int(text), LEAST_IDLE), MOST_IDLE) if _SECONDS.fullmatch(text) else IDLE_SECONDS
