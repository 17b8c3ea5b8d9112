"""A survey beside its builder: translated in a table, published, its versions, opened and closed, as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from msgspec.structs import replace

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.parts import Tab
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.listen.questionnaire.anatomy import Survey, told
from safar.listen.questionnaire.limits import SignRefused, SurveyTooLarge
from safar.listen.questionnaire.questions import Words
from safar.listen.questionnaire.texts import texts, with_texts
from safar.listen.questionnaire.translation import MOST_BYTES, table, translated
from safar.listen.questionnaire.versions import differences
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from . import queries, services
from .builder_page import address
from .errors import SurveyConflict, SurveyNotReady
from .field_words import field_words
from .finding_words import FindingView, finding_views, place_name, place_of
from .forms import PublishForm, TranslationFileForm
from .frame import frame
from .queries import OpenSurvey
from .question_keys import kind_of
from .readiness import findings_of
from .shown import direction, known_languages, language_name, question_name
from .views_builder import opened_survey

_LONGEST: Final = 4_000
#: Texts in all languages that one page holds: a larger table comes in parts.
_CELLS: Final = 600
_FEWEST_TEXTS: Final = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """One text in one language."""

    name: str
    language: str
    language_name: str
    direction: str
    text: str
    is_missing: bool


@dataclass(frozen=True, slots=True)
class TextRow:
    """One text of the survey in all its languages; ``is_first`` of those of its place."""

    path: str
    at: str
    where: str
    field: str
    href: str
    is_first: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version in the history: by whom and when, what he said, what differs from the one before."""

    number: int
    said: str
    note: str
    changes: tuple[str, ...]
    is_newest: bool


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.EDIT_SURVEYS)
def translation(request: DeskRequest, workspace: Workspace, survey_id: str) -> HttpResponse:
    """Show every text in every language; take what was filled in, or a table that comes as a file."""
    opened = opened_survey(workspace, survey_id)
    form = TranslationFileForm(request.POST if request.FILES else None, request.FILES or None)
    if request.method == "POST":
        if request.FILES:
            if form.is_valid() and _took_file(request, workspace, opened, form):
                return redirect(
                    "survey-translation", workspace_id=workspace.workspace_id, survey_id=survey_id
                )
        else:
            try:
                _take_texts(request, workspace, opened)
                toast(request, _("The translations are saved."))
            except (SurveyConflict, SurveyTooLarge, SignRefused) as error:
                toast(request, sentence_of(error.code), "warn")
            return redirect(request.get_full_path())
    draft = opened.draft
    added = request.GET.get("add", "")
    known = [(code, name) for code, name in known_languages() if code not in draft.languages]
    languages = (*draft.languages, added) if added in dict(known) else draft.languages
    only_missing, part = request.GET.get("missing") == "1", request.GET.get("part", "")
    said = texts(draft)
    gaps = {path: sum(not words.get(each) for each in languages) for path, words in said.items()}
    shown = [path for path in said if gaps[path] or not only_missing]
    most = max(_CELLS // len(languages), _FEWEST_TEXTS)
    parts = max(1, -(-len(shown) // most))
    number = min(max(int(part), 1), parts) if part.isascii() and part.isdigit() and len(part) < 5 else 1
    asked = {path: said[path] for path in shown[(number - 1) * most : number * most]}
    rows = _rows(workspace, opened, asked, languages, request.reader.language)
    missing = sum(gaps.values())
    locale = request.reader.locale(workspace)
    told_missing = ngettext("%(count)s text is missing.", "%(count)s texts are missing.", missing)
    context = {
        "frame": frame(request, workspace, opened, "translation"),
        "rows": rows,
        "parts": _part_links(request, number, parts, locale),
        "languages": [(code, language_name(code)) for code in languages],
        "revision": opened.revision,
        "missing": filled(told_missing, count=locale.number(missing)) if missing else "",
        "only_missing": only_missing,
        "added": added if added in languages else "",
        "more": known,
        "form": form,
        "desk": "listen",
    }
    return render(request, "surveys/translation.html", context, status=422 if form.errors else 200)


@require_safe
@desk(Capability.EDIT_SURVEYS)
def translation_file(request: DeskRequest, workspace: Workspace, survey_id: str) -> HttpResponse:
    """Send every text as a table."""
    opened = opened_survey(workspace, survey_id)
    into = request.GET.get("add", "")
    wanted = (into,) if into in dict(known_languages()) else ()
    return _file(
        table(opened.draft, into=wanted), f"{opened.draft.key}-translation.csv", "text/csv; charset=utf-8"
    )


@require_safe
@desk(Capability.EDIT_SURVEYS)
def definition(request: DeskRequest, workspace: Workspace, survey_id: str) -> HttpResponse:
    """Send the draft, or a version, as JSON that a new survey can be made of."""
    opened = opened_survey(workspace, survey_id)
    number, document = request.GET.get("version", ""), opened.draft
    if number:
        wanted = int(number) if number.isdecimal() and len(number) < 9 else 0
        found = queries.published(workspace, survey_id, wanted)
        if found is None:
            raise Http404
        document = found.survey
    content = json.dumps(told(document), ensure_ascii=False, indent=2).encode()
    return _file(content, f"{document.key}.json", "application/json")


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.EDIT_SURVEYS)
def publish(request: DeskRequest, workspace: Workspace, survey_id: str) -> HttpResponse:
    """Show what would change and what is left to do; publish it."""
    opened = opened_survey(workspace, survey_id)
    may_publish = Capability.SEND_SURVEYS in request.capabilities
    form = PublishForm(request.POST or None)
    if request.method == "POST" and may_publish and form.is_valid():
        base = request.POST.get("base", "")
        try:
            number = services.publish(
                workspace,
                survey_id,
                note=form.cleaned_data["note"],
                base=int(base) if base.isdecimal() and len(base) < 9 else None,
                by=Actor.of(request),
            )
        except (SurveyConflict, SurveyNotReady) as error:
            toast(request, sentence_of(error.code), "warn")
            return redirect("survey-publish", workspace_id=workspace.workspace_id, survey_id=survey_id)
        locale = request.reader.locale(workspace)
        toast(request, filled(_("Version %(number)s is open. Now ask."), number=locale.number(number)))
        return redirect("survey-ask", workspace_id=workspace.workspace_id, survey_id=survey_id)
    draft, newest = opened.draft, opened.published.survey if opened.published else None
    language = request.reader.language
    findings = finding_views(
        draft, findings_of(workspace, draft, newest), language, number=request.reader.locale(workspace).number
    )
    context = {
        "frame": frame(request, workspace, opened, "publish"),
        "page": _Linked(workspace, survey_id),
        "errors": [each for each in findings if each.is_error],
        "warnings": [each for each in findings if not each.is_error],
        "changes": _changes(newest, draft, language) if newest else (),
        "is_first": newest is None,
        "is_same": newest == draft,
        "is_open": opened.facts.state == "open",
        "revision": opened.revision,
        "may_publish": may_publish,
        "form": form,
        "ask_href": address(workspace, survey_id, "survey-ask"),
        "desk": "listen",
    }
    return render(request, "surveys/publish.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.EDIT_SURVEYS)
def versions(request: DeskRequest, workspace: Workspace, survey_id: str) -> HttpResponse:
    """Show the published versions and what differs; make one of them the draft again."""
    opened = opened_survey(workspace, survey_id)
    number = request.POST.get("restore", "")
    if request.method == "POST" and number.isdecimal() and len(number) < 9:
        services.restore(workspace, survey_id, int(number), by=Actor.of(request))
        toast(request, _("The version is the draft again. Publish it to ask by it."))
        return redirect("survey", workspace_id=workspace.workspace_id, survey_id=survey_id)
    context = {
        "frame": frame(request, workspace, opened, "versions"),
        "versions": _versions(workspace, opened, request.reader.locale(workspace)),
        "desk": "listen",
    }
    return render(request, "surveys/versions.html", context)


@require_POST
@desk(Capability.EDIT_SURVEYS)
def turn(request: DeskRequest, workspace: Workspace, survey_id: str) -> HttpResponse:
    """Close a survey, open it again, put it away, bring it back, or duplicate it."""
    opened_survey(workspace, survey_id)
    do, by = request.POST.get("do", ""), Actor.of(request)
    if do in {"close", "reopen"} and Capability.SEND_SURVEYS not in request.capabilities:
        raise Http404
    if do == "duplicate":
        made = services.duplicate(workspace, survey_id, by=by)
        toast(request, _("This is a copy; its question keys are the same, so answers come together."))
        return redirect("survey", workspace_id=workspace.workspace_id, survey_id=made)
    sentences = {
        "close": (services.close, _("The survey is closed; what was answered stays.")),
        "reopen": (services.reopen, _("The survey is open again.")),
        "archive": (services.archive, _("The survey is in the archive.")),
    }
    if do == "unarchive":
        services.archive(workspace, survey_id, is_archived=False, by=by)
        toast(request, _("The survey is back on the list."))
    elif do in sentences:
        verb, sentence = sentences[do]
        verb(workspace, survey_id, by=by)
        toast(request, sentence)
    else:
        raise Http404
    return redirect("surveys", workspace_id=workspace.workspace_id)


@dataclass(frozen=True, slots=True)
class _Linked:
    """What the template of a finding needs for its link."""

    workspace: Workspace
    survey_id: str


def _part_links(request: DeskRequest, number: int, parts: int, locale: Locale) -> tuple[Tab, ...]:
    """Return links to the parts of a long table; none where it has one."""
    query = request.GET.copy()

    def link(part: int) -> Tab:
        query["part"] = str(part)
        return Tab(locale.number(part), f"?{query.urlencode()}", is_current=part == number)

    return tuple(map(link, range(1, parts + 1))) if parts > 1 else ()


def _rows(
    workspace: Workspace,
    opened: OpenSurvey,
    asked: Mapping[str, Words],
    languages: tuple[str, ...],
    reader: str,
) -> tuple[TextRow, ...]:
    found: list[TextRow] = []
    for path, words in asked.items():
        at, is_first = place_of(path), not found or found[-1].at != place_of(path)
        cells = tuple(
            Cell(
                f"text:{language}:{path}",
                language,
                language_name(language),
                direction(language),
                words.get(language, ""),
                not words.get(language),
            )
            for language in languages
        )
        where, href = place_name(opened.draft, at, reader), address(workspace, opened.public_id, at=at)
        found.append(TextRow(path, at, where, _field_name(opened.draft, at, path), href, is_first, cells))
    return tuple(found)


def _field_name(draft: Survey, at: str, path: str) -> str:
    """Return which text of its part one is: its question, a choice, the words at an end."""
    part_path, _dot, field = path.rpartition(".")
    inner = part_path.rpartition(".")[2].partition("[")[0]
    kind, _slash, name = at.partition("/")
    question = draft.question(name) if kind == "question" else None
    if question is not None and inner in {"choices", "rows", "columns", "nodes", "areas"}:
        return str(field_words(kind_of(question), inner).label)
    owner = (
        kind_of(question)
        if question is not None
        else {"endings": "ending", "quotas": "quota", "page": "page"}
    )
    named = owner if isinstance(owner, str) else owner.get(kind, "survey")
    return str(field_words(named, field).label)


def _take_texts(request: DeskRequest, workspace: Workspace, opened: OpenSurvey) -> None:
    """Take the cells of the table that were sent; an emptied one takes its text away."""
    base, known = request.POST.get("base", ""), dict(known_languages())

    def change(draft: Survey) -> Survey:
        now = texts(draft)
        changed: dict[str, dict[str, str]] = {}
        added: dict[str, None] = {}
        for name, value in request.POST.items():
            kind, _colon, rest = name.partition(":")
            language, _colon, path = rest.partition(":")
            if kind != "text" or path not in now:
                continue
            if language not in draft.languages and language not in known:
                continue
            text = str(value).replace("\r\n", "\n").strip()[:_LONGEST]
            if text == now[path].get(language, ""):
                continue
            words = changed.setdefault(path, dict(now[path]))
            if text:
                words[language] = text
                if language not in draft.languages:
                    added[language] = None
            else:
                words.pop(language, None)
        return replace(with_texts(draft, changed), languages=(*draft.languages, *added))

    number = int(base) if base.isdecimal() and len(base) < 9 else opened.revision
    services.apply(workspace, opened.public_id, change, base=number, by=Actor.of(request))


def _took_file(
    request: DeskRequest, workspace: Workspace, opened: OpenSurvey, form: TranslationFileForm
) -> bool:
    content = form.cleaned_data["file"].read(MOST_BYTES + 1)
    try:
        made = translated(opened.draft, content)
        services.replace(workspace, opened.public_id, made, base=opened.revision, by=Actor.of(request))
    except Refusal as error:
        form.add_error("file", request.reader.locale(workspace).shape(sentence_of(error.code)))
        form.add_error("file", filled(_("Exactly: %(what)s"), what=str(error)))
        return False
    toast(request, _("The translations are taken over."))
    return True


def _changes(old: Survey, new: Survey, language: str) -> tuple[str, ...]:
    """Return what differs between two versions, a sentence for each question."""
    sentences = {
        "added": _("New: “%(question)s”"),
        "removed": _("No longer asked: “%(question)s”"),
        "reworded": _("Other words: “%(question)s”"),
        "changed": _("Changed: “%(question)s”"),
    }
    found = []
    for each in differences(old, new):
        question = new.question(each.question_id) or old.question(each.question_id)
        if question is not None:
            name = question_name(new if new.question(each.question_id) else old, question, language)
            found.append(filled(sentences[each.change], question=name))
    rest = ("jumps", "calculations", "variables", "hidden", "quotas", "endings")
    if any(getattr(old, name) != getattr(new, name) for name in rest):
        found.append(_("Logic, quotas or endings differ."))
    if old.languages != new.languages:
        names = ", ".join(map(language_name, new.languages))
        found.append(filled(_("Languages: %(names)s"), names=names))
    if not found and old != new:
        found.append(_("Order, pages or settings differ."))
    return tuple(found)


def _versions(workspace: Workspace, opened: OpenSurvey, locale: Locale) -> tuple[VersionView, ...]:
    found = queries.versions_of(workspace, opened.public_id)
    views = []
    for place, each in enumerate(found):
        before = found[place + 1].survey if place + 1 < len(found) else None
        at = locale.datetime(each.published_at)
        told_by = filled(_("%(at)s by %(name)s"), at=at, name=each.published_by) if each.published_by else at
        views.append(
            VersionView(
                each.number,
                told_by,
                each.note,
                _changes(before, each.survey, locale.language) if before else (),
                place == 0,
            )
        )
    return tuple(views)


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


__all__ = [
    "FindingView",
    "definition",
    "frame",
    "publish",
    "translation",
    "translation_file",
    "turn",
    "versions",
]
