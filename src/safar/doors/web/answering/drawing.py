"""A page of a survey for members who write it: as respondents see it, with nothing behind it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from safar.listen.questionnaire.anatomy import Ending, Page, Survey
from safar.listen.questionnaire.walk import Step, Walk
from safar.store.registry import Workspace

from .interface import tongue
from .page import EndingPage, Scene, ScreenPage, ending_page, screen_page

_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'none'; img-src 'self' data:; object-src 'none';"
    " frame-ancestors 'self'"
)


def preview(
    workspace: Workspace,
    survey: Survey,
    *,
    language: str,
    picture_address: Callable[[str], str],
    page_id: str = "",
) -> HttpResponse:
    """Return a page of a survey as respondents see it, for a frame of ours; what is pressed in it does nothing.

    Parameters
    ----------
    survey
        A draft as well.
    page_id
        Of a page or an ending; the first page when empty or unknown. Questions are shown as if all conditions held
        that no answer decides yet.
    picture_address
        Where a picture of the survey is.
    """
    walk = Walk.begin(survey, language=language, seed=1)
    page, ending = survey.page(page_id), next((e for e in survey.endings if e.ending_id == page_id), None)
    if page is not None:
        walk = _on(walk, page, survey)
    elif ending is not None:
        walk = _ended(walk, ending)
    scene = Scene(workspace=workspace, survey=survey, walk=walk, answers={}, picture_address=picture_address)
    with translation.override(tongue(language).interface):
        shown: ScreenPage | EndingPage | None = screen_page(scene)
        template = "answering/screen.html"
        if shown is None:
            shown, template = ending_page(scene, state="none"), "answering/ending.html"
        answer = HttpResponse(render_to_string(template, {"page": shown}))
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    answer.headers["Content-Language"] = language
    return answer


def _on(walk: Walk, page: Page, survey: Survey) -> Walk:
    """Return the walk on a page, whatever leads there; a repeated page for the first thing it may be asked for."""
    item = ""
    if page.repeats_for:
        asked = survey.question(page.repeats_for)
        item = next((choice.choice_id for choice in getattr(asked, "choices", ())), "")
    before = tuple(step for step in walk.way if step.page_id != page.page_id)
    return Walk(
        language=walk.language, seed=walk.seed, hidden=walk.hidden, way=(*before, Step(page.page_id, item))
    )


def _ended(walk: Walk, ending: Ending) -> Walk:
    return Walk(
        language=walk.language, seed=walk.seed, hidden=walk.hidden, way=walk.way, ended=ending.ending_id
    )
