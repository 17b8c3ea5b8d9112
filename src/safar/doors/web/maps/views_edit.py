"""The editor: the page, the edits of its script and of its forms, undo and redo, and a rule while it is written."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.asked_number import number_in
from safar.doors.web.design.failures import is_part
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.events.words import in_words, visible
from safar.doors.web.homes import current_home
from safar.doors.web.members.addresses import own_address
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.doors.web.members.queries import members_of
from safar.doors.web.personas.queries import personas_of
from safar.maps.anatomy import JourneyMap, said
from safar.maps.edits import AnyEdit, EditUnreadable, read_edits, told_edits
from safar.maps.targets import added_id
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from . import queries, services
from .asked_questions import question_keys
from .edit_forms import edits_sent
from .facts import AttachmentFacts, OpenMap
from .page import (
    EditorPage,
    Link,
    comment_views,
    conflict_views,
    history_presses,
    href_of,
    language_links,
    map_name,
    present_views,
    state_name,
)
from .page_panel import panel_of
from .page_sheet import sheet_view
from .panel_parts import Choices, FileView
from .places import place_in
from .rules import built_text, rule_view

#: Bytes of edits that are taken at once.
_MOST_BYTES: Final = 4_000_000


@require_safe
@desk(Capability.EDIT_MAPS)
def edit(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """Show the sheet, and what is open beside it."""
    opened = opened_map(workspace, map_id)
    return render(request, "maps/edit.html", {"page": _page(request, workspace, opened), "desk": "journeys"})


@require_POST
@desk(Capability.EDIT_MAPS)
def edits(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """Take edits of the script, and tell what is new; without edits it only tells, and notes where the member is."""
    by = Actor.of(request)
    opened = opened_map(workspace, map_id)
    try:
        base, asked, place = _sent(request.body)
        services.be_present(workspace, map_id, place_in(place), by=by)
        if not asked:
            return JsonResponse(_told(workspace, opened.facts.revision, map_id, request))
        applied = services.apply(workspace, map_id, asked, base=base, by=by)
    except Refusal as error:
        return JsonResponse({"sentence": _sentence(error, request.reader.locale(workspace))}, status=422)
    lost = [told_edits([each.edit])[0] for each in applied.conflicts]
    news = _conflict_news(len(lost), request.reader.locale(workspace)) if lost else ""
    return JsonResponse(_told(workspace, applied.revision, map_id, request) | {"lost": lost, "news": news})


@require_POST
@desk(Capability.EDIT_MAPS)
def do(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """Take the edits of a form that came without JavaScript; lead back to where it stood, or to what it made."""
    opened = opened_map(workspace, map_id)
    asked = edits_sent(request.POST)
    base = number_in(request.POST.get("base", ""))
    applied = services.apply(
        workspace,
        map_id,
        asked,
        base=opened.revision if base is None else base,
        by=Actor.of(request),
    )
    if applied.conflicts:
        toast(request, _conflict_news(len(applied.conflicts), request.reader.locale(workspace)), "warn")
    then, at = request.POST.get("then", ""), request.POST.get("at", "")
    if then == "none":
        at = ""
    elif then in {"card", "step", "stage", "lane"}:
        made = next(filter(None, map(added_id, asked)), "")
        at = f"{then}/{made}" if made else at
    query = urlencode({"language": request.POST.get("language", ""), "at": at}, safe="/")
    return redirect(f"{href_of(workspace, map_id, 'map-edit')}?{query}{'#panel' if at else ''}")


@require_POST
@desk(Capability.EDIT_MAPS)
def undo(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """Take back what the member changed last."""
    return _turned(request, workspace, map_id, is_redo=False)


@require_POST
@desk(Capability.EDIT_MAPS)
def redo(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """Do again what the member took back last."""
    return _turned(request, workspace, map_id, is_redo=True)


@require_POST
@desk(Capability.EDIT_MAPS)
def settle(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """Deal with a conflict: do the edit all the same, or leave what stands there."""
    number = request.POST.get("conflict", "")
    opened = opened_map(workspace, map_id)
    found = next(
        (
            each
            for each in queries.conflicts_of(workspace, map_id, member=request.user)
            if str(each.conflict_id) == number
        ),
        None,
    )
    if found is None:
        raise Http404
    by = Actor.of(request)
    if request.POST.get("keep") == "mine":
        services.apply(workspace, map_id, read_edits([found.conflict["edit"]]), base=opened.revision, by=by)
    services.settle(workspace, map_id, found.conflict_id, by=by)
    return redirect(back_of(request, href_of(workspace, map_id, "map-edit")))


@require_safe
@desk(Capability.EDIT_MAPS)
def rule(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """Look at a rule while it is written or built: whom it finds."""
    opened_map(workspace, map_id)
    locale = request.reader.locale(workspace)
    is_built = request.GET.get("build") == "1"
    try:
        text = built_text(request.GET) if is_built else request.GET.get("text", "")[:4000]
    except (Refusal, ValueError) as error:
        raise Http404 from error
    view = rule_view(workspace, text, locale, is_built=is_built)
    return render(request, "maps/rule_part.html", {"rule": view})


def opened_map(workspace: Workspace, map_id: str) -> OpenMap:
    """Return a map of the workspace; 404 where there is none."""
    found = queries.map_of(workspace, map_id)
    if found is None:
        raise Http404
    return found


def back_of(request: DeskRequest, usual: str) -> str:
    """Return the address within Safar that a form names to lead back to."""
    return own_address(request, request.POST.get("then", "")) or usual


def language_of(request: DeskRequest, document: JourneyMap) -> str:
    """Return the language of the map's texts that is asked for, else the reader's, else the first."""
    asked = request.GET.get("language") or request.POST.get("language") or request.reader.language
    return asked if asked in document.languages else document.languages[0]


def _turned(request: DeskRequest, workspace: Workspace, map_id: str, *, is_redo: bool) -> HttpResponse:
    opened_map(workspace, map_id)
    turn = services.redo if is_redo else services.undo
    applied = turn(workspace, map_id, by=Actor.of(request))
    if applied.conflicts:
        toast(request, _("Somebody else has changed it since: that stays as it is."), "warn")
    elif not is_part(request):
        toast(request, _("Done again.") if is_redo else _("Undone."), "info")
    return redirect(back_of(request, href_of(workspace, map_id, "map-edit")))


def _sent(body: bytes) -> tuple[int, tuple[AnyEdit, ...], str]:
    """Return the base revision, the edits and the place of the member that the script sent."""
    unreadable = EditUnreadable("These are no edits of a map.", hint="Load the page anew.")
    if len(body) > _MOST_BYTES:
        raise unreadable
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise unreadable from error
    if not isinstance(found, dict) or type(found.get("base")) is not int:
        raise unreadable
    place = found.get("at", "")
    return found["base"], read_edits(found.get("edits", [])), place if isinstance(place, str) else ""


def _told(workspace: Workspace, revision: int, map_id: str, request: DeskRequest) -> dict[str, Any]:
    present = queries.presence_of(workspace, map_id, member=request.user)
    here = " ".join(f"{each.name}@{each.place}" for each in present if not each.is_me)
    return {"revision": revision, "present": here}


def _sentence(error: Refusal, locale: Locale) -> str:
    return locale.shape(sentence_of(error.code))


def _conflict_news(count: int, locale: Locale) -> str:
    sentence = ngettext(
        "%(count)s change was not made: somebody else changed the same. Choose which one stays.",
        "%(count)s changes were not made: somebody else changed the same. Choose which ones stay.",
        count,
    )
    return sentence % {"count": locale.number(count)}


def _page(request: DeskRequest, workspace: Workspace, opened: OpenMap) -> EditorPage:
    document, map_id = opened.document, opened.public_id
    locale, language = request.reader.locale(workspace), language_of(request, document)
    place = request.GET.get("at", "")[:120]
    files = queries.attachments_of(workspace, map_id)
    pictures = frozenset(each.public_id for each in files if each.content_type.startswith("image/"))
    panel = (
        panel_of(
            document,
            place,
            locale,
            language=language,
            choices=_choices(workspace, opened, files, place, language),
        )
        if place
        else None
    )
    conflicts = conflict_views(
        queries.conflicts_of(workspace, map_id, member=request.user),
        document,
        locale,
        workspace=workspace,
        public_id=map_id,
        language=language,
    )
    comments = (
        queries.comments_of(workspace, map_id, member=request.user) if panel and panel.takes_comments else ()
    )
    present = current_home().log(workspace.workspace_id).present()
    own = href_of(workspace, map_id, "map-edit")
    step = document.step(place.removeprefix("step/")) if place.startswith("step/") else None
    return EditorPage(
        workspace=workspace,
        public_id=map_id,
        revision=opened.revision,
        name=map_name(document.name, language, *document.languages),
        about=said(document.about, language, *document.languages),
        state=state_name(document.state),
        language=language,
        languages=language_links(document, language, own, place),
        stages=tuple(
            (each.stage_id, said(each.name, language, *document.languages)) for each in document.stages
        ),
        place=place if panel else "",
        sheet=sheet_view(
            document,
            locale,
            language=language,
            comments=queries.open_comment_counts(workspace, map_id),
            pictures=pictures,
            stage=request.GET.get("stage", ""),
        ),
        panel=panel,
        rule=rule_view(workspace, step.binding.events, locale) if step else None,
        comments=comment_views(
            (each for each in comments if each.target == place), document, locale, language=language
        ),
        may_comment=Capability.COMMENT_MAPS in request.capabilities,
        conflicts=tuple(each for each in conflicts if panel and each.target == place),
        other_conflicts=tuple(each for each in conflicts if not panel or each.target != place),
        present=present_views(
            queries.presence_of(workspace, map_id, member=request.user), document, language
        ),
        history=history_presses(workspace, map_id),
        links=links_of(request, workspace, map_id),
        events=tuple((name, in_words(name)) for name in present.names if visible(name) == name),
        properties=tuple(present.properties),
        members=tuple(each.name or each.email for each in members_of(workspace.workspace_id)),
        is_archived=opened.facts.is_archived,
        unbound=_unbound(document, locale) if present.names and not opened.facts.is_archived else "",
    )


def _unbound(document: JourneyMap, locale: Locale) -> str:
    """Return how many steps are bound to nothing; empty where all are bound."""
    count = sum(not step.binding.events for step in document.steps)
    told = ngettext(
        "%(count)s step is not bound to events yet.", "%(count)s steps are not bound to events yet.", count
    )
    return filled(told, count=locale.number(count)) if count else ""


def links_of(request: DeskRequest, workspace: Workspace, map_id: str) -> tuple[Link, ...]:
    """Return the pages of a map beside its editor."""
    found = [
        (_("See it lived"), "living-map"),
        (_("Proposals"), "map-proposals"),
        (_("Comments"), "map-comments"),
        (_("Versions"), "map-versions"),
        (_("Settings"), "map-settings"),
    ]
    if Capability.SHARE_MAPS in request.capabilities:
        found.append((pgettext("a map", "Share"), "map-shares"))
    return tuple(Link(name, href_of(workspace, map_id, address)) for name, address in found)


def persona_names(
    workspace: Workspace, language: str, *, of: tuple[str, ...] = ()
) -> tuple[tuple[str, str], ...]:
    """Return the personas of the workspace, or those of them that a map is about, by public id and name."""
    found = ((each.public_id, said(each.name, language)) for each in personas_of(workspace))
    return tuple(pair for pair in found if not of or pair[0] in of)


def _choices(
    workspace: Workspace, opened: OpenMap, files: tuple[AttachmentFacts, ...], place: str, language: str
) -> Choices:
    """Return what the panel of a place offers to choose from."""
    return Choices(
        questions=question_keys(workspace) if place.startswith("step/") else (),
        personas=persona_names(workspace, language, of=opened.document.personas),
        maps=tuple(
            (each.public_id, map_name(each.name, language, *each.languages))
            for each in queries.maps_of(workspace)
            if each.public_id != opened.public_id
        ),
        files={
            each.public_id: FileView(
                each.public_id,
                each.name,
                each.size,
                each.content_type.startswith("image/"),
                href_of(workspace, opened.public_id, "map-file", file_id=each.public_id),
            )
            for each in files
        },
    )
