"""What stands in the cells of a sheet: numbers, chips, quotes, pains, bars, cards. Plain facts for the template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.safestring import SafeString

from safar.show.maps.wrapping import language_of

ItemKind = Literal["number", "chip", "quote", "pain", "bar", "dash"]
Tone = Literal["", "good", "warn", "bad"]

#: Promises kept less often than this are in trouble where the map names no goal.
USUAL_GOAL: Final = 0.7


@dataclass(frozen=True, slots=True)
class Bar:
    """A share as a bar.

    Attributes
    ----------
    width, goal
        Of a hundred, as attributes of SVG want it; ``goal`` is empty where there is none.
    is_bad
        The share is below its goal.
    """

    width: str
    goal: str = ""
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a cell says.

    Attributes
    ----------
    kind
        How it looks.
    text
        A number or words, in the reader's language.
    name
        What stands before it.
    sure
        What stands below it, small: how sure, and of how many.
    href
        Where it is opened; empty for nowhere.
    tone
        Never told by colour alone: the words say it too.
    bar
        For a share.
    spoken
        What a screen reader hears instead of the name, where that is short.
    """

    kind: ItemKind
    text: str
    name: str = ""
    sure: str = ""
    href: str = ""
    tone: Tone = ""
    bar: Bar | None = None
    spoken: str = ""

    @property
    def language(self) -> str:
        """Of the words of a voice, as far as their letters say; empty where they do not."""
        return language_of(self.text)


@dataclass(frozen=True, slots=True)
class CardMark:
    """What a card rests on: a kind in words, how strong of five, and why."""

    kind: str
    name: str
    level: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class CardShown:
    """A card of the design.

    Attributes
    ----------
    html
        Its text.
    emotion
        What the team believes people feel, with its number; empty on other cards.
    mark
        What it rests on.
    files
        How many files lie on it, in words; empty for none.
    """

    card_id: str
    html: SafeString
    emotion: str
    mark: CardMark | None
    files: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a step and a lane meet."""

    step_id: str
    stage_id: str
    is_open: bool
    is_hot: bool
    items: tuple[Item, ...] = ()
    cards: tuple[CardShown, ...] = ()


@dataclass(frozen=True, slots=True)
class Narrow:
    """The part of a drawing that belongs to one stage, for telephones."""

    stage_id: str
    span: int
    is_open: bool
    svg: str


@dataclass(frozen=True, slots=True)
class Legend:
    """One line of a drawing: which, and its name."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One row of the sheet.

    Attributes
    ----------
    key
        In addresses.
    name, note
        At the head of the row.
    cells
        One for each step; empty for a row that is a drawing.
    drawing, narrow
        Over all steps, and for each stage; empty for a row of cells.
    legend
        Below the drawing.
    said
        A sentence below the drawing.
    """

    key: str
    name: str
    note: str = ""
    cells: tuple[Cell, ...] = ()
    drawing: str = ""
    narrow: tuple[Narrow, ...] = ()
    legend: tuple[Legend, ...] = ()
    said: str = ""

    @property
    def is_drawing(self) -> bool:
        """Whether it is a drawing across the steps."""
        return bool(self.drawing)


def share_bar(share: float, goal: float | None) -> Bar:
    """Return a share as a bar with the mark of its goal."""
    return Bar(
        f"{100 * share:.1f}",
        "" if goal is None else f"{100 * goal:.1f}",
        share < (USUAL_GOAL if goal is None else goal),
    )


def dash(why: str = "", *, is_seen: bool = False) -> Item:
    """Return what stands where nothing is known, and why; who rests on it is told, or everybody where ``is_seen``."""
    return Item("dash", "—", sure=why, tone="warn" if is_seen else "")


def or_dash(items: Sequence[Item]) -> tuple[Item, ...]:
    """Return the items, or a dash where there are none."""
    return tuple(items) or (dash(),)
