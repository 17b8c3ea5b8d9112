"""What a customer told about himself: each property with the event that said it, what it was before, and consents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec

from safar.vocabulary.answer import Provenance
from safar.vocabulary.event import IDENTIFY

from .consents import Consent, consents_told
from .events import EventsQuestion, LoggedEvent, events, newest_of

if TYPE_CHECKING:
    from safar.store.log import Log

_DECODER: Final = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True)
class ToldQuestion:
    """What did this customer tell about himself, when, and through what?

    Parameters
    ----------
    customer_id
        Any id of the person.
    most_read
        So many of the newest `identify` events are read.
    """

    customer_id: str
    most_read: int = field(default=20_000, kw_only=True)


@dataclass(frozen=True, slots=True)
class ToldValue:
    """One value that a property had.

    Attributes
    ----------
    value
        As it was sent; any JSON.
    first
        The event that said it first since it last changed.
    last
        The newest event that said it.
    """

    value: Any
    first: LoggedEvent
    last: LoggedEvent


@dataclass(frozen=True, slots=True)
class ToldProperty:
    """One property of a customer, and where it came from.

    Attributes
    ----------
    name
        As it was sent.
    values
        Newest first, never two equal ones after each other: how it stands, then how it stood before.
    """

    name: str
    values: tuple[ToldValue, ...]

    @property
    def now(self) -> ToldValue:
        """How it stands."""
        return self.values[0]


@dataclass(frozen=True, slots=True)
class ToldAnswer:
    """What a customer told.

    Attributes
    ----------
    properties
        In the order of names.
    consents
        In the order of purposes; see `consents.consents_told`.
    is_cut
        Whether there are older events that were not read.
    """

    properties: tuple[ToldProperty, ...]
    consents: tuple[Consent, ...]
    is_cut: bool
    provenance: Provenance


def told(log: Log, question: ToldQuestion) -> ToldAnswer:
    """Answer what a customer told about himself, from `identify` events of all his ids.

    The newest value counts, as in `customers.customer_facts`; null says nothing, and names that begin with ``$`` are
    not the customer's.
    """
    asked = EventsQuestion(
        (IDENTIFY,), customer_id=question.customer_id, whole=True, limit=question.most_read
    )
    answer = events(log, asked)
    said = [(event, _traits(event)) for event in answer.events]
    return ToldAnswer(
        _properties(said),
        consents_told(said),
        answer.next_before is not None,
        Provenance(question, answer.provenance.log_version, len(said)),
    )


def told_by_each(log: Log, persons: Sequence[str], *, most_read: int = 100_000) -> dict[str, ToldAnswer]:
    """Answer what each of some customers told about himself: one search for all, so much cheaper than one for each.

    Parameters
    ----------
    persons
        Any ids of theirs.
    most_read
        So many of the newest `identify` events are read; where there are more of them, each half of the customers is
        answered by itself.

    Returns
    -------
    dict of str to ToldAnswer
        By the id that was given; also of those who told nothing.
    """
    identity, version = log.identity, log.version
    ids = {person: tuple(identity.ids_of(identity.person_of(person))) for person in dict.fromkeys(persons)}
    found = newest_of(log, (IDENTIFY,), [each for own in ids.values() for each in own], most_read + 1)
    if len(found) > most_read and len(ids) > 1:
        half = list(ids)[: len(ids) // 2]
        rest = [person for person in ids if person not in half]
        first = told_by_each(log, half, most_read=most_read)
        return first | told_by_each(log, rest, most_read=most_read)
    said: dict[str, list[tuple[LoggedEvent, Mapping[str, Any]]]] = {}
    for event in found[:most_read]:
        said.setdefault(event.customer_id, []).append((event, _traits(event)))
    is_cut = len(found) > most_read
    answers = {}
    for person in ids:
        own = said.get(identity.person_of(person), [])
        provenance = Provenance(ToldQuestion(person, most_read=most_read), version, len(own))
        answers[person] = ToldAnswer(_properties(own), consents_told(own), is_cut, provenance)
    return answers


def _properties(said: Sequence[tuple[LoggedEvent, Mapping[str, Any]]]) -> tuple[ToldProperty, ...]:
    found: dict[str, list[ToldValue]] = {}
    for event, traits in reversed(said):
        for name, value in traits.items():
            if name.startswith("$") or value is None:
                continue
            values = found.setdefault(name, [])
            if values and values[-1].value == value:
                values[-1] = ToldValue(value, values[-1].first, event)
            else:
                values.append(ToldValue(value, event, event))
    return tuple(ToldProperty(name, tuple(reversed(found[name]))) for name in sorted(found))


def _traits(event: LoggedEvent) -> Mapping[str, Any]:
    try:
        found = _DECODER.decode(event.properties)
    except msgspec.MsgspecError:
        return {}
    return found if isinstance(found, dict) else {}
