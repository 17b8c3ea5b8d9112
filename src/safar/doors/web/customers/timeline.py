"""The timeline of one customer in the reader's words: days, events, whole messages, answers with what they mean."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.comments.queries import labels_of_events
from safar.doors.web.comments.words import comment_href, labels_in_words
from safar.doors.web.design.parts import Tab
from safar.doors.web.design.table import changed
from safar.doors.web.events.page import EventLine, event_line
from safar.doors.web.events.words import as_text, cut, happening, telling, visible
from safar.observe.events import EventsAnswer, LoggedEvent
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.lifecycle import MESSAGE_RECEIVED, MESSAGE_SENT, SURVEY_ANSWERED

from .scores import answer_of, score_in_words

#: Longest message that the timeline shows whole.
_LONGEST_TEXT: Final = 1_500
_TEXTS: Final = ("text", "message", "body", "comment", "verbatim")
#: What can be looked at alone: a key for the address, its name, the marks of `events.words.Happening` in it.
KINDS: Final[tuple[tuple[str, Promise | str, frozenset[str]], ...]] = (
    ("visits", _("Visits"), frozenset({"visit", "search", "product", "cart"})),
    ("orders", _("Orders and parcels"), frozenset({"order", "parcel", "trouble", "coupon"})),
    ("answers", _("Answers"), frozenset({"survey"})),
    ("messages", _("Messages"), frozenset({"talk"})),
    ("campaigns", _("Campaigns"), frozenset({"mail"})),
    ("person", _("Who it is"), frozenset({"person"})),
    ("other", pgettext_lazy("events", "Other"), frozenset({"event"})),
)


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a timeline.

    Attributes
    ----------
    line
        As lists of events show it.
    telling
        The property that says the most; empty where the text says it.
    text
        What was written, whole or nearly so: of a message, or beside an answer.
    by
        Who wrote it: ``customer``, ``us`` with a name behind it, or empty.
    writer
        The name of who wrote for us; may be empty.
    score
        An answer in words; empty for other events.
    labels
        How what was written sounds and what it is about, and where that is explained; empty texts for other events.
    """

    line: EventLine
    telling: str
    text: str = ""
    by: str = ""
    writer: str = ""
    score: str = ""
    labels: str = ""
    labels_href: str = ""


@dataclass(frozen=True, slots=True)
class TimelineDay:
    """One day of a timeline, in the reader's calendar, with its events: newest first."""

    day: str
    happened: tuple[Happened, ...]


def timeline_days(workspace: Workspace, answer: EventsAnswer, locale: Locale) -> tuple[TimelineDay, ...]:
    """Return the events by the days of the reader's clock and calendar."""
    days: dict[str, list[Happened]] = {}
    labels = labels_of_events(workspace, [event.event_id for event in answer.events])
    for event in answer.events:
        happened = _happened(workspace, event, locale)
        if found := labels.get(event.event_id):
            happened = replace(
                happened, labels=labels_in_words(found, locale), labels_href=comment_href(workspace, found)
            )
        days.setdefault(locale.date(event.occurred_at, "full"), []).append(happened)
    return tuple(TimelineDay(day, tuple(happened)) for day, happened in days.items())


def names_of_kind(kind: str, names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of events of a kind, of all that the log has; none for what is no kind.

    A kind without any such event is one name that no event has.
    """
    marks = next((marks for key, _name, marks in KINDS if key == kind), None)
    if marks is None:
        return ()
    return tuple(name for name in names if happening(name).kind in marks) or ("",)


def kind_tabs(query: str, current: str) -> tuple[Tab, ...]:
    """Return the choice of kinds; ``query`` is that of the page."""
    known = {key for key, _name, _marks in KINDS}
    plain = changed(query, before="", name="")
    every = Tab(str(_("Everything")), f"?{changed(plain, kind='')}", current not in known)
    return (
        every,
        *(Tab(str(name), f"?{changed(plain, kind=key)}", key == current) for key, name, _marks in KINDS),
    )


def _happened(workspace: Workspace, event: LoggedEvent, locale: Locale) -> Happened:
    line = event_line(workspace, event, locale)
    if event.event_name in MESSAGE_RECEIVED | MESSAGE_SENT:
        said = _object(event.properties)
        text = _text(said)
        if text:
            by = "customer" if event.event_name in MESSAGE_RECEIVED else "us"
            writer = cut(visible(as_text(said.get("agent") or said.get("member"))), 40) if by == "us" else ""
            return Happened(line, "", text, by, writer)
    if event.event_name in SURVEY_ANSWERED:
        said = _object(event.properties)
        found = answer_of(event)
        if found is not None:
            return Happened(line, "", _text(said), score=score_in_words(found, locale))
    return Happened(line, telling(event.event_name, event.properties, locale))


def _text(said: dict[str, Any]) -> str:
    found = next((as_text(said[name]) for name in _TEXTS if said.get(name)), "")
    return cut(visible(found), _LONGEST_TEXT)


def _object(properties: str) -> dict[str, Any]:
    try:
        found = json.loads(properties)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
