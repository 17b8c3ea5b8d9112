"""Surveys on pages of a site: which may appear there, told to the script that shows them."""

from __future__ import annotations

import re
from typing import Any, Final

from django.http import HttpRequest, JsonResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from safar.doors.web.answering.interface import tongue
from safar.doors.web.homes import current_home
from safar.doors.web.members.guard import public
from safar.doors.web.segments.queries import memberships_of
from safar.doors.web.surveys.queries import published, state_of
from safar.listen.questionnaire.anatomy import Survey
from safar.listen.questionnaire.piping import in_language
from safar.store.registry import Workspace

from .errors import WidgetRefused
from .facts import LinkFacts
from .links import facts_of_link
from .models import Link
from .widget_rules import Appears, read_rules

#: An id of a visitor, as the collector makes them. Others are not looked up: nobody may ask, by guessing customers'
#: ids, who is in a segment.
_VISITOR: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Browsers and what lies between may keep the answer for so long: a link that is closed is gone a minute later.
_KEPT_SECONDS: Final = 60


@public
@csrf_exempt
@require_safe
def widgets(request: HttpRequest) -> JsonResponse:
    """Tell a page of a site which surveys may appear on it.

    The query brings ``key``, the write key that stands in the site's pages, and ``visitor``, the id by which the
    collector knows who is there. A page of another origin than a link lists is told nothing.
    """
    key = current_home().key_of(request.GET.get("key", ""))
    found: list[dict[str, Any]] = []
    if key is not None:
        workspace = current_home().workspace(key.workspace_id)
        visitor = request.GET.get("visitor", "")
        links = _open_widgets(workspace, request.headers.get("Origin", ""))
        found = [told for link in links if (told := _told(workspace, link, visitor)) is not None]
    answer = JsonResponse({"widgets": found})
    answer.headers["Cache-Control"] = f"private, max-age={_KEPT_SECONDS}"
    answer.headers["Access-Control-Allow-Origin"] = "*"  # what a page may know was decided by its origin
    patch_vary_headers(answer, ["Origin"])
    return answer


def _open_widgets(workspace: Workspace, origin: str) -> list[LinkFacts]:
    """Return the links whose surveys pages of an origin may show, oldest first."""
    rows = Link.objects.filter(
        workspace_id=workspace.workspace_id, kind=Link.Kind.WIDGET, closed_at__isnull=True
    ).order_by("id")
    found = (facts_of_link(row) for row in rows if origin in row.origins)
    return [each for each in found if not each.why]


def _told(workspace: Workspace, link: LinkFacts, visitor: str) -> dict[str, Any] | None:
    """Return what the script is told of a link; None where it does not appear to this visitor."""
    open_one = published(workspace, link.survey_id)
    if open_one is None or state_of(workspace, link.survey_id) != "open":
        return None
    try:
        rules = read_rules(link.appears)
    except WidgetRefused:
        return None
    if rules.segment_id and not _belongs(workspace, visitor, rules.segment_id):
        return None
    survey = open_one.survey
    return {
        "token": link.token,
        "survey": survey.key,
        **_when(rules),
        "language": link.language,
        "hidden": [each.name for each in survey.hidden if each.name not in link.hidden],
        "words": {language: _words(survey, language) for language in survey.languages},
    }


def _when(rules: Appears) -> dict[str, Any]:
    return {
        "look": rules.look,
        "corner": rules.corner,
        "pages": list(rules.pages),
        "trigger": rules.trigger,
        "event": rules.event_name,
        "delay": rules.delay_seconds,
        "share": rules.share,
        "again": rules.again_after_days,
    }


def _words(survey: Survey, language: str) -> dict[str, str]:
    """Return what the frame says around the survey, in a language."""
    found = tongue(language)
    with translation.override(found.interface):
        name = in_language(survey.name, language, *survey.languages[:1]) or _("Survey")
        return {
            "name": name,
            "close": _("Close"),
            "appeared": _("A short survey has opened: %(name)s. It is the last thing on this page.")
            % {"name": name},
            "direction": found.direction,
        }


def _belongs(workspace: Workspace, visitor: str, segment_id: str) -> bool:
    """Whether a visitor is in a segment, as far as he is known."""
    if not _VISITOR.fullmatch(visitor):
        return False
    return any(each.public_id == segment_id for each in memberships_of(workspace, [visitor])[visitor])
