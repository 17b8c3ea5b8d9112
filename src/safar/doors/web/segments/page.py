"""The pages of segments in the reader's words: the list, one segment, the form in which one is defined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from safar.doors.web.customers.list_page import spent_in_words
from safar.doors.web.customers.tabs import tabs
from safar.doors.web.design.parts import EmptyState, Tab
from safar.doors.web.design.table import Cell, Column, Row, Table, changed
from safar.doors.web.design.words import filled
from safar.doors.web.events.page import customer_href
from safar.doors.web.events.words import cut, happening, in_words, visible
from safar.doors.web.journeys.kinds import KIND_PAGES
from safar.doors.web.journeys.named_events import as_named
from safar.doors.web.members.policies import Capability
from safar.observe.customer_ranking import RankedCustomer
from safar.show.locale import Locale
from safar.show.trend import TrendPoint, trend
from safar.store.registry import Workspace

from .builder_rows import builder_row
from .choices import Choices
from .contexts import EditPage, Live, Move, SegmentCard, SegmentPage, SegmentsPage
from .draft import walked
from .forms import Editing, body_of
from .history_drawing import history_drawing
from .queries import DayFacts, MovementFacts, SegmentFacts, SegmentSize
from .unheard import unheard
from .words import Words

#: Kinds of questions that are asked about one group of customers; comparing takes two.
_NOT_OF_ONE: Final = frozenset({"compare"})
_TITLE: Final = 80
#: As long must a segment have been counted before those who came and left in it are told.
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Pages:
    """Makes the pages of segments of one workspace, for one reader.

    Attributes
    ----------
    workspace, locale, capabilities
        Whose segments, for whom, and what he may do.
    choices
        What can be chosen from.
    """

    workspace: Workspace
    locale: Locale
    capabilities: AbstractSet[str]
    choices: Choices

    @property
    def words(self) -> Words:
        """Says definitions."""
        return Words(self.choices, self.locale)

    @property
    def may_edit(self) -> bool:
        """Whether the reader defines segments."""
        return Capability.EDIT_MAPS in self.capabilities

    def address(self, name: str, facts: SegmentFacts | None = None) -> str:
        """Return the address of a page."""
        own = {"public_id": facts.public_id} if facts else {}
        return reverse(name, kwargs={"workspace_id": self.workspace.workspace_id, **own})

    def list(
        self, found: Sequence[tuple[SegmentFacts, Sequence[DayFacts]]], *, are_archived: bool, has_other: bool
    ) -> SegmentsPage:
        """Return the list: each segment with its sizes over time."""
        address = self.address("segments")
        other = address if are_archived else f"{address}?archived=1"
        return SegmentsPage(
            tabs=tabs(self.workspace, self.capabilities, "segments"),
            cards=tuple(self._card(place, facts, sizes) for place, (facts, sizes) in enumerate(found)),
            new_href=self.address("segment-new") if self.may_edit else "",
            other_href=other if has_other or are_archived else "",
            are_archived=are_archived,
            empty=self._none(are_archived=are_archived),
        )

    def _none(self, *, are_archived: bool) -> EmptyState:
        if are_archived:
            return EmptyState(_("Nothing is in the archive"))
        title, sentence = (
            _("No segments yet"),
            _("A segment says of whom one speaks: by what customers did, said, spent, and who they are."),
        )
        if not self.may_edit:
            return EmptyState(title, sentence)
        return EmptyState(title, sentence, _("Define the first one"), self.address("segment-new"))

    def _card(self, place: int, facts: SegmentFacts, sizes: Sequence[DayFacts]) -> SegmentCard:
        name = cut(visible(facts.name), _TITLE)
        points = [
            TrendPoint(self.locale.date(each.on), float(each.size), self.locale.number(each.size))
            for each in sizes
        ]
        title = filled(_("Size of %(name)s over time"), name=name)
        drawing = trend(points, title=title, trend_id=f"sizes-{place}") if len(points) > 1 else ""
        return SegmentCard(
            name,
            self.address("segment", facts),
            self.words.whole(facts.segment),
            self._size(facts),
            self._share(facts.share),
            self._percent(facts.value_share),
            self._moved(facts),
            drawing,
        )

    def _size(self, facts: SegmentFacts) -> str:
        return self.locale.number(facts.size)

    def _percent(self, share: float | None) -> str:
        if share is None:
            return self.locale.number(None)
        decimals = 0 if share == 0 or share >= 0.1 else 1
        return self.locale.percent(share, decimals=decimals)

    def _share(self, share: float | None) -> str:
        return (
            ""
            if share is None
            else filled(_("%(share)s of everybody who ever came"), share=self._percent(share))
        )

    def _moved(self, facts: SegmentFacts) -> str:
        if facts.size is None:
            return self.locale.number(None)
        number = self.locale.number
        if facts.created_at > timezone.now() - _WEEK:
            day = self.locale.datetime(facts.created_at)
            return filled(_("Counted only since %(day)s"), day=day)
        return filled(
            _("%(entered)s came, %(left)s left"), entered=number(facts.entered), left=number(facts.left)
        )

    def one(
        self,
        facts: SegmentFacts,
        sizes: Sequence[DayFacts],
        moves: Sequence[MovementFacts],
        members: Table | None,
        used: Sequence[Tab],
    ) -> SegmentPage:
        """Return the page of one segment."""
        listed = reverse("customers", kwargs={"workspace_id": self.workspace.workspace_id})
        return SegmentPage(
            tabs=tabs(self.workspace, self.capabilities, "segments"),
            list_href=self.address("segments"),
            name=cut(visible(facts.name), _TITLE),
            is_archived=facts.is_archived,
            facts=self._facts(facts),
            said=self.words.said(facts.segment),
            unheard=tuple(unheard(facts.segment, self.choices)),
            text=body_of(facts.segment),
            drawing=history_drawing(sizes, visible(facts.name), self.locale) if len(sizes) > 1 else None,
            history=self._history(sizes),
            members=members,
            members_href=f"{listed}?{urlencode({'segment': facts.public_id})}",
            moves=tuple(
                Move(
                    cut(visible(each.customer_id), 60),
                    customer_href(self.workspace, each.customer_id),
                    each.entered,
                    self.locale.datetime(each.at),
                )
                for each in moves
            ),
            asks=tuple(self._asks(facts)),
            used=tuple(used),
            edit_href=self.address("segment-edit", facts) if self.may_edit else "",
            archive_href=self.address("segment-archive", facts) if self.may_edit else "",
        )

    def _facts(self, facts: SegmentFacts) -> tuple[tuple[str, str, str], ...]:
        as_of = ""
        if facts.size_at is not None:
            as_of = filled(_("as of %(when)s"), when=self.locale.datetime(facts.size_at))
        return (
            (_("Customers"), self._size(facts), self._share(facts.share)),
            (_("Share of value"), self._percent(facts.value_share), _("of what all spent")),
            (_("In the last week"), self._moved(facts), ""),
            (_("Counted"), as_of or self.locale.number(None), ""),
        )

    def _history(self, sizes: Sequence[DayFacts]) -> Table:
        return Table(
            caption=_("Sizes by day"),
            columns=(Column("day", _("Day"), "when"), Column("size", _("Customers"), "number")),
            rows=tuple(
                Row((Cell(self.locale.date(each.on)), Cell(self.locale.number(each.size))))
                for each in reversed(sizes)
            ),
        )

    def members(self, customers: Sequence[RankedCustomer], *, next_query: str, is_first: bool) -> Table:
        """Return customers of a segment as a table."""
        rows = tuple(self._member(each) for each in customers)
        return Table(
            caption=_("Customers, those first who were here last"),
            columns=(
                Column("customer", _("Customer")),
                Column("last", _("Here last"), "when"),
                Column("orders", _("Orders"), "number"),
                Column("spent", _("Spent"), "number"),
            ),
            rows=rows,
            next_query=next_query,
            first_query="" if is_first else "after",
            empty=EmptyState(_("Nobody is in it now"), _("Customers come and go as events come in.")),
        )

    def _member(self, ranked: RankedCustomer) -> Row:
        facts = ranked.facts
        known_as = cut(visible(facts.customer_id), 60)
        name = f"{cut(visible(facts.name), 60)} · {known_as}" if facts.name else known_as
        return Row(
            (
                Cell(name, customer_href(self.workspace, facts.customer_id)),
                Cell(self.locale.datetime(ranked.active_at) if ranked.active_at else ""),
                Cell(self.locale.number(facts.orders)),
                Cell(spent_in_words(facts, self.locale)),
            )
        )

    def _asks(self, facts: SegmentFacts) -> Iterator[Tab]:
        """Yield the kinds of questions, asked among the customers of a segment."""
        query = changed("", segment=body_of(facts.segment))
        for kind in KIND_PAGES:
            if kind.key not in _NOT_OF_ONE:
                named = {"workspace_id": self.workspace.workspace_id, "kind": kind.key}
                yield Tab(str(kind.name), f"{reverse('journeys-kind', kwargs=named)}?{query}")

    def edit(self, editing: Editing, facts: SegmentFacts | None, counted: SegmentSize | None) -> EditPage:
        """Return the form."""
        return EditPage(
            tabs=tabs(self.workspace, self.capabilities, "segments"),
            title=cut(visible(facts.name), _TITLE) if facts else _("New segment"),
            list_href=self.address("segments"),
            back_href=self.address("segment", facts) if facts else self.address("segments"),
            preview_href=self.address("segment-preview"),
            editing=editing,
            row=builder_row(editing, self.choices),
            live=None if counted is None else self._live(counted),
            wrong=tuple(self._wrong(editing)),
            said=() if editing.segment is None else self.words.said(editing.segment),
            unheard=() if editing.segment is None else tuple(unheard(editing.segment, self.choices)),
            event_names=tuple(self._offered()),
            properties=tuple(name for name in self.choices.properties if visible(name) == name),
        )

    def _offered(self) -> Iterator[tuple[str, str]]:
        """Yield events by their words, with their names beside; by their names where words tell none apart."""
        names = [name for name in self.choices.event_names if visible(name) == name]
        for name in names:
            words = str(happening(name).words)
            yield (
                (words, name) if as_named(words, self.choices.event_names) == name else (name, in_words(name))
            )

    def _live(self, counted: SegmentSize) -> Live:
        everybody = filled(
            ngettext(
                "Exactly, of %(count)s customer at this moment.",
                "Exactly, of %(count)s customers at this moment.",
                counted.customers,
            ),
            count=self.locale.number(counted.customers),
        )
        return Live(
            self.locale.number(counted.size),
            self._share(counted.share),
            self._percent(counted.value_share),
            everybody,
        )

    def _wrong(self, editing: Editing) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the builder, in the order of its parts."""
        order = [(), *(path for path, _part in walked(editing.draft))]
        for path in order:
            for (of, name), sentence in editing.errors.items():
                if of == path:
                    number = pgettext("of a part within a group", ".").join(
                        self.locale.number(place + 1) for place in path
                    )
                    told = filled(_("Condition %(number)s: %(what)s"), number=number, what=sentence)
                    at = (
                        "-".join(("p", *map(str, path), name))
                        if name
                        else "-".join(("part", *map(str, path)))
                    )
                    yield at, told if path else sentence
