"""What the template of the builder is given: the outline, the part that is open, what is left to do, the preview."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.urls import reverse

from safar.doors.web.design.parts import Tab
from safar.store.registry import Workspace

from .finding_words import FindingView
from .part_form import SectionView


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question in the outline."""

    question_id: str
    number: str
    name: str
    kind: str
    glyph: str
    href: str
    at: str
    is_open: bool
    is_required: bool
    condition: str
    has_error: bool


@dataclass(frozen=True, slots=True)
class PageLine:
    """A page in the outline, with its questions."""

    page_id: str
    name: str
    href: str
    at: str
    is_open: bool
    condition: str
    note: str
    questions: tuple[QuestionLine, ...]
    add_href: str
    has_error: bool


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """An ending, a jump, a quota … in a list; or a page of settings."""

    name: str
    href: str
    at: str
    is_open: bool
    about: str = ""
    has_error: bool = False


@dataclass(frozen=True, slots=True)
class ListView:
    """One list of rules: its parts, and the button that adds one."""

    key: str
    name: str
    about: str
    parts: tuple[PlaceLine, ...]
    add: str
    can_add: bool = True


@dataclass(frozen=True, slots=True)
class KindChoice:
    """A kind of question in the menu that adds one."""

    kind: str
    name: str
    sentence: str
    glyph: str


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """What two members wrote in one place."""

    where: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What is open: a form, the menu of kinds, or the lists of rules.

    Attributes
    ----------
    mode
        ``"form"``, ``"add"``, ``"logic"`` or ``"settings"`` (a form with the languages).
    at
        The place, as addresses name it.
    """

    mode: str
    at: str
    title: str
    kind: str
    glyph: str
    sections: tuple[SectionView, ...]
    can_move: bool = False
    can_copy: bool = False
    can_delete: bool = True
    findings: tuple[FindingView, ...] = ()
    lists: tuple[ListView, ...] = ()
    groups: tuple[tuple[str, tuple[KindChoice, ...]], ...] = ()
    into: str = ""
    after: str = ""
    languages: tuple[tuple[str, str, bool], ...] = ()
    inserts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BuilderPage:
    """What the template of the builder is given."""

    workspace: Workspace
    survey_id: str
    name: str
    state: str
    state_name: str
    revision: int
    language: str
    direction: str
    languages: tuple[Tab, ...]
    tabs: tuple[Tab, ...]
    pages: tuple[PageLine, ...]
    endings: tuple[PlaceLine, ...]
    places: tuple[PlaceLine, ...]
    panel: Panel
    findings: tuple[FindingView, ...]
    error_count: str
    to_do: str
    conflicts: tuple[ConflictLine, ...]
    preview_href: str
    full_preview_href: str
    try_href: str
    edit_href: str
    list_href: str
    here: str
    news: str
    is_archived: bool
    sentences: dict[str, str]


def address(workspace: Workspace, survey_id: str, name: str = "survey", **query: str) -> str:
    """Return the address of a page of a survey."""
    own = reverse(name, kwargs={"workspace_id": workspace.workspace_id, "survey_id": survey_id})
    kept = {key: value for key, value in query.items() if value}
    return f"{own}?{urlencode(kept, safe='/', quote_via=quote)}" if kept else own
