"""The maps of a workspace, and how a new one begins: from a template, empty, or from a file."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from msgspec.structs import replace

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.parts import Tab
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.homes import current_home
from safar.doors.web.journeys.page import tabs as journeys_tabs
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.maps.anatomy import JourneyMap, Lane, LaneKind, Words
from safar.maps.fitting import fitted
from safar.maps.templates import TEMPLATES, template
from safar.show.locale import Locale
from safar.store.registry import Workspace

from . import queries, services
from .facts import MapFacts
from .forms import ImportForm, NewMapForm
from .map_files import map_of_file
from .page import href_of, map_name, state_name
from .panel_parts import language_name
from .views_edit import opened_map

#: Lanes of an empty map.
_FIRST_LANES: Final = (
    LaneKind.ACTION,
    LaneKind.TOUCHPOINT,
    LaneKind.THINKING,
    LaneKind.EMOTION,
    LaneKind.PAIN,
)


@dataclass(frozen=True, slots=True)
class MapTile:
    """A map in the list."""

    public_id: str
    name: str
    state: str
    made_of: str
    languages: str
    changed: str
    stages: range
    href: str
    edit_href: str
    duplicate_href: str
    archive_href: str
    is_archived: bool


@dataclass(frozen=True, slots=True)
class TemplateTile:
    """A template in the gallery."""

    key: str
    name: str
    about: str
    stages: tuple[str, ...]
    made_of: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """What the template of the list is given."""

    tabs: tuple[Tab, ...]
    maps: tuple[MapTile, ...]
    templates: tuple[TemplateTile, ...]
    may_edit: bool
    is_archive: bool
    other_href: str
    new_href: str


@dataclass(frozen=True, slots=True)
class NewPage:
    """What the template of a new map is given."""

    tabs: tuple[Tab, ...]
    templates: tuple[TemplateTile, ...]
    form: NewMapForm
    import_form: ImportForm
    list_href: str


@require_safe
@desk(Capability.SEE_NUMBERS)
def maps(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """List the maps, those first that were changed last."""
    locale, is_archive = request.reader.locale(workspace), request.GET.get("archive") == "1"
    own = reverse("maps", kwargs={"workspace_id": workspace.workspace_id})
    found = queries.maps_of(workspace, archived=is_archive)
    may_edit = Capability.EDIT_MAPS in request.capabilities
    page = ListPage(
        tabs=journeys_tabs(workspace, "maps"),
        maps=tuple(_tile(workspace, each, locale) for each in found),
        templates=() if found or is_archive or not may_edit else _templates(locale),
        may_edit=may_edit,
        is_archive=is_archive,
        other_href=own if is_archive else f"{own}?archive=1",
        new_href=reverse("map-new", kwargs={"workspace_id": workspace.workspace_id}),
    )
    return render(request, "maps/maps.html", {"page": page, "desk": "journeys"})


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.EDIT_MAPS)
def new(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Begin a map: choose a template, name an empty one, or bring a file."""
    locale, by = request.reader.locale(workspace), Actor.of(request)
    posted, begin = request.POST if request.method == "POST" else None, request.POST.get("begin", "")
    form = NewMapForm(posted if begin == "empty" else None, initial={"languages": [locale.language]})
    import_form = ImportForm(
        posted if begin == "file" else None, request.FILES if begin == "file" else None, auto_id="import-%s"
    )
    document: JourneyMap | None = None
    if begin in TEMPLATES:
        fitting = fitted(template(begin), current_home().log(workspace.workspace_id))
        document = _in_reading_order(fitting, locale.language)
    elif begin == "empty" and form.is_valid():
        document = _empty(form.cleaned_data["name"], form.cleaned_data["languages"], locale.language)
    elif begin == "file" and import_form.is_valid():
        document = map_of_file(import_form, import_form.cleaned_data["file"], locale)
    if document is not None:
        public_id = services.create(workspace, document, by=by)
        return redirect(href_of(workspace, public_id, "map-edit"))
    page = NewPage(
        tabs=journeys_tabs(workspace, "maps"),
        templates=_templates(locale),
        form=form,
        import_form=import_form,
        list_href=reverse("maps", kwargs={"workspace_id": workspace.workspace_id}),
    )
    status = 422 if posted is not None else 200
    return render(request, "maps/new.html", {"page": page, "desk": "journeys"}, status=status)


@require_POST
@desk(Capability.EDIT_MAPS)
def duplicate(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """Make a map that begins as this one is."""
    document = opened_map(workspace, map_id).document
    name = {each: filled(_("%(name)s (copy)"), name=text) for each, text in document.name.items()}
    public_id = services.create(workspace, replace(document, name=name), by=Actor.of(request))
    toast(request, _("This is the copy."))
    return redirect(href_of(workspace, public_id, "map-edit"))


@require_POST
@desk(Capability.EDIT_MAPS)
def archive(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """Put a map into the archive, or take it out again."""
    opened = opened_map(workspace, map_id)
    is_archived = not opened.facts.is_archived
    services.archive(workspace, map_id, is_archived=is_archived, by=Actor.of(request))
    own = href_of(workspace, map_id, "map-archive")
    toast(
        request,
        _("The map is in the archive.") if is_archived else _("The map is out of the archive."),
        undo_href=own,
    )
    return redirect(reverse("maps", kwargs={"workspace_id": workspace.workspace_id}))


def _tile(workspace: Workspace, facts: MapFacts, locale: Locale) -> MapTile:
    changed = locale.datetime(facts.changed_at)
    if facts.changed_by:
        changed = filled(_("%(when)s by %(who)s"), when=changed, who=facts.changed_by)
    return MapTile(
        public_id=facts.public_id,
        name=map_name(facts.name, locale.language, *facts.languages),
        state=state_name(facts.state),
        made_of=_made_of(facts.stages, facts.steps, locale),
        languages=" · ".join(map(language_name, facts.languages)),
        changed=changed,
        stages=range(facts.stages),
        href=href_of(workspace, facts.public_id, "living-map"),
        edit_href=href_of(workspace, facts.public_id, "map-edit"),
        duplicate_href=href_of(workspace, facts.public_id, "map-duplicate"),
        archive_href=href_of(workspace, facts.public_id, "map-archive"),
        is_archived=facts.is_archived,
    )


def _made_of(stages: int, steps: int, locale: Locale) -> str:
    of_stages = ngettext("%(count)s stage", "%(count)s stages", stages) % {"count": locale.number(stages)}
    of_steps = ngettext("%(count)s step", "%(count)s steps", steps) % {"count": locale.number(steps)}
    return f"{of_stages} · {of_steps}"


def _templates(locale: Locale) -> tuple[TemplateTile, ...]:
    found = []
    for key in TEMPLATES:
        document = template(key)
        found.append(
            TemplateTile(
                key=key,
                name=map_name(document.name, locale.language),
                about=document.about.get(locale.language, ""),
                stages=tuple(map_name(each.name, locale.language) for each in document.stages),
                made_of=_made_of(len(document.stages), len(document.steps), locale),
            )
        )
    return tuple(found)


def _in_reading_order(document: JourneyMap, language: str) -> JourneyMap:
    """Return a template with the reader's language first."""
    others = tuple(each for each in document.languages if each != language)
    return replace(document, languages=(language, *others)) if language in document.languages else document


def _empty(name: str, languages: list[str], language: str) -> JourneyMap:
    chosen = [each for each in (language, *languages) if each in languages]
    words: Words = {chosen[0]: name}
    lanes = tuple(Lane(lane_id=secrets.token_hex(4), kind=kind) for kind in _FIRST_LANES)
    return JourneyMap(name=words, languages=tuple(dict.fromkeys(chosen)), lanes=lanes)
