"""What all parts of a sheet are made from: the map, how it was lived, who reads, and where its numbers lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from urllib.parse import quote

from safar.maps.anatomy import Card, JourneyMap, Promise, Stage, Step, Words, said
from safar.maps.emotion import Emotion, beliefs
from safar.maps.evidence import CardEvidence, MapEvidence, evidence_of, map_evidence
from safar.maps.lived import LivedMap, StepReading
from safar.observe.conformance import StepLived
from safar.show.locale import Locale
from safar.show.maps.lived import hot_steps
from safar.store.registry import Workspace

from .at_risk import Risks
from .form import SheetState


@dataclass(frozen=True)
class Scene:
    """A map, how it was lived, and who looks at it.

    Attributes
    ----------
    workspace, locale
        Whose, and who reads.
    document
        The map as designed.
    lived
        How it was lived; None where only the design is shown.
    state
        How the reader looks at it.
    beliefs
        What the team believes people feel, by step.
    evidence
        What each card rests on, by card.
    whole_evidence
        How much of the map is more than assumption.
    persona
        Public id of the persona whom it is about; None for others.
    risks
        What is at risk by step; None while that is being worked out.
    """

    workspace: Workspace
    locale: Locale
    document: JourneyMap
    lived: LivedMap | None
    state: SheetState
    beliefs: Mapping[str, Emotion] = field(default_factory=dict)
    evidence: Mapping[str, CardEvidence] = field(default_factory=dict)
    whole_evidence: MapEvidence | None = None
    persona: str | None = None
    risks: Risks | None = None

    def words(self, words: Words) -> str:
        """Return a text of the map in the reader's language, else in the map's."""
        return said(words, self.locale.language, *self.document.languages)

    def step_name(self, step: Step | str) -> str:
        """Return what a step is called; its id where nobody named it, or where it is gone."""
        found = self.document.step(step) if isinstance(step, str) else step
        if found is None:
            return str(step)
        return self.words(found.name) or found.step_id

    def stage_name(self, stage: Stage) -> str:
        """Return what a stage is called; its id where nobody named it."""
        return self.words(stage.name) or stage.stage_id

    def promise_words(self, promise: Promise) -> str:
        """Return a promise as it is made; its id where nobody wrote it."""
        return self.words(promise.words) or promise.promise_id

    @cached_property
    def columns(self) -> tuple[tuple[Stage, Step], ...]:
        """Each step with its stage, in the order of reading."""
        return tuple((stage, step) for stage in self.document.stages for step in stage.steps)

    @cached_property
    def open_stage(self) -> str:
        """The stage that a telephone shows."""
        stages = [stage.stage_id for stage in self.document.stages if stage.steps]
        return self.state.stage if self.state.stage in stages else stages[0] if stages else ""

    @cached_property
    def hot(self) -> frozenset[str]:
        """The steps that hurt most."""
        return hot_steps(self.lived) if self.lived is not None else frozenset()

    @property
    def is_unwalked(self) -> bool:
        """Whether nobody did any step of the map."""
        conformance = self.lived.conformance if self.lived is not None else None
        return conformance is not None and not conformance.customers

    def is_unreached(self, stage: Stage) -> bool:
        """Whether nobody did any step of a stage, some of which are bound to events."""
        counts = [each.customers for step in stage.steps if (each := self.reading(step.step_id)) is not None]
        return 0 in counts and not any(counts)

    @cached_property
    def _readings(self) -> dict[str, StepReading]:
        return {each.step: each for each in self.lived.steps} if self.lived is not None else {}

    @cached_property
    def _walked(self) -> dict[str, StepLived]:
        conformance = self.lived.conformance if self.lived is not None else None
        return {each.step: each for each in conformance.steps} if conformance is not None else {}

    def reading(self, step_id: str) -> StepReading | None:
        """Return what is known of a step; None without what was lived."""
        return self._readings.get(step_id)

    def walked(self, step_id: str) -> StepLived | None:
        """Return how a step was walked; None where it is bound to no events."""
        return self._walked.get(step_id)

    @cached_property
    def _cards(self) -> dict[tuple[str, str], list[Card]]:
        found: dict[tuple[str, str], list[Card]] = {}
        for card in self.document.cards:
            if self.persona is None or not card.personas or self.persona in card.personas:
                found.setdefault((card.step_id, card.lane_id), []).append(card)
        return found

    def cards(self, step_id: str, lane_id: str) -> list[Card]:
        """Return the cards of a cell that concern whom the sheet is about."""
        return self._cards.get((step_id, lane_id), [])

    def about(self, key: str) -> str:
        """Return the address of the sheet with a number opened beside it; see `openings`."""
        query = self.state.query(is_closed=False)
        return f"?{query}{'&' if query else ''}about={quote(key, safe='')}#panel"


def scene_of(
    workspace: Workspace,
    document: JourneyMap,
    locale: Locale,
    state: SheetState,
    *,
    lived: LivedMap | None,
    persona: str | None,
    today: datetime,
    sees_customers: bool,
    risks: Risks | None = None,
) -> Scene:
    """Return what the parts of a sheet are made from.

    Parameters
    ----------
    document, lived
        The map as designed, and as lived; None for the design alone.
    locale, state
        Who reads, and how he looks at it.
    persona
        Public id of the persona whom it is about; None for everybody and for segments.
    today
        Until when evidence has grown old.
    sees_customers
        Whether the reader may see what single customers wrote.
    """
    day = today.date()
    if lived is not None and not sees_customers:
        lived = without_voices(lived)
    return Scene(
        workspace,
        locale,
        document,
        lived,
        state,
        beliefs(document, persona=persona),
        {card.card_id: evidence_of(card, document, lived, day) for card in document.cards},
        map_evidence(document, lived, day),
        persona,
        risks,
    )


def without_voices(lived: LivedMap) -> LivedMap:
    """Return a lived map without what single customers wrote, for those who may see numbers alone."""
    return replace(lived, steps=tuple(replace(step, voices=()) for step in lived.steps))
