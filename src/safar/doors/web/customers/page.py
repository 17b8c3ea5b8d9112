"""The page of one customer in the reader's words, and his events as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safar.collect.identity import Reason, Why
from safar.doors.web.design.parts import Tab
from safar.doors.web.design.table import changed
from safar.doors.web.design.words import filled
from safar.doors.web.events.page import place_text
from safar.doors.web.events.words import cut, visible
from safar.observe.customers import CustomerFacts
from safar.observe.events import EventsAnswer, LoggedEvent
from safar.show.locale import Locale
from safar.store.merge_history import MergeEntry
from safar.store.registry import Workspace

from .list_page import spent_in_words
from .profile_cards import ConsentLine, PropertyLine, SegmentLine, Teller
from .queries import CustomerProfile
from .scores import ScoreSeries, metric_in_words, score_series, value_of_scale
from .standing import StandsAt, standing_line
from .timeline import TimelineDay, kind_tabs, timeline_days


@dataclass(frozen=True, slots=True)
class Fact:
    """One number about a customer: its name, the value, and a word beside it."""

    name: str
    value: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class KnownId:
    """One id of a person: as it is shown, as it is, and whether it can be taken out."""

    shown: str
    customer_id: str
    can_part: bool


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """What the template of one customer is given.

    Attributes
    ----------
    title
        The name, else the id the person goes by.
    person
        That id, as it is.
    facts, properties, consents, ids
        What is known.
    are_traits_cut
        Whether so much was told that the oldest of it was not read.
    scores
        What he answered, scale by scale.
    segments
        In which ones he is now.
    steps
        Where he stands on each journey.
    story
        How the ids came together, newest first: a sentence and when.
    days
        The timeline.
    kinds
        What of it can be looked at alone.
    next_query
        Of older events; empty at the end.
    is_first, is_filtered
        Whether it is the newest page, and whether events are left out.
    json_query, csv_query
        Of everything as a file.
    events_href
        Where these events stand in the desk Events.
    """

    title: str
    person: str
    facts: tuple[Fact, ...]
    properties: tuple[PropertyLine, ...]
    consents: tuple[ConsentLine, ...]
    are_traits_cut: bool
    scores: tuple[ScoreSeries, ...]
    segments: tuple[SegmentLine, ...]
    steps: tuple[StandsAt, ...]
    ids: tuple[KnownId, ...]
    story: tuple[tuple[str, str], ...]
    days: tuple[TimelineDay, ...]
    kinds: tuple[Tab, ...]
    next_query: str
    first_query: str
    is_first: bool
    is_filtered: bool
    json_query: str
    csv_query: str
    events_href: str


def customer_page(
    workspace: Workspace,
    profile: CustomerProfile,
    answer: EventsAnswer,
    locale: Locale,
    *,
    now: datetime,
    query: str,
    kind: str,
    is_first: bool,
    is_filtered: bool,
) -> CustomerPage:
    """Return one customer in the reader's words."""
    facts = profile.facts
    own = urlencode({"id": facts.customer_id})
    events = reverse("events", kwargs={"workspace_id": workspace.workspace_id})
    teller = Teller(workspace, locale, profile.sources)
    return CustomerPage(
        title=cut(visible(facts.name or facts.customer_id), 90),
        person=facts.customer_id,
        facts=_facts(facts, locale, now),
        properties=teller.properties(profile.told),
        consents=teller.consents(profile.told.consents),
        are_traits_cut=profile.told.is_cut,
        scores=score_series(profile.answers, locale),
        segments=teller.segments(profile.segments),
        steps=tuple(standing_line(workspace, each, facts.customer_id, locale) for each in profile.standing),
        ids=tuple(
            KnownId(cut(visible(each), 90), each, can_part=each != facts.customer_id) for each in facts.ids
        ),
        story=tuple((_sentence(entry), locale.datetime(entry.at)) for entry in profile.history),
        days=timeline_days(workspace, answer, locale),
        kinds=kind_tabs(query, kind),
        next_query=changed(query, before=place_text(answer.next_before)) if answer.next_before else "",
        first_query=changed(query, before=""),
        is_first=is_first,
        is_filtered=is_filtered,
        json_query=f"{own}&export=json",
        csv_query=f"{own}&export=csv",
        events_href=f"{events}?{urlencode({'customer': facts.customer_id})}",
    )


def _facts(facts: CustomerFacts, locale: Locale, now: datetime) -> tuple[Fact, ...]:
    found = [
        Fact(_("Here last"), *_instant(facts.last_at, locale, now)),
        Fact(_("First seen"), *_instant(facts.first_at, locale, now)),
        Fact(_("Events"), locale.number(facts.events)),
        Fact(_("Orders"), locale.number(facts.orders)),
        Fact(
            _("Spent"),
            spent_in_words(facts, locale) or locale.number(None),
            _("less what was paid back") if facts.spent else "",
        ),
    ]
    found += [
        Fact(
            filled(_("Last %(metric)s answer"), metric=metric_in_words(each.metric)),
            value_of_scale(each, locale),
            locale.date(each.at),
        )
        for each in facts.answers
    ]
    return tuple(found)


def _instant(at: datetime | None, locale: Locale, now: datetime) -> tuple[str, str]:
    return (locale.number(None), "") if at is None else (locale.relative(at, now), locale.date(at))


_REASONS: Final[dict[Reason, Promise]] = {
    Reason.IDENTIFY: gettext_lazy("signed in as"),
    Reason.ALIAS: gettext_lazy("was renamed by the shop"),
    Reason.SAME_PHONE: gettext_lazy("gave the same telephone number"),
    Reason.SAME_EMAIL: gettext_lazy("gave the same e-mail address"),
    Reason.MANUAL: gettext_lazy("a member's decision"),
}
_WHYS: Final[dict[Why, Promise]] = {
    Why.UNMERGED: gettext_lazy("a member took them apart"),
    Why.FLOOD: gettext_lazy("too many share it"),
    Why.SHARED_ANONYMOUS: gettext_lazy("somebody else used that device first"),
    Why.KNOWN_AS_ANONYMOUS: gettext_lazy("both are ids of known customers"),
    Why.TOO_LARGE: gettext_lazy("the person would have too many ids"),
    Why.WITHDRAWN: gettext_lazy("the events that said so were taken out"),
}


def _sentence(entry: MergeEntry) -> str:
    facts = {
        "one": cut(visible(entry.customer_id), 60),
        "other": cut(visible(entry.other_id), 60),
        "reason": str(_REASONS[entry.reason]),
    }
    if entry.action == "union":
        who = {**facts, "who": visible(entry.by)}
        return (
            filled(_("%(one)s and %(other)s joined by %(who)s: %(reason)s"), **who)
            if entry.by
            else filled(_("%(one)s and %(other)s joined: %(reason)s"), **facts)
        )
    facts["why"] = str(_WHYS[entry.why]) if entry.why else ""
    if entry.action == "refusal":
        return filled(_("%(one)s and %(other)s stayed apart: %(why)s"), **facts)
    return filled(_("%(one)s and %(other)s came apart: %(why)s"), **facts)


def event_as_json(event: LoggedEvent) -> dict[str, object]:
    """Return one event for a JSON file, raw."""
    return {
        "event_id": str(event.event_id),
        "customer_id": event.customer_id,
        "original_id": event.original_id,
        "event_name": event.event_name,
        "occurred_at": event.occurred_at.isoformat(),
        "received_at": event.received_at.isoformat() if event.received_at else None,
        "channel": event.channel,
        "source": event.source,
        "amount": event.amount,
        "currency": event.currency,
        "properties": json.loads(event.properties),
    }
