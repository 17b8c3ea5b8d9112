"""Pages, sources, searches and goals as drawings: one bar each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from safar.show.drawing import Bar, draw_bars
from safar.show.locale import Locale

if TYPE_CHECKING:
    from safar.observe.goals import GoalsAnswer, Left
    from safar.observe.searches import SearchesAnswer, Term
    from safar.observe.web_pages import Page, PagesAnswer

MOST_DRAWN: Final = 15


@dataclass(frozen=True, slots=True)
class PagesWords:
    """What a drawing of pages says: a whole sentence for those who do not see it, labels, visitors."""

    title: str = "Views of each page."
    label: Callable[[str], str] = str
    visitors: Callable[[int], str] = "{} visitors".format


def pages_drawing(
    answer: PagesAnswer,
    locale: Locale,
    words: PagesWords = PagesWords(),
    *,
    number: str = "views",
    href: Callable[[Page], str | None] = lambda _page: None,
    width: float = 760.0,
    drawing_id: str = "pages",
) -> str:
    """Return the most viewed pages, or the sources of most visits, as an SVG element.

    Parameters
    ----------
    answer
        The pages.
    locale
        Digits and direction of the reader.
    words
        What the drawing says.
    number
        What is drawn: ``views``, or ``entries`` for the visits that begin there.
    href
        Where a page leads.
    width, drawing_id
        See `safar.show.drawing.bars.draw_bars`.

    Raises
    ------
    EmptyDrawing
        There are no views.
    """
    ranked = sorted(answer.pages, key=lambda page: -getattr(page, number))[:MOST_DRAWN]
    return draw_bars(
        [
            Bar(
                words.label(page.label),
                float(getattr(page, number)),
                locale.number(getattr(page, number)),
                detail=words.visitors(page.visitors),
                key=page.label,
                href=href(page),
            )
            for page in ranked
            if getattr(page, number)
        ],
        title=words.title,
        direction=locale.direction,
        width=width,
        drawing_id=drawing_id,
    )


@dataclass(frozen=True, slots=True)
class SearchesWords:
    """What a drawing of searches says: a whole sentence for those who do not see it, terms, how many of how many."""

    title: str = "What is searched for and not found."
    term: Callable[[str], str] = str
    of: Callable[[int, int], str] = "{} of {}".format


def searches_drawing(
    answer: SearchesAnswer,
    locale: Locale,
    words: SearchesWords = SearchesWords(),
    *,
    href: Callable[[Term], str | None] = lambda _term: None,
    width: float = 760.0,
    drawing_id: str = "searches",
) -> str:
    """Return the terms that most often find nothing as an SVG element; the most searched ones where none says so.

    Parameters
    ----------
    answer
        The searches.
    locale
        Digits and direction of the reader.
    words
        What the drawing says.
    href
        Where a term leads.
    width, drawing_id
        See `safar.show.drawing.bars.draw_bars`.

    Raises
    ------
    EmptyDrawing
        There are no searches.
    """
    in_vain = [(found_nothing(term), term) for term in answer.terms if found_nothing(term)]
    bars = [
        Bar(
            words.term(term.term),
            float(count),
            words.of(count, term.known),
            key=term.term,
            href=href(term),
        )
        for count, term in sorted(in_vain, key=lambda each: -each[0])[:MOST_DRAWN]
    ]
    if not bars:
        bars = [
            Bar(
                words.term(term.term),
                float(term.searches),
                locale.number(term.searches),
                key=term.term,
                href=href(term),
            )
            for term in answer.terms[:MOST_DRAWN]
        ]
    return draw_bars(bars, title=words.title, direction=locale.direction, width=width, drawing_id=drawing_id)


def found_nothing(term: Term) -> int:
    """Return how many searches for a term are known to have found nothing."""
    return 0 if term.zero_result_rate is None else round(term.zero_result_rate.value * term.known)


@dataclass(frozen=True, slots=True)
class GoalsWords:
    """What a drawing of what is left says: a whole sentence for those who do not see it, names, and the four ends."""

    title: str = "What became of what was begun."
    name: Callable[[str], str] = str
    ends: Callable[[str], str] = {
        "completed": "ended in the same visit",
        "later": "ended later",
        "lost": "lost",
        "undecided": "still open",
    }.__getitem__


#: What became of what was begun, in the order of drawing.
ENDS: Final = ("completed", "later", "lost", "undecided")


def goals_drawing(
    answer: GoalsAnswer,
    locale: Locale,
    words: GoalsWords = GoalsWords(),
    *,
    href: Callable[[Left, str], str | None] = lambda _left, _end: None,
    width: float = 760.0,
    drawing_id: str = "goals",
) -> str:
    """Return what became of what was begun as an SVG element: shares of all begun.

    Parameters
    ----------
    answer
        What was begun and left.
    locale
        Digits and direction of the reader.
    words
        What the drawing says.
    href
        Where an end of something begun leads.
    width, drawing_id
        See `safar.show.drawing.bars.draw_bars`.

    Raises
    ------
    EmptyDrawing
        Nothing was begun.
    """
    return draw_bars(
        [
            Bar(
                words.ends(end),
                getattr(left, end) / left.begun,
                f"{locale.number(getattr(left, end))} · {locale.percent(getattr(left, end) / left.begun)}",
                detail=words.name(left.name),
                tone="plain" if end == "completed" else "soft" if end == "undecided" else "other",
                href=href(left, end) if getattr(left, end) else None,
            )
            for left in answer.left
            if left.begun
            for end in ENDS
        ],
        title=words.title,
        direction=locale.direction,
        reach=(0.0, 1.0),
        width=width,
        drawing_id=drawing_id,
    )
