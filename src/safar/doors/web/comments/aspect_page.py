"""The board of aspects in the reader's words: what comments speak of, how they feel about it, what changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import npgettext

from safar.doors.web.design.date_field import typed_day
from safar.doors.web.design.drawings import Drawing
from safar.doors.web.design.parts import EmptyState, Tab
from safar.doors.web.design.table import Cell, Column, Row, Table, Tone
from safar.doors.web.design.words import filled
from safar.doors.web.members.policies import Capability
from safar.doors.web.surveys.page import tabs
from safar.show.drawing.bars import Bar
from safar.show.locale import Locale
from safar.vocabulary.interval import FEWEST_FOR_VERDICT

from .aspect_queries import AspectBoard, AspectTally
from .drawings import negative_in_words, shares_drawing
from .page import Pages

_MOST_BARS: Final = 20
#: A mark of the number must not turn number and unit around where the first letter decides (<bdi>).
_RLM: Final = "\u200f"


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change that is more than chance: the aspect, what changed in words, and where its comments are."""

    name: str
    told: str
    tone: Tone
    href: str


@dataclass(frozen=True, slots=True)
class AspectsPage:
    """What the board of aspects is given.

    Attributes
    ----------
    tabs
        The second navigation.
    counted
        How many comments of which days are looked at, as a sentence.
    before
        What they are compared with, as a sentence.
    changes
        Those that are more than chance, of the most spoken of first.
    drawing, table
        The share of negative ones of each aspect as bars with their intervals, and all numbers; None without any.
    empty
        What stands where nobody spoke of anything.
    """

    tabs: tuple[Tab, ...]
    counted: str
    before: str
    changes: tuple[ChangeLine, ...]
    drawing: Drawing | None
    table: Table | None
    empty: EmptyState | None


def aspects_page(pages: Pages, board: AspectBoard, query: dict[str, str]) -> AspectsPage:
    """Return the board of aspects.

    Parameters
    ----------
    query
        What else the comments are narrowed to, as the address of their list has it.
    """
    locale = pages.locale
    spoken = [each for each in board.aspects if each.now.n]
    address = _addresses(pages, board, query)
    return AspectsPage(
        tabs=tabs(pages.workspace, "aspects"),
        counted=_counted(board, locale),
        before=_before(board, locale),
        changes=tuple(
            ChangeLine(pages.aspect_name(each.aspect), cell.text, cell.tone, address(each.aspect, feels="-1"))
            for each in spoken
            if each.is_clear
            for cell in [_change(each, locale)]
        ),
        drawing=_drawing(pages, spoken) if spoken else None,
        table=_table(pages, board, address) if board.aspects else None,
        empty=None if board.aspects else _empty(board, pages),
    )


def _counted(board: AspectBoard, locale: Locale) -> str:
    if board.since is None or board.until is None:
        return ""
    count = npgettext("what customers wrote", "%(count)s comment", "%(count)s comments", board.comments)
    return filled(
        _("%(comments)s from %(since)s to %(until)s"),
        comments=filled(count, count=locale.number(board.comments)),
        since=locale.date(board.since),
        until=locale.date(board.until),
    )


def _before(board: AspectBoard, locale: Locale) -> str:
    if board.before_since is None:
        return ""
    return filled(
        _("Changes are against the same number of days before, from %(since)s on."),
        since=locale.date(board.before_since),
    )


def _empty(board: AspectBoard, pages: Pages) -> EmptyState:
    if board.since is None:
        return pages.no_comments()
    return EmptyState(
        _("No comment speaks of an aspect"),
        _("Take a longer time, or take out one of the filters."),
    )


def _drawing(pages: Pages, spoken: list[AspectTally]) -> Drawing:
    bars = []
    for each in spoken[:_MOST_BARS]:
        share = each.now.negative_share
        bars.append(
            Bar(
                label=pages.aspect_name(each.aspect),
                value=None if share is None else share.value,
                text=negative_in_words(each.now, pages.locale),
                low=None if share is None else share.interval.low,
                high=None if share is None else share.interval.high,
            )
        )
    title = _("Share of negative comments by aspect, the most spoken of first, with their intervals")
    return shares_drawing(bars, title, pages.locale, "comments-by-aspect")


def _addresses(pages: Pages, board: AspectBoard, query: dict[str, str]) -> Callable[..., str]:
    """Return what gives the address of the comments of an aspect in the days of the board."""
    days = {
        name: typed_day(day, pages.locale)
        for name, day in (("since", board.since), ("until", board.until))
        if day
    }
    base = pages.address("comments")

    def of(aspect: str, **more: str) -> str:
        return f"{base}?{urlencode({**query, **days, 'aspect': aspect, **more})}"

    return of


def _table(pages: Pages, board: AspectBoard, of: Callable[..., str]) -> Table:
    rows = []
    for each in board.aspects:
        number = pages.locale.number
        share = each.now.negative_share
        told = (
            pages.locale.percent(None)
            if share is None
            else f"{pages.locale.percent(share.value)}"
            f" ({pages.locale.percent_interval(share.interval.low, share.interval.high)})"
        )
        rows.append(
            Row(
                (
                    Cell(pages.aspect_name(each.aspect), of(each.aspect)),
                    Cell(number(each.now.n), value=each.now.n),
                    Cell(number(each.now.negative), of(each.aspect, feels="-1"), value=each.now.negative)
                    if each.now.negative
                    else Cell(number(0), value=0),
                    Cell(number(each.now.neutral), value=each.now.neutral),
                    Cell(number(each.now.positive), value=each.now.positive),
                    Cell(told, value=None if share is None else share.value),
                    _change(each, pages.locale),
                ),
                key=f"aspect-{each.aspect}",
            )
        )
    return Table(
        caption=_("What comments speak of"),
        columns=(
            Column("aspect", _("Aspect")),
            Column("comments", _("Comments"), "number"),
            Column("negative", _("Negative about it"), "number"),
            Column("neutral", _("Neutral about it"), "number"),
            Column("positive", _("Positive about it"), "number"),
            Column("share", _("Share of negative ones"), "number"),
            Column("change", _("Change of that share"), "number"),
        ),
        rows=tuple(rows),
        can_export=Capability.EXPORT in pages.capabilities,
    )


def _change(each: AspectTally, locale: Locale) -> Cell:
    """Return how the share of negative ones changed: coloured where that is more than chance, and said so."""
    if each.change is None or each.change.n < FEWEST_FOR_VERDICT:
        return Cell(locale.percent(None), value=None)
    tone: Tone = ""
    mark = "" if locale.direction == "ltr" else _RLM
    interval = each.change.interval
    told = mark + filled(
        _("%(points)s pp (%(low)s to %(high)s)"),
        points=locale.points(each.change.value),
        low=locale.points(interval.low),
        high=locale.points(interval.high),
    )
    if each.is_clear:
        tone = "bad" if each.change.value > 0 else "good"
        worse, better = _("more negative: %(change)s"), _("less negative: %(change)s")
        told = filled(worse if each.change.value > 0 else better, change=told)
    return Cell(told, value=each.change.value, tone=tone)
