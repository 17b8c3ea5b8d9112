"""Pages of a map beside its editor: comments, versions, settings, links, files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from msgspec.structs import replace

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.asked_number import number_in
from safar.doors.web.design.parts import Crumb
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.doors.web.members.queries import members_of
from safar.maps.anatomy import MapState
from safar.maps.difference import differences
from safar.maps.edits import read_edits
from safar.store.registry import Workspace
from safar.vocabulary.text import fold

from . import queries, services
from .attaching import served_name
from .differences_page import ChangeView, change_views
from .errors import AttachmentRefused
from .facts import OpenMap
from .forms import SettingsForm, ShareForm, SnapshotForm
from .page import CommentView, Link, comment_views, href_of, map_name
from .panel_parts import language_name
from .views_edit import back_of, language_of, links_of, opened_map, persona_names
from .words import length_in_blank

_MENTION = re.compile(r"@([^\s@.,،؛;:!?()]+(?:[.@][^\s@,،؛;:!?()]+)*)")


@dataclass(frozen=True, slots=True)
class MapHead:
    """What stands above every page of a map."""

    title: str
    crumbs: tuple[Crumb, ...]
    links: tuple[Link, ...]
    name: str


@dataclass(frozen=True, slots=True)
class CommentsPage:
    """All comments of a map, open ones first."""

    head: MapHead
    place: str
    comments: tuple[CommentView, ...]
    resolved: tuple[CommentView, ...]
    may_comment: bool
    comments_href: str
    here_href: str


@dataclass(frozen=True, slots=True)
class VersionView:
    """A named version."""

    snapshot_id: int
    name: str
    decided: str
    said: str
    href: str
    restore_href: str


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """All versions, and the form of another one; or two of them side by side."""

    head: MapHead
    versions: tuple[VersionView, ...]
    form: SnapshotForm
    may_edit: bool
    one: VersionView | None = None
    against: str = ""
    changes: tuple[ChangeView, ...] = ()


@dataclass(frozen=True, slots=True)
class ShareView:
    """A link that was made."""

    said: str
    state: str
    is_open: bool
    revoke_href: str


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.COMMENT_MAPS)
def comments(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """List the comments of a map; say something, answer, resolve."""
    opened = opened_map(workspace, map_id)
    own = href_of(workspace, map_id, "map-comments")
    by = Actor.of(request)
    if request.method == "POST":
        resolved = number_in(request.POST.get("resolve", ""))
        if resolved is not None:
            services.resolve_comment(workspace, map_id, resolved, by=by)
            toast(request, _("The comment is resolved."))
        else:
            text = request.POST.get("text", "")
            services.comment(
                workspace,
                map_id,
                text,
                target=request.POST.get("at", ""),
                answers=number_in(request.POST.get("answers", "")),
                mentions=_mentioned(workspace, text),
                by=by,
            )
            toast(request, _("The comment is there."))
        return redirect(back_of(request, own))
    services.read_mentions(workspace, map_id, by=by)
    locale, language = request.reader.locale(workspace), language_of(request, opened.document)
    may_edit = Capability.EDIT_MAPS in request.capabilities
    at_href = f"{href_of(workspace, map_id, 'map-edit')}?at=" if may_edit else ""
    views = comment_views(
        queries.comments_of(workspace, map_id, member=request.user),
        opened.document,
        locale,
        language=language,
        at_href=at_href or f"{own}#",
    )
    page = CommentsPage(
        head=head_of(request, workspace, opened, _("Comments")),
        place="",
        comments=tuple(each for each in views if not each.is_resolved),
        resolved=tuple(each for each in views if each.is_resolved),
        may_comment=True,
        comments_href=own,
        here_href=own,
    )
    return render(request, "maps/comments.html", {"page": page, "head": page.head, "desk": "journeys"})


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.SEE_NUMBERS)
def versions(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """List the versions of a map; keep another one."""
    opened = opened_map(workspace, map_id)
    may_edit = Capability.EDIT_MAPS in request.capabilities
    form = SnapshotForm(request.POST if request.method == "POST" and may_edit else None)
    if form.is_bound and form.is_valid():
        found = form.cleaned_data
        services.snapshot(workspace, map_id, found["name"], decided=found["decided"], by=Actor.of(request))
        toast(request, _("The version is kept."))
        return redirect(href_of(workspace, map_id, "map-versions"))
    page = VersionsPage(
        head=head_of(request, workspace, opened, _("Versions")),
        versions=_versions(request, workspace, map_id),
        form=form,
        may_edit=may_edit,
    )
    return render(
        request,
        "maps/versions.html",
        {"page": page, "head": page.head, "desk": "journeys"},
        status=422 if form.errors else 200,
    )


@require_safe
@desk(Capability.SEE_NUMBERS)
def version(request: DeskRequest, workspace: Workspace, map_id: str, snapshot_id: int) -> HttpResponse:
    """Compare a version with another one, or with the map as it is."""
    opened = opened_map(workspace, map_id)
    kept = queries.snapshot_of(workspace, map_id, snapshot_id)
    all_versions = _versions(request, workspace, map_id)
    own = next((each for each in all_versions if each.snapshot_id == snapshot_id), None)
    if kept is None or own is None:
        raise Http404
    asked = request.GET.get("against", "")
    number = number_in(asked)
    other = None if number is None else queries.snapshot_of(workspace, map_id, number)
    document = opened.document if other is None else other.document
    language = language_of(request, document)
    page = VersionsPage(
        head=head_of(request, workspace, opened, own.name),
        versions=all_versions,
        form=SnapshotForm(),
        may_edit=Capability.EDIT_MAPS in request.capabilities,
        one=own,
        against=asked if other is not None else "",
        changes=change_views(
            differences(kept.document, document),
            kept.document,
            document,
            request.reader.locale(workspace),
            language,
        ),
    )
    return render(request, "maps/version.html", {"page": page, "head": page.head, "desk": "journeys"})


@require_POST
@desk(Capability.EDIT_MAPS)
def restore(request: DeskRequest, workspace: Workspace, map_id: str, snapshot_id: int) -> HttpResponse:
    """Bring the map back to a version."""
    opened_map(workspace, map_id)
    services.restore(workspace, map_id, snapshot_id, by=Actor.of(request))
    undo = href_of(workspace, map_id, "map-undo")
    toast(request, _("The map is as that version was."), undo_href=undo)
    return redirect(href_of(workspace, map_id, "map-edit"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.EDIT_MAPS)
def settings(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """Change what belongs to the map as a whole."""
    opened = opened_map(workspace, map_id)
    document = opened.document
    form = SettingsForm(
        document.languages,
        persona_names(workspace, request.reader.language),
        request.POST if request.method == "POST" else None,
        initial={
            "languages": list(document.languages),
            "first": document.languages[0],
            "state": document.state.value,
            "pause": length_in_blank(document.pause, request.reader.locale(workspace)),
            "personas": list(document.personas),
        },
    )
    if form.is_bound and form.is_valid():
        found = form.cleaned_data
        chosen = list(dict.fromkeys([found["first"], *found["languages"]]))
        after = replace(
            document,
            languages=tuple(chosen),
            state=MapState(found["state"]),
            pause=found["pause"],
            personas=tuple(found.get("personas", document.personas)),
            name=_words(request, "name", document.name, chosen),
            about=_words(request, "about", document.about, chosen),
        )
        services.replace(workspace, map_id, after, base=opened.revision, by=Actor.of(request))
        toast(request, _("The settings are kept."))
        return redirect(href_of(workspace, map_id, "map-settings"))
    context = {
        "head": head_of(request, workspace, opened, _("Settings")),
        "form": form,
        "words": [
            (each, language_name(each), document.name.get(each, ""), document.about.get(each, ""))
            for each in document.languages
        ],
        "desk": "journeys",
    }
    return render(request, "maps/settings.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.SHARE_MAPS)
def shares(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """List the links that show the map without signing in; make another one."""
    opened = opened_map(workspace, map_id)
    locale = request.reader.locale(workspace)
    form = ShareForm(
        opened.document.languages,
        request.POST if request.method == "POST" else None,
        initial={"days": 30, "language": language_of(request, opened.document)},
    )
    link = ""
    if form.is_bound and form.is_valid():
        found = form.cleaned_data
        _facts, token = services.share(
            workspace,
            map_id,
            language=found["language"],
            shows_lived=found["shows_lived"],
            expires_at=timezone.now() + timedelta(days=found["days"]),
            by=Actor.of(request),
        )
        link, form = _link(request, token), ShareForm(opened.document.languages, initial={"days": 30})
    context = {
        "head": head_of(request, workspace, opened, pgettext("a map", "Share")),
        "form": form,
        "link": link,
        "shares": tuple(
            ShareView(
                said=filled(
                    _("%(language)s · %(what)s · made by %(who)s on %(day)s"),
                    language=language_name(each.language),
                    what=_("design and what was lived") if each.shows_lived else _("design alone"),
                    who=each.by,
                    day=locale.date(each.created_at),
                ),
                state=_share_state(each, locale),
                is_open=each.is_open,
                revoke_href=href_of(workspace, map_id, "map-unshare", share_id=each.public_id),
            )
            for each in queries.shares_of(workspace, map_id)
        ),
        "desk": "journeys",
    }
    return render(request, "maps/shares.html", context, status=422 if form.errors else 200)


@require_POST
@desk(Capability.SHARE_MAPS)
def unshare(request: DeskRequest, workspace: Workspace, map_id: str, share_id: str) -> HttpResponse:
    """End a link at once."""
    opened_map(workspace, map_id)
    services.unshare(workspace, map_id, share_id, by=Actor.of(request))
    toast(request, _("The link is withdrawn: it shows nothing any more."))
    return redirect(href_of(workspace, map_id, "map-shares"))


@require_POST
@desk(Capability.EDIT_MAPS)
def attach(request: DeskRequest, workspace: Workspace, map_id: str) -> HttpResponse:
    """Take a file for a card."""
    opened = opened_map(workspace, map_id)
    card_id = request.POST.get("at", "").removeprefix("card/")
    card = next((each for each in opened.document.cards if each.card_id == card_id), None)
    file = request.FILES.get("file")
    if card is None:
        raise Http404
    if file is None:
        raise AttachmentRefused("There is no file.", hint="Choose a picture or a PDF.")
    by = Actor.of(request)
    facts = services.attach(workspace, map_id, file, file.name or "", by=by)
    edit = {"edit": "card.attachments", "of": card_id, "value": [*card.attachments, facts.public_id]}
    services.apply(workspace, map_id, read_edits([edit]), base=opened.revision, by=by)
    return redirect(f"{href_of(workspace, map_id, 'map-edit')}?at=card/{card_id}#panel")


@require_safe
@desk(Capability.SEE_NUMBERS)
def file(request: DeskRequest, workspace: Workspace, map_id: str, file_id: str) -> HttpResponseBase:
    """Send a file of a map."""
    found = queries.attachment(workspace, map_id, file_id)
    if found is None:
        raise Http404
    facts, path = found
    is_shown = facts.content_type.startswith("image/")
    sent = FileResponse(
        path.open("rb"),
        as_attachment=not is_shown,
        filename=served_name(facts.name, facts.content_type),
        content_type=facts.content_type,
    )
    sent.headers["Cache-Control"] = "private, max-age=86400"
    return sent


def head_of(request: DeskRequest, workspace: Workspace, opened: OpenMap, title: str) -> MapHead:
    """Return what stands above a page of a map."""
    locale = request.reader.locale(workspace)
    name = map_name(opened.document.name, locale.language, *opened.document.languages)
    may_edit = Capability.EDIT_MAPS in request.capabilities
    own = href_of(workspace, opened.public_id, "map-edit" if may_edit else "living-map")
    return MapHead(
        title=title,
        crumbs=(
            Crumb(_("Journey maps"), reverse("maps", kwargs={"workspace_id": workspace.workspace_id})),
            Crumb(name, own),
        ),
        links=links_of(request, workspace, opened.public_id) if may_edit else (),
        name=name,
    )


def _versions(request: DeskRequest, workspace: Workspace, map_id: str) -> tuple[VersionView, ...]:
    locale = request.reader.locale(workspace)
    return tuple(
        VersionView(
            snapshot_id=each.snapshot_id,
            name=each.name,
            decided=each.decided,
            said=filled(_("%(when)s by %(who)s"), when=locale.datetime(each.at), who=each.by),
            href=href_of(workspace, map_id, "map-version", snapshot_id=each.snapshot_id),
            restore_href=href_of(workspace, map_id, "map-restore", snapshot_id=each.snapshot_id),
        )
        for each in queries.snapshots_of(workspace, map_id)
    )


def _mentioned(workspace: Workspace, text: str) -> tuple[str, ...]:
    """Return the addresses of members that a text asks: by @address, its beginning, or @name with _ for blanks."""
    asked = {fold(each.strip("._")) for each in _MENTION.findall(text)}
    found = []
    for member in members_of(workspace.workspace_id):
        names = {
            member.email,
            member.email.partition("@")[0],
            member.name.replace(" ", "_"),
            member.name.partition(" ")[0],
        }
        if asked & {fold(each) for each in names if each}:
            found.append(member.email)
    return tuple(found[:20])


def _words(request: DeskRequest, field: str, words: dict[str, str], languages: list[str]) -> dict[str, str]:
    """Return the texts of the map in each language, as the form sent them."""
    found = dict(words)
    for language in languages:
        text = request.POST.get(f"{field}.{language}")
        if text is not None:
            found[language] = text.strip()
    return {language: text for language, text in found.items() if text}


def _share_state(share: Any, locale: Any) -> str:
    if share.revoked_at is not None:
        return filled(_("withdrawn on %(day)s"), day=locale.date(share.revoked_at))
    if not share.is_open:
        return filled(_("ended on %(day)s"), day=locale.date(share.expires_at))
    return filled(_("open until %(day)s"), day=locale.date(share.expires_at))


def _link(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(f"/m/{token}")
