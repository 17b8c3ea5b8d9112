"""What is compared, in the reader's words, and the customers behind it as cells of each kind of question."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words, cut, in_words, visible
from safar.observe.comparables import Key
from safar.observe.flow import FlowQuestion
from safar.observe.funnel import FunnelQuestion
from safar.observe.goals import GoalsQuestion
from safar.observe.lines import By
from safar.observe.retention import RetentionQuestion
from safar.observe.searches import SearchesQuestion
from safar.observe.series import SeriesQuestion
from safar.observe.sessions import SessionsQuestion
from safar.observe.variants import VariantsQuestion
from safar.observe.web_pages import PagesBy, PagesQuestion
from safar.show.locale import Locale

from .goals_page import left_name
from .kind import Cell
from .words import step_names, steps_in_words

_LONGEST: Final = 60

Words = Callable[[Any, Key, Locale], str]
Cells = Callable[[Key], Cell | None]


def words_of(question: Any, key: Key, locale: Locale) -> str:
    """Return what a share is of, and which it is."""
    return _WORDS[type(question)](question, key, locale)


def cell_of(question: Any, key: Key) -> Cell | None:
    """Return the cell of a share among the numbers of its question; None where no single customers are."""
    cells = _CELLS.get(type(question))
    return None if cells is None else cells(key)


def _called(name: object) -> str:
    return step_names([str(name)])[str(name)]


def _text(label: object) -> str:
    return cut(visible(str(label)), _LONGEST)


def _flow(_question: Any, key: Key, _locale: Locale) -> str:
    source, target = key[1:]
    if source is None:
        return filled(_("Paths begin with “%(step)s”"), step=_called(target))
    if target is None:
        return filled(_("After “%(step)s” nothing more follows"), step=_called(source))
    return filled(
        _("After “%(source)s” follows “%(target)s”"), source=_called(source), target=_called(target)
    )


def _variant(_question: Any, key: Key, locale: Locale) -> str:
    return steps_in_words([str(step) for step in key[1:]], locale)


def _funnel(_question: Any, key: Key, _locale: Locale) -> str:
    words = (
        _("Get to “%(step)s”, of those at the first step")
        if key[0] == "conversion"
        else _("Get to “%(step)s”, of those at the step before")
    )
    return filled(words, step=_called(key[1]))


def _retention(_question: Any, key: Key, locale: Locale) -> str:
    count = int(key[1] or 0)
    return filled(
        ngettext("Come back %(count)s week later", "Come back %(count)s weeks later", count),
        count=locale.number(count),
    )


def _session(_question: Any, key: Key, _locale: Locale) -> str:
    if key[0] == "bounce":
        return _("Visits of a single event")
    words = _("Visits begin with “%(step)s”") if key[0] == "entry" else _("Visits end with “%(step)s”")
    return filled(words, step=_called(key[1]))


def _line(question: SeriesQuestion, key: Key, locale: Locale) -> str:
    if key[0] == "period":
        return filled(_("In period %(number)s"), number=locale.number(int(key[1] or 0) + 1))
    if key[2]:
        return pgettext("line", "Others")
    if not key[1]:
        return pgettext("group", "without a value")
    by = question.breakdown.by if question.breakdown is not None else None
    if by is By.CHANNEL:
        return channel_in_words(str(key[1]))
    return in_words(str(key[1])) if by is By.EVENT else _text(key[1])


def _page(question: PagesQuestion, key: Key, _locale: Locale) -> str:
    if len(key) == 1:
        return _("Visits that leave at once")
    is_page = question.by in {PagesBy.PAGE, PagesBy.TITLE}
    none = (
        pgettext("page", "without an address or a title")
        if is_page
        else pgettext("source", "Directly, or not said")
    )
    words = {
        "bounce": _("Visits that begin with “%(label)s” leave at once"),
        "visited": _("Customers see “%(label)s”") if is_page else _("Customers come from “%(label)s”"),
        "entered": _("Visits begin with “%(label)s”") if is_page else _("Visits come from “%(label)s”"),
        "left": _("Views of “%(label)s” end a visit"),
    }
    return filled(words[str(key[0])], label=_text(key[1]) if key[1] else none)


def _search(_question: Any, key: Key, _locale: Locale) -> str:
    every = {
        "zero_results": _("Searches find nothing"),
        "click": _("After searches a result is looked at"),
        "refinement": _("Searches are put in other words"),
        "exit": _("After searches nothing more follows"),
    }
    if len(key) == 1:
        return every[str(key[0])]
    words = {
        "zero_results": _("Searches for “%(term)s” find nothing"),
        "click": _("After “%(term)s” a result is looked at"),
        "refinement": _("“%(term)s” is put in other words"),
        "exit": _("After searching for “%(term)s” nothing more follows"),
        "searched": _("Searches are for “%(term)s”"),
    }
    return filled(words[str(key[0])], term=_text(key[1]) if key[1] else pgettext("search", "without words"))


def _goal(_question: Any, key: Key, _locale: Locale) -> str:
    name = str(key[1])
    if key[0] in {"session_goal", "customer_goal"}:
        words = (
            _("Visits reach the goal “%(goal)s”")
            if key[0] == "session_goal"
            else _("Customers reach the goal “%(goal)s”")
        )
        return filled(words, goal=_called(name))
    words = (
        _("Not ordered in the same visit: %(what)s")
        if key[0] == "abandoned"
        else _("Lost for good: %(what)s")
    )
    return filled(words, what=left_name(name))


_WORDS: Final[Mapping[type[Any], Words]] = {
    FlowQuestion: _flow,
    VariantsQuestion: _variant,
    FunnelQuestion: _funnel,
    RetentionQuestion: _retention,
    SessionsQuestion: _session,
    SeriesQuestion: _line,
    PagesQuestion: _page,
    SearchesQuestion: _search,
    GoalsQuestion: _goal,
}

_OF_PAGES: Final = {"bounce": "bounces", "visited": "views", "entered": "entries", "left": "exits"}
_OF_SEARCHES: Final = {
    "zero_results": "zero_results",
    "click": "clicked",
    "refinement": "refined",
    "exit": "exited",
    "searched": "searches",
}


def _labelled(numbers: Mapping[str, str]) -> Cells:
    def cell(key: Key) -> Cell:
        number: dict[str, str | int | None] = {"number": numbers[str(key[0])]}
        return number if len(key) == 1 else {**number, "label": str(key[1])}

    return cell


def _goal_cell(key: Key) -> Cell:
    if key[0] in {"session_goal", "customer_goal"}:
        return {"goal": str(key[1])}
    return {"left": str(key[1]), "number": "lost" if key[0] == "lost" else "begun"}


def _line_cell(key: Key) -> Cell | None:
    if key[0] != "line":
        return None
    return {"line": str(key[1]), "is_rest": key[2], "is_total": 0, "currency": ""}


_CELLS: Final[Mapping[type[Any], Cells]] = {
    FlowQuestion: lambda key: {"source": key[1], "target": key[2]},
    VariantsQuestion: lambda key: {"variant": json.dumps(key[1:], ensure_ascii=False, separators=(",", ":"))},
    FunnelQuestion: lambda key: {"step": key[2], "lost": 0},
    SeriesQuestion: _line_cell,
    PagesQuestion: _labelled(_OF_PAGES),
    SearchesQuestion: _labelled(_OF_SEARCHES),
    GoalsQuestion: _goal_cell,
}
