"""The page of a question: what the second navigation, the form and the answer are given."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from safar.doors.web.design.answers import Kept
from safar.doors.web.design.desks import DESKS
from safar.doors.web.design.fact import Definition
from safar.doors.web.design.parts import EmptyState, Tab
from safar.doors.web.design.table import changed, sorted_table
from safar.doors.web.design.words import filled
from safar.doors.web.events.page import first_steps
from safar.doors.web.events.words import channel_in_words
from safar.doors.web.surveys.queries import asked_names
from safar.doors.web.work.queries import WorkFacts
from safar.observe.rule_text import text_of
from safar.observe.segment_text import segment_text_of
from safar.observe.steps import StepRule
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.answer import Note
from safar.vocabulary.time_zone import local_days
from safar.vocabulary.window import to_microseconds

from .forms import EVER, QuestionForm
from .kind import Asked, Cell, KindPage, Shown
from .kinds import BY_KEY, pages_of
from .note_sentences import is_weighty, note_sentence
from .programs import ForPrograms, for_programs

#: Forms of files of numbers, and of drawings.
TABLE_FORMS: Final = (("csv", "CSV"), ("xlsx", "Excel"), ("parquet", "Parquet"))
#: The table of an answer that names customers.
CUSTOMER_TABLE: Final = "customer_table"
DRAWING_FORMS: Final = (("svg", "SVG"), ("png", "PNG"))
#: The page that the desk Value begins with, as `tabs` knows it.
OVERVIEW: Final = "overview"
#: Caveats that stand before the answer; the others are folded away.
_MOST_CAUTIONS: Final = 3


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file to take away: what it is called, and its query."""

    name: str
    query: str


@dataclass(frozen=True, slots=True)
class JourneyPage:
    """What the template of a question is given.

    Attributes
    ----------
    kind, workspace, tabs, form
        What is asked, where, and what else can be.
    query
        The state of the page, without ``?``.
    scope
        Of when and of whom, in words.
    answer, shown
        The answer of the library, and in the reader's words; None while it is not there.
    definition
        What the numbers mean and where they came from; None without an answer.
    work
        The background work that answers; None where the answer is there or nothing valid was asked.
    as_of
        The time of the answer where it is not the newest; else empty.
    files
        Of the numbers.
    parts
        The tabs of the page where the kind shares it with others.
    saved
        `saved_page.SavedHead` where the page is that of a saved question.
    for_programs
        How else the question is asked; None where nothing valid was asked.
    sees_customers
        Whether lists of customers are offered as files.
    """

    kind: KindPage
    workspace: Workspace
    tabs: tuple[Tab, ...]
    form: QuestionForm
    query: str
    scope: str
    answer: Any
    shown: Shown | None
    definition: Definition | None
    work: WorkFacts | None
    as_of: str
    files: tuple[FileLink, ...]
    parts: tuple[Tab, ...] = ()
    saved: Any = None
    for_programs: ForPrograms | None = None
    sees_customers: bool = False

    @property
    def drawings(self) -> Iterator[tuple[Any, tuple[FileLink, ...]]]:
        """Each drawing with its files."""
        for drawing in self.shown.drawings if self.shown else ():
            yield drawing, _files(self.query, DRAWING_FORMS, drawing=drawing.key) if self.files else ()

    @property
    def further_files(self) -> Iterator[tuple[str, tuple[FileLink, ...]]]:
        """What further tables of the answer are called, with their files."""
        for name, called in self.kind.further_tables if self.files else ():
            if len(getattr(self.answer, name)):
                yield str(called), _files(self.query, TABLE_FORMS, table=name)
        if self.files and self.sees_customers and self.kind.customer_list and self.answer is not None:
            yield str(self.kind.customer_list), _files(self.query, TABLE_FORMS, table=CUSTOMER_TABLE)

    @property
    def cautions(self) -> tuple[str, ...]:
        """The weightiest caveats, which stand before the answer."""
        return self.definition.cautions[:_MOST_CAUTIONS] if self.definition else ()

    @property
    def further_cautions(self) -> tuple[str, ...]:
        """The others, which are folded away."""
        return self.definition.cautions[_MOST_CAUTIONS:] if self.definition else ()

    @property
    def further_name(self) -> str:
        """What the others are called together."""
        count = len(self.further_cautions)
        return filled(
            ngettext("%(count)s further note", "%(count)s further notes", count),
            count=self.form.locale.number(count),
        )

    @property
    def differs(self) -> str:
        """How its number differs from those of neighbouring pages, as HTML with links to them."""
        links = {
            key: format_html('<a href="{}">{}</a>', address_of(self.workspace, key), kind.name)
            for key, kind in BY_KEY.items()
        }
        return mark_safe(conditional_escape(str(self.kind.differs)) % links) if self.kind.differs else ""  # noqa: S308

    @property
    def is_folded(self) -> bool:
        """Whether narrow screens fold the form away: there is an answer, or it is on its way.

        Not where sliders are moved and the answer is watched.
        """
        there = self.work is not None or (self.shown is not None and not self.shown.empty)
        return there and not self.form.replaces_address

    @property
    def desk_name(self) -> str:
        """What the desk is called."""
        return next((str(desk.name) for desk in DESKS if desk.key == self.kind.desk), "")

    @property
    def html_query(self) -> str:
        """The query of the answer as one page of HTML."""
        return changed(self.query, export="html")

    @property
    def address(self) -> str:
        """The page as it stands, from the root."""
        own = address_of(self.workspace, self.kind.key)
        return f"{own}?{self.query}" if self.query else own


def address_of(workspace: Workspace, key: str) -> str:
    """Return the address of a kind's page."""
    return reverse(f"{desk_of(key)}-kind", kwargs={"workspace_id": workspace.workspace_id, "kind": key})


def desk_of(key: str) -> str:
    """Return the desk of a page; what is no kind and no overview is a page of the desk Journeys."""
    if key == OVERVIEW:
        return "value"
    return BY_KEY[key].desk if key in BY_KEY else "journeys"


def saved_list_of(workspace: Workspace, desk: str) -> str:
    """Return the address of the saved questions of a desk."""
    return reverse(f"{desk}-saved", kwargs={"workspace_id": workspace.workspace_id})


def tabs(workspace: Workspace, current: str, query: str = "", *, desk: str = "") -> tuple[Tab, ...]:
    """Return the second navigation; what is asked about goes along to the other pages.

    Parameters
    ----------
    desk
        Of a page that is no kind and stands on several desks; that of ``current`` when empty.
    """
    kept = f"?{query}" if query else ""
    kinds: list[Tab] = []
    desk = desk or desk_of(current)
    for kind in pages_of(desk):
        name = str(kind.group or kind.name)
        if kind.group and kinds and kinds[-1].name == name:
            kinds[-1] = replace(kinds[-1], is_current=kinds[-1].is_current or kind.key == current)
        else:
            kinds.append(Tab(name, f"{address_of(workspace, kind.key)}{kept}", kind.key == current))
    named = {"workspace_id": workspace.workspace_id}
    first = (
        Tab(pgettext("second navigation", "Maps"), reverse("maps", kwargs=named), current == "maps")
        if desk == "journeys"
        else Tab(pgettext("second navigation", "Overview"), reverse(desk, kwargs=named), current == OVERVIEW)
    )
    saved = Tab(_("Saved questions"), saved_list_of(workspace, desk), current == "saved")
    return (first, *kinds, saved)


def parts(workspace: Workspace, current: KindPage, query: str, *, beside: str = "") -> tuple[Tab, ...]:
    """Return the tabs of the page that some kinds share; none for a kind that has a page of its own.

    Parameters
    ----------
    current
        The kind that is looked at, or one beside which the page stands.
    query
        What is asked about, which goes along.
    beside
        The name of the page's own address where it is no question: `KindPage.beside`.
    """
    kept = f"?{query}" if query else ""
    named = {"workspace_id": workspace.workspace_id}
    found = []
    for kind in pages_of(current.desk):
        if kind.group and kind.group == current.group:
            is_current = kind is current and not beside
            found.append(Tab(str(kind.name), f"{address_of(workspace, kind.key)}{kept}", is_current))
            found += [
                Tab(str(name), reverse(page, kwargs=named), page == beside) for page, name in kind.beside
            ]
    return tuple(found)


def scope_query(form: QuestionForm) -> str:
    """Return the part of a page's state that all kinds understand."""
    return urlencode([pair for pair in form.state() if pair[0] in form.of_scope])


def journey_page(
    workspace: Workspace,
    kind: KindPage,
    form: QuestionForm,
    locale: Locale,
    *,
    question: Any = None,
    kept: Kept[Any] | None = None,
    work: WorkFacts | None = None,
    empty: EmptyState | None = None,
    sort: str = "",
    sees_customers: bool,
    can_export: bool,
    may_save: bool = False,
) -> JourneyPage:
    """Return the page of a question, with its answer where there is one, or what stands where there is nothing."""
    query = urlencode(form.state())
    shown = None if empty is None else Shown(empty=empty)
    if kept is not None:
        behind = behind_links(workspace, kind, query) if sees_customers else _nowhere
        asked = Asked(workspace, locale, form, question, kept.answer, query, sort, behind, may_save)
        shown = _beside_data(asked) if form.is_beside_data else kind.shown(asked)
        if shown.tables:
            first = sorted_table(replace(shown.tables[0], query=query), sort)
            shown = replace(shown, tables=(first, *shown.tables[1:]))
    return JourneyPage(
        kind=kind,
        workspace=workspace,
        tabs=tabs(workspace, kind.key, scope_query(form)),
        form=form,
        query=query,
        scope="" if question is None else scope_in_words(form, locale),
        answer=None if kept is None else kept.answer,
        shown=shown,
        definition=None if kept is None else _definition(workspace, kind, form, kept.answer, locale),
        work=work,
        as_of="" if kept is None or kept.is_current else locale.time(kept.as_of, seconds=True),
        parts=parts(workspace, kind, scope_query(form)),
        files=_files(query, TABLE_FORMS) if can_export and shown is not None and not shown.empty else (),
        for_programs=None if question is None else for_programs(question, workspace),
        sees_customers=sees_customers,
    )


def _beside_data(asked: Asked) -> Shown:
    """Return what stands where the time that was asked about has no data at all: from when to when there are some."""
    known, locale = asked.form.known, asked.locale
    days = local_days(
        [to_microseconds(each) for each in (known.first_at, known.last_at) if each], locale.time_zone
    )
    first, last = (locale.range(int(day), int(day) + 1) for day in days)
    return Shown(
        empty=EmptyState(
            _("No data in this period"),
            filled(_("The data go from %(first)s to %(last)s."), first=first, last=last),
            _("Ask about all time"),
            f"?{changed(asked.query, period=EVER, since='', until='')}",
        )
    )


def behind_links(workspace: Workspace, kind: KindPage, query: str) -> Callable[[Cell], str]:
    """Return what makes the address of the customers behind a cell."""
    named = {"workspace_id": workspace.workspace_id, "kind": kind.key}
    address = reverse(f"{kind.desk}-behind", kwargs=named)

    def link(cell: Cell) -> str:
        return f"{address}?{changed(query, cell=cell_text(cell))}"

    return link


def cell_text(cell: Cell) -> str:
    """Return a cell as an address names it."""
    return json.dumps(dict(cell), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _nowhere(_cell: Cell) -> str:
    return ""


def _files(query: str, forms: tuple[tuple[str, str], ...], **more: str) -> tuple[FileLink, ...]:
    return tuple(FileLink(name, changed(query, export=form, **more)) for form, name in forms)


def scope_in_words(form: QuestionForm, locale: Locale) -> str:
    """Return of when and of whom a question is, in words."""
    scope = form.scope
    parts = [pgettext("period", "All time") if scope.window is None else _days(scope.window, locale)]
    if "pause" in form.fields:
        pause = dict(form.fields["pause"].choices).get(str(form.data.get("pause", "")), "")  # type: ignore[attr-defined]
        parts.append(str(pause) if scope.pause else _("everything a customer did is one path"))
    if "events" in form.fields:
        parts.append(
            _("only what customers do themselves")
            if form.sees_own_acts_alone
            else _("all events, also what is done to customers")
        )
    parts += [channel_in_words(channel) for channel in scope.among.channels]
    if scope.among.segment is not None:
        parts.append(segment_text_of(scope.among.segment))
    if scope.among.where:
        parts.append(text_of(StepRule("*", where=scope.among.where)).partition("* ")[2])
    return " · ".join(f"\u2068{part}\u2069" for part in parts)


def _days(window: Any, locale: Locale) -> str:
    first, last = local_days([window.start_us, window.end_us - 1], locale.time_zone)
    return locale.range(int(first), int(last) + 1)


def _definition(
    workspace: Workspace, kind: KindPage, form: QuestionForm, answer: Any, locale: Locale
) -> Definition:
    provenance = answer.provenance
    # the weighty ones first, each kind in the order of the answer
    notes = sorted(getattr(answer, "notes", ()), key=lambda note: not is_weighty(note))
    if kind.asks_in_notes:
        notes = _with_questions(workspace, notes, kind.asks_in_notes, locale)
    return Definition(
        meaning=locale.shape(str(kind.meaning)),
        method=locale.shape(str(kind.method)),
        cautions=(*form.cautions, *(note_sentence(note, locale) for note in notes)),
        origin=(
            (_("Asked about"), scope_in_words(form, locale)),
            (_("Events read"), locale.number(provenance.rows_read)),
            (_("Version of the log"), provenance.log_version),
        ),
    )


def _with_questions(
    workspace: Workspace, notes: list[Note], names: tuple[str, ...], locale: Locale
) -> list[Note]:
    """Return notes with the words of the questions that some of their facts name by key."""
    asked = asked_names(workspace, locale.language)
    return [
        Note(
            note.code,
            tuple((name, asked.question(str(fact)) if name in names else fact) for name, fact in note.facts),
        )
        for note in notes
    ]


def no_events(workspace: Workspace, capabilities: frozenset[str]) -> EmptyState:
    """Return what stands on every page of the desk while the log has no events."""
    steps = first_steps(workspace, capabilities)
    return EmptyState(
        _("No paths yet"),
        _(
            "Every customer's events, one after another, are a path. Bring events in, and they can be asked about."
        ),
        steps.action_name,
        steps.action_href,
    )
