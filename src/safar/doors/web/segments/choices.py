"""What a segment can be built from in a workspace: names that its log knows, its journeys, its currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from safar.doors.web.events.queries import present
from safar.doors.web.maps.queries import map_of, maps_of
from safar.maps.anatomy import JourneyMap, said
from safar.maps.lived_question import lived_question
from safar.observe.journey import Journey
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal
from safar.vocabulary.lifecycle import SURVEY_ANSWERED

#: Maps whose steps are offered: those changed last.
_MOST_MAPS: Final = 20


@dataclass(frozen=True, slots=True)
class JourneyChoice:
    """A journey map whose steps customers can stand at.

    Attributes
    ----------
    map_id, name
        Of the map.
    journey
        Its behavioural part: steps are named by their ids.
    steps
        Ids and names of the steps that are bound to events, in the order of the map.
    pause
        What ends a walk of it; None where nothing does.
    """

    map_id: str
    name: str
    journey: Journey
    steps: tuple[tuple[str, str], ...]
    pause: timedelta | None


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen from.

    Attributes
    ----------
    event_names, channels, properties
        Of the log.
    currency, time_zone
        Of the workspace.
    journeys
        With their steps.
    asks
        Whether the log has answers to surveys.
    """

    event_names: tuple[str, ...]
    properties: tuple[str, ...]
    currency: str
    time_zone: str
    journeys: tuple[JourneyChoice, ...] = ()
    asks: bool = False
    channels: tuple[str, ...] = ()


def choices_of(workspace: Workspace, language: str) -> Choices:
    """Return what segments of a workspace can be built from; names of journeys in the reader's language."""
    known = present(workspace)
    return Choices(
        known.names,
        known.properties,
        workspace.currency,
        workspace.time_zone,
        journeys_of(workspace, language),
        asks=not SURVEY_ANSWERED.isdisjoint(known.names),
        channels=known.channels,
    )


def journeys_of(workspace: Workspace, language: str) -> tuple[JourneyChoice, ...]:
    """Return the maps with steps that are bound to events; names in a language."""
    found = []
    for facts in maps_of(workspace)[:_MOST_MAPS]:
        opened = map_of(workspace, facts.public_id)
        choice = opened and _journey(opened.public_id, opened.document, language)
        if choice:
            found.append(choice)
    return tuple(found)


def _journey(map_id: str, document: JourneyMap, language: str) -> JourneyChoice | None:
    """Return a map as a journey; None where no step of it is bound, or a binding cannot be read."""
    try:
        question = lived_question(document, window=None)
    except Refusal:
        return None
    journey = question.journey
    if journey is None:
        return None
    languages = (language, *document.languages)
    names = {step.step_id: said(step.name, *languages) for stage in document.stages for step in stage.steps}
    bound = tuple((rule.name, names.get(rule.name, rule.name)) for rule in journey.steps)
    return JourneyChoice(map_id, said(document.name, *languages), journey, bound, question.pause)
