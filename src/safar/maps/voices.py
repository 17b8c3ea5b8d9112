"""Voices at a step: what customers wrote in answers and messages, the unhappiest and the newest of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap, zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from safar.listen.answer_counts import is_any
from safar.listen.surveys import (
    DIRECTION,
    HIGHER_IS_BETTER,
    HIGHEST,
    LOWEST,
    QUESTION,
    VALUE,
    VERBATIM,
    WORDS,
)
from safar.listen.text.redaction import redact
from safar.observe.conditions import Comparison, Condition
from safar.store.columns import json_of
from safar.store.extracts import Extract, Field, Rows
from safar.store.newest import Selection
from safar.vocabulary.lifecycle import CONVERSATION_STARTED, MESSAGE_RECEIVED, SURVEY_ANSWERED
from safar.vocabulary.window import Window, from_microseconds, to_microseconds

if TYPE_CHECKING:
    from safar.store.log import Log

#: So many voices of a step are shown, of these so many messages.
MOST_VOICES: Final = 6
MOST_MESSAGES: Final = 2

#: Some dozens of persons have no more answers, or messages, than so many.
_FIRST_ROWS: Final = 2_000

#: What tells what a conversation is about: a list of tags, or one topic.
TAGS: Final = "tags"
TOPIC: Final = "topic"
#: The property of a message that holds what was written.
TEXT: Final = "text"
_CONVERSATION: Final = "conversation"
_LENGTH: Final = "length"

CONVERSATIONS: Final = Extract(
    CONVERSATION_STARTED | MESSAGE_RECEIVED,
    (
        Field(_CONVERSATION, "properties->>'conversation_id'", "key"),
        Field(TAGS, json_of(TAGS), "text"),
        Field(TOPIC, json_of(TOPIC), "text"),
        Field(_LENGTH, f"length(trim(coalesce(properties->>'{TEXT}', '')))", "number"),
    ),
)

#: Key of the person, instant in microseconds, name of the event.
_Place = tuple[int, int, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Voice:
    """Something a customer wrote.

    Attributes
    ----------
    event_id
        Of the event that carries it, as text.
    customer_id
        The id that the person goes by.
    text
        As it was written, without personal data.
    metric
        ``nps``, ``csat``, ``ces`` of an answer; empty for a message.
    value
        The answer on its own scale; None for a message.
    at
        When, UTC.
    """

    event_id: str
    customer_id: str
    text: str
    metric: str
    value: float | None
    at: datetime


def conversations(log: Log, window: Window, *, persons: NDArray[np.uint64] | None = None) -> Rows:
    """Return beginnings of conversations and messages of customers: of everybody, or of persons of these keys."""
    rows = log.rows(CONVERSATIONS, window)
    return rows if persons is None else rows.where(np.isin(rows.person, persons))


def tag_property(rows: Rows) -> str:
    """Return the property that says what these conversations are about: tags where any has them, else the topic."""
    return TAGS if any(rows.fields[TAGS].texts) else TOPIC


def tagged(rows: Rows, tags: Sequence[str]) -> NDArray[np.bool_]:
    """Return for each row whether it begins a conversation with one of the tags."""
    if not tags:
        return np.zeros(len(rows), np.bool_)
    of = tag_property(rows)
    column = rows.fields[of]
    holds = np.append(Condition(of, Comparison.IS, tuple(tags)).among(column.texts), False)
    found: NDArray[np.bool_] = holds[column.values] & rows.are(CONVERSATION_STARTED)
    return found


def places_of(answers: Rows, question_keys: Sequence[str], talks: Rows, tags: Sequence[str]) -> list[_Place]:
    """Return what is shown of a step: of answers as `spoken` has them, then of messages as `written` has them."""
    messages = written(talks, tags)
    return [*spoken(answers, question_keys)[: MOST_VOICES - len(messages)], *messages]


def spoken(answers: Rows, question_keys: Sequence[str]) -> list[_Place]:
    """Return which answers of a step are shown: the lowest and the newest ones with words, in turn.

    Low is how far up its own scale an answer is; of equal ones the newest comes first.
    """
    asked = is_any(answers.fields[QUESTION], *question_keys)
    spots = np.flatnonzero(asked & (answers.fields[WORDS].values > 0))
    low, high, value = (answers.fields[name].values[spots] for name in (LOWEST, HIGHEST, VALUE))
    with np.errstate(divide="ignore", invalid="ignore"):
        place = (value - low) / (high - low)
    direction = answers.fields[DIRECTION]
    upwards = np.array([*(text == HIGHER_IS_BETTER for text in direction.texts), True])[
        direction.values[spots]
    ]
    height = np.nan_to_num(np.where(upwards, place, 1 - place), nan=1.0, posinf=1.0, neginf=1.0)
    newest = spots[::-1]
    lowest = newest[np.argsort(height[::-1], kind="stable")]
    turns = zip_longest(lowest[:MOST_VOICES].tolist(), newest[:MOST_VOICES].tolist())
    chosen = dict.fromkeys(spot for turn in turns for spot in turn)
    return [_place(answers, spot, SURVEY_ANSWERED) for spot in chosen][:MOST_VOICES]


def written(rows: Rows, tags: Sequence[str]) -> list[_Place]:
    """Return which messages of a step are shown: the newest of conversations with its tags."""
    about = np.unique(rows.fields[_CONVERSATION].values[tagged(rows, tags)])
    mine = np.isin(rows.fields[_CONVERSATION].values, about[about != 0]) & rows.are(MESSAGE_RECEIVED)
    spots = np.flatnonzero(mine & (rows.fields[_LENGTH].values > 0))
    return [_place(rows, spot, MESSAGE_RECEIVED) for spot in spots[::-1][:MOST_MESSAGES].tolist()]


def _place(rows: Rows, spot: int, names: frozenset[str]) -> _Place:
    return int(rows.person[spot]), int(rows.time[spot]), names


def voices_at(log: Log, places: Sequence[_Place]) -> dict[_Place, Voice]:
    """Return what was written at some places, read in one go; what was erased meanwhile is left out."""
    if not places:
        return {}
    keys = sorted({person for person, _, _ in places})
    ids = log.ids_of(np.array(keys, np.uint64))
    if len(ids) < len(keys):  # somebody was erased meanwhile
        known = {key: each for key in keys for each in log.ids_of(np.array([key], np.uint64))}
    else:
        known = dict(zip(keys, ids, strict=True))
    person_of = {id_: key for key, person in known.items() for id_ in _ids_of(log, person)}
    found: dict[_Place, Voice] = {}
    for names, verbatim in ((SURVEY_ANSWERED, VERBATIM), (MESSAGE_RECEIVED, TEXT)):
        wanted = {(key, at) for key, at, of in places if of == names}
        whose = {key for key, _ in wanted}
        mine = tuple(id_ for id_, key in person_of.items() if key in whose)
        if not mine:
            continue
        times = [at for _, at in wanted]
        selection = Selection(tuple(sorted(names)), ids=mine, lowest=min(times), highest=max(times) + 1)
        for row in _rows(log, selection):
            key, at = person_of[row.customer_id], to_microseconds(row.occurred_at)
            said: Mapping[str, object] = json.loads(row.properties or "{}")
            text = str(said.get(verbatim) or "").strip()
            if text and (key, at) in wanted:
                voice = _voice(str(UUID(bytes=row.event_id)), known[key], text, said, at)
                found.setdefault((key, at, names), voice)
    return found


class _Row(NamedTuple):
    event_id: bytes
    customer_id: str
    occurred_at: datetime
    properties: str


def _ids_of(log: Log, person: str) -> tuple[str, ...]:
    return tuple(log.identity.ids_of(log.identity.person_of(person)))


def _rows(log: Log, selection: Selection) -> list[_Row]:
    """Return every event of a selection; it is of few persons."""
    limit = _FIRST_ROWS
    while True:
        table = log.newest(selection, limit=limit, columns=_Row._fields)
        if len(table) < limit:
            return list(starmap(_Row, zip(*(table.column(name) for name in _Row._fields), strict=True)))
        limit *= 8


def _voice(event_id: str, person: str, text: str, said: Mapping[str, object], at: int) -> Voice:
    value = said.get("value")
    return Voice(
        event_id,
        person,
        redact(text).text,
        str(said.get("metric") or ""),
        float(value) if isinstance(value, int | float) else None,
        from_microseconds(at),
    )
