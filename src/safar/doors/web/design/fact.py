"""The card of a number: how it stands, how it changed, its drawing and the same numbers as a table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """A difference to the window before.

    Attributes
    ----------
    arrow
        ``▲``, ``▼`` or ``＝``; never the only sign of the direction.
    amount
        The size in the reader's words.
    tone
        ``better``, ``worse`` or empty: not clear, or neither.
    explained
        How sure the change is, or what it is compared with.
    spoken
        The whole change as a sentence, for those who hear the page.
    """

    arrow: str
    amount: str
    tone: str
    explained: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Definition:
    """What a number means and where it came from.

    Attributes
    ----------
    meaning, method
        Sentences.
    cautions
        Caveats of this very answer.
    origin
        Pairs of a name and a value: rows read, window, version of the log.
    """

    meaning: str
    method: str
    cautions: tuple[str, ...]
    origin: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One card: what ``design/fact.html`` is given.

    Attributes
    ----------
    key
        Unique on the page.
    name, value, unit
        The number, in the reader's words; the unit stands after it, small.
    sure
        The interval and how many answers are behind it; for a count, what it is made of.
    beside
        A further phrase; may be empty.
    change
        None when there is nothing to compare with.
    no_change
        Why not.
    drawing
        The trend as SVG.
    axis
        The first and the last day, or month; one where they are the same.
    scale
        The values at the head and at the foot of the drawing; empty where nothing is drawn.
    grouped
        By what the drawing is grouped.
    head, rows
        The same numbers as a table.
    more_head, more_rows
        A second table; empty for none.
    links
        Where those are whom the number counts: names and addresses.
    """

    key: str
    name: str
    value: str
    unit: str
    sure: str
    beside: str
    change: Change | None
    no_change: str
    drawing: str
    axis: tuple[str, ...]
    scale: tuple[str, ...]
    grouped: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    definition: Definition
    more_head: tuple[str, ...] = ()
    more_rows: tuple[tuple[str, ...], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
