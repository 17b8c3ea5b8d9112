"""The editor of a map as its template is given it: the sheet, the panel beside it, who else is here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from safar.doors.web.design.words import filled
from safar.maps.anatomy import JourneyMap, MapState, Words, said
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .facts import CommentFacts, ConflictFacts, PresenceFacts
from .page_sheet import SheetView
from .panel_parts import Panel, language_name
from .rich_text import rich_text
from .words import STATE_NAMES, lane_name

#: What the script says; named places are filled there.
SENTENCES: Final[dict[str, Promise | str]] = {
    "saved": pgettext_lazy("state of a map", "Saved"),
    "saving": pgettext_lazy("state of a map", "Saving…"),
    "unsaved": gettext_lazy("Not saved yet: there is no connection. It is kept here and sent again."),
    "lost": gettext_lazy("No connection: what others change does not appear."),
    "closed": gettext_lazy("Not saved: you are signed out, or may not change this map any more."),
    "refused": gettext_lazy("This was not accepted."),
    "edge": gettext_lazy("It cannot go further that way."),
    "moved": gettext_lazy("%(name)s moved."),
    "moved_to": gettext_lazy("%(name)s moved to %(place)s."),
    "removed": gettext_lazy("%(name)s removed. Undo brings it back."),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A place to go to."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """One of the languages that the texts are written in."""

    code: str
    name: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class HistoryPress:
    """Undo or redo."""

    key: str
    name: str
    glyph: str
    href: str
    can: bool


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody else who is here."""

    name: str
    said: str


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment on the page.

    Attributes
    ----------
    html
        Its text.
    where, where_href
        The part of the map that it speaks of, where the page shows several.
    resolved
        By whom, when it is.
    """

    comment_id: int
    by: str
    at: str
    html: SafeString
    where: str
    where_href: str
    is_resolved: bool
    resolved: str
    replies: tuple[CommentView, ...]


@dataclass(frozen=True, slots=True)
class ConflictView:
    """Two texts of which one must be chosen."""

    conflict_id: int
    title: str
    mine: str
    theirs: str
    theirs_name: str
    href: str
    target: str


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule while it is written.

    Attributes
    ----------
    text
        As it is written; as it should be where it was built.
    error, reach
        Why it cannot be read, or whom it finds.
    names, channels, conditions, signs
        Of the builder.
    is_built
        Whether the builder is open.
    """

    text: str
    error: str
    reach: str
    names: tuple[Any, ...] = ()
    channels: tuple[Any, ...] = ()
    conditions: tuple[Any, ...] = ()
    signs: tuple[tuple[str, str], ...] = ()
    is_built: bool = False


@dataclass(frozen=True, slots=True)
class EditorPage:
    """What the template of the editor is given."""

    workspace: Workspace
    public_id: str
    revision: int
    name: str
    about: str
    state: str
    language: str
    languages: tuple[LanguageLink, ...]
    stages: tuple[tuple[str, str], ...]
    place: str
    sheet: SheetView
    panel: Panel | None
    rule: RuleView | None
    comments: tuple[CommentView, ...]
    may_comment: bool
    conflicts: tuple[ConflictView, ...]
    other_conflicts: tuple[ConflictView, ...]
    present: tuple[Present, ...]
    history: tuple[HistoryPress, ...]
    links: tuple[Link, ...]
    events: tuple[tuple[str, str], ...]
    properties: tuple[str, ...]
    members: tuple[str, ...]
    is_archived: bool
    unbound: str

    @property
    def nameless(self) -> str:
        """What stands where a part has no name yet."""
        return pgettext("part of a map", "No name yet")

    @property
    def save_name(self) -> str:
        """On the button of forms, where nothing saves itself."""
        return _("Save")

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """Keys of the sheet and what they do."""
        return (
            ("← ↑ → ↓", _("go from place to place")),
            ("Enter", _("opens what is there")),
            ("+", _("adds a card, or a step behind this one")),
            ("Alt + ← ↑ → ↓", _("moves a card, a step, a stage or a lane")),
            ("Delete", _("removes it")),
            ("Esc", _("closes the panel")),
            ("Ctrl + Z, Ctrl + Y", _("undo and redo")),
        )

    @property
    def sentences(self) -> dict[str, str]:
        """What the script says."""
        return {name: str(sentence) for name, sentence in SENTENCES.items()}

    @property
    def list_href(self) -> str:
        """Of all maps."""
        return reverse("maps", kwargs={"workspace_id": self.workspace.workspace_id})

    @property
    def part_href(self) -> str:
        """Of this page, without what is open."""
        return href_of(self.workspace, self.public_id, "map-edit")

    @property
    def at_href(self) -> str:
        """Of this page with something open: the place follows."""
        return f"{self.part_href}?{urlencode({'language': self.language})}&at="

    @property
    def here_href(self) -> str:
        """Of this page as it is."""
        return f"{self.at_href}{self.place}"

    @property
    def close_href(self) -> str:
        """Of this page with nothing open."""
        return f"{self.part_href}?{urlencode({'language': self.language})}"

    @property
    def edits_href(self) -> str:
        """Where the script sends edits."""
        return href_of(self.workspace, self.public_id, "map-edits")

    @property
    def do_href(self) -> str:
        """Where forms send edits."""
        return href_of(self.workspace, self.public_id, "map-do")

    @property
    def rule_href(self) -> str:
        """Where a rule is looked at."""
        return href_of(self.workspace, self.public_id, "map-rule")

    @property
    def proposals_href(self) -> str:
        """Where the log proposes bindings."""
        step = self.place.removeprefix("step/") if self.place.startswith("step/") else ""
        return f"{href_of(self.workspace, self.public_id, 'map-proposals')}#proposal-{step}"

    @property
    def attach_href(self) -> str:
        """Where files are sent."""
        return href_of(self.workspace, self.public_id, "map-attach")

    @property
    def files_href(self) -> str:
        """Where files lie: an id follows."""
        return f"{self.attach_href}/"

    @property
    def comments_href(self) -> str:
        """Of all comments, and where they are sent."""
        return href_of(self.workspace, self.public_id, "map-comments")


def href_of(workspace: Workspace, public_id: str, name: str, **more: object) -> str:
    """Return an address of a map."""
    return reverse(name, kwargs={"workspace_id": workspace.workspace_id, "map_id": public_id, **more})


def map_name(words: Words, *languages: str) -> str:
    """Return what a map is called."""
    return said(words, *languages) or pgettext("map", "Map without a name")


def state_name(state: str) -> str:
    """Return whether a map shows what is or what is to be."""
    return str(STATE_NAMES[MapState(state)])


def language_links(document: JourneyMap, current: str, address: str, at: str) -> tuple[LanguageLink, ...]:
    """Return the languages of a map to choose from."""
    return tuple(
        LanguageLink(
            each,
            language_name(each),
            f"{address}?{urlencode({'language': each, 'at': at} if at else {'language': each}, safe='/')}",
            each == current,
        )
        for each in document.languages
    )


def history_presses(workspace: Workspace, public_id: str) -> tuple[HistoryPress, ...]:
    """Return undo and redo."""
    return (
        HistoryPress("undo", _("Undo"), "↶", href_of(workspace, public_id, "map-undo"), can=True),
        HistoryPress("redo", _("Redo"), "↷", href_of(workspace, public_id, "map-redo"), can=True),
    )


def present_views(
    present: Iterable[PresenceFacts], document: JourneyMap, language: str
) -> tuple[Present, ...]:
    """Return who else is here, and where."""
    found = []
    for each in present:
        if each.is_me:
            continue
        where = part_name(document, each.place, language) if each.place else ""
        sentence = filled(_("%(name)s is at %(where)s"), name=each.name, where=where) if where else each.name
        found.append(Present(each.name, sentence))
    return tuple(found)


def part_name(document: JourneyMap, place: str, language: str) -> str:
    """Return what a part of a map is called; empty for none."""
    kind, _slash, part_id = place.partition("/")
    languages = (language, *document.languages)
    if kind == "step":
        step = document.step(part_id)
        return said(step.name, *languages) if step else ""
    if kind == "stage":
        return next((said(each.name, *languages) for each in document.stages if each.stage_id == part_id), "")
    if kind == "lane":
        return next((lane_name(each, *languages) for each in document.lanes if each.lane_id == part_id), "")
    if kind == "card":
        card = next((each for each in document.cards if each.card_id == part_id), None)
        if card is None:
            return ""
        lane = part_name(document, f"lane/{card.lane_id}", language)
        at = part_name(document, f"step/{card.step_id}", language)
        return filled("%(lane)s · %(step)s", lane=lane, step=at)
    return ""


def comment_views(
    comments: Iterable[CommentFacts],
    document: JourneyMap,
    locale: Locale,
    *,
    language: str,
    at_href: str = "",
) -> tuple[CommentView, ...]:
    """Return comments with their answers; with an address, each says where it stands."""
    return tuple(
        CommentView(
            comment_id=each.comment_id,
            by=each.by,
            at=locale.datetime(each.at),
            html=rich_text(each.text),
            where=part_name(document, each.target, language) if at_href else "",
            where_href=f"{at_href}{each.target}" if at_href else "",
            is_resolved=each.resolved_at is not None,
            resolved=filled(_("resolved by %(name)s"), name=each.resolved_by) if each.resolved_at else "",
            replies=comment_views(each.replies, document, locale, language=language),
        )
        for each in comments
    )


def conflict_views(
    conflicts: Iterable[ConflictFacts],
    document: JourneyMap,
    locale: Locale,
    *,
    workspace: Workspace,
    public_id: str,
    language: str,
) -> tuple[ConflictView, ...]:
    """Return the conflicts of a member, newest first."""
    href = href_of(workspace, public_id, "map-settle")
    return tuple(
        ConflictView(
            conflict_id=each.conflict_id,
            title=_conflict_title(each, document, language),
            mine=_value_in_words(_own_value(each.conflict["edit"])),
            theirs=_("It was removed.")
            if each.conflict.get("is_gone")
            else _value_in_words(each.conflict.get("kept")),
            theirs_name=_("Theirs"),
            href=href,
            target="/".join(str(each.conflict["target"]).split("/")[:2]),
        )
        for each in conflicts
    )


def _conflict_title(conflict: ConflictFacts, document: JourneyMap, language: str) -> str:
    name = part_name(document, str(conflict.conflict["target"]), language) or part_name(
        document, "/".join(str(conflict.conflict["target"]).split("/")[:2]), language
    )
    if not name:
        return _("Somebody else changed the same at the same time.")
    return filled(_("%(name)s: somebody else changed the same at the same time."), name=name)


def _own_value(edit: dict[str, Any]) -> Any:
    return edit.get("text", edit.get("value", ""))


def _value_in_words(value: Any) -> str:
    if value is None or value in ("", []):
        return _("(empty)")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "\n".join(_value_in_words(each) for each in value)
    if isinstance(value, dict):
        return " · ".join(_value_in_words(each) for each in value.values() if each not in ("", None, [], {}))
    return str(value)
