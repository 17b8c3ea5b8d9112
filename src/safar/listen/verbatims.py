"""Verbatims of the log: what customers wrote in answers and messages, in the order it arrived, or one by one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from safar.store.newest import Selection, key_of_id
from safar.vocabulary.lifecycle import MESSAGE_RECEIVED, SURVEY_ANSWERED
from safar.vocabulary.window import to_microseconds

from .surveys import HIGHER_IS_BETTER, VERBATIM

if TYPE_CHECKING:
    from safar.store.log import Log

#: The events that hold verbatims.
SPOKEN: Final = SURVEY_ANSWERED | MESSAGE_RECEIVED
#: The property of a message that holds what was written.
TEXT: Final = "text"

_SAID: Final = f"coalesce(properties->>'{VERBATIM}', properties->>'{TEXT}', '')"
_COLUMNS: Final = (
    "event_id, original_id, event_name, occurred_at, sequence, coalesce(channel, '') AS channel, properties"
)
_NAMES: Final = ", ".join(f"'{name}'" for name in sorted(SPOKEN))
_FROM: Final = f"FROM events WHERE event_name IN ({_NAMES}) AND length(trim({_SAID})) > 0"
_FIRST_ROWS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Verbatim:
    """What a customer wrote, and what it came with.

    Attributes
    ----------
    event_id
        Of the event that carries it.
    original_id
        The id that it came with; the customer may go by another one.
    occurred_at
        Aware UTC instant.
    sequence
        Order of arrival.
    channel
        As the log has it; empty without one.
    text
        As it was written.
    is_message
        Whether it was sent to support; else it belongs to an answer.
    survey, question_key, metric
        Of the answer; empty where there is none.
    value, scale_min, scale_max
        The answer on its own scale; None where the words come without one.
    is_higher_better
        The direction of that scale.
    conversation_id
        Of a message; empty for an answer.
    """

    event_id: UUID
    original_id: str
    occurred_at: datetime
    sequence: int
    channel: str
    text: str
    is_message: bool
    survey: str = ""
    question_key: str = ""
    metric: str = ""
    value: float | None = None
    scale_min: float | None = None
    scale_max: float | None = None
    is_higher_better: bool = True
    conversation_id: str = ""

    @property
    def height(self) -> float | None:
        """How far up its scale the answer is, 0 the worst … 1 the best; None without a value on a scale."""
        if self.value is None or self.scale_min is None or self.scale_max is None:
            return None
        if not self.scale_min <= self.value <= self.scale_max or self.scale_min == self.scale_max:
            return None
        place = (self.value - self.scale_min) / (self.scale_max - self.scale_min)
        return place if self.is_higher_better else 1 - place


@dataclass(frozen=True, slots=True)
class Place:
    """Where a verbatim stands in the log: its event, the key of the id it came with, and when it happened."""

    event_id: UUID
    key: int
    occurred_at: datetime


def verbatims(log: Log, *, since: int = 0, limit: int = 10_000) -> list[Verbatim]:
    """Return verbatims in the order of arrival, those of events that are not compacted yet too.

    Parameters
    ----------
    since
        The first ``sequence``. An event that waits for compaction may be given another one by it: go on behind what is
        in parts (``log.view().snapshot.next_sequence``) and know by its id what was seen.
    limit
        At most so many.
    """
    query = f"SELECT {_COLUMNS} {_FROM} AND sequence >= ? ORDER BY sequence LIMIT {int(limit)}"
    return [_verbatim(*row) for row in log.sql(query, [since]).rows()]


def verbatim_places(log: Log) -> dict[UUID, int]:
    """Return the event ids of all verbatims that the log has, each with its ``sequence``."""
    table = log.sql(f"SELECT event_id, sequence {_FROM}")
    return {_uuid(event_id): sequence for event_id, sequence in table.rows()}


def verbatims_at(log: Log, places: Iterable[Place]) -> dict[UUID, tuple[str, Verbatim]]:
    """Return some verbatims by their event ids, each with the id that its customer goes by.

    What was erased meanwhile is left out.

    Parameters
    ----------
    places
        Some dozens: a page of them.
    """
    wanted = list(places)
    if not wanted:
        return {}
    keys = np.unique(np.array([place.key for place in wanted], np.uint64))
    persons = np.unique(log.sight().aliases.persons_of(keys))
    person_of = {id_: person for person in log.ids_of(persons) for id_ in ids_of_person(log, person)}
    if not person_of:
        return {}
    times = [to_microseconds(place.occurred_at) for place in wanted]
    sought = {place.event_id for place in wanted}
    selection = Selection(
        tuple(sorted(SPOKEN)), ids=tuple(person_of), lowest=min(times), highest=max(times) + 1
    )
    found: dict[UUID, tuple[str, Verbatim]] = {}
    for event_id, customer_id, name, at, sequence, channel, properties in _rows(log, selection):
        if _uuid(event_id) in sought:
            said = _verbatim(event_id, customer_id, name, at, sequence, channel or "", properties)
            found[said.event_id] = person_of[customer_id], said
    return found


def ids_of_person(log: Log, customer_id: str) -> tuple[str, ...]:
    """Return every id of the customer who has an id."""
    return tuple(log.identity.ids_of(log.identity.person_of(customer_id)))


def keys_among(log: Log, persons: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the keys of all ids of some persons: what `Place.key` of their verbatims may be."""
    aliases = log.sight().aliases
    return np.union1d(persons, aliases.ids[np.isin(aliases.persons, persons)])


def keys_of(ids: Iterable[str]) -> dict[str, int]:
    """Return the key of each id."""
    return {each: key_of_id(each) for each in set(ids)}


def _rows(log: Log, selection: Selection) -> list[tuple[bytes, str, str, datetime, int, str, str]]:
    columns = ("event_id", "customer_id", "event_name", "occurred_at", "sequence", "channel", "properties")
    limit = _FIRST_ROWS
    while True:
        table = log.newest(selection, limit=limit, columns=columns)
        if len(table) < limit:
            return list(zip(*(table.column(name) for name in columns), strict=True))
        limit *= 8


def _uuid(value: object) -> UUID:
    if isinstance(value, UUID):
        return value
    return UUID(bytes=value) if isinstance(value, bytes) else UUID(str(value))


def _verbatim(  # noqa: PLR0917 - the columns of a row
    event_id: object, original_id: str, name: str, at: datetime, sequence: int, channel: str, properties: str
) -> Verbatim:
    said: Mapping[str, object] = json.loads(properties or "{}")
    is_message = name in MESSAGE_RECEIVED
    text = str(said.get(VERBATIM) or said.get(TEXT) or "")
    return Verbatim(
        event_id=_uuid(event_id),
        original_id=original_id,
        occurred_at=at,
        sequence=sequence,
        channel=channel,
        text=text.strip(),
        is_message=is_message,
        survey=_text(said.get("survey")),
        question_key=_text(said.get("question_key")),
        metric=_text(said.get("metric")),
        value=_number(said.get("value")),
        scale_min=_number(said.get("scale_min")),
        scale_max=_number(said.get("scale_max")),
        is_higher_better=str(said.get("direction") or HIGHER_IS_BETTER) == HIGHER_IS_BETTER,
        conversation_id=_text(said.get("conversation_id")),
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
