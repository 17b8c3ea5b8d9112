"""The surveys of a workspace, and how a new one begins: from a template, empty, or from a file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from msgspec.structs import replace

from safar.doors.web.answering.drawing import preview as draw
from safar.doors.web.answering.queries import ResponseCount, response_counts
from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.doors.web.scores.words import metric_name
from safar.listen.questionnaire.anatomy import Ending, Page, Survey, read
from safar.listen.questionnaire.templates import TemplateFacts, UnknownTemplate, template, templates
from safar.maps.anatomy import said
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from . import queries, services
from .forms import ImportForm, NewSurveyForm
from .list_scores import Found, found_of, score_in_words
from .list_words import STATE_NAMES
from .page import NewPage, SurveysPage, SurveyTile, TemplateTile, tabs
from .queries import SurveyFacts
from .shown import language_name
from .survey_tabs import PLACES

_MOST_BYTES: Final = 4_000_000


@require_safe
@desk(Capability.SEE_NUMBERS)
def surveys(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Show the surveys of the workspace, or its archive."""
    locale, is_archive = request.reader.locale(workspace), request.GET.get("archive") == "1"
    found, counts = queries.surveys_of(workspace, archived=is_archive), response_counts(workspace)
    asked = tuple(each.public_id for each in found if each.version)
    scores = found_of(workspace, asked, locale)
    may_edit = Capability.EDIT_SURVEYS in request.capabilities
    own = reverse("surveys", kwargs={"workspace_id": workspace.workspace_id})
    page = SurveysPage(
        tabs(workspace, "surveys"),
        None if found else _empty(is_archive=is_archive),
        tuple(
            _tile(request, workspace, each, _figures(each, counts, scores, locale), locale=locale)
            for each in found
        ),
        _templates(workspace, locale) if not found and may_edit and not is_archive else (),
        may_edit,
        is_archive,
        reverse("survey-new", kwargs={"workspace_id": workspace.workspace_id}),
        own if is_archive else f"{own}?archive=1",
        has_other=is_archive or bool(queries.surveys_of(workspace, archived=True)),
    )
    return render(request, "surveys/surveys.html", {"page": page, "desk": "listen"})


@require_safe
@desk(Capability.SEE_NUMBERS)
def asking(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Lead from a question key, such as a step of a map listens to, to the survey that asks it, or to a new one."""
    key = request.GET.get("question_key", "")[:60]
    found = next((each for each in queries.keys_of(workspace) if each.asked.key == key), None)
    if found is not None:
        place, survey_id = workspace.workspace_id, found.survey_ids[-1]
        return redirect("survey-results", workspace_id=place, survey_id=survey_id)
    if Capability.EDIT_SURVEYS not in request.capabilities:
        return redirect("surveys", workspace_id=workspace.workspace_id)
    begin = reverse("survey-new", kwargs={"workspace_id": workspace.workspace_id})
    return redirect(f"{begin}?{urlencode({'question_key': key})}")


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.EDIT_SURVEYS)
def new(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Begin a survey."""
    locale, begin = request.reader.locale(workspace), request.POST.get("begin", "")
    is_empty, is_file = begin == "empty", begin == "file"
    form = NewSurveyForm(request.POST if is_empty else None, initial={"languages": [locale.language]})
    import_form = ImportForm(request.POST if is_file else None, request.FILES if is_file else None)
    survey: Survey | None = None
    if is_empty and form.is_valid():
        survey = _begun(form.cleaned_data["name"], form.cleaned_data["languages"], locale.language)
    elif is_file and import_form.is_valid():
        survey = survey_of_file(import_form, import_form.cleaned_data["file"], locale)
    elif begin and not is_empty and not is_file:
        survey = _of_template(begin, locale.language)
    if survey is not None:
        key = request.POST.get("question_key", "")
        if key:
            survey = _asking(survey, key)
        made = services.create(workspace, survey, by=Actor.of(request))
        return redirect("survey", workspace_id=workspace.workspace_id, survey_id=made)
    page = NewPage(
        tabs(workspace, "surveys"),
        _templates(workspace, locale),
        form,
        import_form,
        reverse("surveys", kwargs={"workspace_id": workspace.workspace_id}),
        request.GET.get("question_key", "")[:60],
    )
    return render(
        request,
        "surveys/new.html",
        {"page": page, "desk": "listen"},
        status=422 if form.errors or import_form.errors else 200,
    )


@require_safe
@desk(Capability.EDIT_SURVEYS)
def template_preview(request: DeskRequest, workspace: Workspace, key: str) -> HttpResponse:
    """Draw the first page of a template as respondents would see it."""
    try:
        found = template(key.replace("-", "_"))
    except UnknownTemplate as error:
        raise Http404 from error
    language = request.reader.language if request.reader.language in found.languages else found.languages[0]
    return draw(workspace, found, language=language, picture_address=lambda _picture: "")


def survey_of_file(form: Any, file: Any, locale: Locale) -> Survey | None:
    """Return the survey of a file; None where it holds none, which the form then says."""
    if (file.size or 0) > _MOST_BYTES:
        form.add_error("file", _("The file is larger than any survey."))
        return None
    try:
        return read(json.loads(file.read()))
    except (ValueError, RecursionError) as error:
        code = error.code if isinstance(error, Refusal) else "survey.unreadable"
        form.add_error("file", locale.shape(sentence_of(code)))
        form.add_error("file", filled(_("Exactly: %(what)s"), what=str(error)))
        return None


def _empty(*, is_archive: bool) -> EmptyState:
    if is_archive:
        return EmptyState(_("The archive is empty"))
    return EmptyState(
        _("No survey yet"),
        _("Ask customers at the right step, in their language; every score comes with its interval."),
    )


def _tile(
    request: DeskRequest,
    workspace: Workspace,
    facts: SurveyFacts,
    figures: tuple[tuple[str, str], ...],
    *,
    locale: Locale,
) -> SurveyTile:
    named = {"workspace_id": workspace.workspace_id, "survey_id": facts.public_id}
    questions = ngettext("%(count)s question", "%(count)s questions", facts.question_count)
    links = tuple(
        (str(name), reverse(address, kwargs=named))
        for key, name, address, needed in PLACES
        if needed in request.capabilities
        and (key == "write" or (facts.version and key in {"ask", "results"}))
    )
    changed = filled(
        _("Changed %(at)s by %(name)s"), at=locale.datetime(facts.changed_at), name=facts.changed_by
    )
    return SurveyTile(
        facts.public_id,
        said(facts.name, locale.language, *facts.languages) or _("Survey without a name"),
        facts.state,
        str(STATE_NAMES[facts.state]),
        questions % {"count": locale.number(facts.question_count)},
        " · ".join(map(language_name, facts.languages)),
        figures,
        _("The draft has changes that are not published.") if facts.version and facts.has_changes else "",
        changed if facts.changed_by else filled(_("Changed %(at)s"), at=locale.datetime(facts.changed_at)),
        links[0][1] if links else "",
        links,
        facts.is_archived,
    )


def _figures(
    facts: SurveyFacts, counts: Mapping[str, ResponseCount], scores: Mapping[str, Found], locale: Locale
) -> tuple[tuple[str, str], ...]:
    """Return what a published survey has found: name and value."""
    if not facts.version:
        return ()
    count, found = counts.get(facts.public_id), scores.get(facts.public_id)
    figures = [(_("Responses"), locale.number(count.responses if count else 0))]
    if found is not None and found.response is not None and found.response.estimate is not None:
        if not (count and count.responses) and found.response.answered:
            # asked elsewhere: the log alone knows of the answers
            answered = locale.number(found.response.answered)
            figures = [(locale.shape(_("Answered elsewhere, 90 days")), answered)]
        figures.append(
            (
                locale.shape(_("Response rate, 90 days")),
                locale.percent(found.response.estimate.value, decimals=0),
            )
        )
    if found is not None and found.score is not None and found.scoring is not None:
        name = filled(_("%(metric)s, 90 days"), metric=_short(found.scoring.metric))
        figures.append((locale.shape(name), score_in_words(found, locale)))
    if count and count.last_at:
        figures.append((_("Last answer"), locale.datetime(count.last_at)))
    return tuple(figures)


def _templates(workspace: Workspace, locale: Locale) -> tuple[TemplateTile, ...]:
    return tuple(_template_tile(workspace, each, locale) for each in templates())


def _template_tile(workspace: Workspace, facts: TemplateFacts, locale: Locale) -> TemplateTile:
    questions = ngettext("%(count)s question", "%(count)s questions", facts.questions)
    minutes = ngettext("about %(count)s minute", "about %(count)s minutes", facts.minutes)
    return TemplateTile(
        facts.key,
        said(facts.name, locale.language, "en"),
        said(facts.about, locale.language, "en"),
        " · ".join(
            (
                questions % {"count": locale.number(facts.questions)},
                minutes % {"count": locale.number(facts.minutes)},
            )
        ),
        reverse(
            "survey-template",
            kwargs={"workspace_id": workspace.workspace_id, "key": facts.key.replace("_", "-")},
        ),
    )


def _begun(name: str, languages: list[str], own: str) -> Survey:
    """Return an empty survey with one page and one ending, in the member's language first."""
    ordered = tuple(dict.fromkeys(each for each in (own, *languages) if each in languages))
    words = {ordered[0]: " ".join(name.split())}
    key = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:36] or "survey"
    return Survey(
        key=key,
        name=words,
        languages=ordered,
        pages=(Page(page_id="page"),),
        endings=(Ending(ending_id="thanks"),),
    )


def _of_template(key: str, language: str) -> Survey:
    """Return a template with the member's language first."""
    try:
        found = template(key)
    except UnknownTemplate as error:
        raise Http404 from error
    others = tuple(each for each in found.languages if each != language)
    return replace(found, languages=(language, *others)) if language in found.languages else found


def _asking(survey: Survey, key: str) -> Survey:
    """Return a survey whose first score is asked under a key that a step of a map listens to."""
    first = next((each for each in survey.questions if each.metric and hasattr(each, "low_words")), None)
    if first is None or not re.fullmatch(r"[A-Za-z0-9_-]{1,60}", key):
        return survey
    pages = tuple(
        replace(
            page,
            questions=tuple(replace(each, key=key) if each is first else each for each in page.questions),
        )
        for page in survey.pages
    )
    return replace(survey, pages=pages)


def _short(metric: str) -> str:
    """Return what a metric is called on a card: its letters where everybody knows them."""
    return metric.upper() if metric in {"nps", "csat", "ces"} else metric_name(metric)
