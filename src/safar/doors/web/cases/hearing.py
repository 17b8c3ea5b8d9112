"""From events of the log to what rules look at: who said what, how it was meant, what he is worth, where on a map."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from safar.act.loop_rules import Heard
from safar.doors.web.comments.labels import SENTIMENT_NAMES, Labelled
from safar.doors.web.comments.services import labels_for
from safar.doors.web.homes import current_home
from safar.doors.web.maps.queries import map_of, maps_of
from safar.doors.web.segments.queries import memberships_of
from safar.listen.surveys import HIGHER_IS_BETTER, VERBATIM
from safar.maps.anatomy import said
from safar.maps.voices import TEXT
from safar.observe.segment_size import spending
from safar.store.arrivals import Arrived
from safar.store.newest import key_of_id
from safar.store.registry import Workspace
from safar.vocabulary.lifecycle import MESSAGE_RECEIVED, SURVEY_ANSWERED
from safar.vocabulary.money import exponent

from .silences import Silence

#: What rules listen to.
FOLLOWED: Final = SURVEY_ANSWERED | MESSAGE_RECEIVED
_LONGEST_WORDS: Final = 4_000
_DAY: Final = timedelta(days=1)
#: Where a customer stands by what he spent (0.05: among the first 5 %), how much that was, in which segments he is.
Worth = tuple[float | None, float, frozenset[str]]


@dataclass(frozen=True, slots=True)
class StepPlace:
    """A step of a map that some questions belong to."""

    map_id: str
    step_id: str
    names: Mapping[str, str]
    owner: str


@dataclass(frozen=True, slots=True)
class Places:
    """Where on the maps of a workspace questions belong."""

    by_question: Mapping[str, tuple[StepPlace, ...]]

    def of(self, question_key: str) -> tuple[StepPlace, ...]:
        """Return the steps of a question; of a row of a matrix those of the whole where it has none of its own."""
        while question_key:
            if question_key in self.by_question:
                return self.by_question[question_key]
            question_key = question_key.rpartition(".")[0]
        return ()


def places_of(workspace: Workspace) -> Places:
    """Return the steps of the workspace's maps by the keys of their questions, the map changed last first."""
    found: dict[str, list[StepPlace]] = {}
    for facts in maps_of(workspace):
        opened = map_of(workspace, facts.public_id)
        for step in opened.document.steps if opened else ():
            for key in step.binding.question_keys:
                place = StepPlace(facts.public_id, step.step_id, dict(step.name), step.owner)
                found.setdefault(key, []).append(place)
    return Places({key: tuple(steps) for key, steps in found.items()})


def step_name(place: StepPlace, language: str) -> str:
    """Return what a step is called."""
    return said(place.names, language, "en") or place.step_id


def heard_of(
    workspace: Workspace, events: Sequence[Arrived], places: Places, *, with_labels: bool = True
) -> list[Heard]:
    """Return what some answers and messages say, in their order; without those that say nothing.

    Parameters
    ----------
    with_labels
        Whether comments are labelled, and personal data is taken out of them: most of the time that it takes.
    """
    told = [(event, _object(event.properties)) for event in events]
    told = [(event, properties) for event, properties in told if _says(event, properties)]
    if not told:
        return []
    labels = _labels(
        workspace, [_words(event, properties) if with_labels else "" for event, properties in told]
    )
    worth = worth_of(workspace, [event.customer_id for event, _ in told])
    found = []
    for (event, properties), known in zip(told, labels, strict=True):
        key = str(properties.get("question_key") or "")
        steps = places.of(key)
        top_share, spent, segments = worth[event.customer_id]
        low, high = _number(properties.get("scale_min")), _number(properties.get("scale_max"))
        found.append(
            Heard(
                "answer",
                str(event.event_id),
                event.occurred_at,
                event.customer_id,
                question_key=key,
                survey=str(properties.get("survey") or ""),
                metric=str(properties.get("metric") or ""),
                value=_number(properties.get("value")),
                scale=None if low is None or high is None else (low, high),
                higher_is_better=properties.get("direction", HIGHER_IS_BETTER) == HIGHER_IS_BETTER,
                words=known.text[:_LONGEST_WORDS] if known else _words(event, properties),
                language=(known.language if known else "") or str(properties.get("language") or "")[:8],
                sentiment=SENTIMENT_NAMES[known.sentiment] if known else "",
                emotion=known.emotion if known else "",
                comment_kind=known.kind if known else "",
                topics=_topics(known) if known else frozenset(),
                channel=event.channel,
                steps=frozenset(
                    name for each in steps for name in (each.step_id, f"{each.map_id}/{each.step_id}")
                ),
                segments=segments,
                top_share=top_share,
                spent=spent,
            )
        )
    return found


def worth_of(workspace: Workspace, customers: Sequence[str]) -> dict[str, Worth]:
    """Return what each customer is worth."""
    log = current_home().log(workspace.workspace_id)
    spent = spending(log, workspace.currency)
    ascending = np.sort(spent.amounts[spent.amounts > 0])
    ids = list(dict.fromkeys(customers))
    amounts = spent.beside(np.array([key_of_id(each) for each in ids], np.uint64)).tolist()
    segments = memberships_of(workspace, ids)
    unit = 10 ** exponent(workspace.currency)
    found = {}
    for customer, amount in zip(ids, amounts, strict=True):
        above = len(ascending) - int(np.searchsorted(ascending, amount, side="right"))
        top = (above + 1) / len(ascending) if amount > 0 else None
        found[customer] = (
            None if top is None else min(top, 1.0),
            amount / unit,
            frozenset(each.public_id for each in segments[customer]),
        )
    return found


def not_heard(silence: Silence, worth: Worth, *, now: datetime) -> Heard:
    """Return that nothing was heard of a customer."""
    top_share, spent, segments = worth
    return Heard(
        silence.kind,
        silence.key,
        now,
        silence.customer_id,
        survey=silence.survey,
        segments=segments,
        top_share=top_share,
        spent=spent,
        silent_days=(now - silence.since) / _DAY,
    )


def _labels(workspace: Workspace, texts: Sequence[str]) -> list[Labelled | None]:
    """Return the label of each text, as the workspace has comments labelled; None for an empty one."""
    spoken = [text for text in texts if text]
    labels = iter(labels_for(workspace, spoken)) if spoken else iter(())
    return [next(labels) if text else None for text in texts]


def _topics(known: Labelled) -> frozenset[str]:
    """Return the aspects and the workspace's own topics that a comment is about."""
    return frozenset({each[0] for each in known.aspects} | {key for key, _score in known.topics})


def _says(event: Arrived, properties: Mapping[str, Any]) -> bool:
    return _is_number(properties.get("value")) or bool(_words(event, properties))


def _words(event: Arrived, properties: Mapping[str, Any]) -> str:
    name = VERBATIM if event.event_name in SURVEY_ANSWERED else TEXT
    return str(properties.get(name) or "").strip()[:_LONGEST_WORDS]


def _number(value: object) -> float | None:
    return float(value) if _is_number(value) else None  # type: ignore[arg-type]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _object(properties: str) -> dict[str, Any]:
    try:
        found = json.loads(properties)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
