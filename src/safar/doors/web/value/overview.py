"""What the desk Value begins with: the number of each of its pages that a manager looks at first.

Each card asks the very question of its page, as it stands when nothing is chosen there, and shows the answer that is
kept for both. What is not kept yet is worked out behind the page's back, which waits for it no longer than every page
of a question does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from safar.doors.web.design.answers import Kept, answer_behind, latest_answer, wait_for
from safar.doors.web.design.parts import EmptyState, Tab
from safar.doors.web.design.table import Table
from safar.doors.web.homes import current_home
from safar.doors.web.journeys import asking
from safar.doors.web.journeys.forms import QuestionForm
from safar.doors.web.journeys.kind import Asked, Cell, Drawing, Figure, KindPage
from safar.doors.web.journeys.known import Known
from safar.doors.web.journeys.page import address_of
from safar.doors.web.journeys.words import refusal_in_words
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

_logger: Final = logging.getLogger("safar.value")
#: Two for all who look: what is worked out at length leaves the other cores to them.
_behind: Final = ThreadPoolExecutor(2, thread_name_prefix="safar-value")


@dataclass(frozen=True, slots=True)
class CardWords:
    """What a card says of its answers.

    Attributes
    ----------
    figures
        One or two, the weightiest first, each with how sure it is.
    basis
        How many it rests on.
    sentence
        What that means, plainly.
    badge
        What the number may be called, such as an association; empty where nothing needs to be said.
    drawing
        None for none.
    table
        A few rows; None for none.
    empty
        What to say instead where nothing was found.
    query
        Which of the questions it is about: where the card leads.
    """

    figures: tuple[Figure, ...] = ()
    basis: str = ""
    sentence: str = ""
    badge: str = ""
    drawing: Drawing | None = None
    table: Table | None = None
    empty: EmptyState | None = None
    query: str = ""


def _as_it_stands(_known: Known) -> tuple[str, ...]:
    return ("",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One card: of which page, and what it says.

    Attributes
    ----------
    kind
        The page it leads to.
    name
        What a manager would ask; the page's own lead where it is empty.
    words
        Puts the answers into the reader's words.
    queries
        Which questions of the page are asked, as queries.
    is_tall
        Whether it takes the room of two.
    """

    kind: KindPage
    name: Promise | str
    words: Callable[[Sequence[Asked]], CardWords]
    queries: Callable[[Known], tuple[str, ...]] = _as_it_stands
    is_tall: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """What ``value/overview_card.html`` is given.

    Attributes
    ----------
    key
        Unique on the page: that of the kind.
    name, page_name, href
        The question it answers, and the page that says more.
    words
        None while it is being worked out.
    as_of
        The time of the answer where it is not the newest.
    piece
        Where the card is asked for by itself.
    """

    key: str
    name: str
    page_name: str
    href: str
    is_tall: bool
    words: CardWords | None
    as_of: str = ""
    piece: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """What ``value/overview.html`` is given."""

    workspace: Workspace
    tabs: tuple[Tab, ...]
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class _Asking:
    """One question of a part, as its page asks it; ``question`` is None where it cannot be asked."""

    query: str
    form: QuestionForm
    question: Any


def cards_of(
    workspace: Workspace,
    parts: Sequence[Part],
    known: Known,
    locale: Locale,
    *,
    patience: float,
    sees_customers: bool,
    address: str,
) -> tuple[Card, ...]:
    """Return the cards of some parts, with the answers that are there when a reader's patience ends.

    Parameters
    ----------
    known
        What forms offer to choose from.
    patience
        Seconds to wait for what is not kept yet.
    sees_customers
        Whether single customers may be named.
    address
        Of the overview.
    """
    asked = {
        part.kind.key: [_asking(part, each, known, locale) for each in part.queries(known)] for part in parts
    }
    questions = [each.question for several in asked.values() for each in several if each.question is not None]
    for question in questions:
        with suppress(Exception):  # what it says is said by its card
            _found(workspace, question)
    wait_for(workspace.workspace_id, asking.compute, questions, patience)
    return tuple(
        _card(workspace, part, asked[part.kind.key], locale, sees_customers=sees_customers, address=address)
        for part in parts
    )


def _asking(part: Part, query: str, known: Known, locale: Locale) -> _Asking:
    form = part.kind.form(known, QueryDict(query), locale=locale)
    if not form.is_valid():
        return _Asking(query, form, None)
    return _Asking(query, form, form.question())


def _found(workspace: Workspace, question: Any) -> Kept[Any] | None:
    """Return the answer that is kept; None where it is only being worked out from now on.

    Raises
    ------
    Whatever the question was answered with instead.
    """
    place, log = workspace.workspace_id, current_home().log(workspace.workspace_id)
    latest = latest_answer(place, log, asking.compute, question)
    rest = asking.SHOWN_TIMES * latest.took if latest is not None else 0.0
    return answer_behind(place, log, asking.compute, question, seconds=rest, behind=_behind)


def _card(
    workspace: Workspace,
    part: Part,
    askings: Sequence[_Asking],
    locale: Locale,
    *,
    sees_customers: bool,
    address: str,
) -> Card:
    page = address_of(workspace, part.kind.key)
    found: list[Asked] = []
    as_of, empty = "", None
    is_underway = False
    for each in askings:
        if each.question is None:
            continue
        try:
            kept = _found(workspace, each.question)
        except Refusal as error:
            empty = empty or _refused(part.kind, error, locale)
            continue
        except Exception:
            _logger.exception("a question of the overview failed: %s", part.kind.key)
            empty = empty or _failed()
            continue
        if kept is None:
            is_underway = True
            continue
        if not kept.is_current:
            as_of = locale.time(kept.as_of, seconds=True)
        behind = _somewhere if sees_customers else _nowhere
        found.append(Asked(workspace, locale, each.form, each.question, kept.answer, each.query, "", behind))
    words = None
    if not is_underway:
        words = part.words(found) if found else CardWords(empty=empty or _failed())
    query = words.query if words is not None else ""
    return Card(
        key=part.kind.key,
        name=str(part.name),
        page_name=str(part.kind.name),
        href=f"{page}?{query}" if query else page,
        is_tall=part.is_tall,
        words=words,
        as_of=as_of,
        piece=f"{address}?{urlencode({'card': part.kind.key})}",
    )


def _refused(kind: KindPage, error: Refusal, locale: Locale) -> EmptyState:
    """Return what to bring, where the library has nothing to answer with."""
    if error.code in kind.nothing:
        return EmptyState(*(locale.shape(str(each)) for each in kind.nothing[error.code]))
    return EmptyState(_("This cannot be told yet"), locale.shape(refusal_in_words(error, "")))


def _failed() -> EmptyState:
    return EmptyState(
        _("This could not be worked out"),
        _("Open its page to ask again. If it goes on like this, tell who looks after this installation."),
    )


def _somewhere(_cell: Cell) -> str:
    return "#"


def _nowhere(_cell: Cell) -> str:
    return ""
