"""What a map tells those who may not see all of it: whoever has a link to it, and who sees no single customers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from safar.maps.anatomy import Binding, Card, JourneyMap, Step, Words, said


def only_shared(document: JourneyMap, *, language: str, persona: str, shows_lived: bool) -> JourneyMap:
    """Return the part of a map that a link shows: texts of the one language, cards of the one persona.

    Texts that are not written in the language fall back to the map's first one, as on its page. Who answers for a
    step, evidence and nested maps stay within. So does what steps are bound to, unless what was lived is shown, which
    is computed from it.
    """

    def told(words: Words) -> Words:
        text = said(
            {each: words[each] for each in (language, *document.languages) if each in words}, language
        )
        return {language: text} if text else {}

    def step_shown(step: Step) -> Step:
        promises = tuple(
            msgspec.structs.replace(
                promise,
                words=told(promise.words),
                begins=promise.begins if shows_lived else "",
                kept_by=promise.kept_by if shows_lived else "",
            )
            for promise in step.binding.promises
        )
        binding = step.binding if shows_lived else Binding()
        return msgspec.structs.replace(
            step,
            name=told(step.name),
            about=told(step.about),
            owner="",
            nested="",
            binding=msgspec.structs.replace(binding, promises=promises),
        )

    cards = tuple(
        msgspec.structs.replace(
            card, text=told(card.text), personas=(persona,) if persona else card.personas, evidence=()
        )
        for card in document.cards
        if _is_for(card, persona)
    )
    return msgspec.structs.replace(
        document,
        name=told(document.name),
        about=told(document.about),
        languages=(language,),
        personas=(persona,) if persona else document.personas,
        lanes=tuple(msgspec.structs.replace(lane, name=told(lane.name)) for lane in document.lanes),
        stages=tuple(
            msgspec.structs.replace(
                stage,
                name=told(stage.name),
                about=told(stage.about),
                steps=tuple(map(step_shown, stage.steps)),
            )
            for stage in document.stages
        ),
        cards=cards,
    )


def without_sources(document: JourneyMap) -> JourneyMap:
    """Return a map for who sees numbers and no single customers: its evidence without words, and leading nowhere."""
    cards = tuple(
        msgspec.structs.replace(
            card,
            evidence=tuple(msgspec.structs.replace(each, words={}, link="") for each in card.evidence),
        )
        for card in document.cards
    )
    return msgspec.structs.replace(document, cards=cards)


def edits_without_sources(edits: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return JSON-able edits as `without_sources` leaves what they write."""

    def bare(evidence: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {name: value for name, value in each.items() if name not in ("words", "link")}
            for each in evidence
        ]

    def shown(edit: dict[str, Any]) -> dict[str, Any]:
        if edit["edit"] == "card.evidence":
            return edit | {"value": bare(edit["value"])}
        if edit["edit"] == "card.add" and "evidence" in edit["card"]:
            return edit | {"card": edit["card"] | {"evidence": bare(edit["card"]["evidence"])}}
        return edit

    return [shown(edit) for edit in edits]


def _is_for(card: Card, persona: str) -> bool:
    return not persona or not card.personas or persona in card.personas
