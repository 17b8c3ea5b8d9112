"""What stands beside a customer's timeline: properties with where they came from, consents, segments, journeys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from safar.doors.web.design.words import filled
from safar.doors.web.events.page import event_href
from safar.doors.web.events.words import channel_in_words, cut, visible
from safar.doors.web.segments.queries import MembershipFacts
from safar.observe.consents import CONSENT_TRAITS, EVERYTHING, Consent, ConsentChange
from safar.observe.events import LoggedEvent
from safar.observe.told import ToldAnswer, ToldProperty
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .traits import trait_in_words

#: Earlier values of a property that the page lists.
_MOST_EARLIER: Final = 10
_PURPOSES: Final[dict[str, Promise]] = {
    EVERYTHING: gettext_lazy("Everything"),
    "ads": gettext_lazy("Advertisements"),
    "analytics": gettext_lazy("Statistics"),
    "email": gettext_lazy("E-mail"),
    "marketing": gettext_lazy("Marketing"),
    "phone": gettext_lazy("Telephone"),
    "push": gettext_lazy("Push messages"),
    "sms": gettext_lazy("SMS"),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something that is known came from.

    Attributes
    ----------
    sentence
        When it was said, and through what.
    href
        The event that said it.
    """

    sentence: str
    href: str


@dataclass(frozen=True, slots=True)
class PropertyLine:
    """Something known of a customer.

    Attributes
    ----------
    name, value
        In the reader's words.
    since
        Since when it is so.
    origins
        The event that said so first, and the one that said so last where that is another.
    earlier
        What it was before: a value, and where that came from.
    """

    name: str
    value: str
    since: str
    origins: tuple[Origin, ...]
    earlier: tuple[tuple[str, Origin], ...]


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """The consent to one purpose.

    Attributes
    ----------
    purpose, state, is_given
        In words, and whether it stands.
    since
        Since when.
    history
        Each change: a sentence, and where it came from.
    """

    purpose: str
    state: str
    is_given: bool
    since: str
    history: tuple[tuple[str, Origin], ...]


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """A segment that a customer is in."""

    name: str
    href: str
    since: str


@dataclass(frozen=True, slots=True)
class Teller:
    """Says where events came from.

    Attributes
    ----------
    workspace, locale
        Whose events, for whom.
    sources
        What sources are called: keys and imported files.
    """

    workspace: Workspace
    locale: Locale
    sources: Mapping[str, str]

    def origin(self, event: LoggedEvent) -> Origin:
        """Return where what an event said came from."""
        source = self.sources.get(event.source, event.source)
        facts = {
            "when": self.locale.datetime(event.occurred_at),
            "source": cut(visible(source), 60),
            "channel": channel_in_words(event.channel),
        }
        if facts["source"] and event.channel:
            sentence = filled(_("%(when)s, through %(source)s (%(channel)s)"), **facts)
        elif facts["source"]:
            sentence = filled(_("%(when)s, through %(source)s"), when=facts["when"], source=facts["source"])
        else:
            sentence = facts["when"]
        return Origin(sentence, event_href(self.workspace, event))

    def properties(self, answer: ToldAnswer) -> tuple[PropertyLine, ...]:
        """Return the properties but for consents, which are told by themselves."""
        return tuple(
            self._property(each)
            for each in answer.properties
            if each.name not in CONSENT_TRAITS or not answer.consents
        )

    def _property(self, known: ToldProperty) -> PropertyLine:
        name, value = trait_in_words(known.name, known.now.value, self.locale)
        events = [known.now.first]
        if known.now.last.place != known.now.first.place:
            events.append(known.now.last)
        earlier = tuple(
            (trait_in_words(known.name, each.value, self.locale)[1], self.origin(each.first))
            for each in known.values[1 : _MOST_EARLIER + 1]
        )
        since = self.locale.date(known.now.first.occurred_at)
        return PropertyLine(name, value, since, tuple(map(self.origin, events)), earlier)

    def consents(self, consents: Sequence[Consent]) -> tuple[ConsentLine, ...]:
        """Return the consents by purpose."""
        return tuple(
            ConsentLine(
                str(_PURPOSES.get(each.purpose, cut(visible(each.purpose), 40))),
                pgettext("consent", "given") if each.is_given else pgettext("consent", "not given"),
                each.is_given,
                self.locale.date(each.changes[0].event.occurred_at),
                tuple(
                    (_change(change, is_first=change is each.changes[-1]), self.origin(change.event))
                    for change in each.changes
                ),
            )
            for each in consents
        )

    def segments(self, memberships: Sequence[MembershipFacts]) -> tuple[SegmentLine, ...]:
        """Return the segments that a customer is in."""
        address = reverse("customers", kwargs={"workspace_id": self.workspace.workspace_id})
        return tuple(
            SegmentLine(
                visible(each.name),
                f"{address}?{urlencode({'segment': each.public_id})}",
                self.locale.date(each.since) if each.since else "",
            )
            for each in memberships
        )


def _change(change: ConsentChange, *, is_first: bool) -> str:
    if change.is_given:
        return pgettext("consent", "Given")
    return pgettext("consent", "Refused") if is_first else pgettext("consent", "Withdrawn")
