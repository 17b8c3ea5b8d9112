"""One customer's walk on a map: with dates, answers and messages, in the reader's words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.customers.queries import search
from safar.doors.web.design.words import filled
from safar.doors.web.events.page import customer_href, event_href
from safar.doors.web.events.words import customer_in_words, cut, happening, telling
from safar.doors.web.homes import current_home
from safar.observe.among import EVERYBODY
from safar.observe.conformance import MoveKind
from safar.observe.customers import customer_facts
from safar.observe.events import EventsQuestion, LoggedEvent, events
from safar.observe.thread import Passage, ThreadAnswer, ThreadQuestion, Visit, thread
from safar.vocabulary.lifecycle import SURVEY_ANSWERED

from .reading import Reading
from .scene import Scene

#: Events of a customer that are told beside the walk.
_MOST_EVENTS: Final = 400
#: Walks, and visits of all of them together, that are shown: the newest. A machine's id may have many thousands.
MOST_WALKS: Final = 20
MOST_VISITS: Final = 200
#: What was said: answers and messages.
_SAID: Final = SURVEY_ANSWERED | {"message_received", "message_sent", "conversation_started"}


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """What a customer said or was told on the way."""

    name: str
    words: str
    when: str
    href: str


@dataclass(frozen=True, slots=True)
class VisitShown:
    """A stay at a step.

    Attributes
    ----------
    how
        How he came there where that is worth a word: not on the map, past some steps.
    is_beside
        He came by a way that is not on the map.
    said
        What was said from then on, up to the next step.
    """

    step: str
    href: str
    when: str
    events: str
    how: str
    is_beside: bool
    said: tuple[ToldEvent, ...]


@dataclass(frozen=True, slots=True)
class PassageShown:
    """One walk.

    Attributes
    ----------
    when, state
        Of all of it, and how it stands.
    visits
        By time; the newest where there are many.
    earlier
        How many visits before them are not shown, in words; empty for none.
    begins_at
        The number of the first visit that is shown.
    """

    when: str
    state: str
    visits: tuple[VisitShown, ...]
    earlier: str
    begins_at: str


@dataclass(frozen=True, slots=True)
class ThreadShown:
    """The walk of one customer.

    Attributes
    ----------
    name, href
        Of the customer, and of the profile.
    stands
        Where he is now.
    passages
        The newest first.
    earlier
        How many older walks are not shown, in words; empty for none.
    steps
        Ids of the steps of the newest walk that are shown, in order: what lights up on the river.
    without_query
        The sheet without him.
    """

    name: str
    href: str
    stands: str
    passages: tuple[PassageShown, ...]
    earlier: str
    steps: tuple[str, ...]
    without_query: str


@dataclass(frozen=True, slots=True)
class Found:
    """A customer that a search found."""

    name: str
    query: str
    last: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What the template of the search is given."""

    title: str
    crumb: str
    crumb_href: str
    text: str
    pairs: tuple[tuple[str, str], ...]
    found: tuple[Found, ...]


def search_page(reading: Reading, text: str, own: str) -> SearchPage:
    """Return the page on which a customer is chosen."""
    state, locale = reading.state, reading.locale
    found = search(reading.workspace, text, EVERYBODY).customers if text else ()
    scene = Scene(reading.workspace, locale, reading.opened.document, None, state)
    return SearchPage(
        _("Whose walk?"),
        scene.words(reading.opened.document.name) or _("Journey map"),
        f"{own}?{state.query(customer='')}",
        text,
        tuple(state.pairs("customer")),
        tuple(
            Found(
                customer_in_words(facts),
                state.query(customer=facts.customer_id),
                locale.date(facts.last_at) if facts.last_at else "",
            )
            for facts in found
        ),
    )


def thread_shown(reading: Reading, scene: Scene) -> ThreadShown | None:
    """Return the walk of the customer whom an address names; None where nobody is known by it, or no step is bound."""
    customer_id, question = reading.state.customer, reading.question
    journey = question.journey if question is not None else None
    if not customer_id or not reading.sees_customers or question is None or journey is None:
        return None
    log = current_home().log(reading.workspace.workspace_id)
    answer = thread(log, ThreadQuestion(journey, customer_id, question.window, pause=question.pause))
    (facts,) = customer_facts(log, [customer_id])
    told = events(log, EventsQuestion(customer_id=customer_id, limit=_MOST_EVENTS, whole=True)).events
    said = [event for event in reversed(told) if event.event_name in _SAID]
    shown = list(_newest(answer.passages))
    earlier = len(answer.passages) - len(shown)
    return ThreadShown(
        customer_in_words(facts),
        customer_href(reading.workspace, facts.customer_id),
        _stands(scene, answer),
        tuple(_passage(reading, scene, passage, count, said) for passage, count in shown),
        _earlier_walks(scene, earlier),
        tuple(visit.step for passage, count in shown[:1] for visit in passage.visits[-count:]),
        reading.state.query(customer=""),
    )


def _stands(scene: Scene, answer: ThreadAnswer) -> str:
    if answer.stands_at is None:
        return _("Never was on this journey.")
    step = scene.step_name(answer.stands_at.step)
    when = scene.locale.datetime(answer.stands_at.last_at)
    if answer.stands_open:
        return filled(_("Is at “%(step)s” now, since %(when)s."), step=step, when=when)
    return filled(_("Was at “%(step)s” last, on %(when)s."), step=step, when=when)


def _newest(passages: Sequence[Passage]) -> Iterator[tuple[Passage, int]]:
    """Give the walks that are shown, the newest first, each with how many of its visits are: the newest."""
    left = MOST_VISITS
    for passage in passages[: -MOST_WALKS - 1 : -1]:
        if not left:
            return
        count = min(left, len(passage.visits))
        left -= count
        yield passage, count


def _earlier_walks(scene: Scene, count: int) -> str:
    if not count:
        return ""
    said = ngettext("%(count)s earlier walk is not shown.", "%(count)s earlier walks are not shown.", count)
    return filled(said, count=scene.locale.number(count))


def _earlier_visits(scene: Scene, count: int) -> str:
    if not count:
        return ""
    said = ngettext("%(count)s earlier visit is not shown.", "%(count)s earlier visits are not shown.", count)
    return filled(said, count=scene.locale.number(count))


def _passage(
    reading: Reading, scene: Scene, passage: Passage, count: int, said: Sequence[LoggedEvent]
) -> PassageShown:
    locale = scene.locale
    first, last = passage.visits[0].first_at, passage.visits[-1].last_at
    when = (
        locale.date(first)
        if first.date() == last.date()
        else " – ".join((locale.date(first), locale.date(last)))
    )
    state = (
        _("not finished yet")
        if passage.is_open
        else _("arrived")
        if passage.has_arrived
        else _("left off before the end")
    )
    visits = passage.visits[-count:]
    ends = [*(visit.first_at for visit in visits[1:]), _end(passage)]
    earlier = len(passage.visits) - count
    return PassageShown(
        when,
        state,
        tuple(
            _visit(reading, scene, visit, _between(said, visit.first_at, until))
            for visit, until in zip(visits, ends, strict=True)
        ),
        _earlier_visits(scene, earlier),
        str(earlier + 1),
    )


def _between(said: Sequence[LoggedEvent], since: datetime, until: datetime) -> Sequence[LoggedEvent]:
    """Return what was said in a stretch of time, of all by time."""
    first = bisect_left(said, since, key=_happened)
    return said[first : bisect_left(said, until, lo=first, key=_happened)]


def _happened(event: LoggedEvent) -> datetime:
    return event.occurred_at


def _end(passage: Passage) -> datetime:
    """Return until when what was said belongs to the last visit: a week after it."""
    return passage.visits[-1].last_at + timedelta(days=7)


def _visit(reading: Reading, scene: Scene, visit: Visit, said: Sequence[LoggedEvent]) -> VisitShown:
    locale = scene.locale
    how = ""
    if visit.move is MoveKind.OFF_MAP:
        how = _("by a way that is not on the map")
    elif visit.skipped:
        how = filled(_("past %(steps)s"), steps=" · ".join(scene.step_name(step) for step in visit.skipped))
    return VisitShown(
        scene.step_name(visit.step),
        scene.about(f"step.{visit.step}"),
        locale.datetime(visit.first_at),
        filled(
            ngettext("%(count)s event", "%(count)s events", visit.events), count=locale.number(visit.events)
        ),
        how,
        visit.move is MoveKind.OFF_MAP,
        tuple(
            ToldEvent(
                str(happening(each.event_name).words),
                cut(telling(each.event_name, each.properties, locale), 140),
                locale.datetime(each.occurred_at),
                event_href(reading.workspace, each),
            )
            for each in said
        ),
    )
