"""What was heard becomes a card on a map: an opportunity at its step, with what was heard as its evidence."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import override

from safar.doors.web.audit.actor import Actor
from safar.maps.anatomy import Card, Evidence, EvidenceKind, JourneyMap, Lane, LaneKind
from safar.maps.edits import AddCard, AddLane, AnyEdit
from safar.show.locale import LANGUAGES, Locale
from safar.store.registry import Workspace
from safar.vocabulary.time_names import Language

from .errors import UnknownMap
from .facts import OpenMap
from .queries import map_of
from .services import apply

_USUAL: Final[Language] = "en"


@dataclass(frozen=True, slots=True)
class Opportunity:
    """What a card says, and what it rests on.

    Attributes
    ----------
    text, evidence
        What the card and its evidence say to readers of one language.
    link
        Where the evidence is found.
    n
        How many customers or answers it is.
    newest_on
        The civil day of the newest of it.
    """

    step_id: str
    text: Callable[[Locale], str]
    evidence: Callable[[Locale], str]
    link: str
    n: int
    newest_on: date


def opened_at(workspace: Workspace, map_id: str, step_id: str) -> OpenMap:
    """Return a map that has a step.

    Raises
    ------
    UnknownMap
        The map, or its step, is there no more.
    """
    opened = map_of(workspace, map_id)
    if opened is None or opened.document.step(step_id) is None:
        raise UnknownMap("The step is on no map any more.", hint="Look at the steps of the maps again.")
    return opened


def add_opportunity(workspace: Workspace, opened: OpenMap, found: Opportunity, *, by: Actor) -> str:
    """Put an opportunity on a map; return the card's id. A map without a lane for opportunities gets one.

    Raises
    ------
    MapArchived, EditRefused
    """
    lane, edits = _lane(opened.document)
    card = Card(
        card_id=f"c{secrets.token_hex(6)}",
        step_id=found.step_id,
        lane_id=lane,
        text=_said(opened, found.text),
        evidence=(
            Evidence(
                kind=EvidenceKind.ANSWERS,
                words=_said(opened, found.evidence),
                link=found.link,
                n=found.n,
                seen_on=found.newest_on.isoformat(),
            ),
        ),
    )
    edits.append(AddCard(card=card))
    apply(workspace, opened.public_id, edits, base=opened.revision, by=by)
    return card.card_id


def _said(opened: OpenMap, words: Callable[[Locale], str]) -> dict[str, str]:
    """Return what is said in each language of a map that Safar speaks; in English where it is none of them."""
    spoken = [each for each in LANGUAGES if each in opened.document.languages] or [_USUAL]
    found: dict[str, str] = {}
    for language in spoken:
        with override(language):
            found[language] = words(Locale(language))
    return found


def _lane(document: JourneyMap) -> tuple[str, list[AnyEdit]]:
    """Return the id of the lane for opportunities, and the edit that makes it where there is none."""
    there = next((lane.lane_id for lane in document.lanes if lane.kind == LaneKind.OPPORTUNITY), None)
    if there is not None:
        return there, []
    made = Lane(lane_id=f"l{secrets.token_hex(5)}", kind=LaneKind.OPPORTUNITY)
    return made.lane_id, [AddLane(lane=made)]
