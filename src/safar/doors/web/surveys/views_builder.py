"""The builder: a survey is written, one part at a time, with its preview beside it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from safar.doors.web.answering.drawing import preview as draw
from safar.doors.web.answering.places import preview_token
from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.toasts import toast
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.listen.questionnaire.anatomy import (
    Survey,
)
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from . import queries, services
from .builder_outline import endings, language_tabs, outline, places
from .builder_page import BuilderPage, address
from .builder_panel import panel_of
from .change_sent import Change
from .errors import NothingToUndo, SurveyConflict
from .list_words import STATE_NAMES
from .opened import builder_of, language_asked, pictures
from .queries import OpenSurvey
from .readiness import findings_of
from .shown import direction, survey_name
from .survey_tabs import survey_tabs


@require_safe
@desk(Capability.EDIT_SURVEYS)
def survey(request: DeskRequest, workspace: Workspace, survey_id: str) -> HttpResponse:
    """Show the builder with what the address names open."""
    opened = opened_survey(workspace, survey_id)
    page = _page(request, workspace, opened, _at(request, opened))
    return render(request, "surveys/builder.html", {"page": page, "desk": "listen"})


@require_POST
@desk(Capability.EDIT_SURVEYS)
def edit(request: DeskRequest, workspace: Workspace, survey_id: str) -> HttpResponse:
    """Take one change, and lead back to what is open then. What is wrong with it is said in the form."""
    opened = opened_survey(workspace, survey_id)
    at, do = request.POST.get("at", "")[:120], request.POST.get("do", "save")[:200]
    base = request.POST.get("base", "")
    if do in {"undo", "redo"}:
        turn = services.redo if do == "redo" else services.undo
        try:
            turn(workspace, survey_id, by=Actor.of(request))
        except NothingToUndo as error:
            toast(request, sentence_of(error.code), "info")
        return redirect(address(workspace, survey_id, at=at, language=language_asked(request, opened)))
    change = Change(request, workspace, opened, at, do)
    try:
        services.apply(
            workspace,
            survey_id,
            change,
            base=int(base) if base.isdecimal() and len(base) < 9 else opened.revision,
            by=Actor.of(request),
        )
    except SurveyConflict as error:
        page = _page(
            request, workspace, opened_survey(workspace, survey_id), at, part=change.part, conflict=error
        )
        return render(request, "surveys/builder.html", {"page": page, "desk": "listen"}, status=409)
    except Refusal as error:
        if error.code != "surveys.key_stays":
            raise
        change.errors["key"] = sentence_of(error.code)
    if change.errors:
        page = _page(
            request,
            workspace,
            opened_survey(workspace, survey_id),
            at,
            part=change.part,
            errors=change.errors,
        )
        return render(request, "surveys/builder.html", {"page": page, "desk": "listen"}, status=422)
    if change.is_removed:
        toast(request, _("It is taken away. “Undo” brings it back."), "info")
    return redirect(address(workspace, survey_id, at=change.then, language=change.language))


@require_safe
@desk(Capability.EDIT_SURVEYS)
def preview(request: DeskRequest, workspace: Workspace, survey_id: str) -> HttpResponse:
    """Draw a page of the draft as respondents see it, for the frame beside the builder."""
    opened = opened_survey(workspace, survey_id)
    wanted = request.GET.get("language", "")
    language = wanted if wanted in opened.draft.languages else opened.draft.languages[0]
    return draw(
        workspace,
        opened.draft,
        language=language,
        picture_address=pictures(workspace, survey_id),
        page_id=request.GET.get("page", "")[:40],
    )


@require_safe
@desk(Capability.EDIT_SURVEYS)
def picture(request: DeskRequest, workspace: Workspace, survey_id: str, picture_id: str) -> HttpResponse:
    """Send a picture of a survey."""
    found = queries.picture_of(workspace, survey_id, picture_id)
    if found is None:
        raise Http404
    data, kind = found
    return HttpResponse(
        data,
        content_type=kind,
        headers={"Content-Disposition": "inline", "Cache-Control": "private, max-age=3600"},
    )


@require_POST
@desk(Capability.EDIT_SURVEYS)
def try_out(request: DeskRequest, workspace: Workspace, survey_id: str) -> HttpResponse:
    """Lead to the draft as respondents go through it; what is answered there is a test and counts nowhere."""
    opened_survey(workspace, survey_id)
    token = preview_token(workspace, survey_id)
    return redirect(
        f"{reverse('answer', kwargs={'token': token})}?lang={request.POST.get('language', '')[:20]}"
    )


def opened_survey(workspace: Workspace, survey_id: str) -> OpenSurvey:
    """Return a survey of the workspace; 404 where there is none."""
    found = queries.survey_of(workspace, survey_id)
    if found is None:
        raise Http404
    return found


def _at(request: DeskRequest, opened: OpenSurvey) -> str:
    """Return the place that is open: the one of the address, else the first question."""
    at = request.GET.get("at", "")[:120]
    if not at and opened.draft.questions:
        return f"question/{opened.draft.questions[0].question_id}"
    return at


def _page(
    request: DeskRequest,
    workspace: Workspace,
    opened: OpenSurvey,
    at: str,
    *,
    part: Any = None,
    errors: dict[str, str] | None = None,
    conflict: SurveyConflict | None = None,
) -> BuilderPage:
    language, draft = language_asked(request, opened), opened.draft
    newest = opened.published.survey if opened.published else None
    builder = builder_of(
        workspace,
        opened,
        draft,
        language,
        locale=request.reader.locale(workspace),
        errors=errors,
        findings=findings_of(workspace, draft, newest),
    )
    panel = panel_of(builder, at, part)
    shown = _page_shown(draft, panel.at if panel.mode != "add" else f"page/{panel.into}")
    own = {"language": language, "page": shown}
    return BuilderPage(
        workspace=workspace,
        survey_id=opened.public_id,
        name=survey_name(draft, request.reader.language),
        state=opened.facts.state,
        state_name=str(STATE_NAMES[opened.facts.state]),
        revision=opened.revision,
        language=language,
        direction=direction(language),
        languages=language_tabs(builder, panel.at),
        tabs=survey_tabs(workspace, opened.public_id, "write", request.capabilities),
        pages=outline(builder, panel.at),
        endings=endings(builder, panel.at),
        places=places(builder, panel.at),
        panel=panel,
        findings=builder.findings,
        error_count="",
        to_do=builder.to_do(),
        conflicts=builder.conflicts(conflict),
        preview_href=address(
            workspace, opened.public_id, "survey-preview", **own, revision=str(opened.revision)
        ),
        full_preview_href=address(workspace, opened.public_id, "survey-preview", **own),
        try_href=address(workspace, opened.public_id, "survey-try"),
        edit_href=address(workspace, opened.public_id, "survey-edit"),
        list_href=reverse("surveys", kwargs={"workspace_id": workspace.workspace_id}),
        here=address(workspace, opened.public_id, at=panel.at, language=language),
        news=sentence_of("surveys.conflict") if conflict else "",
        is_archived=opened.facts.is_archived,
        sentences={
            "saved": pgettext("state of a survey", "Saved"),
            "saving": pgettext("state of a survey", "Saving…"),
            "unsaved": _("Not saved yet: there is no connection. It stays in the form."),
            "wrong": _("Not everything is saved: look at what is marked."),
            "moved": _("Moved."),
        },
    )


def _page_shown(draft: Survey, at: str) -> str:
    """Return which page or ending the preview shows beside an open place."""
    kind, _slash, name = at.partition("/")
    if kind in {"page", "endings"}:
        return name
    page = next((each for each in draft.pages if any(q.question_id == name for q in each.questions)), None)
    return page.page_id if page and kind == "question" else ""
