"""Bringing in answers that were collected elsewhere: send a file, look at what its columns are, bring it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from safar.doors.web.answering.brought import brought_files
from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.forms import DropInput, PageForm
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.doors.web.surveys.frame import frame
from safar.doors.web.surveys.queries import OpenSurvey, Published, published, survey_of
from safar.doors.web.work.queries import latest_work
from safar.doors.web.work.services import start
from safar.listen.questionnaire.questions import Question
from safar.listen.questionnaire.response_files import (
    COMPLETE,
    CUSTOMER,
    FINISHED,
    HIDDEN,
    LANGUAGE,
    OWN_ID,
    STARTED,
    ColumnPlan,
    FilePlan,
    targets,
)
from safar.maps.anatomy import said
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from . import bringing
from .bring_services import begin_bringing, begin_taking_back
from .jobs import adopt_told

_FACTS: Final[dict[str, Promise | str]] = {
    OWN_ID: gettext_lazy("Its id in the other tool"),
    STARTED: gettext_lazy("When it was begun"),
    FINISHED: gettext_lazy("When it was sent"),
    LANGUAGE: gettext_lazy("Language"),
    CUSTOMER: gettext_lazy("Customer id"),
    COMPLETE: gettext_lazy("Whether it is finished"),
}
_ORIGINS: Final[dict[str, Promise | str]] = {
    "limesurvey": "LimeSurvey",
    "formbricks": "Formbricks",
    "google_forms": "Google Forms",
    "table": gettext_lazy("A table"),
}
_LONGEST: Final = 80


class AnswersForm(PageForm):
    """A file of answers to send."""

    file = forms.FileField(
        label=gettext_lazy("File of answers"),
        widget=DropInput({"accept": ".csv,.tsv,.txt,.xlsx,.xls,.ods,.jsonl,.gz,.zip"}),
        help_text=gettext_lazy(
            "CSV or Excel, as LimeSurvey, Formbricks and Google Forms export it, or any table with a line a response."
        ),
    )


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column of the file: its head, examples, and what it is to be."""

    name: str
    head: str
    examples: tuple[str, ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class PlanPage:
    """What the columns of a file are, and what the first lines say."""

    origin: str
    file_name: str
    columns: tuple[ColumnLine, ...]
    choices: tuple[tuple[str, str], ...]
    tried: str
    problems: tuple[str, ...]
    can_bring: bool


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.IMPORT)
def send_answers(request: DeskRequest, workspace: Workspace, survey_id: str) -> HttpResponse:
    """Take a file of answers."""
    survey, asked = _found(workspace, survey_id)
    locale = request.reader.locale(workspace)
    if request.method == "POST" and request.POST.get("do") == "adopt":
        start(adopt_told, by=Actor.of(request), workspace_id=workspace.workspace_id, survey_id=survey_id)
        toast(request, _("The answers are being brought in."))
        return redirect(request.path)
    files = brought_files(workspace, survey_id)
    if request.method == "POST" and request.POST.get("do") == "take_back":
        file_id = request.POST.get("file_id", "")
        try:
            begin_taking_back(workspace, survey_id, file_id, by=Actor.of(request))
        except bringing.UnknownFile as unknown:
            raise Http404 from unknown
        toast(request, _("The answers are being taken back."))
        return redirect(request.path)
    data = request.POST if request.method == "POST" else None
    form = AnswersForm(data, request.FILES if data is not None else None, locale=locale)
    if data is not None and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            waiting = bringing.keep_file(workspace, asked, sent.name or "", sent)
        except Refusal as refusal:
            form.add_error("file", sentence_of(refusal.code))
        else:
            return redirect(_address(workspace, survey_id, waiting.file_id))
    place = workspace.workspace_id
    work = latest_work(place, kind="results.bring") or latest_work(place, kind="results.adopt")
    shown = {
        "frame": frame(request, workspace, survey, "results"),
        "back": reverse("survey-results", kwargs={"workspace_id": place, "survey_id": survey_id}),
        "desk": "listen",
        "title": _("Bring in answers"),
        "form": form,
        "work": work,
        "key": asked.survey.key,
        "files": [
            (
                each.file_id,
                filled(
                    ngettext("%(count)s answer", "%(count)s answers", each.count),
                    count=locale.number(each.count),
                ),
            )
            for each in files
        ],
    }
    return render(request, "results/send.html", shown, status=200 if data is None else 422)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.IMPORT)
def plan_answers(request: DeskRequest, workspace: Workspace, survey_id: str, file_id: str) -> HttpResponse:
    """Show what the columns of a file are taken for; change that, bring it in, or put it away."""
    survey, asked = _found(workspace, survey_id)
    locale = request.reader.locale(workspace)
    try:
        waiting = bringing.waiting_file(workspace, survey_id, file_id)
    except bringing.UnknownFile as unknown:
        raise Http404 from unknown
    if request.method == "POST":
        does = request.POST.get("do", "look")
        if does == "away":
            bringing.put_away(workspace, waiting)
            return redirect(_address(workspace, survey_id))
        known = {value for value, _name in _choices(asked, locale)}
        columns = tuple(
            ColumnPlan(column.head, to if (to := request.POST.get(f"c{place}", "")) in known else "")
            for place, column in enumerate(waiting.plan.columns)
        )
        waiting = bringing.change_plan(workspace, waiting, FilePlan(waiting.plan.origin, columns))
        if does == "bring":
            begin_bringing(workspace, waiting, by=Actor.of(request))
            toast(request, _("The answers are being brought in."))
            return redirect(_address(workspace, survey_id))
        return redirect(request.path)
    shown = {
        "frame": frame(request, workspace, survey, "results"),
        "back": _address(workspace, survey_id),
        "desk": "listen",
        "title": _("What the columns are"),
        "page": _plan_page(workspace, waiting, asked, locale),
    }
    return render(request, "results/plan.html", shown)


def _plan_page(workspace: Workspace, waiting: bringing.Waiting, asked: Published, locale: Locale) -> PlanPage:
    seen = bringing.examples(workspace, waiting)
    found = bringing.tried(workspace, waiting, asked)
    columns = tuple(
        ColumnLine(f"c{place}", column.head, seen.get(column.head, ()), column.to)
        for place, column in enumerate(waiting.plan.columns)
    )
    problems = tuple(
        filled(
            _("%(count)s × in “%(column)s”: %(problem)s For example: “%(text)s”."),
            count=locale.number(count),
            column=head[:_LONGEST],
            problem=sentence_of(code),
            text=text,
        )
        for head, code, count, text in found.problems
    )
    told = filled(
        _("Of the first %(lines)s lines %(answered)s answer at least one question."),
        lines=locale.number(found.lines),
        answered=locale.number(max(found.answers.values(), default=0)),
    )
    if found.unfinished:
        told = f"{told} " + filled(
            _("%(count)s were never finished there and are left out."), count=locale.number(found.unfinished)
        )
    return PlanPage(
        str(_ORIGINS[waiting.plan.origin]),
        waiting.name,
        columns,
        _choices(asked, locale),
        told,
        problems,
        bool(found.answers),
    )


def _choices(asked: Published, locale: Locale) -> tuple[tuple[str, str], ...]:
    """Return everything a column may be, with its words."""
    survey = asked.survey
    languages = (locale.language, *survey.languages)
    by_id = {question.question_id: question for question in survey.questions}
    questions = [
        (control, _control_name(by_id[control.partition(".")[0]], control, languages))
        for control in targets(survey)
    ]
    hidden = [(f"{HIDDEN}{each.name}", each.name) for each in survey.hidden]
    return (
        ("", _("– leave out –")),
        *((fact, str(name)) for fact, name in _FACTS.items()),
        *questions,
        *hidden,
    )


def _control_name(question: Question, control: str, languages: tuple[str, ...]) -> str:
    title = said(question.title, *languages)[:_LONGEST] or question.question_id
    parts = {
        part.choice_id: said(part.words, *languages) or part.choice_id
        for field in ("rows", "choices")
        for part in getattr(question, field, ())
    }
    rest = [parts.get(each, each) for each in control.split(".")[1:]]
    return " – ".join((title, *rest))


def _found(workspace: Workspace, survey_id: str) -> tuple[OpenSurvey, Published]:
    survey = survey_of(workspace, survey_id)
    asked = published(workspace, survey_id) if survey is not None else None
    if survey is None or asked is None:
        raise Http404
    return survey, asked


def _address(workspace: Workspace, survey_id: str, file_id: str = "") -> str:
    named = {"workspace_id": workspace.workspace_id, "survey_id": survey_id}
    if file_id:
        return reverse("survey-bring-plan", kwargs={**named, "file_id": file_id})
    return reverse("survey-bring", kwargs=named)
