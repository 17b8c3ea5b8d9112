"""What the templates of segments are given: the list, one segment, the form in which one is defined."""

from __future__ import annotations

from dataclasses import dataclass

from safar.doors.web.design.drawings import Drawing
from safar.doors.web.design.parts import EmptyState, Tab
from safar.doors.web.design.table import Table

from .builder_rows import Row as BuilderRow
from .forms import Editing
from .words import Said


@dataclass(frozen=True, slots=True)
class SegmentCard:
    """One segment of the list."""

    name: str
    href: str
    words: str
    size: str
    share: str
    value_share: str
    moved: str
    drawing: str


@dataclass(frozen=True, slots=True)
class SegmentsPage:
    """What the template of the list is given.

    Attributes
    ----------
    tabs
        Of the desk.
    cards
        The segments.
    new_href
        Where one is defined; empty for who may not.
    other_href
        Of the archive, or back from it; empty where there is nothing.
    are_archived
        Whether it is the archive.
    empty
        What stands where there are none.
    """

    tabs: tuple[Tab, ...]
    cards: tuple[SegmentCard, ...]
    new_href: str
    other_href: str
    are_archived: bool
    empty: EmptyState


@dataclass(frozen=True, slots=True)
class Move:
    """That a customer came into a segment, or left it."""

    name: str
    href: str
    entered: bool
    at: str


@dataclass(frozen=True, slots=True)
class SegmentPage:
    """What the template of one segment is given.

    Attributes
    ----------
    facts
        Numbers: a name, a value and what stands beside it.
    said, unheard, text
        The definition in words, what it names that the log has never seen, and the definition as text.
    drawing, history
        The size over time, drawn and as a table; there is no drawing before there are two days.
    members, members_href
        Customers in it, and where all of them are listed; None for who may not see single customers.
    moves
        Who came and went lately; none for who may not see single customers.
    asks, used
        Where questions about these customers are asked, and where the segment is used.
    edit_href, archive_href
        Empty for who may not.
    """

    tabs: tuple[Tab, ...]
    list_href: str
    name: str
    is_archived: bool
    facts: tuple[tuple[str, str, str], ...]
    said: tuple[Said, ...]
    unheard: tuple[str, ...]
    text: str
    drawing: Drawing | None
    history: Table
    members: Table | None
    members_href: str
    moves: tuple[Move, ...]
    asks: tuple[Tab, ...]
    used: tuple[Tab, ...]
    edit_href: str
    archive_href: str


@dataclass(frozen=True, slots=True)
class Live:
    """How many a definition takes, in words."""

    size: str
    share: str
    value_share: str
    counted: str


@dataclass(frozen=True, slots=True)
class EditPage:
    """What the template of the form is given.

    Attributes
    ----------
    editing, row
        What stands in the form, and the builder.
    live
        How many that is; None while it is not counted.
    wrong
        What is wrong with the builder: the id of the field, and a sentence.
    said, unheard
        The definition in words, and what it names that the log has never seen.
    event_names, properties
        What is offered while one types.
    """

    tabs: tuple[Tab, ...]
    title: str
    list_href: str
    back_href: str
    preview_href: str
    editing: Editing
    row: BuilderRow
    live: Live | None
    wrong: tuple[tuple[str, str], ...]
    said: tuple[Said, ...]
    unheard: tuple[str, ...]
    event_names: tuple[tuple[str, str], ...]
    properties: tuple[str, ...]
